import { describe, expect, test } from '@jest/globals';
import { NotAllowed } from '../../common/errors.js';
import { type AwardFacts, decideAward } from './award.rules.js';
import { CLAIM_STATUSES } from './claim.entity.js';
import { ClaimAction } from './claim.enums.js';
import { ClaimWrongState } from './claim.errors.js';
import {
  allowedActions,
  type ClaimFacts,
  type ClaimStanding,
  comesToNothing,
  explainAward,
  invoiceKey,
  refuseUnless,
} from './claim.rules.js';

const facts = (change: Partial<ClaimFacts> = {}): ClaimFacts => ({
  status: 'ENTERED',
  enteredBy: 'patient',
  checkedBy: null,
  leftFen: 0n,
  ...change,
});
const nobody = { applicant: false, concerned: false, reviewer: false, finance: false };
const applicant: ClaimStanding = { ...nobody, subject: 'patient', applicant: true, concerned: true };
const reviewer: ClaimStanding = { ...nobody, subject: 'reviewer', reviewer: true };
const finance: ClaimStanding = { ...nobody, subject: 'finance', finance: true };

describe('who may do what with a claim', () => {
  test('the applicant takes it back before it is checked, and does nothing else', () => {
    for (const status of CLAIM_STATUSES) {
      expect(allowedActions(facts({ status, leftFen: 1n }), applicant)).toEqual(
        status === 'ENTERED' ? [ClaimAction.WITHDRAW] : [],
      );
    }
  });

  test('a reviewer checks what was entered, a finance officer decides what was checked', () => {
    expect(allowedActions(facts(), reviewer)).toEqual([ClaimAction.CHECK]);
    expect(allowedActions(facts({ status: 'CHECKED', checkedBy: 'reviewer' }), reviewer)).toEqual([]);
    expect(allowedActions(facts(), finance)).toEqual([]);
    expect(allowedActions(facts({ status: 'CHECKED', checkedBy: 'reviewer' }), finance)).toEqual([ClaimAction.DECIDE]);
  });

  test('what is left of an award can be reversed, and nothing once all is taken back', () => {
    for (const status of ['APPROVED', 'PAID'] as const) {
      expect(allowedActions(facts({ status, leftFen: 1n }), finance)).toEqual([ClaimAction.REVERSE]);
      expect(allowedActions(facts({ status, leftFen: 0n }), finance)).toEqual([]);
    }
    expect(allowedActions(facts({ status: 'REVERSED', leftFen: 1n }), finance)).toEqual([]);
  });

  test.each<[string, ClaimAction, ClaimFacts, ClaimStanding]>([
    ['a reviewer their own', ClaimAction.CHECK, facts(), { ...reviewer, concerned: true }],
    ['a reviewer one they entered', ClaimAction.CHECK, facts({ enteredBy: 'reviewer' }), reviewer],
    ['an officer that of a child', ClaimAction.DECIDE, facts({ status: 'CHECKED' }), { ...finance, concerned: true }],
    [
      'an officer one they checked',
      ClaimAction.DECIDE,
      facts({ status: 'CHECKED', checkedBy: 'finance' }),
      { ...finance, reviewer: true },
    ],
    [
      'an officer their own reversal',
      ClaimAction.REVERSE,
      facts({ status: 'PAID', leftFen: 1n }),
      { ...finance, concerned: true },
    ],
    ['an officer the check', ClaimAction.CHECK, facts(), finance],
    ['a caregiver without APPLY the withdrawal', ClaimAction.WITHDRAW, facts(), { ...nobody, subject: 'aunt' }],
  ])('%s is not allowed', (_, action, claim, standing) => {
    expect(() => refuseUnless(action, claim, standing)).toThrow(NotAllowed);
    expect(allowedActions(claim, standing)).not.toContain(action);
  });

  test('what comes too late says what can be done instead', () => {
    const both = { ...finance, reviewer: true };
    const late = () => refuseUnless(ClaimAction.CHECK, facts({ status: 'CHECKED', checkedBy: 'other' }), both);
    expect(late).toThrow(ClaimWrongState);
    expect(late).toThrow('You may DECIDE.');
  });
});

