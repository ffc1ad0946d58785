import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { LedgerAccount, LedgerTransferKind } from './balance.js';
import { ACCOUNTS, COULD_GIVE, holdAvailable, transfer, type Way } from './ledger.js';

const finance = person('demo-finance', 'FINANCE');

let api: SubgraphsUnderTest;
let fundId: string;
beforeAll(async () => {
  api = await openSubgraphs('ledger');
});
afterAll(() => api?.stop());
beforeEach(async () => {
  fundId = newId();
  await api.admin.query(
    `insert into fund.fund (id, code, name_en, name_zh, status) values ($1::uuid, $1::text, 'Test', '测试', 'OPEN')`,
    [fundId],
  );
});

const transaction = <T>(work: (em: EntityManager) => Promise<T>): Promise<T> =>
  api.get('fund').asItself(({ session }) => session.transaction(work));
const moved = (way: Way, fen: number, referenceId = newId(), by = 'system:test') => ({
  fundId,
  way,
  amountFen: BigInt(fen),
  referenceId,
  by,
});
const move = (way: Way, fen: number, referenceId?: string) =>
  transaction((em) => transfer(em, moved(way, fen, referenceId)));

/** Balances of the fund that are not zero, in fen. */
async function balances(of = fundId): Promise<Record<string, number>> {
  const { rows } = await api.admin.query('select * from fund.fund_balance where fund_id = $1', [of]);
  return Object.fromEntries(
    ACCOUNTS.map((account) => [account, Number(rows[0][`${account.toLowerCase()}_fen`])] as const).filter(
      ([, fen]) => fen !== 0,
    ),
  );
}
/** What the fund's transfers add up to, account by account, where it is not zero. */
async function sums(of = fundId): Promise<Record<string, number>> {
  const { rows } = await api.admin.query(
    'select account, sum(amount_fen) as fen from fund.ledger_entry where fund_id = $1 group by 1 having sum(amount_fen) <> 0',
    [of],
  );
  return Object.fromEntries(rows.map(({ account, fen }) => [account, Number(fen)]));
}

describe('the ledger is only ever added to', () => {
  const CHANGES = [
    'update ledger_transfer set amount_fen = 1',
    'delete from ledger_transfer',
    'truncate ledger_transfer cascade',
  ];
  const asFinance = async (): Promise<Client> => {
    const client = await api.serving('fund');
    await client.query("select set_config('app.subject', 'x', false), set_config('app.roles', 'FINANCE', false)");
    return client;
  };

  test.each(CHANGES)('by whoever serves, not changed: %s', async (sql) => {
    await expect((await asFinance()).query(sql)).rejects.toThrow('permission denied');
  });

  test.each(['care_fund_owner', 'the administrator'])('by %s neither', async (role) => {
    await move('CONTRIBUTION', 100);
    const client = api.admin;
    await client.query('set search_path = fund');
    if (role === 'care_fund_owner') await client.query(`set role ${role}`);
    try {
      for (const sql of CHANGES) await expect(client.query(sql)).rejects.toThrow('only ever added to');
    } finally {
      await client.query('reset role; reset search_path');
    }
    expect(await sums()).toEqual({ OUTSIDE: -100, AVAILABLE: 100 });
  });

  test('and balances are changed by its trigger alone', async () => {
    const client = await asFinance();
    for (const sql of [
      'update fund_balance set available_fen = available_fen + 1, outside_fen = outside_fen - 1',
      'delete from fund_balance',
      `insert into fund_balance (fund_id) values (gen_random_uuid())`,
    ]) {
      await expect(client.query(sql)).rejects.toThrow('permission denied');
    }
    const cover = `insert into ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
      values (gen_random_uuid(), $1, 'COVER', 'AVAILABLE', 'SHORTFALL', 1, $1, 'x')`;
    await expect(client.query(cover, [fundId])).rejects.toThrow('row-level security');
  });
});

