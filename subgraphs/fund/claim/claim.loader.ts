import DataLoader from 'dataloader';
import { type LoggedStatement, loggedStatement, type Shows } from '../../common/access-log.js';
import { type CareStanding, careStanding, patientsInCare } from '../../common/care.port.js';
import { idAbove, idBelow, type Page } from '../../common/connection.js';
import type { Ask } from '../../common/context.js';
import { type Session, type Statement, statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import { money } from '../../common/money.js';
import { type Award, type AwardFacts, type Expense, PAYERS, type Payer, type Refund } from './award.rules.js';
import type { StoredClaimStatus } from './claim.entity.js';
import { ExpenseKind } from './claim.enums.js';
import type { AwardType, Claim, ClaimExpense } from './claim.js';
import { type ClaimFacts, type ClaimStanding, explainAward } from './claim.rules.js';
import type { ClawBack } from './claw-back.js';
import { CLAW_BACK_JSON, clawBackShown, type StoredClawBack } from './claw-back.loader.js';
import { maskedNames } from './masked-name.port.js';
import { readAward } from './stored-award.js';

const paidColumn = (payer: Payer): string => `${payer.toLowerCase()}_fen`;

/** Of an expense line, as `StoredExpense`. */
const EXPENSE_JSON = `json_build_object('place', place, 'orderLineId', order_line_id, 'issuer', invoice_issuer,
  'number', invoice_number, 'incurredOn', incurred_on, 'amountFen', amount_fen::text,
  'paidFen', json_build_object(${PAYERS.map((payer) => `'${payer}', ${paidColumn(payer)}::text`).join(', ')}))`;

/**
 * Whole claims in one statement. Who checks a claim may see neither its application nor its grant: the year is then that
 * of its expenses.
 *
 * @param source SQL that says which rows of `claim`, cut to the page
 * @param order how they are sorted
 * @param page where it is cut
 */
const wholeClaims = (name: string, source: string, order: 'id' | 'id desc', page?: Shows['page']): LoggedStatement =>
  loggedStatement(
    name,
    `select c.id, c.number, c.status, c.application_id as "applicationId", c.fund_id as "fundId",
       c.patient_id as "patientId", coalesce(c.patient_subject = caller_subject(), false) as own,
       application_number(c.application_id) as "applicationNumber",
       coalesce((select g.aid_year from aid_grant g where g.id = c.grant_id),
         (select extract(year from min(incurred_on))::int from expense_line where claim_id = c.id)) as "aidYear",
       (select coalesce(json_agg(${EXPENSE_JSON} order by place), '[]') from expense_line where claim_id = c.id) as expenses,
       (select coalesce(json_agg(${CLAW_BACK_JSON} order by b.id), '[]') from claw_back b where b.claim_id = c.id) as "clawBacks",
       c.asked_fen as "askedFen", c.self_paid_fen as "selfPaidFen", c.award, c.award_fen as "awardFen",
       c.taken_back_fen as "takenBackFen", c.reason, c.entered_by as "enteredBy", c.checked_by as "checkedBy",
       c.entered_at as "enteredAt", c.checked_at as "checkedAt", c.decided_at as "decidedAt", c.paid_at as "paidAt", c.version
     from (${source}) c order by c.${order}`,
    {
      record: 'Claim',
      fields: [
        'number',
        'status',
        'applicationNumber',
        'aidYear',
        'expenses',
        'asked',
        'paidByOthers',
        'selfPaid',
        'award',
        'clawBacks',
        'takenBack',
        'reason',
        'enteredAt',
        'checkedAt',
        'decidedAt',
        'paidAt',
      ],
      page,
    },
  );

// as subselects: evaluated once, so that an index can be used under row-level security
const OF_CALLER = `application_id = any(array(select id from application
  where patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])))`;
const MATCHING =
  '($1::text[] is null or status = any($1)) and ($2::uuid is null or application_id = $2) and ($3::uuid is null or fund_id = $3)';
/** In the words of the index of claims that wait. */
const WAITING = `status in ('ENTERED', 'CHECKED', 'APPROVED')`;
const WAITING_STATUSES: readonly StoredClaimStatus[] = ['ENTERED', 'CHECKED', 'APPROVED'];

/** The rows of each list, without its order and cut. */
const ROWS = {
  /** Of the caller and whom they care for, newest first. */
  mine: `from claim where ${OF_CALLER} and ${MATCHING}`,
  /** What reviewers have to check, oldest first. */
  toCheck: `from claim where status = 'ENTERED' and ${MATCHING}`,
  /** Of an application, oldest first. */
  ofApplication: `from claim where application_id = $2 and ${MATCHING}`,
  /** In one of the states in which claims wait, oldest first: read by the state, since nearly all claims are over. */
  waiting: `from claim where ${WAITING} and ${MATCHING}`,
  /** All, oldest first. */
  all: `from claim where ${MATCHING}`,
} as const;
export type ClaimList = keyof typeof ROWS;

const oldestFirst = (rows: string): string => `select * ${rows} and ${idAbove('$4')} order by id limit $5`;
const CUT = { limit: '$5' };
const PAGES: Readonly<Record<ClaimList, LoggedStatement>> = {
  mine: wholeClaims(
    'claims-mine',
    `select * ${ROWS.mine} and ${idBelow('$4')} order by id desc limit $5`,
    'id desc',
    CUT,
  ),
  toCheck: wholeClaims('claims-to-check', oldestFirst(ROWS.toCheck), 'id', CUT),
  ofApplication: wholeClaims('claims-of-application', oldestFirst(ROWS.ofApplication), 'id', CUT),
  waiting: wholeClaims(
    'claims-waiting',
    `select found.* from unnest($1::text[]) as wanted (state) cross join lateral (
       select * ${ROWS.waiting} and status = wanted.state and ${idAbove('$4')} order by id limit $5) found
     order by id limit $5`,
    'id',
    CUT,
  ),
  all: wholeClaims('claims-all', oldestFirst(ROWS.all), 'id', CUT),
};
const counted = (list: ClaimList): Statement =>
  statement(`count-claims-${list}`, `select count(*)::int as count ${ROWS[list]}`);
const COUNTS: Readonly<Record<ClaimList, Statement>> = {
  mine: counted('mine'),
  toCheck: counted('toCheck'),
  ofApplication: counted('ofApplication'),
  waiting: counted('waiting'),
  all: counted('all'),
};

const BY_ID = wholeClaims('claims-by-id', 'select * from claim where id = any($1)', 'id');
/** More than an application can have in a year in earnest. */
const MOST_OF_AN_APPLICATION = 200;
const BY_APPLICATION = wholeClaims(
  'claims-by-application',
  `select found.* from unnest($1::uuid[]) as wanted (application) cross join lateral (
     select * from claim where application_id = wanted.application order by id desc limit ${MOST_OF_AN_APPLICATION}) found`,
  'id desc',
);

interface StoredExpense {
  readonly place: number;
  readonly orderLineId: string | null;
  readonly issuer: string | null;
  readonly number: string | null;
  readonly incurredOn: string;
  readonly amountFen: string;
  readonly paidFen: Readonly<Record<Payer, string>>;
}

interface Row {
  readonly id: string;
  readonly number: string;
  readonly status: StoredClaimStatus;
  readonly applicationId: string;
  readonly applicationNumber: string | null;
  readonly fundId: string;
  readonly patientId: string;
  readonly own: boolean;
  readonly aidYear: number;
  readonly expenses: readonly StoredExpense[];
  readonly clawBacks: readonly StoredClawBack[];
  readonly askedFen: string;
  readonly selfPaidFen: string;
  readonly award: unknown;
  readonly awardFen: string | null;
  readonly takenBackFen: string;
  readonly reason: string | null;
  readonly enteredBy: string;
  readonly checkedBy: string | null;
  readonly enteredAt: string;
  readonly checkedAt: string | null;
  readonly decidedAt: string | null;
  readonly paidAt: string | null;
  readonly version: number;
}

/** A claim as resolvers hand it on, with what the rules need to know of it. */
export type LoadedClaim = Claim & {
  readonly own: boolean;
  readonly patientId: string;
  readonly applicationId: string;
  readonly fundId: string;
  readonly facts: ClaimFacts;
  readonly clawBacks: readonly ClawBack[];
  /** What was spent, as the award is decided on. */
  readonly spent: AwardFacts['expenses'];
  /** What was given back of it so far. */
  readonly refunds: readonly Refund[];
};

/** Of a row's payers, who paid anything. */
const paidBy = (paidFen: Readonly<Record<Payer, string | bigint>>) =>
  PAYERS.filter((payer) => BigInt(paidFen[payer]) > 0n).map((payer) => ({ payer, amount: money(paidFen[payer]) }));

/** An expense line's row, as the rules take it. */
const asSpent = ({ amountFen, paidFen }: Pick<StoredExpense, 'amountFen' | 'paidFen'>): Expense => ({
  amountFen: BigInt(amountFen),
  paidByOthers: Object.fromEntries(PAYERS.map((payer) => [payer, BigInt(paidFen[payer])])),
});

function expenseShown({ issuer, number, paidFen, amountFen, ...rest }: StoredExpense): ClaimExpense {
  const others = PAYERS.reduce((sum, payer) => sum + BigInt(paidFen[payer]), 0n);
  return {
    ...rest,
    kind: rest.orderLineId ? ExpenseKind.ORDER_LINE : ExpenseKind.INVOICE,
    invoice: issuer !== null && number !== null ? { issuer, number } : null,
    amount: money(amountFen),
    paidByOthers: paidBy(paidFen),
    selfPaid: money(BigInt(amountFen) - others),
  };
}

const awardShown = (award: Award, enteredFen: bigint): AwardType => ({
  asked: money(award.askedFen),
  byPayer: paidBy(award.byPayer),
  selfPaid: money(award.selfPaidFen),
  sharePercent: award.sharePercent,
  limits: award.limits.map(({ limit, amountFen }) => ({
    limit,
    amount: money(amountFen),
    binding: limit === award.binding,
  })),
  amount: money(award.awardFen),
  binding: award.binding,
  explanation: explainAward(award, enteredFen),
});

function loaded(row: Row): LoadedClaim {
  const { enteredBy, checkedBy, expenses, clawBacks, askedFen, selfPaidFen, awardFen, takenBackFen, ...rest } = row;
  const award = readAward(rest.award);
  const waitingFen = clawBacks
    .filter(({ status }) => status === 'WAITING')
    .reduce((sum, { amountFen }) => sum + BigInt(amountFen), 0n);
  return {
    ...rest,
    expenses: expenses.map(expenseShown),
    clawBacks: clawBacks.map(clawBackShown),
    asked: money(askedFen),
    paidByOthers: money(BigInt(askedFen) - BigInt(selfPaidFen)),
    selfPaid: money(selfPaidFen),
    award: award && awardShown(award, BigInt(askedFen)),
    takenBack: money(takenBackFen),
    facts: {
      status: row.status,
      enteredBy,
      checkedBy,
      leftFen: BigInt(awardFen ?? 0) - BigInt(takenBackFen) - waitingFen,
    },
    spent: expenses.map(asSpent),
    refunds: refundsOf(expenses, clawBacks),
  };
}

/** What was refunded of which of a claim's expenses. */
function refundsOf(expenses: readonly StoredExpense[], clawBacks: readonly StoredClawBack[]): Refund[] {
  return clawBacks.flatMap(({ orderLineId, refundedFen }) => {
    const expense = expenses.findIndex((each) => each.orderLineId !== null && each.orderLineId === orderLineId);
    return expense < 0 || refundedFen === null ? [] : [{ expense, refundedFen: BigInt(refundedFen) }];
  });
}

export interface ClaimMatch {
  readonly status: readonly StoredClaimStatus[] | null;
  readonly applicationId: string | null;
  readonly fundId: string | null;
}

/** Reads claims as the caller may see them, and knows what the caller is to them. */
export class ClaimLoader {
  private readonly ids: DataLoader<string, LoadedClaim | null>;
  private readonly applications: DataLoader<string, LoadedClaim[]>;
  private readonly care: DataLoader<string, Pick<CareStanding, 'mayApply'> | null>;
  private readonly names: DataLoader<string, string | null>;

  constructor(
    private readonly session: Session,
    private readonly identity: Identity,
    ask: Ask,
  ) {
    this.ids = new DataLoader(async (ids) => {
      const found = new Map((await this.read(BY_ID, [ids])).map((claim) => [claim.id, claim]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.applications = new DataLoader(async (ids) => {
      const found = Map.groupBy(await this.read(BY_APPLICATION, [ids]), ({ applicationId }) => applicationId);
      return ids.map((id) => found.get(id) ?? []);
    });
    this.names = new DataLoader((patients) => maskedNames(ask, patients));
    this.care = new DataLoader<string, Pick<CareStanding, 'mayApply'> | null>(async (patients) => {
      // what is done is done with one claim; for the buttons of a list one question must do
      if (patients.length === 1 || identity.roles.includes('CAREGIVER')) {
        return Promise.all(patients.map((patient) => careStanding(ask, patient)));
      }
      const inCare = new Set(await patientsInCare(ask));
      return patients.map((patientId) => (inCare.has(patientId) ? { mayApply: false } : null));
    });
  }

  /** How the patient is called, masked: for finance. @throws {SubgraphUnavailable} {DataUnreadable} */
  maskedName({ patientId }: Pick<LoadedClaim, 'patientId'>): Promise<string | null> {
    return this.names.load(patientId);
  }

  byId(id: string): Promise<LoadedClaim | null> {
    return this.ids.load(id);
  }

  /** Those of an application, newest first. */
  ofApplication(id: string): Promise<LoadedClaim[]> {
    return this.applications.load(id);
  }

  /** Reads a claim that has been changed, or will be, and forgets what was read before. */
  readAnew(id: string): Promise<LoadedClaim | null> {
    this.ids.clearAll();
    this.applications.clearAll();
    return this.byId(id);
  }

  /** Which list the caller's role asks for. */
  listFor({ status, applicationId }: ClaimMatch): ClaimList {
    const { roles } = this.identity;
    if (roles.includes('FINANCE')) {
      if (applicationId !== null) return 'ofApplication';
      return status?.every((each) => WAITING_STATUSES.includes(each)) ? 'waiting' : 'all';
    }
    return roles.includes('REVIEWER') ? 'toCheck' : 'mine';
  }

  /** One more than the page holds, where there are more. */
  page(list: ClaimList, { status, applicationId, fundId }: ClaimMatch, { after, first }: Page): Promise<LoadedClaim[]> {
    return this.read(PAGES[list], [status && [...new Set(status)], applicationId, fundId, after, first + 1]);
  }

  async count(list: ClaimList, { status, applicationId, fundId }: ClaimMatch): Promise<number> {
    return this.session.count(COUNTS[list], [status, applicationId, fundId]);
  }

  /** What the caller is to a claim: the row knows whose it is, and the patient subgraph who cares for them. */
  async standing({ own, patientId }: Pick<LoadedClaim, 'own' | 'patientId'>): Promise<ClaimStanding> {
    const { subject, roles } = this.identity;
    const role = {
      subject,
      reviewer: roles.includes('REVIEWER'),
      finance: roles.includes('FINANCE'),
    };
    if (own) return { ...role, applicant: true, concerned: true };
    // a patient sees no claims but their own, and other roles none at all
    if (!role.reviewer && !role.finance && !roles.includes('CAREGIVER')) {
      return { ...role, applicant: false, concerned: false };
    }
    const inCare = await this.care.load(patientId);
    const applies = roles.includes('CAREGIVER') && inCare?.mayApply === true;
    return { ...role, applicant: applies, concerned: inCare !== null };
  }

  private async read(query: LoggedStatement, values: unknown[]): Promise<LoadedClaim[]> {
    return (await this.session.seen<Row>(query, values)).map(loaded);
  }
}
