import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { copyDatabase } from '../../../tests/cluster.js';
import { PROJECT_ROOT } from '../../common/files.js';
import { LEDGER_CHECKS, ledgerCheckFunction, verifyLedger } from './verify.js';

let admin: Client;
let adminUrl: string;

/** One thing of each kind and state: `id(kind, n)` in SQL. Amounts in fen. */
const BOOKS = `
begin;
create function id(kind text, n int) returns uuid immutable language sql return md5(kind || n)::uuid;
set search_path = fund, public;
insert into fund values (id('fund', 1), 'BOOKS', 'Books', 'Books', 'OPEN'), (id('fund', 2), 'OTHER', 'Other', 'Other', 'OPEN');
insert into contribution (id, number, fund_id, source, amount_fen, status, recorded_by, pledged_at, cleared_at, bounced_at)
  select id('contribution', n), 'T-' || n, id('fund', 1), 'CHARITY', fen, status, 'f', now(),
    case when cleared then now() end, case when status = 'BOUNCED' then now() end
  from (values (1, 1000000, 'CLEARED', true), (2, 500, 'PLEDGED', false), (3, 300, 'BOUNCED', true), (4, 200, 'BOUNCED', false)) as v (n, fen, status, cleared);
insert into application (id, number, patient_id, disease_id, fund_id, aid_year, expected_expense_fen, status, reviewer_subjects, policy_id, snapshot, created_at, submitted_at, waitlisted_at)
  select id('application', n), 'T-' || n, id('patient', n), id('disease', 1), id('fund', 1), 2026, 1, status, '{}', (select id from aid_policy limit 1), '{}', now(), now(),
    case status when 'WAITLISTED' then now() end
  from (values (1, 'APPROVED'), (2, 'APPROVED'), (3, 'WAITLISTED'), (4, 'REJECTED')) as v (n, status);
insert into aid_grant (id, application_id, patient_id, disease_id, fund_id, aid_year, tier, policy_id, maximum_fen, awarded_fen, released_fen, paid_fen, status, created_at)
  select id('grant', n), id('application', n), id('patient', n), id('disease', 1), id('fund', 1), 2026, 'I', (select id from aid_policy limit 1), maximum, awarded, released, paid, status, now()
  from (values (1, 100000, 35000, 0, 14000, 'ACTIVE'), (2, 50000, 20000, 30000, 20000, 'EXPIRED')) as v (n, maximum, awarded, released, paid, status);
insert into annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen)
  values (id('patient', 1), 2026, 5000000, 100000, 35000, 14000), (id('patient', 2), 2026, 5000000, 20000, 20000, 20000);
insert into claim (id, number, grant_id, application_id, fund_id, patient_id, status, asked_fen, self_paid_fen, award, award_fen, taken_back_fen, entered_by, entered_at, checked_by, checked_at, decided_by, decided_at, paid_at)
  select id('claim', n), 'T-' || n, id('grant', g), id('application', g), id('fund', 1), id('patient', g), status, 30000, 30000, '{}', award, back, 'p', now(), 'r', now(), 'f', now(), now()
  from (values (1, 1, 'PAID', 10000, 0), (2, 1, 'APPROVED', 9000, 0), (3, 1, 'APPROVED', 8000, 1000), (4, 1, 'PAID', 6000, 2000), (5, 1, 'REVERSED', 5000, 5000),
    (6, 1, 'ENTERED', null, 0), (7, 1, 'REJECTED', null, 0), (8, 1, 'APPROVED', 3000, 0), (9, 2, 'PAID', 20000, 0)) as v (n, g, status, award, back);
insert into expense_line (id, claim_id, place, invoice_issuer, invoice_number, incurred_on, amount_fen, basic_insurance_fen, serious_illness_insurance_fen, medical_assistance_fen, commercial_insurance_fen, other_charity_fen, counts)
  select id('line', n), id('claim', n), 0, 'T', n::text, '2026-03-01', 30000, 0, 0, 0, 0, 0, n not in (5, 7) from generate_series(1, 9) n;
insert into payout_batch (id, number, fund_id, status, created_by, created_at, released_by, released_at) values (id('batch', 1), 'T-1', id('fund', 1), 'SENT', 'f', now(), 'f2', now());
insert into payout (id, batch_id, claim_id, fund_id, amount_fen, status, end_to_end_id, approved_by, released_by, created_at)
  select id('payout', n), id('batch', 1), id('claim', c), id('fund', 1), fen, status, 'T-' || n, 'f', 'f2', now()
  from (values (1, 1, 10000, 'PAID'), (2, 2, 9000, 'SENT'), (3, 3, 7000, 'QUEUED'), (4, 4, 6000, 'PAID'), (5, 5, 5000, 'PAID'), (8, 8, 3000, 'RETURNED'), (18, 8, 3000, 'QUEUED'), (9, 9, 20000, 'PAID')) as v (n, c, fen, status);
insert into simulated_bank_payment (end_to_end_id, message_id, amount_fen, outcome, times_received)
  values ('T-1', 'm', 10000, 'SETTLED', 2), ('T-2', 'm', 9000, 'PENDING', 1), ('T-8', 'm', 3000, 'REJECTED', 1);
insert into claw_back (id, claim_id, fund_id, status, amount_fen, cause, reason, by_subject, created_at, settled_at)
  select id('claw-back', n), id('claim', n), id('fund', 1), status, fen, 'REVERSED', 'x', 'f', now(), case status when 'SETTLED' then now() end
  from (values (1, 'SETTLED', 0), (2, 'WAITING', 5), (3, 'SETTLED', 1000), (4, 'DUE', 2000), (5, 'SETTLED', 5000)) as v (n, status, fen);
insert into ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
  select uuidv7(), id('fund', 1), kind, came, went, fen, id(what, n), 'f' from (values
    ('CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', 1000000, 'contribution', 1), ('CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', 300, 'contribution', 3),
    ('GRANT', 'AVAILABLE', 'RESERVED', 100000, 'grant', 1), ('GRANT', 'AVAILABLE', 'RESERVED', 50000, 'grant', 2),
    ('BOUNCE', 'AVAILABLE', 'OUTSIDE', 100, 'contribution', 3), ('BOUNCE', 'SHORTFALL', 'OUTSIDE', 200, 'contribution', 3)
  ) as v (kind, came, went, fen, what, n);
commit;
insert into ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
  select uuidv7(), id('fund', 1), kind, came, went, fen, id(what, n), 'f' from (values
    ('AWARD', 'RESERVED', 'PAYABLE', 10000, 'claim', 1), ('SEND', 'PAYABLE', 'IN_TRANSIT', 10000, 'payout', 1), ('PAY', 'IN_TRANSIT', 'PAID_OUT', 10000, 'payout', 1),
    ('AWARD', 'RESERVED', 'PAYABLE', 9000, 'claim', 2), ('SEND', 'PAYABLE', 'IN_TRANSIT', 9000, 'payout', 2),
    ('AWARD', 'RESERVED', 'PAYABLE', 8000, 'claim', 3), ('TAKE_BACK', 'PAYABLE', 'RESERVED', 1000, 'claw-back', 3),
    ('AWARD', 'RESERVED', 'PAYABLE', 6000, 'claim', 4), ('SEND', 'PAYABLE', 'IN_TRANSIT', 6000, 'payout', 4), ('PAY', 'IN_TRANSIT', 'PAID_OUT', 6000, 'payout', 4), ('CLAW_BACK', 'PAID_OUT', 'RECEIVABLE', 2000, 'claw-back', 4),
    ('AWARD', 'RESERVED', 'PAYABLE', 5000, 'claim', 5), ('SEND', 'PAYABLE', 'IN_TRANSIT', 5000, 'payout', 5), ('PAY', 'IN_TRANSIT', 'PAID_OUT', 5000, 'payout', 5),
      ('CLAW_BACK', 'PAID_OUT', 'RECEIVABLE', 5000, 'claw-back', 5), ('REPAYMENT', 'RECEIVABLE', 'RESERVED', 5000, 'claw-back', 5),
    ('AWARD', 'RESERVED', 'PAYABLE', 3000, 'claim', 8), ('SEND', 'PAYABLE', 'IN_TRANSIT', 3000, 'payout', 8), ('RETURN', 'IN_TRANSIT', 'PAYABLE', 3000, 'payout', 8),
    ('AWARD', 'RESERVED', 'PAYABLE', 20000, 'claim', 9), ('SEND', 'PAYABLE', 'IN_TRANSIT', 20000, 'payout', 9), ('PAY', 'IN_TRANSIT', 'PAID_OUT', 20000, 'payout', 9),
    ('RELEASE', 'RESERVED', 'AVAILABLE', 30000, 'grant', 2)
  ) as v (kind, came, went, fen, what, n);`;

