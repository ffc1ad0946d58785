import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CareAction, CareInvitationState, CareScope, CareState } from './care.js';
import {
  careActions,
  careState,
  careUntil,
  checkLabel,
  checkScopes,
  covers,
  endOrOwn,
  grownUpAt,
  invitationActions,
  invitationState,
} from './care.rules.js';
import { codeOf, nextHour, readCode, shownCode } from './care-code.rules.js';

const { VIEW, APPLY, ORDER, CARE } = CareScope;
const NOW = new Date('2026-06-15T12:00:00Z');
const invalid = (...path: string[]) => expect.objectContaining({ code: 'INVALID_INPUT', path: ['input', ...path] });

describe('coming of age', () => {
  test.each([
    ['2008-06-15', '2026-06-14T16:00:00.000Z'],
    ['2010-01-01', '2027-12-31T16:00:00.000Z'],
    // there is no February 29 in 2026 and 2038
    ['2008-02-29', '2026-02-27T16:00:00.000Z'],
    ['2020-02-29', '2038-02-27T16:00:00.000Z'],
  ])('is at midnight in Shanghai: born on %s, at %s', (born, at) => {
    expect(grownUpAt(born).toISOString()).toBe(at);
  });
});

describe('what is granted', () => {
  test('has each scope once, in their order, and lets see', () => {
    expect(checkScopes([CARE, VIEW, CARE])).toEqual([VIEW, CARE]);
    expect(() => checkScopes([])).toThrow(invalid('scopes'));
    expect(() => checkScopes([APPLY, ORDER])).toThrow(invalid('scopes'));
  });

  test('lasts to the end of a day of Shanghai', () => {
    expect(careUntil(null, '1990-01-01', NOW)).toBeNull();
    expect(careUntil('2026-06-15', '1990-01-01', NOW)?.toISOString()).toBe('2026-06-15T16:00:00.000Z');
    expect(() => careUntil('2026-06-14', '1990-01-01', NOW)).toThrow(invalid('expiresOn'));
  });

  test('for a minor does not reach into the day on which they come of age', () => {
    expect(careUntil('2028-03-09', '2010-03-10', NOW)).toEqual(grownUpAt('2010-03-10'));
    expect(() => careUntil('2028-03-10', '2010-03-10', NOW)).toThrow(invalid('expiresOn'));
    // who is of age may say what they like
    expect(careUntil('2040-01-01', '2008-06-15', NOW)).not.toBeNull();
  });

  test('is anything of the patient’s, and of a caregiver no more than they have, for no longer', () => {
    const until = new Date('2027-01-01T00:00:00Z');
    const aunt = { self: false, scopes: [VIEW, ORDER], until };
    expect(covers({ ...aunt, self: true }, [VIEW, APPLY, ORDER, CARE], null)).toBe(true);
    expect(covers(aunt, [VIEW, ORDER], until)).toBe(true);
    expect(covers(aunt, [VIEW, APPLY], until)).toBe(false);
    expect(covers(aunt, [VIEW], new Date(until.getTime() + 1))).toBe(false);
    expect(covers(aunt, [VIEW], null)).toBe(false);
    expect(covers({ ...aunt, until: null }, [VIEW], null)).toBe(true);
    expect(endOrOwn(null, aunt)).toEqual(until);
    expect(endOrOwn(null, { ...aunt, self: true })).toBeNull();
    expect(endOrOwn(NOW, aunt)).toEqual(NOW);
  });

  test('without an end of its own is always what the giver may give', () => {
    const scopes = fc.subarray(Object.values(CareScope));
    const day = fc.option(fc.date({ noInvalidDate: true }));
    fc.assert(
      fc.property(fc.boolean(), scopes, day, (self, held, until) => {
        const holding = { self, scopes: held, until };
        return covers(holding, held, endOrOwn(null, holding));
      }),
    );
  });
});

test('a label is 1 to 50 characters', () => {
  expect(checkLabel('  Aunt Li ')).toBe('Aunt Li');
  expect(checkLabel('阿'.repeat(50))).toHaveLength(50);
  for (const label of [null, undefined, ' ', 'x'.repeat(51)]) expect(() => checkLabel(label)).toThrow(invalid('label'));
});

