import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { patientsInCare } from '../../common/care.port.js';
import { InvalidInput, NotAllowed } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { settleWaitingClawBacks } from '../claim/claw-back.service.js';
import type { FundContext } from '../context.js';
import { AnnualAidEntity, GrantEntity } from '../grant/grant.entity.js';
import { type Transfer, transfer, type Way } from '../ledger/ledger.js';
import { BadBankAnswer, type BankAnswer, readPain002 } from './pain002.js';
import { PayoutBatchEntity } from './payout.entity.js';
import { PayoutBatchStatus, PayoutStatus } from './payout.enums.js';
import { type AnswerReport, batchIdOf, type Effect, weigh } from './payout.rules.js';
import { dueFen, lockClaims, lockPayouts } from './payout-batch.service.js';

export interface RecordBankAnswer {
  readonly pain002: string;
  readonly idempotencyKey: string;
}

/** What an answer moves in the ledger. */
const WAYS: Partial<Record<Effect, Way>> = {
  PAY: 'PAY',
  RETURN: 'RETURN',
  RETURN_AFTER_PAYING: 'RETURN_AFTER_PAYING',
};

/** An answer is to a file that the fund never sent. */
export class AnswerToNobody extends Error {}

/** An answer beside what is known, with everything that it concerns held until the transaction ends. */
type Compared = Awaited<ReturnType<typeof compare>>;

/** What the bank says, taken over: by the job that asks it, and by hand. */
export class BankAnswerService {
  constructor(private readonly context: FundContext) {}

  /** @throws {InvalidInput} {NotAllowed} {IdempotencyConflict} */
  async record(input: RecordBankAnswer): Promise<AnswerReport> {
    const { ask, identity, session } = this.context;
    const answer = read(input.pain002);
    const inCare = new Set(await patientsInCare(ask));
    let report: AnswerReport | undefined;
    try {
      await once(this.context, 'recordBankAnswer', input, async (em) => {
        const compared = await compare(em, answer);
        const own = compared.effects.some(
          ({ payout: { claim }, effect }) =>
            WAYS[effect] && (claim.patientSubject === identity.subject || inCare.has(claim.patientId)),
        );
        if (own) {
          throw new NotAllowed(
            'It is about a claim that is your own, or of somebody whom you care for, so another finance officer has to record it.',
            ['input', 'pain002'],
          );
        }
        await this.carryOut(em, compared);
        report = compared.report;
        return compared.batch.id;
      });
      // the key was met again: nothing is done, and what is said is compared with what is known by now
      return report ?? (await session.transaction(async (em) => (await compare(em, answer)).report));
    } catch (error) {
      if (error instanceof AnswerToNobody) throw unusable('it answers no file that the fund has sent');
      throw error;
    }
  }

  /**
   * Takes an answer over. Doing so again changes nothing.
   *
   * @throws {AnswerToNobody}
   */
  async apply(em: EntityManager, answer: BankAnswer): Promise<AnswerReport> {
    const compared = await compare(em, answer);
    await this.carryOut(em, compared);
    return compared.report;
  }

  private async carryOut(em: EntityManager, { batch, payouts, effects }: Compared): Promise<void> {
    const now = new Date();
    const transfers: Transfer[] = [];
    const paidMore = new Map<string, bigint>();
    for (const { payout, effect, reasonCode } of effects) {
      const way = WAYS[effect];
      if (!way) continue;
      const { row, claim } = payout;
      const amountFen = BigInt(row.amountFen);
      const paid = effect === 'PAY';
      row.status = paid ? PayoutStatus.PAID : PayoutStatus.RETURNED;
      row.reasonCode = paid ? null : reasonCode;
      row.answeredAt = now;
      claim.status = paid ? 'PAID' : 'APPROVED';
      claim.paidAt = paid ? now : null;
      if (effect !== 'RETURN') {
        paidMore.set(claim.grant.id, (paidMore.get(claim.grant.id) ?? 0n) + (paid ? amountFen : -amountFen));
      }
      transfers.push({ fundId: row.fundId, way, amountFen, referenceId: row.id, by: this.context.identity.subject });
    }
    const underway = batch.status === PayoutBatchStatus.RELEASED || batch.status === PayoutBatchStatus.SENT;
    if (underway && payouts.every(({ row }) => row.status !== PayoutStatus.SENT)) {
      batch.status = PayoutBatchStatus.ANSWERED;
      batch.answeredAt = now;
      // it holds names and accounts, and nobody needs it any more
      batch.fileSealed = null;
    }
    await em.flush();
    await addPaid(em, paidMore);
    await transfer(em, ...transfers);
    // all is written: what comes now looks through what it loads itself, and not each time through all of this
    em.clear();
    for (const { payout, effect } of effects) if (WAYS[effect]) await settleWaitingClawBacks(em, payout.claim.id);
  }
}