describe('how an award is explained', () => {
  const claimed = (change: Partial<AwardFacts> = {}) =>
    decideAward({
      expenses: [{ amountFen: 1_000_000n, paidByOthers: { BASIC_INSURANCE: 400_000n } }],
      sharePercent: 40,
      leftOfGrantFen: 9_900_000n,
      leftOfAnnualCapFen: 9_900_000n,
      ...change,
    });

  test.each([
    [
      'the grant binds',
      claimed({ leftOfGrantFen: 190_000n }),
      1_000_000n,
      'You asked 10,000.00, others paid 4,000.00, 6,000.00 was left to you. Your tier pays 40 %: 2,400.00. Of the grant 1,900.00 was left, so 1,900.00 is paid.',
    ],
    [
      'the share binds',
      claimed(),
      1_000_000n,
      'You asked 10,000.00, others paid 4,000.00, 6,000.00 was left to you. Your tier pays 40 %: 2,400.00 is paid.',
    ],
    [
      'the year binds',
      claimed({ leftOfAnnualCapFen: 5n, expenses: [{ amountFen: 123_456_789n, paidByOthers: {} }] }),
      123_456_789n,
      'You asked 1,234,567.89, others paid nothing, 1,234,567.89 was left to you. Your tier pays 40 %: 493,827.15. Of your aid of the year 0.05 was left, so 0.05 is paid.',
    ],
    [
      'nothing is left',
      claimed({ leftOfGrantFen: 0n }),
      1_000_000n,
      'You asked 10,000.00, others paid 4,000.00, 6,000.00 was left to you. Your tier pays 40 %: 2,400.00. Of the grant nothing was left, so nothing is paid.',
    ],
    [
      'something was refunded before the decision',
      claimed({ expenses: [{ amountFen: 100_000n, paidByOthers: {} }] }),
      350_000n,
      'You asked 3,500.00 (2,500.00 of it was refunded), others paid nothing, 1,000.00 was left to you. Your tier pays 40 %: 400.00 is paid.',
    ],
  ])('%s', (_, award, entered, sentence) => {
    expect(explainAward(award, entered)).toBe(sentence);
  });

  test('a claim that comes to nothing is told which limit left nothing', () => {
    expect(comesToNothing('LEFT_OF_GRANT')).toContain('LEFT_OF_GRANT');
  });
});

describe('an invoice written differently is the same', () => {
  const PATH = ['input'];
  const key = (issuer: string, number: string) => invoiceKey({ issuer, number }, PATH);
  const same = key('Beijing Union Hospital', 'FP-2026-001');

  test.each([
    ['in small letters', 'beijing union hospital', 'fp-2026-001'],
    ['with spaces around and between', '  Beijing  Union\tHospital ', ' FP - 2026 - 001 '],
    ['in full width', 'Ｂｅｉｊｉｎｇ　Ｕｎｉｏｎ　Ｈｏｓｐｉｔａｌ', 'ＦＰ－２０２６－００１'],
    ['with another dash', 'Beijing Union Hospital', 'FP–2026—001'],
    [
      'with characters that cannot be seen',
      'Beijing\u200b Union\u2060 Hospital\u0000',
      'FP-\u202e2026\u00ad-001\ufeff',
    ],
  ])('%s', (_, issuer, number) => {
    expect(key(issuer, number)).toEqual(same);
  });

  test('spaces between Chinese characters say nothing', () => {
    expect(key('北京 协和 医院', '００１')).toEqual(key('北京协和医院', '001'));
  });

  test('another issuer or number is another invoice', () => {
    expect(key('Beijing Union Hospital 2', 'FP-2026-001')).not.toEqual(same);
    expect(key('Beijing Union Hospital', 'FP-2026-01')).not.toEqual(same);
  });

  test.each([
    ['no issuer', ' \u200b ', '1'],
    ['no number', 'a', ' \n '],
    ['an issuer of 101 characters', 'a'.repeat(101), '1'],
    ['a number of 101 characters', 'a', '1'.repeat(101)],
  ])('%s is refused', (_, issuer, number) => {
    expect(() => key(issuer, number)).toThrow('1 to 100 characters');
  });

  test('100 characters are accepted', () => {
    expect(key('a'.repeat(100), '1'.repeat(100)).issuer).toHaveLength(100);
  });
});
