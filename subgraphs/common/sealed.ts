import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeOnce } from './files.js';
import { Refusal } from './refusal.js';

/** The file of the keys, in the folder of keys. What was sealed is lost with it: it is backed up apart from the database. */
const FILE = 'fields.keys';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** One key of the file, as the two that are made of it: none does two things. */
interface FieldKey {
  readonly seal: KeyObject;
  readonly fingerprint: KeyObject;
}

/** The keys with which single values are sealed. New values are sealed with `current`; the others open what is older. */
export interface FieldKeys {
  readonly current: string;
  readonly byId: ReadonlyMap<string, FieldKey>;
}

/** Where a sealed value stands. It opens nowhere else. */
export interface Place {
  readonly table: string;
  readonly column: string;
  /** The id of the row. */
  readonly row: string;
}

/** A sealed value that was changed, moved, or sealed with a key that is not there. Says where, and nothing of the value. */
export class CannotOpen extends Error {
  constructor({ table, column }: Place) {
    super(`A sealed value in ${table}.${column} cannot be opened.`);
    this.name = 'CannotOpen';
  }
}

const keyId = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/);
const key = z
  .base64()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => bytes.length === KEY_BYTES);
const contents = z
  .object({ current: keyId, keys: z.record(keyId, key) })
  .refine(({ current, keys }) => Object.hasOwn(keys, current));

/** Makes the file of the keys in `keysDir` (mode 0600), with one key, when it is not there yet. */
export function makeFieldKeys(keysDir: string): void {
  const file = join(keysDir, FILE);
  if (existsSync(file)) return;
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const current = randomBytes(4).toString('hex');
  const keys = { [current]: randomBytes(KEY_BYTES).toString('base64') };
  writeOnce(file, `${JSON.stringify({ current, keys }, null, 2)}\n`, 0o600);
}

/** @throws {Refusal} when there is no such file, or it is not one of keys */
export function readFieldKeys(keysDir: string): FieldKeys {
  const file = join(keysDir, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Refusal(
      `There are no field keys at ${file}. Bring back the file, or run \`npm run migrate\` to make it.`,
    );
  }
  const { current, keys } = parsed(file, text);
  return { current, byId: new Map(Object.entries(keys).map(([id, secret]) => [id, derived(secret)])) };
}

function parsed(file: string, text: string): z.infer<typeof contents> {
  try {
    return contents.parse(JSON.parse(text));
  } catch {
    // neither the parser's nor the checker's own words: they may quote a key
    throw new Refusal(`${file} does not hold field keys: {"current": id, "keys": {id: 32 bytes in base64}}.`);
  }
}

function derived(secret: Buffer): FieldKey {
  const of = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `care/${purpose}/${VERSION}`, KEY_BYTES)));
  return { seal: of('seal'), fingerprint: of('fingerprint') };
}

const additional = ({ table, column, row }: Place): Buffer => Buffer.from(`${table}.${column}:${row}`);
const current = ({ byId, current: id }: FieldKeys): FieldKey => byId.get(id) as FieldKey;

/** @returns `v1.<key id>.<nonce, tag and AES-256-GCM ciphertext in base64url>`; another text at each call */
export function seal(keys: FieldKeys, place: Place, plaintext: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', current(keys).seal, nonce).setAAD(additional(place));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  const box = Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
  return `${VERSION}.${keys.current}.${box.toString('base64url')}`;
}

/** @throws {CannotOpen} */
export function open(keys: FieldKeys, place: Place, sealed: string): string {
  const [version, id, text, ...rest] = sealed.split('.');
  const key = keys.byId.get(id ?? '');
  const box = Buffer.from(text ?? '', 'base64url');
  // one text opens, not also those that decode to the same bytes
  const whole = rest.length === 0 && box.toString('base64url') === text && box.length >= NONCE_BYTES + TAG_BYTES;
  if (version !== VERSION || !key || !whole) throw new CannotOpen(place);
  const nonce = box.subarray(0, NONCE_BYTES);
  const tag = box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.seal, nonce, { authTagLength: TAG_BYTES })
    .setAAD(additional(place))
    .setAuthTag(tag);
  try {
    const opened = [decipher.update(box.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(opened).toString('utf8');
  } catch {
    throw new CannotOpen(place);
  }
}

/**
 * The same text for the same value at the same place, from which nobody without the keys can guess the value: for
 * comparing what must not be kept.
 */
export const fingerprint = (keys: FieldKeys, place: Place, plaintext: string): string =>
  createHmac('sha256', current(keys).fingerprint)
    .update(additional(place))
    .update('\0')
    .update(plaintext)
    .digest('base64url');
