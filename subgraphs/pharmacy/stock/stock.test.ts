import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Client } from 'pg';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { until } from '../../../tests/until.js';
import { shanghaiDay } from '../../common/calendar.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { allowanceOf } from './terms.step.js';

const pharmacist = person('demo-pharmacist', 'PHARMACIST');
const otherPharmacist = person('other-pharmacist', 'PHARMACIST');
const patient = person('demo-patient', 'PATIENT');

let api: SubgraphsUnderTest;
let admin: Client;
/** Medicines of which nothing is on the shelf. */
let medicines: string[];
beforeAll(async () => {
  api = await openSubgraphs('stock');
  admin = api.admin;
  const { rows } = await admin.query(
    `insert into catalog.medicine
     select (jsonb_populate_record(m, jsonb_build_object('id', uuidv7(), 'generic_name_en', 'Test ' || number))).*
     from catalog.medicine m cross join generate_series(1, 60) number where m.id = (select min(id::text)::uuid from catalog.medicine) returning id`,
  );
  medicines = rows.map(({ id }) => id);
  const query = 'query ($ids: [ID!]!) { medicinesById(ids: $ids) { id } }';
  const known = () => api.execute('catalog', ANONYMOUS, query, { ids: medicines });
  await until(known, ({ data }) => data.medicinesById.every((one: unknown) => one !== null));
});
afterAll(() => api?.stop());

function newMedicine(): string {
  const id = medicines.pop();
  if (!id) throw new Error('More medicines are needed');
  return id;
}

const inDays = (days: number): string => shanghaiDay(new Date(Date.now() + days * 86_400_000));

const execute = (who: Identity, query: string, variables?: object): Promise<Answer> =>
  api.execute('pharmacy', who, query, variables);
