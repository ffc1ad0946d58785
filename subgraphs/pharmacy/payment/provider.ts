import type { PaymentRefusal } from './payment.js';

/** What is to be taken from a payer. */
export interface Charge {
  /** The payment's id, by which the provider knows it. */
  readonly paymentId: string;
  /** Above zero. */
  readonly amountFen: bigint;
  /** What the provider's own page gave the payer to pay with. It says nothing to us. */
  readonly token: string;
}

/** What is to be given back of a payment. */
export interface RefundToSend {
  /** By which the provider knows it. */
  readonly refundId: string;
  readonly paymentId: string;
  /** Above zero. */
  readonly amountFen: bigint;
}

/** What the provider says became of a payment. */
export type ProviderAnswer =
  | { readonly outcome: 'CHARGED'; readonly amountFen: bigint }
  | { readonly outcome: 'REFUSED'; readonly because: PaymentRefusal };

/**
 * Who takes the payers' money and gives it back, seen from the pharmacy. It may be told the same several times, and takes or
 * gives what has the same id once. Only jobs call it, and never within a transaction.
 */
export interface PaymentProvider {
  /**
   * Asks for money. When it returns, the provider knows of it, and will say what came of it.
   *
   * @throws when it may not have arrived, though money may have been taken: then it is told again
   */
  charge(charge: Charge): Promise<void>;

  /** All that the provider says by now of a payment, oldest first; the same may stand there twice. Empty while there is nothing. */
  answersTo(paymentId: string): Promise<readonly ProviderAnswer[]>;

  /**
   * Gives money back. When it returns, it is on its way.
   *
   * @throws when it may not have arrived: then it is told again
   */
  refund(refund: RefundToSend): Promise<void>;
}