describe('money', () => {
  test('goes only the ways that there are', async () => {
    // every kind on every way; what is accepted is told, and taken back
    await api.admin.query('begin');
    await api.admin.query(`create temporary table accepted (way text) on commit drop`);
    await api.admin.query(`do $$ declare k text; f text; t text; begin
      for k, f, t in select kind, a, b from unnest('{${[...Object.keys(LedgerTransferKind), 'OTHER']}}'::text[]) kind,
          unnest('{${[...ACCOUNTS, 'OTHER']}}'::text[]) a, unnest('{${[...ACCOUNTS, 'OTHER']}}'::text[]) b loop
        begin
          insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
            values (gen_random_uuid(), '${fundId}', k, f, t, 1, gen_random_uuid(), 'x');
          insert into accepted values (k || ': ' || f || ' to ' || t);
        exception when check_violation then null;
        end;
      end loop; end $$`);
    const { rows } = await api.admin.query('select way from accepted order by way');
    await api.admin.query('rollback');
    expect(rows.map(({ way }) => way)).toEqual([
      'AWARD: RESERVED to PAYABLE',
      'BOUNCE: AVAILABLE to OUTSIDE',
      'BOUNCE: SHORTFALL to OUTSIDE',
      'CLAW_BACK: PAID_OUT to RECEIVABLE',
      'CONTRIBUTION: OUTSIDE to AVAILABLE',
      'COVER: AVAILABLE to SHORTFALL',
      'GRANT: AVAILABLE to RESERVED',
      'PAY: IN_TRANSIT to PAID_OUT',
      'RELEASE: RESERVED to AVAILABLE',
      'REPAYMENT: RECEIVABLE to RESERVED',
      'RETURN: IN_TRANSIT to PAYABLE',
      'RETURN: PAID_OUT to PAYABLE',
      'SEND: PAYABLE to IN_TRANSIT',
      'TAKE_BACK: PAYABLE to RESERVED',
    ]);
    expect(Object.keys(LedgerAccount)).toEqual([...ACCOUNTS]);
  });

  test('goes each way, there and back', async () => {
    const [grant, claim, late, payout, lost] = Array.from({ length: 5 }, newId);
    const steps: [Way, number, string?][] = [
      ['CONTRIBUTION', 1000],
      ['GRANT', 900, grant],
      ['AWARD', 300, claim],
      ['AWARD', 100, late],
      ['TAKE_BACK', 50, claim],
      ['SEND', 250, payout],
      ['PAY', 250, payout],
      ['SEND', 100, lost],
      ['RETURN', 100, lost],
      ['RETURN_AFTER_PAYING', 200, payout],
      ['CLAW_BACK', 50, claim],
      ['REPAYMENT', 20, claim],
      ['RELEASE', 400, grant],
      ['BOUNCE', 500],
      ['BOUNCE_UNCOVERED', 7],
    ];
    // the last two are one step: what is available is taken back first
    for (const [way, fen, reference] of steps.slice(0, -2)) await move(way, fen, reference);
    await transaction((em) => transfer(em, moved('BOUNCE', 500), moved('BOUNCE_UNCOVERED', 7)));
    expect(await balances()).toEqual({
      OUTSIDE: -493,
      RESERVED: 170,
      PAYABLE: 300,
      RECEIVABLE: 30,
      SHORTFALL: -7,
    });
    expect(await sums()).toEqual(await balances());
  });

  test('of one thing goes one way once, and what was sent is paid or comes back', async () => {
    const reference = newId();
    await move('CONTRIBUTION', 500, reference);
    await expect(move('CONTRIBUTION', 500, reference)).rejects.toThrow('ledger_transfer_once');
    for (const way of ['GRANT', 'AWARD', 'SEND'] as const) await move(way, 100, reference);
    await move('PAY', 100, reference);
    await expect(move('RETURN', 100, reference)).rejects.toThrow('ledger_transfer_resolved_once');
    expect(await balances()).toEqual({ OUTSIDE: -500, AVAILABLE: 400, PAID_OUT: 100 });
  });

  test('is never nothing, nor less', async () => {
    for (const fen of [0, -1]) await expect(move('CONTRIBUTION', fen)).rejects.toThrow('amount_fen_check');
  });

  test('that is not there is not moved, from any account', async () => {
    await move('CONTRIBUTION', 100);
    for (const way of ['RELEASE', 'AWARD', 'TAKE_BACK', 'SEND', 'PAY', 'CLAW_BACK', 'REPAYMENT'] as const) {
      await expect(move(way, 1)).rejects.toMatchObject({ code: '23514' });
    }
    expect(await balances()).toEqual({ OUTSIDE: -100, AVAILABLE: 100 });
    expect(await sums()).toEqual(await balances());
  });

  test('that is gone when a transaction ends makes it decide again', async () => {
    await move('CONTRIBUTION', 100);
    let decisions = 0;
    const give = () =>
      transaction(async (em) => {
        decisions++;
        const [{ fen }] = await em.execute<[{ fen: string }]>(`select ${COULD_GIVE} as fen`, [fundId]);
        if (BigInt(fen) < 60n) return 'WAITS';
        // long enough for the others to have decided as well
        await em.execute('select pg_sleep(0.2)');
        await transfer(em, moved('GRANT', 60));
        return 'GIVEN';
      });
    expect((await Promise.all([give(), give(), give()])).sort()).toEqual(['GIVEN', 'WAITS', 'WAITS']);
    expect(decisions).toBe(5);
    expect(await balances()).toEqual({ OUTSIDE: -100, AVAILABLE: 40, RESERVED: 60 });
  });

  test('that is gone is refused in the end to whoever insists', async () => {
    await move('CONTRIBUTION', 100);
    await expect(move('GRANT', 101)).rejects.toMatchObject({ code: '40001' });
    expect(await balances()).toEqual({ OUTSIDE: -100, AVAILABLE: 100 });
    expect(await sums()).toEqual(await balances());
  });

  test('that is held is not given to others meanwhile', async () => {
    await move('CONTRIBUTION', 100);
    let given: Promise<void> | undefined;
    await transaction(async (em) => {
      expect(await holdAvailable(em, fundId)).toBe(100n);
      given ??= move('GRANT', 100);
      given.catch(() => undefined);
      await em.execute('select pg_sleep(0.2)');
      await transfer(em, moved('BOUNCE', 100));
    });
    await expect(given).rejects.toMatchObject({ code: '40001' });
    expect(await balances()).toEqual({});
  });
});

