import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { agreeingPatient } from '../../../tests/patients.js';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { diseaseId } from '../../catalog/import.js';
import { aidYear } from '../../common/calendar.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { GENERAL_FUND_ID } from '../demo.js';

const ORGANISATION = '01934a3c-5800-7000-8000-00000000a001';
const OTHER_ORGANISATION = '01934a3c-5800-7000-8000-00000000a002';
const MERCHANT_ORGANISATION = '01934a3c-5800-7000-8000-00000000a005';

const finance = person('demo-finance', 'FINANCE');
const sponsor = person('demo-sponsor', 'SPONSOR', ORGANISATION);
const otherSponsor = person('demo-other-sponsor', 'SPONSOR', OTHER_ORGANISATION);
const merchant = person('demo-merchant', 'MERCHANT', MERCHANT_ORGANISATION);
const reviewer = person('demo-reviewer', 'REVIEWER');
const admin = person('demo-admin', 'ADMIN');

let api: SubgraphsUnderTest;
beforeAll(async () => {
  api = await openSubgraphs('contribution');
});
afterAll(() => api?.stop());

const execute = (who: Identity, query: string, variables?: object): Promise<Answer> =>
  api.execute('fund', who, query, variables);
async function ask(who: Identity, query: string, variables?: object): Promise<Answer> {
  const { data, errors } = await execute(who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

const FIELDS = `id number fund { id } source organisation { id } amount { amount } status reference reason pledgedAt
  clearedAt bouncedAt version allowedActions`;
const FAILURES = `... on UserError { code message path } ... on StaleVersion { currentVersion }
  ... on ContributionWrongState { status permitted }`;
const yuan = (amount: number | string) => ({ amount: String(amount), currency: 'CNY' });

const PLEDGE = `mutation ($input: PledgeContributionInput!) { pledgeContribution(input: $input) {
  __typename ... on Contribution { ${FIELDS} } ... on UserError { code message path } ... on AlreadyReported { contributionId } } }`;
const pledge = async (who: Identity, input: object = {}): Promise<Answer> => {
  const whole = { fundId: GENERAL_FUND_ID, amount: yuan(100), idempotencyKey: newId(), ...input };
  return (await ask(who, PLEDGE, { input: whole })).pledgeContribution;
};
const step = async (mutation: 'clear' | 'bounce', input: object): Promise<Answer> => {
  const name = `${mutation}Contribution`;
  const query = `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { result: ${name}(input: $input) {
    __typename ... on Contribution { ${FIELDS} uncovered { amount } } ${FAILURES} } }`;
  return (await ask(finance, query, { input: { idempotencyKey: newId(), ...input } })).result;
};
const clear = ({ id, version }: Answer, input: object = {}) =>
  step('clear', { contributionId: id, expectedVersion: version, ...input });
const bounce = ({ id, version }: Answer, input: object = {}) =>
  step('bounce', { contributionId: id, expectedVersion: version, reason: 'The cheque came back.', ...input });

/** A fund of its own, and so with exact balances. */
async function newFund(): Promise<string> {
  const input = {
    code: newId().toUpperCase(),
    nameEn: 'Test',
    nameZh: '测试',
    diseaseIds: [diseaseId(207)],
    idempotencyKey: newId(),
  };
  const query = 'mutation ($input: CreateFundInput!) { createFund(input: $input) { ... on Fund { id } } }';
  return (await ask(admin, query, { input })).createFund.id;
}
const give = async (fundId: string, amount: number): Promise<Answer> =>
  clear(await pledge(finance, { fundId, amount: yuan(amount), source: 'PUBLIC' }));

/** Whole yuan, those that are not zero. */
async function balance(fundId: string): Promise<Record<string, number>> {
  const { fund } = await ask(
    finance,
    `query ($id: ID!) { fund(id: $id) { waiting balance { contributed { amount } available { amount } reserved { amount }
      payable { amount } inTransit { amount } paidOut { amount } receivable { amount } shortfall { amount } } } }`,
    { id: fundId },
  );
  const accounts = Object.entries<Answer>({ ...fund.balance, waiting: { amount: fund.waiting } });
  return Object.fromEntries(
    accounts.map(([account, { amount }]) => [account, Number(amount)] as const).filter(([, amount]) => amount !== 0),
  );
}

/** An application that waits for the reviewer's last word: approved, it costs the fund 16,000 yuan. */
const COST = 16_000;
async function application(fundId: string): Promise<string> {
  const id = newId();
  await api.admin.query(
    `insert into fund.application (id, number, patient_id, disease_id, fund_id, aid_year, expected_expense_fen, status, open_stage,
       open_reviewer, reviewer_subjects, snapshot, created_at, submitted_at)
     values ($1::uuid, $1::text, $2, $3, $4, $5, 4000000, 'IN_REVIEW', 'FINANCIAL', 'demo-reviewer', '{demo-reviewer}', '{}', now(), now())`,
    [id, await agreeingPatient(api.admin), diseaseId(207), fundId, aidYear(new Date())],
  );
  await api.admin.query(
    `insert into fund.review (id, application_id, stage, reviewer_subject, opened_at, taken_at) values ($1, $2, 'FINANCIAL', 'demo-reviewer', now(), now())`,
    [newId(), id],
  );
  return id;
}
async function approve(applicationId: string): Promise<string> {
  const input = {
    applicationId,
    expectedVersion: 1,
    decision: 'APPROVE',
    reason: 'Needed.',
    idempotencyKey: newId(),
  };
  const query = `mutation ($input: DecideReviewInput!) { decideReview(input: $input) {
    __typename ... on Application { status } ... on UserError { message } } }`;
  const { decideReview } = await ask(reviewer, query, { input });
  expect(decideReview).toMatchObject({ __typename: 'Application' });
  return decideReview.status;
}
const statusOf = async (applicationId: string): Promise<string> =>
  (await api.admin.query('select status from fund.application where id = $1', [applicationId])).rows[0].status;

/** Lets the fund do what is due until nothing is. */
async function doWhatIsDue(): Promise<void> {
  const fund = api.get('fund');
  await fund.startJobs();
  try {
    for (const until = Date.now() + 20_000; Date.now() < until; await sleep(50)) {
      const { rows } = await api.admin.query(
        `select count(*)::int as count from fund_jobs.jobs where task_identifier = 'promote-wait-list'`,
      );
      if (rows[0].count === 0) return;
    }
    throw new Error('The wait list is not gone through');
  } finally {
    await fund.stopJobs();
  }
}

describe('a partner', () => {
  test('gives in the name of its organisation, as what it is', async () => {
    const before = Date.now();
    const given = await pledge(sponsor, { amount: yuan('1234.50'), reference: ' 2026/1 ' });
    expect(given).toMatchObject({
      __typename: 'Contribution',
      fund: { id: GENERAL_FUND_ID },
      source: 'SPONSOR',
      organisation: { id: ORGANISATION },
      amount: { amount: '1234.50' },
      status: 'PLEDGED',
      reference: '2026/1',
      reason: null,
      clearedAt: null,
      bouncedAt: null,
      version: 1,
      allowedActions: [],
    });
    expect(given.number).toMatch(new RegExp(`^CT-${aidYear(new Date())}-\\d{6,}$`));
    expect(Date.parse(given.pledgedAt)).toBeGreaterThanOrEqual(before);
    expect(await pledge(merchant)).toMatchObject({
      source: 'MERCHANT',
      organisation: { id: MERCHANT_ORGANISATION },
      reference: null,
    });
  });

  test('may say who it is, and nobody else', async () => {
    const own = { source: 'SPONSOR', organisationId: ORGANISATION };
    expect(await pledge(sponsor, own)).toMatchObject({ source: 'SPONSOR', organisation: { id: ORGANISATION } });
    for (const [input, field] of [
      [{ source: 'PLATFORM' }, 'source'],
      [{ source: 'MERCHANT' }, 'source'],
      [{ organisationId: OTHER_ORGANISATION }, 'organisationId'],
      [{ organisationId: newId() }, 'organisationId'],
    ] as const) {
      expect(await pledge(sponsor, input)).toMatchObject({ __typename: 'InvalidInput', path: ['input', field] });
    }
    expect(await pledge(merchant, { source: 'SPONSOR' })).toMatchObject({ __typename: 'InvalidInput' });
  });

  test('whose sign-in names no organisation gives nothing', async () => {
    expect(await pledge(person('nobody', 'SPONSOR'))).toMatchObject({ __typename: 'NotAllowed' });
  });

  test('neither clears nor bounces, nor learns what was not covered', async () => {
    const { id } = await pledge(sponsor);
    const input = { contributionId: id, expectedVersion: 1, idempotencyKey: newId() };
    for (const query of [
      'mutation ($input: ClearContributionInput!) { clearContribution(input: $input) { __typename } }',
      'mutation ($input: BounceContributionInput!) { bounceContribution(input: $input) { __typename } }',
    ]) {
      const reason = query.includes('Bounce') ? { reason: 'Because.' } : {};
      const { errors } = await execute(sponsor, query, { input: { ...input, ...reason } });
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
    }
    for (const query of [
      `{ contribution(id: "${id}") { uncovered { amount } } }`,
      '{ funds { nodes { balance { available { amount } } } } }',
    ]) {
      expect((await execute(sponsor, query)).errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });

  test('sees nothing of another: not by id, in lists, in counts or as an entity', async () => {
    const reference = newId();
    const theirs = await pledge(otherSponsor, { reference });
    await bounce(theirs);
    const read = 'query ($id: ID!) { contribution(id: $id) { id } }';
    expect(await ask(otherSponsor, read, { id: theirs.id })).toEqual({ contribution: { id: theirs.id } });
    for (const stranger of [sponsor, merchant, person('nobody', 'SPONSOR')]) {
      expect(await ask(stranger, read, { id: theirs.id })).toEqual(await ask(stranger, read, { id: newId() }));
      const entities = await ask(
        stranger,
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Contribution { id } } }',
        { of: [{ __typename: 'Contribution', id: theirs.id }] },
      );
      expect(entities).toEqual({ _entities: [null] });
      const list = '{ contributions(first: 100) { totalCount nodes { id organisation { id } } } }';
      const { contributions } = await ask(stranger, list);
      expect(contributions.totalCount).toBe(contributions.nodes.length);
      for (const { organisation } of contributions.nodes) expect(organisation.id).toBe(stranger.organisation);
    }
    // the same reference is free for whoever has not used it
    expect(await pledge(sponsor, { reference })).toMatchObject({ __typename: 'Contribution' });
  });

  test.each([
    ['somebody who has not signed in', ANONYMOUS],
    ['a patient', person('demo-patient', 'PATIENT')],
    ['a reviewer', reviewer],
    ['an administrator', admin],
    ['a carrier', person('demo-carrier', 'CARRIER', ORGANISATION)],
  ])('is not %s', async (_, who) => {
    for (const query of ['{ contributions { totalCount } }', `{ contribution(id: "${newId()}") { id } }`]) {
      expect((await execute(who, query)).errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });
});

describe('a reference', () => {
  test('counts once an organisation, and leads to what was recorded', async () => {
    const reference = newId();
    const first = await pledge(merchant, { reference });
    const again = {
      __typename: 'AlreadyReported',
      code: 'ALREADY_REPORTED',
      contributionId: first.id,
      path: ['input', 'reference'],
    };
    expect(await pledge(merchant, { reference, amount: yuan(7) })).toMatchObject(again);
    expect(
      await pledge(finance, { reference, source: 'MERCHANT', organisationId: MERCHANT_ORGANISATION }),
    ).toMatchObject(again);
  });

  test('counts once when a sale is reported by many at the same time', async () => {
    const reference = newId();
    const answers = await Promise.all(Array.from({ length: 6 }, () => pledge(merchant, { reference })));
    const [recorded] = answers.filter(({ __typename }) => __typename === 'Contribution');
    for (const answer of answers.filter((each) => each !== recorded)) {
      expect(answer).toMatchObject({ __typename: 'AlreadyReported', contributionId: recorded.id });
    }
  });

  test('is not needed', async () => {
    for (const reference of [null, ' ', undefined]) {
      expect(await pledge(merchant, { reference })).toMatchObject({ __typename: 'Contribution', reference: null });
    }
  });

  test.each(['x'.repeat(101), 'two\nlines', 'a\u0000b'])('is one line: %j is none', async (reference) => {
    expect(await pledge(merchant, { reference })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'reference'],
    });
  });
});

describe('finance', () => {
  test('records whoever gives, in full', async () => {
    expect(await pledge(finance, { source: 'PUBLIC' })).toMatchObject({
      source: 'PUBLIC',
      organisation: null,
      allowedActions: ['CLEAR', 'BOUNCE'],
    });
    expect(await pledge(finance, { source: 'SPONSOR', organisationId: ORGANISATION })).toMatchObject({
      organisation: { id: ORGANISATION },
    });
    for (const [input, field] of [
      [{}, 'source'],
      [{ source: 'SPONSOR' }, 'organisationId'],
      [{ source: 'CHARITY', organisationId: newId() }, 'organisationId'],
      [{ source: 'PUBLIC', amount: yuan(0) }, 'amount'],
    ] as const) {
      expect(await pledge(finance, input)).toMatchObject({ __typename: 'InvalidInput', path: ['input', field] });
    }
  });

  test('records once a key', async () => {
    const input = { source: 'PUBLIC', idempotencyKey: newId() };
    const first = await pledge(finance, input);
    expect(await pledge(finance, input)).toEqual(first);
    expect(await pledge(finance, { ...input, amount: yuan(1) })).toMatchObject({ __typename: 'IdempotencyConflict' });
  });

  test('sees all, newest first, page by page, and those that it asks for', async () => {
    const fundId = await newFund();
    const made = [];
    for (const source of ['PUBLIC', 'PLATFORM', 'PUBLIC', 'CHARITY'])
      made.push(await pledge(finance, { fundId, source }));
    await clear(made[0]);
    const list = async (filter: object, first = 100, after: string | null = null): Promise<Answer> =>
      (
        await ask(
          finance,
          `query ($filter: ContributionFilter, $first: Int!, $after: ID) { contributions(filter: $filter, first: $first, after: $after) {
            totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
          { filter: { fundId, ...filter }, first, after },
        )
      ).contributions;
    const ids = ({ nodes }: Answer) => nodes.map(({ id }: Answer) => id);
    const newest = made.map(({ id }) => id).reverse();
    expect(ids(await list({}))).toEqual(newest);
    const page = await list({}, 3);
    expect(ids(page)).toEqual(newest.slice(0, 3));
    expect(page).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    expect(ids(await list({}, 3, page.pageInfo.endCursor))).toEqual(newest.slice(3));
    expect(ids(await list({ status: ['CLEARED', 'BOUNCED'] }))).toEqual([made[0].id]);
    expect(ids(await list({ source: ['PUBLIC'], status: ['PLEDGED'] }))).toEqual([made[2].id]);
    expect(await list({ status: [] })).toMatchObject({ totalCount: 0 });
    expect((await list({ fundId: null })).totalCount).toBeGreaterThan(4);
  });
});

describe('a fund', () => {
  test('that is missing or closed takes no pledge; what was pledged to it before still arrives', async () => {
    expect(await pledge(sponsor, { fundId: newId() })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'fundId'],
    });
    const fundId = await newFund();
    const before = await pledge(sponsor, { fundId });
    await api.admin.query(`update fund.fund set status = 'CLOSED' where id = $1`, [fundId]);
    expect(await pledge(sponsor, { fundId })).toMatchObject({ __typename: 'InvalidInput', path: ['input', 'fundId'] });
    expect(await clear(before)).toMatchObject({ status: 'CLEARED' });
    expect(await balance(fundId)).toEqual({ contributed: 100, available: 100 });
  });
});

describe('clearing', () => {
  test('makes money available, once, by the version that was looked at', async () => {
    const fundId = await newFund();
    const given = await pledge(sponsor, { fundId, amount: yuan(500) });
    expect(await balance(fundId)).toEqual({});
    expect(await clear({ ...given, version: 2 })).toMatchObject({ __typename: 'StaleVersion', currentVersion: 1 });
    const answers = await Promise.all([clear(given), clear(given), clear(given)]);
    const cleared = answers.find(({ __typename }) => __typename === 'Contribution');
    expect(cleared).toMatchObject({ status: 'CLEARED', version: 2, uncovered: null, allowedActions: ['BOUNCE'] });
    expect(cleared.clearedAt).not.toBeNull();
    for (const answer of answers.filter((each) => each !== cleared)) {
      expect(answer).toMatchObject({ __typename: 'ContributionWrongState', status: 'CLEARED', permitted: ['BOUNCE'] });
    }
    expect(await balance(fundId)).toEqual({ contributed: 500, available: 500 });
  });

  test('happens once a key', async () => {
    const fundId = await newFund();
    const given = await pledge(finance, { fundId, source: 'PUBLIC' });
    const idempotencyKey = newId();
    expect(await clear(given, { idempotencyKey })).toEqual(await clear(given, { idempotencyKey }));
    expect(await balance(fundId)).toEqual({ contributed: 100, available: 100 });
  });

  test('of what is not there is refused', async () => {
    expect(await clear({ id: newId(), version: 1 })).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
  });
});

describe('bouncing', () => {
  test('a pledge changes its status and nothing else', async () => {
    const fundId = await newFund();
    const bounced = await bounce(await pledge(sponsor, { fundId }), { reason: ' It never came. ' });
    expect(bounced).toMatchObject({
      status: 'BOUNCED',
      reason: 'It never came.',
      clearedAt: null,
      uncovered: null,
      version: 2,
      allowedActions: [],
    });
    expect(await balance(fundId)).toEqual({});
    for (const act of [clear, bounce]) {
      expect(await act(bounced)).toMatchObject({
        __typename: 'ContributionWrongState',
        code: 'WRONG_STATE',
        status: 'BOUNCED',
        permitted: [],
      });
    }
  });

  test.each(['', ' x ', 'x'.repeat(501), 'two\nlines'])('needs a reason: %j is none', async (reason) => {
    expect(await bounce(await pledge(sponsor), { reason })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'reason'],
    });
  });

  test('takes money back that nobody has been granted', async () => {
    const fundId = await newFund();
    await give(fundId, 300);
    const given = await give(fundId, 200);
    expect(await bounce(given)).toMatchObject({ status: 'BOUNCED', uncovered: null });
    expect(await balance(fundId)).toEqual({ contributed: 300, available: 300 });
  });

  test('twice at the same time takes it back once', async () => {
    const fundId = await newFund();
    const given = await give(fundId, 200);
    const answers = await Promise.all([bounce(given), bounce(given), bounce(given)]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      'Contribution',
      'ContributionWrongState',
      'ContributionWrongState',
    ]);
    expect(await balance(fundId)).toEqual({});
  });

  test('leaves grants valid; the next money fills the gap before anybody is granted anything, then the wait list goes on in order', async () => {
    const fundId = await newFund();
    const first = await give(fundId, COST + 1_000);
    const granted = await application(fundId);
    expect(await approve(granted)).toBe('APPROVED');
    expect(await balance(fundId)).toEqual({ contributed: COST + 1_000, available: 1_000, reserved: COST });

    expect(await bounce(first)).toMatchObject({ status: 'BOUNCED', uncovered: { amount: `${COST}.00` } });
    expect(await balance(fundId)).toEqual({ reserved: COST, shortfall: COST });
    expect(await statusOf(granted)).toBe('APPROVED');

    const waiting = [await application(fundId), await application(fundId)];
    for (const each of waiting) expect(await approve(each)).toBe('WAITLISTED');
    await doWhatIsDue();

    // enough for one grant, were it not for the gap
    const second = await give(fundId, COST);
    await doWhatIsDue();
    expect(await balance(fundId)).toEqual({ contributed: COST, reserved: COST, waiting: 2 });

    // and this bounces in its turn, with nothing left of it
    expect(await bounce(second)).toMatchObject({ uncovered: { amount: `${COST}.00` } });
    expect(await balance(fundId)).toEqual({ reserved: COST, shortfall: COST, waiting: 2 });

    // fills the gap and leaves enough for one
    await give(fundId, 2 * COST + 500);
    expect(await balance(fundId)).toMatchObject({ available: COST + 500, waiting: 2 });
    await doWhatIsDue();
    expect(await balance(fundId)).toEqual({
      contributed: 2 * COST + 500,
      available: 500,
      reserved: 2 * COST,
      waiting: 1,
    });
    expect(await Promise.all(waiting.map(statusOf))).toEqual(['APPROVED', 'WAITLISTED']);

    await give(fundId, COST);
    await doWhatIsDue();
    expect(await statusOf(waiting[1] as string)).toBe('APPROVED');
    expect(await balance(fundId)).toEqual({ contributed: 3 * COST + 500, available: 500, reserved: 3 * COST });
  });

  test('two contributions whose money is all granted leaves the sum of both missing', async () => {
    const fundId = await newFund();
    const [one, other] = [await give(fundId, 10_000), await give(fundId, 6_000)];
    await approve(await application(fundId));
    const bounced = await Promise.all([bounce(one), bounce(other)]);
    expect(bounced.map(({ uncovered }) => uncovered.amount)).toEqual(['10000.00', '6000.00']);
    expect(await balance(fundId)).toEqual({ reserved: COST, shortfall: COST });
    await give(fundId, 9_000);
    expect(await balance(fundId)).toEqual({ contributed: 9_000, reserved: COST, shortfall: 7_000 });
    await give(fundId, 9_000);
    expect(await balance(fundId)).toEqual({ contributed: 18_000, reserved: COST, available: 2_000 });
  });

  test.each([
    0, 20, 30, 40,
  ])('%i ms after grants began leaves each granted or waiting, and nothing negative', async (when) => {
    const fundId = await newFund();
    const given = await give(fundId, 3 * COST + 1_000);
    const applications = await Promise.all(Array.from({ length: 6 }, () => application(fundId)));
    const [bounced, ...statuses] = await Promise.all([
      sleep(when).then(() => bounce(given)),
      ...applications.map(approve),
    ]);
    const granted = statuses.filter((status) => status === 'APPROVED').length;
    expect(granted).toBeLessThanOrEqual(3);
    expect(statuses.filter((status) => status === 'WAITLISTED')).toHaveLength(6 - granted);
    expect(bounced.uncovered?.amount ?? '0.00').toBe(`${granted * COST}.00`);
    const missing: Record<string, number> = granted > 0 ? { reserved: granted * COST, shortfall: granted * COST } : {};
    expect(await balance(fundId)).toEqual({ ...missing, waiting: 6 - granted });

    await give(fundId, (granted + 2) * COST);
    await doWhatIsDue();
    expect(await balance(fundId)).toEqual({
      contributed: (granted + 2) * COST,
      reserved: (granted + 2) * COST,
      waiting: 4 - granted,
    });
  });
});

test('a partner cannot write a contribution of another into the database, nor see one there', async () => {
  const serving = await api.serving('fund');
  await serving.query(
    "select set_config('app.subject', 'demo-sponsor', false), set_config('app.roles', 'SPONSOR', false), set_config('app.organisation', $1, false)",
    [ORGANISATION],
  );
  const { rows } = await serving.query('select distinct organisation_id from contribution');
  expect(rows).toEqual([{ organisation_id: ORGANISATION }]);
  const forged = `insert into contribution (id, number, fund_id, source, organisation_id, amount_fen, status, recorded_by, pledged_at)
    values (gen_random_uuid(), gen_random_uuid()::text, $1, 'SPONSOR', $2, 1, 'PLEDGED', 'x', now())`;
  await expect(serving.query(forged, [GENERAL_FUND_ID, OTHER_ORGANISATION])).rejects.toThrow('row-level security');
  await expect(serving.query('delete from contribution')).rejects.toThrow('permission denied');
});
