import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { databaseSecret } from '../../../scripts/prepare.js';
import { env } from '../../../tests/api.js';
import { copyDatabase } from '../../../tests/cluster.js';
import { askInProcess } from '../../common/asking.js';
import { aidYear } from '../../common/calendar.js';
import { Database } from '../../common/database.js';
import { type Identity, ROLE_SCOPES, type Role } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { servingUrl } from '../../common/migrate.js';
import { Locale } from '../../common/scalars.js';
import { type FieldKeys, open, readFieldKeys, seal } from '../../common/sealed.js';
import { readSettings } from '../../common/settings.js';
import { Subgraph, type SubgraphDefinition } from '../../common/subgraph.js';
import { patient } from '../../patient/index.js';
import { sealedPlaces } from '../../patient/payout-account/payout-account.entity.js';
import type { FundContext } from '../context.js';
import { DEMO_POLICY_ID, importDemoFund } from '../demo.js';
import { fund } from '../index.js';
import { verifyLedger } from '../ledger/verify.js';
import type { Bank } from './bank.js';
import { checkPain001 } from './pain001.js';
import { type BankAnswerEntry, pain002 } from './pain002.js';
import { ASK_BANK, askBank, resumePayoutBatches, sendPayoutBatch } from './payout.jobs.js';
import { messageIdOf } from './payout.rules.js';
import { filePlace, SEND_PAYOUT_BATCH } from './payout-batch.service.js';

const YEAR = aidYear(new Date());
const subgraphs = new Map<string, Subgraph>();
let admin: Client;
let keys: FieldKeys;

