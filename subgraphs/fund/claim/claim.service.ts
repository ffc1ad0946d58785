import { type Loaded, LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { aidYear, shanghaiDay } from '../../common/calendar.js';
import { consentGiven } from '../../common/care.port.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import type { Executes, Statements } from '../../common/database.js';
import { ConsentMissing, InvalidInput, NotAllowed, NotFound } from '../../common/errors.js';
import { decideOnce, once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { type MoneyInput, positiveFen } from '../../common/money.js';
import type { FundContext } from '../context.js';
import type { GrantStatus } from '../grant/grant.js';
import { sendTransfer } from '../ledger/ledger.js';
import { checkReason } from '../review/review.rules.js';
import { type Award, decideAward, PAYERS, type Payer, withoutRefunded } from './award.rules.js';
import { ClaimEntity } from './claim.entity.js';
import { ClaimAction, ClaimCheck, ClaimDecision, type ClaimProblem } from './claim.enums.js';
import { ExpenseNotClaimable, GrantNotActive } from './claim.errors.js';
import type { LoadedClaim } from './claim.loader.js';
import { comesToNothing, grantHasEnded, type InvoiceKey, invoiceKey } from './claim.rules.js';
import { type ClaimStep, lookAt, refuseUnlessSeen, type SeenClaim } from './claim.step.js';
import { checkExpense } from './expense.rules.js';
import { type OrderLine, orderLines } from './pharmacy.port.js';
import { storedAward } from './stored-award.js';

/** An expense as a client enters it: a line of an order, or an invoice. */
export interface EnteredExpense {
  readonly orderLineId?: string | null;
  readonly invoice?: (InvoiceKey & { readonly incurredOn: string; readonly amount: MoneyInput }) | null;
  readonly paidByOthers?: readonly { readonly payer: Payer; readonly amount: MoneyInput }[] | null;
}

export interface EnterClaim {
  readonly applicationId: string;
  readonly expenses: readonly EnteredExpense[];
  readonly idempotencyKey: string;
}

export interface CheckClaim extends ClaimStep {
  readonly decision: ClaimCheck;
  readonly reason: string;
}

export interface DecideClaim extends ClaimStep {
  readonly decision: ClaimDecision;
  readonly reason: string;
}

const MAX_EXPENSES = 50;

/** An expense whose form is right. */
interface CheckedExpense {
  readonly place: number;
  readonly orderLineId: string | null;
  readonly invoice: (InvoiceKey & { readonly incurredOn: string; readonly amountFen: bigint }) | null;
  readonly paid: Readonly<Partial<Record<Payer, bigint>>>;
  readonly paidFen: bigint;
}

/** The same with what it cost and when, as the pharmacy or the invoice says. */
type KnownExpense = CheckedExpense & { readonly amountFen: bigint; readonly incurredOn: string };

/** What is read of a grant before a claim on it. */
interface GrantToClaim {
  readonly id: string;
  readonly status: GrantStatus;
  readonly year: number;
  readonly fund: string;
  readonly patient: string;
  readonly subject: string | null;
  readonly lookBackDays: number;
  readonly serial: string;
}

/** Held until the claim stands: a grant that ends meanwhile waits, and then finds it. */
const GRANT = `
  select g.id, g.status, g.aid_year as year, g.fund_id as fund, g.patient_id as patient, a.patient_subject as subject,
    p.look_back_days as "lookBackDays", nextval('claim_number')::text as serial
  from aid_grant g join application a on a.id = g.application_id join aid_policy p on p.id = g.policy_id
  where g.application_id = ? for share of g`;

/** What stands in a claim already, or twice in this one, is left out: whose claim that is, the caller may not be able to see. */
const ADD_EXPENSES = `
  insert into expense_line (id, claim_id, place, order_line_id, invoice_issuer, invoice_number, incurred_on, amount_fen,
    ${PAYERS.map((payer) => `${payer.toLowerCase()}_fen`).join(', ')})
  select id, ?, place, order_line, issuer, number, incurred_on, amount,
    ${PAYERS.map((payer) => `coalesce((paid ->> '${payer}')::bigint, 0)`).join(', ')}
  from json_to_recordset(?::json)
    as line (id uuid, place int, order_line uuid, issuer text, number text, incurred_on date, amount bigint, paid json)
  order by order_line, issuer, number, place
  on conflict do nothing returning place`;

/**
 * What a decision rests on, locked in the order that everybody locks in. What a claim spent is never changed, and so was
 * read before. The share is that of the policy that the grant was given by.
 */
const HOLD_TO_DECIDE = `
  select c.version, g.id as "grantId", g.status as "grantStatus",
    g.patient_id as "patientId", g.aid_year as "aidYear", t.share_percent as "sharePercent",
    (g.maximum_fen - g.awarded_fen - g.released_fen)::text as "leftOfGrantFen", (a.cap_fen - a.awarded_fen)::text as "leftOfCapFen"
  from claim c join aid_grant g on g.id = c.grant_id join aid_tier t on t.policy_id = g.policy_id and t.tier = g.tier
    join annual_aid a on a.patient_id = g.patient_id and a.aid_year = g.aid_year
  where c.id = ? for update of c, g, a`;

interface HeldToDecide {
  readonly version: number;
  readonly grantId: string;
  readonly grantStatus: string;
  readonly patientId: string;
  readonly aidYear: number;
  readonly sharePercent: number;
  readonly leftOfGrantFen: string;
  readonly leftOfCapFen: string;
}

/** Writes an approval where it counts: on the claim, its grant, and the patient's year. All three are held. */
const AWARD = `
  with decided as (
    update claim set status = 'APPROVED', award = ?::jsonb, award_fen = ?::bigint, decided_by = ?, decided_at = ?, reason = ?,
      version = version + 1 where id = ?),
  given as (
    update aid_grant set awarded_fen = awarded_fen + ?::bigint, version = version + 1,
      status = case when awarded_fen + ?::bigint = maximum_fen then 'EXHAUSTED' else status end where id = ?)
  update annual_aid set awarded_fen = awarded_fen + ?::bigint where patient_id = ? and aid_year = ?`;

const REJECT = `
  update claim set status = 'REJECTED', award = ?::jsonb, award_fen = ?::bigint, decided_by = ?, decided_at = ?, reason = ?,
    version = version + 1 where id = ?`;

/** What came to nothing may be claimed again. */
const FREE_EXPENSES = 'update expense_line set counts = false where claim_id = ?';

const ENDED: readonly string[] = ['EXPIRED', 'REVOKED'];

/** From entering a claim to its decision. */
export class ClaimService {
  constructor(private readonly context: FundContext) {}

  /**
   * @returns the claim's id
   * @throws {InvalidInput} {NotFound} {NotAllowed} {GrantNotActive} {ExpenseNotClaimable} {IdempotencyConflict}
   */
  async enter(input: EnterClaim): Promise<string> {
    const expenses = checkExpenses(input.expenses);
    const { applications, ask, identity, standing } = this.context;
    const application = await applications.byId(input.applicationId);
    if (!application) throw new NotFound('application', ['input', 'applicationId']);
    const { applicant } = await standing(application);
    const lines = applicant
      ? await orderLines(
          ask,
          expenses.flatMap(({ orderLineId }) => orderLineId ?? []),
        )
      : new Map<string, OrderLine>();
    return once(this.context, 'enterClaim', input, async (em) => {
      if (!applicant) {
        throw new NotAllowed(
          'You may see this application, but only the patient or a caregiver with the scope APPLY claims on it.',
          ['input', 'applicationId'],
        );
      }
      const now = new Date();
      const [grant] = await em.execute<GrantToClaim[]>(GRANT, [application.id]);
      if (grant?.status !== 'ACTIVE') throw new GrantNotActive(grant?.status ?? null);
      const window = { today: shanghaiDay(now), aidYear: grant.year, lookBackDays: grant.lookBackDays };
      const looked = expenses.map((expense) => {
        const line = expense.orderLineId === null ? null : (lines.get(expense.orderLineId) ?? 'NOT_FOUND');
        if (line === 'NOT_FOUND')
          return { place: expense.place, known: null, problems: ['NOT_FOUND'] as ClaimProblem[] };
        const { amountFen, incurredOn } = line ?? (expense.invoice as NonNullable<CheckedExpense['invoice']>);
        const linked = line && line.applicationId === application.id;
        const orderStatus = line?.status ?? null;
        const facts = { incurredOn, amountFen, paidByOthersFen: expense.paidFen, orderStatus, linked };
        const problems: ClaimProblem[] = checkExpense(facts, window);
        return { place: expense.place, known: { ...expense, amountFen, incurredOn }, problems };
      });
      const good = looked.flatMap(({ known, problems }) => (known && problems.length === 0 ? known : []));
      const claimId = newId();
      const taken = await this.add(em, claimId, application.id, grant, good, now, identity.subject);
      const troubles = looked.flatMap(({ place, problems }) =>
        (taken.has(place) ? (['ALREADY_CLAIMED'] as const) : problems).map((problem) => ({ expense: place, problem })),
      );
      if (troubles.length > 0) throw new ExpenseNotClaimable(troubles);
      return claimId;
    });
  }

  /** Adds a claim with its expenses. @returns the places of those that were claimed before, which are not added */
  private async add(
    em: EntityManager,
    id: string,
    applicationId: string,
    grant: GrantToClaim,
    expenses: readonly KnownExpense[],
    now: Date,
    enteredBy: string,
  ): Promise<ReadonlySet<number>> {
    if (expenses.length === 0) return new Set();
    const askedFen = expenses.reduce((sum, { amountFen }) => sum + amountFen, 0n);
    em.create(ClaimEntity, {
      id,
      number: `CL-${aidYear(now)}-${grant.serial.padStart(6, '0')}`,
      grant: grant.id,
      application: applicationId,
      fundId: grant.fund,
      patientId: grant.patient,
      patientSubject: grant.subject,
      status: 'ENTERED',
      askedFen,
      selfPaidFen: askedFen - expenses.reduce((sum, { paidFen }) => sum + paidFen, 0n),
      takenBackFen: 0n,
      enteredBy,
      enteredAt: now,
    });
    await em.flush();
    const lines = expenses.map(({ place, orderLineId, invoice, incurredOn, amountFen, paid }) => ({
      id: newId(),
      place,
      order_line: orderLineId,
      issuer: invoice?.issuer ?? null,
      number: invoice?.number ?? null,
      incurred_on: incurredOn,
      amount: amountFen.toString(),
      paid: Object.fromEntries(Object.entries(paid).map(([payer, fen]) => [payer, fen.toString()])),
    }));
    const added = await em.execute<{ place: number }[]>(ADD_EXPENSES, [id, JSON.stringify(lines)]);
    const places = new Set(added.map(({ place }) => place));
    return new Set(expenses.map(({ place }) => place).filter((place) => !places.has(place)));
  }

  /**
   * Takes a claim back that nobody has checked.
   *
   * @returns the claim's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {ClaimWrongState} {IdempotencyConflict}
   */
  async withdraw(input: ClaimStep): Promise<string> {
    const seen = await lookAt(this.context, input.claimId);
    return once(this.context, 'withdrawClaim', input, async (em) => {
      const claim = await hold(em, input, ClaimAction.WITHDRAW, seen);
      claim.status = 'WITHDRAWN';
      await em.flush();
      await em.execute(FREE_EXPENSES, [claim.id]);
      return claim.id;
    });
  }

  /**
   * Says whether the papers are right.
   *
   * @returns the claim's id
   * @throws {InvalidInput} {NotFound} {NotAllowed} {ConsentMissing} {StaleVersion} {ClaimWrongState} {IdempotencyConflict}
   */
  async check(input: CheckClaim): Promise<string> {
    const reason = checkReason(input.reason);
    const seen = await lookAt(this.context, input.claimId);
    const consented = await consentGiven(this.context.ask, seen.seen.patientId, ConsentPurpose.AID_REVIEW);
    return once(this.context, 'checkClaim', input, async (em) => {
      const claim = await hold(em, input, ClaimAction.CHECK, seen);
      if (!consented) throw new ConsentMissing(ConsentPurpose.AID_REVIEW);
      const rejected = input.decision === ClaimCheck.REJECT;
      claim.status = rejected ? 'REJECTED' : 'CHECKED';
      claim.checkedBy = this.context.identity.subject;
      claim.checkedAt = new Date();
      claim.reason = reason;
      await em.flush();
      if (rejected) await em.execute(FREE_EXPENSES, [claim.id]);
      return claim.id;
    });
  }

  /**
   * Awards what the rules give, or rejects. A claim that comes to nothing, or whose grant has ended, is rejected.
   *
   * @returns the claim's id
   * @throws {InvalidInput} {NotFound} {NotAllowed} {StaleVersion} {ClaimWrongState} {IdempotencyConflict}
   */
  async decide(input: DecideClaim): Promise<string> {
    const reason = checkReason(input.reason);
    const { seen, standing } = await lookAt(this.context, input.claimId);
    const look = (sql: Executes) => sql.execute<[HeldToDecide]>(HOLD_TO_DECIDE, [seen.id]);
    return decideOnce(this.context, 'decideClaim', input, look, (sql, [held]) => {
      refuseUnlessSeen(held, ClaimAction.DECIDE, input, { seen, standing });
      const by = standing.subject;
      const refuse = (why: string, award: Award | null = null) => {
        const stored = award && storedAward(award);
        sql.send(REJECT, [stored, award?.awardFen.toString() ?? null, by, new Date(), why, seen.id]);
        sql.send(FREE_EXPENSES, [seen.id]);
      };
      if (input.decision === ClaimDecision.REJECT) refuse(reason);
      else if (ENDED.includes(held.grantStatus)) refuse(grantHasEnded(held.grantStatus));
      else {
        const award = decideAward(withoutRefunded(factsOf(seen, held), seen.refunds));
        if (award.awardFen === 0n) refuse(comesToNothing(award.binding), award);
        else this.award(sql, seen, held, award, reason, by);
      }
      return seen.id;
    });
  }

  private award(
    sql: Statements,
    { id, fundId }: LoadedClaim,
    { grantId, patientId, aidYear: year }: HeldToDecide,
    award: Award,
    reason: string,
    by: string,
  ): void {
    const fen = award.awardFen.toString();
    const claim = [storedAward(award), fen, by, new Date(), reason, id];
    sql.send(AWARD, [...claim, fen, fen, grantId, fen, patientId, year]);
    sendTransfer(sql, { fundId, way: 'AWARD', amountFen: award.awardFen, referenceId: id, by });
  }
}

const factsOf = ({ spent }: LoadedClaim, { sharePercent, leftOfGrantFen, leftOfCapFen }: HeldToDecide) => ({
  expenses: spent,
  sharePercent,
  leftOfGrantFen: BigInt(leftOfGrantFen),
  leftOfAnnualCapFen: BigInt(leftOfCapFen),
});

/** The claim, locked until the transaction ends. @throws {NotFound} {StaleVersion} {NotAllowed} {ClaimWrongState} */
async function hold(
  em: EntityManager,
  step: ClaimStep,
  action: ClaimAction,
  seen: SeenClaim,
): Promise<Loaded<InferEntity<typeof ClaimEntity>>> {
  const claim = await em.findOne(ClaimEntity, step.claimId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  refuseUnlessSeen(claim, action, step, seen);
  return claim as NonNullable<typeof claim>;
}

/** @throws {InvalidInput} for what can be told without asking anybody */
function checkExpenses(expenses: readonly EnteredExpense[]): CheckedExpense[] {
  if (expenses.length < 1 || expenses.length > MAX_EXPENSES) {
    throw new InvalidInput(`A claim has 1 to ${MAX_EXPENSES} expenses.`, ['input', 'expenses']);
  }
  return expenses.map(({ orderLineId = null, invoice = null, paidByOthers }, place) => {
    const path = ['input', 'expenses', `${place}`];
    if ((orderLineId === null) === (invoice === null)) {
      throw new InvalidInput('An expense is either a line of an order or an invoice: give one of the two.', path);
    }
    const paid: Partial<Record<Payer, bigint>> = {};
    for (const [index, { payer, amount }] of (paidByOthers ?? []).entries()) {
      const at = [...path, 'paidByOthers', `${index}`];
      if (paid[payer] !== undefined) {
        throw new InvalidInput('This payer stands here twice. Make it one with the sum of both amounts.', at);
      }
      paid[payer] = positiveFen(amount, [...at, 'amount']);
    }
    const of = [...path, 'invoice'];
    return {
      place,
      orderLineId,
      invoice: invoice && {
        ...invoiceKey(invoice, of),
        incurredOn: invoice.incurredOn,
        amountFen: positiveFen(invoice.amount, [...of, 'amount']),
      },
      paid,
      paidFen: Object.values(paid).reduce((sum, fen) => sum + fen, 0n),
    };
  });
}
