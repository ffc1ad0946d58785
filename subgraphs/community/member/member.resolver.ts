import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import type { CommunityContext } from '../context.js';
import { type Allowance, allowancesOf } from './limits.rules.js';
import { CommunityMember, PostingLimit } from './member.js';
import type { MemberProfile } from './member.loader.js';

@Resolver(() => CommunityMember)
export class MemberResolver {
  @Query(() => CommunityMember, {
    nullable: true,
    description: 'You, as somebody who writes in the community; null before you have written anything.',
  })
  @RequiresScopes('community:write')
  communityMember(@Ctx() { members }: CommunityContext): Promise<MemberProfile | null> {
    return members.profile();
  }

  @FieldResolver(() => [PostingLimit], {
    description: 'How often you may still publish, reply and report: four limits, lower ones in your first week.',
  })
  async limits(@Root() { createdAt }: MemberProfile, @Ctx() { members }: CommunityContext): Promise<Allowance[]> {
    return allowancesOf(new Date(createdAt), await members.done(), new Date());
  }
}
