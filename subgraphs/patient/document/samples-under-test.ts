import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

/** Files for tests, made as they are needed: right ones, and parts to make wrong ones of. */

export const sha256Of = (file: Uint8Array): string => createHash('sha256').update(file).digest('hex');

const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const uint32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);

/** A PDF of one empty page. @param objects what else stands in it */
export const pdf = (objects = '', { trailer = '', catalog = '' } = {}): Buffer =>
  Buffer.from(
    `%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R ${catalog} >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n` +
      `3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n${objects}\ntrailer\n<< /Root 1 0 R ${trailer} >>\nstartxref\n0\n%%EOF\n`,
    'latin1',
  );

export const pngChunk = (type: string, data: Uint8Array = Buffer.alloc(0)): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
};
export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
export const pngHeader = (width: number, height: number, bits = 8, colour = 0): Buffer =>
  pngChunk('IHDR', Buffer.concat([uint32(width), uint32(height), Buffer.from([bits, colour, 0, 0, 0])]));
/** A grey PNG. @param said the size that it says it has, when that is not the one that it has */
export const png = (width = 3, height = 2, said: readonly [number, number] = [width, height]): Buffer =>
  Buffer.concat([
    PNG_SIGNATURE,
    pngHeader(...said),
    pngChunk('IDAT', deflateSync(Buffer.alloc(height * (width + 1), 7))),
    pngChunk('IEND'),
  ]);

export const jpegSegment = (marker: number, data: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker]), uint16(data.length + 2), data]);
export const jpegFrame = (width: number, height: number, marker = 0xc0): Buffer =>
  jpegSegment(marker, Buffer.concat([Buffer.from([8]), uint16(height), uint16(width), Buffer.from([1, 1, 0x11, 0])]));
export const JPEG_START = Buffer.from([0xff, 0xd8]);
export const JPEG_END = Buffer.from([0xff, 0xd9]);
/** A scan, with a byte 0xFF and a place to start anew in its data. */
export const jpegScan = (data: Uint8Array = Buffer.from([0x12, 0xff, 0x00, 0xff, 0xd0, 0x34])): Buffer =>
  Buffer.concat([jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), data]);
/** A grey JPEG, in form: what is in its scan is no picture. */
export const jpeg = (width = 16, height = 8, scan?: Uint8Array): Buffer =>
  Buffer.concat([
    JPEG_START,
    jpegSegment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    jpegSegment(0xdb, Buffer.alloc(65, 1)),
    jpegFrame(width, height),
    jpegSegment(0xc4, Buffer.alloc(20, 1)),
    jpegScan(scan),
    JPEG_END,
  ]);

/** A ZIP archive with nothing in it, which can be put behind any file. @param comment stands behind it and belongs to it */
export const zip = (comment = ''): Buffer =>
  Buffer.concat([
    Buffer.from([0x50, 0x4b, 0x05, 0x06]),
    Buffer.alloc(16),
    Buffer.from([comment.length & 255, comment.length >> 8]),
    Buffer.from(comment, 'latin1'),
  ]);
