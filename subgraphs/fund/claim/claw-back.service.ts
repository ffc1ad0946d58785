import { LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import type { FundContext } from '../context.js';
import { AnnualAidEntity, GrantEntity } from '../grant/grant.entity.js';
import { GrantStatus } from '../grant/grant.js';
import { releaseAfterEnd } from '../grant/grant-end.service.js';
import { type Transfer, transfer } from '../ledger/ledger.js';
import { checkReason } from '../review/review.rules.js';
import { type Award, type AwardFacts, type AwardLimit, awardAfterRefund, PAYERS, type Payer } from './award.rules.js';
import { ClawBackEntity, type StoredClaimStatus } from './claim.entity.js';
import { ClaimAction } from './claim.enums.js';
import { type ClaimStep, lookAt, refuseUnlessSeen } from './claim.step.js';
import { ClawBackWrongState } from './claw-back.errors.js';
import { ClawBackAction, ClawBackStatus } from './claw-back.js';
import { readAward } from './stored-award.js';

export interface ReverseClaim extends ClaimStep {
  readonly reason: string;
}

export interface RecordRepayment {
  readonly clawBackId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** What is told of a refund: at most once an order line. */
export interface OrderLineRefund {
  readonly orderLineId: string;
  /** Above zero. */
  readonly refundedFen: bigint;
}

/** A claim that is locked until the transaction ends. */
interface HeldClaim {
  readonly id: string;
  readonly fundId: string;
  readonly grantId: string;
  readonly status: StoredClaimStatus;
  readonly award: unknown;
  readonly awardFen: string | null;
  readonly takenBackFen: string;
  readonly version: number;
}

const HOLD_CLAIM = `
  select id, fund_id as "fundId", grant_id as "grantId", status, award,
    award_fen::text as "awardFen", taken_back_fen::text as "takenBackFen", version
  from claim where id = ? for update`;

async function holdClaim(em: EntityManager, id: string): Promise<HeldClaim | null> {
  return (await em.execute<HeldClaim[]>(HOLD_CLAIM, [id]))[0] ?? null;
}

/** Read after the claim is held, so that nothing is missed that was added while it was waited for. */
const KNOWN_CLAW_BACKS = `
  select status, amount_fen::text as "amountFen", order_line_id as "orderLineId", refunded_fen::text as "refundedFen"
  from claw_back where claim_id = ?`;

interface KnownClawBack {
  readonly status: ClawBackStatus;
  readonly amountFen: string;
  readonly orderLineId: string | null;
  readonly refundedFen: string | null;
}

/** What of the award nobody has taken back, or is about to. */
function left({ awardFen, takenBackFen }: HeldClaim, known: readonly KnownClawBack[]): bigint {
  const waiting = known.filter(({ status }) => status === ClawBackStatus.WAITING);
  return BigInt(awardFen ?? 0) - BigInt(takenBackFen) - waiting.reduce((sum, each) => sum + BigInt(each.amountFen), 0n);
}

const SPENT = `
  select order_line_id as "orderLineId", amount_fen::text as "amountFen",
    json_build_object(${PAYERS.map((payer) => `'${payer}', ${payer.toLowerCase()}_fen::text`).join(', ')}) as paid
  from expense_line where claim_id = ? order by place`;

interface Spent {
  readonly orderLineId: string | null;
  readonly amountFen: string;
  readonly paid: Readonly<Record<Payer, string>>;
}

/** What an award was decided on, from what is kept of it. */
function factsOf(award: Award, spent: readonly Spent[]): AwardFacts {
  const limit = (wanted: AwardLimit) => award.limits.find((each) => each.limit === wanted)?.amountFen ?? 0n;
  return {
    expenses: spent.map(({ amountFen, paid }) => ({
      amountFen: BigInt(amountFen),
      paidByOthers: Object.fromEntries(PAYERS.map((payer) => [payer, BigInt(paid[payer])])),
    })),
    sharePercent: award.sharePercent,
    leftOfGrantFen: limit('LEFT_OF_GRANT'),
    leftOfAnnualCapFen: limit('LEFT_OF_ANNUAL_CAP'),
  };
}

type StoredGrant = InferEntity<typeof GrantEntity>;

/** What a grant and the patient's year get back, both locked until the transaction ends. */
async function giveBack(
  em: EntityManager,
  grantId: string,
  { awardedFen = 0n, paidFen = 0n }: { awardedFen?: bigint; paidFen?: bigint },
): Promise<StoredGrant> {
  const locked = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const grant = await em.findOneOrFail(GrantEntity, grantId, locked);
  const { patientId, aidYear } = grant;
  const year = await em.findOneOrFail(AnnualAidEntity, { patientId, aidYear }, locked);
  for (const each of [grant, year]) {
    each.awardedFen = BigInt(each.awardedFen) - awardedFen;
    each.paidFen = BigInt(each.paidFen) - paidFen;
  }
  if (grant.status === GrantStatus.EXHAUSTED && awardedFen > 0n) grant.status = GrantStatus.ACTIVE;
  await em.flush();
  return grant;
}

/** Moves back into a grant's reserve what is no longer awarded, and on to the fund where the grant has ended. */
async function moveBack(em: EntityManager, grantId: string, back: Transfer): Promise<void> {
  const grant = await giveBack(em, grantId, { awardedFen: back.amountFen });
  await transfer(em, back);
  await releaseAfterEnd(em, grant, back.referenceId, back.by);
}

const LESS = `
  update claim set taken_back_fen = taken_back_fen + ?::bigint, version = version + 1,
    status = case when taken_back_fen + ?::bigint = award_fen then 'REVERSED' else status end where id = ?`;

/** A claim's payment that waits in a batch, or is with the bank. */
const PAYOUT_UNDER_WAY = `select id, status from payout where claim_id = ? and status in ('QUEUED', 'SENT') for update`;

/**
 * Takes back so much of a claim's award: from what is to be paid if it has not gone out, else the patient owes it.
 *
 * @returns where that leaves it; WAITING: nothing was changed, since the bank has not answered yet
 */
async function takeBack(
  em: EntityManager,
  { id, fundId, grantId, status }: Pick<HeldClaim, 'id' | 'fundId' | 'grantId' | 'status'>,
  clawBackId: string,
  amountFen: bigint,
  by: string,
): Promise<ClawBackStatus> {
  const fen = amountFen.toString();
  const move = { fundId, amountFen, referenceId: clawBackId, by };
  if (status === 'PAID') {
    await em.execute(LESS, [fen, fen, id]);
    await giveBack(em, grantId, { paidFen: amountFen });
    await transfer(em, { ...move, way: 'CLAW_BACK' });
    return ClawBackStatus.DUE;
  }
  const [payout] = await em.execute<{ id: string; status: 'QUEUED' | 'SENT' }[]>(PAYOUT_UNDER_WAY, [id]);
  if (payout?.status === 'SENT') return ClawBackStatus.WAITING;
  // what is left can be queued again
  if (payout) await em.execute(`update payout set status = 'CANCELLED' where id = ?`, [payout.id]);
  await em.execute(LESS, [fen, fen, id]);
  await moveBack(em, grantId, { ...move, way: 'TAKE_BACK' });
  return ClawBackStatus.SETTLED;
}

/** Why something is clawed back. */
type Cause =
  | { readonly cause: 'REVERSED'; readonly reason: string }
  | ({ readonly cause: 'ORDER_REFUNDED'; readonly reason: string } & OrderLineRefund);

/** Claws back so much of a claim, and keeps that it was. Nothing is kept as well: a later refund counts it in. */
async function clawBack(em: EntityManager, claim: HeldClaim, amountFen: bigint, why: Cause, by: string): Promise<void> {
  const id = newId();
  const nothing = amountFen === 0n;
  const status = nothing ? ClawBackStatus.SETTLED : await takeBack(em, claim, id, amountFen, by);
  // whoever looked at the claim before looks again
  if (nothing || status === ClawBackStatus.WAITING) {
    await em.execute('update claim set version = version + 1 where id = ?', [claim.id]);
  }
  const now = new Date();
  em.create(ClawBackEntity, {
    id,
    claim: claim.id,
    fundId: claim.fundId,
    status,
    amountFen,
    ...why,
    bySubject: by,
    createdAt: now,
    settledAt: status === ClawBackStatus.SETTLED ? now : null,
  });
  await em.flush();
}

/** A refund concerns only claims that may still be paid, or are. */
const CONCERNED: readonly StoredClaimStatus[] = ['ENTERED', 'CHECKED', 'APPROVED', 'PAID'];

/**
 * An order line was refunded: the fund takes back what it would not have given without it, from the claim in which the
 * line counts. Before a decision nothing is taken back, and the decision counts it in. Doing it again changes nothing.
 */
export async function clawBackRefund(
  em: EntityManager,
  { orderLineId, refundedFen }: OrderLineRefund,
  by: string,
): Promise<void> {
  const [line] = await em.execute<{ claimId: string }[]>(
    'select claim_id as "claimId" from expense_line where order_line_id = ? and counts',
    [orderLineId],
  );
  const claim = line && (await holdClaim(em, line.claimId));
  if (!claim || !CONCERNED.includes(claim.status)) return;
  const known = await em.execute<KnownClawBack[]>(KNOWN_CLAW_BACKS, [claim.id]);
  if (known.some((each) => each.orderLineId === orderLineId)) return;
  const why = {
    cause: 'ORDER_REFUNDED',
    reason: 'Medicine that was claimed was refunded.',
    orderLineId,
    refundedFen,
  } as const;
  if (claim.awardFen === null) return clawBack(em, claim, 0n, why, by);
  const award = readAward(claim.award);
  if (!award) throw new Error('An award of an order line that says nothing of how it came about');
  const spent = await em.execute<Spent[]>(SPENT, [claim.id]);
  const refunds = [...known, { orderLineId, refundedFen: refundedFen.toString() }].flatMap((each) =>
    each.refundedFen === null
      ? []
      : {
          expense: spent.findIndex((expense) => expense.orderLineId === each.orderLineId),
          refundedFen: BigInt(each.refundedFen),
        },
  );
  const goneFen = BigInt(claim.awardFen) - left(claim, known);
  const amountFen = BigInt(claim.awardFen) - awardAfterRefund(factsOf(award, spent), refunds) - goneFen;
  await clawBack(em, claim, amountFen > 0n ? amountFen : 0n, why, by);
}

/**
 * Does what had to wait for the bank's answer: to be called in the transaction in which a claim became PAID, or its
 * payout RETURNED, with the claim held, and as the last thing that changes the claim there.
 */
export async function settleWaitingClawBacks(em: EntityManager, claimId: string): Promise<void> {
  await em.flush();
  const waiting = await em.execute<{ id: string; amountFen: string; by: string }[]>(
    `select id, amount_fen::text as "amountFen", by_subject as by from claw_back where claim_id = ? and status = 'WAITING' order by id for update`,
    [claimId],
  );
  const claim = waiting.length > 0 && (await holdClaim(em, claimId));
  if (!claim) return;
  for (const { id, amountFen, by } of waiting) {
    const status = await takeBack(em, claim, id, BigInt(amountFen), by);
    if (status === ClawBackStatus.WAITING) return;
    await em.execute('update claw_back set status = ?, settled_at = ?, version = version + 1 where id = ?', [
      status,
      status === ClawBackStatus.SETTLED ? new Date() : null,
      id,
    ]);
  }
}

/** What may be done with a claw-back now. */
export const clawBackActions = (status: ClawBackStatus, finance: boolean, concerned: boolean): ClawBackAction[] =>
  finance && !concerned && status === ClawBackStatus.DUE ? [ClawBackAction.RECORD_REPAYMENT] : [];

/** What finance officers do about aid that has to come back. */
export class ClawBackService {
  constructor(private readonly context: FundContext) {}

  /**
   * Takes back all that is left of an award that was a mistake.
   *
   * @returns the claim's id
   * @throws {InvalidInput} {NotFound} {NotAllowed} {StaleVersion} {ClaimWrongState} {IdempotencyConflict}
   */
  async reverse(input: ReverseClaim): Promise<string> {
    const reason = checkReason(input.reason);
    const { seen, standing } = await lookAt(this.context, input.claimId);
    return once(this.context, 'reverseClaim', input, async (em) => {
      const claim = (await holdClaim(em, seen.id)) as HeldClaim;
      refuseUnlessSeen(claim, ClaimAction.REVERSE, input, { seen, standing });
      await clawBack(em, claim, seen.facts.leftFen, { cause: 'REVERSED', reason }, standing.subject);
      return claim.id;
    });
  }

  /**
   * The patient has paid back.
   *
   * @returns the claw-back's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {ClawBackWrongState} {IdempotencyConflict}
   */
  async recordRepayment(input: RecordRepayment): Promise<string> {
    const path = ['input', 'clawBackId'];
    const seen = await this.context.clawBacks.byId(input.clawBackId);
    if (!seen) throw new NotFound('claw-back', path);
    const { standing } = await lookAt(this.context, seen.claimId);
    return once(this.context, 'recordRepayment', input, async (em) => {
      const claim = await holdClaim(em, seen.claimId);
      const [held] = await em.execute<{ status: ClawBackStatus; amountFen: string; version: number }[]>(
        'select status, amount_fen::text as "amountFen", version from claw_back where id = ? for update',
        [seen.id],
      );
      if (!claim || !held) throw new NotFound('claw-back', path);
      if (held.version !== input.expectedVersion) throw new StaleVersion(held.version);
      if (standing.concerned) {
        throw new NotAllowed(
          'Nobody records what they or somebody they care for have paid back. Leave it to a colleague.',
        );
      }
      if (held.status !== ClawBackStatus.DUE) {
        throw new ClawBackWrongState(held.status, clawBackActions(held.status, standing.finance, standing.concerned));
      }
      const amountFen = BigInt(held.amountFen);
      await em.execute(`update claw_back set status = 'SETTLED', settled_at = ?, version = version + 1 where id = ?`, [
        new Date(),
        seen.id,
      ]);
      const move = { fundId: claim.fundId, amountFen, referenceId: seen.id, by: standing.subject };
      await moveBack(em, claim.grantId, { ...move, way: 'REPAYMENT' });
      return seen.id;
    });
  }
}
