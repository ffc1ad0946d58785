import { defineEntity } from '@mikro-orm/core';
import { DrugOrderEntity } from '../order/order.entity.js';

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
  }),
  policies: [
    {
      name: 'shipment_concerned',
      using: `(caller_has_role('CARRIER') and carrier_organisation_id = caller_organisation())
        or exists (select from drug_order where drug_order.id = order_id offset 0)`,
    },
  ],
});
