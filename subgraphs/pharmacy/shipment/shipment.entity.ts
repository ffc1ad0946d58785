import { defineEntity } from '@mikro-orm/core';
import { DrugOrderEntity } from '../order/order.entity.js';

const MOVERS = `caller_has_role('PHARMACIST') or (caller_has_role('CARRIER') and carrier_organisation_id = caller_organisation())`;

/** A parcel of an order on its way. */
export const ShipmentEntity = defineEntity({
  name: 'Shipment',
  tableName: 'shipment',
  properties: (p) => ({
    id: p.uuid().primary(),
    order: () => p.manyToOne(DrugOrderEntity).ref(),
    /** Who carries it, an Organisation of the catalog; null until that is settled. */
    carrierOrganisationId: p.uuid().nullable(),
    status: p.text(),
    trackingNumber: p.text().nullable(),
    coldChain: p.boolean(),
    shippedAt: p.datetime().nullable(),
    deliveredAt: p.datetime().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime(),
    /** How many minutes outside of 2 to 8 °C its most delicate medicine bears, as known at packing; null where that is not known. */
    allowanceMinutes: p.integer().nullable(),
    /** Whether any reading lay outside; only then the readings are worked out. */
    everOutside: p.boolean().default(false),
    outsideMinutes: p.integer().default(0),
    frozen: p.boolean().default(false),
    /** When the carrier last said that it goes back. */
    returnedAt: p.datetime().nullable(),
    quarantinedAt: p.datetime().nullable(),
    quarantineCause: p.text().nullable(),
    recalledAt: p.datetime().nullable(),
    decision: p.text().nullable(),
    decidedAt: p.datetime().nullable(),
    decidedBy: p.text().nullable(),
    decisionReason: p.text().nullable(),
    /** What the last release accepted. */
    acceptedMinutes: p.integer().default(0),
    acceptedFrozen: p.boolean().default(false),
  }),
  policies: [
    {
      name: 'shipment_concerned',
      command: 'select',
      using: `(caller_has_role('CARRIER') and carrier_organisation_id = caller_organisation())
        or exists (select from drug_order where drug_order.id = order_id offset 0)`,
    },
    { name: 'shipment_packed', command: 'insert', check: `caller_has_role('PHARMACIST')` },
    {
      name: 'shipment_moved',
      command: 'update',
      using: MOVERS,
      check: `(${MOVERS})
        and (decided_by is null or not exists (select from drug_order o where o.id = order_id
          and (o.patient_subject = decided_by or (decided_by = caller_subject() and o.patient_id = any((select caller_patients())::uuid[]))) offset 0))`,
    },
  ],
});
