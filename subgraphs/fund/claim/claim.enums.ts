import { registerEnumType } from 'type-graphql';
import { AWARD_LIMITS, type AwardLimit, PAYERS, type Payer } from './award.rules.js';
import { CLAIM_STATUSES, type StoredClaimStatus } from './claim.entity.js';
import { EXPENSE_PROBLEMS, type ExpenseProblem } from './expense.rules.js';

/** An enum of the schema with the words that the rules use. */
const words = <Word extends string>(all: readonly Word[]) =>
  Object.fromEntries(all.map((word) => [word, word])) as { readonly [Each in Word]: Each };

export const ClaimStatus = words<StoredClaimStatus>(CLAIM_STATUSES);
registerEnumType(ClaimStatus, {
  name: 'ClaimStatus',
  description: 'Where a claim stands.',
  valuesConfig: {
    ENTERED: { description: 'Handed in; waits for a reviewer to check its papers.' },
    CHECKED: { description: 'The papers are right; waits for a finance officer to decide.' },
    APPROVED: { description: 'What `award` says will be paid.' },
    REJECTED: { description: 'Nothing is paid; `reason` says why. Its expenses may be claimed again.' },
    WITHDRAWN: { description: 'Taken back by the applicant. Its expenses may be claimed again.' },
    PAID: { description: 'Paid to the patient.' },
    REVERSED: { description: 'Was approved, but all of the award was taken back; `clawBacks` says why.' },
  },
});

export enum ClaimAction {
  WITHDRAW = 'WITHDRAW',
  CHECK = 'CHECK',
  DECIDE = 'DECIDE',
  REVERSE = 'REVERSE',
}
registerEnumType(ClaimAction, {
  name: 'ClaimAction',
  description: 'What may be done with a claim.',
  valuesConfig: {
    WITHDRAW: { description: '`withdrawClaim`: take it back before it is checked.' },
    CHECK: { description: '`checkClaim`: say whether the papers are right.' },
    DECIDE: { description: '`decideClaim`: approve or reject it.' },
    REVERSE: { description: '`reverseClaim`: take back what was awarded by mistake.' },
  },
});

export enum ClaimCheck {
  PASS = 'PASS',
  REJECT = 'REJECT',
}
registerEnumType(ClaimCheck, {
  name: 'ClaimCheck',
  description: 'How the check of a claim ends.',
  valuesConfig: {
    PASS: { description: 'The papers are right: a finance officer decides next.' },
    REJECT: { description: 'The papers are not right: nothing is paid.' },
  },
});

export enum ClaimDecision {
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
}
registerEnumType(ClaimDecision, {
  name: 'ClaimDecision',
  description: 'How a claim is decided.',
  valuesConfig: {
    APPROVE: { description: 'What the rules give is awarded. Where that is nothing, the claim is rejected.' },
    REJECT: { description: 'Nothing is paid.' },
  },
});

export enum ExpenseKind {
  ORDER_LINE = 'ORDER_LINE',
  INVOICE = 'INVOICE',
}
registerEnumType(ExpenseKind, {
  name: 'ExpenseKind',
  description: 'What proves an expense.',
  valuesConfig: {
    ORDER_LINE: { description: 'A line of a medicine order that is linked to the application.' },
    INVOICE: { description: 'An invoice of somebody else.' },
  },
});

export const PayerName = words<Payer>(PAYERS);
registerEnumType(PayerName, {
  name: 'Payer',
  description: 'Who pays before the fund ("1+N").',
  valuesConfig: {
    BASIC_INSURANCE: { description: 'Basic medical insurance.' },
    SERIOUS_ILLNESS_INSURANCE: { description: 'Insurance for serious illness.' },
    MEDICAL_ASSISTANCE: { description: 'Medical assistance of the state.' },
    COMMERCIAL_INSURANCE: { description: 'Insurance that the patient bought.' },
    OTHER_CHARITY: { description: 'Another charity.' },
  },
});

export const AwardLimitName = words<AwardLimit>(AWARD_LIMITS);
registerEnumType(AwardLimitName, {
  name: 'AwardLimitName',
  description: 'What bounds an award.',
  valuesConfig: {
    SHARE_OF_SELF_PAID: { description: "The tier's share of what others left to the patient." },
    LEFT_OF_GRANT: { description: 'What was left of the grant.' },
    LEFT_OF_ANNUAL_CAP: { description: "What was left of the patient's aid of the year, over all funds." },
  },
});

/** Beside what the rules find: what only the database knows. */
export type ClaimProblem = ExpenseProblem | 'NOT_FOUND' | 'ALREADY_CLAIMED';
export const ExpenseProblemName = words<ClaimProblem>(['NOT_FOUND', 'ALREADY_CLAIMED', ...EXPENSE_PROBLEMS]);
registerEnumType(ExpenseProblemName, {
  name: 'ExpenseProblem',
  description: 'Why an expense cannot be claimed.',
  valuesConfig: {
    NOT_FOUND: { description: 'There is no such order line that you may see. Check the id.' },
    ALREADY_CLAIMED: {
      description: 'It stands in another claim, or twice in this one. Each expense counts once, ever.',
    },
    DATED_IN_FUTURE: { description: 'It is dated after today (in Shanghai). Claim it once it has been incurred.' },
    BEYOND_LOOK_BACK: { description: 'It lies further back than `AidPolicy.lookBackDays`: too late to claim it.' },
    OTHER_AID_YEAR: { description: 'It is of another year than the grant. Claim it from the grant of its year.' },
    NOTHING_SELF_PAID: { description: 'Others paid all of it, so nothing is left to pay.' },
    OTHERS_PAID_MORE_THAN_IT_COST: { description: 'Others paid more than it cost. Check the amounts.' },
    ORDER_NOT_PAID: { description: 'The order is not paid yet. Claim it when it is.' },
    ORDER_CANCELLED: { description: 'The order was cancelled.' },
    ORDER_REFUNDED: { description: 'The order was returned and its money given back.' },
    ORDER_NOT_LINKED: {
      description: 'The order is not linked to this application. Link it with `linkDrugOrder`, then claim.',
    },
  },
});
