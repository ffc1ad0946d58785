import { defineEntity } from '@mikro-orm/core';
import { DrugOrderEntity } from './order.entity.js';

const OF_ORDER = 'exists (select from drug_order where drug_order.id = order_id offset 0)';

/** One medicine of an order. Only its lot is ever written again: the database grants no more. */
export const DrugOrderLineEntity = defineEntity({
  name: 'DrugOrderLine',
  tableName: 'drug_order_line',
  properties: (p) => ({
    id: p.uuid().primary(),
    order: () => p.manyToOne(DrugOrderEntity).ref(),
    medicineId: p.uuid(),
    quantity: p.integer(),
    /** Fen for a package, as sold. */
    unitPriceFen: p.bigint(),
    lot: p.text().nullable(),
    /** By which it was ordered; null: before prescriptions were kept here. */
    prescriptionId: p.uuid().nullable(),
  }),
  uniques: [{ name: 'drug_order_line_medicine_unique', properties: ['order', 'medicineId'] }],
  policies: [
    { name: 'drug_order_line_of_order', command: 'select', using: OF_ORDER },
    { name: 'drug_order_line_prescribed', command: 'insert', check: `prescription_id is not null and ${OF_ORDER}` },
    { name: 'drug_order_line_packed', command: 'update', using: `caller_has_role('PHARMACIST')` },
  ],
});