beforeAll(async () => {
  adminUrl = await copyDatabase(process.env.TEST_ADMIN_URL as string, `verify_${process.pid}`);
  admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(BOOKS);
});
afterAll(() => admin?.end());

/** What is found after something was made wrong, past every constraint and trigger. Nothing of it stays. */
async function found(wrong: string, fundId?: string): Promise<string[]> {
  await admin.query('begin');
  try {
    await admin.query('set local session_replication_role = replica');
    await admin.query(`do $$ declare c record; begin
      for c in select conrelid::regclass as of, conname from pg_constraint where connamespace = 'fund'::regnamespace and contype = 'c' loop
        execute format('alter table %s drop constraint %I', c.of, c.conname);
      end loop;
      drop index expense_line_invoice, expense_line_order, payout_once, ledger_transfer_once, ledger_transfer_resolved_once;
    end $$`);
    await admin.query(wrong);
    return (await verifyLedger(admin, { fundId })).problems.map(({ check }) => check);
  } finally {
    await admin.query('rollback');
  }
}

const transfer = (kind: string, from: string, to: string, fen: number, what: string, n: number) =>
  `insert into ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
     values (uuidv7(), id('fund', 1), '${kind}', '${from}', '${to}', ${fen}, id('${what}', ${n}), 'f');
   update fund_balance set ${from}_fen = ${from}_fen - ${fen}, ${to}_fen = ${to}_fen + ${fen} where fund_id = id('fund', 1);`;
