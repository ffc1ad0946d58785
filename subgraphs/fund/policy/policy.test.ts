import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { diseaseId } from '../../catalog/import.js';
import { shanghaiDay } from '../../common/calendar.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { DEMO_POLICY_ID, GENERAL_FUND_ID } from '../demo.js';

let api: SubgraphsUnderTest;
beforeAll(async () => {
  api = await openSubgraphs('policy');
});
afterAll(() => api?.stop());

const admin = person('demo-admin', 'ADMIN');
const finance = person('demo-finance', 'FINANCE');

const execute = (who: Identity, query: string, variables?: object): Promise<Answer> =>
  api.execute('fund', who, query, variables);
async function ask(who: Identity, query: string, variables?: object): Promise<Answer> {
  const { data, errors } = await execute(who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

// the failures have a `code` too, of another type
const FUND = 'id fundCode: code nameEn nameZh status version allowedActions diseases { id }';
const POLICY = `id number effectiveFrom annualCap { amount } lookBackDays appealDays requiredDocuments
  secondReviewAbove { amount } demo tiers { tier fromExpense { amount } sharePercent yearlyMaximum { amount } }`;
const FAILURE = '__typename ... on UserError { code message path }';

const createFund = async (input: object, who = admin): Promise<Answer> => {
  const whole = {
    code: `F-${newId().toUpperCase()}`,
    nameEn: 'A fund',
    nameZh: '基金',
    diseaseIds: [diseaseId(31)],
    idempotencyKey: newId(),
    ...input,
  };
  const query = `mutation ($input: CreateFundInput!) { createFund(input: $input) { ${FAILURE} ... on Fund { ${FUND} } } }`;
  return (await ask(who, query, { input: whole })).createFund;
};
const setStatus = async (input: object): Promise<Answer> => {
  const query = `mutation ($input: SetFundStatusInput!) { setFundStatus(input: $input) { ${FAILURE} ... on Fund { ${FUND} }
    ... on FundWrongState { status permitted } ... on StaleVersion { currentVersion } } }`;
  return (await ask(admin, query, { input: { idempotencyKey: newId(), ...input } })).setFundStatus;
};

const yuan = (amount: string) => ({ amount, currency: 'CNY' });
const TIERS = [
  { tier: 'I', fromExpense: yuan('6000'), sharePercent: 35, yearlyMaximum: yuan('12000') },
  { tier: 'II', fromExpense: yuan('30000'), sharePercent: 45, yearlyMaximum: yuan('30000') },
  { tier: 'III', fromExpense: yuan('100000'), sharePercent: 55, yearlyMaximum: yuan('60000') },
];
const publish = (input: object, who = admin): Promise<Answer> => {
  const whole = {
    effectiveFrom: '2030-01-01',
    annualCap: yuan('60000'),
    lookBackDays: 365,
    appealDays: 45,
    requiredDocuments: ['IDENTITY', 'INVOICE'],
    secondReviewAbove: yuan('40000.50'),
    tiers: TIERS,
    demo: true,
    idempotencyKey: newId(),
    ...input,
  };
  const query = `mutation ($input: PublishAidPolicyInput!) { publishAidPolicy(input: $input) { ${FAILURE}
    ... on AidPolicyDayTaken { number } ... on AidPolicy { ${POLICY} } } }`;
  return execute(who, query, { input: whole });
};
const published = async (input: object): Promise<Answer> => {
  const { data, errors } = await publish(input);
  expect(errors).toBeUndefined();
  return data.publishAidPolicy;
};
const day = (offset: number) => shanghaiDay(new Date(Date.now() + offset * 86_400_000));

describe('funds', () => {
  test('are listed for anybody, the general one first, with their diseases', async () => {
    const made = await createFund({ code: 'LISTED', diseaseIds: [diseaseId(7), diseaseId(3), diseaseId(7)] });
    expect(made).toMatchObject({
      __typename: 'Fund',
      fundCode: 'LISTED',
      status: 'OPEN',
      version: 1,
      allowedActions: ['CLOSE'],
    });
    const { funds } = await ask(ANONYMOUS, `{ funds(first: 100) { totalCount nodes { ${FUND} } } }`);
    expect(funds.totalCount).toBe(funds.nodes.length);
    expect(funds.nodes[0]).toMatchObject({ id: GENERAL_FUND_ID, fundCode: 'GENERAL', allowedActions: [] });
    expect(funds.nodes[0].diseases).toHaveLength(121);
    const listed = funds.nodes.find(({ fundCode }: Answer) => fundCode === 'LISTED');
    expect(new Set(listed.diseases.map(({ id }: Answer) => id))).toEqual(new Set([diseaseId(3), diseaseId(7)]));
  });

  test('come page by page', async () => {
    await createFund({});
    const page = (after: string | null) =>
      ask(
        ANONYMOUS,
        'query ($after: ID) { funds(first: 1, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
    const { funds: first } = await page(null);
    expect(first).toMatchObject({ nodes: [{ id: GENERAL_FUND_ID }], pageInfo: { hasNextPage: true } });
    const { funds: second } = await page(first.pageInfo.endCursor);
    expect(second.nodes[0].id).not.toBe(GENERAL_FUND_ID);
  });

  test('have one code each, also when two are made at the same time', async () => {
    expect(await createFund({ code: 'GENERAL' })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'code'],
    });
    const made = await Promise.all(Array.from({ length: 4 }, () => createFund({ code: 'TWICE' })));
    expect(made.map(({ __typename }) => __typename).sort()).toEqual([
      'Fund',
      'InvalidInput',
      'InvalidInput',
      'InvalidInput',
    ]);
  });

  test('are for diseases of the catalog: not for others, and never for a medicine', async () => {
    const { rows } = await api.admin.query('select id from catalog.medicine limit 1');
    for (const unknown of [newId(), rows[0].id]) {
      const refused = await createFund({ diseaseIds: [diseaseId(31), unknown] });
      expect(refused).toMatchObject({ __typename: 'InvalidInput', path: ['input', 'diseaseIds'] });
      expect(refused.message).toContain(unknown);
    }
    // the last of the catalog is on its third page
    expect(await createFund({ diseaseIds: [diseaseId(207)] })).toMatchObject({ diseases: [{ id: diseaseId(207) }] });
  });

  test('are made once a key', async () => {
    const input = { code: 'ONCE', idempotencyKey: newId() };
    const first = await createFund(input);
    expect(await createFund(input)).toEqual(first);
    expect(await createFund({ ...input, nameEn: 'Other' })).toMatchObject({ __typename: 'IdempotencyConflict' });
  });

  test.each([
    ['createFund', finance],
    ['createFund', ANONYMOUS],
    ['publishAidPolicy', finance],
  ])('%s is for administrators', async (mutation, who) => {
    const { errors } =
      mutation === 'createFund'
        ? await execute(who, 'mutation ($input: CreateFundInput!) { createFund(input: $input) { __typename } }', {
            input: { code: 'X', nameEn: 'x', nameZh: 'x', diseaseIds: [diseaseId(1)], idempotencyKey: 'x' },
          })
        : await publish({}, who);
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });

  test('close and open by the version that was looked at', async () => {
    const { id: fundId } = await createFund({});
    const closed = await setStatus({ fundId, status: 'CLOSED', expectedVersion: 1 });
    expect(closed).toMatchObject({ __typename: 'Fund', status: 'CLOSED', version: 2, allowedActions: ['OPEN'] });
    expect(await setStatus({ fundId, status: 'CLOSED', expectedVersion: 2 })).toMatchObject({
      __typename: 'FundWrongState',
      status: 'CLOSED',
      permitted: ['OPEN'],
    });
    expect(await setStatus({ fundId, status: 'OPEN', expectedVersion: 1 })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: 2,
    });
    expect(await setStatus({ fundId, status: 'OPEN', expectedVersion: 2 })).toMatchObject({
      status: 'OPEN',
      version: 3,
    });
    expect(await setStatus({ fundId: newId(), status: 'OPEN', expectedVersion: 1 })).toMatchObject({
      __typename: 'NotFound',
    });
  });

  test('for fewer diseases go before those for more, and closed ones are passed over', async () => {
    const { policies } = await api.get('fund').asItself(async (context) => context as Answer);
    const [disease, other] = [diseaseId(99), diseaseId(98)];
    expect(await policies.openFundFor(disease)).toBe(GENERAL_FUND_ID);
    const two = await createFund({ code: 'A-TWO', diseaseIds: [disease, other] });
    const one = await createFund({ code: 'Z-ONE', diseaseIds: [disease] });
    const same = await createFund({ code: 'B-ONE', diseaseIds: [disease] });
    expect(await policies.openFundFor(disease)).toBe(same.id);
    expect(await policies.openFundFor(other)).toBe(two.id);
    for (const { id: fundId } of [one, same]) await setStatus({ fundId, status: 'CLOSED', expectedVersion: 1 });
    expect(await policies.openFundFor(disease)).toBe(two.id);
    await setStatus({ fundId: two.id, status: 'CLOSED', expectedVersion: 1 });
    expect(await policies.openFundFor(disease)).toBe(GENERAL_FUND_ID);
    expect(await policies.openFundFor(newId())).toBeNull();
  });
});

