import { LockMode } from '@mikro-orm/core';
import { type Session, statement } from '../../common/database.js';
import { enqueue } from '../../common/jobs.js';
import { describeError, log } from '../../common/log.js';
import { open } from '../../common/sealed.js';
import type { FundContext } from '../context.js';
import { BankAnswerService } from './bank-answer.service.js';
import { readPain002 } from './pain002.js';
import { PayoutBatchEntity } from './payout.entity.js';
import { PayoutBatchStatus } from './payout.enums.js';
import { askAgainAt, messageIdOf } from './payout.rules.js';
import { filePlace, sendLater } from './payout-batch.service.js';

/** The job that asks the bank what became of a batch, until every payout has its answer. */
export const ASK_BANK = 'ask-bank';

/** Takes up what a job has given up on, since the bank was away for days. */
export const RESUME_PAYOUT_BATCHES = 'resume-payout-batches';

interface OfBatch {
  readonly batchId: string;
}

const FILE = statement(
  'payout-batch-file',
  `select file_sealed as file from payout_batch where id = $1 and status = 'RELEASED'`,
);
const SENT = statement('payout-batch-sent', `select from payout_batch where id = $1 and status = 'SENT'`);

/** A read whose connection is given back at once: the bank may take its time. */
async function row<Row extends object>(session: Session, query: typeof FILE, id: string): Promise<Row | undefined> {
  const [found] = await session.rows<Row>(query, [id]);
  session.release();
  return found;
}

const askLater = (em: Parameters<typeof enqueue>[0], batchId: string, runAt: Date): Promise<void> =>
  enqueue(em, 'fund', ASK_BANK, { batchId }, { key: `${ASK_BANK}:${batchId}`, runAt });

/**
 * Hands a released batch to the bank. Killed before the bank has it, or before this is written down, it is handed over
 * again: the bank knows the file and each payment by its id.
 */
export async function sendPayoutBatch({ batchId }: OfBatch, { session, bank, fieldKeys }: FundContext): Promise<void> {
  const batch = await row<{ file: string }>(session, FILE, batchId);
  if (!batch) return;
  await bank.submit(open(fieldKeys, filePlace(batchId), batch.file));
  await session.transaction(async (em) => {
    const sent = await em.findOneOrFail(PayoutBatchEntity, batchId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (sent.status !== PayoutBatchStatus.RELEASED) return;
    const now = new Date();
    sent.status = PayoutBatchStatus.SENT;
    sent.sentAt = now;
    await em.flush();
    await askLater(em, batchId, askAgainAt(now, now));
  });
}

/** Asks the bank, takes over what it says, and asks again later while something is open. */
export async function askBank({ batchId }: OfBatch, context: FundContext): Promise<void> {
  const { session, bank } = context;
  if (!(await row(session, SENT, batchId))) return;
  const messageId = messageIdOf(batchId);
  const text = await bank.answerTo(messageId);
  session.release();
  const answer = text === null ? null : readable(text, messageId);
  const unclear = await session.transaction(async (em) => {
    const report = answer && (await new BankAnswerService(context).apply(em, answer));
    const asked = await em.findOneOrFail(PayoutBatchEntity, batchId, { refresh: true });
    if (asked.status === PayoutBatchStatus.SENT && asked.sentAt) {
      await askLater(em, batchId, askAgainAt(asked.sentAt, new Date()));
    }
    return report ? report.unknown.length + report.conflicting.length : 0;
  });
  if (unclear > 0) log.warn({ batchId, unclear }, 'the bank speaks of payments that do not fit: ask it');
}

/** Every batch that is under way gets its job again: nothing stays with us because something was tried too often. */
export async function resumePayoutBatches({ session }: FundContext): Promise<void> {
  await session.transaction(async (em) => {
    const underway = { status: { $in: [PayoutBatchStatus.RELEASED, PayoutBatchStatus.SENT] } };
    const batches = await em.find(PayoutBatchEntity, underway, { orderBy: { id: 'asc' } });
    for (const { id, status } of batches) {
      if (status === PayoutBatchStatus.RELEASED) await sendLater(em, id);
      else await askLater(em, id, new Date());
    }
  });
}

/** An answer that cannot be used is as none: the bank is asked again, so that no payout waits for ever. */
function readable(text: string, messageId: string) {
  try {
    const answer = readPain002(text);
    if (answer.originalMessageId === messageId) return answer;
    log.error({ messageId }, 'the bank answered for another file');
  } catch (error) {
    log.error({ messageId, ...describeError(error) }, "the bank's answer cannot be read");
  }
  return null;
}
