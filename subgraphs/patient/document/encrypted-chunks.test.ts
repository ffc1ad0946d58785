import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CHUNK_BYTES, DamagedContent, decrypted, encrypted, encryptedSize } from './encrypted-chunks.js';

const KEY = randomBytes(32);
const ID = '01934a3c-5800-7000-8000-0000000000d1';
const SEALED_CHUNK = CHUNK_BYTES + 16;

async function* cut(file: Uint8Array, size: number) {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}
const all = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
};
const sealed = (file: Uint8Array, size = 10_000, id = ID) => all(encrypted(cut(file, size), KEY, id));
/** What is given out before it is found that something is wrong, and whether that is found. */
async function opened(stored: Uint8Array, id = ID, key: Uint8Array = KEY) {
  const given: Uint8Array[] = [];
  try {
    for await (const piece of decrypted(cut(stored, 9_999), key, id)) given.push(piece);
  } catch (error) {
    if (!(error instanceof DamagedContent)) throw error;
    return { given: Buffer.concat(given), damaged: true };
  }
  return { given: Buffer.concat(given), damaged: false };
}
const chunksOf = (stored: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(stored.length / SEALED_CHUNK) }, (_, i) =>
    stored.subarray(i * SEALED_CHUNK, (i + 1) * SEALED_CHUNK),
  );

describe('an encrypted file', () => {
  test.each([
    1,
    15,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    2 * CHUNK_BYTES,
    3 * CHUNK_BYTES + 7,
  ])('of %i bytes opens to what it was, has the length that is foretold, and shows nothing', async (length) => {
    const file = Buffer.alloc(length, 'plain text of a person ');
    const stored = await sealed(file);
    expect(stored.length).toBe(encryptedSize(length));
    expect(stored.includes('plain')).toBe(false);
    expect(await opened(stored)).toEqual({ given: file, damaged: false });
  });

  test('is the same whatever pieces it came in', async () => {
    const file = randomBytes(2 * CHUNK_BYTES + 100);
    const whole = await sealed(file, file.length);
    for (const size of [1_000, CHUNK_BYTES, CHUNK_BYTES + 1, 100_000]) expect(await sealed(file, size)).toEqual(whole);
  });

  test('opens neither under another key nor as another document', async () => {
    const stored = await sealed(Buffer.from('a'));
    expect(await opened(stored, ID, randomBytes(32))).toMatchObject({ damaged: true, given: Buffer.alloc(0) });
    expect(await opened(stored, ID.replace('d1', 'd2'))).toMatchObject({ damaged: true, given: Buffer.alloc(0) });
  });

  const file = randomBytes(3 * CHUNK_BYTES + 10);
  test.each<[string, (chunks: Buffer[], stored: Buffer) => (Uint8Array | undefined)[]]>([
    ['lost its last chunk', (chunks) => chunks.slice(0, 3)],
    ['lost its last byte', (_, stored) => [stored.subarray(0, -1)]],
    ['lost a chunk in the middle', ([a, , c, d]) => [a, c, d]],
    ['lost its first chunk', ([, b, c, d]) => [b, c, d]],
    ['has two chunks swapped', ([a, b, c, d]) => [b, a, c, d]],
    ['has a chunk twice', ([a, b, c, d]) => [a, b, b, c, d]],
    ['has something added', (chunks) => [...chunks, Buffer.alloc(40)]],
    ['has its last chunk twice', (chunks) => [...chunks, chunks[3]]],
    ['is empty', () => []],
  ])('that %s is found out, and gives nothing from there on', async (_, change) => {
    const stored = await sealed(file);
    const { given, damaged } = await opened(
      Buffer.concat(change(chunksOf(stored), stored).map((each) => each ?? Buffer.alloc(0))),
    );
    expect(damaged).toBe(true);
    expect(file.subarray(0, given.length).equals(given)).toBe(true);
    expect(given.length).toBeLessThan(file.length);
  });

  test('of which any bit was turned over gives nothing from its chunk on', async () => {
    const stored = await sealed(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(stored.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(stored);
        changed[at] = (changed[at] as number) ^ (1 << bit);
        const { given, damaged } = await opened(changed);
        expect(damaged).toBe(true);
        expect(given.length).toBe(Math.floor(at / SEALED_CHUNK) * CHUNK_BYTES);
      }),
      { numRuns: 30 },
    );
  });
});
