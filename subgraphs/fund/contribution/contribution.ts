import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { DateTime } from '../../common/scalars.js';
import { Organisation } from '../stubs.js';
import { ContributionSource, ContributionStatus } from './contribution.enums.js';

@ObjectType({
  simpleResolvers: true,
  description: 'Money that somebody gives to a fund, or has promised. It can be granted once it has cleared.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('fund:finance', 'sponsor:contribute')
export class Contribution {
  @Field(() => ID, { description: 'Identifies the contribution; says nothing about it.' })
  @ForPartners()
  readonly id!: string;

  @Field(() => String, { description: 'Number for people, for example `CT-2026-000123`.' })
  @ForPartners()
  readonly number!: string;

  @Field(() => ContributionSource, { description: 'Which sort of giver it comes from.' })
  readonly source!: ContributionSource;

  @Field(() => Organisation, {
    nullable: true,
    description: 'The organisation that gives; null where it is none of the catalog, for example a private donor.',
  })
  @ForPartners()
  readonly organisation!: Organisation | null;

  @Field(() => Money, { description: 'How much.' })
  @ForPartners()
  readonly amount!: Money;

  @Field(() => ContributionStatus, { description: 'Where it stands.' })
  @ForPartners()
  readonly status!: ContributionStatus;

  @Field(() => String, {
    nullable: true,
    description: "The giver's own reference, for example of a sale. It counts once an organisation.",
  })
  @ForPartners()
  readonly reference!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it bounced; null while it has not.' })
  @ForPartners()
  readonly reason!: string | null;

  @Field(() => DateTime, { description: 'When it was promised.' })
  @ForPartners()
  readonly pledgedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the money was there; null if it never was.' })
  @ForPartners()
  readonly clearedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it bounced; null while it has not.' })
  @ForPartners()
  readonly bouncedAt!: string | null;

  @Field(() => Money, {
    nullable: true,
    description:
      'What of it had been granted already when it bounced, and so was missing from the fund then; null if nothing was. `Fund.balance.shortfall` says what is still missing.',
  })
  @RequiresScopes('fund:finance')
  readonly uncovered!: Money | null;

  @Field(() => Int, { description: 'Grows with each change: send it back as `expectedVersion`.' })
  readonly version!: number;
}

@InputType({ description: 'Which contributions to list.' })
export class ContributionFilter {
  @Field(() => ID, { nullable: true, description: 'Only those for this fund.' })
  @ForPartners()
  fundId?: string | null;

  @Field(() => [ContributionStatus], { nullable: true, description: 'Only those that stand here.' })
  @ForPartners()
  status?: ContributionStatus[] | null;

  @Field(() => [ContributionSource], { nullable: true, description: 'Only those from these sorts of givers.' })
  source?: ContributionSource[] | null;
}
