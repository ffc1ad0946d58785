import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ReviewDecision, ReviewStage } from '../review/review.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from './application.enums.js';
import {
  type ApplicationFacts,
  allowedActions,
  appealDeadline,
  checkEligibility,
  deadlineFor,
  decideTier,
  type EligibilityFacts,
  grantMaximum,
  mayReview,
  needsSecondReview,
  nextStage,
  nextStates,
  type Standing,
  type Tier,
} from './application.rules.js';

const { DRAFT, SUBMITTED, IN_REVIEW, INFORMATION_REQUESTED, APPROVED, REJECTED, WAITLISTED, APPEALED, WITHDRAWN } =
  ApplicationStatus;
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
    [IN_REVIEW, [INFORMATION_REQUESTED, APPROVED, REJECTED, WAITLISTED, WITHDRAWN]],
    [INFORMATION_REQUESTED, [IN_REVIEW, WITHDRAWN]],
    [APPROVED, []],
    [REJECTED, [APPEALED]],
    [WAITLISTED, [APPROVED, REJECTED, WITHDRAWN]],
    [APPEALED, [IN_REVIEW, WITHDRAWN]],
    [WITHDRAWN, []],
  ])('%s leads to %j', (from, to) => {
    expect(nextStates(from)).toEqual(to);
  });

  test.each([
    [SUBMITTED, 7],
    [IN_REVIEW, 14],
    [INFORMATION_REQUESTED, 30],
    [APPEALED, 7],
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
    round: 1,
    appealUntil: null,
    grantActive: false,
    decided: [],
    ...over,
  });
  const applicant = { applicant: true, reviewer: false, subject: 'a' };
  const reviewer = { applicant: false, reviewer: true, subject: 'r' };
  const nobody = { applicant: false, reviewer: false, subject: 'n' };
  const now = new Date('2026-03-01T00:00:00Z');
  const actions = (over: Partial<ApplicationFacts>, standing: Standing) => allowedActions(facts(over), standing, now);
  const said = (decision: ReviewDecision) => (stage: ReviewStage, who: string) => ({
    stage,
    reviewer: who,
    decision,
    round: 1,
  });
  const passed = said(ReviewDecision.APPROVE);

  test('an applicant submits and withdraws a draft', () => {
    expect(actions({ status: DRAFT, openStage: null }, applicant)).toEqual([
      ApplicationAction.SUBMIT,
      ApplicationAction.WITHDRAW,
    ]);
  });

  test('an applicant only withdraws what is in review, and nothing once it is decided', () => {
    expect(actions({}, applicant)).toEqual([ApplicationAction.WITHDRAW]);
    expect(actions({ status: APPROVED, openStage: null }, applicant)).toEqual([]);
  });

  test('a reviewer takes what nobody has taken and decides what they have taken', () => {
    expect(actions({}, reviewer)).toEqual([ApplicationAction.TAKE_REVIEW]);
    expect(actions({ openReviewer: 'r' }, reviewer)).toEqual([ApplicationAction.DECIDE_REVIEW]);
    expect(actions({ openReviewer: 'other' }, reviewer)).toEqual([]);
  });

  test('a reviewer who is the applicant does nothing as a reviewer', () => {
    expect(actions({}, { applicant: true, reviewer: true, subject: 'r' })).toEqual([ApplicationAction.WITHDRAW]);
  });

  test('somebody who is neither does nothing', () => {
    expect(actions({}, nobody)).toEqual([]);
  });

  test('an applicant appeals against a rejection until the time is over, once', () => {
    const rejected = { status: REJECTED, openStage: null, appealUntil: now };
    expect(actions(rejected, applicant)).toEqual([ApplicationAction.APPEAL]);
    expect(actions({ ...rejected, appealUntil: new Date(now.getTime() - 1) }, applicant)).toEqual([]);
    expect(actions({ ...rejected, appealUntil: null }, applicant)).toEqual([]);
    expect(actions({ ...rejected, round: 2 }, applicant)).toEqual([]);
    expect(actions(rejected, reviewer)).toEqual([]);
  });

  test('an applicant claims from an active grant', () => {
    const granted = { status: APPROVED, openStage: null, grantActive: true };
    expect(actions(granted, applicant)).toEqual([ApplicationAction.ENTER_CLAIM]);
    expect(actions(granted, nobody)).toEqual([]);
  });

  test.each([
    ['MEDICAL after DOCUMENTS', MEDICAL, 1, [passed(DOCUMENTS, 'r')], true],
    ['FINANCIAL after MEDICAL', FINANCIAL, 1, [passed(MEDICAL, 'r')], false],
    ['FINANCIAL twice', FINANCIAL, 1, [passed(FINANCIAL, 'r')], false],
    ['FINANCIAL after somebody else passed MEDICAL', FINANCIAL, 1, [passed(MEDICAL, 'other')], true],
    ['DOCUMENTS after anything', DOCUMENTS, 1, [passed(MEDICAL, 'r')], true],
    ['MEDICAL after asking for more there', MEDICAL, 1, [said(ReviewDecision.REQUEST_INFORMATION)(MEDICAL, 'r')], true],
    ['anything after recusing themselves', DOCUMENTS, 1, [said(ReviewDecision.RECUSE)(MEDICAL, 'r')], false],
    ['the appeal against their own rejection', DOCUMENTS, 2, [said(ReviewDecision.REJECT)(FINANCIAL, 'r')], false],
    ['the appeal against what they once passed', DOCUMENTS, 2, [passed(DOCUMENTS, 'r')], false],
    ["the appeal against others' decisions", DOCUMENTS, 2, [passed(DOCUMENTS, 'other')], true],
  ])('one person on %s: %#', (_, stage, round, decided, may) => {
    expect(mayReview('r', stage, round, decided)).toBe(may);
  });

  test('the time to appeal is counted in days from the rejection, and there is none against an appeal', () => {
    expect(appealDeadline(1, now, 30)).toEqual(new Date('2026-03-31T00:00:00Z'));
    expect(appealDeadline(1, now, 0)).toBeNull();
    expect(appealDeadline(2, now, 30)).toBeNull();
  });
});

