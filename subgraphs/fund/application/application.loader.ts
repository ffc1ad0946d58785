import DataLoader from 'dataloader';
import { type LoggedStatement, loggedStatement, type Shows } from '../../common/access-log.js';
import { idAbove, idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import { type AidOfYear, aidOfYears } from '../aid/annual-aid.loader.js';
import { type Grant, GrantStatus } from '../grant/grant.js';
import type { AidTierName } from '../policy/policy.js';
import type { Review } from '../review/review.js';
import type { ApplicationStatus } from './application.enums.js';
import type { Application, ApplicationEvent } from './application.js';
import type { ApplicationFacts, DecidedReview } from './application.rules.js';

/**
 * An application is read with its history, which is short, and with what its patient has had of its year and of this one: nearly
 * always asked for with it, so one statement reads all of it.
 */
const COLUMNS = `
  id, number, status, aid_year as "aidYear", expected_expense_fen as "expectedExpenseFen", patient_id as "patientId",
  patient_subject = caller_subject() as own, disease_id as "diseaseId", open_stage as "openStage",
  open_reviewer as "openReviewer", created_at as "createdAt", submitted_at as "submittedAt", decided_at as "decidedAt",
  deadline_at as "deadlineAt", round, version,
  (select coalesce(json_agg(json_build_object('id', review.id, 'stage', stage, 'decision', decision, 'reason', reason,
     'round', review.round, 'openedAt', opened_at, 'decidedAt', review.decided_at, 'reviewer', reviewer_subject) order by review.id), '[]')
   from review where application_id = application.id) as reviews,
  (select coalesce(json_agg(json_build_object('id', event.id, 'status', event.status, 'at', at, 'byRole', by_role, 'note', note)
     order by event.id), '[]')
   from application_event event where application_id = application.id) as timeline,
  (select json_build_object('id', aid_grant.id, 'status', aid_grant.status, 'tier', tier, 'aidYear', aid_grant.aid_year,
     'maximumFen', maximum_fen::text, 'awardedFen', aid_grant.awarded_fen::text, 'paidFen', aid_grant.paid_fen::text,
     'releasedFen', released_fen::text, 'version', aid_grant.version)
   from aid_grant where application_id = application.id) as "grant",
  ${aidOfYears(
    'application.patient_id',
    `select application.aid_year as year union select extract(year from now() at time zone 'Asia/Shanghai')::int`,
  )} as aid`;

const SHOWS: Shows = {
  record: 'Application',
  fields: ['number', 'status', 'aidYear', 'expectedExpense', 'disease', 'reviews', 'timeline', 'grant'],
};
const BY_ID = loggedStatement('applications-by-id', `select ${COLUMNS} from application where id = any($1)`, SHOWS);

const matching = '($1::text[] is null or status = any($1)) and ($2::uuid is null or patient_id = $2)';
/** The row rules again, in the words that the indexes are made for. */
const MINE = `(patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])) and ${matching}`;
const WAITING = `open_stage is not null and ${matching}
  and not exists (select from review where application_id = application.id and reviewer_subject = caller_subject() and decision = 'RECUSE')`;
const TAKEN = 'open_reviewer = caller_subject()';
const FREE = 'open_reviewer is null';
/** A page of one of the two: either has an index in this order, both together have none. */
const pageOfQueue = (which: string) =>
  `(select * from application where ${which} and ${WAITING} and ${idAbove('$3')} order by id limit $4)`;

const PAGES = {
  mine: loggedStatement(
    'applications-mine',
    `select ${COLUMNS} from application where ${MINE} and ${idBelow('$3')} order by id desc limit $4`,
    { ...SHOWS, page: { limit: '$4' } },
  ),
  queue: loggedStatement(
    'applications-queue',
    `select ${COLUMNS} from (${pageOfQueue(TAKEN)} union all ${pageOfQueue(FREE)}) application order by id limit $4`,
    { ...SHOWS, page: { limit: '$4' } },
  ),
} as const;
const COUNTS = {
  mine: statement('count-applications-mine', `select count(*)::int as count from application where ${MINE}`),
  queue: statement(
    'count-applications-queue',
    `select count(*)::int as count from application where (${TAKEN} or ${FREE}) and ${WAITING}`,
  ),
} as const;

const YEAR_OF_PATIENT = loggedStatement(
  'year-of-patient',
  `select $1::uuid as "patientId", exists (select from application where patient_id = $1 and disease_id = $2 and aid_year = $3 and id is distinct from $4
       and status in ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'INFORMATION_REQUESTED', 'WAITLISTED', 'APPEALED')) as open,
     (select cap_fen - granted_fen from annual_aid where patient_id = $1 and aid_year = $3) as "leftFen"`,
  {
    record: 'AnnualAid',
    id: '"patientId"',
    // of a patient whom the caller has nothing to do with, nothing was read
    patient: 'case when purpose_of_read("patientId") is not null then "patientId" end',
    fields: ['remaining'],
  },
);
const WORKED_ON = statement('applications-worked-on', `select id from application where id = any($1)`);
const PATIENTS_WORKED_ON = statement(
  'patients-worked-on',
  'select distinct patient_id as id from application where patient_id = any($1)',
);

interface Row {
  id: string;
  number: string;
  status: ApplicationStatus;
  aidYear: number;
  expectedExpenseFen: string;
  patientId: string;
  own: boolean | null;
  diseaseId: string;
  openStage: Review['stage'] | null;
  openReviewer: string | null;
  createdAt: string;
  submittedAt: string | null;
  decidedAt: string | null;
  deadlineAt: string | null;
  round: number;
  version: number;
  reviews: (Omit<Review, 'mine'> & { reviewer: string | null })[];
  timeline: ApplicationEvent[];
  aid: (AidOfYear & { year: number })[];
  grant: {
    id: string;
    status: GrantStatus;
    tier: AidTierName;
    aidYear: number;
    maximumFen: string;
    awardedFen: string;
    paidFen: string;
    releasedFen: string;
    version: number;
  } | null;
}

/** An application as resolvers hand it on, with what the rules need to know of it. */
export type LoadedApplication = Application & { readonly facts: ApplicationFacts; readonly own: boolean };

function decidedReview({ stage, reviewer, decision, round }: Row['reviews'][number]): DecidedReview[] {
  return decision && reviewer ? [{ stage, reviewer, decision, round }] : [];
}

function grantOf(grant: Row['grant']): Grant | null {
  if (!grant) return null;
  const { maximumFen, awardedFen, paidFen, releasedFen, ...rest } = grant;
  return {
    ...rest,
    maximum: money(maximumFen),
    awarded: money(awardedFen),
    paid: money(paidFen),
    released: money(releasedFen),
    left: money(BigInt(maximumFen) - BigInt(awardedFen) - BigInt(releasedFen)),
  };
}

function loaded(row: Row, caller: string): LoadedApplication {
  const {
    patientId,
    diseaseId,
    expectedExpenseFen,
    openStage,
    openReviewer,
    own,
    reviews,
    grant,
    aid: _,
    ...rest
  } = row;
  return {
    ...rest,
    expectedExpense: money(expectedExpenseFen),
    patient: { id: patientId },
    disease: { id: diseaseId },
    reviews: reviews.map(({ reviewer, ...review }) => ({ ...review, mine: reviewer === caller })),
    grant: grantOf(grant),
    own: own === true,
    facts: {
      status: row.status,
      round: row.round,
      openStage,
      openReviewer,
      appealUntil: row.deadlineAt === null ? null : new Date(row.deadlineAt),
      grantActive: grant?.status === GrantStatus.ACTIVE,
      decided: reviews.flatMap(decidedReview),
    },
  };
}

export type ApplicationList = keyof typeof PAGES;

export interface ApplicationMatch {
  readonly status: readonly ApplicationStatus[] | null;
  readonly patientId: string | null;
}

/** Reads applications as the caller may see them. */
export class ApplicationLoader {
  private readonly loader: DataLoader<string, LoadedApplication | null>;

  /** @param aidRead is told what was read of a patient's year */
  constructor(
    private readonly session: Session,
    private readonly aidRead: (patientId: string, year: number, aid: AidOfYear) => void,
  ) {
    this.loader = new DataLoader(async (ids) => {
      const rows = await this.read(BY_ID, [ids]);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  byId(id: string): Promise<LoadedApplication | null> {
    return this.loader.load(id);
  }

  /** After a change the next read must not answer from before it. */
  forget(id: string): void {
    this.loader.clear(id);
  }

  /**
   * The caller's own and their dependants', newest first, or what a reviewer can work on, oldest first; one more than
   * the page holds where there are more.
   */
  page(
    list: ApplicationList,
    { status, patientId }: ApplicationMatch,
    { after, first }: Page,
  ): Promise<LoadedApplication[]> {
    return this.read(PAGES[list], [status, patientId, after, first + 1]);
  }

  async count(list: ApplicationList, { status, patientId }: ApplicationMatch): Promise<number> {
    return this.session.count(COUNTS[list], [status, patientId]);
  }

  /**
   * What a patient has of a year: whether another application for the disease is open, and how much can still be granted
   * (null: nothing has been granted yet, so the whole cap).
   *
   * @param except an application that does not count
   */
  async yearOf(
    patientId: string,
    diseaseId: string,
    year: number,
    except: string | null,
  ): Promise<{ open: boolean; leftFen: bigint | null }> {
    const values = [patientId, diseaseId, year, except];
    const [row] = await this.session.seen<{ open: boolean; leftFen: string | null }>(YEAR_OF_PATIENT, values);
    return { open: row?.open ?? false, leftFen: row?.leftFen == null ? null : BigInt(row.leftFen) };
  }

  /** Those of these applications that the caller may see. */
  async visible(ids: readonly string[]): Promise<string[]> {
    return (await this.session.rows<{ id: string }>(WORKED_ON, [ids])).map(({ id }) => id);
  }

  /** Those of these patients who have an application that the caller may see. */
  async visiblePatients(ids: readonly string[]): Promise<string[]> {
    return (await this.session.rows<{ id: string }>(PATIENTS_WORKED_ON, [ids])).map(({ id }) => id);
  }

  private async read(query: LoggedStatement, values: unknown[]): Promise<LoadedApplication[]> {
    const rows = await this.session.seen<Row>(query, values);
    // whose reads leave entries reads it by itself, so that the entry says so
    if (!this.session.leavesEntries) {
      for (const { patientId, aid } of rows) for (const { year, ...read } of aid) this.aidRead(patientId, year, read);
    }
    return rows.map((row) => loaded(row, this.session.identity.subject));
  }
}
