import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { OrdersUnderTest, PHARMACIST } from './orders-under-test.js';

let under: OrdersUnderTest;
let room: string;
let other: string;
beforeAll(async () => {
  under = await OrdersUnderTest.open('orders_race');
  ({ room, other } = under.medicines);
});
afterAll(() => under?.api.stop());
/** Who orders in this test. */
let everybody: string[];
beforeEach(async () => {
  everybody = [];
  await under.emptyShelves();
});

const kinds = (answers: readonly Answer[]) =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ __typename }) => __typename as string)].map(([kind, of]) => [kind, of.length]),
  );
type Wanted = readonly (readonly [medicineId: string, quantity: number])[];
/** Many who are about to order the same, each by prescriptions of their own. */
async function ready(count: number, wanted: (n: number) => Wanted): Promise<(() => Promise<Answer>)[]> {
  const buyers = await under.buyers(count);
  everybody.push(...buyers.map(({ id }) => id));
  const orders: (() => Promise<Answer>)[] = [];
  for (const [n, buyer] of buyers.entries()) {
    const lines: object[] = [];
    for (const [medicineId, quantity] of wanted(n)) lines.push(await under.line(buyer, medicineId, quantity));
    orders.push(async () => ({ ...(await under.place(buyer, lines)), buyer }));
  }
  return orders;
}
const atOnce = (work: readonly (() => Promise<Answer>)[]) => Promise.all(work.map((each) => each()));
const ordersAtOnce = async (count: number, wanted: (n: number) => Wanted) => atOnce(await ready(count, wanted));
/** What stands wrong: what is promised is what open orders ask for, and what is used of prescriptions is what was not called off. */
async function wrong(): Promise<object[]> {
  const { rows } = await under.api.admin.query(
    `with promised as (
       select medicine_id, sum(reserved)::int as units, sum(on_hand)::int as on_hand from pharmacy.stock_lot group by 1),
     of_orders as (
       select l.medicine_id, sum(l.quantity) filter (where o.status in ('PLACED', 'PAID'))::int as units
       from pharmacy.drug_order_line l join pharmacy.drug_order o on o.id = l.order_id where l.prescription_id is not null
         and o.patient_id = any($1) group by 1)
     select p.medicine_id, p.units as promised, o.units as ordered from promised p join of_orders o using (medicine_id)
       where p.units is distinct from coalesce(o.units, 0)
     union all
     select p.id, p.used, sum(l.quantity) filter (where o.status not in ('CANCELLED', 'RETURNED'))::int
       from pharmacy.prescription p left join pharmacy.drug_order_line l on l.prescription_id = p.id
         left join pharmacy.drug_order o on o.id = l.order_id
       where p.patient_id = any($1) group by p.id having p.used <> coalesce(sum(l.quantity) filter (where o.status not in ('CANCELLED', 'RETURNED')), 0)
     union all
     select o.id, null, null from pharmacy.drug_order o
       where not exists (select from pharmacy.drug_order_line l where l.order_id = o.id)`,
    [everybody],
  );
  return rows;
}
const deadlocks = async () => {
  const { rows } = await under.api.admin.query<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.deadlocks);
};

describe('many who order at once', () => {
  test('get what there is and no more: of 60 orders for 20 packages in 3 lots 20 are placed, and no other leaves a trace', async () => {
    await under.stocked(room, 'LAST', 10, 300);
    await under.stocked(room, 'FIRST', 4, 30);
    await under.stocked(room, 'SECOND', 6, 60);
    const answers = await ordersAtOnce(60, () => [[room, 1]]);
    expect(kinds(answers)).toEqual({ DrugOrder: 20, OutOfStock: 40 });
    expect(await under.shelf(room)).toEqual([
      ['FIRST', 4, 4],
      ['SECOND', 6, 6],
      ['LAST', 10, 10],
    ]);
    expect(await wrong()).toEqual([]);
  });

  test('get what expires first before the rest is touched', async () => {
    await under.stocked(room, 'LAST', 30, 300);
    await under.stocked(room, 'FIRST', 5, 30);
    await under.stocked(room, 'SECOND', 6, 60);
    expect(kinds(await ordersAtOnce(7, () => [[room, 2]]))).toEqual({ DrugOrder: 7 });
    expect(await under.shelf(room)).toEqual([
      ['FIRST', 5, 5],
      ['SECOND', 6, 6],
      ['LAST', 30, 3],
    ]);
  });

  test('do not wait for each other in circles: two medicines, entered in both orders, more than there are', async () => {
    for (const medicineId of [room, other]) {
      await under.stocked(medicineId, 'A', 15, 30);
      await under.stocked(medicineId, 'B', 15, 60);
    }
    const before = await deadlocks();
    const both: Wanted = [
      [room, 1],
      [other, 1],
    ];
    const answers = await ordersAtOnce(40, (n) => (n % 2 ? both : both.toReversed()));
    expect(kinds(answers)).toEqual({ DrugOrder: 30, OutOfStock: 10 });
    expect(await deadlocks()).toBe(before);
    expect(await wrong()).toEqual([]);
  });

  test('leave everything right also while others cancel and a pharmacist packs', async () => {
    await under.stocked(room, 'A', 20, 30);
    await under.stocked(room, 'B', 40, 60);
    await under.stocked(other, 'C', 80, 60);
    const one: Wanted = [
      [room, 1],
      [other, 2],
    ];
    const turned = (n: number): Wanted => (n % 2 ? one : one.toReversed());
    const placed = await ordersAtOnce(24, turned);
    expect(kinds(placed)).toEqual({ DrugOrder: 24 });
    const paid: Answer[] = [];
    for (const order of placed.slice(8, 16)) paid.push(await under.paid(order));
    const change =
      (mutation: string, who: Identity | undefined) =>
      ({ id, version, buyer }: Answer) =>
      () =>
        under.does(who ?? buyer.who, mutation, { orderId: id, expectedVersion: version });
    const answers = await atOnce([
      ...placed.slice(0, 8).map(change('cancelDrugOrder', undefined)),
      ...paid.map(change('dispenseDrugOrder', PHARMACIST)),
      ...(await ready(12, turned)),
    ]);
    expect(kinds(answers)).toEqual({ DrugOrder: 28 });
    expect((await under.shelf(room)).reduce((sum, [, onHand]) => sum + onHand, 0)).toBe(60 - 8);
    expect((await under.shelf(other)).reduce((sum, [, onHand]) => sum + onHand, 0)).toBe(80 - 16);
    expect(await wrong()).toEqual([]);
  });
});
