import { defineEntity } from '@mikro-orm/core';

const PHARMACIST = `caller_has_role('PHARMACIST')`;

/** What lies on the shelf of one lot of a medicine. How much, only movements write. */
export const StockLotEntity = defineEntity({
  name: 'StockLot',
  tableName: 'stock_lot',
  properties: (p) => ({
    id: p.uuid().primary(),
    medicineId: p.uuid(),
    /** As `lotCode` makes it of what is printed. */
    lot: p.text(),
    expiresOn: p.date(),
    onHand: p.integer().default(0),
    /** Of what is on the shelf, what is promised to orders. */
    reserved: p.integer().default(0),
    recalledAt: p.datetime().nullable(),
    recalledBy: p.text().nullable(),
    recallReason: p.text().nullable(),
    createdAt: p.datetime(),
    version: p.integer().version(),
  }),
  uniques: [{ name: 'stock_lot_once', properties: ['medicineId', 'lot'] }],
  policies: [
    { name: 'stock_lot_read', command: 'select', using: `${PHARMACIST} or (select caller_is_system())` },
    {
      name: 'stock_lot_added',
      command: 'insert',
      check: `${PHARMACIST} and on_hand = 0 and reserved = 0 and recalled_at is null`,
    },
    {
      name: 'stock_lot_recalled',
      command: 'update',
      using: PHARMACIST,
      check: `${PHARMACIST} and recalled_by = caller_subject()`,
    },
  ],
});
