import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { until } from '../../tests/until.js';
import { keyFileIn, makeFieldKeys, newKey, readKeyFile, replaceKeyFile } from './field-keys.js';
import { blindIndex, CannotOpen, fingerprint, open, type Place, readFieldKeys, seal } from './sealed.js';

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
  const holding = (bytes: Uint8Array) => `v1.${keys.current.id}.${Buffer.from(bytes).toString('base64url')}`;

  test('opens where it was sealed, and shows nothing of itself', () => {
    expect(open(keys, PLACE, sealed)).toBe(VALUE);
    expect(sealed).toMatch(new RegExp(`^v1\\.${keys.current.id}\\.[\\w-]+$`));
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
      expect(others.current.id).not.toBe(keys.current.id);
      expect(() => open(others, PLACE, sealed)).toThrow(CannotOpen);
      expect(() => open(others, PLACE, sealed.replace(keys.current.id, others.current.id))).toThrow(CannotOpen);
      expect(() => open(keys, PLACE, sealed.replace(keys.current.id, 'toString'))).toThrow(CannotOpen);
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

test('a blind index is the same for the same value in any row, and another in another column', () => {
  const { table, column } = PLACE;
  const one = blindIndex(keys, { table, column }, VALUE);
  expect(one).toMatch(/^[\w-]{43}$/);
  expect(blindIndex(keys, PLACE, VALUE)).toBe(one);
  expect(blindIndex(keys, { table, column }, `${VALUE} `)).not.toBe(one);
  expect(blindIndex(keys, { table, column: 'other' }, VALUE)).not.toBe(one);
});

test('a fingerprint is the same for the same value at the same place only', () => {
  const one = fingerprint(keys, PLACE, VALUE);
  expect(fingerprint(keys, PLACE, VALUE)).toBe(one);
  expect(fingerprint(keys, PLACE, `${VALUE} `)).not.toBe(one);
  expect(fingerprint(keys, { ...PLACE, row: 'other' }, VALUE)).not.toBe(one);
});

/** A folder with a copy of the keys, given away afterwards. */
async function inCopy(work: (folder: string) => Promise<void> | void): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'care-sealed-'));
  try {
    writeFileSync(join(copy, 'fields.keys'), readFileSync(file), { mode: 0o600 });
    await work(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const change = (folder: string, to: (before: ReturnType<typeof readKeyFile>) => ReturnType<typeof readKeyFile>) => {
  const path = keyFileIn(folder);
  replaceKeyFile(path, to(readKeyFile(path)));
};
const NEWER = Buffer.alloc(32, 7);
const withNewer = (before: ReturnType<typeof readKeyFile>) => ({ ...before, keys: { ...before.keys, newer: NEWER } });

describe('the file of keys', () => {
  test('is made once, for its owner alone', () => {
    const before = readFileSync(file, 'utf8');
    makeFieldKeys(folder);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('of an earlier version is given a secret of indexes, once, and what was sealed opens', () =>
    inCopy((copy) => {
      const { index: _, ...earlier } = JSON.parse(readFileSync(file, 'utf8')) as { index: string };
      writeFileSync(keyFileIn(copy), JSON.stringify(earlier));
      expect(() => readFieldKeys(copy)).toThrow('npm run migrate');
      makeFieldKeys(copy);
      const { index, ...rest } = JSON.parse(readFileSync(keyFileIn(copy), 'utf8')) as { index: string };
      expect(rest).toEqual(earlier);
      makeFieldKeys(copy);
      expect(readKeyFile(keyFileIn(copy)).index.toString('base64')).toBe(index);
      expect(readdirSync(copy)).toEqual(['fields.keys']);
      expect(open(readFieldKeys(copy), PLACE, seal(keys, PLACE, VALUE))).toBe(VALUE);
    }));

  test('takes the secret of indexes of whoever was first', () =>
    inCopy((copy) => {
      const { index: _, ...earlier } = JSON.parse(readFileSync(file, 'utf8')) as { index: string };
      writeFileSync(keyFileIn(copy), JSON.stringify(earlier));
      const first = Buffer.alloc(32, 9);
      writeFileSync(`${keyFileIn(copy)}.index`, first.toString('base64'));
      makeFieldKeys(copy);
      expect(readKeyFile(keyFileIn(copy)).index).toEqual(first);
    }));

  test('may hold older keys: they open what they sealed, and the current one seals', () =>
    inCopy((copy) => {
      const sealed = seal(keys, PLACE, VALUE);
      change(copy, (before) => ({ ...withNewer(before), current: 'newer' }));
      expect(statSync(keyFileIn(copy)).mode & 0o777).toBe(0o600);
      const both = readFieldKeys(copy);
      expect(open(both, PLACE, sealed)).toBe(VALUE);
      expect(seal(both, PLACE, VALUE)).toMatch(/^v1\.newer\./);
      expect(fingerprint(both, PLACE, VALUE)).toBe(fingerprint(keys, PLACE, VALUE));
      expect(blindIndex(both, PLACE, VALUE)).toBe(blindIndex(keys, PLACE, VALUE));
    }));

  test('is read again by who meets a key that they do not know, at once', () =>
    inCopy((copy) => {
      const running = readFieldKeys(copy);
      const before = seal(running, PLACE, VALUE);
      change(copy, (held) => ({ ...withNewer(held), current: 'newer' }));
      const sealed = seal(readFieldKeys(copy), PLACE, VALUE);
      expect(sealed).toMatch(/^v1\.newer\./);
      expect(open(running, PLACE, sealed)).toBe(VALUE);
      expect(open(running, PLACE, before)).toBe(VALUE);
    }));

  test('is looked at by who seals: after a while the current key is the new one, and a retired one opens nothing', () =>
    inCopy(async (copy) => {
      const running = readFieldKeys(copy);
      const before = seal(running, PLACE, VALUE);
      change(copy, (held) => ({ ...withNewer(held), current: 'newer' }));
      await until(() => seal(running, PLACE, VALUE).startsWith('v1.newer.'));
      change(copy, ({ keys: { newer }, ...held }) => ({ ...held, keys: { newer: newer as Buffer } }));
      const opens = () => {
        try {
          return open(running, PLACE, before);
        } catch (error) {
          return error;
        }
      };
      await until(() => opens() !== VALUE);
      expect(opens()).toBeInstanceOf(CannotOpen);
    }));

  test.each([
    ['gone', (path: string) => rmSync(path)],
    ['no JSON', (path: string) => writeFileSync(path, 'c2VjcmV0')],
    [
      'one with another secret of indexes',
      (path: string) => replaceKeyFile(path, { ...readKeyFile(path), index: NEWER }),
    ],
  ])('changes nothing for a running process when it is %s, and is taken when it is good again', (_, spoil) =>
    inCopy((copy) => {
      const running = readFieldKeys(copy);
      const path = keyFileIn(copy);
      const good = readKeyFile(path);
      const sealed = seal(running, PLACE, VALUE);
      spoil(path);
      // a key that is not known: the file is asked
      expect(() => open(running, PLACE, sealed.replace(running.current.id, 'unknown'))).toThrow(CannotOpen);
      expect(open(running, PLACE, sealed)).toBe(VALUE);
      expect(open(running, PLACE, seal(running, PLACE, VALUE))).toBe(VALUE);
      writeFileSync(path, '');
      replaceKeyFile(path, { ...withNewer(good), current: 'newer' });
      expect(open(running, PLACE, seal(readFieldKeys(copy), PLACE, VALUE))).toBe(VALUE);
    }));

  test('has ids that are never the same', () => {
    expect(new Set(Array.from({ length: 100 }, () => newKey()[0])).size).toBe(100);
  });

  test.each([
    ['nothing', undefined],
    ['no JSON', 'c2VjcmV0'],
    ['a current key that is missing', '{"current": "a", "keys": {}}'],
    ['a next key that is missing', `{"current": "a", "next": "b", "keys": {"a": "${'A'.repeat(43)}="}}`],
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
