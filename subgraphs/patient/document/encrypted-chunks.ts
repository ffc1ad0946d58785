import { createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * A file as the store holds it: cut into chunks of 64 KiB, each sealed by AES-256-GCM under the file's own key. A chunk's nonce
 * is its number and whether it is the last one, and the document's id is bound to it: chunks that were changed, taken out, put
 * elsewhere or added, and files that were cut off or swapped, do not open.
 */

export const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
/** The length of a file's own key. */
export const DATA_KEY_BYTES = 32;

/** What is stored is not what was stored. Nothing of the place where that was found, and behind it, is given out. */
export class DamagedContent extends Error {
  constructor() {
    super('The stored file was changed or is damaged.');
    this.name = 'DamagedContent';
  }
}

/** How many bytes a file of `byteSize` takes in the store. */
export const encryptedSize = (byteSize: number): number => byteSize + TAG_BYTES * Math.ceil(byteSize / CHUNK_BYTES);

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(number, NONCE_BYTES - 5);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}
const boundTo = (documentId: string): Buffer => Buffer.from(`document:${documentId}`);

/** Cuts a stream anew, whatever it came in, and says which piece is the last one. */
async function* cut(source: AsyncIterable<Uint8Array>, size: number) {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const piece of source) {
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes <= size) continue;
    // a full piece is held back until more has come: only then it is known not to be the last
    const all = Buffer.concat(held, heldBytes);
    let at = 0;
    for (; heldBytes - at > size; at += size) yield { piece: all.subarray(at, at + size), isLast: false };
    held = [all.subarray(at)];
    heldBytes -= at;
  }
  yield { piece: Buffer.concat(held, heldBytes), isLast: true };
}

/** @param key 32 bytes that nothing else was ever encrypted with */
export async function* encrypted(
  source: AsyncIterable<Uint8Array>,
  key: Uint8Array,
  documentId: string,
): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { piece, isLast } of cut(source, CHUNK_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number++, isLast)).setAAD(boundTo(documentId));
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }
}

/** @throws {DamagedContent} at the first chunk that does not open, in place of it */
export async function* decrypted(
  source: AsyncIterable<Uint8Array>,
  key: Uint8Array,
  documentId: string,
): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { piece, isLast } of cut(source, CHUNK_BYTES + TAG_BYTES)) {
    if (piece.length < TAG_BYTES) throw new DamagedContent();
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number++, isLast), { authTagLength: TAG_BYTES })
      .setAAD(boundTo(documentId))
      .setAuthTag(piece.subarray(-TAG_BYTES));
    let plain: Buffer;
    try {
      plain = Buffer.concat([decipher.update(piece.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw new DamagedContent();
    }
    yield plain;
  }
}
