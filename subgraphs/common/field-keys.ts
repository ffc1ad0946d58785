import { randomBytes, randomUUID } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeOnce } from './files.js';
import { Refusal } from './refusal.js';

const KEY_BYTES = 32;

const keyId = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/);
const secret = z
  .base64()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => bytes.length === KEY_BYTES);
const contents = z
  .object({ current: keyId, next: keyId.optional(), index: secret.optional(), keys: z.record(keyId, secret) })
  .refine(({ current, next = current, keys }) => Object.hasOwn(keys, current) && Object.hasOwn(keys, next));

/** What the file of the keys holds. Values are lost with it: it is backed up apart from the database. */
export interface KeyFile {
  /** The key that seals what is new. */
  readonly current: string;
  /** While a rotation is under way, the key that it ends with: at first only known, then also `current`. */
  readonly next?: string;
  /** The secret of blind indexes and fingerprints. It stays for ever: it says whether two values are the same. */
  readonly index: Buffer;
  /** The current key, and those that open what is older, by id. */
  readonly keys: Readonly<Record<string, Buffer>>;
}

/** Where the keys stand, in the folder of keys. */
export const keyFileIn = (keysDir: string): string => join(keysDir, 'fields.keys');

/** @throws {Refusal} when there is no such file, or it is not one of keys */
export function readKeyFile(file: string): KeyFile {
  const { index, ...rest } = parsed(file);
  if (!index) throw new Refusal(`${file} lacks the secret of indexes. Run \`npm run migrate\` to add it.`);
  return { ...rest, index };
}

function parsed(file: string): z.infer<typeof contents> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Refusal(
      `There are no field keys at ${file}. Bring back the file, or run \`npm run migrate\` to make it.`,
    );
  }
  try {
    return contents.parse(JSON.parse(text));
  } catch {
    // neither the parser's nor the checker's own words: they may quote a key
    throw new Refusal(
      `${file} does not hold field keys: {"current": id, "index": 32 bytes in base64, "keys": {id: 32 bytes in base64}}.`,
    );
  }
}

const inBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function textOf({ current, next, index, keys }: KeyFile): string {
  const shown = Object.fromEntries(Object.entries(keys).map(([id, bytes]) => [id, inBase64(bytes)]));
  return `${JSON.stringify({ current, ...(next && { next }), index: inBase64(index), keys: shown }, null, 2)}\n`;
}

/** A key and an id for it. */
export const newKey = (): readonly [id: string, secret: Buffer] => [
  randomBytes(4).toString('hex'),
  randomBytes(KEY_BYTES),
];

/**
 * Makes the file of the keys in `keysDir` (mode 0600), with one key, when it is not there yet; to one of an earlier version
 * it adds the secret of indexes. Safe at the same time in several processes.
 */
export function makeFieldKeys(keysDir: string): void {
  const file = keyFileIn(keysDir);
  if (!existsSync(file)) {
    mkdirSync(keysDir, { recursive: true, mode: 0o700 });
    const [current, bytes] = newKey();
    writeOnce(file, textOf({ current, index: randomBytes(KEY_BYTES), keys: { [current]: bytes } }), 0o600);
  }
  if (parsed(file).index) return;
  // all that come here at once take the secret of the first
  const agreed = `${file}.index`;
  writeOnce(agreed, inBase64(randomBytes(KEY_BYTES)), 0o600);
  try {
    const index = Buffer.from(readFileSync(agreed, 'utf8'), 'base64');
    const before = parsed(file);
    if (!before.index) replaceKeyFile(file, { ...before, index });
  } catch (error) {
    // somebody who was quicker has taken it away, and then the secret is in the file
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !parsed(file).index) throw error;
  } finally {
    rmSync(agreed, { force: true });
  }
}

/**
 * Puts other contents in the file's place, whole or not at all, and on the disk before it returns: nothing may be sealed with a
 * key that a power cut can take away. Owner and mode stay.
 */
export function replaceKeyFile(file: string, keys: KeyFile): void {
  const text = textOf(keys);
  // what could not be read again is not written
  contents.parse(JSON.parse(text));
  const draft = `${file}.${randomUUID()}`;
  try {
    const { uid, gid, mode } = statSync(file);
    writeFileSync(draft, text, { mode: mode & 0o777, flush: true });
    // whoever serves may be somebody else than who rotates
    if (uid !== process.getuid?.() || gid !== process.getgid?.()) chownSync(draft, uid, gid);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Something that is another whenever the file was changed, replaced or given to somebody else. */
export function stampOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return 'out of reach';
  }
}