describe('what is missing', () => {
  beforeEach(async () => {
    await move('CONTRIBUTION', 100);
    await move('GRANT', 100);
    await move('BOUNCE_UNCOVERED', 100);
    expect(await balances()).toEqual({ RESERVED: 100, SHORTFALL: -100 });
  });

  test('is filled by money in parts, and once', async () => {
    await move('CONTRIBUTION', 60);
    expect(await balances()).toEqual({ OUTSIDE: -60, RESERVED: 100, SHORTFALL: -40 });
    await move('RELEASE', 30);
    expect(await balances()).toEqual({ OUTSIDE: -60, RESERVED: 70, SHORTFALL: -10 });
    await move('CONTRIBUTION', 50);
    expect(await balances()).toEqual({ OUTSIDE: -110, AVAILABLE: 40, RESERVED: 70 });
    expect(await sums()).toEqual(await balances());
  });

  test.each([
    ['exactly', [60, 40], {}],
    ['in many parts', [10, 20, 30, 10], { SHORTFALL: -30 }],
    ['and more', [60, 60, 60], { AVAILABLE: 80 }],
  ])('is filled %s by several pieces of money that come in one transaction', async (_, pieces, left) => {
    await transaction((em) => transfer(em, ...pieces.map((fen) => moved('CONTRIBUTION', fen))));
    const sum = pieces.reduce((one, other) => one + other);
    expect(await balances()).toEqual({ OUTSIDE: -sum, RESERVED: 100, ...left });
    expect(await sums()).toEqual(await balances());
  });

  test('goes before what the same transaction wants to give', async () => {
    const both = (fen: number) => transaction((em) => transfer(em, moved('CONTRIBUTION', 150), moved('GRANT', fen)));
    await expect(both(51)).rejects.toMatchObject({ code: '40001' });
    await both(50);
    expect(await balances()).toEqual({ OUTSIDE: -150, RESERVED: 150 });
  });
});

