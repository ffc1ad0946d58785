import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi, WAYS } from '../../../tests/api.js';
import type { Person } from '../../../tests/client.js';
import { until } from '../../../tests/until.js';
import { ANONYMOUS } from '../../common/identity.js';
import { withClient } from '../../common/migrate.js';
import { Locale } from '../../common/scalars.js';
import { readFieldKeys } from '../../common/sealed.js';
import { patientId } from '../../common/seed.js';
import { requestHead, Signer } from '../../common/signature.js';
import { downloadUrl, uploadOf } from './document-link.js';
import {
  announce,
  announcement,
  begun,
  DOCUMENT,
  documentOf,
  filesIn,
  get,
  largeJpeg,
  ownDocumentsFolder,
  put,
  somePdf,
  UPLOAD,
  upload,
} from './documents-under-test.js';
import { jpeg, pdf, png, sha256Of, zip } from './samples-under-test.js';

const [PATIENT, CHILD] = [patientId(0), patientId(2)];

describe.each(WAYS)('documents in %s', (way) => {
  const folder = ownDocumentsFolder();
  let api: ApiUnderTest;
  let patient: Person;
  beforeAll(async () => {
    process.env.DOCUMENTS_DIR = folder;
    api = await startApi(way, 'documents');
    patient = await api.person('patient');
  });
  afterAll(async () => {
    await api?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const sql = (text: string, values: unknown[] = []) =>
    withClient(api.adminUrl, async (client) => (await client.query(text, values)).rows);
  const keyOf = async (id: string): Promise<string> =>
    (await sql('select object_key from patient.document where id = $1', [id]))[0].object_key;
  const unfinished = () => filesIn(folder).filter((name) => name.endsWith('.part'));

  test('a file is announced, sent, and read as it was, by a URL that tells nothing', async () => {
    const file = somePdf();
    const announced = await announce(patient, PATIENT, file);
    expect(announced).toMatchObject({
      __typename: 'DocumentUpload',
      uploadUrl: expect.stringMatching(/^\/documents\/[\w.-]+$/),
      headers: [{ name: 'Content-Type', value: 'application/pdf' }],
      document: {
        kind: 'DIAGNOSIS_CERTIFICATE',
        fileName: '诊断证明.pdf',
        mediaType: 'PDF',
        byteSize: file.length,
        sha256: sha256Of(file),
        status: 'AWAITING_UPLOAD',
        uploadedAt: null,
        downloadUrl: null,
        version: 1,
        allowedActions: ['UPLOAD', 'DELETE'],
      },
    });
    const lives = Date.parse(announced.expiresAt) - Date.now();
    expect(lives).toBeGreaterThan(14 * 60_000);
    expect(lives).toBeLessThanOrEqual(15 * 60_000);

    const sent = await put(api, announced.uploadUrl, file, { 'content-type': 'application/pdf' });
    expect(sent).toMatchObject({ status: 201, body: { document: { id: announced.document.id, status: 'STORED' } } });

    const stored = await documentOf(patient, announced.document.id);
    expect(stored).toMatchObject({ status: 'STORED', version: 2, allowedActions: ['DELETE'] });
    const { status, headers, bytes } = await get(api, stored.downloadUrl);
    expect(status).toBe(200);
    expect(bytes.equals(file)).toBe(true);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(file.length),
      'content-disposition': `attachment; filename="document.pdf"; filename*=UTF-8''${encodeURIComponent('诊断证明.pdf')}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'cache-control': 'private, no-store',
      'access-control-allow-origin': '*',
    });
    for (const url of [announced.uploadUrl, stored.downloadUrl]) {
      const said = Buffer.from(url.split('.').at(-1), 'base64url').toString('latin1') + url;
      for (const told of ['demo-patient', announced.document.id, PATIENT, 'PATIENT']) expect(said).not.toContain(told);
    }
  });

  test.each([
    ['JPEG', jpeg()],
    ['PNG', png()],
    ['JPEG', largeJpeg(3_000_000)],
  ])('a %s is taken and given back', async (mediaType, file) => {
    const id = await upload(api, patient, PATIENT, file, { mediaType, fileName: 'a.b' });
    const { bytes, headers } = await get(api, (await documentOf(patient, id)).downloadUrl);
    expect(bytes.equals(file)).toBe(true);
    expect(headers.get('content-type')).toBe(`image/${mediaType.toLowerCase()}`);
  });

  test('the folder and the database hold neither content nor name in clear', async () => {
    const file = pdf('% PLAINTEXT-OF-A-PERSON');
    const id = await upload(api, patient, PATIENT, file, { fileName: 'NAME-OF-A-PERSON.pdf' });
    const stored = join(folder, await keyOf(id));
    expect(readFileSync(stored).includes('PLAINTEXT')).toBe(false);
    expect(statSync(stored).mode & 0o777).toBe(0o600);
    const rows = await sql(
      'select to_jsonb(d)::text as row from patient.document d union all select to_jsonb(k)::text from patient.idempotency_key k',
    );
    expect(rows.map(({ row }) => row).join('\n')).not.toContain('NAME-OF-A-PERSON');
  });

  test('a caregiver does it for whom they care for', async () => {
    const caregiver = await api.person('caregiver');
    const id = await upload(api, caregiver, CHILD);
    expect(await documentOf(caregiver, id)).toMatchObject({ status: 'STORED', allowedActions: ['DELETE'] });
  });

  test('the same key gives the same document, with a URL that works while nothing was sent', async () => {
    const file = somePdf();
    const input = { ...announcement(PATIENT, file), idempotencyKey: randomUUID() };
    const first = await patient.mutate('requestDocumentUpload', input, UPLOAD);
    const again = await patient.mutate('requestDocumentUpload', input, UPLOAD);
    const [one, two] = [first, again].map(({ data }) => data.requestDocumentUpload);
    expect(again.extensions).toMatchObject({ idempotentReplay: true });
    expect(two.document.id).toBe(one.document.id);
    expect(two.uploadUrl).not.toBe(one.uploadUrl);
    expect(Date.parse(two.expiresAt)).toBeGreaterThanOrEqual(Date.parse(one.expiresAt));
    expect((await put(api, two.uploadUrl, file)).status).toBe(201);
    const third = await patient.does('requestDocumentUpload', input, UPLOAD);
    expect(third).toMatchObject({ uploadUrl: null, expiresAt: null, headers: [], document: { status: 'STORED' } });
    const other = await patient.does('requestDocumentUpload', { ...input, fileName: 'other.pdf' }, UPLOAD);
    expect(other).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  describe('a file is not taken', () => {
    /** @returns the document afterwards, of which nothing is stored */
    const refused = async (file: Buffer, change: Record<string, unknown> = {}) => {
      const before = filesIn(folder);
      const { uploadUrl, document } = await announce(patient, PATIENT, file, change);
      const { status, body } = await put(api, uploadUrl, file);
      const after = await documentOf(patient, document.id);
      expect(filesIn(folder)).toEqual(before);
      expect(after.downloadUrl).toBeNull();
      expect(body.errors).toMatchObject([
        {
          message: expect.any(String),
          extensions: { code: 'BAD_USER_INPUT', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
        },
      ]);
      return { status, after, extensions: body.errors[0].extensions, again: await put(api, uploadUrl, file) };
    };

    test.each<[string, Buffer, Record<string, unknown>, string]>([
      ['with another hash', somePdf(), { sha256: 'ab'.repeat(32) }, 'WRONG_HASH'],
      ['of another type', png(), {}, 'WRONG_TYPE'],
      ['with something in front', Buffer.concat([Buffer.from('\n'), pdf()]), {}, 'WRONG_TYPE'],
      ['without its end', jpeg().subarray(0, -4), { mediaType: 'JPEG' }, 'DAMAGED'],
      ['with an archive behind', Buffer.concat([png(), zip()]), { mediaType: 'PNG' }, 'FOREIGN_CONTENT'],
      ['that is an image bomb', png(3, 2, [60_000, 60_000]), { mediaType: 'PNG' }, 'TOO_MANY_PIXELS'],
      [
        'that is a large image bomb',
        jpeg(65_000, 65_000, Buffer.alloc(5_000_000)),
        { mediaType: 'JPEG' },
        'TOO_MANY_PIXELS',
      ],
      ['with a script', pdf('<< /S /JavaScript >>'), {}, 'ACTIVE_CONTENT'],
      ['with a password', pdf('', { trailer: '/Encrypt 9 0 R' }), {}, 'ENCRYPTED'],
    ])('%s: it is refused for good, and says why', async (_, file, change, because) => {
      const { status, after, extensions, again } = await refused(file, change);
      expect(status).toBe(422);
      expect(extensions.refusedBecause).toBe(because);
      expect(after).toMatchObject({ status: 'REFUSED', refusedBecause: because, allowedActions: ['DELETE'] });
      expect(again.status).toBe(409);
    });

    test('that is longer or shorter than announced: it may be sent rightly after that', async () => {
      const file = somePdf();
      const before = filesIn(folder);
      const { uploadUrl } = await announce(patient, PATIENT, file);
      expect((await put(api, uploadUrl, Buffer.concat([file, file]))).status).toBe(413);
      expect((await put(api, uploadUrl, file.subarray(1))).status).toBe(400);
      expect((await put(api, uploadUrl, Buffer.alloc(30 * 1024 * 1024))).status).toBe(413);
      expect(filesIn(folder)).toEqual(before);
      expect((await put(api, uploadUrl, file)).status).toBe(201);
    });

    test('of which nobody says how long it is', async () => {
      const file = somePdf();
      const { uploadUrl } = await announce(patient, PATIENT, file);
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const sending = request(api.url + uploadUrl, { method: 'PUT' }, (response) => {
          resolve(response.statusCode);
          response.resume();
        });
        // it may be told before all of it was sent
        sending.on('error', reject);
        sending.write(file);
        sending.end();
      });
      expect(status).toBe(411);
      expect((await put(api, uploadUrl, file)).status).toBe(201);
    });

    test.each([
      ['fileName', '../../etc/passwd'],
      ['fileName', 'a\u202efdp.exe'],
      ['byteSize', 0],
      ['byteSize', 21_000_000],
      ['sha256', 'abc'],
    ])('whose %s is wrong when it is announced: %j', async (field, value) => {
      const answer = await announce(patient, PATIENT, somePdf(), { [field]: value });
      expect(answer).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
    });
  });

  test('of many uploads at once to one URL one is stored, and nothing stays of the others', async () => {
    const file = largeJpeg(300_000);
    const before = filesIn(folder).length;
    const { uploadUrl, document } = await announce(patient, PATIENT, file, { mediaType: 'JPEG' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => put(api, uploadUrl, file)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    await until(() => filesIn(folder).length === before + 1);
    const { bytes } = await get(api, (await documentOf(patient, document.id)).downloadUrl);
    expect(bytes.equals(file)).toBe(true);
    expect((await put(api, uploadUrl, file)).body.errors[0].message).toContain('sent to this URL before');
  });

  test.each([
    ['before its first byte', 0],
    ['after a few bytes', 10],
    ['in its middle', 150_000],
    ['before its last byte', -1],
  ])('an upload that breaks off %s leaves nothing, and can be made again', async (_, bytes) => {
    const file = largeJpeg(300_000);
    const before = filesIn(folder);
    const { uploadUrl, document } = await announce(patient, PATIENT, file, { mediaType: 'JPEG' });
    const sending = await begun(api, uploadUrl, file.length, file.subarray(0, bytes));
    if (bytes !== 0) await until(() => unfinished().length > 0);
    sending.destroy();
    await until(() => filesIn(folder).length === before.length);
    expect(await documentOf(patient, document.id)).toMatchObject({ status: 'AWAITING_UPLOAD', version: 1 });
    expect((await put(api, uploadUrl, file)).status).toBe(201);
  });

  describe('a URL', () => {
    let url: { uploadUrl: string; downloadUrl: string };
    const file = somePdf();
    beforeAll(async () => {
      const { uploadUrl, document } = await announce(patient, PATIENT, file);
      await put(api, uploadUrl, file);
      const waiting = await announce(patient, PATIENT, file);
      url = { uploadUrl: waiting.uploadUrl, downloadUrl: (await documentOf(patient, document.id)).downloadUrl };
    });

    test.each<[string, () => string]>([
      ['that was changed', () => `${url.downloadUrl.slice(0, -2)}${url.downloadUrl.endsWith('AA') ? 'BB' : 'AA'}`],
      ['that was cut off', () => url.downloadUrl.slice(0, -20)],
      ['that is for sending', () => url.uploadUrl],
      ['that says more', () => `${url.downloadUrl}?x=1`],
      ['that says a folder', () => '/documents/%2e%2e/%2e%2e/etc/passwd'],
      ['that says nothing', () => '/documents/'],
      ['that is long', () => `/documents/v1.${'a'.repeat(10_000)}`],
    ])('%s shows nothing', async (_, wrong) => {
      const { status, body } = await get(api, wrong());
      expect(status).toBe(404);
      expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', traceId: expect.any(String) } }]);
    });

    test('that is for reading takes nothing in', async () => {
      expect((await put(api, url.downloadUrl, file)).status).toBe(404);
    });

    test('that has expired is good for nothing, and says so', async () => {
      const keys = readFieldKeys(api.keysDir);
      const identity = { subject: 'demo-patient', roles: ['PATIENT'], scopes: [] } as const;
      const { document } = await announce(patient, PATIENT, file);
      const late = { ...document, expiresAt: new Date(Date.now() - 1_000).toISOString() };
      const sent = await put(api, uploadOf(keys, identity, late).uploadUrl as string, file);
      expect(sent).toMatchObject({ status: 410, body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } });
      expect((await documentOf(patient, document.id)).status).toBe('AWAITING_UPLOAD');
      const stored = await documentOf(patient, await upload(api, patient, PATIENT));
      const made = (minutesAgo: number) =>
        downloadUrl(keys, identity, stored, new Date(Date.now() - minutesAgo * 60_000)) as string;
      expect((await get(api, made(5.1))).status).toBe(410);
      expect((await get(api, made(4.9))).status).toBe(200);
    });

    test('of a document whose ticket was written down as expired takes nothing in', async () => {
      const { uploadUrl, document } = await announce(patient, PATIENT, file);
      await sql(`update patient.document set status = 'EXPIRED' where id = $1`, [document.id]);
      expect((await put(api, uploadUrl, file)).status).toBe(410);
    });

    test('takes the methods that it is for, also from pages of other origins', async () => {
      const sent = await fetch(api.url + url.uploadUrl, { method: 'POST', body: 'a' });
      expect([sent.status, sent.headers.get('allow')]).toEqual([405, 'GET, PUT, OPTIONS']);
      const preflight = await fetch(api.url + url.uploadUrl, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
      expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
    });

    test('needs no token; with one, it is that of who was given it', async () => {
      const other = await api.person('other-patient');
      const as = async (token: string | undefined) =>
        (await get(api, url.downloadUrl, { authorization: `Bearer ${token}` })).status;
      expect(await as(patient.token)).toBe(200);
      expect(await as(other.token)).toBe(404);
      expect(await as('a.b.c')).toBe(401);
      expect((await put(api, url.uploadUrl, file, { authorization: `Bearer ${other.token}` })).status).toBe(404);
    });
  });

  test('a deleted document is gone: its URLs, its file, its name', async () => {
    const file = somePdf();
    const { uploadUrl, document } = await announce(patient, PATIENT, file);
    await put(api, uploadUrl, file);
    const { downloadUrl } = await documentOf(patient, document.id);
    const key = await keyOf(document.id);
    const stale = await patient.does(
      'deleteDocument',
      { documentId: document.id, expectedVersion: 1 },
      '... on StaleVersion { currentVersion }',
    );
    expect(stale).toMatchObject({ code: 'STALE_VERSION', currentVersion: 2 });
    const deleted = await patient.does(
      'deleteDocument',
      { documentId: document.id, expectedVersion: 2 },
      `... on PatientDocument { ${DOCUMENT} }`,
    );
    expect(deleted).toMatchObject({
      status: 'DELETED',
      fileName: null,
      downloadUrl: null,
      allowedActions: [],
      version: 3,
    });
    expect((await get(api, downloadUrl)).status).toBe(404);
    expect((await put(api, uploadUrl, file)).status).toBe(404);
    await until(() => !filesIn(folder).includes(key));
    const { data } = await patient.ask(
      'query($id: ID!) { patient(id: $id) { documents(first: 100) { nodes { id } } } }',
      { id: PATIENT },
    );
    expect(data.patient.documents.nodes.map(({ id }: { id: string }) => id)).not.toContain(document.id);
    const again = await patient.does('deleteDocument', { documentId: document.id, expectedVersion: 3 }, '');
    expect(again).toMatchObject({ code: 'WRONG_STATE' });
  });

  test('a document that was deleted while its file was being sent takes none in', async () => {
    const file = largeJpeg(300_000);
    const before = filesIn(folder);
    const { uploadUrl, document } = await announce(patient, PATIENT, file, { mediaType: 'JPEG' });
    const sending = await begun(api, uploadUrl, file.length, file.subarray(0, 200_000));
    await until(() => unfinished().length > 0);
    await patient.does('deleteDocument', { documentId: document.id, expectedVersion: 1 }, '');
    const status = await new Promise((resolve) => {
      sending.on('response', (response) => resolve(response.resume().statusCode));
      sending.end(file.subarray(200_000));
    });
    expect(status).toBe(404);
    expect(filesIn(folder)).toEqual(before);
  });

  test('a patient’s documents are listed newest first, page by page and by kind', async () => {
    const other = await api.person('other-patient');
    const ids: string[] = [];
    for (const kind of ['INVOICE', 'IDENTITY', 'INVOICE'])
      ids.push(await upload(api, other, patientId(1), somePdf(), { kind }));
    const page = async (args: string) => {
      const { data } = await other.ask(
        `{ me { patient { documents(${args}) { totalCount pageInfo { hasNextPage endCursor } nodes { id } } } } }`,
      );
      return data.me.patient.documents;
    };
    const first = await page('first: 2');
    expect(first).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: true },
      nodes: [{ id: ids[2] }, { id: ids[1] }],
    });
    expect((await page(`first: 2, after: "${first.pageInfo.endCursor}"`)).nodes).toEqual([{ id: ids[0] }]);
    expect(await page('kind: INVOICE')).toMatchObject({ totalCount: 2, nodes: [{ id: ids[2] }, { id: ids[0] }] });
  });

  // what lies in the folder is the same either way
  if (way === 'one process') {
    describe('a stored file', () => {
      const file = largeJpeg(200_000);
      const change = { mediaType: 'JPEG' };
      const storedAt = async (id: string) => join(folder, await keyOf(id));
      const read = async (id: string) => get(api, (await documentOf(patient, id)).downloadUrl);

      test.each<[string, (stored: string) => Promise<void> | void]>([
        ['that was cut off', (stored) => truncateSync(stored, 70_000)],
        ['that lost its end', (stored) => truncateSync(stored, statSync(stored).size - 65_552)],
        ['that was emptied', (stored) => truncateSync(stored, 0)],
        ['that something was added to', (stored) => writeFileSync(stored, Buffer.alloc(16), { flag: 'a' })],
        ['that is not there', (stored) => rmSync(stored)],
        ['of which the first byte was changed', (stored) => writeFileSync(stored, changedAt(readFileSync(stored), 0))],
        [
          'in whose place another document’s lies',
          async (stored) =>
            writeFileSync(stored, readFileSync(await storedAt(await upload(api, patient, PATIENT, file, change)))),
        ],
      ])('%s gives no data, says so, and stays as it is', async (_, damage) => {
        const id = await upload(api, patient, PATIENT, file, change);
        const before = await sql('select to_jsonb(d)::text as row from patient.document d where id = $1', [id]);
        await damage(await storedAt(id));
        const { status, body } = await read(id);
        expect(status).toBe(500);
        expect(body).toEqual({
          errors: [
            {
              message: expect.stringContaining('damaged'),
              extensions: { code: 'DATA_UNREADABLE', traceId: expect.any(String) },
            },
          ],
        });
        expect(await sql('select to_jsonb(d)::text as row from patient.document d where id = $1', [id])).toEqual(
          before,
        );
      });

      test('that is damaged further on breaks off there, and does not look whole', async () => {
        const id = await upload(api, patient, PATIENT, file, change);
        const stored = await storedAt(id);
        writeFileSync(stored, changedAt(readFileSync(stored), 150_000));
        await expect(read(id)).rejects.toThrow();
      });

      test('whose key was put in from another document gives no data', async () => {
        const [id, other] = [
          await upload(api, patient, PATIENT, file, change),
          await upload(api, patient, PATIENT, file, change),
        ];
        await sql(
          'update patient.document d set data_key_sealed = o.data_key_sealed from patient.document o where d.id = $1 and o.id = $2',
          [id, other],
        );
        expect(await read(id)).toMatchObject({
          status: 500,
          body: { errors: [{ extensions: { code: 'DATA_UNREADABLE' } }] },
        });
      });
    });
  }

  if (way === 'many processes') {
    test('the subgraph itself answers only what the gateway has signed: this method, this path, this length, once', async () => {
      const file = somePdf();
      const { uploadUrl } = await announce(patient, PATIENT, file);
      const signed = (method: string, path: string, length: number, to = 'patient') =>
        new Signer('gateway', api.keysDir).sign(to, requestHead(method, path, String(length)), {
          identity: ANONYMOUS,
          locale: Locale.EN,
          trace: '',
        });
      const { origin } = new URL(api.subgraphUrls.patient as string);
      const status = async (token?: string) =>
        (await put({ url: origin }, uploadUrl, file, token ? { authorization: `Signed ${token}` } : {})).status;
      for (const token of [
        undefined,
        patient.token,
        signed('GET', uploadUrl, file.length),
        signed('PUT', `${uploadUrl}a`, file.length),
        signed('PUT', uploadUrl, file.length + 1),
        signed('PUT', uploadUrl, file.length, 'fund'),
      ])
        expect(await status(token)).toBe(401);
      const right = signed('PUT', uploadUrl, file.length);
      expect(await status(right)).toBe(201);
      expect(await status(right)).toBe(401);
    });

    test('an upload during which the server dies leaves nothing once it has been tidied up', async () => {
      const file = largeJpeg(300_000);
      const { uploadUrl, document } = await announce(patient, PATIENT, file, { mediaType: 'JPEG' });
      const before = filesIn(folder);
      await begun(api, uploadUrl, file.length, file.subarray(0, 200_000));
      await until(() => unfinished().length > 0);
      await api.kill('patient');
      const [left] = unfinished();
      const stored = await sql('select count(*)::int as count from patient.document where status = $1', ['STORED']);
      const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
      utimesSync(join(folder, left as string), hoursAgo, hoursAgo);
      expect((await put(api, uploadUrl, file)).status).toBe(503);
      await api.restart('patient');
      await until(() => unfinished().length === 0);
      expect(filesIn(folder)).toEqual(before);
      expect(await sql('select count(*)::int as count from patient.document where status = $1', ['STORED'])).toEqual(
        stored,
      );
      expect((await documentOf(patient, document.id)).status).toBe('AWAITING_UPLOAD');
      expect((await put(api, uploadUrl, file)).status).toBe(201);
    });
  }
});

function changedAt(file: Buffer, at: number): Buffer {
  file[at] = (file[at] as number) ^ 1;
  return file;
}