async function ask(who: Identity, query: string, variables?: object): Promise<Answer> {
  const { data, errors } = await execute(who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

const LOT =
  'id lot expiresOn state onHand reserved available recalledAt recallReason version allowedActions medicine { id }';
async function mutate(who: Identity, name: string, selection: string, input: object): Promise<Answer> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ... on UserError { code message path } ${selection} } }`;
  return (await ask(who, query, { input: { idempotencyKey: newId(), ...input } }))[name];
}
const receive = (input: object, who = pharmacist) =>
  mutate(who, 'receiveStock', `... on StockLot { ${LOT} }`, {
    lot: 'L1',
    expiresOn: inDays(200),
    quantity: 10,
    ...input,
  });
const adjust = (input: object, who = pharmacist) =>
  mutate(
    who,
    'adjustStock',
    `... on StockLot { ${LOT} } ... on StaleVersion { currentVersion } ... on StockPromised { onHand reserved }`,
    { reason: 'Counted.', ...input },
  );
const recall = (input: object, who = pharmacist) =>
  mutate(
    who,
    'recallLot',
    `... on LotRecall { lot { ${LOT} } orders { nodes { id status } totalCount } ordersByStatus { status count } } ... on LotRecalledAlready { lotId permitted }`,
    {
      lot: 'L1',
      reason: 'Glass in a bottle.',
      ...input,
    },
  );
const setTerms = (input: object) =>
  mutate(
    pharmacist,
    'setMedicineTerms',
    '... on MedicineTerms { deliveryDays allowanceMinutes demo changedAt version } ... on StaleVersion { currentVersion }',
    {
      deliveryDays: 5,
      allowanceMinutes: 90,
      expectedVersion: 0,
      ...input,
    },
  );
const lotOf = async (id: string, selection = LOT): Promise<Answer> =>
  (await ask(pharmacist, `query ($id: ID!) { stockLot(id: $id) { ${selection} } }`, { id })).stockLot;
const supplied = async (who: Identity, ids: string[], selection: string): Promise<Answer[]> =>
  (
    await ask(who, `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Medicine { ${selection} } } }`, {
      of: ids.map((id) => ({ __typename: 'Medicine', id })),
    })
  )._entities;
const available = async (id: string) =>
  (await supplied(ANONYMOUS, [id], 'availability { inStock deliveryDays }'))[0].availability;

/** An order as the database keeps it, with nothing promised to it yet. */
async function order(lines: Record<string, number>, status = 'PAID'): Promise<string> {
  const id = newId();
  await admin.query(
    `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, status, placed_at)
     values ($1, 'RX-2026-' || lpad(nextval('pharmacy.drug_order_number')::text, 6, '0'), $2, 'stock-patient', $3, now())`,
    [id, newId(), status],
  );
  for (const [medicine, quantity] of Object.entries(lines)) {
    await admin.query(
      `insert into pharmacy.drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen) values ($1, $2, $3, $4, 100)`,
      [newId(), id, medicine, quantity],
    );
  }
  return id;
}
const parcel = async (orderId: string, status = 'PREPARING'): Promise<string> => {
  const id = newId();
  await admin.query(
    `insert into pharmacy.shipment (id, order_id, status, cold_chain, created_at, shipped_at, carrier_organisation_id)
     values ($1, $2, $3, true, now(), case when $3 <> 'PREPARING' then now() end, case when $3 <> 'PREPARING' then gen_random_uuid() end)`,
    [id, orderId, status],
  );
  return id;
};

/** A connection as the program has one, with somebody's identity. */
async function as(subject: string, role: string): Promise<Client> {
  const client = await api.serving('pharmacy');
  await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
    subject,
    role,
  ]);
  return client;
}
async function reserve(client: Client, orderId: string): Promise<string[]> {
  const { rows } = await client.query('select reserve_stock($1)::text[] as short', [orderId]);
  return rows[0].short;
}
async function pack(client: Client, orderId: string, shipmentId: string): Promise<void> {
  await client.query('select release_stock($1, true)', [orderId]);
  expect(await reserve(client, orderId)).toEqual([]);
  await client.query('select dispense_stock($1, $2)', [orderId, shipmentId]);
}
/** What was packed for an order, by lot. */
async function packed(orderId: string): Promise<Record<string, number>> {
  const { rows } = await admin.query(
    `select s.lot, sum(-m.on_hand_change)::int as units from pharmacy.stock_movement m
     join pharmacy.stock_lot s on s.id = m.lot_id join pharmacy.drug_order_line l on l.id = m.order_line_id
     where l.order_id = $1 and m.kind = 'DISPENSING' group by 1`,
    [orderId],
  );
  return Object.fromEntries(rows.map(({ lot, units }) => [lot, units]));
}

describe('receiving', () => {
  test('puts packages on the shelf, and more of the same lot to them', async () => {
    const medicineId = newMedicine();
    const first = await receive({ medicineId, lot: 'ab 1', quantity: 10 });
    expect(first).toMatchObject({
      __typename: 'StockLot',
      lot: 'AB1',
      expiresOn: inDays(200),
      state: 'SELLABLE',
      onHand: 10,
      reserved: 0,
      available: 10,
      recalledAt: null,
      version: 2,
      allowedActions: ['ADJUST', 'RECALL'],
      medicine: { id: medicineId },
    });
    const more = await receive({ medicineId, lot: 'ＡＢ１', quantity: 5 }, otherPharmacist);
    expect(more).toMatchObject({ id: first.id, onHand: 15, version: 3 });
    const { movements } = await lotOf(
      first.id,
      'movements { totalCount nodes { kind onHandChange reservedChange reason order { id } } }',
    );
    const receipt = { kind: 'RECEIPT', reservedChange: 0, reason: null, order: null };
    expect(movements).toEqual({
      totalCount: 2,
      nodes: [
        { ...receipt, onHandChange: 5 },
        { ...receipt, onHandChange: 10 },
      ],
    });
  });

  test('refuses another last day for a lot that is known, and says which it has', async () => {
    const medicineId = newMedicine();
    const lot = await receive({ medicineId });
    const refused = await receive({ medicineId, expiresOn: inDays(201) });
    expect(refused).toMatchObject({ __typename: 'InvalidInput', path: ['input', 'expiresOn'] });
    expect(refused.message).toContain(inDays(200));
    expect(await lotOf(lot.id)).toMatchObject({ onHand: 10, version: 2 });
  });

  test('is done once a key', async () => {
    const input = { medicineId: newMedicine(), idempotencyKey: newId() };
    const answers = await Promise.all([receive(input), receive(input), receive(input)]);
    expect(answers.map(({ onHand }) => onHand)).toEqual([10, 10, 10]);
    expect(await receive({ ...input, quantity: 11 })).toMatchObject({ __typename: 'IdempotencyConflict' });
  });

  test('of one new lot by many at once makes one lot with all packages', async () => {
    const medicineId = newMedicine();
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive({ medicineId, quantity: 3 })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await lotOf(answers[0].id)).toMatchObject({ onHand: 60, version: 21 });
  });

  test.each([
    ['no package', { quantity: 0 }, 'quantity'],
    ['fewer than none', { quantity: -1 }, 'quantity'],
    ['a billion', { quantity: 1_000_000_000 }, 'quantity'],
    ['no lot', { lot: ' ' }, 'lot'],
    ['a lot that is no code', { lot: '<b>批号</b>' }, 'lot'],
    ['what has expired', { expiresOn: inDays(-1) }, 'expiresOn'],
    ['what expires within a week', { expiresOn: inDays(7) }, 'expiresOn'],
    ['what keeps for ever', { expiresOn: '2099-12-31' }, 'expiresOn'],
    ['no key', { idempotencyKey: '' }, 'idempotencyKey'],
  ])('refuses %s', async (_, input, field) => {
    const medicineId = newMedicine();
    expect(await receive({ medicineId, ...input })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', field],
    });
    const { rowCount } = await admin.query('select from pharmacy.stock_lot where medicine_id = $1', [medicineId]);
    expect(rowCount).toBe(0);
  });

  test('refuses a medicine that there is not', async () => {
    expect(await receive({ medicineId: newId() })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'medicineId'],
    });
  });
});

describe('adjusting', () => {
  test('brings the books to the shelf, with a reason that stays', async () => {
    const { id } = await receive({ medicineId: newMedicine() });
    expect(await adjust({ lotId: id, change: -4, reason: ' Dropped. ', expectedVersion: 2 })).toMatchObject({
      onHand: 6,
      version: 3,
    });
    expect(await adjust({ lotId: id, change: 1, expectedVersion: 3 })).toMatchObject({ onHand: 7, version: 4 });
    const { movements } = await lotOf(id, 'movements(first: 2) { nodes { kind onHandChange reason } }');
    expect(movements.nodes).toEqual([
      { kind: 'ADJUSTMENT', onHandChange: 1, reason: 'Counted.' },
      { kind: 'ADJUSTMENT', onHandChange: -4, reason: 'Dropped.' },
    ]);
  });

  test('never takes what is promised to orders, or what is not there', async () => {
    const medicineId = newMedicine();
    const { id } = await receive({ medicineId });
    expect(await adjust({ lotId: id, change: -11, expectedVersion: 2 })).toMatchObject({ __typename: 'StockPromised' });
    const client = await as('demo-pharmacist', 'PHARMACIST');
    expect(await reserve(client, await order({ [medicineId]: 7 }))).toEqual([]);
    expect(await adjust({ lotId: id, change: -4, expectedVersion: 2 })).toMatchObject({
      __typename: 'StockPromised',
      code: 'STOCK_PROMISED',
      onHand: 10,
      reserved: 7,
    });
    expect(await adjust({ lotId: id, change: -3, expectedVersion: 2 })).toMatchObject({
      onHand: 7,
      reserved: 7,
      available: 0,
    });
  });

  test('by many who looked at the same version happens once', async () => {
    const { id } = await receive({ medicineId: newMedicine() });
    const answers = await Promise.all(
      Array.from({ length: 15 }, () => adjust({ lotId: id, change: -1, expectedVersion: 2 })),
    );
    expect(answers.filter(({ __typename }) => __typename === 'StockLot')).toHaveLength(1);
    expect(answers.filter(({ currentVersion }) => currentVersion === 3)).toHaveLength(14);
    expect(await lotOf(id)).toMatchObject({ onHand: 9, version: 3 });
  });

  test.each([
    ['no change', { change: 0 }, 'change'],
    ['too much', { change: 10_001 }, 'change'],
    ['no reason', { reason: '\u0000 ' }, 'reason'],
  ])('refuses %s', async (_, input, field) => {
    const { id } = await receive({ medicineId: newMedicine() });
    expect(await adjust({ lotId: id, change: -1, expectedVersion: 2, ...input })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', field],
    });
    expect(await adjust({ lotId: newId(), change: -1, expectedVersion: 2 })).toMatchObject({ __typename: 'NotFound' });
  });
});

describe('a recall', () => {
  test('finds all orders concerned at once, holds back their parcels and tells who got some', async () => {
    const medicineId = newMedicine();
    const { id: lotId } = await receive({ medicineId, quantity: 10 });
    const client = await as('demo-pharmacist', 'PHARMACIST');
    const travelling = await order({ [medicineId]: 2 }, 'SHIPPED');
    const delivered = await order({ [medicineId]: 1 }, 'DELIVERED');
    const promised = await order({ [medicineId]: 3 });
    const cancelled = await order({ [medicineId]: 4 });
    const [onItsWay, there] = [await parcel(travelling, 'IN_TRANSIT'), await parcel(delivered, 'IN_TRANSIT')];
    await pack(client, travelling, onItsWay);
    await pack(client, delivered, there);
    await admin.query(`update pharmacy.shipment set status = 'DELIVERED', delivered_at = now() where id = $1`, [there]);
    await reserve(client, promised);
    await reserve(client, cancelled);
    await client.query('select release_stock($1, false)', [cancelled]);

    const found = await recall({ medicineId, lot: ' l1' });
    expect(found).toMatchObject({
      __typename: 'LotRecall',
      lot: {
        id: lotId,
        state: 'RECALLED',
        onHand: 7,
        reserved: 3,
        available: 0,
        recallReason: 'Glass in a bottle.',
        allowedActions: ['ADJUST'],
      },
      ordersByStatus: [
        { status: 'DELIVERED', count: 1 },
        { status: 'PAID', count: 1 },
        { status: 'SHIPPED', count: 1 },
      ],
    });
    expect(found.orders.totalCount).toBe(3);
    expect(found.orders.nodes.map(({ id }: Answer) => id).sort()).toEqual([travelling, delivered, promised].sort());
    const { rows: parcels } = await admin.query(
      'select id, status, quarantine_cause from pharmacy.shipment where id = any($1) order by created_at',
      [[onItsWay, there]],
    );
    expect(parcels).toEqual([
      { id: onItsWay, status: 'QUARANTINED', quarantine_cause: 'RECALL' },
      { id: there, status: 'DELIVERED', quarantine_cause: null },
    ]);
    const { rows: told } = await admin.query(
      `select about_id, audience from pharmacy.notice where kind = 'MEDICINE_RECALLED' and occasion = $1 order by 1, 2`,
      [lotId],
    );
    expect(told.map(({ about_id, audience }) => `${about_id} ${audience}`)).toEqual(
      [travelling, delivered].flatMap((id) => [`${id} PATIENT`, `${id} PHARMACIST`]).sort(),
    );
  });

  test('is read by the page, with as many orders as there are', async () => {
    const medicineId = newMedicine();
    const { id } = await receive({ medicineId, quantity: 5 });
    const client = await as('demo-pharmacist', 'PHARMACIST');
    const orders: string[] = [];
    for (let count = 0; count < 5; count++) {
      orders.push(await order({ [medicineId]: 1 }));
      await reserve(client, orders.at(-1) as string);
    }
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { orders: page }: Answer = (
        await ask(
          pharmacist,
          `query ($id: ID!, $after: ID) { stockLot(id: $id) { orders(first: 2, after: $after) { nodes { id } totalCount pageInfo { hasNextPage endCursor } } } }`,
          { id, after },
        )
      ).stockLot;
      expect(page.totalCount).toBe(5);
      seen.push(...page.nodes.map(({ id }: Answer) => id));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(orders.reverse());
  });

  test('sells nothing of the lot any more, and gives orders another one when they are packed', async () => {
    const medicineId = newMedicine();
    await receive({ medicineId, lot: 'BAD', expiresOn: inDays(100) });
    await receive({ medicineId, lot: 'GOOD', expiresOn: inDays(300) });
    const client = await as('demo-pharmacist', 'PHARMACIST');
    const [before, after] = [await order({ [medicineId]: 2 }), await order({ [medicineId]: 3 })];
    await reserve(client, before);
    await recall({ medicineId, lot: 'BAD' });
    await pack(client, before, await parcel(before));
    await pack(client, after, await parcel(after));
    expect([await packed(before), await packed(after)]).toEqual([{ GOOD: 2 }, { GOOD: 3 }]);
    expect(await receive({ medicineId, lot: 'BAD', expiresOn: inDays(100) })).toMatchObject({
      __typename: 'LotRecalledAlready',
    });
  });

  test('is never packed, not even by who leaves out to look', async () => {
    const medicineId = newMedicine();
    await receive({ medicineId });
    const client = await as('demo-pharmacist', 'PHARMACIST');
    const [id, other] = [await order({ [medicineId]: 2 }), await order({ [medicineId]: 2 })];
    await reserve(client, id);
    await expect(client.query('select dispense_stock($1, $2)', [id, await parcel(other)])).rejects.toThrow('no parcel');
    await recall({ medicineId });
    await expect(client.query('select dispense_stock($1, $2)', [id, await parcel(id)])).rejects.toThrow(
      'release it first',
    );
    expect(await packed(id)).toEqual({});
  });

  test('waits for a parcel that is being packed, and then holds it back', async () => {
    const medicineId = newMedicine();
    await receive({ medicineId });
    const id = await order({ [medicineId]: 2 });
    const client = await as('demo-pharmacist', 'PHARMACIST');
    await reserve(client, id);
    const shipmentId = await parcel(id);
    await client.query('begin');
    await client.query('select release_stock($1, true)', [id]);
    const recalled = recall({ medicineId });
    await until(
      async () =>
        (
          await admin.query(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%stock_lot%'`,
          )
        ).rowCount,
      Boolean,
      { seconds: 5 },
    );
    expect(await reserve(client, id)).toEqual([]);
    await client.query('select dispense_stock($1, $2)', [id, shipmentId]);
    await client.query('commit');
    expect((await recalled).orders.nodes).toEqual([{ id, status: 'PAID' }]);
    const { rows } = await admin.query('select status from pharmacy.shipment where id = $1', [shipmentId]);
    expect(rows).toEqual([{ status: 'QUARANTINED' }]);
  });

  test('of an unknown lot is not found, and a second one says that there was a first', async () => {
    const medicineId = newMedicine();
    expect(await recall({ medicineId })).toMatchObject({ __typename: 'NotFound', path: ['input', 'lot'] });
    const { id } = await receive({ medicineId });
    expect(await recall({ medicineId, lot: 'L2' })).toMatchObject({ __typename: 'NotFound' });
    expect(await recall({ medicineId: newMedicine() })).toMatchObject({ __typename: 'NotFound' });
    expect(await recall({ medicineId, reason: '' })).toMatchObject({ __typename: 'InvalidInput' });
    const key = newId();
    const first = await recall({ medicineId, idempotencyKey: key });
    expect(await recall({ medicineId, idempotencyKey: key })).toEqual(first);
    expect(await recall({ medicineId })).toMatchObject({
      __typename: 'LotRecalledAlready',
      code: 'WRONG_STATE',
      lotId: id,
      permitted: ['ADJUST'],
    });
  });
});

