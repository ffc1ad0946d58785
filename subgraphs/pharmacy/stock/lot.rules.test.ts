import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { checkReason } from '../../common/plain-text.js';
import { checkChange, checkExpiry, checkReceived, lotActions, lotCode } from './lot.rules.js';
import { checkTerms } from './terms.rules.js';

const refused = (check: () => unknown) => expect(check).toThrow(InvalidInput);
const code = (typed: string) => lotCode(typed, ['input', 'lot']);

describe("a lot's code", () => {
  test('is the same however it was typed', () => {
    for (const typed of ['AB-12/3', ' ab-12/3 ', 'ＡＢ－１２／３', 'a b - 1 2 / 3', 'AB-12/3\n']) {
      expect(code(typed)).toBe('AB-12/3');
    }
  });

  test('is kept as it is when it is typed again, and never has spaces or small letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (typed) => {
        let kept: string;
        try {
          kept = code(typed);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
          return;
        }
        expect(kept).toMatch(/^[\x21-\x7e]{1,50}$/);
        expect(kept).toBe(kept.toUpperCase());
        expect(code(kept)).toBe(kept);
      }),
    );
  });

  test('is neither empty nor long nor what no maker prints', () => {
    for (const typed of ['', '  ', 'A'.repeat(51), '批号', 'A\u0000', 'A\u202eB', '🙂']) refused(() => code(typed));
    expect(code('A'.repeat(50))).toHaveLength(50);
  });
});

test('1 to 10,000 packages arrive at once', () => {
  for (const quantity of [0, -1, 10_001, 1e9]) refused(() => checkReceived(quantity));
  for (const quantity of [1, 10_000]) checkReceived(quantity);
});

test('an adjustment changes something, and not by more than 10,000 packages', () => {
  for (const change of [0, 10_001, -10_001]) refused(() => checkChange(change));
  for (const change of [1, -1, 10_000, -10_000]) checkChange(change);
});

test('what is in its last week is not received, and neither is what no medicine keeps for', () => {
  const today = '2026-02-26';
  for (const day of ['2020-01-01', '2026-02-25', '2026-02-26', '2026-03-05', '2047-01-01', '9999-12-31']) {
    refused(() => checkExpiry(day, today));
  }
  for (const day of ['2026-03-06', '2028-02-29', '2046-02-26']) checkExpiry(day, today);
});

test('a reason says something in at most 500 characters, without what nobody sees', () => {
  for (const reason of ['', ' \n', '\u0007', 'x'.repeat(501)]) refused(() => checkReason(reason));
  expect(checkReason(' broken\u0000 glass ')).toBe('broken glass');
  expect(checkReason('药'.repeat(500))).toHaveLength(500);
});

test('a delivery takes 1 to 60 days, and an allowance is at most a day', () => {
  for (const [days, minutes] of [
    [0, 60],
    [61, 60],
    [3, -1],
    [3, 1441],
  ] as const) {
    refused(() => checkTerms(days, minutes));
  }
  checkTerms(1, 0);
  checkTerms(60, 1440);
});

test('a recalled lot is still counted, and not recalled again', () => {
  expect(lotActions(false)).toEqual(['ADJUST', 'RECALL']);
  expect(lotActions(true)).toEqual(['ADJUST']);
});
