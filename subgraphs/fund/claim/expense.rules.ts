/** Why an expense cannot be claimed. */
export const EXPENSE_PROBLEMS = [
  'DATED_IN_FUTURE',
  'BEYOND_LOOK_BACK',
  'OTHER_AID_YEAR',
  'NOTHING_SELF_PAID',
  'OTHERS_PAID_MORE_THAN_IT_COST',
  'ORDER_NOT_PAID',
  'ORDER_CANCELLED',
  'ORDER_REFUNDED',
  'ORDER_NOT_LINKED',
] as const;
export type ExpenseProblem = (typeof EXPENSE_PROBLEMS)[number];

/** The states of a medicine order, as the pharmacy names them. */
export type OrderStatus = 'PLACED' | 'PAID' | 'DISPENSED' | 'SHIPPED' | 'DELIVERED' | 'CANCELLED' | 'RETURNED';

export interface ExpenseFacts {
  /** The day in Shanghai, YYYY-MM-DD. */
  readonly incurredOn: string;
  readonly amountFen: bigint;
  /** By all payers together. */
  readonly paidByOthersFen: bigint;
  /** Null: an invoice. */
  readonly orderStatus: OrderStatus | null;
  /** Whether the order is linked to the application that the grant is of. Null: an invoice. */
  readonly linked: boolean | null;
}

/** When a claim is made, and of which grant. */
export interface ClaimWindow {
  /** The day in Shanghai, YYYY-MM-DD. */
  readonly today: string;
  /** Of the grant. */
  readonly aidYear: number;
  readonly lookBackDays: number;
}

const ORDER_PROBLEMS: Readonly<Partial<Record<OrderStatus, ExpenseProblem>>> = {
  PLACED: 'ORDER_NOT_PAID',
  CANCELLED: 'ORDER_CANCELLED',
  RETURNED: 'ORDER_REFUNDED',
};

/** @param day YYYY-MM-DD, as all days here: their texts compare as they do */
function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Why an expense cannot be claimed, in the order of EXPENSE_PROBLEMS; empty when it can. The first and the last day of the look-back count. */
export function checkExpense(facts: ExpenseFacts, { today, aidYear, lookBackDays }: ClaimWindow): ExpenseProblem[] {
  const problems: ExpenseProblem[] = [];
  if (facts.incurredOn > today) problems.push('DATED_IN_FUTURE');
  if (facts.incurredOn < addDays(today, -lookBackDays)) problems.push('BEYOND_LOOK_BACK');
  if (Number(facts.incurredOn.slice(0, 4)) !== aidYear) problems.push('OTHER_AID_YEAR');
  if (facts.paidByOthersFen === facts.amountFen) problems.push('NOTHING_SELF_PAID');
  if (facts.paidByOthersFen > facts.amountFen) problems.push('OTHERS_PAID_MORE_THAN_IT_COST');
  if (facts.orderStatus) {
    const problem = ORDER_PROBLEMS[facts.orderStatus];
    if (problem) problems.push(problem);
    if (!facts.linked) problems.push('ORDER_NOT_LINKED');
  }
  return problems;
}

/** The last day, YYYY-MM-DD in Shanghai, on which an expense of an aid year can be claimed: that of its 31 December. */
export const claimWindowEnds = (aidYear: number, lookBackDays: number): string =>
  addDays(`${aidYear}-12-31`, lookBackDays);

/** What is known when a grant may have run out. */
export interface GrantWindow extends ClaimWindow {
  /** Claims of the grant that wait for a decision. */
  readonly openClaims: number;
}

/** Whether what is left of a grant can be released: nothing can be claimed on it any more, and no claim waits. */
export const grantRunsOut = ({ aidYear, lookBackDays, openClaims, today }: GrantWindow): boolean =>
  today > claimWindowEnds(aidYear, lookBackDays) && openClaims === 0;
