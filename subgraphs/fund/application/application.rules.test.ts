import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ReviewDecision, ReviewStage } from '../review/review.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from './application.enums.js';
import {
  type ApplicationFacts,
  allowedActions,
  checkEligibility,
  deadlineFor,
  decideTier,
  grantMaximum,
  mayReview,
  nextStage,
  nextStates,
  type Tier,
} from './application.rules.js';

const { DRAFT, SUBMITTED, IN_REVIEW, INFORMATION_REQUESTED, APPROVED, REJECTED, WITHDRAWN } = ApplicationStatus;
const { DOCUMENTS, MEDICAL, FINANCIAL } = ReviewStage;
const yuan = (amount: number): bigint => BigInt(amount) * 100n;

const TIERS: Tier[] = [
  { tier: 'III', fromExpenseFen: yuan(100_000), sharePercent: 50, yearlyMaximumFen: yuan(50_000) },
  { tier: 'I', fromExpenseFen: yuan(5_000), sharePercent: 30, yearlyMaximumFen: yuan(10_000) },
  { tier: 'II', fromExpenseFen: yuan(30_000), sharePercent: 40, yearlyMaximumFen: yuan(30_000) },
];

describe('the states of an application', () => {
  test.each([
    [DRAFT, [SUBMITTED, WITHDRAWN]],
    [SUBMITTED, [IN_REVIEW, WITHDRAWN]],
    [IN_REVIEW, [INFORMATION_REQUESTED, APPROVED, REJECTED, WITHDRAWN]],
    [INFORMATION_REQUESTED, [IN_REVIEW, WITHDRAWN]],
    [APPROVED, []],
    [REJECTED, []],
    [WITHDRAWN, []],
  ])('%s leads to %j', (from, to) => {
    expect(nextStates(from)).toEqual(to);
  });

  test.each([
    [SUBMITTED, 7],
    [IN_REVIEW, 14],
    [INFORMATION_REQUESTED, 30],
    [DRAFT, null],
    [APPROVED, null],
  ])('%s gives %p days to the next step', (status, days) => {
    const from = new Date('2026-03-01T00:00:00Z');
    const deadline = deadlineFor(status, from);
    expect(deadline && (deadline.getTime() - from.getTime()) / 86_400_000).toBe(days);
  });
});

describe('who may do what', () => {
  const facts = (over: Partial<ApplicationFacts>): ApplicationFacts => ({
    status: IN_REVIEW,
    openStage: MEDICAL,
    openReviewer: null,
    decided: [],
    ...over,
  });
  const applicant = { applicant: true, reviewer: false, subject: 'a' };
  const reviewer = { applicant: false, reviewer: true, subject: 'r' };
  const nobody = { applicant: false, reviewer: false, subject: 'n' };
  const passed = (stage: ReviewStage, who: string) => ({ stage, reviewer: who, decision: ReviewDecision.APPROVE });

  test('an applicant submits and withdraws a draft', () => {
    const draft = facts({ status: DRAFT, openStage: null });
    expect(allowedActions(draft, applicant)).toEqual([ApplicationAction.SUBMIT, ApplicationAction.WITHDRAW]);
  });

  test('an applicant only withdraws what is in review, and nothing once it is decided', () => {
    expect(allowedActions(facts({}), applicant)).toEqual([ApplicationAction.WITHDRAW]);
    expect(allowedActions(facts({ status: APPROVED, openStage: null }), applicant)).toEqual([]);
  });

  test('a reviewer takes what nobody has taken and decides what they have taken', () => {
    expect(allowedActions(facts({}), reviewer)).toEqual([ApplicationAction.TAKE_REVIEW]);
    expect(allowedActions(facts({ openReviewer: 'r' }), reviewer)).toEqual([ApplicationAction.DECIDE_REVIEW]);
    expect(allowedActions(facts({ openReviewer: 'other' }), reviewer)).toEqual([]);
  });

  test('a reviewer who is the applicant does nothing as a reviewer', () => {
    expect(allowedActions(facts({}), { applicant: true, reviewer: true, subject: 'r' })).toEqual([
      ApplicationAction.WITHDRAW,
    ]);
  });

  test('somebody who is neither does nothing', () => {
    expect(allowedActions(facts({}), nobody)).toEqual([]);
  });

  test.each([
    ['MEDICAL after DOCUMENTS', MEDICAL, [passed(DOCUMENTS, 'r')], true],
    ['FINANCIAL after MEDICAL', FINANCIAL, [passed(MEDICAL, 'r')], false],
    ['FINANCIAL twice', FINANCIAL, [passed(FINANCIAL, 'r')], false],
    ['FINANCIAL after somebody else passed MEDICAL', FINANCIAL, [passed(MEDICAL, 'other')], true],
    ['DOCUMENTS after anything', DOCUMENTS, [passed(MEDICAL, 'r')], true],
  ])('one person on %s: %#', (_, stage, decided, may) => {
    expect(mayReview('r', stage, decided)).toBe(may);
  });
});