/** In a balance and nowhere else. */
const balance = (change: string) => `update fund_balance set ${change} where fund_id = id('fund', 1);`;

/** The check that must find it, what is wrong, how it is made wrong, and which other checks see something of it. */
const MISTAKES: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'balance-is-sum-of-transfers',
    'two accounts differ',
    balance('available_fen = available_fen - 7, shortfall_fen = shortfall_fen + 7'),
    ['signs'],
  ],
  [
    'balance-is-sum-of-transfers',
    'a fund without balances',
    `delete from fund_balance where fund_id = id('fund', 2)`,
    [],
  ],
  ['sum-is-zero', 'money from nowhere', balance('available_fen = available_fen + 1'), ['balance-is-sum-of-transfers']],
  [
    'signs',
    'below zero',
    balance('available_fen = available_fen - 10000000, reserved_fen = reserved_fen + 10000000'),
    ['balance-is-sum-of-transfers', 'reserved-is-contributed', 'reserved-of-fund'],
  ],
  [
    'shortfall-is-covered-first',
    'a shortfall beside money',
    `${transfer('BOUNCE', 'SHORTFALL', 'OUTSIDE', 100, 'contribution', 3)}`,
    ['contributed-is-outside', 'contribution-has-its-transfer'],
  ],
  [
    'contributed-is-outside',
    'a contribution of which the ledger knows nothing',
    `update contribution set status = 'CLEARED', cleared_at = now() where id = id('contribution', 2)`,
    ['contribution-has-its-transfer'],
  ],
  [
    'contribution-has-its-transfer',
    'a bounce that was not undone',
    `update contribution set status = 'BOUNCED', bounced_at = now() where id = id('contribution', 1)`,
    ['contributed-is-outside', 'reserved-is-contributed'],
  ],
  [
    'contribution-has-its-transfer',
    'a pledge that counts',
    transfer('CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', 500, 'contribution', 2),
    ['contributed-is-outside'],
  ],
  [
    'contribution-has-its-transfer',
    'a contribution that counts twice',
    transfer('CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', 1000000, 'contribution', 1),
    ['contributed-is-outside'],
  ],
  [
    'reserved-is-contributed',
    'grants without money',
    `update contribution set amount_fen = 10 where id = id('contribution', 1)`,
    ['contributed-is-outside', 'contribution-has-its-transfer'],
  ],
  [
    'reserved-of-fund',
    'a grant that was not reserved',
    `update aid_grant set maximum_fen = maximum_fen + 5 where id = id('grant', 1)`,
    ['reserved-of-grant', 'grant-has-its-transfers', 'annual-aid'],
  ],
  [
    'reserved-of-grant',
    'a claim paid from another grant',
    `update claim set grant_id = id('grant', 2) where id = id('claim', 6); update claim set grant_id = id('grant', 1) where id = id('claim', 9)`,
    ['grant-awarded', 'grant-paid', 'same-fund'],
  ],
  [
    'grant-has-its-transfers',
    'a grant that was released twice',
    transfer('RELEASE', 'RESERVED', 'AVAILABLE', 30000, 'grant', 2),
    ['reserved-of-fund', 'reserved-of-grant'],
  ],
  [
    'payable-of-fund',
    'an approved claim whose money moved to nowhere',
    transfer('TAKE_BACK', 'PAYABLE', 'RESERVED', 100, 'claw-back', 3),
    ['reserved-of-fund', 'reserved-of-grant', 'claim-has-its-transfers', 'claw-back-has-its-transfers'],
  ],
  [
    'in-transit-of-fund',
    'a payout that is sent only by name',
    `update payout set status = 'SENT' where id = id('payout', 3)`,
    ['payable-of-fund', 'payout-has-its-transfers'],
  ],
  [
    'paid-out-of-fund',
    'a claim that is paid only by name',
    `update claim set status = 'PAID' where id = id('claim', 8)`,
    ['payable-of-fund', 'grant-paid', 'claim-is-paid-once'],
  ],
  [
    'receivable-of-fund',
    'a debt that is forgotten',
    `update claw_back set status = 'SETTLED', settled_at = now() where id = id('claw-back', 4)`,
    ['grant-awarded', 'claw-back-has-its-transfers'],
  ],
  [
    'grant-awarded',
    'a grant that awarded less than its claims',
    `update aid_grant set awarded_fen = awarded_fen - 1 where id = id('grant', 1)`,
    ['reserved-of-fund', 'reserved-of-grant', 'annual-aid'],
  ],
  [
    'grant-paid',
    'a grant that paid less than its claims',
    `update aid_grant set paid_fen = paid_fen - 1 where id = id('grant', 1)`,
    ['annual-aid'],
  ],
  [
    'grant-status',
    'an empty grant that can be claimed from',
    `update aid_grant set status = 'EXHAUSTED' where id = id('grant', 1)`,
    [],
  ],
  [
    'grant-status',
    'an ended grant with a rest',
    `update aid_grant set status = 'REVOKED' where id = id('grant', 1)`,
    [],
  ],
  [
    'grant-status',
    'an active grant of which a rest went back',
    `update aid_grant set status = 'ACTIVE' where id = id('grant', 2)`,
    [],
  ],
  [
    'annual-aid',
    'a year that forgets a grant',
    `update annual_aid set granted_fen = granted_fen - 1, awarded_fen = awarded_fen - 1, paid_fen = paid_fen - 1 where patient_id = id('patient', 2)`,
    [],
  ],
  ['annual-aid', 'a grant without a year', `delete from annual_aid where patient_id = id('patient', 2)`, []],
  ['annual-cap', 'more than the cap', `update annual_aid set cap_fen = 99999 where patient_id = id('patient', 1)`, []],
  [
    'claim-has-its-transfers',
    'an award that never left the grant',
    `update claim set status = 'APPROVED', award_fen = 30 where id = id('claim', 6)`,
    ['payable-of-fund', 'grant-awarded'],
  ],
  [
    'claim-has-its-transfers',
    'a rejected claim that was awarded',
    transfer('AWARD', 'RESERVED', 'PAYABLE', 30, 'claim', 7),
    ['reserved-of-fund', 'reserved-of-grant', 'payable-of-fund'],
  ],
  [
    'payout-has-its-transfers',
    'a payout paid twice',
    transfer('PAY', 'IN_TRANSIT', 'PAID_OUT', 9000, 'payout', 2),
    ['in-transit-of-fund', 'paid-out-of-fund'],
  ],
  [
    'payout-has-its-transfers',
    'a payout sent again after it came back',
    transfer('SEND', 'PAYABLE', 'IN_TRANSIT', 3000, 'payout', 8),
    ['payable-of-fund', 'in-transit-of-fund'],
  ],
  [
    'payout-is-what-is-owed',
    'a payout of an approved claim that owes less',
    `update claim set award_fen = 8000 where id = id('claim', 2)`,
    ['grant-awarded', 'claim-has-its-transfers'],
  ],
  [
    'payout-is-what-is-owed',
    'a payout on its way for a rejected claim',
    `update payout set claim_id = id('claim', 7) where id = id('payout', 2)`,
    ['payable-of-fund'],
  ],
  [
    'claim-is-paid-once',
    'two payments of one claim',
    `update payout set claim_id = id('claim', 1) where id = id('payout', 4)`,
    [],
  ],
  [
    'claim-is-paid-once',
    'a payment of a claim that was rejected',
    `update payout set claim_id = id('claim', 7) where id = id('payout', 5)`,
    [],
  ],
  [
    'bank-paid-once',
    'two settlements of one claim',
    `update payout set claim_id = id('claim', 1) where id = id('payout', 4); insert into simulated_bank_payment (end_to_end_id, message_id, amount_fen, outcome) values ('T-4', 'm', 6000, 'SETTLED')`,
    ['claim-is-paid-once'],
  ],
  [
    'bank-paid-what-was-sent',
    'a settlement of what stands as returned',
    `update simulated_bank_payment set outcome = 'SETTLED_SAID_TWICE' where end_to_end_id = 'T-8'`,
    [],
  ],
  [
    'bank-paid-what-was-sent',
    'another amount',
    `update simulated_bank_payment set amount_fen = 1 where end_to_end_id = 'T-1'`,
    [],
  ],
  [
    'claw-back-has-its-transfers',
    'a claw-back that nobody took',
    `update claw_back set status = 'DUE' where id = id('claw-back', 2)`,
    ['receivable-of-fund', 'grant-awarded'],
  ],
  [
    'expense-counts-once',
    'an invoice claimed twice',
    `update expense_line set invoice_number = '1' where id = id('line', 2)`,
    [],
  ],
  [
    'expense-counts-once',
    'an order line claimed twice',
    `update expense_line set invoice_number = null, invoice_issuer = null, order_line_id = id('order', 1) where id in (id('line', 1), id('line', 2))`,
    [],
  ],
  [
    'expense-counts',
    'an expense of a paid claim that is free again',
    `update expense_line set counts = false where id = id('line', 1)`,
    [],
  ],
  [
    'claim-is-sum-of-expenses',
    'a claim for more than its invoices',
    `update claim set asked_fen = asked_fen + 1 where id = id('claim', 2)`,
    [],
  ],
  [
    'claim-is-sum-of-expenses',
    'an award of more than was paid',
    `update expense_line set basic_insurance_fen = 100 where id = id('line', 2)`,
    [],
  ],
  [
    'transfer-has-its-reference',
    'a transfer for nothing',
    transfer('AWARD', 'RESERVED', 'PAYABLE', 5, 'nothing', 1),
    ['reserved-of-fund', 'payable-of-fund'],
  ],
  [
    'transfer-has-its-reference',
    'a transfer for a thing of another kind',
    transfer('SEND', 'PAYABLE', 'IN_TRANSIT', 5, 'claim', 1),
    ['payable-of-fund', 'in-transit-of-fund'],
  ],
  [
    'same-fund',
    'a payout from another fund’s batch',
    `update payout_batch set fund_id = id('fund', 2) where id = id('batch', 1)`,
    [],
  ],
  [
    'application-has-its-grant',
    'somebody waits who has been given',
    `update application set status = 'WAITLISTED', waitlisted_at = now() where id = id('application', 1)`,
    [],
  ],
  [
    'application-has-its-grant',
    'an approval that gave nothing',
    `update application set status = 'APPROVED' where id = id('application', 4)`,
    [],
  ],
];

