import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inspector } from './content.rules.js';
import { DocumentMediaType, type DocumentRefusal } from './document.js';
import {
  JPEG_END,
  JPEG_START,
  jpeg,
  jpegFrame,
  jpegScan,
  jpegSegment,
  PNG_SIGNATURE,
  pdf,
  png,
  pngChunk,
  pngHeader,
  zip,
} from './samples-under-test.js';

type Type = keyof typeof DocumentMediaType;

/** @param cuts how many bytes come at a time, over and over */
function found(type: Type, file: Uint8Array, cuts: readonly number[] = [file.length]): DocumentRefusal | null {
  const inspect = inspector(DocumentMediaType[type], file.length);
  for (let at = 0, i = 0; at < file.length; i++) {
    const length = cuts[i % cuts.length] as number;
    const refusal = inspect.feed(file.subarray(at, at + length));
    if (refusal) return refusal;
    at += length;
  }
  return inspect.end();
}
const joined = (...parts: (Uint8Array | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

const RIGHT: readonly [string, Type, Buffer][] = [
  ['a PDF', 'PDF', pdf()],
  ['a PDF with white space behind its end', 'PDF', joined(pdf(), '\r\n \t\f\n')],
  ['a PDF that was added to', 'PDF', joined(pdf(), '4 0 obj\n<< /A 1 >>\nendobj\n%%EOF')],
  ['a PDF that opens at a page', 'PDF', pdf('', { catalog: '/OpenAction [3 0 R /Fit]' })],
  ['a PDF that opens at a page, without a space', 'PDF', pdf('', { catalog: '/OpenAction[3 0 R /Fit]' })],
  [
    'a PDF with names that only begin like others',
    'PDF',
    pdf('<< /JavaScripts 1 /EncryptMetadata true /Launcher 2 >>'),
  ],
  ['a PDF whose end stands behind a percent sign', 'PDF', joined(pdf().subarray(0, -6), '%%%EOF\n')],
  ['a PDF with many percent signs', 'PDF', pdf('%%%%EOF\n%%%')],
  ['a JPEG', 'JPEG', jpeg()],
  ['a JPEG with fill bytes', 'JPEG', joined(jpeg().subarray(0, -2), Buffer.from([0xff, 0xff, 0xff, 0xd9]))],
  [
    'a JPEG with several scans',
    'JPEG',
    joined(JPEG_START, jpegFrame(8, 8, 0xc2), jpegScan(), jpegSegment(0xc4, Buffer.alloc(9)), jpegScan(), JPEG_END),
  ],
  [
    'a JPEG with a comment that speaks of its end',
    'JPEG',
    joined(JPEG_START, jpegSegment(0xfe, JPEG_END), jpeg().subarray(2)),
  ],
  ['a JPEG of 50 megapixels', 'JPEG', jpeg(10_000, 5_000, Buffer.alloc(60_000, 1))],
  ['a PNG', 'PNG', png()],
  ['a PNG with notes', 'PNG', joined(png().subarray(0, 33), pngChunk('tEXt', Buffer.from('IEND')), png().subarray(33))],
  ['a blank PNG, which is very small for its size', 'PNG', png(4_960, 7_016)],
];

describe('a file is taken', () => {
  test.each(RIGHT)('%s', (_, type, file) => {
    expect(found(type, file)).toBeNull();
  });
});

const WRONG: readonly [string, Type, Buffer, keyof typeof DocumentRefusal][] = [
  ['a GIF as a PNG', 'PNG', joined('GIF89a', png()), 'WRONG_TYPE'],
  ['a page of HTML as a JPEG', 'JPEG', joined('<!doctype html><script>alert(1)</script>'), 'WRONG_TYPE'],
  ['a page of HTML as a PDF', 'PDF', joined('<html>%PDF-1.7 %%EOF'), 'WRONG_TYPE'],
  ['a PNG as a JPEG', 'JPEG', png(), 'WRONG_TYPE'],
  ['a JPEG as a PDF', 'PDF', jpeg(), 'WRONG_TYPE'],
  ['a program as a PDF', 'PDF', joined('MZ\x90\0', pdf()), 'WRONG_TYPE'],
  ['a PDF behind a line break', 'PDF', joined('\n', pdf()), 'WRONG_TYPE'],
  ['a PDF of which only the beginning came', 'PDF', joined('%PDF'), 'WRONG_TYPE'],
  ['a PNG of which only the beginning came', 'PNG', PNG_SIGNATURE.subarray(0, 4), 'WRONG_TYPE'],
  ['a PDF without an end', 'PDF', pdf().subarray(0, -6), 'DAMAGED'],
  ['a PDF with a page of HTML behind', 'PDF', joined(pdf(), '<script>alert(1)</script>'), 'DAMAGED'],
  ['a PDF with NULs behind', 'PDF', joined(pdf(), '\0\0'), 'DAMAGED'],
  ['a PDF with an archive behind', 'PDF', joined(pdf(), zip()), 'FOREIGN_CONTENT'],
  ['a PDF whose end is the comment of an archive', 'PDF', joined(pdf(), zip('\n%%EOF\n')), 'FOREIGN_CONTENT'],
  ['a PDF with a script', 'PDF', pdf('<< /S /JavaScript /JS (app.alert(1)) >>'), 'ACTIVE_CONTENT'],
  ['a PDF with a script whose name is disguised', 'PDF', pdf('<< /S /J#61vaScr#69pt /JS (1) >>'), 'ACTIVE_CONTENT'],
  [
    'a PDF with a script whose whole name is disguised',
    'PDF',
    pdf(`<< /S /${[...'JavaScript'].map((c) => `#${c.charCodeAt(0).toString(16)}`).join('')} >>`),
    'ACTIVE_CONTENT',
  ],
  ['a PDF with a script right before a delimiter', 'PDF', pdf('<</S/JavaScript/JS(1)>>'), 'ACTIVE_CONTENT'],
  ['a PDF that starts a program', 'PDF', pdf('<< /S /Launch /F (cmd.exe) >>'), 'ACTIVE_CONTENT'],
  ['a PDF with a file in it', 'PDF', pdf('<< /Type /EmbeddedFile >>'), 'ACTIVE_CONTENT'],
  ['a PDF with files in it', 'PDF', pdf('', { catalog: '/Names << /EmbeddedFiles 9 0 R >>' }), 'ACTIVE_CONTENT'],
  ['a PDF that sends a form', 'PDF', pdf('<< /S /SubmitForm >>'), 'ACTIVE_CONTENT'],
  [
    'a PDF that does something when it is opened',
    'PDF',
    pdf('', { catalog: '/OpenAction << /S /URI >>' }),
    'ACTIVE_CONTENT',
  ],
  [
    'a PDF that does something elsewhere when it is opened',
    'PDF',
    pdf('', { catalog: '/OpenAction 9 0 R' }),
    'ACTIVE_CONTENT',
  ],
  ['a PDF with a password', 'PDF', pdf('', { trailer: '/Encrypt 9 0 R' }), 'ENCRYPTED'],
  ['a JPEG without an end', 'JPEG', jpeg().subarray(0, -2), 'DAMAGED'],
  ['a JPEG that breaks off in a segment', 'JPEG', jpeg().subarray(0, 12), 'DAMAGED'],
  ['a JPEG with no picture', 'JPEG', joined(JPEG_START, jpegFrame(8, 8), JPEG_END), 'DAMAGED'],
  ['a JPEG that says no size', 'JPEG', joined(JPEG_START, jpegScan(), JPEG_END), 'DAMAGED'],
  ['a JPEG of height 0', 'JPEG', jpeg(16, 0), 'DAMAGED'],
  [
    'a JPEG that says two sizes',
    'JPEG',
    joined(JPEG_START, jpegFrame(8, 8), jpegFrame(9, 9), jpegScan(), JPEG_END),
    'DAMAGED',
  ],
  [
    'a JPEG with a segment of length 1',
    'JPEG',
    joined(JPEG_START, Buffer.from([0xff, 0xfe, 0, 1]), jpeg().subarray(2)),
    'DAMAGED',
  ],
  ['a JPEG with a page of HTML behind', 'JPEG', joined(jpeg(), '<script>alert(1)</script>'), 'FOREIGN_CONTENT'],
  ['a JPEG with another one behind', 'JPEG', joined(jpeg(), jpeg()), 'FOREIGN_CONTENT'],
  ['a JPEG with an archive behind', 'JPEG', joined(jpeg(), zip()), 'FOREIGN_CONTENT'],
  [
    'a JPEG with an archive in a comment, of which the rest is that archive’s comment',
    'JPEG',
    joined(JPEG_START, jpegSegment(0xfe, zip('x'.repeat(200))), jpeg().subarray(2)),
    'FOREIGN_CONTENT',
  ],
  ['a JPEG of 50 megapixels and a little', 'JPEG', jpeg(10_000, 5_001, Buffer.alloc(60_000, 1)), 'TOO_MANY_PIXELS'],
  ['a JPEG that says it is the largest', 'JPEG', jpeg(65_535, 65_535), 'TOO_MANY_PIXELS'],
  ['a JPEG that says it is far larger than its file', 'JPEG', jpeg(4_000, 4_000), 'TOO_MANY_PIXELS'],
  ['a PNG without an end', 'PNG', png().subarray(0, -12), 'DAMAGED'],
  ['a PNG that breaks off', 'PNG', png().subarray(0, -5), 'DAMAGED'],
  ['a PNG with no picture', 'PNG', joined(PNG_SIGNATURE, pngHeader(1, 1), pngChunk('IEND')), 'DAMAGED'],
  ['a PNG without a header', 'PNG', joined(PNG_SIGNATURE, png().subarray(33)), 'DAMAGED'],
  [
    'a PNG with two headers',
    'PNG',
    joined(PNG_SIGNATURE, pngHeader(1, 1), pngHeader(2, 2), png().subarray(33)),
    'DAMAGED',
  ],
  ['a PNG of width 0', 'PNG', png(3, 2, [0, 2]), 'DAMAGED'],
  [
    'a PNG of colours that there are not',
    'PNG',
    joined(PNG_SIGNATURE, pngHeader(3, 2, 4, 2), png().subarray(33)),
    'DAMAGED',
  ],
  [
    'a PNG with a part longer than the file',
    'PNG',
    joined(PNG_SIGNATURE, pngHeader(1, 1), Buffer.from([0x7f, 255, 255, 255]), 'IDAT'),
    'DAMAGED',
  ],
  [
    'a PNG with a part without a name',
    'PNG',
    joined(png().subarray(0, 33), pngChunk('a\0b1'), png().subarray(33)),
    'DAMAGED',
  ],
  ['a PNG with an archive behind', 'PNG', joined(png(), zip()), 'FOREIGN_CONTENT'],
  ['a PNG with a byte behind', 'PNG', joined(png(), '\n'), 'FOREIGN_CONTENT'],
  [
    'a PNG with an archive in its notes',
    'PNG',
    joined(png().subarray(0, 33), pngChunk('tEXt', zip('x'.repeat(85))), png().subarray(33)),
    'FOREIGN_CONTENT',
  ],
  ['a PNG of 50 megapixels and a little', 'PNG', png(10_000, 5_001), 'TOO_MANY_PIXELS'],
  ['a PNG that says it is the largest', 'PNG', png(3, 2, [0x7fffffff, 0x7fffffff]), 'TOO_MANY_PIXELS'],
  ['a PNG that says it is larger than it can be', 'PNG', png(3, 2, [1_000, 1_000]), 'TOO_MANY_PIXELS'],
];

describe('a file is refused', () => {
  test.each(WRONG)('%s', (_, type, file, refusal) => {
    expect(found(type, file)).toBe(refusal);
  });

  test('from its header, before the rest has come, when it is an image that would be too large', () => {
    const bomb = jpeg(60_000, 60_000, Buffer.alloc(1_000_000));
    const inspect = inspector(DocumentMediaType.JPEG, bomb.length);
    expect(inspect.feed(bomb.subarray(0, 200))).toBe('TOO_MANY_PIXELS');
    expect(inspect.feed(bomb.subarray(200))).toBe('TOO_MANY_PIXELS');
  });
});

const every = fc.constantFrom(...[...RIGHT, ...WRONG].filter(([, , file]) => file.length < 20_000));
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });

describe('what is found in a file', () => {
  test('does not depend on where it is cut', () => {
    fc.assert(
      fc.property(every, sizes, ([, type, file], cuts) => {
        expect(found(type, file, cuts)).toBe(found(type, file));
      }),
      { numRuns: 1_000 },
    );
  });

  test('also after a byte of it was changed, put in or taken out, does not depend on where it is cut', () => {
    fc.assert(
      fc.property(
        every,
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(2),
        sizes,
        ([, type, file], nat, value, how, cuts) => {
          const at = nat % file.length;
          const put = how === 2 ? [] : [value];
          const changed = joined(file.subarray(0, at), Buffer.from(put), file.subarray(how === 1 ? at : at + 1));
          expect(found(type, changed, cuts)).toBe(found(type, changed));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('is never that it is right, when its end is missing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RIGHT.filter(([, type]) => type !== 'PDF')), fc.nat(), ([, type, file], nat) => {
        expect(found(type, file.subarray(0, nat % file.length))).not.toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  test('is never that it is right, when it is of another type', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RIGHT), fc.constantFrom<Type>('PDF', 'JPEG', 'PNG'), ([, type, file], as) => {
        fc.pre(type !== as);
        expect(found(as, file)).toBe('WRONG_TYPE');
      }),
    );
  });
});
