import { InvalidInput } from '../../common/errors.js';
import {
  ModerationAction,
  ModerationCaseAction,
  ModerationCaseState,
  ModerationRule,
  ModerationStep,
} from './moderation.enums.js';

/** How long the author of a post can appeal, in days from the decision. */
export const APPEAL_DAYS = 30;
/** For how many days somebody can be suspended; for longer than `MAX_DAYS_ALONE` only in a case that was escalated. */
export const MAX_DAYS = 365;
export const MAX_DAYS_ALONE = 30;
export const MAX_NOTE = 500;
export const MAX_APPEAL = 2_000;

/** What a case is to a moderator. */
export interface Part {
  /** They wrote the post. */
  readonly wrote: boolean;
  readonly reported: boolean;
  readonly escalated: boolean;
  /** The first decision was theirs. */
  readonly decided: boolean;
}

type ForModerators = Exclude<ModerationCaseAction, ModerationCaseAction.APPEAL>;
const WHEN: Readonly<Record<ForModerators, readonly ModerationCaseState[]>> = {
  DECIDE: [ModerationCaseState.OPEN, ModerationCaseState.ESCALATED],
  ESCALATE: [ModerationCaseState.OPEN],
  DECIDE_APPEAL: [ModerationCaseState.APPEALED],
};

/** States in which somebody has still to decide. */
export const WAITING: readonly ModerationCaseState[] = [
  ModerationCaseState.OPEN,
  ModerationCaseState.ESCALATED,
  ModerationCaseState.APPEALED,
];

/** Whether a case stands where this can be done. */
export const isTimely = (action: ForModerators, state: ModerationCaseState): boolean => WHEN[action].includes(state);

/** Whether this moderator may do it: nobody decides about what is their own doing, or twice about the same. */
export function isEntitled(action: ForModerators, { wrote, reported, escalated, decided }: Part): boolean {
  if (wrote || reported) return false;
  if (action === ModerationCaseAction.DECIDE) return !escalated;
  return action === ModerationCaseAction.ESCALATE || !decided;
}

/** What somebody may do with a case now, as a moderator. @param part null: they are none */
export const allowedActions = (state: ModerationCaseState, part: Part | null): ModerationCaseAction[] =>
  (Object.keys(WHEN) as ForModerators[]).filter(
    (action) => part !== null && isTimely(action, state) && isEntitled(action, part),
  );

/** Whether this decision was theirs. @param part null: they are no moderator */
export const decidedBy = (step: ModerationStep, part: (Part & { readonly heard: boolean }) | null): boolean =>
  part !== null && (step === ModerationStep.DECISION ? part.decided : part.heard);

/**
 * Until when its author can appeal a case; null when they cannot, or no longer.
 *
 * @param decisions the first one first
 */
export function appealUntil(
  state: ModerationCaseState,
  [first]: readonly { readonly at: string }[],
  now: Date,
): Date | null {
  if (state !== ModerationCaseState.DECIDED || !first) return null;
  const until = new Date(new Date(first.at).getTime() + APPEAL_DAYS * 86_400_000);
  return until > now ? until : null;
}

/** What its author may do with a case now. */
export const appealActions = (...of: Parameters<typeof appealUntil>): ModerationCaseAction[] =>
  appealUntil(...of) === null ? [] : [ModerationCaseAction.APPEAL];

/** Whether somebody should have decided by now. */
export const isOverdue = (state: ModerationCaseState, dueAt: Date, now: Date): boolean =>
  WAITING.includes(state) && dueAt < now;

/**
 * Whether a moderator looked at something else than what they decide about. Who lets a post be read must have seen it as it is;
 * who takes it out need not have seen its author's latest edit: otherwise editing all the time would keep it there.
 *
 * @param lenient lets the post be read
 * @param firmVersion that of the last change which was not the author's editing
 */
export const isStale = (
  expected: number,
  { version, firmVersion }: { readonly version: number; readonly firmVersion: number },
  lenient: boolean,
): boolean => expected > version || expected < (lenient ? version : firmVersion);

/** What a moderator wants to decide, and about what. */
export interface EnteredDecision {
  readonly action: ModerationAction;
  readonly rule: ModerationRule;
  readonly days: number | null;
  readonly state: ModerationCaseState;
  /** A member wrote it: else there is nobody to be warned. */
  readonly hasAuthor: boolean;
}

/** @throws {InvalidInput} when action, rule and days do not go together */
export function checkDecision({ action, rule, days, state, hasAuthor }: EnteredDecision): void {
  if ((action === ModerationAction.KEEP) !== (rule === ModerationRule.NOTHING_WRONG)) {
    throw new InvalidInput('NOTHING_WRONG goes with KEEP, and with nothing else: name the rule that was broken.', [
      'input',
      'rule',
    ]);
  }
  const toMember = action === ModerationAction.WARN || action === ModerationAction.SUSPEND;
  if (toMember && !hasAuthor) {
    throw new InvalidInput('No member wrote this, so nobody can be warned or suspended. HIDE or REMOVE it.', [
      'input',
      'action',
    ]);
  }
  const most = state === ModerationCaseState.ESCALATED ? MAX_DAYS : MAX_DAYS_ALONE;
  if (action === ModerationAction.SUSPEND) {
    if (days === null || days < 1 || days > most) {
      throw new InvalidInput(
        `A suspension lasts 1 to ${MAX_DAYS_ALONE} days, in an escalated case up to ${MAX_DAYS}: say in \`days\` how many.`,
        ['input', 'days'],
      );
    }
  } else if (days !== null) {
    throw new InvalidInput('Only a suspension lasts a number of days. Leave `days` out.', ['input', 'days']);
  }
}
