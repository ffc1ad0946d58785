import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, Public } from '../../common/access.js';
import { DocumentKind } from '../../common/document-kind.js';
import { Money } from '../../common/money.js';
import { LocalDate } from '../../common/scalars.js';

export enum FundStatus {
  OPEN = 'OPEN',
  CLOSED = 'CLOSED',
}
export enum FundAction {
  OPEN = 'OPEN',
  CLOSE = 'CLOSE',
}
registerEnumType(FundAction, {
  name: 'FundAction',
  description: 'What may be done with a fund.',
  valuesConfig: {
    OPEN: { description: '`setFundStatus` to OPEN: let it take applications and money.' },
    CLOSE: { description: '`setFundStatus` to CLOSED: let it take none any more.' },
  },
});

registerEnumType(FundStatus, {
  name: 'FundStatus',
  description: 'Whether a fund takes applications and contributions.',
  valuesConfig: {
    OPEN: { description: 'It takes applications and contributions.' },
    CLOSED: { description: 'It takes neither now; what was granted is still paid.' },
  },
});

export enum AidTierName {
  I = 'I',
  II = 'II',
  III = 'III',
}
registerEnumType(AidTierName, {
  name: 'AidTierName',
  description: 'A step of aid, by how much treatment costs the patient in a year.',
  valuesConfig: {
    I: { description: 'The lowest.' },
    II: { description: 'The middle one.' },
    III: { description: 'The highest.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A pot of money for certain diseases, never for a medicine.' })
@Directive('@key(fields: "id")')
@Public()
export class Fund {
  @Field(() => ID, { description: 'Identifies the fund; says nothing about it.' })
  @ForPartners()
  readonly id!: string;

  @Field(() => String, { description: 'Short name, for example `GENERAL`.' })
  @ForPartners()
  readonly code!: string;

  @Field(() => String, { description: 'Name in English.' })
  @ForPartners()
  readonly nameEn!: string;

  @Field(() => String, { description: 'Name in Chinese.' })
  @ForPartners()
  readonly nameZh!: string;

  @Field(() => FundStatus, { description: 'Whether it takes applications and contributions.' })
  @ForPartners()
  readonly status!: FundStatus;

  @Field(() => Int, { description: 'Grows with each change: send it back as `expectedVersion`.' })
  readonly version!: number;
}

@ObjectType({ simpleResolvers: true, description: 'How much of which yearly expense is paid.' })
@Public()
export class AidTier {
  @Field(() => AidTierName, { description: 'Which tier.' })
  readonly tier!: AidTierName;

  @Field(() => Money, { description: 'From which yearly self-paid treatment expense on.' })
  readonly fromExpense!: Money;

  @Field(() => Int, { description: 'The share of the expense that is paid, in percent.' })
  readonly sharePercent!: number;

  @Field(() => Money, { description: 'At most so much a year.' })
  readonly yearlyMaximum!: Money;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The rules of aid from a day on. A new version replaces it; it is never changed.',
})
@Public()
export class AidPolicy {
  @Field(() => ID, { description: 'Identifies the version; says nothing about it.' })
  readonly id!: string;

  @Field(() => Int, { description: 'Counts the versions.' })
  readonly number!: number;

  @Field(() => LocalDate, { description: 'The first day (in Shanghai) on which it holds.' })
  readonly effectiveFrom!: string;

  @Field(() => Money, { description: 'The most that a patient gets in a calendar year, over all funds.' })
  readonly annualCap!: Money;

  @Field(() => Int, { description: 'How many days back an expense may lie when it is claimed.' })
  readonly lookBackDays!: number;

  @Field(() => Int, { description: 'How many days after a rejection one may still appeal.' })
  readonly appealDays!: number;

  @Field(() => [DocumentKind], { description: 'The papers that an application needs.' })
  readonly requiredDocuments!: DocumentKind[];

  @Field(() => Money, { description: 'A grant above this needs a second financial reviewer.' })
  readonly secondReviewAbove!: Money;

  @Field(() => [AidTier], { description: 'The tiers, lowest first.' })
  readonly tiers!: AidTier[];

  @Field(() => Boolean, { description: 'True: figures of the demo. The published programme gives none for the tiers.' })
  readonly demo!: boolean;
}
