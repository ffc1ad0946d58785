import { InvalidInput, NotAllowed } from '../../common/errors.js';
import { money } from '../../common/money.js';
import type { Award, AwardLimit } from './award.rules.js';
import type { StoredClaimStatus } from './claim.entity.js';
import { ClaimAction } from './claim.enums.js';
import { ClaimWrongState } from './claim.errors.js';

const { WITHDRAW, CHECK, DECIDE, REVERSE } = ClaimAction;

/** What decides about a claim. */
export interface ClaimFacts {
  readonly status: StoredClaimStatus;
  readonly enteredBy: string;
  readonly checkedBy: string | null;
  /** Fen of the award that nobody has taken back, or is about to. */
  readonly leftFen: bigint;
}

/** What the caller is to a claim. */
export interface ClaimStanding {
  readonly subject: string;
  /** The patient, or a caregiver who may apply for them. */
  readonly applicant: boolean;
  /** The patient, or somebody who cares for them in whatever way: never decides about it. */
  readonly concerned: boolean;
  readonly reviewer: boolean;
  readonly finance: boolean;
}

const isEntitled = (action: ClaimAction, { applicant, reviewer, finance }: ClaimStanding): boolean =>
  ({ [WITHDRAW]: applicant, [CHECK]: reviewer, [DECIDE]: finance, [REVERSE]: finance })[action];

/** Nobody decides about themselves or those they care for, nor looks at a claim twice where two must look. */
function isImpartial(action: ClaimAction, { enteredBy, checkedBy }: ClaimFacts, standing: ClaimStanding): boolean {
  if (action === WITHDRAW) return true;
  if (standing.concerned || standing.subject === enteredBy) return false;
  return action !== DECIDE || standing.subject !== checkedBy;
}

function isTimely(action: ClaimAction, { status, leftFen }: ClaimFacts): boolean {
  switch (action) {
    case WITHDRAW:
    case CHECK:
      return status === 'ENTERED';
    case DECIDE:
      return status === 'CHECKED';
    case REVERSE:
      return (status === 'APPROVED' || status === 'PAID') && leftFen > 0n;
  }
}

/** What the caller may do with a claim now. */
export const allowedActions = (facts: ClaimFacts, standing: ClaimStanding): ClaimAction[] =>
  Object.values(ClaimAction).filter(
    (action) => isEntitled(action, standing) && isImpartial(action, facts, standing) && isTimely(action, facts),
  );

const WHO: Readonly<Record<ClaimAction, string>> = {
  [WITHDRAW]: 'the patient or a caregiver with the scope APPLY takes it back',
  [CHECK]: 'a reviewer checks it',
  [DECIDE]: 'a finance officer decides it',
  [REVERSE]: 'a finance officer reverses it',
};

/** @throws {NotAllowed} {ClaimWrongState} unless the caller may do it now */
export function refuseUnless(action: ClaimAction, facts: ClaimFacts, standing: ClaimStanding): void {
  if (!isEntitled(action, standing)) throw new NotAllowed(`You may see this claim, but only ${WHO[action]}.`);
  if (!isImpartial(action, facts, standing)) {
    throw new NotAllowed(
      'Nobody decides about a claim of their own or of somebody they care for, nor both checks and decides one. Leave it to a colleague.',
    );
  }
  if (!isTimely(action, facts)) throw new ClaimWrongState(facts.status, allowedActions(facts, standing));
}

/** @param fen as in an English sentence: `1,234.50` */
const spoken = (fen: bigint): string => money(fen).amount.replace(/\B(?=(\d{3})+\.)/g, ',');

const LEFT_OF: Readonly<Record<Exclude<AwardLimit, 'SHARE_OF_SELF_PAID'>, string>> = {
  LEFT_OF_GRANT: 'Of the grant',
  LEFT_OF_ANNUAL_CAP: 'Of your aid of the year',
};

/**
 * How an award came about, for the applicant.
 *
 * @param enteredFen what the claim asked when it was entered: more than the award says when something was refunded since
 */
export function explainAward(award: Award, enteredFen: bigint): string {
  const { askedFen, paidByOthersFen, selfPaidFen, sharePercent, limits, awardFen, binding } = award;
  const share = limits.find(({ limit }) => limit === 'SHARE_OF_SELF_PAID')?.amountFen ?? 0n;
  const refunded = enteredFen > askedFen ? ` (${spoken(enteredFen - askedFen)} of it was refunded)` : '';
  const others = paidByOthersFen > 0n ? `others paid ${spoken(paidByOthersFen)}` : 'others paid nothing';
  const paid = awardFen > 0n ? `${spoken(awardFen)} is paid` : 'nothing is paid';
  const end =
    binding === 'SHARE_OF_SELF_PAID'
      ? `Your tier pays ${sharePercent} %: ${paid}.`
      : `Your tier pays ${sharePercent} %: ${spoken(share)}. ${LEFT_OF[binding]} ${awardFen > 0n ? spoken(awardFen) : 'nothing'} was left, so ${paid}.`;
  return `You asked ${spoken(enteredFen)}${refunded}, ${others}, ${spoken(selfPaidFen)} was left to you. ${end}`;
}

const NOTHING: Readonly<Record<AwardLimit, string>> = {
  SHARE_OF_SELF_PAID: "the tier's share of what was left to the patient is less than a fen",
  LEFT_OF_GRANT: 'nothing is left of the grant',
  LEFT_OF_ANNUAL_CAP: "nothing is left of the patient's aid of the year",
};

/** Why a claim that was in order is rejected all the same: a limit that left nothing. */
export const comesToNothing = (binding: AwardLimit): string =>
  `Nothing can be paid: ${NOTHING[binding]} (${binding}). The expenses may be claimed again.`;

/** Why a claim is rejected whose grant ended before the decision. */
export const grantHasEnded = (status: string): string =>
  `Nothing can be paid: the grant has ended (${status}). The expenses may be claimed again.`;

const MAX_INVOICE_TEXT = 100;

/** One way of writing for what is the same to a reader: width, case, kinds of spaces and dashes, what cannot be seen. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/\p{Pd}/gu, '-')
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Mn}]/gu, '')
    .trim();

/** An invoice as it is compared, so that it cannot be claimed again by writing it differently. */
export interface InvoiceKey {
  readonly issuer: string;
  readonly number: string;
}

/** @param path where the invoice stands in the input @throws {InvalidInput} for an issuer or number without or with over 100 characters */
export function invoiceKey({ issuer, number }: InvoiceKey, path: string[]): InvoiceKey {
  const key = {
    // between Chinese characters a space says nothing
    issuer: plain(issuer).replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, ''),
    number: plain(number).replaceAll(' ', ''),
  };
  for (const part of ['issuer', 'number'] as const) {
    if (key[part].length < 1 || key[part].length > MAX_INVOICE_TEXT) {
      throw new InvalidInput(`Give the invoice's ${part} with 1 to ${MAX_INVOICE_TEXT} characters.`, [...path, part]);
    }
  }
  return key;
}