describe('the list', () => {
  test('shows first what expires first, by state, by what is printed, and by the page', async () => {
    const medicineId = newMedicine();
    await receive({ medicineId, lot: 'FAR', expiresOn: inDays(98) });
    await receive({ medicineId, lot: 'NEAR', expiresOn: inDays(97) });
    await receive({ medicineId, lot: 'OFF', expiresOn: inDays(300) });
    const old = await receive({ medicineId, lot: 'OLD', expiresOn: inDays(50) });
    await receive({ medicineId, lot: 'NONE', expiresOn: inDays(20), quantity: 1 });
    await admin.query('update pharmacy.stock_lot set expires_on = $2 where id = $1', [old.id, inDays(7)]);
    await recall({ medicineId, lot: 'OFF' });
    const lots = async (filter: object = {}, page = 'first: 10'): Promise<Answer> =>
      (
        await ask(
          pharmacist,
          `query ($filter: StockLotFilter) { stockLots(filter: $filter, ${page}) { totalCount nodes { id lot state available version } pageInfo { endCursor hasNextPage } } }`,
          { filter: { medicineId, ...filter } },
        )
      ).stockLots;
    const names = ({ nodes }: Answer) => nodes.map(({ lot }: Answer) => lot);
    const all = await lots();
    expect(all.nodes.map(({ lot, state, available }: Answer) => [lot, state, available])).toEqual([
      ['OLD', 'EXPIRED', 0],
      ['NONE', 'EXPIRING_SOON', 1],
      ['NEAR', 'EXPIRING_SOON', 10],
      ['FAR', 'SELLABLE', 10],
      ['OFF', 'RECALLED', 0],
    ]);
    const { id, version } = all.nodes[1];
    await adjust({ lotId: id, change: -1, expectedVersion: version });
    expect(names(await lots({ state: 'EXPIRING_SOON' }))).toEqual(['NONE', 'NEAR']);
    expect(names(await lots({ state: 'EXPIRING_SOON', onlyOnHand: true }))).toEqual(['NEAR']);
    expect(names(await lots({ state: 'RECALLED' }))).toEqual(['OFF']);
    expect(names(await lots({ lot: 'o' }))).toEqual(['OLD', 'NONE', 'OFF']);
    const first = await lots({}, 'first: 2');
    expect(first).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true } });
    expect(names(await lots({}, `first: 2, after: "${first.pageInfo.endCursor}"`))).toEqual(['NEAR', 'FAR']);
    const { errors } = await execute(pharmacist, '{ stockLots(filter: { lot: "%" }) { nodes { id } } }');
    expect(errors).toBeUndefined();
    for (const query of ['{ stockLots(filter: { lot: "批" }) { nodes { id } } }', '{ stockLot(id: "1") { id } }']) {
      expect((await execute(pharmacist, query)).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});

describe('what anybody may know', () => {
  test('is whether there is some, and in how many days', async () => {
    const medicineId = newMedicine();
    expect(await available(medicineId)).toEqual({ inStock: false, deliveryDays: 3 });
    const { id } = await receive({ medicineId, quantity: 1 });
    expect(await available(medicineId)).toEqual({ inStock: true, deliveryDays: 3 });
    await setTerms({ medicineId, deliveryDays: 12 });
    expect(await available(medicineId)).toEqual({ inStock: true, deliveryDays: 12 });
    const client = await as('demo-pharmacist', 'PHARMACIST');
    const promised = await order({ [medicineId]: 1 });
    await reserve(client, promised);
    expect(await available(medicineId)).toMatchObject({ inStock: false });
    await client.query('select release_stock($1, false)', [promised]);
    expect(await available(medicineId)).toMatchObject({ inStock: true });
    await admin.query('update pharmacy.stock_lot set expires_on = $2 where id = $1', [id, inDays(7)]);
    expect(await available(medicineId)).toMatchObject({ inStock: false });
    await admin.query('update pharmacy.stock_lot set expires_on = $2 where id = $1', [id, inDays(8)]);
    expect(await available(medicineId)).toMatchObject({ inStock: true });
    await recall({ medicineId });
    expect(await available(medicineId)).toMatchObject({ inStock: false });
  });

  test('is read for many medicines in one statement, an unknown one being out of stock', async () => {
    const ids = [newMedicine(), newId(), newMedicine()];
    await receive({ medicineId: ids[2] });
    const found = await supplied(ANONYMOUS, ids, 'id availability { inStock }');
    expect(found.map(({ id, availability }) => [id, availability.inStock])).toEqual([
      [ids[0], false],
      [ids[1], false],
      [ids[2], true],
    ]);
  });

  test('is not how much there is, where, or what it bears', async () => {
    const { id } = await receive({ medicineId: newMedicine() });
    for (const who of [ANONYMOUS, patient, person('demo-physician', 'PHYSICIAN'), person('demo-finance', 'FINANCE')]) {
      for (const query of [
        '{ stockLots { nodes { id } } }',
        `{ stockLot(id: "${id}") { onHand } }`,
        `{ _entities(representations: [{ __typename: "StockLot", id: "${id}" }]) { ... on StockLot { onHand } } }`,
        `{ _entities(representations: [{ __typename: "Medicine", id: "${newId()}" }]) { ... on Medicine { terms { allowanceMinutes } } } }`,
        `mutation { recallLot(input: { medicineId: "${newId()}", lot: "L1", reason: "x", idempotencyKey: "x" }) { __typename } }`,
      ]) {
        const { errors } = await execute(who, query);
        expect([query, errors?.[0].extensions.code]).toEqual([query, 'FORBIDDEN']);
      }
    }
  });
});

describe('the terms of a medicine', () => {
  const terms = async (id: string) =>
    (await supplied(pharmacist, [id], 'terms { deliveryDays allowanceMinutes demo changedAt version }'))[0].terms;

  test('are those of the demo until a pharmacist sets them', async () => {
    const medicineId = newMedicine();
    const demo = { deliveryDays: 3, allowanceMinutes: 60, demo: true, changedAt: null, version: 0 };
    expect(await terms(medicineId)).toEqual(demo);
    expect(await setTerms({ medicineId })).toMatchObject({
      deliveryDays: 5,
      allowanceMinutes: 90,
      demo: false,
      version: 1,
    });
    expect(await setTerms({ medicineId })).toMatchObject({ __typename: 'StaleVersion', currentVersion: 1 });
    // the same again is said again
    expect(await setTerms({ medicineId, expectedVersion: 1 })).toMatchObject({ version: 2 });
    expect(await terms(medicineId)).toMatchObject({ deliveryDays: 5, allowanceMinutes: 90, demo: false, version: 2 });
    const other = newMedicine();
    const known = await api
      .get('pharmacy')
      .asItself(({ session }) => session.transaction((em) => allowanceOf(em, [medicineId, other])));
    expect([...known]).toEqual([
      [medicineId, 90],
      [other, 60],
    ]);
  });

  test('are set by one of many who were first at once, and within what is possible', async () => {
    const medicineId = newMedicine();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, days) => setTerms({ medicineId, deliveryDays: days + 1 })),
    );
    expect(answers.filter(({ __typename }) => __typename === 'MedicineTerms')).toHaveLength(1);
    expect(answers.filter(({ currentVersion }) => currentVersion === 1)).toHaveLength(9);
    expect(await setTerms({ medicineId, deliveryDays: 0, expectedVersion: 1 })).toMatchObject({
      __typename: 'InvalidInput',
    });
    expect(await setTerms({ medicineId: newId() })).toMatchObject({ __typename: 'NotFound' });
    expect(await setTerms({ medicineId, expectedVersion: 0 })).toMatchObject({ __typename: 'StaleVersion' });
    expect(await terms(medicineId)).toMatchObject({ version: 1 });
  });
});

