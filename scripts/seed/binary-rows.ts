import { DAY, type SeedValue } from '../../subgraphs/common/seed.js';

/** Bytes that grow at the end. */
class Bytes {
  private bytes = Buffer.allocUnsafe(1 << 20);
  private length = 0;

  /** Makes room for so many more. @returns where they begin */
  private extend(by: number): number {
    const from = this.length;
    this.length += by;
    if (this.length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.length);
      this.bytes.copy(larger, 0, 0, from);
      this.bytes = larger;
    }
    return from;
  }

  int(size: 1 | 2 | 4, value: number): void {
    const at = this.extend(size);
    this.bytes.writeIntBE(value, at, size);
  }

  long(value: bigint): void {
    const at = this.extend(8);
    this.bytes.writeBigInt64BE(value, at);
  }

  hex(text: string): void {
    const at = this.extend(text.length / 2);
    this.bytes.write(text, at, 'hex');
  }

  /** With its length before it. */
  text(text: string): void {
    this.int(4, Buffer.byteLength(text));
    this.rest(text);
  }

  rest(text: string): void {
    const at = this.extend(Buffer.byteLength(text));
    this.bytes.write(text, at);
  }

  taken(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}

type Value = Exclude<SeedValue, null>;

/** How values of a type go into PostgreSQL's binary format of COPY, each behind its length: half the work of its text format for the server. */
const ENCODINGS: Readonly<Record<string, (to: Bytes, value: Value) => void>> = {
  uuid(to, value) {
    to.int(4, 16);
    to.hex((value as string).replaceAll('-', ''));
  },
  text: (to, value) => to.text(value as string),
  'text[]': (to, value) => textArray(to, value as readonly string[]),
  jsonb(to, value) {
    to.int(4, 1 + Buffer.byteLength(value as string));
    to.int(1, JSONB_VERSION);
    to.rest(value as string);
  },
  boolean: (to, value) => whole(to, 1, value === true ? 1 : 0),
  smallint: (to, value) => whole(to, 2, Number(value)),
  integer: (to, value) => whole(to, 4, Number(value)),
  bigint: (to, value) => long(to, BigInt(value as number | bigint)),
  date: (to, value) => whole(to, 4, (Date.parse(value as string) - EPOCH) / DAY),
  'timestamp with time zone': (to, value) => long(to, BigInt((millisecond(value as string) - EPOCH) * 1_000)),
};

/** PostgreSQL counts from here. */
const EPOCH = Date.UTC(2000, 0, 1);
const JSONB_VERSION = 1;
const TEXT_OID = 25;
const NULL_LENGTH = -1;

/** Of a time as `moment` writes it. */
const millisecond = (text: string): number => Date.parse(text.replace(' ', 'T').replace('+00', 'Z'));

function whole(to: Bytes, size: 1 | 2 | 4, value: number): void {
  to.int(4, size);
  to.int(size, value);
}

function long(to: Bytes, value: bigint): void {
  to.int(4, 8);
  to.long(value);
}

/** One dimension, no nulls, counted from 1. */
function textArray(to: Bytes, texts: readonly string[]): void {
  const head = texts.length === 0 ? [0, 0, TEXT_OID] : [1, 0, TEXT_OID, texts.length, 1];
  to.int(
    4,
    texts.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 4 * head.length),
  );
  for (const part of head) to.int(4, part);
  for (const text of texts) to.text(text);
}

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.of(0xff, 0xff);

/** Rows as one piece, to be put between header and trailer. */
export interface BinaryRows {
  readonly bytes: Buffer;
  readonly count: number;
}

/**
 * @param types of the columns, as PostgreSQL names them
 * @throws for a type that no seeded column has so far
 */
export function binaryRows(types: readonly string[], rows: Iterable<readonly SeedValue[]>): BinaryRows {
  const encodings = types.map((type) => {
    const encoding = ENCODINGS[type];
    if (!encoding) throw new Error(`No column of type ${type} has been seeded before: say how it is written.`);
    return encoding;
  });
  const bytes = new Bytes();
  let count = 0;
  for (const row of rows) {
    count++;
    bytes.int(2, types.length);
    for (const [index, value] of row.entries()) {
      if (value === null) bytes.int(4, NULL_LENGTH);
      else (encodings[index] as (typeof encodings)[number])(bytes, value);
    }
  }
  return { bytes: bytes.taken(), count };
}

/** What COPY is sent for these rows. */
export const copyData = ({ bytes }: BinaryRows): readonly Buffer[] => [HEADER, bytes, TRAILER];
