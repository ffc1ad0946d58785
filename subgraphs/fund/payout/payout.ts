import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { DateTime } from '../../common/scalars.js';
import { PayoutBatchStatus, PayoutStatus } from './payout.enums.js';

@ObjectType({
  simpleResolvers: true,
  description: 'One attempt to pay a claim. Seen by finance, and by the patient and their caregivers.',
})
@RequiresScopes('fund:apply', 'fund:finance')
export class Payout {
  @Field(() => ID, { description: 'Identifies the payout; says nothing about it.' })
  readonly id!: string;

  @Field(() => Money, { description: 'What is paid: what the claim was awarded, less what was taken back.' })
  readonly amount!: Money;

  @Field(() => PayoutStatus, { description: 'Where it stands.' })
  readonly status!: PayoutStatus;

  @Field(() => String, {
    nullable: true,
    description:
      'Why it came back, for a program: a reason code of ISO 20022 such as AC04, or NO_ACCOUNT or BAD_ACCOUNT of our own; null where none was given.',
  })
  readonly reasonCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it came back, in words; null unless it did.' })
  readonly reason!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the payee should do so that it is paid; null when nothing is open after it.',
  })
  readonly nextStep!: string | null;

  @Field(() => DateTime, { description: 'When it was put into its batch.' })
  readonly createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was known to be paid or to have come back.' })
  readonly answeredAt!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Approved claims that go to the bank together, once a second person has released them.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('fund:finance')
export class PayoutBatch {
  @Field(() => ID, { description: 'Identifies the batch; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'The number that people read to each other, for example `PB-2026-000012`.' })
  readonly number!: string;

  @Field(() => PayoutBatchStatus, { description: 'Where it stands.' })
  readonly status!: PayoutBatchStatus;

  @Field(() => Money, { description: 'The sum of its payouts, without those that were cancelled.' })
  readonly total!: Money;

  @Field(() => Int, { description: 'How many payouts it has, without those that were cancelled.' })
  readonly count!: number;

  @Field(() => DateTime, { description: 'When it was put together.' })
  readonly createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was released.' })
  readonly releasedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the bank had taken the file.' })
  readonly sentAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the last of its payouts was paid or had come back.' })
  readonly answeredAt!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` with what you do next.' })
  readonly version!: number;
}

@ObjectType({ simpleResolvers: true, description: 'Approved claims of a fund that are in no batch.' })
@RequiresScopes('fund:finance')
export class ClaimsToPay {
  @Field(() => Int, { description: 'How many.' })
  readonly count!: number;

  @Field(() => Money, { description: 'How much they are awarded together.' })
  readonly total!: Money;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What became of an answer of the bank. What was recorded before counts as `unchanged`. Where the same key is sent again nothing is done, and the numbers say how the answer compares with what is known by then.',
})
@RequiresScopes('fund:finance')
export class BankAnswerReport {
  @Field(() => Int, { description: 'How many payouts it made paid.' })
  readonly settled!: number;

  @Field(() => Int, { description: 'How many payouts came back by it. Their claims are paid with a later batch.' })
  readonly returned!: number;

  @Field(() => Int, { description: 'How many payouts the bank has not decided about yet.' })
  readonly pending!: number;

  @Field(() => Int, { description: 'How many payouts it says what was known of already.' })
  readonly unchanged!: number;

  @Field(() => [String], { description: 'End-to-end ids in it that are none of ours. Ask the bank what they are.' })
  readonly unknown!: readonly string[];

  @Field(() => [String], {
    description:
      'End-to-end ids of which it says what cannot be after what is known, such as paid after it came back. Nothing was changed for them: ask the bank.',
  })
  readonly conflicting!: readonly string[];
}

@InputType({ description: 'Which payout batches; everything left out means all.' })
export class PayoutBatchFilter {
  @Field(() => ID, { nullable: true, description: 'Only those of this fund.' })
  fundId?: string;

  @Field(() => [PayoutBatchStatus], { nullable: true, description: 'Only those that stand here.' })
  status?: PayoutBatchStatus[];
}