describe('the database alone', () => {
  test('lets nobody but a pharmacist touch the shelf, and nobody take away what happened to it', async () => {
    const medicineId = newMedicine();
    const { id } = await receive({ medicineId });
    const strange = await order({ [medicineId]: 1 });
    const move = `insert into stock_movement (lot_id, kind, on_hand_change, reserved_change, by_subject, reason)
      values ('${id}', 'ADJUSTMENT', 1, 0, 'demo-patient', 'mine')`;
    const denied = /permission denied|row-level security|no such order|Only a pharmacist|only ever added/;
    const asPatient = await as('demo-patient', 'PATIENT');
    expect((await asPatient.query('select from stock_lot')).rowCount).toBe(0);
    for (const statement of [
      move,
      `select reserve_stock('${strange}')`,
      `select release_stock('${strange}', false)`,
      `select dispense_stock('${strange}', '${newId()}')`,
      `insert into stock_lot (id, medicine_id, lot, expires_on, created_at) values ('${newId()}', '${newId()}', 'X', '2030-01-01', now())`,
    ]) {
      await expect(asPatient.query(statement)).rejects.toThrow(denied);
    }
    const asPharmacist = await as('demo-pharmacist', 'PHARMACIST');
    for (const statement of [
      // in somebody else's name, as an order's, by hand
      move,
      `update stock_lot set on_hand = 1000 where id = '${id}'`,
      `update stock_movement set on_hand_change = 1`,
      'delete from stock_movement',
      'truncate stock_movement',
      `delete from stock_lot where id = '${id}'`,
      `insert into stock_movement (lot_id, kind, on_hand_change, reserved_change, by_subject) values ('${id}', 'RESERVATION', 0, 1, null)`,
    ]) {
      await expect(asPharmacist.query(statement)).rejects.toThrow(denied);
    }
    await expect(admin.query('delete from pharmacy.stock_movement where lot_id = $1', [id])).rejects.toThrow(denied);
    expect(await lotOf(id)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  test('shows a patient who orders whether it was promised, and no more', async () => {
    const medicineId = newMedicine();
    await receive({ medicineId, quantity: 2 });
    const own = await order({ [medicineId]: 2 });
    const family = await as('stock-patient', 'PATIENT');
    expect(await reserve(family, own)).toEqual([]);
    expect(await reserve(family, await order({ [medicineId]: 1 }))).toEqual([medicineId]);
    expect((await family.query('select from stock_movement')).rowCount).toBe(0);
    await family.query('select release_stock($1, false)', [own]);
    expect(await available(medicineId)).toMatchObject({ inStock: true });
  });
});

test('orders and adjustments at once never promise what is not there', async () => {
  const medicineId = newMedicine();
  const { id: first } = await receive({ medicineId, lot: 'A', expiresOn: inDays(100), quantity: 10 });
  const { id: second } = await receive({ medicineId, lot: 'B', expiresOn: inDays(200), quantity: 10 });
  const orders: string[] = [];
  while (orders.length < 25) orders.push(await order({ [medicineId]: 1 }));
  const place = (id: string) =>
    api.get('pharmacy').asItself(({ session }) =>
      session.transaction(async (em) => {
        const [{ whole }] = await em.execute<[{ whole: boolean }]>(
          'select cardinality(reserve_stock(?)) = 0 as whole',
          [id],
        );
        return whole;
      }),
    );
  const lose = async (lotId: string): Promise<boolean> => {
    for (;;) {
      const { version } = await lotOf(lotId, 'version');
      const { __typename } = await adjust({ lotId, change: -1, expectedVersion: version });
      if (__typename !== 'StaleVersion') return __typename === 'StockLot';
    }
  };
  const [placed, lost] = await Promise.all([
    Promise.all(orders.map(place)),
    Promise.all([first, second, first, second, first, second].map(lose)),
  ]);
  const count = (all: boolean[]) => all.filter(Boolean).length;
  expect(count(placed) + count(lost)).toBe(20);
  const lots = await Promise.all([lotOf(first), lotOf(second)]);
  for (const { onHand, reserved } of lots) expect(reserved).toBe(onHand);
  expect(lots.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(count(placed));
});

/** What may happen to two medicines with four lots each, and six orders. */
type Step =
  | { readonly kind: 'receive' | 'lose' | 'recall'; readonly lot: number; readonly units: number }
  | { readonly kind: 'reserve' | 'release' | 'pack'; readonly order: number };

const LOTS = 8;
const ORDERS = 6;
/** Days until lots expire: two of them at once, one too late to be sold. */
const EXPIRES = [30, 20, 20, 5, 60, 10, 7, 8];
const medicineOf = (lot: number) => (lot < LOTS / 2 ? 0 : 1);

interface ModelLot {
  onHand: number;
  known: boolean;
  recalled: boolean;
  /** By order. */
  readonly promised: number[];
  readonly packed: number[];
}
const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
const sells = (lot: ModelLot, index: number) => lot.known && !lot.recalled && (EXPIRES[index] as number) > 7;

/** Promises an order what it lacks; null where there is not enough. */
function promise(lots: readonly ModelLot[], of: number, wanted: readonly number[]): ModelLot[] | null {
  const after = structuredClone(lots) as ModelLot[];
  const inOrder = after.map((lot, index) => ({ lot, index }));
  inOrder.sort(
    (one, other) => (EXPIRES[one.index] as number) - (EXPIRES[other.index] as number) || one.index - other.index,
  );
  for (const [medicine, quantity] of wanted.entries()) {
    const ofMedicine = inOrder.filter(({ index }) => medicineOf(index) === medicine);
    let missing = quantity - sum(ofMedicine.map(({ lot }) => lot.promised[of] as number));
    for (const { lot, index } of ofMedicine) {
      if (!sells(lot, index)) continue;
      const taken = Math.min(missing, lot.onHand - sum(lot.promised));
      lot.promised[of] = (lot.promised[of] as number) + taken;
      missing -= taken;
    }
    if (missing > 0) return null;
  }
  return after;
}

test('whatever happens to it, the stock is the sum of its movements, nothing is promised twice, and what expires first goes first', async () => {
  const client = admin;
  const lotStep = fc.record({
    kind: fc.constantFrom(
      'receive' as const,
      'receive' as const,
      'receive' as const,
      'lose' as const,
      'recall' as const,
    ),
    lot: fc.nat(LOTS - 1),
    units: fc.integer({ min: 1, max: 12 }),
  });
  const orderStep = fc.record({
    kind: fc.constantFrom('reserve' as const, 'reserve' as const, 'release' as const, 'pack' as const),
    order: fc.nat(ORDERS - 1),
  });
  const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof(lotStep, orderStep), { minLength: 10, maxLength: 40 });
  const quantities = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 })), {
    minLength: ORDERS,
    maxLength: ORDERS,
  });

  const run = async (wanted: readonly (readonly [number, number])[], taken: readonly Step[]) => {
    const medicine = [newId(), newId()].sort();
    const ids = Array.from({ length: LOTS }, () => newId());
    const orders: string[] = [];
    for (const [one, other] of wanted) {
      orders.push(await order({ [medicine[0] as string]: one, ...(other > 0 && { [medicine[1] as string]: other }) }));
    }
    await client.query(
      `set local role care_pharmacy; select set_config('app.subject', 'demo-pharmacist', true), set_config('app.roles', 'PHARMACIST', true)`,
    );
    let lots: ModelLot[] = ids.map(() => ({
      onHand: 0,
      known: false,
      recalled: false,
      promised: Array(ORDERS).fill(0),
      packed: Array(ORDERS).fill(0),
    }));

    /** Does it, or leaves everything as it was. */
    const tried = async (work: () => Promise<boolean>): Promise<boolean> => {
      await client.query('savepoint before');
      const done = await work().catch((error: { constraint?: string }) => {
        expect(error.constraint).toMatch(/^stock_lot_/);
        return false;
      });
      await client.query(done ? 'release before' : 'rollback to before');
      return done;
    };
    const moveByHand = (lot: number, kind: string, change: number) =>
      client.query(
        `insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, reason, by_subject)
         values ($1, $2, $3, 0, 'test', 'demo-pharmacist')`,
        [ids[lot], kind, change],
      );
    const reserved = async (of: number) =>
      (await client.query('select cardinality(pharmacy.reserve_stock($1)) = 0 as whole', [orders[of]])).rows[0].whole;

    for (const step of taken) {
      if (step.kind === 'receive') {
        const lot = lots[step.lot] as ModelLot;
        if (!lot.known) {
          await client.query(
            `insert into pharmacy.stock_lot (id, medicine_id, lot, expires_on, created_at)
             values ($1, $2, $3, pharmacy.today_in_shanghai() + $4::int, now())`,
            [ids[step.lot], medicine[medicineOf(step.lot)], `LOT-${step.lot}`, EXPIRES[step.lot]],
          );
        }
        await moveByHand(step.lot, 'RECEIPT', step.units);
        lot.known = true;
        lot.onHand += step.units;
      } else if (step.kind === 'lose' && lots[step.lot]?.known) {
        const lot = lots[step.lot] as ModelLot;
        const fits = lot.onHand - step.units >= sum(lot.promised);
        expect(await tried(async () => Boolean(await moveByHand(step.lot, 'ADJUSTMENT', -step.units)))).toBe(fits);
        if (fits) lot.onHand -= step.units;
      } else if (step.kind === 'recall' && lots[step.lot]?.known) {
        await client.query(
          `update pharmacy.stock_lot set recalled_at = now(), recalled_by = 'demo-pharmacist', recall_reason = 'test' where id = $1`,
          [ids[step.lot]],
        );
        (lots[step.lot] as ModelLot).recalled = true;
      } else if (step.kind === 'reserve') {
        const after = promise(lots, step.order, wanted[step.order] as readonly number[]);
        expect(await tried(() => reserved(step.order))).toBe(after !== null);
        lots = after ?? lots;
      } else if (step.kind === 'release') {
        await client.query('select pharmacy.release_stock($1, false)', [orders[step.order]]);
        for (const lot of lots) lot.promised[step.order] = 0;
      } else if (step.kind === 'pack') {
        const released = structuredClone(lots) as ModelLot[];
        for (const [index, lot] of released.entries()) if (!sells(lot, index)) lot.promised[step.order] = 0;
        const after = promise(released, step.order, wanted[step.order] as readonly number[]);
        // each time a new one, as when a parcel is replaced
        await client.query('reset role');
        const shipmentId = await parcel(orders[step.order] as string);
        await client.query('set local role care_pharmacy');
        const done = await tried(async () => {
          await client.query('select pharmacy.release_stock($1, true)', [orders[step.order]]);
          if (!(await reserved(step.order))) return false;
          await client.query('select pharmacy.dispense_stock($1, $2)', [orders[step.order], shipmentId]);
          return true;
        });
        expect(done).toBe(after !== null);
        for (const lot of after ?? []) {
          const units = lot.promised[step.order] as number;
          lot.onHand -= units;
          lot.packed[step.order] = (lot.packed[step.order] as number) + units;
          lot.promised[step.order] = 0;
        }
        lots = after ?? lots;
      }
    }

    const { rows } = await client.query(
      `select s.id, s.on_hand, s.reserved,
         (select coalesce(sum(on_hand_change), 0)::int from pharmacy.stock_movement m where m.lot_id = s.id) as moved,
         (select coalesce(sum(reserved_change), 0)::int from pharmacy.stock_movement m where m.lot_id = s.id) as promised,
         (select coalesce(jsonb_object_agg(order_id, units), '{}') from (
            select l.order_id, -sum(m.on_hand_change)::int as units from pharmacy.stock_movement m
            join pharmacy.drug_order_line l on l.id = m.order_line_id where m.lot_id = s.id and m.kind = 'DISPENSING' group by 1) p) as packed
       from pharmacy.stock_lot s where s.id = any($1)`,
      [ids],
    );
    const stored = new Map(rows.map((row) => [row.id, row]));
    expect(stored.size).toBe(lots.filter(({ known }) => known).length);
    for (const [index, lot] of lots.entries()) {
      if (!lot.known) continue;
      const row = stored.get(ids[index]);
      expect(row).toMatchObject({
        on_hand: lot.onHand,
        reserved: sum(lot.promised),
        moved: lot.onHand,
        promised: sum(lot.promised),
      });
      expect(orders.map((id) => row.packed[id] ?? 0)).toEqual(lot.packed);
    }
  };

  await fc.assert(
    fc.asyncProperty(quantities, steps, async (wanted, taken) => {
      await client.query('begin');
      try {
        await run(wanted, taken);
      } finally {
        await client.query('rollback');
      }
    }),
    { numRuns: 40 },
  );
});
