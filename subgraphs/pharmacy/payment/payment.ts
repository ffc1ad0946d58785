import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { DateTime } from '../../common/scalars.js';

/** Scopes of those who may see what was paid: the patient's side and pharmacists. */
export const PAYMENT_SCOPES = ['pharmacy:order', 'pharmacy:dispense'] as const;

export enum PaymentStatus {
  PENDING = 'PENDING',
  PAID = 'PAID',
  REFUSED = 'REFUSED',
  NOT_ACCEPTED = 'NOT_ACCEPTED',
}
registerEnumType(PaymentStatus, {
  name: 'PaymentStatus',
  description: 'What became of a payment.',
  valuesConfig: {
    PENDING: { description: 'The payment provider has not said yet. Usually it does within seconds.' },
    PAID: { description: 'The money arrived and the order is paid with it.' },
    REFUSED: { description: 'No money was taken; `refusedBecause` says why. You can pay anew.' },
    NOT_ACCEPTED: {
      description:
        'Money was taken that the order cannot take: it was cancelled meanwhile, another amount came, or it had been called refused. All of it goes back.',
    },
  },
});

export enum PaymentRefusal {
  DECLINED = 'DECLINED',
  UNKNOWN_TOKEN = 'UNKNOWN_TOKEN',
  OTHER = 'OTHER',
}
registerEnumType(PaymentRefusal, {
  name: 'PaymentRefusal',
  description: 'Why a payment was refused. More may be added: treat an unknown one as OTHER.',
  valuesConfig: {
    DECLINED: { description: "The payer's bank or wallet said no. Try again, or pay with something else." },
    UNKNOWN_TOKEN: { description: 'The token is not known or has expired. Get a new one from the payment page.' },
    OTHER: { description: 'The provider gave no reason that we know. Try again, or pay with something else.' },
  },
});

export enum RefundCause {
  CANCELLED = 'CANCELLED',
  RETURNED = 'RETURNED',
  QUARANTINED = 'QUARANTINED',
  NOT_ACCEPTED = 'NOT_ACCEPTED',
}
registerEnumType(RefundCause, {
  name: 'RefundCause',
  description: 'Why money goes back.',
  valuesConfig: {
    CANCELLED: { description: 'The order was cancelled after it had been paid.' },
    RETURNED: { description: 'The medicine came back.' },
    QUARANTINED: { description: 'The parcel was held back, and nothing is sent in its place.' },
    NOT_ACCEPTED: { description: 'The order could not take the money.' },
  },
});

export enum RefundStatus {
  REQUESTED = 'REQUESTED',
  DONE = 'DONE',
}
registerEnumType(RefundStatus, {
  name: 'RefundStatus',
  description: 'How far a refund has come.',
  valuesConfig: {
    REQUESTED: { description: 'It is decided; the payment provider does not know of it yet. Nothing has to be done.' },
    DONE: { description: 'The payment provider has sent it. It can take days until it is with the payer.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Money that goes back to who paid, the way it came.' })
@RequiresScopes(...PAYMENT_SCOPES)
export class Refund {
  @Field(() => ID, { description: 'Identifies the refund; says nothing about it.' })
  readonly id!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The line of the order for which it is; null when all of a payment goes back that was not accepted.',
  })
  readonly orderLineId!: string | null;

  @Field(() => Money, { description: 'How much goes back; above zero.' })
  readonly amount!: Money;

  @Field(() => RefundCause, { description: 'Why.' })
  readonly cause!: RefundCause;

  @Field(() => RefundStatus, { description: 'How far it has come.' })
  readonly status!: RefundStatus;

  @Field(() => DateTime, { description: 'When it was decided.' })
  readonly requestedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the payment provider had sent it; null until then.' })
  readonly doneAt!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'One try to pay for an order, and what went back of it.' })
@RequiresScopes(...PAYMENT_SCOPES)
export class Payment {
  @Field(() => ID, { description: 'Identifies the payment; says nothing about it.' })
  readonly id!: string;

  @Field(() => PaymentStatus, { description: 'What became of it.' })
  readonly status!: PaymentStatus;

  @Field(() => Money, { description: 'How much was asked for: what the order cost.' })
  readonly amount!: Money;

  @Field(() => Money, {
    nullable: true,
    description: 'How much the provider took, which can differ when it is NOT_ACCEPTED; null when nothing was taken.',
  })
  readonly charged!: Money | null;

  @Field(() => DateTime, { description: 'When it was begun.' })
  readonly requestedAt!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the payment provider last said something new; null until it does.',
  })
  readonly answeredAt!: string | null;

  @Field(() => PaymentRefusal, { nullable: true, description: 'Why it was refused; null unless it is REFUSED.' })
  readonly refusedBecause!: PaymentRefusal | null;

  @Field(() => Money, { description: 'How much of it has gone back or is going back; zero when nothing is.' })
  readonly refunded!: Money;

  @Field(() => [Refund], { description: 'What goes back, oldest first: at most one for each line, 20.' })
  readonly refunds!: readonly Refund[];
}
