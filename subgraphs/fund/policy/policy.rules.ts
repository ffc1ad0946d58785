import type { DocumentKind } from '../../common/document-kind.js';
import { InvalidInput } from '../../common/errors.js';
import { type AidTierName, FundAction, FundStatus } from './policy.js';

/** A step of aid as it is about to be published, in fen. */
export interface TierDraft {
  readonly tier: AidTierName;
  readonly fromExpenseFen: bigint;
  readonly sharePercent: number;
  readonly yearlyMaximumFen: bigint;
}

/** Rules of aid as they are about to be published, in fen. */
export interface PolicyDraft {
  /** YYYY-MM-DD in Shanghai. */
  readonly effectiveFrom: string;
  readonly annualCapFen: bigint;
  readonly lookBackDays: number;
  readonly appealDays: number;
  readonly requiredDocuments: readonly DocumentKind[];
  readonly tiers: readonly TierDraft[];
}

/** Lowest first. */
const TIERS = 'I, II, III';

const wrong = (message: string, ...path: (string | number)[]): InvalidInput =>
  new InvalidInput(message, ['input', ...path.map(String)]);

/**
 * Checks rules of aid before they are published: afterwards they cannot be changed.
 *
 * @param today YYYY-MM-DD in Shanghai
 * @returns the tiers, lowest first
 * @throws {InvalidInput}
 */
export function checkPolicy(draft: PolicyDraft, today: string): readonly TierDraft[] {
  if (draft.effectiveFrom <= today) {
    throw wrong(
      `Rules hold for a day that is still to come: today is ${today} in Shanghai, and what happened until now was decided by the rules of then. Choose a later day.`,
      'effectiveFrom',
    );
  }
  if (draft.lookBackDays < 0 || draft.lookBackDays > 730) {
    throw wrong('An expense may lie 0 to 730 days back.', 'lookBackDays');
  }
  if (draft.appealDays < 0 || draft.appealDays > 365) {
    throw wrong('The time to appeal is 0 to 365 days.', 'appealDays');
  }
  if (new Set(draft.requiredDocuments).size < draft.requiredDocuments.length) {
    throw wrong('Name each paper once.', 'requiredDocuments');
  }
  const tiers = draft.tiers.toSorted((one, other) => one.tier.length - other.tier.length);
  if (tiers.map(({ tier }) => tier).join(', ') !== TIERS) throw wrong(`Give each of the tiers ${TIERS} once.`, 'tiers');
  for (const [index, tier] of tiers.entries()) checkTier(draft, tier, tiers[index - 1]);
  return tiers;
}

function checkTier({ annualCapFen, tiers }: PolicyDraft, tier: TierDraft, below: TierDraft | undefined): void {
  const place = tiers.indexOf(tier);
  if (tier.sharePercent < 1 || tier.sharePercent > 100) {
    throw wrong(`Tier ${tier.tier} pays a share of 1 to 100 percent.`, 'tiers', place, 'sharePercent');
  }
  if (tier.yearlyMaximumFen > annualCapFen) {
    throw wrong(`Tier ${tier.tier} must not pay more than the annual cap.`, 'tiers', place, 'yearlyMaximum');
  }
  if (!below) return;
  if (tier.fromExpenseFen <= below.fromExpenseFen) {
    throw wrong(
      `Tier ${tier.tier} must begin at a higher expense than tier ${below.tier}.`,
      'tiers',
      place,
      'fromExpense',
    );
  }
  if (tier.sharePercent < below.sharePercent) {
    throw wrong(
      `Tier ${tier.tier} must not pay a lower share than tier ${below.tier}.`,
      'tiers',
      place,
      'sharePercent',
    );
  }
  if (tier.yearlyMaximumFen <= below.yearlyMaximumFen) {
    throw wrong(`Tier ${tier.tier} must pay more at most than tier ${below.tier}.`, 'tiers', place, 'yearlyMaximum');
  }
}

const CODE = /^[A-Z0-9][A-Z0-9-]{0,39}$/;

/** A fund's short name. @throws {InvalidInput} */
export function checkCode(code: string): string {
  if (!CODE.test(code)) {
    throw wrong(
      'A code is 1 to 40 capital letters A to Z, digits and hyphens, and does not begin with a hyphen.',
      'code',
    );
  }
  return code;
}

/** A fund's name, trimmed. @throws {InvalidInput} */
export function checkName(name: string, field: 'nameEn' | 'nameZh'): string {
  const given = name.trim();
  if (given.length === 0 || given.length > 200 || /\p{Cc}/u.test(given)) {
    throw wrong('A name has 1 to 200 characters, in one line.', field);
  }
  return given;
}

/** The most diseases that a fund can be for: more than there are. */
const MOST_DISEASES = 500;

/** Which diseases a fund is for, each once. @throws {InvalidInput} for none or too many */
export function checkDiseases(ids: readonly string[]): readonly string[] {
  const different = [...new Set(ids)];
  if (different.length === 0 || ids.length > MOST_DISEASES) {
    throw wrong(`A fund is for at least one disease, and for at most ${MOST_DISEASES}.`, 'diseaseIds');
  }
  return different;
}

/** What an administrator may do with a fund. */
export const fundActions = (status: FundStatus): FundAction[] => [
  status === FundStatus.OPEN ? FundAction.CLOSE : FundAction.OPEN,
];
