import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aidYear, shanghaiDay } from './calendar.js';
import { connection, pageOf } from './connection.js';
import { fixedId, isUuid, newId } from './ids.js';
import { CurrencyCode, money, positiveFen } from './money.js';
import { plainText } from './plain-text.js';
import { DateTime, Decimal, LocalDate, Locale, preferredLocale } from './scalars.js';

describe('money', () => {
  test('fen come back as they went, for every amount that can be sent', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 999_999_999_999n }), (fen) => {
        expect(positiveFen(money(fen), ['amount'])).toBe(fen);
      }),
    );
  });

  test.each([
    '0',
    '0.00',
    '-1.00',
    '1.001',
    '1e3',
    'NaN',
    '',
    ' 1',
    '1.',
    '.5',
    '12345678901',
    '１２',
  ])('%j is no amount', (amount) => {
    expect(() => positiveFen({ amount, currency: CurrencyCode.CNY }, ['amount'])).toThrow('amount above zero');
  });

  test('a negative amount is shown with its sign', () => {
    expect(money(-5n).amount).toBe('-0.05');
  });
});

describe('the aid year is that of Shanghai', () => {
  test.each([
    ['2026-12-31T15:59:59.999Z', 2026, '2026-12-31'],
    ['2026-12-31T16:00:00.000Z', 2027, '2027-01-01'],
  ])('%s is in %i', (moment, year, day) => {
    expect(aidYear(new Date(moment))).toBe(year);
    expect(shanghaiDay(new Date(moment))).toBe(day);
  });
});

describe('ids', () => {
  test('a fixed id is a UUIDv7, the same every time, and another for another thing', () => {
    const id = fixedId('disease', 31);
    expect(isUuid(id)).toBe(true);
    expect(id[14]).toBe('7');
    expect('89ab').toContain(id[19]);
    expect(fixedId('disease', 31)).toBe(id);
    expect(fixedId('disease', 32)).not.toBe(id);
  });

  test('new ids are in the order of their making', () => {
    const ids = Array.from({ length: 100 }, newId);
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('pages', () => {
  const node = (id: string) => ({ id });
  const ids = [newId(), newId(), newId()] as [string, string, string];

  test.each([0, -1, 101, 2 ** 31 - 1])('a page of %i is refused', (first) => {
    expect(() => pageOf({ first })).toThrow('from 1 to 100');
  });

  test.each([
    '',
    'x',
    'Y3Vyc29y',
    Buffer.from("c1:' or 1=1").toString('base64url'),
  ])('the cursor %j is refused', (after) => {
    expect(() => pageOf({ first: 1, after })).toThrow('endCursor');
  });

  test('a cursor leads behind its entry and says nothing but its id', () => {
    const page = connection(ids.map(node), pageOf({ first: 2 }), async () => 3);
    expect(page.nodes).toHaveLength(2);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const cursor = page.pageInfo.endCursor as string;
    expect(Buffer.from(cursor, 'base64url').toString()).toBe(`c1:${ids[1]}`);
    expect(pageOf({ first: 2, after: cursor }).after).toBe(ids[1]);
  });

  test('an empty page has no cursors', () => {
    expect(connection([], pageOf({ first: 2 }), async () => 0).pageInfo).toMatchObject({
      startCursor: null,
      endCursor: null,
      hasNextPage: false,
    });
  });
});

describe('plain text', () => {
  test.each([
    ['\u200b\u200b\ufeff'],
    ['\u2060'],
    ['\u00ad'],
    ['\u3164 \u3164'],
    ['\u2800'],
    [' \t\n'],
    ['\u0000'],
  ])('is empty where nothing can be seen: %j', (text) => {
    expect(plainText(text)).toBe('');
  });

  test.each([['.'], ['好'], ['👩\u200d👧'], ['a\u200bb']])('is kept where something can: %j', (text) => {
    expect(plainText(text)).toBe(text);
  });
});

describe('scalars', () => {
  test.each(['2026-02-30', '2026-13-01', '26-01-01', 'today', '', 20260101])('%p is no Date', (value) => {
    expect(() => LocalDate.parseValue(value)).toThrow('YYYY-MM-DD');
  });

  test.each(['2026-01-01', '2026-01-01 00:00:00', '2026-01-01T00:00:00', 'now', 0])('%p is no DateTime', (value) => {
    expect(() => DateTime.parseValue(value)).toThrow('RFC 3339');
  });

  test("a row's time is shown as RFC 3339 in UTC", () => {
    expect(DateTime.serialize('2026-03-14 09:26:53.589+00')).toBe('2026-03-14T09:26:53.589Z');
    expect(DateTime.serialize('2026-03-14T09:26:53.589123+00:00')).toBe('2026-03-14T09:26:53.589Z');
  });

  test.each([1.5, '1e309', 'Infinity', '0x10', '1.0000001'])('%p is no Decimal', (value) => {
    expect(() => Decimal.parseValue(value)).toThrow('string');
  });

  test.each([
    [undefined, Locale.EN],
    ['zh-CN,zh;q=0.9,en;q=0.8', Locale.ZH],
    ['en-GB,zh;q=0.5', Locale.EN],
    ['fr, zh;q=0.3, en;q=0.2', Locale.ZH],
    ['zh;q=0', Locale.EN],
    ['*', Locale.EN],
  ])('Accept-Language %j means %s', (header, locale) => {
    expect(preferredLocale(header)).toBe(locale);
  });
});
