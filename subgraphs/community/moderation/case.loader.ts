import DataLoader from 'dataloader';
import { idBelow, type Page, type PagedList } from '../../common/connection.js';
import { type Database, type Session, statement } from '../../common/database.js';
import type { CaseReport, MemberStanding, ModerationCase, ModerationDecision, OwnModerationCase } from './case.js';
import { type LogRow, moderationLog } from './log.loader.js';
import type { ModerationCaseState } from './moderation.enums.js';
import { type Part, WAITING } from './moderation.rules.js';
import type { PostReport } from './report.js';

/** A case in the shape of the API, with the post that it is about. */
export type CaseRow = ModerationCase & { readonly postId: string };

/** The same for the author of the post. */
export type OwnCaseRow = OwnModerationCase & { readonly postId: string };

/** A decision, with its case. */
export type DecisionRow = ModerationDecision & { readonly caseId: string };

/** What a case is to a moderator, and whether the appeal was decided by them. */
export type PartRow = Part & { readonly heard: boolean };

const COLUMNS = `id, post_id as "postId", state, (select p.kind from post p where p.id = post_id) as "postKind",
  appeal_text as "appealText", appealed_at as "appealedAt"`;
const FOR_MODERATORS = `${COLUMNS}, origin, title as "reportedTitle", body as "reportedBody", reports as "reportCount",
  opened_at as "openedAt", due_at as "dueAt", escalation_reason as "escalationReason", version`;

// who is a moderator and wrote it is shown it as its author alone
const NOT_OWN = `(member_id = (select caller_member())) is not true`;
const OWN = 'member_id = (select caller_member())';

const BY_ID = statement(
  'moderation-cases-by-id',
  `select ${FOR_MODERATORS} from moderation_case where id = any($1) and ${NOT_OWN}`,
);
const OWN_BY_ID = statement(
  'own-moderation-cases-by-id',
  `select ${COLUMNS} from moderation_case where id = any($1) and ${OWN}`,
);
const IN_QUEUE = `state = any($1) and ${NOT_OWN} and (not $2 or (due_at < now() and state in (${WAITING.map((state) => `'${state}'`).join(', ')})))`;
const QUEUE = statement(
  'moderation-queue',
  `select ${FOR_MODERATORS} from moderation_case
   where ${IN_QUEUE} and (due_at, id) > ((select case when $3::uuid is null then '-infinity' else case_due_at($3) end),
     (select coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')))
   order by due_at, id limit $4`,
);
const COUNT_QUEUE = statement(
  'count-moderation-queue',
  `select count(*)::int as count from moderation_case where ${IN_QUEUE}`,
);
const OF_CALLER = statement(
  'moderation-cases-of-caller',
  `select ${COLUMNS} from moderation_case where ${OWN} and ${idBelow('$1')} order by id desc limit $2`,
);
const COUNT_OF_CALLER = statement(
  'count-moderation-cases-of-caller',
  `select count(*)::int as count from moderation_case where ${OWN}`,
);
const DECISIONS = statement(
  'moderation-decisions',
  `select case_id as "caseId", step, case when step = 'DECISION' then action end as action, case when step = 'APPEAL' then action end as outcome,
     rule, reason, days, until, at
   from moderation_decision where case_id = any($1) order by case_id, step desc`,
);
const REPORTS = statement('reports-of-cases', 'select case_id as "caseId", reason, note, at from reports_of($1)');
const PARTS = statement(
  'part-in-cases',
  'select case_id as "caseId", wrote, reported, escalated, decided, heard from part_in($1)',
);
const AUTHORS = statement(
  'authors-in-cases',
  `select case_id as "caseId", pseudonym, warnings, suspended_until as "suspendedUntil", removed_before as "removedBefore" from authors_in($1)`,
);
const REPORT = statement('own-report', `select id, reason, note, at as "reportedAt" from report where id = $1`);

/** More reports of a case than these say nothing new. */
const MAX_REPORTS = 100;

/** Which cases a moderator wants to see. */
export interface QueueFilter {
  /** Null: all that wait for a decision. */
  readonly state: ModerationCaseState | null;
  readonly overdueOnly: boolean;
}

