import { InvalidInput } from '../../common/errors.js';
import type { Role } from '../../common/identity.js';
import { ContributionAction, ContributionSource, ContributionStatus } from './contribution.enums.js';

/** Who gives. */
export interface Giver {
  readonly source: ContributionSource;
  readonly organisationId: string | null;
}

/** Who gives, as far as a client says so. */
export interface ClaimedGiver {
  readonly source?: ContributionSource | null;
  readonly organisationId?: string | null;
}

/** Givers that are always an organisation that we know. */
const PARTNERS: readonly ContributionSource[] = [ContributionSource.MERCHANT, ContributionSource.SPONSOR];

/**
 * Whom a finance officer may record: anybody, said in full.
 *
 * @throws {InvalidInput}
 */
export function recordedGiver({ source, organisationId }: ClaimedGiver): Giver {
  if (!source) throw new InvalidInput('Say where the money comes from.', ['input', 'source']);
  if (!organisationId && PARTNERS.includes(source)) {
    throw new InvalidInput(`Say which organisation gives: a ${source} is always one.`, ['input', 'organisationId']);
  }
  return { source, organisationId: organisationId ?? null };
}

/**
 * As whom a partner gives: itself, whatever it says.
 *
 * @param organisation whom its sign-in acts for
 * @throws {InvalidInput} when it names another
 */
export function partnerGiver(roles: readonly Role[], organisation: string, claimed: ClaimedGiver): Giver {
  const own = PARTNERS.filter((source) => roles.includes(source as Role));
  if (claimed.organisationId && claimed.organisationId !== organisation) {
    throw new InvalidInput('You give in the name of your own organisation only. Leave this out.', [
      'input',
      'organisationId',
    ]);
  }
  const source = claimed.source ?? (own.length === 1 ? own[0] : undefined);
  if (!source || !own.includes(source)) {
    throw new InvalidInput(`You give as ${own.join(' or ')} only.`, ['input', 'source']);
  }
  return { source, organisationId: organisation };
}

const ACTIONS: Readonly<Record<ContributionStatus, readonly ContributionAction[]>> = {
  [ContributionStatus.PLEDGED]: [ContributionAction.CLEAR, ContributionAction.BOUNCE],
  [ContributionStatus.CLEARED]: [ContributionAction.BOUNCE],
  [ContributionStatus.BOUNCED]: [],
};

/** What the caller may do with a contribution. */
export const allowedActions = (status: ContributionStatus, finance: boolean): ContributionAction[] =>
  finance ? [...ACTIONS[status]] : [];

/** How a cleared contribution is taken back, in fen. */
export interface Bounce {
  /** What was still available. */
  readonly coveredFen: bigint;
  /** What had been granted by then: the fund is short of it until new money comes. */
  readonly uncoveredFen: bigint;
}

/** Takes back what is there; what was granted stays granted. */
export function bounce(amountFen: bigint, availableFen: bigint): Bounce {
  const coveredFen = availableFen < amountFen ? availableFen : amountFen;
  return { coveredFen, uncoveredFen: amountFen - coveredFen };
}

const CONTROL = /\p{Cc}/u;

/** The giver's own reference, trimmed; null for none. @throws {InvalidInput} over 100 characters */
export function checkReference(reference: string | null | undefined): string | null {
  const given = reference?.trim();
  if (!given) return null;
  if (given.length > 100 || CONTROL.test(given)) {
    throw new InvalidInput('A reference has at most 100 characters, in one line.', ['input', 'reference']);
  }
  return given;
}

/** Why a contribution bounced, trimmed. @throws {InvalidInput} */
export function checkBounceReason(reason: string): string {
  const given = reason.trim();
  if (given.length < 3 || given.length > 500 || CONTROL.test(given)) {
    throw new InvalidInput('Give a reason of 3 to 500 characters, in one line: the giver reads it.', [
      'input',
      'reason',
    ]);
  }
  return given;
}
