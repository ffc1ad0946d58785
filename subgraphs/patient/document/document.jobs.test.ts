import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { patientId } from '../../common/seed.js';
import type { PatientContext } from '../context.js';
import { collectOrphans, removeObject } from './document.jobs.js';
import { newObjectKey } from './document-store.js';
import { announcement, filesIn, ownDocumentsFolder, somePdf } from './documents-under-test.js';

const PATIENT = patientId(0);
const folder = ownDocumentsFolder();
let subgraphs: SubgraphsUnderTest;
beforeAll(async () => {
  subgraphs = await openSubgraphs('documents_jobs');
});
afterAll(async () => {
  await subgraphs?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const patient = person('demo-patient', 'PATIENT');
const asSystem = (work: (context: PatientContext) => Promise<void>) =>
  subgraphs.get('patient').asItself((context) => work(context as PatientContext));
const collect = () => asSystem((context) => collectOrphans({}, context));
const REQUEST = `mutation($input: RequestDocumentUploadInput!) { requestDocumentUpload(input: $input) {
  __typename ... on DocumentUpload { uploadUrl document { id status version } } } }`;
const announced = async (idempotencyKey: string = crypto.randomUUID(), change: object = {}) => {
  const input = { ...announcement(PATIENT, Buffer.from('a')), ...change, idempotencyKey };
  const { data } = await subgraphs.execute('patient', patient, REQUEST, { input });
  return data.requestDocumentUpload;
};
const statusOf = async (id: string): Promise<{ status: string; version: number }> =>
  (await subgraphs.execute('patient', patient, 'query($id: ID!) { document(id: $id) { status version } }', { id })).data
    .document;
const expire = (id: string, ago: string) =>
  subgraphs.admin.query(`update patient.document set expires_at = now() - $2::interval where id = $1`, [id, ago]);
/** Lets a document be stored, without a file. @returns its key in the store */
async function stored(id: string): Promise<string> {
  const key = newObjectKey();
  await subgraphs.admin.query(
    `update patient.document set status = 'STORED', object_key = $2, data_key_sealed = 'v1.x', uploaded_at = now() where id = $1`,
    [id, key],
  );
  return key;
}
function fileOf(name: string, minutesAgo: number): string {
  const file = join(folder, name);
  writeFileSync(file, 'x');
  const at = new Date(Date.now() - minutesAgo * 60_000);
  utimesSync(file, at, at);
  return name;
}

test('what belongs to no document is removed after an hour, and nothing else', async () => {
  const { document } = await announced();
  const kept = [
    fileOf(await stored(document.id), 600),
    fileOf(newObjectKey(), 50),
    fileOf(`${newObjectKey()}.part`, 50),
    fileOf('README', 600),
  ];
  fileOf(newObjectKey(), 70);
  fileOf(`${newObjectKey()}.part`, 70);
  await collect();
  expect(filesIn(folder)).toEqual(kept.sort());
  await collect();
  expect(filesIn(folder)).toEqual(kept.sort());
});

test('a file whose document stands is not removed, whatever a job says', async () => {
  const { document } = await announced();
  const key = fileOf(await stored(document.id), 600);
  const orphan = fileOf(newObjectKey(), 0);
  await asSystem((context) => removeObject({ objectKey: key }, context));
  await asSystem((context) => removeObject({ objectKey: orphan }, context));
  await asSystem((context) => removeObject({ objectKey: orphan }, context));
  expect(filesIn(folder)).toContain(key);
  expect(filesIn(folder)).not.toContain(orphan);
});

test('an upload that can begin no more has expired at once, and is written down as such when none can be under way', async () => {
  const [just, long, never] = [await announced(), await announced(), await announced()];
  await expire(just.document.id, '1 second');
  await expire(long.document.id, '61 minutes');
  expect(await statusOf(just.document.id)).toEqual({ status: 'EXPIRED', version: 1 });
  await collect();
  expect(await statusOf(just.document.id)).toEqual({ status: 'EXPIRED', version: 1 });
  expect(await statusOf(long.document.id)).toEqual({ status: 'EXPIRED', version: 2 });
  expect(await statusOf(never.document.id)).toEqual({ status: 'AWAITING_UPLOAD', version: 1 });
});

test('the same key lets it begin anew until it was written down that it has expired', async () => {
  const key = crypto.randomUUID();
  const { document } = await announced(key);
  await expire(document.id, '10 minutes');
  expect(await announced(key)).toMatchObject({
    uploadUrl: expect.any(String),
    document: { status: 'AWAITING_UPLOAD' },
  });
  await expire(document.id, '61 minutes');
  await collect();
  expect(await announced(key)).toMatchObject({ uploadUrl: null, document: { id: document.id, status: 'EXPIRED' } });
});

test('500 documents of a patient are kept, also of those announced at the same time', async () => {
  const count = async () =>
    (
      await subgraphs.admin.query<{ count: number }>(
        `select count(*)::int as count from patient.document where patient_id = $1 and status in ('AWAITING_UPLOAD', 'STORED')`,
        [PATIENT],
      )
    ).rows[0]?.count as number;
  await subgraphs.admin.query(
    `insert into patient.document (id, patient_id, kind, media_type, byte_size, sha256, status, file_name_sealed, requested_at, expires_at)
     select uuidv7(), patient_id, kind, media_type, byte_size, sha256, 'AWAITING_UPLOAD', 'v1.x', now(), now() from patient.document, generate_series(1, $2)
     where id = (select min(id::text)::uuid from patient.document where patient_id = $1)`,
    [PATIENT, 497 - (await count())],
  );
  const answers = await Promise.all(Array.from({ length: 6 }, () => announced()));
  expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
    ...Array(3).fill('DocumentUpload'),
    ...Array(3).fill('TooManyDocuments'),
  ]);
  expect(await count()).toBe(500);
});

