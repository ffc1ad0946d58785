import type { EntityManager } from '@mikro-orm/postgresql';
import { NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { checkedText, checkReason } from '../../common/plain-text.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { CommunityContext } from '../context.js';
import { minuteId, publicMinute } from '../post/post.rules.js';
import {
  AppealOutcome,
  ModerationAction,
  ModerationCaseAction,
  ModerationCaseState,
  type ModerationRule,
  ModerationStep,
} from './moderation.enums.js';
import { ModerationCaseWrongState } from './moderation.errors.js';
import {
  APPEAL_DAYS,
  allowedActions,
  appealUntil,
  checkDecision,
  isEntitled,
  isStale,
  isTimely,
  MAX_APPEAL,
  type Part,
} from './moderation.rules.js';

/** Something that a moderator does with a case. */
interface WithCase {
  readonly caseId: string;
  readonly reason: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface DecideCase extends WithCase {
  readonly action: ModerationAction;
  readonly rule: ModerationRule;
  readonly days?: number | null;
}

export type EscalateCase = WithCase;

export interface DecideAppeal extends WithCase {
  readonly outcome: AppealOutcome;
}

export interface AppealDecision {
  readonly caseId: string;
  readonly text: string;
  readonly idempotencyKey: string;
}

/** A case, its post and its author, held until the end of the transaction. */
interface LockedCase extends Part {
  readonly state: ModerationCaseState;
  readonly version: number;
  readonly firmVersion: number;
  /** The caller wrote the post. */
  readonly mine: boolean;
  /** A member wrote it. */
  readonly hasAuthor: boolean;
  /** When the first decision was made. */
  readonly decidedAt: string | null;
}

const LOCKED = `select state, version, firm_version as "firmVersion", mine, has_author as "hasAuthor", wrote, reported, escalated, decided,
  decided_at as "decidedAt" from locked_case(?)`;
const DECIDE = `insert into moderation_decision (id, case_id, step, action, rule, reason, days, decided_by) values (?, ?, ?, ?, ?, ?, ?, ?)`;

const missing = () => new NotFound('case', ['input', 'caseId']);

/** @throws {NotFound} when there is none that the caller may see */
async function lockedCase(em: EntityManager, caseId: string): Promise<LockedCase> {
  const [held] = await em.execute<(LockedCase | { state: null })[]>(LOCKED, [caseId]);
  if (!held || held.state === null) throw missing();
  return held;
}

/** What moderators decide, and how authors defend themselves. What follows from a decision its triggers do. */
export class CaseService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * @returns the case's id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {StaleVersion} {@link ModerationCaseWrongState} {IdempotencyConflict}
   */
  decide(input: DecideCase): Promise<string> {
    const { action, rule, days = null } = input;
    const lenient = action === ModerationAction.KEEP;
    return this.change('decideCase', ModerationCaseAction.DECIDE, lenient, input, async (em, held, reason) => {
      checkDecision({ action, rule, days, state: held.state, hasAuthor: held.hasAuthor });
      await this.add(em, input.caseId, ModerationStep.DECISION, [action, rule, reason, days]);
    });
  }

  /**
   * Leaves a case to another moderator.
   *
   * @returns the case's id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {StaleVersion} {@link ModerationCaseWrongState} {IdempotencyConflict}
   */
  escalate(input: EscalateCase): Promise<string> {
    return this.change('escalateCase', ModerationCaseAction.ESCALATE, false, input, async (em, _held, reason) => {
      await em.execute('select escalate_case(?, ?)', [input.caseId, reason]);
    });
  }

  /**
   * @returns the case's id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {StaleVersion} {@link ModerationCaseWrongState} {IdempotencyConflict}
   */
  decideAppeal(input: DecideAppeal): Promise<string> {
    const lenient = input.outcome === AppealOutcome.OVERTURNED;
    return this.change(
      'decideAppeal',
      ModerationCaseAction.DECIDE_APPEAL,
      lenient,
      input,
      async (em, _held, reason) => {
        await this.add(em, input.caseId, ModerationStep.APPEAL, [input.outcome, null, reason, null]);
      },
    );
  }

  /**
   * The author does not agree. Who is suspended may do this too.
   *
   * @returns the case's id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {@link ModerationCaseWrongState} {IdempotencyConflict}
   */
  async appeal(input: AppealDecision): Promise<string> {
    const text = checkedText(input.text, MAX_APPEAL, 'text', 'An appeal');
    return once(this.context, 'appealDecision', input, async (em) => {
      const { state, mine, decidedAt } = await lockedCase(em, input.caseId);
      ensureAllowed(mine, missing);
      if (state !== ModerationCaseState.DECIDED || decidedAt === null) throw new ModerationCaseWrongState(state, []);
      if (appealUntil(state, [{ at: decidedAt }], new Date()) === null) {
        throw new NotAllowed(`A decision can be appealed for ${APPEAL_DAYS} days. That time is over.`, [
          'input',
          'caseId',
        ]);
      }
      await em.execute('select appeal_case(?, ?)', [input.caseId, text]);
      return input.caseId;
    });
  }

  /** Locks a case, and changes it if the caller, a moderator, may do so now and has seen how it is. */
  private async change(
    operation: string,
    action: Exclude<ModerationCaseAction, ModerationCaseAction.APPEAL>,
    lenient: boolean,
    input: WithCase,
    work: (em: EntityManager, held: LockedCase, reason: string) => Promise<void>,
  ): Promise<string> {
    const reason = checkReason(input.reason);
    return once(this.context, operation, input, async (em) => {
      const held = await lockedCase(em, input.caseId);
      // nobody moderates what they wrote: to them it is not there
      ensureAllowed(!held.mine, missing);
      ensureAllowed(isEntitled(action, held), () => new NotAllowed(REFUSAL[action], ['input', 'caseId']));
      if (!isTimely(action, held.state)) {
        throw new ModerationCaseWrongState(held.state, allowedActions(held.state, held));
      }
      if (isStale(input.expectedVersion, held, lenient)) throw new StaleVersion(held.version);
      await work(em, held, reason);
      return input.caseId;
    });
  }

  private async add(em: EntityManager, caseId: string, step: ModerationStep, decision: unknown[]): Promise<void> {
    const id = minuteId(publicMinute(new Date()));
    await em.execute(DECIDE, [id, caseId, step, ...decision, this.context.identity.subject]);
  }
}

const REFUSAL: Readonly<Record<Exclude<ModerationCaseAction, ModerationCaseAction.APPEAL>, string>> = {
  DECIDE:
    'A case is decided by a moderator who neither wrote nor reported the post and did not leave it to others. Leave it to another one.',
  ESCALATE: 'You wrote or reported this post, so another moderator decides about it. You need to do nothing.',
  DECIDE_APPEAL:
    'An appeal is decided by a moderator who neither wrote nor reported the post and did not make the decision. Leave it to another one.',
};