describe('rules of aid', () => {
  const inForce = async (on: string): Promise<Answer> =>
    (await ask(ANONYMOUS, `query ($on: Date) { aidPolicy(on: $on) { ${POLICY} } }`, { on })).aidPolicy;

  test('hold from their day on, and the older ones until then', async () => {
    const policy = await published({ effectiveFrom: day(10) });
    expect(policy).toMatchObject({
      __typename: 'AidPolicy',
      effectiveFrom: day(10),
      annualCap: { amount: '60000.00' },
      lookBackDays: 365,
      appealDays: 45,
      requiredDocuments: ['IDENTITY', 'INVOICE'],
      secondReviewAbove: { amount: '40000.50' },
      demo: true,
    });
    expect(policy.tiers).toEqual(
      TIERS.map(({ tier, fromExpense, sharePercent, yearlyMaximum }) => ({
        tier,
        fromExpense: { amount: `${fromExpense.amount}.00` },
        sharePercent,
        yearlyMaximum: { amount: `${yearlyMaximum.amount}.00` },
      })),
    );
    const { __typename, ...shown } = policy;
    expect(await inForce(day(10))).toEqual(shown);
    expect(await inForce(day(9))).toMatchObject({
      id: DEMO_POLICY_ID,
      number: 1,
      appealDays: 30,
      secondReviewAbove: { amount: '30000.00' },
    });
    expect((await inForce(day(9))).requiredDocuments).toHaveLength(6);
  });

  test.each([
    ['today', 0],
    ['yesterday', -1],
    ['a year ago', -365],
  ])('cannot begin %s, and the error says so', async (_, offset) => {
    const refused = await published({ effectiveFrom: day(offset) });
    expect(refused).toMatchObject({ __typename: 'InvalidInput', path: ['input', 'effectiveFrom'] });
    expect(refused.message).toContain(`today is ${day(0)} in Shanghai`);
  });

  test('begin tomorrow at the earliest', async () => {
    expect(await published({ effectiveFrom: day(1) })).toMatchObject({ __typename: 'AidPolicy' });
  });

  test('begin one a day', async () => {
    const first = await published({ effectiveFrom: '2031-01-01' });
    expect(await published({ effectiveFrom: '2031-01-01' })).toMatchObject({
      __typename: 'AidPolicyDayTaken',
      code: 'INVALID_INPUT',
      number: first.number,
    });
  });

  test.each([
    ['annualCap', { annualCap: yuan('0') }, ['annualCap']],
    ['secondReviewAbove', { secondReviewAbove: yuan('-1') }, ['secondReviewAbove']],
    ['a tier', { tiers: TIERS.with(1, { ...TIERS[1]!, fromExpense: yuan('0.001') }) }, ['tiers', '1', 'fromExpense']],
    ['tiers', { tiers: TIERS.slice(1) }, ['tiers']],
    ['idempotencyKey', { idempotencyKey: '' }, ['idempotencyKey']],
  ])('are refused for a wrong %s', async (_, input, path) => {
    const before = await api.admin.query('select count(*) from fund.aid_policy');
    expect(await published({ effectiveFrom: '2032-01-01', ...input })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', ...path],
    });
    expect((await api.admin.query('select count(*) from fund.aid_policy')).rows).toEqual(before.rows);
  });

  test('get numbers without a gap when many are published at the same time, one a day', async () => {
    const { rows } = await api.admin.query<{ last: number }>('select max(number) as last from fund.aid_policy');
    const days = Array.from({ length: 8 }, (_, index) => `2040-01-0${1 + (index % 4)}`);
    const answers = await Promise.all(days.map((effectiveFrom) => published({ effectiveFrom })));
    const made = answers.filter(({ __typename }) => __typename === 'AidPolicy');
    expect(made.map(({ number }) => number).sort((one, other) => one - other)).toEqual(
      [1, 2, 3, 4].map((each) => each + rows[0]!.last),
    );
    expect(answers.filter(({ __typename }) => __typename === 'AidPolicyDayTaken')).toHaveLength(4);
  });

  test('are listed for anybody, newest first', async () => {
    const { aidPolicies } = await ask(ANONYMOUS, '{ aidPolicies(first: 100) { totalCount nodes { id number } } }');
    const numbers = aidPolicies.nodes.map(({ number }: Answer) => number);
    expect(numbers).toEqual(numbers.toSorted((one: number, other: number) => other - one));
    expect(aidPolicies.nodes.at(-1)).toEqual({ id: DEMO_POLICY_ID, number: 1 });
    expect(aidPolicies.totalCount).toBe(numbers.length);
  });

  test('are published once a key', async () => {
    const input = { effectiveFrom: '2033-01-01', idempotencyKey: newId() };
    const first = await publish(input);
    expect(await publish(input)).toEqual({ ...first, replayed: true });
  });

  test('are never changed or deleted: the database refuses it', async () => {
    const serving = await api.serving('fund');
    await serving.query(
      "select set_config('app.subject', 'demo-admin', false), set_config('app.roles', 'ADMIN', false)",
    );
    for (const table of ['aid_policy', 'aid_tier']) {
      const column = table === 'aid_policy' ? 'annual_cap_fen' : 'yearly_maximum_fen';
      for (const sql of [`update ${table} set ${column} = 1`, `delete from ${table}`, `truncate ${table} cascade`]) {
        await expect(serving.query(sql)).rejects.toThrow('permission denied');
      }
    }
  });
});
