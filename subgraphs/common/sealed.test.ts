import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { CannotOpen, fingerprint, makeFieldKeys, open, type Place, readFieldKeys, seal } from './sealed.js';

const folder = mkdtempSync(join(tmpdir(), 'care-sealed-'));
const file = join(folder, 'fields.keys');
makeFieldKeys(folder);
const keys = readFieldKeys(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLACE: Place = { table: 'payout_account', column: 'account_sealed', row: 'one' };
const VALUE = '6222 账户 0001';

describe('a sealed value', () => {
  const sealed = seal(keys, PLACE, VALUE);
  const box = Buffer.from(sealed.split('.')[2] as string, 'base64url');
  const holding = (bytes: Uint8Array) => `v1.${keys.current}.${Buffer.from(bytes).toString('base64url')}`;

  test('opens where it was sealed, and shows nothing of itself', () => {
    expect(open(keys, PLACE, sealed)).toBe(VALUE);
    expect(sealed).toMatch(new RegExp(`^v1\\.${keys.current}\\.[\\w-]+$`));
    expect(box.toString('latin1')).not.toContain('6222');
    expect(open(keys, PLACE, seal(keys, PLACE, ''))).toBe('');
  });

  test('is another text each time', () => {
    expect(new Set(Array.from({ length: 100 }, () => seal(keys, PLACE, VALUE))).size).toBe(100);
  });

  test.each([
    ['row', { row: 'other' }],
    ['column', { column: 'holder_sealed' }],
    ['table', { table: 'patient' }],
  ])('does not open in another %s', (_, elsewhere) => {
    expect(() => open(keys, { ...PLACE, ...elsewhere }, sealed)).toThrow(CannotOpen);
  });

  test('does not open when any of its bytes was changed', () => {
    for (let at = 0; at < box.length; at++) {
      const changed = Uint8Array.from(box);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => open(keys, PLACE, holding(changed))).toThrow(CannotOpen);
    }
  });

  test('does not open when any of its letters was changed, also where they decode alike', () => {
    for (let at = 0; at < sealed.length; at++) {
      for (const letter of 'ABCDQRSTghijwxyz.=') {
        const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
        if (changed !== sealed) expect(() => open(keys, PLACE, changed)).toThrow(CannotOpen);
      }
    }
  });

  test('does not open when it was cut, lengthened or never sealed', () => {
    const half = holding(box.subarray(0, 20));
    for (const text of [
      '',
      'v1',
      VALUE,
      half,
      `${sealed}A`,
      `${sealed}=`,
      `${sealed}\n`,
      `${sealed}.x`,
      holding(box.subarray(0, -1)),
    ])
      expect(() => open(keys, PLACE, text)).toThrow(CannotOpen);
  });

  test('does not open under another key id, nor with another key of the same id', () => {
    const other = mkdtempSync(join(tmpdir(), 'care-sealed-'));
    try {
      makeFieldKeys(other);
      const others = readFieldKeys(other);
      expect(others.current).not.toBe(keys.current);
      expect(() => open(others, PLACE, sealed)).toThrow(CannotOpen);
      expect(() => open(others, PLACE, sealed.replace(keys.current, others.current))).toThrow(CannotOpen);
      expect(() => open(keys, PLACE, sealed.replace(keys.current, 'toString'))).toThrow(CannotOpen);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  test('that does not open is told of without its content', () => {
    expect(() => open(keys, PLACE, `${sealed}A`)).toThrow(
      new Error('A sealed value in payout_account.account_sealed cannot be opened.'),
    );
  });
});

test('a fingerprint is the same for the same value at the same place only', () => {
  const one = fingerprint(keys, PLACE, VALUE);
  expect(fingerprint(keys, PLACE, VALUE)).toBe(one);
  expect(fingerprint(keys, PLACE, `${VALUE} `)).not.toBe(one);
  expect(fingerprint(keys, { ...PLACE, row: 'other' }, VALUE)).not.toBe(one);
});

describe('the file of keys', () => {
  test('is made once, for its owner alone', () => {
    const before = readFileSync(file, 'utf8');
    makeFieldKeys(folder);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('may hold older keys: they open what they sealed, and the current one seals', () => {
    const older = JSON.parse(readFileSync(file, 'utf8')) as { keys: Record<string, string> };
    const sealed = seal(keys, PLACE, VALUE);
    const turned = mkdtempSync(join(tmpdir(), 'care-sealed-'));
    try {
      const added = { current: 'newer', keys: { ...older.keys, newer: Buffer.alloc(32, 7).toString('base64') } };
      writeFileSync(join(turned, 'fields.keys'), JSON.stringify(added));
      const both = readFieldKeys(turned);
      expect(open(both, PLACE, sealed)).toBe(VALUE);
      expect(seal(both, PLACE, VALUE)).toMatch(/^v1\.newer\./);
    } finally {
      rmSync(turned, { recursive: true, force: true });
    }
  });

  test.each([
    ['nothing', undefined],
    ['no JSON', 'c2VjcmV0'],
    ['a current key that is missing', '{"current": "a", "keys": {}}'],
    ['a key that is too short', '{"current": "a", "keys": {"a": "c2VjcmV0"}}'],
    ['an id that a sealed value cannot name', `{"current": "a.b", "keys": {"a.b": "${'A'.repeat(43)}="}}`],
  ])('with %s is refused without quoting it', (_, content) => {
    const wrong = mkdtempSync(join(tmpdir(), 'care-sealed-'));
    try {
      if (content !== undefined) writeFileSync(join(wrong, 'fields.keys'), content);
      expect(() => readFieldKeys(wrong)).toThrow(/^(There are no field keys|(?!.*c2VjcmV0).*does not hold field keys)/);
    } finally {
      rmSync(wrong, { recursive: true, force: true });
    }
  });
});