/** @throws {AnswerToNobody} */
async function compare(em: EntityManager, answer: BankAnswer) {
  const batchId = batchIdOf(answer.originalMessageId);
  if (!batchId) throw new AnswerToNobody();
  const claims = await lockClaims(em, batchId);
  const batch = await em.findOne(PayoutBatchEntity, batchId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!batch) throw new AnswerToNobody();
  const payouts = (await lockPayouts(em, batch.id)).map((row) => {
    const claim = claims.get(row.claim.id) as NonNullable<ReturnType<typeof claims.get>>;
    const status = row.status as PayoutStatus;
    const awaited = status === PayoutStatus.PAID ? 'PAID' : 'APPROVED';
    return {
      row,
      claim,
      endToEndId: row.endToEndId,
      status,
      sent: row.releasedBy != null,
      agrees: claim.status === awaited && dueFen(claim) === BigInt(row.amountFen),
    };
  });
  return { batch, payouts, ...weigh(answer, payouts, await elsewhere(em, batch.id, answer)) };
}

/** End-to-end ids of an answer that are ours, but not of this batch. */
async function elsewhere(em: EntityManager, batchId: string, { entries }: BankAnswer): Promise<ReadonlySet<string>> {
  const rows = await em.execute<{ id: string }[]>(
    `select end_to_end_id as id from payout
     where batch_id <> ? and end_to_end_id in (select * from json_array_elements_text(?::json))`,
    [batchId, JSON.stringify(entries.map(({ endToEndId }) => endToEndId))],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Adds what was paid, or takes off what came back, first for the grants and then for their patients' years. */
async function addPaid(em: EntityManager, paidMore: ReadonlyMap<string, bigint>): Promise<void> {
  const moved = [...paidMore].filter(([, fen]) => fen !== 0n).map(([id]) => id);
  const locked = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const grants = await em.find(GrantEntity, { id: { $in: moved } }, { ...locked, orderBy: { id: 'asc' } });
  const years = await em.find(
    AnnualAidEntity,
    {
      patientId: { $in: [...new Set(grants.map(({ patientId }) => patientId))] },
      aidYear: { $in: [...new Set(grants.map(({ aidYear }) => aidYear))] },
    },
    { ...locked, orderBy: { patientId: 'asc', aidYear: 'asc' } },
  );
  const yearOf = new Map(years.map((year) => [`${year.patientId} ${year.aidYear}`, year]));
  for (const grant of grants) {
    const fen = paidMore.get(grant.id) as bigint;
    grant.paidFen = BigInt(grant.paidFen) + fen;
    const year = yearOf.get(`${grant.patientId} ${grant.aidYear}`);
    if (year) year.paidFen = BigInt(year.paidFen) + fen;
  }
  await em.flush();
}

function read(text: string): BankAnswer {
  try {
    return readPain002(text);
  } catch (error) {
    if (error instanceof BadBankAnswer) throw unusable(error.message);
    throw error;
  }
}

const unusable = (why: string): InvalidInput =>
  new InvalidInput(
    `This is not an answer that can be recorded: ${why}. Nothing was changed. Give the bank's pain.002 file as it came.`,
    ['input', 'pain002'],
  );
