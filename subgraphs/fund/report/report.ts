import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { Fund } from '../policy/policy.js';

export const REPORT_SCOPES = ['sponsor:report', 'fund:finance'] as const;

export enum ReportColumn {
  CONTRIBUTIONS = 'CONTRIBUTIONS',
  APPLICANTS = 'APPLICANTS',
  APPROVED = 'APPROVED',
  GRANTED = 'GRANTED',
}
registerEnumType(ReportColumn, {
  name: 'ReportColumn',
  description: 'What a sponsor report counts.',
  valuesConfig: {
    CONTRIBUTIONS: { description: '`contributions`' },
    APPLICANTS: { description: '`applicants`' },
    APPROVED: { description: '`approved`' },
    GRANTED: { description: '`granted`' },
  },
});

/** What a month and the total have in common. */
@ObjectType()
@RequiresScopes(...REPORT_SCOPES)
abstract class ReportCells {
  @Field(() => Money, {
    nullable: true,
    description:
      'Contributions that arrived, also those that bounced later; hidden when fewer than three parties gave.',
  })
  readonly contributions!: Money | null;

  @Field(() => Int, { nullable: true, description: 'Patients whose application was handed in for the first time.' })
  readonly applicants!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Patients who were approved; they may have applied in an earlier month.',
  })
  readonly approved!: number | null;

  @Field(() => Money, { nullable: true, description: 'What was granted; hidden where `approved` is.' })
  readonly granted!: Money | null;

  @Field(() => [ReportColumn], { description: 'What is hidden, so that nothing can be learnt of a few people.' })
  readonly hidden!: ReportColumn[];
}

@ObjectType({ simpleResolvers: true, description: 'A month of a sponsor report. Null: hidden, see `hidden`.' })
@RequiresScopes(...REPORT_SCOPES)
@ForPartners()
export class SponsorReportMonth extends ReportCells {
  @Field(() => Int, { description: 'The month (in Shanghai), from 1.' })
  readonly month!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'The months of the report together; who comes in two months counts twice. Hidden where a month of the column is.',
})
@RequiresScopes(...REPORT_SCOPES)
@ForPartners()
export class SponsorReportTotal extends ReportCells {}

@ObjectType({ simpleResolvers: true, description: 'What your organisation gave to the fund in a month.' })
@RequiresScopes(...REPORT_SCOPES)
@ForPartners()
export class OwnContributions {
  @Field(() => Int, { description: 'The month (in Shanghai) in which it arrived, from 1.' })
  readonly month!: number;

  @Field(() => Money, { description: 'How much arrived and has not bounced.' })
  readonly amount!: Money;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What a fund did in a year, month by month. A month stands here once it is closed, some days after its end, and never changes then.',
})
@RequiresScopes(...REPORT_SCOPES)
@ForPartners()
export class SponsorReport {
  @Field(() => Fund, { nullable: true, description: 'Which fund.' })
  readonly fund!: Fund;

  @Field(() => Int, { description: 'The calendar year (in Shanghai).' })
  readonly year!: number;

  @Field(() => Int, { description: 'Counts of people below it are hidden, unless they are 0.' })
  readonly smallestGroup!: number;

  @Field(() => [SponsorReportMonth], { description: 'The months that are closed, in order.' })
  readonly months!: SponsorReportMonth[];

  @Field(() => SponsorReportTotal, { description: 'The months that are closed, together.' })
  readonly total!: SponsorReportTotal;

  @Field(() => [OwnContributions], {
    description: "Your own organisation's contributions as they stand now, by month; months without any are left out.",
  })
  readonly own!: OwnContributions[];
}
