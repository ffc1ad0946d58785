import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { patientId } from '../../common/seed.js';
import type { FundContext } from '../context.js';
import { verifyLedger } from '../ledger/verify.js';
import { GrantEntity } from './grant.entity.js';
import { GrantAction, GrantStatus } from './grant.js';
import { grantActions } from './grant-end.rules.js';
import { expireGrants, releaseAfterEnd, tellOfRevokedGrant } from './grant-end.service.js';

const finance = person('demo-finance', 'FINANCE');
const patient = person('a-patient', 'PATIENT');

let api: SubgraphsUnderTest;
let fundId: string;
/** Look-back days of 30 and of 400. */
const policies: string[] = [];

beforeAll(async () => {
  api = await openSubgraphs('grant_end');
  for (const [index, days] of [30, 400].entries()) {
    const id = newId();
    policies.push(id);
    await api.admin.query(
      `insert into fund.aid_policy (id, number, effective_from, annual_cap_fen, look_back_days, required_documents, second_review_above_fen, demo)
       values ($1, $2, $3, 5000000, $4, '{}', 3000000, true)`,
      [id, 50 + index, `2021-01-0${index + 1}`, days],
    );
  }
});
afterAll(() => api?.stop());

beforeEach(async () => {
  fundId = newId();
  const contribution = newId();
  await api.admin.query('begin');
  await api.admin.query(`insert into fund.fund values ($1, $2, 'x', 'x', 'OPEN')`, [fundId, `E-${fundId}`]);
  await api.admin.query(
    `insert into fund.contribution (id, number, fund_id, source, amount_fen, status, recorded_by, pledged_at, cleared_at) values ($1, $2, $3, 'CHARITY', 100000000, 'CLEARED', 'f', now(), now())`,
    [contribution, `E-${fundId}`, fundId],
  );
  await move('CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', 100_000_000, contribution);
  await api.admin.query('commit');
});
afterEach(async () => {
  const { problems } = await verifyLedger(api.admin, { fundId });
  expect(problems).toEqual([]);
});

const move = (kind: string, from: string, to: string, fen: number, reference: string) =>
  api.admin.query(
    `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
     values (uuidv7(), $1, $2, $3, $4, $5, $6, 'f')`,
    [fundId, kind, from, to, fen, reference],
  );

interface Given {
  readonly id: string;
  readonly applicationId: string;
}

/** A grant of 10,000 yuan, of which so much was awarded for a claim that waits to be paid. */
async function give({ year = 2025, policy = 0, awarded = 0, of = newId(), own = '' } = {}): Promise<Given> {
  const [id, applicationId] = [newId(), newId()];
  await api.admin.query('begin');
  await api.admin.query(
    `insert into fund.application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen, status, reviewer_subjects, policy_id, snapshot, created_at, submitted_at)
     values ($1, $1::uuid::text, $2, $6, $1, $3, $4, 1, 'APPROVED', '{}', $5, '{}', now(), now())`,
    [applicationId, of, fundId, year, policies[policy], own || null],
  );
  await api.admin.query(
    `insert into fund.aid_grant (id, application_id, patient_id, disease_id, fund_id, aid_year, tier, policy_id, maximum_fen, awarded_fen, released_fen, paid_fen, status, created_at)
     values ($1, $2, $3, $1, $4, $5, 'I', $6, 1000000, $7, 0, 0, $8, now())`,
    [id, applicationId, of, fundId, year, policies[policy], awarded, awarded === 1_000_000 ? 'EXHAUSTED' : 'ACTIVE'],
  );
  await api.admin.query(
    `insert into fund.annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values ($1, $2, 5000000, 1000000, $3, 0)
     on conflict (patient_id, aid_year) do update set granted_fen = annual_aid.granted_fen + 1000000, awarded_fen = annual_aid.awarded_fen + excluded.awarded_fen`,
    [of, year, awarded],
  );
  await move('GRANT', 'AVAILABLE', 'RESERVED', 1_000_000, id);
  if (awarded > 0)
    await move('AWARD', 'RESERVED', 'PAYABLE', awarded, await claim({ id, applicationId }, 'APPROVED', awarded));
  await api.admin.query('commit');
  return { id, applicationId };
}

