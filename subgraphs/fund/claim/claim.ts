import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import type { AwardLimit, Payer } from './award.rules.js';
import type { StoredClaimStatus } from './claim.entity.js';
import { AwardLimitName, ClaimStatus, ExpenseKind, PayerName } from './claim.enums.js';

/** Scopes of those who may meet a claim at all; which claims, row rules say. */
export const CLAIM_SCOPES = ['fund:apply', 'fund:review', 'fund:finance'] as const;

@ObjectType({ simpleResolvers: true, description: 'What somebody else paid.' })
@RequiresScopes(...CLAIM_SCOPES)
export class PaidByOther {
  @Field(() => PayerName, { description: 'Who paid.' })
  readonly payer!: Payer;

  @Field(() => Money, { description: 'How much; above zero.' })
  readonly amount!: Money;
}

@ObjectType({ simpleResolvers: true, description: 'The invoice that proves an expense.' })
@RequiresScopes(...CLAIM_SCOPES)
export class ExpenseInvoice {
  @Field(() => String, { description: 'Who wrote it, as it is compared: in capitals, without needless spaces.' })
  readonly issuer!: string;

  @Field(() => String, { description: "The issuer's number, as it is compared: in capitals, without spaces." })
  readonly number!: string;
}

@ObjectType('ClaimExpense', { simpleResolvers: true, description: 'One expense of a claim.' })
@RequiresScopes(...CLAIM_SCOPES)
export class ClaimExpense {
  @Field(() => Int, { description: 'Its place in the claim, from 0.' })
  readonly place!: number;

  @Field(() => ExpenseKind, { description: 'What proves it.' })
  readonly kind!: ExpenseKind;

  @Field(() => ID, {
    nullable: true,
    description: 'The line of the medicine order (`DrugOrderLine.id`), if it is one.',
  })
  readonly orderLineId!: string | null;

  @Field(() => ExpenseInvoice, { nullable: true, description: 'The invoice, if it is one.' })
  readonly invoice!: ExpenseInvoice | null;

  @Field(() => LocalDate, { description: 'The day (in Shanghai) on which it was incurred.' })
  readonly incurredOn!: string;

  @Field(() => Money, { description: 'What it cost.' })
  readonly amount!: Money;

  @Field(() => [PaidByOther], { description: 'What others paid of it; those who paid nothing are left out.' })
  readonly paidByOthers!: PaidByOther[];

  @Field(() => Money, { description: 'What was left to the patient.' })
  readonly selfPaid!: Money;
}

@ObjectType('AwardLimit', { simpleResolvers: true, description: 'One of the bounds of an award.' })
@RequiresScopes(...CLAIM_SCOPES)
export class AwardLimitType {
  @Field(() => AwardLimitName, { description: 'Which bound.' })
  readonly limit!: AwardLimit;

  @Field(() => Money, { description: 'How much it allowed.' })
  readonly amount!: Money;

  @Field(() => Boolean, { description: 'Whether it is the one that decided: the least of them.' })
  readonly binding!: boolean;
}

@ObjectType('Award', {
  simpleResolvers: true,
  description: 'What a claim is awarded and why so much: the least of three limits, rounded down to the fen.',
})
@RequiresScopes(...CLAIM_SCOPES)
export class AwardType {
  @Field(() => Money, { description: 'What all expenses cost, less what was refunded before the decision.' })
  readonly asked!: Money;

  @Field(() => [PaidByOther], { description: 'What others paid; those who paid nothing are left out.' })
  readonly byPayer!: PaidByOther[];

  @Field(() => Money, { description: 'What was left to the patient.' })
  readonly selfPaid!: Money;

  @Field(() => Int, { description: "The share that the grant's tier pays of it, in percent." })
  readonly sharePercent!: number;

  @Field(() => [AwardLimitType], { description: 'The three bounds, as they were at the decision.' })
  readonly limits!: AwardLimitType[];

  @Field(() => Money, { description: 'What is awarded; `0.00` where the claim came to nothing.' })
  readonly amount!: Money;

  @Field(() => AwardLimitName, { description: 'The bound that decided.' })
  readonly binding!: AwardLimit;

  @Field(() => String, { description: 'The same in plain English, in a few sentences.' })
  readonly explanation!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Expenses for which a patient asks the share that was granted. Seen by the patient, their caregivers, the reviewers who check it and finance officers; the others get null.',
})
@Directive('@key(fields: "id")')
@RequiresScopes(...CLAIM_SCOPES)
export class Claim {
  @Field(() => ID, { description: 'Identifies the claim; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'The number that people read to each other, for example `CL-2026-000123`.' })
  readonly number!: string;

  @Field(() => ClaimStatus, { description: 'Where it stands.' })
  readonly status!: StoredClaimStatus;

  @Field(() => String, {
    nullable: true,
    description: 'The number of the application that it rests on; null for those who may not see that.',
  })
  readonly applicationNumber!: string | null;

  @Field(() => Int, { description: 'The calendar year (in Shanghai) whose aid pays it.' })
  readonly aidYear!: number;

  @Field(() => [ClaimExpense], { description: 'What was spent, in the order in which it was entered: 1 to 50.' })
  readonly expenses!: ClaimExpense[];

  @Field(() => Money, { description: 'What all expenses cost together.' })
  readonly asked!: Money;

  @Field(() => Money, { description: 'What others paid of that.' })
  readonly paidByOthers!: Money;

  @Field(() => Money, { description: 'What was left to the patient.' })
  readonly selfPaid!: Money;

  @Field(() => AwardType, {
    nullable: true,
    description: 'What is awarded, and why so much; null until it is decided, and for a few old claims.',
  })
  readonly award!: AwardType | null;

  @Field(() => Money, { description: 'What of the award was taken back, or has to be paid back.' })
  readonly takenBack!: Money;

  @Field(() => String, { nullable: true, description: 'Why it was checked or decided so. The last word stays.' })
  readonly reason!: string | null;

  @Field(() => DateTime, { description: 'When it was entered.' })
  readonly enteredAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When a reviewer checked it.' })
  readonly checkedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When a finance officer decided it.' })
  readonly decidedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the bank paid it.' })
  readonly paidAt!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` with what you do next.' })
  readonly version!: number;
}

@InputType({ description: 'Which claims; everything left out means all.' })
export class ClaimFilter {
  @Field(() => [ClaimStatus], { nullable: true, description: 'Only those that stand here.' })
  status?: StoredClaimStatus[];

  @Field(() => ID, { nullable: true, description: 'Only those of this application.' })
  applicationId?: string;

  @Field(() => ID, { nullable: true, description: 'Only those that this fund pays.' })
  fundId?: string;
}