describe('what may be done', () => {
  const facts = { revokedAt: null, expiresAt: null, mine: false, governs: false };

  test('with a relationship: who governs changes and revokes, the caregiver gives up, and nobody changes their own', () => {
    expect(careActions(facts, NOW)).toEqual([]);
    expect(careActions({ ...facts, governs: true }, NOW)).toEqual([CareAction.CHANGE, CareAction.REVOKE]);
    expect(careActions({ ...facts, mine: true }, NOW)).toEqual([CareAction.REVOKE]);
    expect(careActions({ ...facts, mine: true, governs: true }, NOW)).toEqual([CareAction.REVOKE]);
  });

  test('with one that has ended: nothing', () => {
    const all = { ...facts, mine: true, governs: true };
    expect(careState({ ...facts, expiresAt: NOW.toISOString() }, NOW)).toBe(CareState.ENDED);
    expect(careActions({ ...all, expiresAt: NOW.toISOString() }, NOW)).toEqual([]);
    expect(careState({ ...facts, revokedAt: NOW.toISOString() }, NOW)).toBe(CareState.REVOKED);
    expect(careActions({ ...all, revokedAt: NOW.toISOString() }, NOW)).toEqual([]);
  });

  test('with an invitation: take it back while it is open', () => {
    const open = { acceptedAt: null, withdrawnAt: null, expiresAt: '2026-06-15T12:00:00.001Z' };
    expect(invitationActions(open, NOW)).toHaveLength(1);
    for (const [of, state] of [
      [{ ...open, acceptedAt: 'x' }, CareInvitationState.ACCEPTED],
      [{ ...open, withdrawnAt: 'x' }, CareInvitationState.WITHDRAWN],
      [{ ...open, expiresAt: NOW.toISOString() }, CareInvitationState.EXPIRED],
    ] as const) {
      expect(invitationState(of, NOW)).toBe(state);
      expect(invitationActions(of, NOW)).toEqual([]);
    }
  });
});

describe('a code', () => {
  const bytes = fc.uint8Array({ minLength: 10, maxLength: 32 });

  test('is read as it is shown, in any case, with any spaces, and with the letters that look like digits', () => {
    fc.assert(
      fc.property(bytes, (random) => {
        const code = codeOf(random);
        const shown = shownCode(code);
        expect(shown).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){2}$/);
        for (const typed of [shown, shown.toLowerCase(), ` ${shown.replaceAll('-', ' ')} `])
          expect(readCode(typed)).toBe(code);
        expect(readCode(shown.replaceAll('0', 'o').replaceAll('1', 'l'))).toBe(code);
      }),
    );
  });

  test('tells 75 bits apart', () => {
    // one bit more or less in the first 75 is another code
    const zero = new Uint8Array(10);
    const codes = Array.from({ length: 80 }, (_, bit) => {
      const one = Uint8Array.from(zero);
      const byte = 9 - Math.floor(bit / 8);
      one[byte] = 1 << (bit % 8);
      return codeOf(one);
    });
    expect(new Set(codes.slice(0, 75)).size).toBe(75);
    expect(new Set(codes.slice(75))).toEqual(new Set([codeOf(zero)]));
  });

  test.each([
    '',
    '7K3QM-0XWVB',
    '7K3QM-0XWVB-29FHTA',
    'UUUUU-UUUUU-UUUUU',
    '\0',
    "' or 1=1 --",
    '7'.repeat(100_000),
  ])('is not %p', (typed) => {
    expect(() => readCode(typed)).toThrow(invalid('code'));
  });

  test('can be tried again in the next hour', () => {
    expect(nextHour(new Date('2026-06-15T12:59:59.999Z'))).toEqual(new Date('2026-06-15T13:00:00Z'));
    expect(nextHour(new Date('2026-06-15T13:00:00Z'))).toEqual(new Date('2026-06-15T14:00:00Z'));
  });
});
