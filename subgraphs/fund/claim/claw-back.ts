import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { DateTime } from '../../common/scalars.js';
import { CLAIM_SCOPES } from './claim.js';

export enum ClawBackStatus {
  WAITING = 'WAITING',
  DUE = 'DUE',
  SETTLED = 'SETTLED',
}
registerEnumType(ClawBackStatus, {
  name: 'ClawBackStatus',
  description: 'Where aid that has to come back stands.',
  valuesConfig: {
    WAITING: { description: 'The payment is on its way to the bank: what to do is known when the bank has answered.' },
    DUE: { description: 'The patient has the money and has to pay it back.' },
    SETTLED: { description: 'It is back, or was never paid out.' },
  },
});

export enum ClawBackCause {
  ORDER_REFUNDED = 'ORDER_REFUNDED',
  REVERSED = 'REVERSED',
}
registerEnumType(ClawBackCause, {
  name: 'ClawBackCause',
  description: 'Why aid has to come back.',
  valuesConfig: {
    ORDER_REFUNDED: { description: 'Medicine that was claimed was refunded.' },
    REVERSED: { description: 'The award was a mistake.' },
  },
});

export enum ClawBackAction {
  RECORD_REPAYMENT = 'RECORD_REPAYMENT',
}
registerEnumType(ClawBackAction, {
  name: 'ClawBackAction',
  description: 'What may be done with aid that has to come back.',
  valuesConfig: { RECORD_REPAYMENT: { description: '`recordRepayment`: say that the money has come.' } },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Aid that has to come back, since what it was given for was refunded, or it was given by mistake.',
})
@RequiresScopes(...CLAIM_SCOPES)
export class ClawBack {
  @Field(() => ID, { description: 'Identifies it; says nothing about it.' })
  readonly id!: string;

  @Field(() => ClawBackStatus, { description: 'Where it stands.' })
  readonly status!: ClawBackStatus;

  @Field(() => Money, { description: 'How much of the award it is; `0.00` where a refund costs nothing of it.' })
  readonly amount!: Money;

  @Field(() => ClawBackCause, { description: 'Why.' })
  readonly cause!: ClawBackCause;

  @Field(() => ID, { nullable: true, description: 'The order line that was refunded, if that is why.' })
  readonly orderLineId!: string | null;

  @Field(() => Money, { nullable: true, description: 'What of that line was given back to the patient.' })
  readonly refunded!: Money | null;

  @Field(() => String, { description: 'Why, in words.' })
  readonly reason!: string;

  @Field(() => String, { description: 'What the patient has to do now, in one sentence.' })
  readonly whatToDo!: string;

  @Field(() => DateTime, { description: 'When it was found.' })
  readonly createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was settled.' })
  readonly settledAt!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` with what you do next.' })
  readonly version!: number;
}

@InputType({ description: 'Which claw-backs; everything left out means all.' })
export class ClawBackFilter {
  @Field(() => [ClawBackStatus], { nullable: true, description: 'Only those that stand here.' })
  status?: ClawBackStatus[];
}
