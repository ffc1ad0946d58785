import { InvalidInput } from '../../common/errors.js';
import { DrugOrderStatus } from '../order/order.js';
import { PaymentRefusal, PaymentStatus } from './payment.js';
import type { ProviderAnswer } from './provider.js';

/** How often an order can be tried to be paid. */
export const MOST_PAYMENTS = 20;

/** @throws {InvalidInput} for what cannot be a token of a payment page */
export function checkToken(token: string): void {
  if (!/^[\x21-\x7e]{1,200}$/.test(token)) {
    throw new InvalidInput(
      'A payment token has 1 to 200 letters, digits and signs without spaces. Send the one that the payment page gave you.',
      ['input', 'paymentToken'],
    );
  }
}

/** What decides whether an order can be paid now. */
export interface PayableFacts {
  readonly status: DrugOrderStatus;
  /** Null for what was ordered before payments were kept here. */
  readonly payBy: Date | null;
  /** Whether a payment waits for its answer. */
  readonly pending: boolean;
  /** How many payments were begun. */
  readonly tries: number;
}

/** Why an order cannot be paid now, and what to do instead; null when it can. */
export function whyNotPayable({ status, payBy, pending, tries }: PayableFacts, now: Date): string | null {
  if (status !== DrugOrderStatus.PLACED) return 'Only an order that is placed and not paid yet can be paid.';
  if (pending) {
    return 'A payment for this order is under way. Read `payments` until it has its answer; usually it takes seconds.';
  }
  if (payBy === null) {
    return 'This order was placed before orders were paid here, and nothing is kept in stock for it. Cancel it and place it again.';
  }
  if (now >= payBy) return 'The time to pay this order is over. Place it again.';
  if (tries >= MOST_PAYMENTS) {
    return `This order was tried to be paid ${MOST_PAYMENTS} times. Cancel it and place it again.`;
  }
  return null;
}

/** A payment as an answer finds it. */
export interface AnsweredPayment {
  readonly status: PaymentStatus;
  readonly amountFen: bigint;
  /** What the provider said before that it took; null: nothing. */
  readonly chargedFen: bigint | null;
}

/** What an answer makes of a payment. */
export type Judgement =
  | { readonly status: PaymentStatus.PAID; readonly chargedFen: bigint }
  /** All of it goes back. */
  | { readonly status: PaymentStatus.NOT_ACCEPTED; readonly chargedFen: bigint }
  | { readonly status: PaymentStatus.REFUSED; readonly refusedBecause: PaymentRefusal }
  /** It says what is known already. */
  | 'KNOWN'
  /** It says something else than before and changes nothing: somebody has to ask the provider. */
  | 'UNCLEAR';

/**
 * What an answer of the provider does to a payment, whenever and however often it comes. An order is paid with the whole of
 * its price, once, while it waits for it; every other money goes back whole. So does what comes after a refusal: the payer
 * has been told to pay anew.
 */
export function judge(
  answer: ProviderAnswer,
  payment: AnsweredPayment,
  order: { readonly status: DrugOrderStatus },
): Judgement {
  const { status, amountFen, chargedFen } = payment;
  if (answer.outcome === 'REFUSED') {
    if (status === PaymentStatus.PENDING) return { status: PaymentStatus.REFUSED, refusedBecause: answer.because };
    return status === PaymentStatus.REFUSED ? 'KNOWN' : 'UNCLEAR';
  }
  if (answer.amountFen <= 0n) return 'UNCLEAR';
  if (chargedFen !== null) return answer.amountFen === chargedFen ? 'KNOWN' : 'UNCLEAR';
  const accepted =
    status === PaymentStatus.PENDING && order.status === DrugOrderStatus.PLACED && answer.amountFen === amountFen;
  return { status: accepted ? PaymentStatus.PAID : PaymentStatus.NOT_ACCEPTED, chargedFen: answer.amountFen };
}

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const SILENCE_DAYS = 7;

/** What a provider has answered by now; where it has said nothing for a week, that the payment is refused: it must not wait for ever. */
export function heard(
  answers: readonly ProviderAnswer[],
  { status, requestedAt }: { readonly status: PaymentStatus; readonly requestedAt: Date },
  now: Date,
): readonly ProviderAnswer[] {
  const waited = now.getTime() - requestedAt.getTime() >= SILENCE_DAYS * DAY;
  if (answers.length > 0 || status !== PaymentStatus.PENDING || !waited) return answers;
  return [{ outcome: 'REFUSED', because: PaymentRefusal.OTHER }];
}

/**
 * When the provider is asked again: after as long again as it has had, but at least a second and at most an hour. What it
 * calls refused it may still take: so it is asked about that for a day.
 *
 * @returns null when there is nothing left to ask
 */
export function askAgainAt(payment: { status: PaymentStatus; requestedAt: Date }, now: Date): Date | null {
  const age = now.getTime() - payment.requestedAt.getTime();
  const open = payment.status === PaymentStatus.PENDING || (payment.status === PaymentStatus.REFUSED && age < DAY);
  return open ? new Date(now.getTime() + Math.min(HOUR, Math.max(SECOND, age))) : null;
}
