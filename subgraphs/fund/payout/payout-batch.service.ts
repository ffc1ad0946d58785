import { LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity, Loaded } from '@mikro-orm/postgresql';
import { aidYear, shanghaiDay } from '../../common/calendar.js';
import { patientsInCare } from '../../common/care.port.js';
import { NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { enqueue } from '../../common/jobs.js';
import { seal } from '../../common/sealed.js';
import { ClaimEntity } from '../claim/claim.entity.js';
import type { FundContext } from '../context.js';
import { type Transfer, transfer } from '../ledger/ledger.js';
import { checkPain001, type Payment, type PaymentFile, pain001 } from './pain001.js';
import { PayoutBatchEntity, PayoutEntity } from './payout.entity.js';
import { PayoutBatchStatus, PayoutStatus } from './payout.enums.js';
import { NothingToPay, PayoutBatchWrongState } from './payout.errors.js';
import { WAITING_TO_BE_PAID } from './payout.loader.js';
import { BAD_ACCOUNT, batchActions, endToEndIdOf, MOST_PAYOUTS, messageIdOf, NO_ACCOUNT } from './payout.rules.js';
import { type PayoutAccount, payoutAccounts } from './payout-account.port.js';

/** The job that hands a released batch to the bank. */
export const SEND_PAYOUT_BATCH = 'send-payout-batch';

/** The file goes to the bank once this transaction has ended. */
export const sendLater = (em: EntityManager, batchId: string): Promise<void> =>
  enqueue(em, 'fund', SEND_PAYOUT_BATCH, { batchId }, { key: `${SEND_PAYOUT_BATCH}:${batchId}` });

/** From which account the fund pays: the demo's, at a bank that there is not. */
export const DEMO_DEBTOR: PaymentFile['debtor'] = {
  name: 'Rare Disease Fund (demo)',
  account: '0000000000000000',
  bankCode: '000000000000',
};

/** Where a batch's file stands sealed. */
export const filePlace = (batchId: string) => ({ table: 'payout_batch', column: 'file_sealed', row: batchId });

export interface CreatePayoutBatch {
  readonly fundId: string;
  readonly idempotencyKey: string;
}

/** Something done with a batch that the caller has looked at. */
export interface PayoutBatchStep {
  readonly batchId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

type StoredBatch = Loaded<InferEntity<typeof PayoutBatchEntity>>;
type StoredPayout = Loaded<InferEntity<typeof PayoutEntity>>;
type StoredClaim = Loaded<InferEntity<typeof ClaimEntity>>;

/** The claims of a batch, locked in the order in which everybody locks claims: before the batch and its payouts. */
export async function lockClaims(em: EntityManager, batchId: string): Promise<ReadonlyMap<string, StoredClaim>> {
  const of = await em.execute<{ id: string }[]>('select claim_id as id from payout where batch_id = ?', [batchId]);
  const claims = await em.find(
    ClaimEntity,
    { id: { $in: of.map(({ id }) => id) } },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  return new Map(claims.map((claim) => [claim.id, claim]));
}

/** The payouts of a batch, locked after it. */
export const lockPayouts = (em: EntityManager, batchId: string) =>
  em.find(PayoutEntity, { batch: batchId }, { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE });

/** What a claim is still to be paid, or was paid. */
export const dueFen = ({ awardFen, takenBackFen }: StoredClaim): bigint => BigInt(awardFen ?? 0) - BigInt(takenBackFen);

/** Putting approved claims together, and having them paid. */
export class PayoutBatchService {
  constructor(private readonly context: FundContext) {}

  /**
   * Puts the fund's approved claims that are in no batch into a new one, at most 500: first those that were never tried,
   * oldest first, then those that came back, longest ago first. So what cannot be paid does not keep others waiting.
   *
   * @returns the batch's id
   * @throws {NotFound} {NothingToPay} {IdempotencyConflict}
   */
  async create(input: CreatePayoutBatch): Promise<string> {
    const fund = await this.context.policies.fund(input.fundId);
    if (!fund) throw new NotFound('fund', ['input', 'fundId']);
    return once(this.context, 'createPayoutBatch', input, async (em) => {
      // one at a time for a fund; the second then sees what the first has taken. `payout_once` holds it in any case
      await em.execute('select pg_advisory_xact_lock(hashtext(?), hashtext(?))', ['create-payout-batch', fund.id]);
      const waiting = await em.execute<{ id: string }[]>(
        `select id from claim where fund_id = ? and ${WAITING_TO_BE_PAID}
         order by (select max(answered_at) from payout where claim_id = claim.id) nulls first, id limit ${MOST_PAYOUTS}`,
        [fund.id],
      );
      const claims = await em.find(
        ClaimEntity,
        { id: { $in: waiting.map(({ id }) => id) } },
        { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      // what was taken back while we waited for the lock is not paid
      const payable = claims.filter((claim) => claim.status === 'APPROVED' && dueFen(claim) > 0n);
      if (payable.length === 0) throw new NothingToPay();
      const now = new Date();
      const [{ nextval: count }] = await em.execute<[{ nextval: string }]>(`select nextval('payout_batch_number')`);
      const batch = em.create(PayoutBatchEntity, {
        id: newId(),
        number: `PB-${aidYear(now)}-${count.padStart(6, '0')}`,
        fund: fund.id,
        status: PayoutBatchStatus.OPEN,
        createdBy: this.context.identity.subject,
        createdAt: now,
      });
      for (const claim of payable) {
        const id = newId();
        em.create(PayoutEntity, {
          id,
          batch,
          claim,
          fundId: fund.id,
          amountFen: dueFen(claim),
          status: PayoutStatus.QUEUED,
          endToEndId: endToEndIdOf(id),
          approvedBy: claim.decidedBy as string,
          createdAt: now,
        });
      }
      return batch.id;
    });
  }

  /**
   * @returns the batch's id
   * @throws {NotFound} {PayoutBatchWrongState} {StaleVersion} {IdempotencyConflict}
   */
  cancel(input: PayoutBatchStep): Promise<string> {
    return once(this.context, 'cancelPayoutBatch', input, async (em) => {
      const batch = await lockBatch(em, input);
      const payouts = await lockPayouts(em, batch.id);
      const status = batch.status as PayoutBatchStatus;
      if (status !== PayoutBatchStatus.OPEN) throw new PayoutBatchWrongState(status, []);
      if (batch.version !== input.expectedVersion) throw new StaleVersion(batch.version);
      batch.status = PayoutBatchStatus.CANCELLED;
      for (const payout of payouts) payout.status = PayoutStatus.CANCELLED;
      return batch.id;
    });
  }

  /**
   * Sends what is queued to the bank, by a job that is enqueued with it. A payout without an account comes back at once;
   * where none is left to send, the batch is answered thereby.
   *
   * @returns the batch's id
   * @throws {NotFound} {PayoutBatchWrongState} {StaleVersion} {NotAllowed} {IdempotencyConflict}
   */
  async release(input: PayoutBatchStep): Promise<string> {
    const { ask, payouts: loader, identity } = this.context;
    if (!(await loader.batch(input.batchId))) throw new NotFound('payout batch', ['input', 'batchId']);
    const accounts = await payoutAccounts(ask, await loader.patientsOf(input.batchId));
    const inCare = new Set(await patientsInCare(ask));
    return once(this.context, 'releasePayoutBatch', input, async (em) => {
      const claims = await lockClaims(em, input.batchId);
      const batch = await lockBatch(em, input);
      const claimOf = (payout: StoredPayout) => claims.get(payout.claim.id) as StoredClaim;
      const queued = (await lockPayouts(em, batch.id)).filter(({ status }) => status === PayoutStatus.QUEUED);
      const approved = queued.some(({ approvedBy }) => approvedBy === identity.subject);
      const own = queued
        .map(claimOf)
        .some(({ patientSubject, patientId }) => patientSubject === identity.subject || inCare.has(patientId));
      const status = batch.status as PayoutBatchStatus;
      if (status !== PayoutBatchStatus.OPEN || queued.length === 0) {
        throw new PayoutBatchWrongState(
          status,
          batchActions({ status, queued: queued.length, involved: approved || own }),
        );
      }
      if (batch.version !== input.expectedVersion) throw new StaleVersion(batch.version);
      if (approved || own) {
        throw new NotAllowed(
          `${approved ? 'You approved a claim of this batch' : 'A claim of this batch is your own, or of somebody whom you care for'}, so another finance officer has to release it.`,
          ['input', 'batchId'],
        );
      }
      await this.send(em, batch, queued, claimOf, accounts);
      return batch.id;
    });
  }

  private async send(
    em: EntityManager,
    batch: StoredBatch,
    queued: readonly StoredPayout[],
    claimOf: (payout: StoredPayout) => StoredClaim,
    accounts: ReadonlyMap<string, PayoutAccount>,
  ): Promise<void> {
    const { identity, fieldKeys } = this.context;
    const now = new Date();
    const payments: Payment[] = [];
    const transfers: Transfer[] = [];
    for (const payout of queued) {
      const claim = claimOf(payout);
      const amountFen = BigInt(payout.amountFen);
      if (claim.status !== 'APPROVED' || dueFen(claim) !== amountFen) {
        // it is no longer what was approved: what is left of it goes into another batch
        payout.status = PayoutStatus.CANCELLED;
        continue;
      }
      const account = accounts.get(claim.patientId);
      const payment = account && paymentTo(account, payout, claim, amountFen);
      if (!payment || !canBeWritten(payment)) {
        payout.status = PayoutStatus.RETURNED;
        payout.reasonCode = payment ? BAD_ACCOUNT : NO_ACCOUNT;
        payout.answeredAt = now;
        continue;
      }
      payout.status = PayoutStatus.SENT;
      payout.releasedBy = identity.subject;
      payments.push(payment);
      transfers.push({
        fundId: payout.fundId,
        way: 'SEND',
        amountFen,
        referenceId: payout.id,
        by: identity.subject,
      });
    }
    batch.releasedBy = identity.subject;
    batch.releasedAt = now;
    if (payments.length === 0) {
      batch.status = PayoutBatchStatus.ANSWERED;
      batch.answeredAt = now;
      return;
    }
    batch.status = PayoutBatchStatus.RELEASED;
    batch.fileSealed = seal(fieldKeys, filePlace(batch.id), fileOf(messageIdOf(batch.id), payments, now));
    await em.flush();
    await transfer(em, ...transfers);
    await sendLater(em, batch.id);
  }
}

async function lockBatch(em: EntityManager, { batchId }: PayoutBatchStep): Promise<StoredBatch> {
  const batch = await em.findOne(PayoutBatchEntity, batchId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!batch) throw new NotFound('payout batch', ['input', 'batchId']);
  return batch;
}

const paymentTo = (
  { holderName, accountNumber, bankCode }: PayoutAccount,
  { endToEndId }: StoredPayout,
  { number }: StoredClaim,
  amountFen: bigint,
): Payment => ({
  endToEndId,
  amountFen,
  creditorName: holderName,
  creditorAccount: accountNumber,
  creditorBankCode: bankCode,
  remittance: number,
});

const paymentFile = (messageId: string, payments: readonly Payment[], now: Date): string =>
  pain001({ messageId, createdAt: now, executeOn: shanghaiDay(now), debtor: DEMO_DEBTOR, payments });

/** Whether a payment fits into a file; one that does not must not keep the others from being paid. */
function canBeWritten(payment: Payment): boolean {
  try {
    paymentFile('CHECK', [payment], new Date());
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function fileOf(messageId: string, payments: readonly Payment[], now: Date): string {
  const file = paymentFile(messageId, payments, now);
  const problems = checkPain001(file);
  if (problems.length > 0) throw new Error(`The file ${messageId} cannot be sent: ${problems.join('; ')}`);
  return file;
}
