import { Args, ArgsType, Ctx, Field, ID, Int, Query, Resolver } from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';
import { badUserInput } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import type { FundContext } from '../context.js';
import { REPORT_SCOPES, SponsorReport } from './report.js';

@ArgsType()
class SponsorReportArgs {
  @Field(() => ID, { description: 'The fund.' })
  fundId!: string;

  @Field(() => Int, { description: 'The calendar year in Shanghai, 2020 to 2200.' })
  year!: number;
}

@Resolver(() => SponsorReport)
export class SponsorReportResolver {
  @Query(() => SponsorReport, {
    nullable: true,
    description:
      'What a fund received, and how many it helped, in a year; null when there is no such fund. Small groups are hidden, and nothing else can be asked: no other filter could single somebody out.',
  })
  @RequiresScopes(...REPORT_SCOPES)
  @ForPartners()
  async sponsorReport(
    @Args(() => SponsorReportArgs) { fundId, year }: SponsorReportArgs,
    @Ctx() { policies, reports }: FundContext,
  ): Promise<SponsorReport | null> {
    if (year < 2020 || year > 2200) throw badUserInput('`year` is from 2020 to 2200.');
    const fund = await policies.fund(checkedId(fundId, 'fundId'));
    return fund && reports.report(fund, year);
  }
}