async function claim({ id, applicationId }: Given, status: string, fen: number): Promise<string> {
  const claimId = newId();
  const decided = status === 'APPROVED';
  await api.admin.query(
    `insert into fund.claim (id, number, grant_id, application_id, fund_id, patient_id, status, asked_fen, self_paid_fen, award, award_fen, taken_back_fen, entered_by, entered_at, checked_by, decided_by)
     select $1, $1::uuid::text, $2, $3, $4, patient_id, $5, $6, $6, $7, $8, 0, 'p', now(), $9, $10 from fund.aid_grant where id = $2`,
    [
      claimId,
      id,
      applicationId,
      fundId,
      status,
      fen,
      decided ? '{}' : null,
      decided ? fen : null,
      status === 'ENTERED' ? null : 'r',
      decided ? 'f' : null,
    ],
  );
  await api.admin.query(
    `insert into fund.expense_line (id, claim_id, place, invoice_issuer, invoice_number, incurred_on, amount_fen, basic_insurance_fen, serious_illness_insurance_fen, medical_assistance_fen, commercial_insurance_fen, other_charity_fen)
     values ($1, $1, 0, 'E', $1::uuid::text, '2025-03-01', $2, 0, 0, 0, 0, 0)`,
    [claimId, fen],
  );
  return claimId;
}

const expire = (day: string) =>
  api.get('fund').asItself((context) => expireGrants({}, context as FundContext, new Date(`${day}T02:00:00+08:00`)));
const stateOf = async ({ id }: Given) => {
  const { rows } = await api.admin.query(
    `select g.status, g.awarded_fen::int as awarded, g.released_fen::int as released, aid.granted_fen::int as "yearGranted",
       (select available_fen - 100000000 from fund.fund_balance b where b.fund_id = g.fund_id)::int as "fundGave"
     from fund.aid_grant g join fund.annual_aid aid using (patient_id, aid_year) where id = $1`,
    [id],
  );
  return rows[0];
};
const jobs = async (task: string): Promise<Answer[]> =>
  (
    await api.admin.query(
      `select payload from fund_jobs._private_jobs j join fund_jobs._private_tasks t on t.id = j.task_id where identifier = $1 and (payload->>'fundId' = $2 or $3)`,
      [task, fundId, task !== 'promote-wait-list'],
    )
  ).rows.map(({ payload }) => payload);

test('only an active grant on which no claim waits can be revoked', () => {
  for (const status of Object.values(GrantStatus)) {
    for (const openClaims of [0, 1]) {
      const can = status === GrantStatus.ACTIVE && openClaims === 0;
      expect(grantActions({ status, openClaims })).toEqual(can ? [GrantAction.REVOKE] : []);
    }
  }
});

