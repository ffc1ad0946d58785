import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { databaseSecret } from '../../../scripts/prepare.js';
import { type ApiUnderTest, startApi } from '../../../tests/api.js';
import type { Answer, Person } from '../../../tests/client.js';
import { servingUrl, withClient } from '../../common/migrate.js';
import { patientId } from '../../common/seed.js';
import { readSettings } from '../../common/settings.js';
import { DEMO_PHYSICIAN_ID } from '../demo.js';
import {
  announce,
  announcement,
  documentOf,
  filesIn,
  get,
  ownDocumentsFolder,
  put,
  somePdf,
  UPLOAD,
  upload,
} from './documents-under-test.js';

const [PATIENT, CHILD] = [patientId(0), patientId(2)];
const KINDS = [
  'IDENTITY',
  'DIAGNOSIS_CERTIFICATE',
  'MEDICAL_RECORD',
  'PRESCRIPTION',
  'INVOICE',
  'INCOME_PROOF',
] as const;
const MEDICAL = ['DIAGNOSIS_CERTIFICATE', 'MEDICAL_RECORD', 'PRESCRIPTION'];
const TREATMENT = '01934a3c-5800-7000-8000-0000000000e1';

const folder = ownDocumentsFolder();
let api: ApiUnderTest;
let patient: Person;
let caregiver: Person;
let reviewer: Person;
let physician: Person;
/** A stored document of each kind, of the patient; and one of the child. */
const ids: Record<string, string> = {};
let ofChild: string;
beforeAll(async () => {
  // in one run it is tried with the services' own checks and without
  const { ROW_RULES = 'on' } = globalThis as { ROW_RULES?: string };
  api = await startApi('one process', `documents_access_${ROW_RULES}`);
  [patient, caregiver, reviewer, physician] = (await Promise.all(
    ['patient', 'caregiver', 'reviewer', 'physician'].map((name) => api.person(name)),
  )) as [Person, Person, Person, Person];
  for (const kind of KINDS) ids[kind] = await upload(api, patient, PATIENT, somePdf(), { kind });
  ofChild = await upload(api, caregiver, CHILD);
});
afterAll(async () => {
  await api?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sql = (text: string, values: unknown[] = []) =>
  withClient(api.adminUrl, async (client) => (await client.query(text, values)).rows);
const treats = (until: string | null) =>
  sql(
    `insert into patient.treatment (source_id, patient_id, physician_id, until) values ($1, $2, $3, $4)
     on conflict (source_id) do update set until = excluded.until`,
    [TREATMENT, PATIENT, DEMO_PHYSICIAN_ID, until],
  );
/** A consent that was withdrawn stays so: to agree again is another one. */
const consents = (purpose: string, agrees: boolean) =>
  agrees
    ? sql(
        `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by) values (uuidv7(), $1, $2, 1, now(), 'demo-patient')`,
        [PATIENT, purpose],
      )
    : sql(
        `update patient.consent set withdrawn_at = now(), withdrawn_by = 'demo-patient'
         where patient_id = $1 and purpose = $2 and withdrawn_at is null`,
        [PATIENT, purpose],
      );
const scopes = (text: string) =>
  sql('update patient.care_relationship set scopes = $2 where patient_id = $1', [CHILD, text]);
const kindsSeen = async (who: Person): Promise<string[] | null> => {
  const { data } = await who.ask(
    'query($id: ID!) { patient(id: $id) { documents(first: 100) { totalCount nodes { kind status } } } }',
    { id: PATIENT },
  );
  const seen = data.patient?.documents;
  if (!seen) return null;
  expect(seen.totalCount).toBe(seen.nodes.length);
  return seen.nodes.map(({ kind }: { kind: string }) => kind).sort();
};
const urlFor = async (who: Person, id: string): Promise<string> => (await documentOf(who, id)).downloadUrl;
/** Nothing was done, whether the service said so or the database did. */
const expectRefused = ({ data, errors }: Answer, mutation: string) => {
  if (data[mutation]) expect(data[mutation]).toMatchObject({ code: 'NOT_FOUND' });
  else expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
};
const counted = async () => (await sql('select count(*)::int as count from patient.document'))[0].count as number;

describe('documents of a patient', () => {
  test('are seen by the patient, all of them', async () => {
    expect(await kindsSeen(patient)).toEqual([...KINDS].sort());
  });

  test.each([
    'other-patient',
    'caregiver',
    'finance',
    'pharmacist',
    'admin',
    'moderator',
  ])('are nothing to %s: by list, by id, or to delete', async (name) => {
    const stranger = await api.person(name);
    expect(await kindsSeen(stranger)).toBeNull();
    const { data } = await stranger.ask('query($id: ID!) { document(id: $id) { id } }', { id: ids.INVOICE });
    expect(data.document).toBeNull();
    expectRefused(
      await stranger.mutate('deleteDocument', { documentId: ids.INVOICE, expectedVersion: 2 }, ''),
      'deleteDocument',
    );
    const before = await counted();
    expectRefused(
      await stranger.mutate('requestDocumentUpload', announcement(PATIENT, somePdf()), UPLOAD),
      'requestDocumentUpload',
    );
    expect(await counted()).toBe(before);
  });

  test('and those that there are not answer alike', async () => {
    const other = await api.person('other-patient');
    const nobody = '01934a3c-5800-7000-8000-0000000000ff';
    const tried = async (documentId: string) =>
      (await other.mutate('deleteDocument', { documentId, expectedVersion: 2 }, '')).data;
    expect(await tried(ids.INVOICE as string)).toEqual(await tried(nobody));
  });

  test('are seen by a reviewer who works on an application of the patient, while the patient agrees', async () => {
    expect(await kindsSeen(reviewer)).toEqual([...KINDS].sort());
    const url = await urlFor(reviewer, ids.INCOME_PROOF as string);
    expect((await get(api, url)).status).toBe(200);
    await consents('AID_REVIEW', false);
    expect(await kindsSeen(reviewer)).toBeNull();
    expect(await documentOf(reviewer, ids.INCOME_PROOF as string)).toBeNull();
    expect((await get(api, url)).status).toBe(404);
    await consents('AID_REVIEW', true);
    expect((await get(api, url)).status).toBe(200);
  });

  test('of which the file has not come are seen by the patient’s side alone', async () => {
    const { document } = await announce(patient, PATIENT, somePdf());
    expect((await documentOf(patient, document.id)).status).toBe('AWAITING_UPLOAD');
    expect(await documentOf(reviewer, document.id)).toBeNull();
  });

  test('are seen by a physician who treats the patient, the medical ones, while the treatment and the consent last', async () => {
    await sql('delete from patient.treatment where patient_id = $1', [PATIENT]);
    expect(await kindsSeen(physician)).toBeNull();
    await treats(null);
    expect(await kindsSeen(physician)).toEqual(MEDICAL);
    expect(await documentOf(physician, ids.INVOICE as string)).toBeNull();
    const url = await urlFor(physician, ids.MEDICAL_RECORD as string);
    expect((await get(api, url)).status).toBe(200);
    await consents('TREATMENT', false);
    expect((await get(api, url)).status).toBe(404);
    await consents('TREATMENT', true);
    expect((await get(api, url)).status).toBe(200);
    await treats(new Date(Date.now() - 1_000).toISOString());
    expect((await get(api, url)).status).toBe(404);
    expect(await kindsSeen(physician)).toBeNull();
  });

  test.each(['reviewer', 'physician'])('are not added and not deleted by a %s who sees them', async (name) => {
    await treats(null);
    const who = await api.person(name);
    expect(await documentOf(who, ids.MEDICAL_RECORD as string)).toMatchObject({ status: 'STORED', allowedActions: [] });
    const before = await counted();
    expectRefused(
      await who.mutate('deleteDocument', { documentId: ids.MEDICAL_RECORD, expectedVersion: 2 }, ''),
      'deleteDocument',
    );
    expectRefused(
      await who.mutate('requestDocumentUpload', announcement(PATIENT, somePdf()), UPLOAD),
      'requestDocumentUpload',
    );
    expect(await counted()).toBe(before);
    expect((await documentOf(patient, ids.MEDICAL_RECORD as string)).status).toBe('STORED');
  });
});

describe('a caregiver', () => {
  test.each([
    ['{VIEW,CARE}', true],
    ['{VIEW,APPLY}', true],
    ['{VIEW}', false],
    ['{VIEW,ORDER}', false],
  ])('with %s may add and delete: %s', async (text, may) => {
    await scopes('{VIEW,APPLY,ORDER,CARE}');
    const file = somePdf();
    const { uploadUrl, document } = await announce(caregiver, CHILD, file);
    await scopes(text);
    const stored = filesIn(folder).length;
    // also by a URL that was given before
    expect((await put(api, uploadUrl, file)).status).toBe(may ? 201 : 404);
    expect(filesIn(folder)).toHaveLength(may ? stored + 1 : stored);
    const seen = await documentOf(caregiver, document.id);
    expect(seen).toMatchObject({ status: may ? 'STORED' : 'AWAITING_UPLOAD', allowedActions: may ? ['DELETE'] : [] });
    const removed = await caregiver.mutate(
      'deleteDocument',
      { documentId: document.id, expectedVersion: seen.version },
      '',
    );
    const added = await caregiver.mutate('requestDocumentUpload', announcement(CHILD, somePdf()), UPLOAD);
    if (may) {
      expect(removed.data.deleteDocument.__typename).toBe('PatientDocument');
      expect(added.data.requestDocumentUpload.__typename).toBe('DocumentUpload');
    } else {
      expectRefused(removed, 'deleteDocument');
      expectRefused(added, 'requestDocumentUpload');
      expect((await documentOf(caregiver, document.id)).status).toBe('AWAITING_UPLOAD');
    }
  });

  test('who may no longer see the patient reads nothing by a URL of before, and sends nothing', async () => {
    await scopes('{VIEW,APPLY,ORDER,CARE}');
    const file = somePdf();
    const url = await urlFor(caregiver, ofChild);
    const { uploadUrl } = await announce(caregiver, CHILD, file);
    expect((await get(api, url)).status).toBe(200);
    const revoked = (when: string) =>
      sql(`update patient.care_relationship set revoked_at = ${when} where patient_id = $1`, [CHILD]);
    await revoked('now()');
    expect((await get(api, url)).status).toBe(404);
    expect((await put(api, uploadUrl, file)).status).toBe(404);
    expect(await documentOf(caregiver, ofChild)).toBeNull();
    await revoked('null');
    expect((await get(api, url)).status).toBe(200);
  });
});

test('that a file was read by somebody else is written down; that the patient read it is not', async () => {
  const id = ids.IDENTITY as string;
  const logged = () =>
    sql(
      `select subject, role, purpose from patient.access_log where record_id = $1 and record = 'PatientDocument' and fields = '{content}'`,
      [id],
    );
  expect((await get(api, await urlFor(patient, id))).status).toBe(200);
  expect(await logged()).toEqual([]);
  expect((await get(api, await urlFor(reviewer, id))).status).toBe(200);
  expect(await logged()).toEqual([{ subject: 'demo-reviewer', role: 'REVIEWER', purpose: 'AID_REVIEW' }]);
});

describe('the database alone', () => {
  const serving = (settings: Record<string, string>, text: string, values: unknown[] = []) =>
    withClient(
      servingUrl(api.adminUrl, 'patient', databaseSecret(readSettings({ KEYS_DIR: api.keysDir }))),
      async (client) => {
        for (const [setting, value] of Object.entries(settings))
          await client.query('select set_config($1, $2, false)', [`app.${setting}`, value]);
        return client.query(text, values);
      },
    );
  const own = { subject: 'demo-patient', roles: 'PATIENT' };
  const works = { subject: 'demo-reviewer', roles: 'REVIEWER', patients: PATIENT };
  const treating = { subject: 'demo-physician', roles: 'PHYSICIAN' };

  test('shows who works on an application what they need, and who does not nothing', async () => {
    const kinds = async (who: Record<string, string>) =>
      (await serving(who, 'select kind from document where patient_id = $1 order by kind', [PATIENT])).rows.map(
        ({ kind }) => kind,
      );
    await treats(null);
    expect(new Set(await kinds(works))).toEqual(new Set(KINDS));
    expect(await kinds(treating)).toEqual(MEDICAL);
    expect(await kinds({ ...works, roles: 'PHARMACIST' })).toEqual([]);
    expect(await kinds({ ...works, roles: 'FINANCE,ADMIN' })).toEqual([]);
    await consents('AID_REVIEW', false);
    expect(await kinds(works)).toEqual([]);
    await consents('AID_REVIEW', true);
  });

  test.each([
    ['a reviewer', works],
    ['a physician', treating],
  ])('lets %s change nothing', async (_, who) => {
    await treats(null);
    const { rowCount } = await serving(
      who,
      `update document set status = 'DELETED', file_name_sealed = null, object_key = null, data_key_sealed = null`,
    );
    expect(rowCount).toBe(0);
  });

  test('lets nobody delete a row, or say of a document what was not announced', async () => {
    await expect(serving(own, 'delete from document')).rejects.toThrow('permission denied');
    for (const column of ['patient_id', 'kind', 'sha256', 'byte_size', 'media_type'])
      await expect(serving(own, `update document set ${column} = ${column}`)).rejects.toThrow('permission denied');
  });

  test.each([
    ['what is stored be awaited again', `status = 'AWAITING_UPLOAD', object_key = null, data_key_sealed = null`],
    ['another file take its place', 'object_key = uuidv7()'],
  ])('does not let %s', async (_, change) => {
    await expect(serving(own, `update document set ${change} where id = $1`, [ids.INVOICE])).rejects.toThrow(
      'This cannot become of the document',
    );
  });

  test('does not let the name or the key stand unsealed', async () => {
    for (const column of ['file_name_sealed', 'data_key_sealed'])
      await expect(
        serving(own, `update document set ${column} = 'clear' where id = $1`, [ids.INVOICE]),
      ).rejects.toThrow('check');
  });

  test('lets the system write down what has expired, and nothing else', async () => {
    const system = { subject: 'system:patient', roles: 'SYSTEM' };
    await expect(
      serving(
        system,
        `update document set status = 'DELETED', file_name_sealed = null where status = 'AWAITING_UPLOAD'`,
      ),
    ).rejects.toThrow('row-level security');
    expect((await serving(system, `update document set version = version where status = 'STORED'`)).rowCount).toBe(0);
  });
});
