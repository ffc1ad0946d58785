import { type Session, statement } from '../../common/database.js';
import type { Bank } from './bank.js';
import { checkPain001, type Element, elementsAt, PAIN001, readMessage } from './pain001.js';
import { type BankAnswerEntry, pain002 } from './pain002.js';

/**
 * What becomes of a payment, by the last four digits of the account, so that every case can be played through. Everything
 * else is settled. The bank keeps the outcome and not the account.
 */
const CASES: Readonly<Record<string, { readonly outcome: Outcome; readonly reasonCode?: string }>> = {
  '0000': { outcome: 'REJECTED', reasonCode: 'AC04' },
  '1111': { outcome: 'PENDING' },
  '2222': { outcome: 'SETTLED_SAID_TWICE' },
  '3333': { outcome: 'SETTLED_BESIDE_UNKNOWN' },
};

/** SETTLED_SAID_TWICE: every answer names it twice. SETTLED_BESIDE_UNKNOWN: every answer names beside it an end-to-end id that nobody sent. */
type Outcome = 'SETTLED' | 'REJECTED' | 'PENDING' | 'SETTLED_SAID_TWICE' | 'SETTLED_BESIDE_UNKNOWN';

const PAYMENTS = statement(
  'simulated-bank-payments',
  `select end_to_end_id as "endToEndId", outcome, reason_code as "reasonCode" from simulated_bank_payment
   where message_id = $1 order by end_to_end_id`,
);

/**
 * **A simulation. No money moves.** It stands for the world outside in development and tests: it takes the same files and
 * gives the same answers as a bank would, and remembers what it was told in transactions of its own, so that it knows of a
 * payment although this program may have been killed before it could write down that it had told it.
 */
export class SimulatedBank implements Bank {
  /** @param session the system's: nobody else sees the bank's table */
  constructor(private readonly session: Session) {}

  async submit(file: string): Promise<void> {
    const problems = checkPain001(file);
    if (problems.length > 0) throw new Error(`The simulated bank refuses the file: ${problems.join('; ')}`);
    const document = readMessage(file, PAIN001);
    const messageId = textAt(document, 'CstmrCdtTrfInitn/GrpHdr/MsgId');
    const payments = elementsAt(document, 'CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf').map((payment) => {
      const { outcome, reasonCode = null } = CASES[textAt(payment, 'CdtrAcct/Id/Othr/Id').slice(-4)] ?? {
        outcome: 'SETTLED',
      };
      return {
        end_to_end_id: textAt(payment, 'PmtId/EndToEndId'),
        message_id: messageId,
        amount_fen: textAt(payment, 'Amt/InstdAmt').replace('.', ''),
        outcome,
        reason_code: reasonCode,
      };
    });
    await this.session.transaction((em) =>
      em.execute(
        `insert into simulated_bank_payment (end_to_end_id, message_id, amount_fen, outcome, reason_code)
         select * from json_to_recordset(?::json)
           as told (end_to_end_id text, message_id text, amount_fen bigint, outcome text, reason_code text)
         order by end_to_end_id
         on conflict (end_to_end_id) do update set times_received = simulated_bank_payment.times_received + 1`,
        [JSON.stringify(payments)],
      ),
    );
  }

  async answerTo(messageId: string): Promise<string | null> {
    const payments = await this.session.rows<{ endToEndId: string; outcome: Outcome; reasonCode: string | null }>(
      PAYMENTS,
      [messageId],
    );
    if (payments.length === 0) return null;
    const entries = payments.flatMap(({ endToEndId, outcome, reasonCode }): BankAnswerEntry[] => {
      const settled: BankAnswerEntry = { endToEndId, outcome: 'SETTLED', reasonCode: null };
      if (outcome === 'SETTLED_SAID_TWICE') return [settled, settled];
      if (outcome === 'SETTLED_BESIDE_UNKNOWN') {
        return [settled, { ...settled, endToEndId: `NOT-SENT-${endToEndId.slice(-20)}` }];
      }
      return [{ endToEndId, outcome, reasonCode }];
    });
    const answer = { originalMessageId: messageId, wholeFile: null, wholeFileReason: null, entries };
    return pain002({ messageId: `RE-${messageId}`, ...answer }, new Date());
  }
}

const textAt = (from: Element, path: string): string => elementsAt(from, path)[0]?.text ?? '';