/** Two of the demo, and two of this test. */
const FUNDS = 4;

describe('the books', () => {
  test('are right with one thing of each kind, over all funds and of each', async () => {
    const { rows } = await admin.query(`select count(*)::int as n from ledger_transfer`);
    expect(await verifyLedger(admin)).toEqual({
      checks: LEDGER_CHECKS.length,
      funds: FUNDS,
      transfers: rows[0].n,
      problems: [],
    });
    for (const { id } of (await admin.query('select id from fund')).rows)
      expect((await verifyLedger(admin, { fundId: id })).problems).toEqual([]);
  });

  test.each(MISTAKES)('%s finds %s', async (check, _, wrong, others) => {
    expect((await found(wrong)).sort()).toEqual([check, ...others].sort());
  });

  test('are not looked at by a check that no mistake has tried', () => {
    expect([...new Set(MISTAKES.map(([check]) => check))].sort()).toEqual(LEDGER_CHECKS.map(({ name }) => name).sort());
  });

  test('of one fund are found wrong alone', async () => {
    const { rows } = await admin.query(`select id('fund', 1) as one, id('fund', 2) as two`);
    const wrong = balance('available_fen = available_fen + 1');
    expect(await found(wrong, rows[0].one)).toEqual(['balance-is-sum-of-transfers', 'sum-is-zero']);
    expect(await found(wrong, rows[0].two)).toEqual([]);
  });

  test('are told of with at most 20 rows a problem, with every fen', async () => {
    await admin.query('begin');
    try {
      await admin.query(
        `insert into fund.fund select id('many', n), 'M' || n, 'x', 'x', 'OPEN' from generate_series(1, 30) n;
         set local session_replication_role = replica;
         update fund_balance set outside_fen = -9007199254740993, available_fen = 9007199254740993 where fund_id in (select id('many', n) from generate_series(1, 30) n)`,
      );
      const { problems } = await verifyLedger(admin);
      expect(problems.map(({ check, rows }) => [check, rows.length])).toEqual([
        ['balance-is-sum-of-transfers', 20],
        ['contributed-is-outside', 20],
      ]);
      expect(problems[1]?.rows[0]).toMatchObject({ balanceFen: '-9007199254740993', expectedFen: '0' });
    } finally {
      await admin.query('rollback');
    }
  });
});