test('the fund asks which kinds are stored of a patient whom the caller may see, and nobody else asks', async () => {
  const asking = (who: Identity, via = 'fund'): Identity => ({
    ...who,
    scopes: [...who.scopes, `service:${via}`],
    via,
  });
  const kinds = async (who: Identity) =>
    (
      await subgraphs.execute(
        'patient',
        who,
        'query($id: ID!) { documentKinds(patientIds: [$id]) { patientId kinds } }',
        {
          id: PATIENT,
        },
      )
    ).data?.documentKinds;
  await subgraphs.admin.query('delete from patient.document where patient_id = $1', [PATIENT]);
  for (const kind of ['INVOICE', 'IDENTITY', 'INVOICE'])
    await stored((await announced(undefined, { kind })).document.id);
  await announced(undefined, { kind: 'INCOME_PROOF' });
  expect(await kinds(asking(patient))).toEqual([{ patientId: PATIENT, kinds: ['INVOICE', 'IDENTITY'] }]);
  expect(await kinds(asking(person('demo-other-patient', 'PATIENT')))).toEqual([]);
  expect(await kinds(patient)).toBeUndefined();
  expect(await kinds(asking(patient, 'pharmacy'))).toBeUndefined();
});

test('a name of a file is told only to who may see the document, and is sealed with its row', async () => {
  const { document } = await announced(undefined, announcement(PATIENT, somePdf(), { fileName: 'a name.pdf' }));
  const name = async (id: string) =>
    subgraphs.execute('patient', patient, 'query($id: ID!) { document(id: $id) { id fileName } }', { id });
  expect((await name(document.id)).data.document.fileName).toBe('a name.pdf');
  const other = await announced();
  await subgraphs.admin.query(
    'update patient.document d set file_name_sealed = o.file_name_sealed from patient.document o where d.id = $1 and o.id = $2',
    [other.document.id, document.id],
  );
  const swapped = await name(other.document.id);
  expect(swapped.data.document.fileName).toBeNull();
  expect(swapped.errors).toMatchObject([{ extensions: { code: 'DATA_UNREADABLE' } }]);
});