describe('what is added up', () => {
  test('over the whole ledger is zero, and each fund’s balances are what its transfers make', async () => {
    const total = await api.admin.query('select sum(amount_fen) as fen, count(*) as count from fund.ledger_entry');
    expect(total.rows[0].fen).toBe('0');
    expect(Number(total.rows[0].count)).toBeGreaterThan(10);
    const { rows } = await api.admin.query<{ id: string }>('select id from fund.fund');
    for (const { id } of rows) expect([id, await balances(id)]).toEqual([id, await sums(id)]);
  });

  test('after 50 transfers of all kinds at the same time is what the balances say, nothing of it negative', async () => {
    const rest: [Way, number][] = [
      ['GRANT', 600],
      ['AWARD', 400],
      ['SEND', 200],
      ['PAY', 100],
      ['CLAW_BACK', 50],
    ];
    await move('CONTRIBUTION', 1000);
    for (const [way, fen] of rest) await move(way, fen);
    const ways: Way[] = [
      'CONTRIBUTION',
      'BOUNCE',
      'BOUNCE_UNCOVERED',
      'GRANT',
      'RELEASE',
      'AWARD',
      'TAKE_BACK',
      'SEND',
    ];
    ways.push('PAY', 'RETURN', 'RETURN_AFTER_PAYING', 'CLAW_BACK', 'REPAYMENT');
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        move(ways[Math.floor(Math.random() * ways.length)] as Way, 1 + Math.floor(Math.random() * 90)),
      ),
    );
    const failed = results.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
    for (const code of failed) expect(['23514', '40001']).toContain(code);
    expect(failed.length).toBeLessThan(50);
    const found = await balances();
    expect(await sums()).toEqual(found);
    const { OUTSIDE = 0, SHORTFALL = 0, ...inside } = found;
    expect(Math.max(OUTSIDE, SHORTFALL)).toBeLessThanOrEqual(0);
    expect(Math.min(...Object.values(inside))).toBeGreaterThan(0);
    expect(Object.values(found).reduce((one, other) => one + other, 0)).toBe(0);
    // nothing is missing while something is available
    expect(Math.abs((found.AVAILABLE ?? 0) * SHORTFALL)).toBe(0);
  });
});