describe('the fund checks its own books', () => {
  const checked = async (wrong: string, role = 'SYSTEM') => {
    await admin.query('begin');
    try {
      await admin.query('set local session_replication_role = replica');
      await admin.query(`select set_config('app.roles', $1, true)`, [role]);
      await admin.query(wrong);
      const { rows } = await admin.query('select * from check_ledger()');
      const { rows: told } = await admin.query('select * from ledger_check_outcome()');
      return { ...rows[0], ok: told[0].ledger_check_ok, at: told[0].ledger_checked_timestamp_seconds };
    } finally {
      await admin.query('rollback');
    }
  };

  test('as npm run ledger:verify does, and keeps by name what is wrong', async () => {
    const { rows } = await admin.query(`select count(*)::text as transfers from ledger_transfer`);
    const all = { checks: LEDGER_CHECKS.length, funds: FUNDS, transfers: rows[0].transfers };
    const right = await checked('');
    expect(right).toMatchObject({
      ...all,
      problems: [],
      ok: 1,
      at: expect.closeTo(right.checked_at.getTime() / 1_000, 2),
    });
    const wrong = balance('available_fen = available_fen + 7, outside_fen = outside_fen - 7');
    expect(await checked(wrong)).toMatchObject({
      ...all,
      problems: ['balance-is-sum-of-transfers', 'contributed-is-outside'],
      ok: 0,
    });
  });

  test('by what the checks are now: whoever changes one adds a migration with the function anew, and its hash here', () => {
    expect(createHash('sha256').update(ledgerCheckFunction()).digest('hex')).toBe(
      'e281a1c3e4b074e3b07cf0db430f031ef491c919f0de775f4252e6219799c37b',
    );
  });

  test('and nobody else has them checked', async () => {
    await expect(checked('', 'FINANCE')).rejects.toMatchObject({ code: '42501' });
  });
});

describe('npm run ledger:verify', () => {
  const run = async () =>
    promisify(execFile)(process.execPath, [join(PROJECT_ROOT, 'dist/scripts/ledger-verify.js')], {
      env: { ...process.env, DATABASE_URL: adminUrl },
    }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
    );

  test('says that all is right', async () => {
    expect(await run()).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(`^OK: ${LEDGER_CHECKS.length} checks over ${FUNDS} funds, [\\d,]+ transfers\n$`),
      ),
    });
  });

  test('says what is wrong, and ends with 1', async () => {
    await admin.query('update aid_grant set paid_fen = paid_fen - 1 where id = $1', [
      (await admin.query(`select id('grant', 1) as id`)).rows[0].id,
    ]);
    const { code, stdout } = await run();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^grant-paid: .*\n {2}\{.*"paidFen": ?"13999".*\}\n/m);
    expect(stdout).toMatch(new RegExp(`\\nWRONG: 2 of \\d+ checks over ${FUNDS} funds, [\\d,]+ transfers\n$`));
  });
});