beforeAll(async () => {
  const adminUrl = await copyDatabase(env('TEST_ADMIN_URL'), `payout_${process.pid}`);
  const keysDir = env('TEST_KEYS_DIR');
  const secret = databaseSecret(readSettings({ NODE_ENV: 'test', KEYS_DIR: keysDir }));
  keys = readFieldKeys(keysDir);
  admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await importDemoFund(admin);
  for (const definition of [patient, fund] as unknown as SubgraphDefinition[]) {
    const { name, entities } = definition;
    const url = servingUrl(adminUrl, name, secret);
    const database = await Database.open({ name, url, entities, maxConnections: 8 });
    subgraphs.set(name, await Subgraph.open(definition, database, askInProcess(subgraphs), keys));
  }
});
afterAll(async () => {
  for (const subgraph of subgraphs.values()) await subgraph.close();
  await admin?.end();
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field
type Answer = any;

const person = (subject: string, ...roles: Role[]): Identity => ({
  subject,
  roles,
  scopes: roles.flatMap((role) => ROLE_SCOPES[role]),
});
/** Approves the claims of these tests. */
const APPROVER = person('approving-finance', 'FINANCE');
const OFFICER = person('paying-finance', 'FINANCE');
const COLLEAGUE = person('other-finance', 'FINANCE');

const theFund = () => subgraphs.get('fund') as Subgraph;
const rows = async (text: string, values: unknown[] = []): Promise<Answer[]> => (await admin.query(text, values)).rows;

async function execute(who: Identity, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  return theFund().request({ identity: who, locale: Locale.EN, trace: '' }).execute({ query, variables });
}
async function ask(who: Identity, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const { data, errors } = await execute(who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

const BATCH = `id number status total { amount } count version allowedActions createdAt releasedAt sentAt answeredAt
  fund { id } payouts(first: 100) { totalCount nodes { id status reasonCode reason nextStep amount { amount } claim { id number } } }`;
const ERROR = '... on UserError { code message path }';
const input = (of: Record<string, unknown>) => ({ input: { idempotencyKey: crypto.randomUUID(), ...of } });

async function does(who: Identity, mutation: string, fields: string, of: Record<string, unknown>): Promise<Answer> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { done: ${mutation}(input: $input) { __typename ${fields} ${ERROR} } }`;
  return (await ask(who, query, input(of))).done;
}
const WRONG = '... on PayoutBatchWrongState { status permitted } ... on StaleVersion { currentVersion }';
const create = (fundId: string, who = OFFICER, more = {}) =>
  does(who, 'createPayoutBatch', `... on PayoutBatch { ${BATCH} }`, { fundId, ...more });
const release = (batch: Answer, who = OFFICER, more = {}) =>
  does(who, 'releasePayoutBatch', `... on PayoutBatch { ${BATCH} } ${WRONG}`, {
    batchId: batch.id,
    expectedVersion: batch.version,
    ...more,
  });
const cancel = (batch: Answer, who = OFFICER) =>
  does(who, 'cancelPayoutBatch', `... on PayoutBatch { ${BATCH} } ${WRONG}`, {
    batchId: batch.id,
    expectedVersion: batch.version,
  });
const REPORT = '... on BankAnswerReport { settled returned pending unchanged unknown conflicting }';
const record = (text: string, more = {}) => does(OFFICER, 'recordBankAnswer', REPORT, { pain002: text, ...more });
const batchNow = async (id: string, who = OFFICER): Promise<Answer> =>
  (await ask(who, `query ($id: ID!) { payoutBatch(id: $id) { ${BATCH} } }`, { id })).payoutBatch;
const toPay = async (fundId: string): Promise<Answer> =>
  (await ask(OFFICER, 'query ($id: ID!) { claimsToPay(fundId: $id) { count total { amount } } }', { id: fundId }))
    .claimsToPay;

interface Stage {
  readonly fundId: string;
  readonly claims: readonly { readonly id: string; readonly patientId: string; readonly subject: string }[];
}

const AWARD = 1_000_01n;

/** A fund with an approved claim for each account; null: a patient without one. Claims are awarded 1,000.01, 1,000.02 and so on. */
async function stage(accounts: readonly (string | null)[], approver: Identity = APPROVER): Promise<Stage> {
  const fundId = newId();
  const contribution = newId();
  await admin.query('begin');
  await rows(`insert into fund.fund (id, code, name_en, name_zh, status) values ($1, $2, 'Test', '测试', 'OPEN')`, [
    fundId,
    `T-${fundId}`,
  ]);
  const moved = (kind: string, from: string, to: string, fen: bigint, of: string) =>
    rows(
      `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
       values ($1, $2, $3, $4, $5, $6, $7, 'test')`,
      [newId(), fundId, kind, from, to, fen, of],
    );
  const given = BigInt(accounts.length + 1) * 1_000_000n;
  await rows(
    `insert into fund.contribution (id, number, fund_id, source, amount_fen, status, recorded_by, pledged_at, cleared_at)
     values ($1, $2, $3, 'PLATFORM', $4, 'CLEARED', 'test', now(), now())`,
    [contribution, `CT-${contribution}`, fundId, given],
  );
  await moved('CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', given, contribution);
  const claims: Stage['claims'][number][] = [];
  for (const [index, account] of accounts.entries()) {
    const [patientId, application, grant, claim] = [newId(), newId(), newId(), newId()];
    const subject = `sub-${patientId}`;
    const award = AWARD + BigInt(index);
    await rows(
      `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
       values ($1, $2, 'Invented', '1990-01-01', 'OTHER', 'Nowhere', now())`,
      [patientId, subject],
    );
    if (account) await setAccount(patientId, account);
    await rows(
      `insert into fund.application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen,
         status, reviewer_subjects, snapshot, created_at, submitted_at, decided_at)
       values ($1, $2, $3, $4, $5, $6, $7, 5000000, 'APPROVED', '{}', '{}', now(), now(), now())`,
      [application, `RC-${application}`, patientId, subject, newId(), fundId, YEAR],
    );
    await rows(
      `insert into fund.aid_grant (id, application_id, patient_id, disease_id, fund_id, aid_year, tier, policy_id, maximum_fen,
         awarded_fen, released_fen, paid_fen, status, created_at)
       values ($1, $2, $3, $4, $5, $6, 'I', $7, 500000, $8, 0, 0, 'ACTIVE', now())`,
      [grant, application, patientId, newId(), fundId, YEAR, DEMO_POLICY_ID, award],
    );
    await rows(
      `insert into fund.annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values ($1, $2, 5000000, 500000, $3, 0)`,
      [patientId, YEAR, award],
    );
    await rows(
      `insert into fund.claim (id, number, grant_id, application_id, fund_id, patient_id, patient_subject, status, asked_fen, self_paid_fen,
         award, award_fen, taken_back_fen, entered_by, entered_at, checked_by, checked_at, decided_by, decided_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'APPROVED', 900000, 900000, '{}', $8, 0, $7, now(), 'reviewer', now(), $9, now())`,
      [claim, `CL-${claim}`.slice(0, 40), grant, application, fundId, patientId, subject, award, approver.subject],
    );
    await rows(
      `insert into fund.expense_line (id, claim_id, place, invoice_issuer, invoice_number, incurred_on, amount_fen, basic_insurance_fen,
         serious_illness_insurance_fen, medical_assistance_fen, commercial_insurance_fen, other_charity_fen)
       values ($1, $2, 0, 'TEST', $3, current_date, 900000, 0, 0, 0, 0, 0)`,
      [newId(), claim, claim],
    );
    await moved('GRANT', 'AVAILABLE', 'RESERVED', 500_000n, grant);
    await moved('AWARD', 'RESERVED', 'PAYABLE', award, claim);
    claims.push({ id: claim, patientId, subject });
  }
  await admin.query('commit');
  await sound(fundId);
  return { fundId, claims };
}

const HOLDER = 'Invented Holder 测试';

async function setAccount(patientId: string, number: string, holder = HOLDER): Promise<void> {
  const places = sealedPlaces(patientId);
  await rows(
    `insert into patient.payout_account (patient_id, holder_sealed, account_sealed, bank_code, masked, changed_at)
     values ($1, $2, $3, '999000000001', '**** ' || right($4, 4), now())
     on conflict (patient_id) do update set holder_sealed = excluded.holder_sealed, account_sealed = excluded.account_sealed`,
    [patientId, seal(keys, places.holder, holder), seal(keys, places.account, number), number],
  );
}

/** The books hold together, and the bank has paid what they say it has, once. */
async function sound(fundId: string): Promise<void> {
  expect((await verifyLedger(admin, { fundId })).problems).toEqual([]);
  const twice = await rows(
    `select claim_id from fund.payout join fund.simulated_bank_payment using (end_to_end_id)
     where fund_id = $1 and outcome like 'SETTLED%' and payout.status in ('SENT', 'PAID') group by 1 having count(*) > 1`,
    [fundId],
  );
  expect(twice).toEqual([]);
}

const balance = async (fundId: string): Promise<Answer> => {
  const [row] = await rows(
    'select payable_fen as payable, in_transit_fen as transit, paid_out_fen as paid from fund.fund_balance where fund_id = $1',
    [fundId],
  );
  return [row.payable, row.transit, row.paid].map(Number);
};
const atBank = (batchId: string) =>
  rows(
    `select outcome, times_received as times from fund.simulated_bank_payment where message_id = $1 order by end_to_end_id`,
    [messageIdOf(batchId)],
  );
const statuses = (batch: Answer): string[] => batch.payouts.nodes.map(({ status }: Answer) => status);
const endsOf = async (batchId: string): Promise<string[]> =>
  (await rows('select end_to_end_id as id from fund.payout where batch_id = $1 order by id', [batchId])).map(
    ({ id }) => id,
  );

/** Jobs that wait, by name. */
const jobs = async (batchId: string): Promise<Answer[]> =>
  rows(
    `select task.identifier as task, extract(epoch from run_at - now())::float as "in" from fund_jobs._private_jobs job
     join fund_jobs._private_tasks task on task.id = task_id where payload->>'batchId' = $1 order by 1`,
    [batchId],
  );

type Task = typeof sendPayoutBatch;
/** One run of a job, with a bank that may fail. */
const run = (task: Task, batchId: string, bank: (real: Bank) => Bank = (real) => real) =>
  theFund().asItself((context) => {
    const own = context as FundContext;
    return task({ batchId }, { ...own, bank: bank(own.bank) });
  });
const sent = async (fundId: string): Promise<Answer> => {
  const batch = await release(await create(fundId));
  await run(sendPayoutBatch, batch.id);
  return batch;
};
const answered = (batchId: string, entries: BankAnswerEntry[], whole: BankAnswerEntry['outcome'] | null = null) =>
  pain002(
    {
      messageId: 'BY-HAND',
      originalMessageId: messageIdOf(batchId),
      wholeFile: whole,
      wholeFileReason: null,
      entries,
    },
    new Date(),
  );
const settled = (endToEndId: string): BankAnswerEntry => ({ endToEndId, outcome: 'SETTLED', reasonCode: null });
const rejected = (endToEndId: string, reasonCode: string | null = 'AC01'): BankAnswerEntry => ({
  endToEndId,
  outcome: 'REJECTED',
  reasonCode,
});

const GOOD = '6222000000004321';
const CLOSED = '6222000000000000';
const SLOW = '6222000000001111';
const TWICE = '6222000000002222';
const STRANGER = '6222000000003333';

describe('a payout batch', () => {
  test('takes all approved claims that are in none, and says what they come to', async () => {
    const { fundId, claims } = await stage([GOOD, GOOD, null]);
    expect(await toPay(fundId)).toEqual({ count: 3, total: { amount: '3000.06' } });
    const batch = await create(fundId);
    expect(batch).toMatchObject({
      __typename: 'PayoutBatch',
      status: 'OPEN',
      total: { amount: '3000.06' },
      count: 3,
      version: 1,
      allowedActions: ['RELEASE', 'CANCEL'],
      releasedAt: null,
      fund: { id: fundId },
    });
    expect(batch.number).toMatch(new RegExp(`^PB-${YEAR}-\\d{6}$`));
    expect(batch.payouts.nodes.map(({ claim }: Answer) => claim.id)).toEqual(claims.map(({ id }) => id));
    for (const end of await endsOf(batch.id)) expect(end).toMatch(/^PO[0-9a-f]{32}$/);
    expect(await toPay(fundId)).toEqual({ count: 0, total: { amount: '0.00' } });
    expect(await create(fundId)).toMatchObject({ code: 'NOTHING_TO_PAY', path: ['input', 'fundId'] });
    expect(await create(newId())).toMatchObject({ code: 'NOT_FOUND' });
    await sound(fundId);
  });

  test('holds each claim once, also when two make one at the same time', async () => {
    const { fundId } = await stage([GOOD, GOOD, GOOD]);
    // nobody goes on before all have begun
    await admin.query('begin');
    await rows('select from fund.claim where fund_id = $1 for update', [fundId]);
    const making = Promise.all([create(fundId), create(fundId, COLLEAGUE), create(fundId, APPROVER)]);
    await sleep(500);
    await admin.query('commit');
    const made = await making;
    expect(made.map(({ __typename }) => __typename).sort()).toEqual(['NothingToPay', 'NothingToPay', 'PayoutBatch']);
    expect(await rows('select count(*)::int as n from fund.payout where fund_id = $1', [fundId])).toEqual([{ n: 3 }]);
    await sound(fundId);
  });

  test('is made once a key', async () => {
    const { fundId } = await stage([GOOD]);
    const key = { idempotencyKey: crypto.randomUUID() };
    const [one, two] = await Promise.all([create(fundId, OFFICER, key), create(fundId, OFFICER, key)]);
    expect(one.id).toBe(two.id);
    expect(await create(newId(), OFFICER, key)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('holds at most 500, and those that came back do not keep others waiting', async () => {
    const { fundId, claims } = await stage([...Array(500).fill(null), GOOD, GOOD]);
    const first = await create(fundId);
    expect(first).toMatchObject({ count: 500 });
    expect(await release(first)).toMatchObject({ status: 'ANSWERED' });
    const second = await create(fundId);
    expect(second).toMatchObject({ count: 500 });
    const late = claims.slice(500).map(({ id }) => id);
    const taken = await rows('select claim_id as id from fund.payout where batch_id = $1', [second.id]);
    expect(taken.map(({ id }) => id)).toEqual(expect.arrayContaining(late));
    await run(sendPayoutBatch, (await release(second)).id);
    await run(askBank, second.id);
    expect(await batchNow(second.id)).toMatchObject({ status: 'ANSWERED' });
    await sound(fundId);
  });

  test('that is cancelled sets its claims free', async () => {
    const { fundId } = await stage([GOOD]);
    const batch = await create(fundId);
    expect(await cancel({ ...batch, version: 9 })).toMatchObject({ code: 'STALE_VERSION', currentVersion: 1 });
    expect(await cancel(batch)).toMatchObject({ status: 'CANCELLED', allowedActions: [], count: 0 });
    expect(await cancel(batch)).toMatchObject({ code: 'WRONG_STATE', status: 'CANCELLED', permitted: [] });
    expect(await release(batch)).toMatchObject({ code: 'WRONG_STATE', status: 'CANCELLED', permitted: [] });
    expect(await cancel({ id: newId(), version: 1 })).toMatchObject({ code: 'NOT_FOUND' });
    const again = await create(fundId);
    expect(again).toMatchObject({ count: 1, status: 'OPEN' });
    await release(again);
    expect(await cancel({ ...again, version: 2 })).toMatchObject({ code: 'WRONG_STATE', status: 'RELEASED' });
    await sound(fundId);
  });

  test('lists newest first, by fund and state', async () => {
    const { fundId } = await stage([GOOD]);
    const first = await create(fundId);
    await cancel(first);
    const second = await create(fundId);
    const list = async (filter: object, page = 'first: 1') =>
      (
        await ask(
          OFFICER,
          `query ($filter: PayoutBatchFilter) { payoutBatches(filter: $filter, ${page}) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
          { filter },
        )
      ).payoutBatches;
    const page = await list({ fundId });
    expect(page).toMatchObject({ totalCount: 2, nodes: [{ id: second.id }], pageInfo: { hasNextPage: true } });
    expect((await list({ fundId }, `first: 1, after: "${page.pageInfo.endCursor}"`)).nodes).toEqual([{ id: first.id }]);
    expect(await list({ fundId, status: ['CANCELLED'] })).toMatchObject({ totalCount: 1, nodes: [{ id: first.id }] });
    expect(await list({ fundId, status: ['SENT'] })).toMatchObject({ totalCount: 0, nodes: [] });
  });
});

