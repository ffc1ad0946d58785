import { describe, expect, test } from '@jest/globals';
import { InvalidInput } from '../../common/errors.js';
import { DocumentMediaType, DocumentStatus } from './document.js';
import { allowedActions, checkAnnounced, contentDisposition } from './document.rules.js';

const announced = { fileName: '诊断证明 2026.pdf', byteSize: 1, sha256: 'ab'.repeat(32) };
const refusal = (change: Partial<typeof announced>): InvalidInput | undefined => {
  try {
    checkAnnounced({ ...announced, ...change });
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  return undefined;
};

describe('a file that is announced', () => {
  test('is taken with its name in one form and its hash in small letters', () => {
    expect(checkAnnounced({ fileName: '  e\u0301.pdf ', byteSize: 20 * 1024 * 1024, sha256: 'AB'.repeat(32) })).toEqual(
      {
        fileName: '\u00e9.pdf',
        byteSize: 20_971_520,
        sha256: 'ab'.repeat(32),
      },
    );
  });

  test.each([
    ['fileName', '../../etc/passwd'],
    ['fileName', 'C:\\Windows\\cmd.exe'],
    ['fileName', 'a/b.pdf'],
    ['fileName', '..'],
    ['fileName', '.'],
    ['fileName', ''],
    ['fileName', '   '],
    ['fileName', 'x'.repeat(201)],
    ['fileName', 'a\0.pdf'],
    ['fileName', 'a\r\nSet-Cookie: x.pdf'],
    ['fileName', 'invoice\u202efdp.exe'],
    ['fileName', 'a\ud800.pdf'],
    ['byteSize', 0],
    ['byteSize', -1],
    ['byteSize', 20_971_521],
    ['sha256', 'ab'.repeat(31)],
    ['sha256', 'zz'.repeat(32)],
    ['sha256', `${'ab'.repeat(32)}\n`],
  ])('is refused for its %s, which is not quoted: %j', (field, value) => {
    const refused = refusal({ [field]: value });
    expect(refused?.path).toEqual(['input', field]);
    if (typeof value === 'string' && value.trim().length > 2) expect(refused?.message).not.toContain(value);
  });
});

describe('a file that is given out', () => {
  test.each([
    [
      '证明.pdf',
      DocumentMediaType.PDF,
      'attachment; filename="document.pdf"; filename*=UTF-8\'\'%E8%AF%81%E6%98%8E.pdf',
    ],
    ['a.PDF', DocumentMediaType.PDF, 'attachment; filename="document.pdf"; filename*=UTF-8\'\'a.PDF'],
    ['a.jpeg', DocumentMediaType.JPEG, 'attachment; filename="document.jpg"; filename*=UTF-8\'\'a.jpeg'],
    ['a.html', DocumentMediaType.PNG, 'attachment; filename="document.png"; filename*=UTF-8\'\'a.html.png'],
    [
      'x"; y=\'(1)*!.exe',
      DocumentMediaType.PDF,
      'attachment; filename="document.pdf"; filename*=UTF-8\'\'x%22%3B%20y%3D%27%281%29%2A%21.exe.pdf',
    ],
  ])('is a download of its own name, which ends as what it is: %s', (name, type, header) => {
    expect(contentDisposition(name, type)).toBe(header);
  });
});

describe('what may be done with a document', () => {
  test.each<[DocumentStatus, boolean, string[]]>([
    [DocumentStatus.AWAITING_UPLOAD, true, ['UPLOAD', 'DELETE']],
    [DocumentStatus.STORED, true, ['DELETE']],
    [DocumentStatus.REFUSED, true, ['DELETE']],
    [DocumentStatus.EXPIRED, true, ['DELETE']],
    [DocumentStatus.DELETED, true, []],
    [DocumentStatus.STORED, false, []],
    [DocumentStatus.AWAITING_UPLOAD, false, []],
  ])('%s, who may change it: %s', (status, mayChange, actions) => {
    expect(allowedActions(status, mayChange)).toEqual(actions);
  });
});
