import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings, SettingsError } from '../../common/settings.js';
import { type DocumentStore, newObjectKey, openDocumentStore } from './document-store.js';

const ACCESS = 'test-access';
const SECRET = 'test-secret';
const REGION = 'cn-north-1';

/** A server that speaks as S3 does, as far as a store needs it: it takes a request only if its signature is right, and keeps whole bodies only. */
class BucketServer {
  readonly objects = new Map<string, { body: Buffer; at: Date }>();
  /** What was refused, and why. */
  readonly refused: string[] = [];
  private readonly server: Server;
  /** More than so many objects are listed in several pages. */
  pageSize = 1_000;

  constructor() {
    this.server = createServer(async (request, response) => {
      const wrong = this.wrong(request);
      if (wrong) {
        this.refused.push(wrong);
        response.writeHead(403).end();
        return;
      }
      const url = new URL(request.url ?? '', 'http://localhost');
      const key = decodeURIComponent(url.pathname.replace(/^\/bucket\/?/, ''));
      const found = this.objects.get(key);
      if (request.method === 'PUT') {
        const chunks: Buffer[] = [];
        try {
          for await (const chunk of request) chunks.push(chunk as Buffer);
        } catch {
          return;
        }
        this.objects.set(key, { body: Buffer.concat(chunks), at: new Date() });
        response.writeHead(200).end();
      } else if (request.method === 'DELETE') {
        this.objects.delete(key);
        response.writeHead(204).end();
      } else if (key === '') response.writeHead(200, { 'content-type': 'application/xml' }).end(this.listing(url));
      else if (found) response.writeHead(200, { 'content-length': found.body.length }).end(found.body);
      else response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private listing({ searchParams }: URL): string {
    const after = searchParams.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()]
      .sort()
      .filter((key) => key.startsWith(searchParams.get('prefix') ?? '') && key > after);
    const page = keys.slice(0, this.pageSize);
    const next =
      keys.length > page.length
        ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${page.at(-1)}</NextContinuationToken>`
        : '';
    const contents = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>${this.objects.get(key)?.at.toISOString()}</LastModified></Contents>`,
    );
    return `<?xml version="1.0"?><ListBucketResult><Name>bucket</Name>${next}${contents.join('')}</ListBucketResult>`;
  }

  /** AWS Signature Version 4, worked out from what arrived. */
  private wrong({ method, url = '', headers }: IncomingMessage): string | undefined {
    const parts =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
        headers.authorization ?? '',
      );
    if (!parts) return 'no signature';
    const [, access, day, region, names = '', signature] = parts as unknown as string[];
    if (access !== ACCESS || region !== REGION) return 'another credential';
    for (const name of ['host', 'x-amz-content-sha256', 'x-amz-date'])
      if (!names.split(';').includes(name)) return `${name} is not signed`;
    if (method === 'PUT' && headers['content-length'] === undefined) return 'no length';
    const [path = '', query = ''] = url.split('?');
    const canonical = [
      method,
      path,
      query.split('&').sort().join('&'),
      ...names.split(';').map((name) => `${name}:${headers[name]}`),
      '',
      names,
      headers['x-amz-content-sha256'],
    ].join('\n');
    const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const key = [region, 's3', 'aws4_request'].reduce(
      (made, part) => hmac(made, part as string),
      hmac(`AWS4${SECRET}`, day as string),
    );
    const scope = `${day}/${region}/s3/aws4_request`;
    const text = [
      'AWS4-HMAC-SHA256',
      headers['x-amz-date'],
      scope,
      createHash('sha256').update(canonical).digest('hex'),
    ].join('\n');
    return hmac(key, text).toString('hex') === signature ? undefined : 'a wrong signature';
  }
}

async function* pieces(content: Buffer, size = 10_000, breaksAt = Number.POSITIVE_INFINITY) {
  for (let at = 0; at < content.length; at += size) {
    if (at >= breaksAt) throw new Error('broken off');
    yield content.subarray(at, at + size);
  }
}
const read = async (store: DocumentStore, key: string): Promise<Buffer | null> => {
  const found = await store.get(key);
  if (!found) return null;
  const read: Uint8Array[] = [];
  for await (const piece of found.content) read.push(piece);
  expect(found.byteSize).toBe(Buffer.concat(read).length);
  return Buffer.concat(read);
};
const listed = async (store: DocumentStore) => {
  const found: { key: string; changedAt: Date }[] = [];
  for await (const each of store.list()) found.push(each);
  return found;
};
const keysIn = async (store: DocumentStore) => (await listed(store)).map(({ key }) => key).sort();

