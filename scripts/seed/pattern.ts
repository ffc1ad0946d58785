import type { BinaryRows } from './binary-rows.js';

/**
 * Rows of patients of any block but the first, and where in them the block's number stands: found by laying the rows of two
 * blocks beside each other. Whatever else differs between them is a mistake in how they are made.
 */
export interface Pattern {
  readonly rows: BinaryRows;
  /** In the order of `bytesOf`. */
  readonly places: readonly Uint32Array[];
}

/** Two blocks in whose numbers no digit stands at the same place, nor twice. */
export const PATTERN_BLOCKS = [123, 456] as const;

/** The bytes that say which block it is: its digits as text, and in ids in binary. */
function bytesOf(block: number): readonly number[] {
  const [hundreds = 0, tens = 0, ones = 0] = [Math.floor(block / 100), Math.floor(block / 10) % 10, block % 10];
  const ZERO = '0'.charCodeAt(0);
  return [ZERO + hundreds, ZERO + tens, ZERO + ones, 0x80 | hundreds, (tens << 4) | ones];
}

/**
 * @param one rows of patients of the first of `PATTERN_BLOCKS`
 * @param other of the same patients of the second
 * @throws when they differ in more than the block's number
 */
export function patternOf(one: BinaryRows, other: BinaryRows): Pattern {
  const [oneBytes, otherBytes] = PATTERN_BLOCKS.map(bytesOf) as [readonly number[], readonly number[]];
  const places: number[][] = oneBytes.map(() => []);
  if (one.bytes.length !== other.bytes.length) throw new Error('Rows of two blocks have different lengths.');
  for (let place = 0; place < one.bytes.length; place++) {
    const byte = one.bytes[place] as number;
    if (byte === other.bytes[place]) continue;
    const which = oneBytes.indexOf(byte);
    if (which < 0 || otherBytes[which] !== other.bytes[place])
      throw new Error(`Rows of two blocks differ by more than the block's number, at byte ${place}.`);
    places[which]?.push(place);
  }
  return { rows: one, places: places.map((of) => Uint32Array.from(of)) };
}

/** The rows of the same patients of another block. */
export function stamped({ rows, places }: Pattern, block: number): BinaryRows {
  const bytes = Buffer.from(rows.bytes);
  for (const [which, byte] of bytesOf(block).entries()) {
    for (const place of places[which] as Uint32Array) bytes[place] = byte;
  }
  return { bytes, count: rows.count };
}