describe('releasing', () => {
  test('is not for who approved one of the claims', async () => {
    const { fundId } = await stage([GOOD, GOOD]);
    await rows(
      'update fund.claim set decided_by = $2 where id = (select min(id::text)::uuid from fund.claim where fund_id = $1)',
      [fundId, COLLEAGUE.subject],
    );
    const batch = await create(fundId, APPROVER);
    for (const who of [APPROVER, COLLEAGUE]) {
      expect((await batchNow(batch.id, who)).allowedActions).toEqual(['CANCEL']);
      const refused = await release(batch, who);
      expect(refused).toMatchObject({ code: 'NOT_ALLOWED' });
      expect(refused.message).toContain('another finance officer');
    }
    expect(await balance(fundId)).toEqual([200003, 0, 0]);
    expect(await release(batch, OFFICER)).toMatchObject({ status: 'RELEASED' });
    await expect(
      rows('update fund.payout set released_by = approved_by where batch_id = $1', [batch.id]),
    ).rejects.toMatchObject({ constraint: 'payout_two_people' });
    await sound(fundId);
  });

  test('is not for the patient of one of its claims, nor for who cares for them', async () => {
    const { fundId, claims } = await stage([GOOD]);
    const [claim] = claims as [Stage['claims'][number]];
    const batch = await create(fundId);
    const carer = person('caring-finance', 'FINANCE');
    await rows(
      `insert into patient.care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at)
       values ($1, $2, $3, $4, '{VIEW}', now())`,
      [newId(), claim.patientId, claim.subject, carer.subject],
    );
    for (const who of [person(claim.subject, 'FINANCE'), carer, person(carer.subject, 'FINANCE', 'CAREGIVER')]) {
      expect(await release(batch, who)).toMatchObject({ code: 'NOT_ALLOWED' });
    }
    expect((await batchNow(batch.id, person(claim.subject, 'FINANCE'))).allowedActions).toEqual(['CANCEL']);
    expect(await release(batch)).toMatchObject({ status: 'RELEASED' });
    await sound(fundId);
  });

  test('happens once, when two do it at the same time', async () => {
    const { fundId } = await stage([GOOD, GOOD]);
    const batch = await create(fundId);
    const done = await Promise.all([release(batch), release(batch, COLLEAGUE)]);
    expect(done.map(({ __typename }) => __typename).sort()).toEqual(['PayoutBatch', 'PayoutBatchWrongState']);
    expect(await jobs(batch.id)).toMatchObject([{ task: SEND_PAYOUT_BATCH }]);
    expect(await balance(fundId)).toEqual([0, 200003, 0]);
    await sound(fundId);
  });

  test('answers the same to the same key, and refuses an old version', async () => {
    const { fundId } = await stage([GOOD]);
    const batch = await create(fundId);
    expect(await release({ ...batch, version: 7 })).toMatchObject({ code: 'STALE_VERSION', currentVersion: 1 });
    const key = { idempotencyKey: crypto.randomUUID() };
    const first = await release(batch, OFFICER, key);
    expect(await release(batch, OFFICER, key)).toEqual(first);
    expect(await release({ ...batch, version: 2 }, OFFICER, key)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(await release({ id: newId(), version: 1 })).toMatchObject({ code: 'NOT_FOUND' });
    await sound(fundId);
  });

  test('sends back what has no account; the claim is paid once there is one', async () => {
    const { fundId, claims } = await stage([GOOD, null]);
    const batch = await release(await create(fundId));
    expect(batch).toMatchObject({ status: 'RELEASED', count: 2 });
    expect(batch.payouts.nodes[1]).toMatchObject({
      status: 'RETURNED',
      reasonCode: 'NO_ACCOUNT',
      reason: 'There was no payout account.',
    });
    expect(batch.payouts.nodes[1].nextStep).toContain('Enter a payout account');
    expect(await balance(fundId)).toEqual([100002, 100001, 0]);
    await sound(fundId);
    await setAccount((claims[1] as Stage['claims'][number]).patientId, GOOD);
    const retry = await sent(fundId);
    expect(retry).toMatchObject({ count: 1, total: { amount: '1000.02' } });
    await run(askBank, retry.id);
    await run(sendPayoutBatch, batch.id);
    await run(askBank, batch.id);
    expect(await balance(fundId)).toEqual([0, 0, 200003]);
    expect((await batchNow(batch.id)).payouts.nodes[1].nextStep).toBeNull();
    await sound(fundId);
  });

  test('of nothing but payouts without an account ends the batch, and nothing goes to the bank', async () => {
    const { fundId } = await stage([null]);
    const batch = await release(await create(fundId));
    expect(batch).toMatchObject({ status: 'ANSWERED', allowedActions: [] });
    expect(batch.answeredAt).not.toBeNull();
    expect(await jobs(batch.id)).toEqual([]);
    expect(await rows('select file_sealed from fund.payout_batch where id = $1', [batch.id])).toEqual([
      { file_sealed: null },
    ]);
    await sound(fundId);
  });

  test('is not kept from the others by an account that no file can hold', async () => {
    const { fundId, claims } = await stage([GOOD, GOOD]);
    await setAccount((claims[0] as Stage['claims'][number]).patientId, GOOD, 'Not a character \uFFFE');
    const batch = await release(await create(fundId));
    expect(batch.payouts.nodes.map(({ status, reasonCode }: Answer) => [status, reasonCode])).toEqual([
      ['RETURNED', 'BAD_ACCOUNT'],
      ['SENT', null],
    ]);
    await sound(fundId);
  });

  test('pays only what is still as it was approved', async () => {
    const { fundId, claims } = await stage([GOOD, GOOD, GOOD]);
    const batch = await create(fundId);
    // somebody took it out meanwhile
    await rows(`update fund.payout set status = 'CANCELLED' where claim_id = $1`, [claims[0]?.id]);
    const changed = await release(batch);
    expect(statuses(changed)).toEqual(['CANCELLED', 'SENT', 'SENT']);
    expect(changed).toMatchObject({ count: 2, total: { amount: '2000.05' } });
    expect(await toPay(fundId)).toMatchObject({ count: 1 });
    const rest = await create(fundId);
    await rows(`update fund.payout set status = 'CANCELLED' where batch_id = $1`, [rest.id]);
    expect(await release(rest)).toMatchObject({ code: 'WRONG_STATE', status: 'OPEN', permitted: ['CANCEL'] });
    await sound(fundId);
  });

  test('keeps the file sealed: it reads with the keys alone, and holds the right sums', async () => {
    const { fundId } = await stage([GOOD, GOOD, null]);
    const batch = await release(await create(fundId));
    const [{ file_sealed: sealed, whole }] = await rows(
      'select file_sealed, payout_batch::text as whole from fund.payout_batch where id = $1',
      [batch.id],
    );
    for (const clear of [HOLDER, GOOD, 'pain.001', Buffer.from(GOOD).toString('base64')]) {
      expect(whole).not.toContain(clear);
    }
    const file = open(keys, filePlace(batch.id), sealed);
    expect(checkPain001(file)).toEqual([]);
    expect(file).toContain('<CtrlSum>2000.03</CtrlSum>');
    expect(file).toContain('<NbOfTxs>2</NbOfTxs>');
    expect(file).toContain(`<MsgId>${messageIdOf(batch.id)}</MsgId>`);
    expect(file.split(GOOD)).toHaveLength(3);
    expect(() => open(keys, filePlace(newId()), sealed)).toThrow();
    await sound(fundId);
  });
});

describe("the bank's answer", () => {
  test('takes away the file that held names and accounts, once nothing is open any more', async () => {
    const { fundId } = await stage([GOOD, CLOSED]);
    const batch = await sent(fundId);
    const file = () =>
      rows('select status, file_sealed is null as gone from fund.payout_batch where id = $1', [batch.id]);
    expect(await file()).toEqual([{ status: 'SENT', gone: false }]);
    await run(askBank, batch.id);
    expect(await file()).toEqual([{ status: 'ANSWERED', gone: true }]);
    await sound(fundId);
  });

  test('pays, sends back, or lets wait; what it says again or of strangers changes nothing', async () => {
    const { fundId } = await stage([GOOD, CLOSED, SLOW, TWICE, STRANGER]);
    const batch = await sent(fundId);
    expect(await batchNow(batch.id)).toMatchObject({ status: 'SENT' });
    expect(await jobs(batch.id)).toMatchObject([{ task: ASK_BANK }, { task: SEND_PAYOUT_BATCH }]);
    await run(askBank, batch.id);
    const now = await batchNow(batch.id);
    expect(statuses(now)).toEqual(['PAID', 'RETURNED', 'SENT', 'PAID', 'PAID']);
    expect(now).toMatchObject({ status: 'SENT' });
    expect(now.payouts.nodes[1]).toMatchObject({ reasonCode: 'AC04', reason: 'The account is closed.' });
    expect(await balance(fundId)).toEqual([100002, 100003, 300010]);
    await sound(fundId);
    await run(askBank, batch.id);
    expect(await balance(fundId)).toEqual([100002, 100003, 300010]);
    const [, , slow] = await endsOf(batch.id);
    expect(await record(answered(batch.id, [settled(slow as string)]))).toMatchObject({ settled: 1, unchanged: 0 });
    expect(await batchNow(batch.id)).toMatchObject({ status: 'ANSWERED' });
    await sound(fundId);
  });

  test('is asked for again after ever longer, up to an hour', async () => {
    const { fundId } = await stage([SLOW]);
    const batch = await sent(fundId);
    const next = async () => (await jobs(batch.id)).find(({ task }) => task === ASK_BANK).in as number;
    expect(await next()).toBeLessThanOrEqual(1);
    for (const [ago, least, most] of [
      [10, 8, 12],
      [600, 590, 610],
      [864_000, 3_590, 3_600],
    ] as const) {
      await rows(`update fund.payout_batch set sent_at = now() - $2 * interval '1 s' where id = $1`, [batch.id, ago]);
      await run(askBank, batch.id);
      expect(await next()).toBeGreaterThan(least);
      expect(await next()).toBeLessThan(most);
    }
    await sound(fundId);
  });

  test('is recorded by hand: settled, returned, pending, unknown', async () => {
    const { fundId } = await stage([SLOW, SLOW, SLOW]);
    const batch = await sent(fundId);
    const [one, two, three] = (await endsOf(batch.id)) as [string, string, string];
    const text = answered(batch.id, [
      settled(one),
      rejected(two, 'BE01'),
      { endToEndId: three, outcome: 'PENDING', reasonCode: null },
      settled('NOT-OURS'),
    ]);
    const key = { idempotencyKey: crypto.randomUUID() };
    const report = { settled: 1, returned: 1, pending: 1, unchanged: 0, unknown: ['NOT-OURS'], conflicting: [] };
    expect(await record(text, key)).toEqual({ __typename: 'BankAnswerReport', ...report });
    expect(await balance(fundId)).toEqual([100002, 100003, 100001]);
    const again = { settled: 0, returned: 0, pending: 1, unchanged: 2, unknown: ['NOT-OURS'], conflicting: [] };
    expect(await record(text)).toMatchObject(again);
    expect(await record(text, key)).toMatchObject(again);
    expect(await record(answered(batch.id, [settled(one)]), key)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    const returned = (await batchNow(batch.id)).payouts.nodes[1];
    expect(returned.reason).toBe("The name is not that of the account's holder.");
    await sound(fundId);
  });

  test('for a whole file counts for what was in it', async () => {
    const { fundId } = await stage([SLOW, SLOW, null]);
    const batch = await sent(fundId);
    const [one] = (await endsOf(batch.id)) as [string];
    expect(await record(answered(batch.id, [rejected(one, null)], 'SETTLED'))).toMatchObject({
      settled: 1,
      returned: 1,
      conflicting: [],
    });
    const now = await batchNow(batch.id);
    expect(now).toMatchObject({ status: 'ANSWERED' });
    expect(statuses(now)).toEqual(['RETURNED', 'PAID', 'RETURNED']);
    expect(now.payouts.nodes[0]).toMatchObject({ reasonCode: null, reason: 'The bank gave no reason.' });
    await sound(fundId);
  });

  test('that contradicts what is known changes nothing, and is named', async () => {
    const { fundId } = await stage([SLOW, SLOW]);
    const batch = await sent(fundId);
    const [one, two] = (await endsOf(batch.id)) as [string, string];
    await record(answered(batch.id, [rejected(one)]));
    expect(await record(answered(batch.id, [settled(one)]))).toMatchObject({ settled: 0, conflicting: [one] });
    const other = await create(fundId);
    const [queued] = (await endsOf(other.id)) as [string];
    expect(await record(answered(other.id, [settled(queued)]))).toMatchObject({ conflicting: [queued] });
    // of another batch than the one that is answered
    expect(await record(answered(other.id, [settled(two)]))).toMatchObject({ unknown: [], conflicting: [two] });
    await cancel(other);
    expect(await record(answered(other.id, [rejected(queued)]))).toMatchObject({ conflicting: [queued] });
    expect(await balance(fundId)).toEqual([100001, 100002, 0]);
    expect((await batchNow(other.id)).status).toBe('CANCELLED');
    await sound(fundId);
  });

  test('may bring back what was paid: then it is paid again with a later batch', async () => {
    const { fundId, claims } = await stage([GOOD]);
    const batch = await sent(fundId);
    await run(askBank, batch.id);
    const [one] = (await endsOf(batch.id)) as [string];
    expect(await balance(fundId)).toEqual([0, 0, 100001]);
    expect(await record(answered(batch.id, [rejected(one, 'AC06')]))).toMatchObject({ returned: 1 });
    expect(await record(answered(batch.id, [rejected(one, 'AC06')]))).toMatchObject({ returned: 0, unchanged: 1 });
    expect(await balance(fundId)).toEqual([100001, 0, 0]);
    expect(await rows('select status, paid_at from fund.claim where id = $1', [claims[0]?.id])).toEqual([
      { status: 'APPROVED', paid_at: null },
    ]);
    await sound(fundId);
    const retry = await sent(fundId);
    await run(askBank, retry.id);
    expect(await record(answered(batch.id, [settled(one)]))).toMatchObject({ conflicting: [one] });
    expect(await balance(fundId)).toEqual([0, 0, 100001]);
    await sound(fundId);
  });

  test('does not bring back what has been clawed back since', async () => {
    const { fundId, claims } = await stage([GOOD]);
    const batch = await sent(fundId);
    await run(askBank, batch.id);
    await clawBack(fundId, claims[0]?.id as string, 40_000n);
    await sound(fundId);
    const [one] = (await endsOf(batch.id)) as [string];
    expect(await record(answered(batch.id, [rejected(one)]))).toMatchObject({ returned: 0, conflicting: [one] });
    expect(await balance(fundId)).toEqual([0, 0, 60001]);
    await sound(fundId);
  });

  test.each([
    ['is settled', settled, [0, 0, 60001], 'DUE'],
    ['came back', rejected, [60001, 0, 0], 'SETTLED'],
  ] as const)('of a payment that %s lets a claw-back happen that waited for it', async (_, said, after, status) => {
    const { fundId, claims } = await stage([SLOW]);
    const batch = await sent(fundId);
    const [one] = (await endsOf(batch.id)) as [string];
    await rows(
      `insert into fund.claw_back (id, claim_id, fund_id, status, amount_fen, cause, reason, by_subject, created_at)
       values ($1, $2, $3, 'WAITING', 40000, 'REVERSED', 'test', 'test', now())`,
      [newId(), claims[0]?.id, fundId],
    );
    await record(answered(batch.id, [said(one)]));
    expect(await balance(fundId)).toEqual(after);
    expect(await rows('select status from fund.claw_back where fund_id = $1', [fundId])).toEqual([{ status }]);
    await sound(fundId);
    if (status === 'SETTLED') expect(await create(fundId)).toMatchObject({ total: { amount: '600.01' } });
    await sound(fundId);
  });

  test('is not recorded by the patient it is about, nor by who cares for them', async () => {
    const { fundId, claims } = await stage([SLOW, SLOW]);
    const batch = await sent(fundId);
    const [one, two] = (await endsOf(batch.id)) as [string, string];
    const me = person((claims[0] as Stage['claims'][number]).subject, 'FINANCE');
    const text = (end: string) => ({ pain002: answered(batch.id, [settled(end)]) });
    const mine = (end: string) => does(me, 'recordBankAnswer', REPORT, text(end));
    const refused = await mine(one);
    expect(refused).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(refused.message).toContain('another finance officer');
    expect(await mine(two)).toMatchObject({ settled: 1 });
    expect(await balance(fundId)).toEqual([0, 100001, 100002]);
    await sound(fundId);
  });

  test('under a key that was used before does nothing, whatever has become possible since', async () => {
    const { fundId } = await stage([SLOW]);
    const batch = await create(fundId);
    const [one] = (await endsOf(batch.id)) as [string];
    const text = answered(batch.id, [settled(one)]);
    const key = { idempotencyKey: crypto.randomUUID() };
    expect(await record(text, key)).toMatchObject({ conflicting: [one] });
    await release(batch);
    await record(text, key);
    expect(await balance(fundId)).toEqual([0, 100001, 0]);
    await sound(fundId);
  });

  test('that cannot be read is refused with what is wrong with it', async () => {
    for (const text of ['', 'no xml', '<Document/>', answered(newId(), [settled('X')])]) {
      const refused = await record(text);
      expect(refused).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'pain002'] });
      expect(refused.message).toContain('Nothing was changed');
    }
    const unnamed = pain002(
      { messageId: 'A', originalMessageId: 'PB-1', wholeFile: 'SETTLED', wholeFileReason: null, entries: [] },
      new Date(),
    );
    expect(await record(unnamed)).toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('for 500 payouts is taken over long before a transaction would be ended', async () => {
    const { fundId } = await stage(Array(500).fill(GOOD));
    const batch = await sent(fundId);
    const began = performance.now();
    await run(askBank, batch.id);
    // 2 s on an idle machine; the database ends a transaction that stands still for 15
    expect(performance.now() - began).toBeLessThan(12_000);
    expect(await batchNow(batch.id)).toMatchObject({ status: 'ANSWERED', count: 500 });
    await sound(fundId);
  });

  test('recorded by two at once, and by the job, counts once', async () => {
    const { fundId } = await stage([GOOD, GOOD]);
    const batch = await sent(fundId);
    const text = answered(batch.id, (await endsOf(batch.id)).map(settled));
    const reports = await Promise.all([record(text), record(text), run(askBank, batch.id)]);
    const [one, two] = reports as Answer[];
    expect([0, 2]).toContain(one.settled + two.settled);
    expect(await balance(fundId)).toEqual([0, 0, 200003]);
    await sound(fundId);
  });
});

describe('whatever dies on the way', () => {
  const dead = () => Promise.reject(new Error('killed'));

  test('nothing is paid twice and nothing is lost: before the bank has the file, after, and while it is asked', async () => {
    const { fundId } = await stage([GOOD, CLOSED, TWICE]);
    const batch = await release(await create(fundId));
    const silent: Bank = { submit: dead, answerTo: dead };
    await expect(run(sendPayoutBatch, batch.id, () => silent)).rejects.toThrow('killed');
    expect(await atBank(batch.id)).toEqual([]);
    expect(await batchNow(batch.id)).toMatchObject({ status: 'RELEASED' });
    const forgets = (real: Bank): Bank => ({
      submit: (file) => real.submit(file).then(dead),
      answerTo: (id) => real.answerTo(id).then(dead),
    });
    for (const times of [1, 2]) {
      await expect(run(sendPayoutBatch, batch.id, forgets)).rejects.toThrow('killed');
      expect((await atBank(batch.id)).map((payment) => payment.times)).toEqual([times, times, times]);
    }
    expect(await batchNow(batch.id)).toMatchObject({ status: 'RELEASED', sentAt: null });
    await run(sendPayoutBatch, batch.id);
    await run(sendPayoutBatch, batch.id);
    expect((await atBank(batch.id)).map(({ outcome, times }) => [outcome, times]).sort()).toEqual([
      ['REJECTED', 3],
      ['SETTLED', 3],
      ['SETTLED_SAID_TWICE', 3],
    ]);
    expect(await balance(fundId)).toEqual([0, 300006, 0]);
    await expect(run(askBank, batch.id, forgets)).rejects.toThrow('killed');
    expect(await balance(fundId)).toEqual([0, 300006, 0]);
    await sound(fundId);
    await Promise.all([run(askBank, batch.id), run(askBank, batch.id)]);
    await run(askBank, batch.id);
    await run(sendPayoutBatch, batch.id);
    expect(await balance(fundId)).toEqual([100002, 0, 200004]);
    expect(await batchNow(batch.id)).toMatchObject({ status: 'ANSWERED' });
    await sound(fundId);
  });

  test('an answer that is quicker than we are stays', async () => {
    const { fundId } = await stage([SLOW]);
    const batch = await release(await create(fundId));
    const text = answered(batch.id, (await endsOf(batch.id)).map(settled));
    await run(sendPayoutBatch, batch.id, (real) => ({
      submit: async (file) => {
        await real.submit(file);
        expect(await record(text)).toMatchObject({ settled: 1 });
      },
      answerTo: dead,
    }));
    expect(await batchNow(batch.id)).toMatchObject({ status: 'ANSWERED', sentAt: null });
    await run(askBank, batch.id, () => ({ submit: dead, answerTo: dead }));
    expect(await balance(fundId)).toEqual([0, 0, 100001]);
    await sound(fundId);
  });

  test('a transaction that fails at its end leaves the job to be repeated', async () => {
    const { fundId } = await stage([GOOD]);
    const batch = await release(await create(fundId));
    const failing = (task: Task) =>
      theFund().asItself((context) => {
        const own = context as FundContext;
        const session = Object.create(own.session, {
          transaction: {
            value: (work: (em: never) => Promise<unknown>) =>
              own.session.transaction(async (em) => {
                await work(em as never);
                throw new Error('killed before the commit');
              }),
          },
        });
        return task({ batchId: batch.id }, { ...own, session });
      });
    await expect(failing(sendPayoutBatch)).rejects.toThrow('killed before the commit');
    expect(await atBank(batch.id)).toMatchObject([{ times: 1 }]);
    expect(await jobs(batch.id)).toMatchObject([{ task: SEND_PAYOUT_BATCH }]);
    await run(sendPayoutBatch, batch.id);
    await expect(failing(askBank)).rejects.toThrow('killed before the commit');
    expect(await balance(fundId)).toEqual([0, 100001, 0]);
    await run(askBank, batch.id);
    expect(await atBank(batch.id)).toMatchObject([{ times: 2 }]);
    expect(await balance(fundId)).toEqual([0, 0, 100001]);
    await sound(fundId);
  });

  test('a bank that answers nonsense, or for another file, is asked again', async () => {
    const { fundId } = await stage([GOOD]);
    const batch = await sent(fundId);
    const elsewhere = await stage([GOOD]);
    const other = await sent(elsewhere.fundId);
    const [one] = (await endsOf(other.id)) as [string];
    for (const text of ['nonsense', answered(other.id, [settled(one)]), null]) {
      await rows(`delete from fund_jobs._private_jobs where payload->>'batchId' = $1`, [batch.id]);
      await run(askBank, batch.id, (real) => ({ ...real, answerTo: async () => text }));
      expect(await jobs(batch.id)).toMatchObject([{ task: ASK_BANK }]);
      expect(await balance(fundId)).toEqual([0, 100001, 0]);
      expect(await balance(elsewhere.fundId)).toEqual([0, 100001, 0]);
    }
    await run(askBank, batch.id);
    expect(await balance(fundId)).toEqual([0, 0, 100001]);
    await sound(fundId);
  });

  test('what a job has given up on is taken up again every hour', async () => {
    const [released, underway] = [await stage([GOOD]), await stage([GOOD])];
    const one = await release(await create(released.fundId));
    const two = await sent(underway.fundId);
    await rows(`delete from fund_jobs._private_jobs where payload->>'batchId' = any($1)`, [[one.id, two.id]]);
    await theFund().asItself((context) => resumePayoutBatches(context as FundContext));
    expect(await jobs(one.id)).toMatchObject([{ task: SEND_PAYOUT_BATCH }]);
    expect(await jobs(two.id)).toMatchObject([{ task: ASK_BANK }]);
  });

  test('the running worker brings a released batch to its end by itself', async () => {
    const { fundId } = await stage([GOOD, CLOSED]);
    const batch = await release(await create(fundId));
    await theFund().startJobs();
    for (let tries = 0; tries < 100 && (await batchNow(batch.id)).status !== 'ANSWERED'; tries++) {
      await sleep(100);
    }
    await theFund().stopJobs();
    expect(statuses(await batchNow(batch.id))).toEqual(['PAID', 'RETURNED']);
    await sound(fundId);
  });
});

describe('a payout that came back', () => {
  test('is paid once, after the account was corrected', async () => {
    const { fundId, claims } = await stage([CLOSED]);
    const claim = claims[0] as Stage['claims'][number];
    const first = await sent(fundId);
    await run(askBank, first.id);
    const own = async () =>
      (
        await ask(
          person(claim.subject, 'PATIENT'),
          `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Claim { payouts { status amount { amount } reasonCode reason nextStep } } } }`,
          { of: [{ __typename: 'Claim', id: claim.id }] },
        )
      )._entities[0].payouts;
    expect(await own()).toEqual([
      {
        status: 'RETURNED',
        amount: { amount: '1000.01' },
        reasonCode: 'AC04',
        reason: 'The account is closed.',
        nextStep: 'Correct the payout account; the claim is then paid with the next batch.',
      },
    ]);
    await setAccount(claim.patientId, GOOD);
    const second = await sent(fundId);
    await run(askBank, second.id);
    expect(await own()).toMatchObject([
      { status: 'RETURNED', nextStep: null },
      { status: 'PAID', reason: null },
    ]);
    expect(
      await rows(
        `select count(*)::int as times from fund.payout join fund.simulated_bank_payment using (end_to_end_id)
         where claim_id = $1 and outcome = 'SETTLED'`,
        [claim.id],
      ),
    ).toEqual([{ times: 1 }]);
    expect(await create(fundId)).toMatchObject({ code: 'NOTHING_TO_PAY' });
    await sound(fundId);
  });
});

describe('who sees what', () => {
  const PAYOUTS = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Claim { payouts { status amount { amount } } } } }`;

  test('patients see the payouts of their own claims, and no batch', async () => {
    const { fundId, claims } = await stage([GOOD, GOOD]);
    const batch = await create(fundId);
    const [mine, other] = claims as [Stage['claims'][number], Stage['claims'][number]];
    const me = person(mine.subject, 'PATIENT');
    const of = [mine, other].map(({ id }) => ({ __typename: 'Claim', id }));
    const { data } = await execute(me, PAYOUTS, { of });
    expect(data._entities).toEqual([{ payouts: [{ status: 'QUEUED', amount: { amount: '1000.01' } }] }, null]);
    const inner = await execute(
      me,
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Claim { payouts { status batch { id } } } } }`,
      { of: [{ __typename: 'Claim', id: mine.id }] },
    );
    expect(inner.errors[0].extensions.code).toBe('FORBIDDEN');
    expect(JSON.stringify(inner.data ?? null)).not.toContain(batch.id);
  });

  test('nobody but finance sees or does anything with batches', async () => {
    const { fundId, claims } = await stage([GOOD]);
    const batch = await create(fundId);
    const roles = Object.keys(ROLE_SCOPES).filter((role) => role !== 'FINANCE') as Role[];
    const attempts: [string, Record<string, unknown>][] = [
      ['query ($id: ID!) { payoutBatch(id: $id) { id } }', { id: batch.id }],
      ['{ payoutBatches(first: 5) { nodes { id } } }', {}],
      ['query ($id: ID!) { claimsToPay(fundId: $id) { count } }', { id: fundId }],
      [
        'mutation ($input: CreatePayoutBatchInput!) { createPayoutBatch(input: $input) { __typename } }',
        input({ fundId }),
      ],
      [
        'mutation ($input: ReleasePayoutBatchInput!) { releasePayoutBatch(input: $input) { __typename } }',
        input({ batchId: batch.id, expectedVersion: 1 }),
      ],
      [
        'mutation ($input: CancelPayoutBatchInput!) { cancelPayoutBatch(input: $input) { __typename } }',
        input({ batchId: batch.id, expectedVersion: 1 }),
      ],
      [
        'mutation ($input: RecordBankAnswerInput!) { recordBankAnswer(input: $input) { __typename } }',
        input({ pain002: 'x' }),
      ],
    ];
    for (const role of roles) {
      for (const [query, variables] of attempts) {
        const { data, errors } = await execute(person(`some-${role}`, role), query, variables);
        expect(errors[0].extensions.code).toBe('FORBIDDEN');
        expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
      }
      const of = [{ __typename: 'Claim', id: claims[0]?.id }];
      const { data } = await execute(person(`some-${role}`, role), PAYOUTS, { of });
      expect(JSON.stringify(data ?? null)).not.toContain('QUEUED');
    }
    expect((await batchNow(batch.id)).version).toBe(1);
  });

  test('nobody but the system sees what the simulated bank keeps', async () => {
    const { fundId } = await stage([GOOD]);
    const batch = await sent(fundId);
    const asFinance = await theFund()
      .database.session(OFFICER, async () => [])
      .transaction((em) => em.execute('select from simulated_bank_payment'));
    expect(asFinance).toEqual([]);
    expect(await atBank(batch.id)).toHaveLength(1);
  });
});

/** What is paid has to come back in part, as a claw-back does it. */
async function clawBack(fundId: string, claimId: string, fen: bigint): Promise<void> {
  const id = newId();
  await admin.query('begin');
  await rows(
    `insert into fund.claw_back (id, claim_id, fund_id, status, amount_fen, cause, order_line_id, refunded_fen, reason, by_subject, created_at)
     values ($1, $2, $3, 'DUE', $4, 'ORDER_REFUNDED', $5, $4, 'test', 'test', now())`,
    [id, claimId, fundId, fen, newId()],
  );
  await rows('update fund.claim set taken_back_fen = taken_back_fen + $2 where id = $1', [claimId, fen]);
  await rows(
    `update fund.aid_grant set paid_fen = paid_fen - $2 where id = (select grant_id from fund.claim where id = $1)`,
    [claimId, fen],
  );
  await rows(
    `update fund.annual_aid set paid_fen = paid_fen - $2 where patient_id = (select patient_id from fund.claim where id = $1)`,
    [claimId, fen],
  );
  await rows(
    `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
     values ($1, $2, 'CLAW_BACK', 'PAID_OUT', 'RECEIVABLE', $3, $4, 'test')`,
    [newId(), fundId, fen, id],
  );
  await admin.query('commit');
}
