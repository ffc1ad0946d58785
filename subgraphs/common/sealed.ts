import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { type KeyFile, keyFileIn, readKeyFile, stampOf } from './field-keys.js';
import { describeError, log } from './log.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** A process looks at most this often whether the file of the keys was changed. */
const LOOK_EVERY_MS = 1_000;
/** After this time every process seals with the key that the file names. */
export const KEYS_KNOWN_AFTER_MS = 2 * LOOK_EVERY_MS;

/** The file's keys, each as what it is used for: none does two things. */
interface Derived {
  readonly file: KeyFile;
  readonly sealing: ReadonlyMap<string, KeyObject>;
  readonly index: KeyObject;
  readonly fingerprint: KeyObject;
}

function derived(file: KeyFile): Derived {
  const of = (secret: Buffer, purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `care/${purpose}/${VERSION}`, KEY_BYTES)));
  return {
    file,
    sealing: new Map(Object.entries(file.keys).map(([id, secret]) => [id, of(secret, 'seal')])),
    index: of(file.index, 'index'),
    fingerprint: of(file.index, 'fingerprint'),
  };
}

/**
 * The keys with which single values are sealed, as the file says now: a key that is added or taken away while the process
 * runs is known within a second, and a new one at once where a value was sealed with it.
 */
export class FieldKeys {
  private held: Derived;
  private stamp: string;
  private complainedOf = '';
  private lookedAt = performance.now();

  /** @throws {Refusal} when there is no such file, or it is not one of keys */
  constructor(private readonly file: string) {
    // before the file is read: what is changed in between is read again
    this.stamp = stampOf(file);
    this.held = derived(readKeyFile(file));
  }

  /** The key that seals what is new, with its id. */
  get current(): { readonly id: string; readonly key: KeyObject } {
    const { file, sealing } = this.now();
    return { id: file.current, key: sealing.get(file.current) as KeyObject };
  }

  /** The key of an id. Of one that is not known the file is asked, however short ago it was looked at. */
  sealing(id: string): KeyObject | undefined {
    return this.now().sealing.get(id) ?? this.look().sealing.get(id);
  }

  get index(): KeyObject {
    return this.held.index;
  }

  get fingerprint(): KeyObject {
    return this.held.fingerprint;
  }

  private now(): Derived {
    return performance.now() - this.lookedAt < LOOK_EVERY_MS ? this.held : this.look();
  }

  /** Takes over what the file says now. One that cannot be used changes nothing: the keys that were read before stay. */
  private look(): Derived {
    this.lookedAt = performance.now();
    const stamp = stampOf(this.file);
    if (stamp === this.stamp) return this.held;
    try {
      const file = readKeyFile(this.file);
      if (!file.index.equals(this.held.file.index)) throw new RangeError('Another secret of indexes');
      this.held = derived(file);
      this.stamp = stamp;
    } catch (error) {
      if (stamp !== this.complainedOf)
        log.error(describeError(error), 'the file of field keys cannot be used as it is now');
      this.complainedOf = stamp;
    }
    return this.held;
  }
}

/** @throws {Refusal} when there is no such file, or it is not one of keys */
export const readFieldKeys = (keysDir: string): FieldKeys => new FieldKeys(keyFileIn(keysDir));

/** A column of a table. */
export interface Column {
  readonly table: string;
  readonly column: string;
}

/** Where a sealed value stands. It opens nowhere else. */
export interface Place extends Column {
  /** The id of the row. */
  readonly row: string;
}

/** A column whose values are sealed, for what has to go over all of them. */
export interface SealedColumn extends Column {
  /** The column, a `uuid`, that is the `row` of a value's place. */
  readonly row: string;
}

/**
 * A sealed value that was changed, moved, or sealed with a key that is not there. Says where, and nothing of the value. Clients
 * are told `DATA_UNREADABLE` (`executor.ts`). Whoever would write over it opens it before: so it stays as it is.
 */
export class CannotOpen extends Error {
  readonly place: Column;

  constructor({ table, column }: Place) {
    super(`A sealed value in ${table}.${column} cannot be opened.`);
    this.name = 'CannotOpen';
    this.place = { table, column };
  }
}

const additional = ({ table, column, row }: Place): Buffer => Buffer.from(`${table}.${column}:${row}`);

/** @returns `v1.<key id>.<nonce, tag and AES-256-GCM ciphertext in base64url>`; another text at each call */
export function seal(keys: FieldKeys, place: Place, plaintext: string): string {
  const { id, key } = keys.current;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additional(place));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  const box = Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
  return `${sealedWith(id)}${box.toString('base64url')}`;
}

/** How every value begins that was sealed with a key. */
export const sealedWith = (keyId: string): string => `${VERSION}.${keyId}.`;

/** @throws {CannotOpen} */
export function open(keys: FieldKeys, place: Place, sealed: string): string {
  const [version, id, text, ...rest] = sealed.split('.');
  const key = version === VERSION && id ? keys.sealing(id) : undefined;
  const box = Buffer.from(text ?? '', 'base64url');
  // one text opens, not also those that decode to the same bytes
  const whole = rest.length === 0 && box.toString('base64url') === text && box.length >= NONCE_BYTES + TAG_BYTES;
  if (!key || !whole) throw new CannotOpen(place);
  const nonce = box.subarray(0, NONCE_BYTES);
  const tag = box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
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
 * comparing what must not be kept. It stays the same when the keys are rotated.
 */
export const fingerprint = (keys: FieldKeys, place: Place, plaintext: string): string =>
  hmac(keys.fingerprint, additional(place), plaintext);

/**
 * The same text for the same value in any row of a column, from which nobody without the keys can guess the value: for a unique
 * index over what is sealed. It stays the same when the keys are rotated.
 */
export const blindIndex = (keys: FieldKeys, { table, column }: Column, plaintext: string): string =>
  hmac(keys.index, `${table}.${column}`, plaintext);

const hmac = (key: KeyObject, of: string | Buffer, plaintext: string): string =>
  createHmac('sha256', key).update(of).update('\0').update(plaintext).digest('base64url');
