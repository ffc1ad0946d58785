import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Public } from '../../common/access.js';
import { shanghaiDay } from '../../common/calendar.js';
import { checkedId } from '../../common/ids.js';
import { LocalDate } from '../../common/scalars.js';
import type { FundContext } from '../context.js';
import { AidPolicy, Fund } from './policy.js';

@Resolver()
export class PolicyResolver {
  @Query(() => Fund, { nullable: true, description: 'One fund by its id; null when there is none.' })
  @Public()
  fund(
    @Arg('id', () => ID, { description: 'The id of the fund.' }) id: string,
    @Ctx() { policies }: FundContext,
  ): Promise<Fund | null> {
    return policies.fund(checkedId(id));
  }

  @Query(() => AidPolicy, { nullable: true, description: 'The rules of aid in force on a day; null before the first.' })
  @Public()
  async aidPolicy(
    @Arg('on', () => LocalDate, { nullable: true, description: 'The day, in Shanghai; today if left out.' }) on:
      | string
      | undefined,
    @Ctx() { policies }: FundContext,
  ): Promise<AidPolicy | null> {
    return (await policies.inForce(on ?? shanghaiDay(new Date())))?.shown ?? null;
  }
}
