import { type BankAnswer, outcomeOf, type PaymentOutcome } from './pain002.js';
import { PayoutBatchAction, PayoutBatchStatus, PayoutStatus } from './payout.enums.js';

/** As many as the patient subgraph tells the accounts of at once, and as one transaction can settle. */
export const MOST_PAYOUTS = 500;

/** What a batch's actions depend on. */
export interface BatchFacts {
  readonly status: PayoutBatchStatus;
  /** How many of its payouts would be sent. */
  readonly queued: number;
  /** Whether the caller approved one of its claims, or one is the caller's own or of somebody in the caller's care. */
  readonly involved: boolean;
}

export function batchActions({ status, queued, involved }: BatchFacts): PayoutBatchAction[] {
  if (status !== PayoutBatchStatus.OPEN) return [];
  return queued > 0 && !involved ? [PayoutBatchAction.RELEASE, PayoutBatchAction.CANCEL] : [PayoutBatchAction.CANCEL];
}

/** By this the bank knows a payment, and pays it once: made of the payout's id, so it says nothing of the patient. */
export const endToEndIdOf = (payoutId: string): string => `PO${payoutId.replaceAll('-', '')}`;

/** By this the bank knows a file, and takes it once. Not the batch's number, which another database could give out as well. */
export const messageIdOf = (batchId: string): string => batchId.replaceAll('-', '');

/** The batch that a message id names; null for one that we never gave out. */
export function batchIdOf(messageId: string): string | null {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(messageId);
  return parts?.slice(1).join('-') ?? null;
}

/** Reasons of our own beside the bank's, for payouts that were never sent. */
export const NO_ACCOUNT = 'NO_ACCOUNT';
export const BAD_ACCOUNT = 'BAD_ACCOUNT';

const CORRECT = 'Correct the payout account; the claim is then paid with the next batch.';
const WAIT = 'Nothing has to be done: the claim is paid with the next batch.';
const ASK = 'Ask your bank, and correct the payout account if it was wrong; the claim is paid with the next batch.';

/** The reasons that matter, of ISO 20022's external status reason codes and of our own: in words, and what the payee does next. */
const REASONS: ReadonlyMap<string, readonly [reason: string, next: string]> = new Map(
  Object.entries<readonly [reason: string, next: string]>({
    [NO_ACCOUNT]: [
      'There was no payout account.',
      'Enter a payout account; the claim is then paid with the next batch.',
    ],
    [BAD_ACCOUNT]: ['The payout account cannot be written into a payment.', CORRECT],
    AC01: ['The account number is wrong.', CORRECT],
    AC03: ['The account number is not one of this bank.', CORRECT],
    AC04: ['The account is closed.', CORRECT],
    AC06: ['The account is blocked.', ASK],
    AG01: ['The account may not receive such a payment.', CORRECT],
    AM04: ["The fund's account did not hold enough.", WAIT],
    AM05: ['The bank took it for a payment that it had already.', WAIT],
    BE01: ["The name is not that of the account's holder.", CORRECT],
    CUST: ['The payment was called back.', ASK],
    MS03: ['The bank gave no reason.', ASK],
    RC01: ["The bank's code is wrong.", CORRECT],
    RR04: ['A rule of the supervising authority forbids it.', ASK],
  }),
);

/** Why a payout came back. */
export const reasonOf = (code: string | null): string =>
  code === null ? 'The bank gave no reason.' : (REASONS.get(code)?.[0] ?? `The bank gave the reason ${code}.`);

/** What the payee does next about a payout that came back. */
export const nextStepOf = (code: string | null): string => REASONS.get(code ?? '')?.[1] ?? ASK;

const SECOND = 1_000;
const HOUR = 3_600_000;

/** When the bank is asked again: after as long again as it has had, but at least a second and at most an hour. */
export const askAgainAt = (sentAt: Date, now: Date): Date =>
  new Date(now.getTime() + Math.min(HOUR, Math.max(SECOND, now.getTime() - sentAt.getTime())));

/** What an answer does to a payout. */
export type Effect = 'PAY' | 'RETURN' | 'RETURN_AFTER_PAYING' | 'PENDING' | 'UNCHANGED' | 'CONFLICT';

/** A payout as an answer finds it. */
export interface AnsweredPayout {
  readonly endToEndId: string;
  readonly status: PayoutStatus;
  /** Whether it was in the file that the bank got. */
  readonly sent: boolean;
  /** Whether its claim is still awarded what the payout says: approved while SENT, paid while PAID. */
  readonly agrees: boolean;
}

/** One answer for one payout. What is known already changes nothing; what contradicts it changes nothing either, and is named. */
export function effectOf({ status, sent, agrees }: AnsweredPayout, outcome: PaymentOutcome): Effect {
  if (!sent) return 'CONFLICT';
  switch (status) {
    case PayoutStatus.SENT:
      if (outcome === 'PENDING') return 'PENDING';
      if (!agrees) return 'CONFLICT';
      return outcome === 'SETTLED' ? 'PAY' : 'RETURN';
    case PayoutStatus.PAID:
      if (outcome !== 'REJECTED') return 'UNCHANGED';
      return agrees ? 'RETURN_AFTER_PAYING' : 'CONFLICT';
    case PayoutStatus.RETURNED:
      return outcome === 'SETTLED' ? 'CONFLICT' : 'UNCHANGED';
    default:
      return 'CONFLICT';
  }
}

/** What became of an answer: how many payouts each, and what it says that we cannot follow, by end-to-end id. */
export interface AnswerReport {
  readonly settled: number;
  readonly returned: number;
  readonly pending: number;
  readonly unchanged: number;
  readonly unknown: readonly string[];
  readonly conflicting: readonly string[];
}

export interface Weighed<Payout> {
  /** What has to be changed, in the order of the payouts. */
  readonly effects: readonly { readonly payout: Payout; readonly effect: Effect; readonly reasonCode: string | null }[];
  readonly report: AnswerReport;
}

/**
 * An answer beside what is known of the batch that it answers.
 *
 * @param elsewhere end-to-end ids that it names and that are ours, but in another batch
 */
export function weigh<Payout extends AnsweredPayout>(
  answer: BankAnswer,
  payouts: readonly Payout[],
  elsewhere: ReadonlySet<string>,
): Weighed<Payout> {
  const named = new Set(answer.entries.map(({ endToEndId }) => endToEndId));
  const effects = payouts.flatMap((payout) => {
    // of what never was in the file, an answer for the whole file says nothing
    const said = payout.sent || named.has(payout.endToEndId) ? outcomeOf(answer, payout.endToEndId) : null;
    return said ? [{ payout, effect: effectOf(payout, said.outcome), reasonCode: said.reasonCode }] : [];
  });
  const count = (...counted: readonly Effect[]) => effects.filter(({ effect }) => counted.includes(effect)).length;
  const own = new Set(payouts.map(({ endToEndId }) => endToEndId));
  const foreign = [...named].filter((id) => !own.has(id));
  return {
    effects,
    report: {
      settled: count('PAY'),
      returned: count('RETURN', 'RETURN_AFTER_PAYING'),
      pending: count('PENDING'),
      unchanged: count('UNCHANGED'),
      unknown: foreign.filter((id) => !elsewhere.has(id)),
      conflicting: [
        ...effects.filter(({ effect }) => effect === 'CONFLICT').map(({ payout }) => payout.endToEndId),
        ...foreign.filter((id) => elsewhere.has(id)),
      ],
    },
  };
}