describe('a grant expires', () => {
  test('the day after its own policy lets nothing be claimed any more, and its rest goes back', async () => {
    const grants = [await give({ awarded: 300_000 }), await give({ policy: 1 })] as const;
    await expire('2026-01-30');
    expect(await stateOf(grants[0])).toMatchObject({ status: 'ACTIVE', released: 0 });
    await expire('2026-01-31');
    expect(await stateOf(grants[0])).toEqual({
      status: 'EXPIRED',
      awarded: 300_000,
      released: 700_000,
      yearGranted: 300_000,
      fundGave: -1_300_000,
    });
    expect(await stateOf(grants[1])).toMatchObject({ status: 'ACTIVE', released: 0, yearGranted: 1_000_000 });
    expect(await jobs('promote-wait-list')).toEqual([{ fundId }]);
  });

  test('by the day in Shanghai', async () => {
    const grant = await give();
    const at = (moment: string) =>
      api.get('fund').asItself((context) => expireGrants({}, context as FundContext, new Date(moment)));
    await at('2026-01-30T15:59:59Z');
    expect(await stateOf(grant)).toMatchObject({ status: 'ACTIVE' });
    await at('2026-01-30T16:00:00Z');
    expect(await stateOf(grant)).toMatchObject({ status: 'EXPIRED' });
  });

  test.each(['ENTERED', 'CHECKED'])('not while a claim is %s', async (status) => {
    const grant = await give();
    const waiting = await claim(grant, status, 5_000);
    await expire('2026-06-01');
    expect(await stateOf(grant)).toMatchObject({ status: 'ACTIVE', released: 0 });
    await api.admin.query(
      `update fund.claim set status = 'REJECTED', checked_by = 'r', decided_by = 'f' where id = $1`,
      [waiting],
    );
    await api.admin.query('update fund.expense_line set counts = false where claim_id = $1', [waiting]);
    await expire('2026-06-01');
    expect(await stateOf(grant)).toMatchObject({ status: 'EXPIRED', released: 1_000_000, yearGranted: 0 });
  });

  test('not when all of it was awarded', async () => {
    const grant = await give({ awarded: 1_000_000 });
    await expire('2026-06-01');
    expect(await stateOf(grant)).toMatchObject({ status: 'EXHAUSTED', released: 0 });
  });

  test('once, however often and by however many it is done at the same time', async () => {
    const of = newId();
    const grants = [await give({ of }), await give({ of }), await give({ of, awarded: 1 }), await give(), await give()];
    await Promise.all([expire('2026-06-01'), expire('2026-06-01'), expire('2026-06-01')]);
    await expire('2026-06-01');
    const states = [];
    for (const grant of grants) states.push(await stateOf(grant));
    expect(states.map(({ status, released }) => [status, released])).toEqual([
      ['EXPIRED', 1_000_000],
      ['EXPIRED', 1_000_000],
      ['EXPIRED', 999_999],
      ['EXPIRED', 1_000_000],
      ['EXPIRED', 1_000_000],
    ]);
    const { rows } = await api.admin.query(
      `select count(*)::int as n from fund.ledger_transfer where fund_id = $1 and kind = 'RELEASE'`,
      [fundId],
    );
    expect(rows[0].n).toBe(5);
  });

  /** Does something to a grant in a transaction that commits only when the expiry has found the grant and waits for it. */
  async function meanwhile(work: () => Promise<unknown>): Promise<void> {
    await api.admin.query('begin');
    await work();
    const expired = expire('2026-06-01');
    for (let waiting = 0; waiting === 0; ) {
      const { rows } = await api.admin.query(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      waiting = rows[0].n;
    }
    await api.admin.query('commit');
    await expired;
  }

  test('not when somebody has revoked it meanwhile', async () => {
    const grant = await give();
    await meanwhile(async () => {
      await api.admin.query(`update fund.aid_grant set status = 'REVOKED', released_fen = maximum_fen where id = $1`, [
        grant.id,
      ]);
      await api.admin.query(
        'update fund.annual_aid set granted_fen = 0 where patient_id = (select patient_id from fund.aid_grant where id = $1)',
        [grant.id],
      );
      await move('RELEASE', 'RESERVED', 'AVAILABLE', 1_000_000, grant.id);
    });
    expect(await stateOf(grant)).toMatchObject({ status: 'REVOKED', released: 1_000_000 });
  });

  test('not when a claim has been entered meanwhile', async () => {
    const grant = await give();
    await meanwhile(() => claim(grant, 'ENTERED', 5_000));
    expect(await stateOf(grant)).toMatchObject({ status: 'ACTIVE', released: 0 });
  });

  test('although another one cannot, which is tried again', async () => {
    const [broken, sound] = [await give(), await give()];
    const year = (
      await api.admin.query(
        'delete from fund.annual_aid where patient_id = (select patient_id from fund.aid_grant where id = $1) returning *',
        [broken.id],
      )
    ).rows[0];
    await expect(expire('2026-06-01')).rejects.toThrow();
    expect(await stateOf(sound)).toMatchObject({ status: 'EXPIRED' });
    await api.admin.query(
      'insert into fund.annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values ($1, $2, $3, $4, $5, $6)',
      [year.patient_id, year.aid_year, year.cap_fen, year.granted_fen, year.awarded_fen, year.paid_fen],
    );
    await expire('2026-06-01');
    expect(await stateOf(broken)).toMatchObject({ status: 'EXPIRED' });
  });

  test('and what comes back to it later goes on to the fund', async () => {
    const grant = await give({ awarded: 300_000 });
    await expire('2026-06-01');
    const clawBack = newId();
    // as a claw-back takes back an approved claim
    await api.get('fund').asItself((context) =>
      context.session.transaction(async (em) => {
        await em.execute(
          `insert into claw_back (id, claim_id, fund_id, status, amount_fen, cause, reason, by_subject, created_at, settled_at) select ?, id, fund_id, 'SETTLED', 300000, 'REVERSED', 'x', 'f', now(), now() from claim where grant_id = ?`,
          [clawBack, grant.id],
        );
        await em.execute(`update claim set status = 'REVERSED', taken_back_fen = 300000 where grant_id = ?`, [
          grant.id,
        ]);
        await em.execute(
          `insert into ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject) values (uuidv7(), ?, 'TAKE_BACK', 'PAYABLE', 'RESERVED', 300000, ?, 'f')`,
          [fundId, clawBack],
        );
        await em.execute(
          `update annual_aid set awarded_fen = 0 where patient_id = (select patient_id from aid_grant where id = ?)`,
          [grant.id],
        );
        const stored = await em.findOneOrFail(GrantEntity, grant.id);
        stored.awardedFen = 0n;
        await em.flush();
        await releaseAfterEnd(em, stored, clawBack, 'f');
      }),
    );
    expect(await stateOf(grant)).toEqual({
      status: 'EXPIRED',
      awarded: 0,
      released: 1_000_000,
      yearGranted: 0,
      fundGave: 0,
    });
  });
});

describe('revokeGrant', () => {
  const GRANT =
    'id status tier aidYear maximum { amount } awarded { amount } paid { amount } released { amount } left { amount } version allowedActions';
  const read = async (who: Identity, id: string): Promise<Answer> => {
    const { data, errors } = await api.execute('fund', who, `query ($id: ID!) { grant(id: $id) { ${GRANT} } }`, { id });
    expect(errors).toBeUndefined();
    return data.grant;
  };
  const revoke = async (who: Identity, input: object): Promise<Answer> => {
    const query = `mutation ($input: RevokeGrantInput!) { revokeGrant(input: $input) { __typename ... on Grant { ${GRANT} }
      ... on UserError { code message path } ... on GrantWrongState { status permitted openClaims } ... on StaleVersion { currentVersion } } }`;
    const whole = { reason: 'Given by mistake.', expectedVersion: 1, idempotencyKey: newId(), ...input };
    const { data, errors } = await api.execute('fund', who, query, { input: whole });
    return errors ? errors[0].extensions : data.revokeGrant;
  };

  test('takes back what is left, keeps what was awarded, and tells the applicant why', async () => {
    const grant = await give({ year: 2026, awarded: 250_000, own: 'a-patient' });
    expect(await read(finance, grant.id)).toMatchObject({
      version: 1,
      left: { amount: '7500.00' },
      allowedActions: ['REVOKE'],
    });
    expect(await revoke(finance, { grantId: grant.id })).toEqual({
      __typename: 'Grant',
      id: grant.id,
      status: 'REVOKED',
      tier: 'I',
      aidYear: 2026,
      maximum: { amount: '10000.00' },
      awarded: { amount: '2500.00' },
      paid: { amount: '0.00' },
      released: { amount: '7500.00' },
      left: { amount: '0.00' },
      version: 2,
      allowedActions: [],
    });
    expect(await stateOf(grant)).toMatchObject({ yearGranted: 250_000, fundGave: -250_000 });
    const told = (await jobs('tell-of-revoked-grant')).filter(
      ({ applicationId }) => applicationId === grant.applicationId,
    );
    expect(told).toHaveLength(1);
    for (let times = 0; times < 2; times++)
      await api.get('fund').asItself((context) => tellOfRevokedGrant(told[0], context as FundContext));
    const { data } = await api.execute(
      'fund',
      patient,
      'query ($id: ID!) { application(id: $id) { status timeline { status byRole note } } }',
      { id: grant.applicationId },
    );
    expect(data.application).toEqual({
      status: 'APPROVED',
      timeline: [
        { status: 'APPROVED', byRole: 'FINANCE', note: 'What is left of the grant was taken back: Given by mistake.' },
      ],
    });
    expect(await read(patient, grant.id)).toMatchObject({ status: 'REVOKED', allowedActions: [] });
  });

  test.each(['ENTERED', 'CHECKED'])('waits for claims that are %s to be decided', async (status) => {
    const grant = await give({ year: 2026 });
    await claim(grant, status, 5_000);
    expect(await read(finance, grant.id)).toMatchObject({ allowedActions: [] });
    expect(await revoke(finance, { grantId: grant.id })).toMatchObject({
      __typename: 'GrantWrongState',
      code: 'WRONG_STATE',
      status: 'ACTIVE',
      permitted: [],
      openClaims: 1,
      message: expect.stringContaining('Have them decided first'),
    });
  });

  test('happens once a key, and once at all', async () => {
    const grant = await give({ year: 2026 });
    const input = { grantId: grant.id, idempotencyKey: newId() };
    const first = await revoke(finance, input);
    expect(await revoke(finance, input)).toEqual(first);
    expect(await revoke(finance, { grantId: grant.id, expectedVersion: 2 })).toMatchObject({
      __typename: 'GrantWrongState',
      status: 'REVOKED',
    });
    await expire('2030-01-01');
    expect(await stateOf(grant)).toMatchObject({ status: 'REVOKED', released: 1_000_000 });
  });

  test('races with a second officer and the expiry, and one of them wins', async () => {
    for (let round = 0; round < 5; round++) {
      const grant = await give();
      const [one, other] = await Promise.all([
        revoke(finance, { grantId: grant.id }),
        revoke(person('demo-second-finance', 'FINANCE'), { grantId: grant.id }),
        expire('2026-06-01'),
      ]);
      const won = [one, other].filter(({ __typename }) => __typename === 'Grant').length;
      expect(won).toBe((await stateOf(grant)).status === 'REVOKED' ? 1 : 0);
      expect(await stateOf(grant)).toMatchObject({ released: 1_000_000, yearGranted: 0, fundGave: 0 });
    }
  });

  test('refuses old versions, strangers’ ids, bad reasons and other roles', async () => {
    const grant = await give({ year: 2026, own: 'a-patient' });
    expect(await revoke(finance, { grantId: grant.id, expectedVersion: 7 })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: 1,
    });
    expect(await revoke(finance, { grantId: newId() })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'grantId'],
    });
    expect(await revoke(finance, { grantId: grant.id, reason: ' x ' })).toMatchObject({ __typename: 'InvalidInput' });
    for (const who of [patient, person('demo-reviewer', 'REVIEWER'), person('demo-admin', 'ADMIN')])
      expect(await revoke(who, { grantId: grant.id })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await read(person('a-stranger', 'PATIENT'), grant.id)).toBeNull();
  });

  test('is not for an officer’s own grant', async () => {
    const grant = await give({ year: 2026, of: patientId(0), own: 'demo-patient' });
    const both: Identity = { subject: 'demo-patient', roles: ['PATIENT', 'FINANCE'], scopes: ['fund:finance'] };
    expect(await revoke(both, { grantId: grant.id })).toMatchObject({ __typename: 'NotAllowed', code: 'NOT_ALLOWED' });
    expect(await stateOf(grant)).toMatchObject({ status: 'ACTIVE' });
  });
});
