/** Who pays before the fund: "1+N". */
export const PAYERS = [
  'BASIC_INSURANCE',
  'SERIOUS_ILLNESS_INSURANCE',
  'MEDICAL_ASSISTANCE',
  'COMMERCIAL_INSURANCE',
  'OTHER_CHARITY',
] as const;
export type Payer = (typeof PAYERS)[number];

/** One line of a claim. Amounts are fen, 0 or more. */
export interface Expense {
  readonly amountFen: bigint;
  readonly paidByOthers: Readonly<Partial<Record<Payer, bigint>>>;
}

/** What bounds an award; of equal ones the first here is the binding one. */
export const AWARD_LIMITS = ['SHARE_OF_SELF_PAID', 'LEFT_OF_GRANT', 'LEFT_OF_ANNUAL_CAP'] as const;
export type AwardLimit = (typeof AWARD_LIMITS)[number];

export interface AwardFacts {
  readonly expenses: readonly Expense[];
  /** The share that the grant's tier pays: a whole number from 0 to 100. */
  readonly sharePercent: number;
  readonly leftOfGrantFen: bigint;
  /** Over all funds. */
  readonly leftOfAnnualCapFen: bigint;
}

/** What a claim is awarded, and why so much. Amounts are fen. */
export interface Award {
  readonly askedFen: bigint;
  readonly paidByOthersFen: bigint;
  readonly byPayer: Readonly<Record<Payer, bigint>>;
  /** What is left to the patient. */
  readonly selfPaidFen: bigint;
  readonly sharePercent: number;
  /** All three, in the order of AWARD_LIMITS. */
  readonly limits: readonly { readonly limit: AwardLimit; readonly amountFen: bigint }[];
  readonly awardFen: bigint;
  /** The least of the limits. */
  readonly binding: AwardLimit;
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
const atLeastZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n);
const paidByOthers = (expense: Expense): bigint => sum(PAYERS.map((payer) => expense.paidByOthers[payer] ?? 0n));

/**
 * What a claim is awarded: the least of the share of what the patient paid, what is left of the grant, and what is left
 * of the year's cap.
 *
 * The share is rounded down to the fen once, on the claim's total: rounding line by line would cost the patient up to a
 * fen a line, and the award would depend on how a bill is cut into lines. A line for which others paid more than it cost
 * counts as nothing self-paid; it takes nothing from the other lines.
 */
export function decideAward({ expenses, sharePercent, leftOfGrantFen, leftOfAnnualCapFen }: AwardFacts): Award {
  const selfPaidFen = sum(expenses.map((expense) => atLeastZero(expense.amountFen - paidByOthers(expense))));
  const amounts: Record<AwardLimit, bigint> = {
    SHARE_OF_SELF_PAID: (selfPaidFen * BigInt(sharePercent)) / 100n,
    LEFT_OF_GRANT: atLeastZero(leftOfGrantFen),
    LEFT_OF_ANNUAL_CAP: atLeastZero(leftOfAnnualCapFen),
  };
  const binding = AWARD_LIMITS.reduce((least, limit) => (amounts[limit] < amounts[least] ? limit : least));
  return {
    askedFen: sum(expenses.map(({ amountFen }) => amountFen)),
    paidByOthersFen: sum(expenses.map(paidByOthers)),
    byPayer: Object.fromEntries(
      PAYERS.map((payer) => [payer, sum(expenses.map((expense) => expense.paidByOthers[payer] ?? 0n))]),
    ) as Record<Payer, bigint>,
    selfPaidFen,
    sharePercent,
    limits: AWARD_LIMITS.map((limit) => ({ limit, amountFen: amounts[limit] })),
    awardFen: amounts[binding],
    binding,
  };
}

/** Money given back for a line of a claim. */
export interface Refund {
  /** Which of the claim's expenses, from 0. */
  readonly expense: number;
  /** 0 or more. */
  readonly refundedFen: bigint;
}

/**
 * The facts of a claim had the refunded part never been spent. What others paid for the line stays: a refund lowers what
 * the patient paid first, down to nothing.
 *
 * @throws {RangeError} for a line that the claim does not have, or a refund below zero
 */
export function withoutRefunded(facts: AwardFacts, refunds: readonly Refund[]): AwardFacts {
  for (const { expense, refundedFen } of refunds) {
    if (!facts.expenses[expense]) throw new RangeError(`The claim has no expense ${expense}.`);
    if (refundedFen < 0n) throw new RangeError(`The refund of expense ${expense} is below zero.`);
  }
  const expenses = facts.expenses.map((expense, index) => {
    const refunded = sum(refunds.filter((refund) => refund.expense === index).map(({ refundedFen }) => refundedFen));
    return { ...expense, amountFen: atLeastZero(expense.amountFen - refunded) };
  });
  return { ...facts, expenses };
}

/**
 * What the award would have been, in fen, had the refunded part never been spent. It is never more than the first award;
 * the difference is what the fund claws back in all.
 *
 * @param facts as the award was first decided on, with the limits of then
 * @param refunds every refund so far, also those that were clawed back for before
 * @throws {RangeError} for a line that the claim does not have, or a refund below zero
 */
export const awardAfterRefund = (facts: AwardFacts, refunds: readonly Refund[]): bigint =>
  decideAward(withoutRefunded(facts, refunds)).awardFen;