describe('the stages of review', () => {
  const threshold = yuan(30_000);
  test.each([
    [DOCUMENTS, 0, yuan(50_000), MEDICAL],
    [MEDICAL, 0, yuan(50_000), FINANCIAL],
    [FINANCIAL, 1, threshold, 'DONE'],
    [FINANCIAL, 1, threshold + 1n, FINANCIAL],
    [FINANCIAL, 2, threshold + 1n, 'DONE'],
  ])('after %s with %i financial approvals of %p fen comes %s', (stage, approvals, grant, next) => {
    expect(nextStage(stage, approvals, grant, threshold)).toBe(next);
  });
});

describe('how much', () => {
  test.each([
    [yuan(5_000) - 1n, null],
    [yuan(5_000), 'I'],
    [yuan(30_000) - 1n, 'I'],
    [yuan(30_000), 'II'],
    [yuan(100_000) - 1n, 'II'],
    [yuan(100_000), 'III'],
  ])('an expense of %p fen reaches tier %s', (expense, tier) => {
    expect(decideTier(expense, TIERS)?.tier ?? null).toBe(tier);
  });

  test('a grant never exceeds the share, the tier or what is left, and is one of them', () => {
    const amount = fc.bigInt({ min: 1n, max: yuan(10_000_000) });
    fc.assert(
      fc.property(amount, fc.constantFrom(...TIERS), amount, (expense, tier, remaining) => {
        const share = (expense * BigInt(tier.sharePercent)) / 100n;
        const maximum = grantMaximum(expense, tier, remaining);
        expect([share, tier.yearlyMaximumFen, remaining]).toContain(maximum);
        expect(maximum <= share && maximum <= tier.yearlyMaximumFen && maximum <= remaining).toBe(true);
      }),
    );
  });

  test('a share is rounded down to the fen', () => {
    expect(grantMaximum(333n, { ...(TIERS[1] as Tier), sharePercent: 30 }, yuan(50_000))).toBe(99n);
  });
});

describe('whether aid can be had', () => {
  const good = { fundOpenForDisease: true, diagnosisVerified: true, hospitalRecognised: true, tier: TIERS[1] as Tier };

  test('nothing speaks against it when every condition is met', () => {
    expect(checkEligibility(good)).toEqual([]);
  });

  test('every condition that is not met is named', () => {
    const bad = { fundOpenForDisease: false, diagnosisVerified: false, hospitalRecognised: false, tier: null };
    expect(checkEligibility(bad)).toEqual([
      EligibilityReason.DISEASE_NOT_COVERED,
      EligibilityReason.DIAGNOSIS_NOT_VERIFIED,
      EligibilityReason.EXPENSE_BELOW_LOWEST_TIER,
    ]);
    expect(checkEligibility({ ...good, hospitalRecognised: false })).toEqual([
      EligibilityReason.HOSPITAL_NOT_RECOGNISED,
    ]);
  });
});