const folder = mkdtempSync(join(tmpdir(), 'care-store-'));
const server = new BucketServer();
let s3: string;
beforeAll(async () => {
  s3 = await server.listen();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
const bucket = (change: Record<string, string> = {}) =>
  readSettings({
    DOCUMENTS_S3_URL: s3,
    DOCUMENTS_S3_BUCKET: 'bucket',
    DOCUMENTS_S3_REGION: REGION,
    DOCUMENTS_S3_ACCESS_KEY_ID: ACCESS,
    DOCUMENTS_S3_SECRET_ACCESS_KEY: SECRET,
    ...change,
  }).documents;

describe.each([
  ['in a folder', () => readSettings({ DOCUMENTS_DIR: join(folder, 'made', 'when needed') }).documents],
  ['in a bucket', () => bucket()],
])('a store %s', (_, settings) => {
  let store: DocumentStore;
  beforeAll(() => {
    store = openDocumentStore(settings());
  });
  afterAll(() => store.close());
  afterEach(async () => {
    for (const key of await keysIn(store)) await store.delete(key);
    expect(await keysIn(store)).toEqual([]);
    expect(server.refused).toEqual([]);
  });

  test('in which nothing was stored has nothing', async () => {
    expect(await keysIn(store)).toEqual([]);
    expect(await store.get(newObjectKey())).toBeNull();
    await store.delete(newObjectKey());
  });

  test('gives back what was stored, lists it with its time, and removes it', async () => {
    const contents = [randomBytes(1), randomBytes(2_000_000)];
    const keys = contents.map(newObjectKey);
    for (const [i, content] of contents.entries()) await store.put(keys[i] as string, pieces(content), content.length);
    for (const [i, content] of contents.entries())
      expect((await read(store, keys[i] as string))?.equals(content)).toBe(true);
    const found = await listed(store);
    expect(found.map(({ key }) => key).sort()).toEqual([...keys].sort());
    for (const { changedAt } of found) expect(Math.abs(changedAt.getTime() - Date.now())).toBeLessThan(60_000);
    await store.delete(keys[0] as string);
    expect(await keysIn(store)).toEqual([keys[1]]);
  });

  test('from which a file is read in part, or not at all, goes on', async () => {
    const key = newObjectKey();
    const content = randomBytes(1_000_000);
    await store.put(key, pieces(content), content.length);
    const part = await store.get(key);
    for await (const piece of part?.content ?? []) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(part?.content.destroyed).toBe(true);
    const none = await store.get(key);
    none?.content.on('error', () => undefined).destroy();
    expect((await read(store, key))?.equals(content)).toBe(true);
  });

  test.each([0, 50_000])('stores nothing of what broke off after %i bytes', async (breaksAt) => {
    const key = newObjectKey();
    await expect(store.put(key, pieces(randomBytes(100_000), 10_000, breaksAt), 100_000)).rejects.toThrow();
    expect(await store.get(key)).toBeNull();
    expect(await keysIn(store)).toEqual([]);
  });
});

describe('a store in a folder', () => {
  const settings = { kind: 'disk', folder: join(folder, 'own') } as const;

  test('takes no key that is not one, so that none leads out of it', async () => {
    const store = openDocumentStore(settings);
    for (const key of ['../x', '..', 'a/b', '', 'x.part', `${newObjectKey()}/../../x`]) {
      await expect(store.put(key, pieces(Buffer.from('a')), 1)).rejects.toThrow('Not a key');
      await expect(store.get(key)).rejects.toThrow('Not a key');
      await expect(store.delete(key)).rejects.toThrow('Not a key');
    }
    expect(readdirSync(folder)).not.toContain('x');
  });

  test('lists what was begun and never finished, which can be removed, and nothing that is not its own', async () => {
    const store = openDocumentStore(settings);
    const key = newObjectKey();
    await store.put(key, pieces(Buffer.from('a')), 1);
    const left = `${newObjectKey()}.part`;
    writeFileSync(join(settings.folder, left), 'b');
    writeFileSync(join(settings.folder, 'README'), 'c');
    expect(await keysIn(store)).toEqual([key, left].sort());
    await store.delete(left);
    expect(await keysIn(store)).toEqual([key]);
  });
});

describe('a store in a bucket', () => {
  test('lists all of more objects than a page holds, and only its own', async () => {
    const store = openDocumentStore(bucket());
    const keys = Array.from({ length: 5 }, newObjectKey);
    for (const key of keys) await store.put(key, pieces(Buffer.from('a')), 1);
    server.objects.set('of-somebody-else', { body: Buffer.from('x'), at: new Date() });
    server.pageSize = 2;
    expect(await keysIn(store)).toEqual([...keys].sort());
    await store.close();
  });

  test('fails with the status alone when the store refuses it', async () => {
    const store = openDocumentStore(bucket({ DOCUMENTS_S3_SECRET_ACCESS_KEY: 'another' }));
    await expect(store.put(newObjectKey(), pieces(Buffer.from('a')), 1)).rejects.toThrow(
      'Storing failed: the store answered 403',
    );
    await expect(store.get(newObjectKey())).rejects.toThrow('Reading failed: the store answered 403');
    await expect(store.delete(newObjectKey())).rejects.toThrow('Removing failed: the store answered 403');
    await expect(listed(store)).rejects.toThrow('Listing failed: the store answered 403');
    expect(server.refused.splice(0)).toEqual(Array(4).fill('a wrong signature'));
    await store.close();
  });

  test.each([
    'DOCUMENTS_S3_BUCKET',
    'DOCUMENTS_S3_ACCESS_KEY_ID',
    'DOCUMENTS_S3_SECRET_ACCESS_KEY',
  ])('is refused at the start without %s', (name) => {
    expect(() => bucket({ [name]: '' })).toThrow(SettingsError);
  });
});
