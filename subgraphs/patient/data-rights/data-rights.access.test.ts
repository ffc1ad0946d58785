import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTORS, type Actor, type CareCase, makeCareCase } from '../../../tests/care-case.js';
import { openSubgraphs, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { newId } from '../../common/ids.js';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../common/settings.js';
import type { PatientContext } from '../context.js';
import { gatherDataExport } from './data-export.service.js';

/** Who takes a patient's data, and who erases it. Run twice: as it is, and with the services' own checks switched off. */

const WHOLLY: readonly Actor[] = ['the patient', 'a caregiver'];

let on: SubgraphsUnderTest;
let about: CareCase;
let exports: Readonly<Record<string, string>>;

const ask = (actor: Actor, query: string, variables: object) =>
  on.execute('patient', about.identities[actor], query, variables);
const requestExport = async (actor: Actor) =>
  ask(
    actor,
    'mutation($input: RequestDataExportInput!) { requestDataExport(input: $input) { __typename ... on DataExport { id } } }',
    { input: { patientId: about.patientId, idempotencyKey: newId() } },
  );
const stored = async () =>
  (
    await on.admin.query(
      `select (select count(*)::int from patient.data_export) as exports, (select count(*)::int from patient.erasure) as erasures,
         (select count(*)::int from patient_jobs.jobs) as jobs`,
    )
  ).rows[0];

beforeAll(async () => {
  on = await openSubgraphs(`data_rights_access${'ROW_RULES' in globalThis ? '_alone' : ''}`);
  about = await makeCareCase(on.admin);
  const made: Record<string, string> = {};
  for (const actor of WHOLLY) {
    const { data } = await requestExport(actor);
    const exportId = data.requestDataExport.id;
    await on.get('patient').asItself((context) => gatherDataExport({ exportId }, context as PatientContext));
    made[actor] = exportId;
  }
  exports = made;
});
afterAll(() => on?.stop());

describe('an export', () => {
  test.each(ACTORS)('is seen by the patient, and by the caregiver who asked for it: %s', async (actor) => {
    for (const [by, id] of Object.entries(exports)) {
      const { data } = await ask(actor, 'query($id: ID!) { dataExport(id: $id) { id content } }', { id });
      const sees = actor === 'the patient' || (actor === 'a caregiver' && by === actor);
      expect(data?.dataExport ?? null).toEqual(sees ? { id, content: expect.stringContaining('Case Patient') } : null);
    }
    const { data } = await ask(actor, 'query($id: ID!) { patient(id: $id) { exports { totalCount nodes { id } } } }', {
      id: about.patientId,
    });
    const listed = (data?.patient?.exports?.nodes ?? []).map(({ id }: { id: string }) => id).sort();
    const own = actor === 'the patient' ? Object.values(exports) : actor === 'a caregiver' ? [exports[actor]] : [];
    expect(listed).toEqual([...own].sort());
  });

  test.each(ACTORS.filter((actor) => !WHOLLY.includes(actor)))('is not asked for by %s', async (actor) => {
    const before = await stored();
    const { data } = await requestExport(actor);
    expect(data?.requestDataExport?.id).toBeUndefined();
    expect(await stored()).toEqual(before);
  });
});

describe('an erasure', () => {
  test.each(ACTORS.filter((actor) => actor !== 'the patient'))('is not asked for by %s', async (actor) => {
    await on.admin.query(
      `update fund.application set status = 'WITHDRAWN', open_stage = null, open_reviewer = null where patient_id = $1`,
      [about.patientId],
    );
    const before = await stored();
    const { data } = await ask(
      actor,
      'mutation($input: RequestErasureInput!) { requestErasure(input: $input) { __typename ... on Erasure { id } } }',
      { input: { patientId: about.patientId, confirmation: 'Case Patient', idempotencyKey: newId() } },
    );
    expect(data?.requestErasure?.id).toBeUndefined();
    expect(await stored()).toEqual(before);
  });

  test.each(SUBGRAPH_NAMES)('is done in %s by the patient subgraph alone', async (name: SubgraphName) => {
    const client = await on.serving(name);
    const callers: Record<string, string>[] = [
      {},
      { 'app.subject': about.identities['the patient'].subject, 'app.roles': 'PATIENT' },
      { 'app.subject': about.identities['the patient'].subject, 'app.roles': 'PATIENT', 'app.via': 'patient' },
      { 'app.subject': 'system:patient', 'app.roles': '', 'app.via': 'community' },
      { 'app.subject': 'system:patient', 'app.roles': '', 'app.via': '' },
    ];
    for (const caller of callers) {
      for (const setting of ['app.subject', 'app.roles', 'app.via'])
        await client.query('select set_config($1, $2, false)', [setting, caller[setting] ?? '']);
      for (const call of [
        'data_of_patient($1, null)',
        'close_patient($1, true)',
        'erase_patient($1, null)',
        'traces_of_patient($1, null, now())',
      ]) {
        await expect(client.query(`select ${call}`, [about.patientId])).rejects.toThrow('Only the erasure');
      }
    }
  });

  test('is written by nobody for another, nor with another’s sign-in', async () => {
    const client = await on.serving('patient');
    const insert = (id: string, subject: string | null) =>
      client.query(
        `insert into erasure (id, patient_id, subject, asked_by_index, status, requested_at) values ($1, $2, $3, 'x', 'WAITING', now())`,
        [newId(), id, subject],
      );
    const { subject } = about.identities['another patient'];
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', 'PATIENT', false)`, [
      subject,
    ]);
    await expect(insert(about.patientId, subject)).rejects.toThrow('row-level security');
    const { rows } = await on.admin.query('select id from patient.patient where subject = $1', [subject]);
    await expect(insert(rows[0].id, about.identities['the patient'].subject)).rejects.toThrow('row-level security');
    await expect(insert(rows[0].id, null)).rejects.toThrow('row-level security');
    expect((await client.query('select from erasure')).rows).toEqual([]);
  });
});
