import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeCareCase } from '../../../tests/care-case.js';
import { openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { loggedStatement } from '../../common/access-log.js';
import type { Identity } from '../../common/identity.js';
import { applicationId, patientId } from '../../common/seed.js';

const [PATIENT, OTHER, CHILD] = [patientId(0), patientId(1), patientId(2)];
const patient = person('demo-patient', 'PATIENT');
const caregiver = person('demo-caregiver', 'CAREGIVER');
const reviewer = person('demo-reviewer', 'REVIEWER');
const finance = person('demo-finance', 'FINANCE');
const pharmacist = person('demo-pharmacist', 'PHARMACIST');

let on: SubgraphsUnderTest;
beforeAll(async () => {
  on = await openSubgraphs('access_log');
});
afterAll(() => on?.stop());

type Subgraph = 'patient' | 'fund' | 'pharmacy';
const sql = async (text: string, values: unknown[] = []) => (await on.admin.query(text, values)).rows;
const entries = (subgraph: Subgraph, of: string) =>
  sql(`select * from ${subgraph}.access_log where patient_id = $1 order by id`, [of]);
/** What somebody's read leaves in a patient's log. */
async function leaves(subgraph: Subgraph, who: Identity, query: string, variables: object, of: string) {
  const before = (await entries(subgraph, of)).length;
  const { data, errors } = await on.execute(subgraph, who, query, variables);
  expect(errors).toBeUndefined();
  return { data, left: (await entries(subgraph, of)).slice(before) };
}
const RECORD = 'query($id: ID!) { patient(id: $id) { displayName birthDate diagnoses { status } } }';

describe('the access log', () => {
  test('has nothing of what patients read of their own', async () => {
    const own = await leaves('patient', patient, RECORD, { id: PATIENT }, PATIENT);
    expect(own.data.patient.diagnoses.length).toBeGreaterThan(0);
    expect(own.left).toEqual([]);
    const application = '{ applications(first: 5) { nodes { number claims { id } } } }';
    expect((await leaves('fund', patient, application, {}, PATIENT)).left).toEqual([]);
    expect((await leaves('pharmacy', patient, '{ drugOrders(first: 5) { nodes { id } } }', {}, PATIENT)).left).toEqual(
      [],
    );
  });

  test('names the role, the purpose and the fields of each record that a caregiver read', async () => {
    const { data, left } = await leaves('patient', caregiver, RECORD, { id: CHILD }, CHILD);
    const [face, ...diagnoses] = left;
    expect(face).toMatchObject({
      subject: 'demo-caregiver',
      role: 'CAREGIVER',
      purpose: 'CARE',
      record: 'Patient',
      record_id: CHILD,
      via: null,
      fields: ['displayName', 'birthDate', 'sex', 'region'],
    });
    expect(diagnoses).toHaveLength(data.patient.diagnoses.length);
    expect(diagnoses[0]).toMatchObject({ record: 'Diagnosis', purpose: 'CARE' });
    expect(diagnoses[0].fields).toContain('status');
  });

  test('has what a reviewer sees of the face alone, and of the application', async () => {
    const id = applicationId(0, 0);
    const application = await leaves(
      'fund',
      reviewer,
      'query($id: ID!) { application(id: $id) { number } }',
      { id },
      PATIENT,
    );
    expect(application.data.application).not.toBeNull();
    expect(application.left).toMatchObject([
      { record: 'Application', record_id: id, role: 'REVIEWER', purpose: 'AID_REVIEW' },
    ]);
    const { data, left } = await leaves('patient', reviewer, RECORD, { id: PATIENT }, PATIENT);
    expect(data.patient).toMatchObject({ birthDate: null });
    expect(left[0]).toMatchObject({
      record: 'Patient',
      role: 'REVIEWER',
      purpose: 'AID_REVIEW',
      fields: ['displayName'],
    });
  });

  test('has what finance reads of claims, payouts and accounts, and not what the fund itself reads', async () => {
    const [claim] = await sql('select id, patient_id from fund.claim order by id limit 1');
    const { left } = await leaves(
      'fund',
      finance,
      'query($id: ID!) { claim(id: $id) { number payouts { id } } }',
      claim,
      claim.patient_id,
    );
    expect(left.map(({ record }) => record)).toEqual(['Claim', 'Payout']);
    expect(left.every(({ role, purpose }) => role === 'FINANCE' && purpose === 'AID_PAYMENT')).toBe(true);
    const accounts = 'query($ids: [ID!]!) { payoutAccounts(patientIds: $ids) { holderName } }';
    const asked = { ...finance, scopes: [...finance.scopes, 'service:fund'], via: 'fund' };
    const read = await leaves('patient', asked, accounts, { ids: [PATIENT] }, PATIENT);
    expect(read.left).toMatchObject([
      { record: 'PayoutAccount', role: 'FINANCE', via: 'fund', fields: ['holderName', 'accountNumber', 'bankCode'] },
    ]);
    const itself: Identity = { subject: 'system:fund', roles: [], scopes: ['service:fund'], via: 'fund', system: true };
    const byItself = await leaves('patient', itself, accounts, { ids: [PATIENT] }, PATIENT);
    expect(byItself.data.payoutAccounts).toHaveLength(1);
    expect(byItself.left).toEqual([]);
  });

  test('has each order that a pharmacist saw in the queue, and not the one behind the page', async () => {
    const queue =
      'query($first: Int!) { drugOrders(first: $first) { nodes { id patient { id } } pageInfo { hasNextPage } } }';
    const before = (await sql('select count(*)::int as count from pharmacy.access_log'))[0].count;
    const { data, errors } = await on.execute('pharmacy', pharmacist, queue, { first: 2 });
    expect(errors).toBeUndefined();
    expect(data.drugOrders.pageInfo.hasNextPage).toBe(true);
    const added = await sql('select * from pharmacy.access_log order by id offset $1', [before]);
    expect(added.map(({ record_id, patient_id }) => [record_id, patient_id])).toEqual(
      data.drugOrders.nodes.map(({ id, patient: { id: of } }: { id: string; patient: { id: string } }) => [id, of]),
    );
    expect(added[0]).toMatchObject({ record: 'DrugOrder', role: 'PHARMACIST', purpose: 'PHARMACY' });
  });

  test('leaves the order of a page as it is', async () => {
    const queue = '{ drugOrders(first: 50) { nodes { id } } }';
    const { data } = await on.execute('pharmacy', pharmacist, queue);
    const ids = data.drugOrders.nodes.map(({ id }: { id: string }) => id);
    expect(ids).toEqual([...ids].sort());
  });

  test('has one entry of what one request reads again, and another of what was not there before', async () => {
    const read = loggedStatement(
      'test-read-again',
      'select id, id as "patientId" from patient where id = any($1) and display_name like $2',
      { record: 'Test', fields: ['x'] },
    );
    const session = on.get('patient').database.session(caregiver, async () => []);
    const count = async () => (await entries('patient', CHILD)).filter(({ record }) => record === 'Test').length;
    const reads = async (like = '%') => (await session.seen(read, [[CHILD], like])).length;
    session.enter();
    try {
      expect([await reads(), await reads(), await count()]).toEqual([1, 1, 1]);
      expect([await reads('Renamed%'), await count()]).toEqual([0, 1]);
      await sql(`update patient.patient set display_name = 'Renamed ' || display_name where id = $1`, [CHILD]);
      expect([await reads('Renamed%'), await reads('Renamed%'), await count()]).toEqual([1, 1, 2]);
    } finally {
      session.leave();
      await sql(`update patient.patient set display_name = replace(display_name, 'Renamed ', '') where id = $1`, [
        CHILD,
      ]);
    }
    const next = on.get('patient').database.session(caregiver, async () => []);
    next.enter();
    expect((await next.seen(read, [[CHILD], '%'])).length).toBe(1);
    next.leave();
    expect(await count()).toBe(3);
  });

  test('is written or there is no data', async () => {
    await on.admin.query('revoke insert on patient.access_log from care_patient');
    try {
      const { data, errors } = await on.execute('patient', caregiver, RECORD, { id: CHILD });
      expect(data).toEqual({ patient: null });
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
      expect(errors[0].message).not.toMatch(/access_log|permission|policy/);
      // what patients read of their own does not even try
      expect((await on.execute('patient', patient, RECORD, { id: PATIENT })).data.patient).not.toBeNull();
    } finally {
      await on.admin.query('grant insert on patient.access_log to care_patient');
    }
  });

  test('gives nothing to whoever reads without a purpose', async () => {
    const read = loggedStatement('test-read', 'select $1::uuid as id, $1::uuid as "patientId"', {
      record: 'Test',
      fields: ['x'],
    });
    const client = await on.serving('fund');
    await client.query(
      `select set_config('app.subject', 'demo-moderator', false), set_config('app.roles', 'MODERATOR', false)`,
    );
    await expect(client.query(read.logged.text, [OTHER])).rejects.toThrow('null value');
  });

  test('is changed by nobody, deleted only where all of a patient is erased, and written in nobody else’s name', async () => {
    await on.execute('patient', caregiver, RECORD, { id: CHILD });
    for (const subgraph of ['patient', 'fund', 'pharmacy'] as const) {
      const client = await on.serving(subgraph);
      await client.query(
        `select set_config('app.subject', 'demo-caregiver', false), set_config('app.roles', 'CAREGIVER', false)`,
      );
      for (const change of ['update access_log set role = role', 'delete from access_log', 'truncate access_log'])
        await expect(client.query(change)).rejects.toThrow('permission denied');
      const forged = `insert into access_log (patient_id, subject, role, record, record_id, fields, purpose)
        values ($1, 'somebody-else', 'PHYSICIAN', 'Patient', $1, '{}', 'CARE')`;
      await expect(client.query(forged, [CHILD])).rejects.toThrow('row-level security');
    }
    // the administrator owns all of it, and the triggers stand all the same
    for (const change of ['update % set role = role', 'delete from %', 'truncate %'])
      await expect(sql(change.replace('%', 'patient.access_log'))).rejects.toThrow('only ever added to');
    await sql('begin');
    await sql(`select set_config('app.erasing', 'on', true)`);
    await sql('delete from patient.access_log where patient_id = $1', [CHILD]);
    expect(await entries('patient', CHILD)).toEqual([]);
    await sql('rollback');
    expect(await entries('patient', CHILD)).not.toEqual([]);
  });
});

describe('a patient', () => {
  const LOG = `query($first: Int!, $after: ID) { me { patient { accessLog(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id at role purpose record fields subgraph physician { id } organisation { id } } } } } }`;
  const shown = async (variables: object) => {
    const { data, errors } = await on.execute('patient', patient, LOG, variables);
    expect(errors).toBeUndefined();
    return data.me.patient.accessLog;
  };

  test('reads who read what in all subgraphs, newest first, page by page, each entry once', async () => {
    await on.execute('fund', reviewer, 'query($id: ID!) { application(id: $id) { number } }', {
      id: applicationId(0, 0),
    });
    await on.execute('pharmacy', pharmacist, '{ drugOrders(first: 100) { nodes { id } } }');
    await on.execute('patient', reviewer, RECORD, { id: PATIENT });
    const stored = [
      await entries('patient', PATIENT),
      await entries('fund', PATIENT),
      await entries('pharmacy', PATIENT),
    ];
    expect(stored.every(({ length }) => length > 0)).toBe(true);
    const read: { id: string; subgraph: string }[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page = await shown({ first: 3, after });
      expect(page.totalCount).toBe(stored.flat().length);
      read.push(...page.nodes);
      ({ endCursor: after, hasNextPage: more } = page.pageInfo);
    }
    const ids = stored.flat().map(({ id }) => id);
    expect(read.map(({ id }) => id)).toEqual(ids.sort().reverse());
    expect(new Set(read.map(({ subgraph }) => subgraph))).toEqual(new Set(['patient', 'fund', 'pharmacy']));
  });

  test('reads which physician and which organisation it was, and never anybody’s sign-in', async () => {
    const about = await makeCareCase(on.admin);
    const { identities, physicianIds, patientId: of, organisationId } = about;
    await on.execute('patient', identities['the treating physician'], RECORD, { id: of });
    await on.execute('patient', identities['the hospital'], '{ diagnosesToDecide(first: 5) { nodes { id } } }');
    await on.execute('patient', identities['a caregiver'], RECORD, { id: of });
    const { data, errors } = await on.execute('patient', identities['the patient'], LOG, { first: 20 });
    expect(errors).toBeUndefined();
    const { nodes } = data.me.patient.accessLog;
    expect(nodes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...{ role: 'PHYSICIAN', purpose: 'TREATMENT', record: 'Patient', organisation: null },
          physician: { id: physicianIds['the treating physician'] },
        }),
        expect.objectContaining({
          ...{ role: 'HOSPITAL', purpose: 'DIAGNOSIS', record: 'Diagnosis', physician: null },
          organisation: { id: organisationId },
        }),
        expect.objectContaining({ role: 'CAREGIVER', purpose: 'CARE', physician: null, organisation: null }),
      ]),
    );
    expect(JSON.stringify(nodes)).not.toContain('case ');
  });

  test('lets their caregivers read it, and nobody else', async () => {
    const log = 'query($id: ID!) { patient(id: $id) { accessLog { totalCount nodes { role } } } }';
    const child = await on.execute('patient', caregiver, log, { id: CHILD });
    expect(child.errors).toBeUndefined();
    expect(child.data.patient.accessLog.totalCount).toBeGreaterThan(0);
    // row-level security of each subgraph, however it is asked
    for (const subgraph of ['fund', 'pharmacy'] as const) {
      const port = 'query($id: ID!) { accessLogOf(patientId: $id, first: 100) { id } accessLogCount(patientId: $id) }';
      const asked = (who: Identity) => ({ ...who, scopes: [...who.scopes, 'service:patient'], via: 'patient' });
      const other = await on.execute(subgraph, asked(person('demo-other-patient', 'PATIENT')), port, { id: PATIENT });
      expect(other.data).toEqual({ accessLogOf: [], accessLogCount: 0 });
      const own = await on.execute(subgraph, asked(patient), port, { id: PATIENT });
      expect(own.data.accessLogCount).toBeGreaterThan(0);
    }
  });
});