describe('finance', () => {
  const execute = (who: Identity, query: string, variables?: object): Promise<Answer> =>
    api.execute('fund', who, query, variables);
  const TRANSFERS = `query ($id: ID!, $first: Int!, $after: ID) { fund(id: $id) { waiting transfers(first: $first, after: $after) {
    totalCount nodes { id kind from to amount { amount } referenceId at by } pageInfo { hasNextPage endCursor } } } }`;

  test('sees every movement, newest first, and of whoever made it only staff or system', async () => {
    const reference = newId();
    const before = Date.now();
    await move('CONTRIBUTION', 5);
    await transaction((em) => transfer(em, moved('GRANT', 3, reference, 'sub-of-an-officer')));
    const { data, errors } = await execute(finance, TRANSFERS, { id: fundId, first: 1 });
    expect(errors).toBeUndefined();
    const { transfers } = data.fund;
    expect(transfers).toMatchObject({
      totalCount: 2,
      nodes: [
        {
          kind: 'GRANT',
          from: 'AVAILABLE',
          to: 'RESERVED',
          amount: { amount: '0.03' },
          referenceId: reference,
          by: 'STAFF',
        },
      ],
      pageInfo: { hasNextPage: true },
    });
    expect(Date.parse(transfers.nodes[0].at)).toBeGreaterThanOrEqual(before - 1_000);
    const next = await execute(finance, TRANSFERS, { id: fundId, first: 1, after: transfers.pageInfo.endCursor });
    expect(next.data.fund.transfers.nodes).toMatchObject([{ kind: 'CONTRIBUTION', by: 'SYSTEM' }]);
    expect(JSON.stringify([data, next.data])).not.toContain('sub-of-an-officer');
  });

  test('sees the balances of every fund, what came in and what is missing above zero', async () => {
    await move('CONTRIBUTION', 12_345);
    await move('GRANT', 12_345);
    await move('BOUNCE_UNCOVERED', 345);
    const query = `{ funds(first: 100) { nodes { id waiting balance { contributed { amount } available { amount } reserved { amount }
      payable { amount } inTransit { amount } paidOut { amount } receivable { amount } shortfall { amount } } } } }`;
    const { data, errors } = await execute(finance, query);
    expect(errors).toBeUndefined();
    const zero = { amount: '0.00' };
    expect(data.funds.nodes.find(({ id }: Answer) => id === fundId)).toEqual({
      id: fundId,
      waiting: 0,
      balance: {
        contributed: { amount: '120.00' },
        available: zero,
        reserved: { amount: '123.45' },
        payable: zero,
        inTransit: zero,
        paidOut: zero,
        receivable: zero,
        shortfall: { amount: '3.45' },
      },
    });
  });

  test.each([
    ['nobody', ANONYMOUS],
    ['a patient', person('demo-patient', 'PATIENT')],
    ['a reviewer', person('demo-reviewer', 'REVIEWER')],
    ['an administrator', person('demo-admin', 'ADMIN')],
    ['a sponsor', person('demo-sponsor', 'SPONSOR', '01934a3c-5800-7000-8000-00000000a001')],
  ])('alone sees it: %s does not, through the API or in the database', async (_, who) => {
    for (const field of ['balance { available { amount } }', 'transfers { totalCount }', 'waiting']) {
      const { errors } = await execute(who, `query ($id: ID!) { fund(id: $id) { ${field} } }`, { id: fundId });
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
    }
    await move('CONTRIBUTION', 5);
    await api.admin.query(
      `insert into fund.application (id, number, patient_id, disease_id, fund_id, aid_year, expected_expense_fen, status,
         reviewer_subjects, snapshot, created_at, submitted_at, waitlisted_at)
       values ($1::uuid, $1::text, $1::uuid, $1::uuid, $2, 2026, 1, 'WAITLISTED', '{}', '{}', now(), now(), now())`,
      [newId(), fundId],
    );
    const client = await api.serving('fund');
    const seenAs = async (roles: string) => {
      await client.query(
        "select set_config('app.subject', $1, false), set_config('app.roles', $2, false), set_config('app.organisation', $3, false)",
        [who.subject, roles, who.organisation ?? ''],
      );
      const { rows } = await client.query(
        `select (select count(*)::int from fund_balance where fund_id = $1) as balances,
           (select count(*)::int from ledger_transfer where fund_id = $1) as transfers,
           (select count(*)::int from ledger_entry where fund_id = $1) as entries, fund_waiting($1) as waiting`,
        [fundId],
      );
      return rows[0];
    };
    expect(await seenAs(who.roles.join(','))).toEqual({ balances: 0, transfers: 0, entries: 0, waiting: 0 });
    expect(await seenAs('FINANCE')).toEqual({ balances: 1, transfers: 1, entries: 2, waiting: 1 });
  });
});
