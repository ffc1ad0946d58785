/** The keys of the development issuer and of the demo partners, kept in files so that all stays valid over a restart. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';

export interface IssuerKeys {
  /** Private keys (ES256). The first one signs, all of them verify: to rotate, put a new one in front. */
  readonly signingKeys: JWK[];
  /** Secrets that sign the issuer's cookies, newest first. */
  readonly cookieKeys: string[];
}

const FILE = 'issuer-keys.json';

/** The folder of the demo partners' keys, within that of all keys. */
export const CLIENT_KEYS = 'partners';

const privateKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
  kid: z.string().min(1),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

const issuerKeys = z.object({
  signingKeys: z.array(privateKey).min(1),
  cookieKeys: z.array(z.string().min(32)).min(1),
});

/**
 * The keys of `folder/issuer-keys.json` (mode 0600), made at the first call. Processes that start at once agree on one set.
 * Throws when the file is there but is not a key file: making new keys silently would sign everybody out.
 */
export const loadOrCreateKeys = (folder: string): Promise<IssuerKeys> =>
  loadOrCreate(join(folder, FILE), issuerKeys, async () => ({
    signingKeys: [await createKey()],
    cookieKeys: [randomBytes(32).toString('base64url')],
  }));

/**
 * The private key of each of these clients, `folder/<client id>.json` (mode 0600), by client id; made at the first call.
 *
 * @throws when a file is there but is no key
 */
export async function loadOrCreateClientKeys(
  folder: string,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, JWK>> {
  const keys = clientIds.map(
    async (id) => [id, await loadOrCreate(clientFile(folder, id), privateKey, createKey)] as const,
  );
  return new Map(await Promise.all(keys));
}

/** The private key of a client, or undefined when none has been made in this folder. @throws when its file is no key */
export const readClientKey = (folder: string, clientId: string): Promise<JWK | undefined> =>
  read(clientFile(folder, clientId), privateKey);

const clientFile = (folder: string, clientId: string): string => join(folder, `${clientId}.json`);

async function createKey(): Promise<z.infer<typeof privateKey>> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  return privateKey.parse({ ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) });
}

async function loadOrCreate<Keys>(path: string, kind: z.ZodType<Keys>, create: () => Promise<Keys>): Promise<Keys> {
  const kept = await read(path, kind);
  if (kept) return kept;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await publish(path, JSON.stringify(await create(), null, 2));
  const agreed = await read(path, kind);
  if (!agreed) throw new Error(`The key file ${path} vanished while it was being made. Start again.`);
  return agreed;
}

async function read<Keys>(path: string, kind: z.ZodType<Keys>): Promise<Keys | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return kind.parse(JSON.parse(text));
  } catch {
    // The parser's message is left out: it can quote the file, and the file holds private keys.
    throw new Error(
      `${path} is not a key file of the issuer. Delete it to make new keys; everybody signs in again then.`,
    );
  }
}

/** Writes the whole file under another name first; `link` then fails for all but the first process, and never half-way. */
async function publish(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;