/** Reads cases: for moderators those that are not about their own posts, for authors those that they know of. */
export class CaseLoader {
  private readonly ids: DataLoader<string, CaseRow | null>;
  private readonly ownIds: DataLoader<string, OwnCaseRow | null>;
  private readonly decisions: DataLoader<string, DecisionRow[]>;
  private readonly reports: DataLoader<string, CaseReport[]>;
  private readonly parts: DataLoader<string, PartRow | null>;
  private readonly authors: DataLoader<string, MemberStanding | null>;

  constructor(
    private readonly database: Database,
    private readonly session: Session,
  ) {
    const one = <Row extends object>(query: typeof BY_ID, keyOf: (row: Row) => string) =>
      new DataLoader<string, Row | null>(async (ids) => {
        const found = new Map((await session.rows<Row>(query, [ids])).map((row) => [keyOf(row), row]));
        return ids.map((id) => found.get(id) ?? null);
      });
    const many = <Row extends object>(query: typeof BY_ID) =>
      new DataLoader<string, Row[]>(async (ids) => {
        const found = Map.groupBy(await session.rows<Row & { caseId: string }>(query, [ids]), ({ caseId }) => caseId);
        return ids.map((id) => found.get(id) ?? []);
      });
    const ofCase = (row: object) => (row as { caseId: string }).caseId;
    this.ids = one<CaseRow>(BY_ID, ({ id }) => id);
    this.ownIds = one<OwnCaseRow>(OWN_BY_ID, ({ id }) => id);
    this.decisions = many<DecisionRow>(DECISIONS);
    this.reports = many<CaseReport>(REPORTS);
    this.parts = one<PartRow>(PARTS, ofCase);
    this.authors = one<MemberStanding>(AUTHORS, ofCase);
  }

  /** A case for a moderator. */
  byId(id: string): Promise<CaseRow | null> {
    return this.ids.load(id);
  }

  /** The same, after it was decided or left to another. */
  changed(id: string): Promise<CaseRow | null> {
    for (const loader of [this.ids, this.decisions, this.parts, this.authors]) loader.clear(id);
    return this.byId(id);
  }

  /** A case about something that the caller wrote, after they appealed. */
  changedOwn(id: string): Promise<OwnCaseRow | null> {
    this.decisions.clear(id);
    return this.ownIds.clear(id).load(id);
  }

  /** Cases for a moderator, the most urgent first. */
  queue({ state, overdueOnly }: QueueFilter, { after, first }: Page): PagedList<CaseRow> {
    const values = [state === null ? WAITING : [state], overdueOnly];
    return {
      rows: () => this.session.rows<CaseRow>(QUEUE, [...values, after, first + 1]),
      count: () => this.session.count(COUNT_QUEUE, values),
    };
  }

  /** Those about what the caller wrote, newest first. */
  ofCaller({ after, first }: Page): PagedList<OwnCaseRow> {
    return {
      rows: () => this.session.rows<OwnCaseRow>(OF_CALLER, [after, first + 1]),
      count: () => this.session.count(COUNT_OF_CALLER),
    };
  }

  /** The first decision, then that about the appeal. */
  decisionsOf(caseId: string): Promise<DecisionRow[]> {
    return this.decisions.load(caseId);
  }

  /** What was reported, oldest first; nothing for who is no moderator, or wrote it. */
  async reportsOf(caseId: string): Promise<CaseReport[]> {
    return (await this.reports.load(caseId)).slice(0, MAX_REPORTS);
  }

  /** What a case is to the caller; null for who is no moderator. */
  partIn(caseId: string): Promise<PartRow | null> {
    return this.parts.load(caseId);
  }

  /** Who wrote what a case is about; null when that is no member, or no longer. */
  authorIn(caseId: string): Promise<MemberStanding | null> {
    return this.authors.load(caseId);
  }

  /** A report of the caller's own. */
  async report(id: string): Promise<PostReport | null> {
    return (await this.session.rows<PostReport>(REPORT, [id]))[0] ?? null;
  }

  log(page: Page): PagedList<LogRow> {
    return moderationLog(this.database, page);
  }
}
