import { describe, expect, test } from '@jest/globals';
import { DocumentKind } from '../../common/document-kind.js';
import { InvalidInput } from '../../common/errors.js';
import { AidTierName, FundAction, FundStatus } from './policy.js';
import {
  checkCode,
  checkDiseases,
  checkPolicy,
  fundActions,
  type PolicyDraft,
  type TierDraft,
} from './policy.rules.js';

const tier = (name: keyof typeof AidTierName, from: number, share: number, most: number): TierDraft => ({
  tier: AidTierName[name],
  fromExpenseFen: BigInt(from),
  sharePercent: share,
  yearlyMaximumFen: BigInt(most),
});
const ONE = tier('I', 5_000, 30, 10_000);
const TWO = tier('II', 30_000, 40, 30_000);
const THREE = tier('III', 100_000, 50, 50_000);

const draft = (changes: Partial<PolicyDraft> = {}): PolicyDraft => ({
  effectiveFrom: '2027-01-01',
  annualCapFen: 50_000n,
  lookBackDays: 180,
  appealDays: 30,
  requiredDocuments: [DocumentKind.IDENTITY, DocumentKind.INVOICE],
  tiers: [ONE, TWO, THREE],
  ...changes,
});
const TODAY = '2026-11-22';

/** The field that is refused, or none. */
function refused(changes: Partial<PolicyDraft>): string | undefined {
  try {
    checkPolicy(draft(changes), TODAY);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput);
    return (error as InvalidInput).path?.slice(1).join('.');
  }
}

describe('rules of aid', () => {
  test.each<[string, Partial<PolicyDraft>]>([
    ['as the demo has them', {}],
    ['that hold from tomorrow on', { effectiveFrom: '2026-11-23' }],
    ['with no time to look back or to appeal', { lookBackDays: 0, appealDays: 0 }],
    ['with the longest times', { lookBackDays: 730, appealDays: 365 }],
    ['that need no papers', { requiredDocuments: [] }],
    [
      'with the same share in every tier',
      {
        tiers: [
          { ...ONE, sharePercent: 100 },
          { ...TWO, sharePercent: 100 },
          { ...THREE, sharePercent: 100 },
        ],
      },
    ],
    ['whose lowest share is one percent', { tiers: [{ ...ONE, sharePercent: 1 }, TWO, THREE] }],
    ['whose tiers are given in another order', { tiers: [THREE, ONE, TWO] }],
  ])('may be published %s', (_, changes) => {
    expect(refused(changes)).toBeUndefined();
  });

  test.each<[string, Partial<PolicyDraft>, string]>([
    ['that hold from today on', { effectiveFrom: TODAY }, 'effectiveFrom'],
    ['that held from yesterday on', { effectiveFrom: '2026-11-21' }, 'effectiveFrom'],
    ['with a time to look back below zero', { lookBackDays: -1 }, 'lookBackDays'],
    ['with more than two years to look back', { lookBackDays: 731 }, 'lookBackDays'],
    ['with a time to appeal below zero', { appealDays: -1 }, 'appealDays'],
    ['with more than a year to appeal', { appealDays: 366 }, 'appealDays'],
    [
      'that name a paper twice',
      { requiredDocuments: [DocumentKind.INVOICE, DocumentKind.INVOICE] },
      'requiredDocuments',
    ],
    ['without tiers', { tiers: [] }, 'tiers'],
    ['with two tiers', { tiers: [ONE, THREE] }, 'tiers'],
    ['with a tier twice', { tiers: [ONE, TWO, TWO] }, 'tiers'],
    ['with a tier too many', { tiers: [ONE, TWO, THREE, THREE] }, 'tiers'],
    [
      'whose tiers begin at the same expense',
      { tiers: [ONE, { ...TWO, fromExpenseFen: 5_000n }, THREE] },
      'tiers.1.fromExpense',
    ],
    [
      'whose highest tier begins below the middle one',
      { tiers: [ONE, TWO, { ...THREE, fromExpenseFen: 29_999n }] },
      'tiers.2.fromExpense',
    ],
    ['whose share falls', { tiers: [ONE, { ...TWO, sharePercent: 29 }, THREE] }, 'tiers.1.sharePercent'],
    ['with a share of nothing', { tiers: [{ ...ONE, sharePercent: 0 }, TWO, THREE] }, 'tiers.0.sharePercent'],
    ['with more than all', { tiers: [ONE, TWO, { ...THREE, sharePercent: 101 }] }, 'tiers.2.sharePercent'],
    [
      'whose maximum does not rise',
      { tiers: [ONE, { ...TWO, yearlyMaximumFen: 10_000n }, THREE] },
      'tiers.1.yearlyMaximum',
    ],
    ['whose highest tier pays more than the cap', { annualCapFen: 49_999n }, 'tiers.2.yearlyMaximum'],
    ['and say which as it was given', { tiers: [THREE, { ...TWO, sharePercent: 60 }, ONE] }, 'tiers.0.sharePercent'],
  ])('are refused %s', (_, changes, field) => {
    expect(refused(changes)).toBe(field);
  });

  test('say which day it is when they come too late', () => {
    expect(() => checkPolicy(draft({ effectiveFrom: TODAY }), TODAY)).toThrow(`today is ${TODAY} in Shanghai`);
  });

  test('come back with the lowest tier first', () => {
    expect(checkPolicy(draft({ tiers: [TWO, THREE, ONE] }), TODAY)).toEqual([ONE, TWO, THREE]);
  });
});

describe('a fund', () => {
  test.each(['A', '9', 'RARE-METABOLIC-2', 'X'.repeat(40)])('may be called %s', (code) => {
    expect(checkCode(code)).toBe(code);
  });
  test.each(['', 'general', 'A B', '-A', 'A_B', 'Ä', 'X'.repeat(41), 'A\n'])('may not be called %j', (code) => {
    expect(() => checkCode(code)).toThrow(InvalidInput);
  });
  test('is for at least one disease, each once', () => {
    expect(() => checkDiseases([])).toThrow(InvalidInput);
    expect(checkDiseases(['a', 'b', 'a'])).toEqual(['a', 'b']);
  });
  test('that is open can be closed, and the other way round', () => {
    expect(fundActions(FundStatus.OPEN)).toEqual([FundAction.CLOSE]);
    expect(fundActions(FundStatus.CLOSED)).toEqual([FundAction.OPEN]);
  });
});
