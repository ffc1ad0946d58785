import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { DateTime } from '../../common/scalars.js';

export enum LedgerAccount {
  OUTSIDE = 'OUTSIDE',
  AVAILABLE = 'AVAILABLE',
  RESERVED = 'RESERVED',
  PAYABLE = 'PAYABLE',
  IN_TRANSIT = 'IN_TRANSIT',
  PAID_OUT = 'PAID_OUT',
  RECEIVABLE = 'RECEIVABLE',
  SHORTFALL = 'SHORTFALL',
}
registerEnumType(LedgerAccount, {
  name: 'LedgerAccount',
  description: 'Where money of a fund can be.',
  valuesConfig: {
    OUTSIDE: { description: 'With those who give: not in the fund.' },
    AVAILABLE: { description: 'In the fund, and can be granted.' },
    RESERVED: { description: 'Granted to somebody, not yet claimed.' },
    PAYABLE: { description: 'Claimed and approved; to be paid.' },
    IN_TRANSIT: { description: 'On its way through the bank.' },
    PAID_OUT: { description: 'With the patient.' },
    RECEIVABLE: { description: 'With the patient, who has to give it back.' },
    SHORTFALL: { description: 'What is missing: it was granted, and then the contribution that it came from bounced.' },
  },
});

export enum LedgerTransferKind {
  CONTRIBUTION = 'CONTRIBUTION',
  BOUNCE = 'BOUNCE',
  COVER = 'COVER',
  GRANT = 'GRANT',
  RELEASE = 'RELEASE',
  AWARD = 'AWARD',
  TAKE_BACK = 'TAKE_BACK',
  SEND = 'SEND',
  PAY = 'PAY',
  RETURN = 'RETURN',
  CLAW_BACK = 'CLAW_BACK',
  REPAYMENT = 'REPAYMENT',
}
registerEnumType(LedgerTransferKind, {
  name: 'LedgerTransferKind',
  description: 'Why money of a fund moved.',
  valuesConfig: {
    CONTRIBUTION: { description: 'A contribution has arrived.' },
    BOUNCE: { description: 'A contribution that had arrived was taken back.' },
    COVER: { description: 'New money filled what was missing since a contribution bounced.' },
    GRANT: { description: 'It was granted to somebody.' },
    RELEASE: { description: 'A grant ended, and what was left of it can be granted again.' },
    AWARD: { description: 'A claim was approved.' },
    TAKE_BACK: { description: 'Some of an approved claim was taken back before it was paid.' },
    SEND: { description: 'A payment was given to the bank.' },
    PAY: { description: 'The bank has paid.' },
    RETURN: { description: 'The bank has returned a payment: it is to be paid again.' },
    CLAW_BACK: { description: 'What was paid has to be given back by the patient.' },
    REPAYMENT: { description: 'The patient has given it back.' },
  },
});

export enum LedgerActor {
  STAFF = 'STAFF',
  SYSTEM = 'SYSTEM',
}
registerEnumType(LedgerActor, {
  name: 'LedgerActor',
  description: 'Who moved money. Not by name: the record of who decided is where it was decided.',
  valuesConfig: {
    STAFF: { description: 'A reviewer or finance officer, by a decision of theirs.' },
    SYSTEM: { description: 'The system by itself, because something was due.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Where all money of a fund is now. Always exact: contributed + shortfall = available + reserved + payable + inTransit + paidOut + receivable.',
})
@RequiresScopes('fund:finance')
export class FundBalance {
  @Field(() => Money, { description: 'What has come in from all givers, less what bounced.' })
  readonly contributed!: Money;

  @Field(() => Money, { description: 'What can be granted now.' })
  readonly available!: Money;

  @Field(() => Money, { description: 'What has been granted to patients, who have not claimed it yet.' })
  readonly reserved!: Money;

  @Field(() => Money, { description: 'Approved claims that wait to be paid.' })
  readonly payable!: Money;

  @Field(() => Money, { description: 'Payments that the bank has been told to make and has not answered for.' })
  readonly inTransit!: Money;

  @Field(() => Money, {
    description: 'What patients have been paid, less what they have to give back or have given back.',
  })
  readonly paidOut!: Money;

  @Field(() => Money, {
    description: 'What patients have been paid and have to give back, because an order was refunded, say.',
  })
  readonly receivable!: Money;

  @Field(() => Money, {
    description:
      'What is missing because a contribution bounced after it had been granted. The next money that comes in fills this first; until then nothing can be granted.',
  })
  readonly shortfall!: Money;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'One movement of money between two accounts of a fund. It is never changed: a correction is another one.',
})
@RequiresScopes('fund:finance')
export class LedgerTransfer {
  @Field(() => ID, { description: 'Identifies the transfer; says nothing about it.' })
  readonly id!: string;

  @Field(() => LedgerTransferKind, { description: 'Why the money moved.' })
  readonly kind!: LedgerTransferKind;

  @Field(() => LedgerAccount, { description: 'Where the money was.' })
  readonly from!: LedgerAccount;

  @Field(() => LedgerAccount, { description: 'Where it is since.' })
  readonly to!: LedgerAccount;

  @Field(() => Money, { description: 'How much; always above zero.' })
  readonly amount!: Money;

  @Field(() => ID, {
    description:
      'What it is about: by `kind` the contribution, grant, claim, payout or claw-back; for COVER the transfer that brought the money.',
  })
  readonly referenceId!: string;

  @Field(() => DateTime, { description: 'When.' })
  readonly at!: string;

  @Field(() => LedgerActor, { description: 'Who moved it: a person of the staff, or the system by itself.' })
  readonly by!: LedgerActor;
}
