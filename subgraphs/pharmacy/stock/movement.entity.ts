import { defineEntity } from '@mikro-orm/core';
import { DrugOrderLineEntity } from '../order/order-line.entity.js';
import { ShipmentEntity } from '../shipment/shipment.entity.js';
import { StockLotEntity } from './lot.entity.js';
import type { StockMovementKind } from './stock.enums.js';

/** What changed the stock of a lot, or what of it is promised. Never changed or deleted. */
export const StockMovementEntity = defineEntity({
  name: 'StockMovement',
  tableName: 'stock_movement',
  properties: (p) => ({
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    lot: () => p.manyToOne(StockLotEntity).ref(),
    kind: p.text().$type<StockMovementKind>(),
    onHandChange: p.integer(),
    reservedChange: p.integer(),
    /** For which line of an order; null where a pharmacist moved it. */
    orderLine: () => p.manyToOne(DrugOrderLineEntity).ref().nullable().updateRule('no action').deleteRule('no action'),
    /** In which parcel it went. */
    shipment: () => p.manyToOne(ShipmentEntity).ref().nullable().updateRule('no action').deleteRule('no action'),
    reason: p.text().nullable(),
    /** The pharmacist; null where an order moved it. */
    bySubject: p.text().nullable(),
    at: p.datetime().defaultRaw('now()'),
  }),
  policies: [
    {
      name: 'stock_movement_read',
      command: 'select',
      using: `caller_has_role('PHARMACIST') or (select caller_is_system())`,
    },
    {
      name: 'stock_movement_by_hand',
      command: 'insert',
      check: `caller_has_role('PHARMACIST') and kind in ('RECEIPT', 'ADJUSTMENT') and by_subject = caller_subject()`,
    },
  ],
});