describe('the stages of review', () => {
  test('follow each other: documents, medicine, money', () => {
    expect([nextStage(DOCUMENTS), nextStage(MEDICAL)]).toEqual([MEDICAL, FINANCIAL]);
  });

  const threshold = yuan(30_000);
  test.each([
    [threshold, 1, false],
    [threshold + 1n, 1, true],
    [threshold + 1n, 2, false],
  ])('a grant of %p fen that %i have approved needs a second look: %p', (grant, approvals, needs) => {
    expect(needsSecondReview(grant, threshold, approvals)).toBe(needs);
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
  const good: EligibilityFacts = {
    fundOpenForDisease: true,
    diagnosisVerified: true,
    hospitalRecognised: true,
    consented: true,
    applicationOpen: false,
    tier: TIERS[1] as Tier,
    leftOfYearFen: 1n,
  };

  test('nothing speaks against it when every condition is met', () => {
    expect(checkEligibility(good)).toEqual([]);
  });

  test('every condition that is not met is named', () => {
    const bad = {
      fundOpenForDisease: false,
      diagnosisVerified: false,
      hospitalRecognised: false,
      consented: false,
      applicationOpen: true,
      tier: null,
      leftOfYearFen: 0n,
    };
    expect(checkEligibility(bad)).toEqual([
      EligibilityReason.DISEASE_NOT_COVERED,
      EligibilityReason.DIAGNOSIS_NOT_VERIFIED,
      EligibilityReason.CONSENT_MISSING,
      EligibilityReason.APPLICATION_OPEN,
      EligibilityReason.NOTHING_LEFT_OF_YEAR,
      EligibilityReason.EXPENSE_BELOW_LOWEST_TIER,
    ]);
    expect(checkEligibility({ ...good, hospitalRecognised: false })).toEqual([
      EligibilityReason.HOSPITAL_NOT_RECOGNISED,
    ]);
  });
});
