import { Temporal } from 'temporal-polyfill';
import { InvalidInput } from '../../common/errors.js';
import { CareAction, CareInvitationAction, CareInvitationState, CareScope, CareState } from './care.js';

const ZONE = 'Asia/Shanghai';
const OF_AGE = 18;
const INVITATION_DAYS = 7;

/** The moment at which a day of Shanghai begins. @param day YYYY-MM-DD */
const beginOf = (day: Temporal.PlainDate): Date => new Date(day.toZonedDateTime({ timeZone: ZONE }).epochMilliseconds);

/** When somebody comes of age: who was born on February 29 does so on the 28th in a year without it. @param birthDate YYYY-MM-DD */
export const grownUpAt = (birthDate: string): Date =>
  beginOf(Temporal.PlainDate.from(birthDate).add({ years: OF_AGE }));

export const invitationExpiry = (now: Date): Date => new Date(now.getTime() + INVITATION_DAYS * 86_400_000);

/**
 * The scopes that were asked for, each once, in their order.
 *
 * @throws {InvalidInput} for none, or when seeing is not among them: nobody acts on what they do not see
 */
export function checkScopes(scopes: readonly CareScope[]): CareScope[] {
  if (!scopes.includes(CareScope.VIEW)) {
    throw new InvalidInput('Whoever acts for somebody sees what they act on: add VIEW to the scopes.', [
      'input',
      'scopes',
    ]);
  }
  return Object.values(CareScope).filter((scope) => scopes.includes(scope));
}

/**
 * When care that should last to the end of a day ends.
 *
 * @param lastDay of Shanghai, YYYY-MM-DD; null: nothing was said
 * @param birthDate the patient's: for a minor no day from the 18th birthday on can be said
 * @throws {InvalidInput}
 */
export function careUntil(lastDay: string | null, birthDate: string, now: Date): Date | null {
  if (lastDay === null) return null;
  const path = ['input', 'expiresOn'];
  const end = beginOf(Temporal.PlainDate.from(lastDay).add({ days: 1 }));
  if (end <= now) throw new InvalidInput('The last day is over already.', path);
  const ofAge = grownUpAt(birthDate);
  if (ofAge > now && end > ofAge) {
    throw new InvalidInput(
      'Acting for a minor ends with the 18th birthday. Choose an earlier day, or leave `expiresOn` out.',
      path,
    );
  }
  return end;
}

/** What somebody has of a patient's care, and so can give. */
export interface Holding {
  /** The patient: everything is theirs to give. */
  readonly self: boolean;
  readonly scopes: readonly CareScope[];
  /** When it ends; null: it does not. */
  readonly until: Date | null;
}

/** Whether that can be given: a caregiver gives no more than they have, and for no longer. */
export const covers = ({ self, scopes, until }: Holding, wanted: readonly CareScope[], end: Date | null): boolean =>
  self || (wanted.every((scope) => scopes.includes(scope)) && (until === null || (end !== null && end <= until)));

/** What is given where no end was said: as long as the giver has it. */
export const endOrOwn = (end: Date | null, { self, until }: Holding): Date | null => end ?? (self ? null : until);

export interface CareFacts {
  readonly revokedAt: string | null;
  readonly expiresAt: string | null;
  /** Whether the caller is the caregiver. */
  readonly mine: boolean;
  /** Whether the caller is the patient, or acts in everything for one without a sign-in. */
  readonly governs: boolean;
}

export function careState({ revokedAt, expiresAt }: Pick<CareFacts, 'revokedAt' | 'expiresAt'>, now: Date): CareState {
  if (revokedAt !== null) return CareState.REVOKED;
  return expiresAt !== null && new Date(expiresAt) <= now ? CareState.ENDED : CareState.ACTIVE;
}

/** Nobody changes what they have themselves; giving up one's own is always possible. */
export function careActions(facts: CareFacts, now: Date): CareAction[] {
  if (careState(facts, now) !== CareState.ACTIVE) return [];
  const actions: CareAction[] = [];
  if (facts.governs && !facts.mine) actions.push(CareAction.CHANGE);
  if (facts.governs || facts.mine) actions.push(CareAction.REVOKE);
  return actions;
}

export interface InvitationFacts {
  readonly acceptedAt: string | null;
  readonly withdrawnAt: string | null;
  readonly expiresAt: string;
}

export function invitationState(
  { acceptedAt, withdrawnAt, expiresAt }: InvitationFacts,
  now: Date,
): CareInvitationState {
  if (acceptedAt !== null) return CareInvitationState.ACCEPTED;
  if (withdrawnAt !== null) return CareInvitationState.WITHDRAWN;
  return new Date(expiresAt) <= now ? CareInvitationState.EXPIRED : CareInvitationState.OPEN;
}

/** Whoever sees an invitation may take it back. */
export const invitationActions = (facts: InvitationFacts, now: Date): CareInvitationAction[] =>
  invitationState(facts, now) === CareInvitationState.OPEN ? [CareInvitationAction.WITHDRAW] : [];

/** @returns it trimmed @throws {InvalidInput} */
export function checkLabel(label: string | null | undefined): string {
  const given = label?.trim() ?? '';
  if (given.length < 1 || given.length > 50) {
    throw new InvalidInput('Say in 1 to 50 characters how the patient can tell you from others.', ['input', 'label']);
  }
  return given;
}
