/** The development issuer's keys, kept in a folder so that tokens and sessions stay valid over a restart. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';

export interface IssuerKeys {
  /** Private keys (ES256). The first one signs, all of them verify: to rotate, put a new one in front. */
  readonly signingKeys: JWK[];
  /** Secrets that sign the issuer's cookies, newest first. */
  readonly cookieKeys: string[];
}

const FILE = 'issuer-keys.json';

const keyFile = z.object({
  signingKeys: z
    .array(
      z.object({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        alg: z.literal('ES256'),
        use: z.literal('sig'),
        kid: z.string().min(1),
        x: z.string(),
        y: z.string(),
        d: z.string(),
      }),
    )
    .min(1),
  cookieKeys: z.array(z.string().min(32)).min(1),
});

/**
 * The keys of `folder/issuer-keys.json` (mode 0600), made at the first call. Processes that start at once agree on one set.
 * Throws when the file is there but is not a key file: making new keys silently would sign everybody out.
 */
export async function loadOrCreateKeys(folder: string): Promise<IssuerKeys> {
  const path = join(folder, FILE);
  const kept = await readKeys(path);
  if (kept) return kept;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await publish(path, JSON.stringify(await createKeys(), null, 2));
  const agreed = await readKeys(path);
  if (!agreed) throw new Error(`The issuer's key file ${path} vanished while it was being made. Start again.`);
  return agreed;
}

async function createKeys(): Promise<IssuerKeys> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    signingKeys: [{ ...jwk, alg: 'ES256', use: 'sig', kid }],
    cookieKeys: [randomBytes(32).toString('base64url')],
  };
}

async function readKeys(path: string): Promise<IssuerKeys | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return keyFile.parse(JSON.parse(text));
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
