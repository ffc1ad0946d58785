import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import { InvalidInput } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended } from '../member/member.errors.js';
import { Disease } from '../stubs.js';
import { FollowedDisease } from './follow.js';
import type { FollowRow } from './follow.loader.js';
import { FollowService } from './follow.service.js';

@InputType({ description: 'Which disease you want to follow.' })
class FollowDiseaseInput {
  @Field(() => ID, { description: 'The disease.' })
  diseaseId!: string;
}

@InputType({ description: 'Which disease you no longer want to follow.' })
class UnfollowDiseaseInput {
  @Field(() => ID, { description: 'The disease.' })
  diseaseId!: string;
}

const FollowedDiseaseConnection = connectionType(FollowedDisease, 'diseases that you follow');
const FollowDiseaseResult = resultUnion(
  'FollowDiseaseResult',
  'The disease, which you follow now, or why you do not.',
  Disease,
  [InvalidInput, MemberSuspended],
);
const UnfollowDiseaseResult = resultUnion(
  'UnfollowDiseaseResult',
  'The disease, which you do not follow now, or why there is none.',
  Disease,
  [InvalidInput],
);

@Resolver()
export class FollowResolver {
  @Query(() => FollowedDiseaseConnection, {
    nullable: true,
    description: 'The diseases that you follow, in an order that stays the same. Nobody else sees them.',
  })
  @RequiresScopes('community:write')
  followedDiseases(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { follows }: CommunityContext,
  ): Promise<ConnectionSource<FollowRow>> {
    const page = pageOf(args);
    return paged({ rows: () => follows.page(page), count: () => follows.count() }, page);
  }

  @Mutation(() => FollowDiseaseResult, {
    nullable: true,
    description:
      'Follows a disease: you get a notice of each new story, question and article about it. Doing it again changes nothing. Nobody else sees it.',
  })
  @RequiresScopes('community:write')
  followDisease(
    @Arg('input', () => FollowDiseaseInput, { description: 'Which disease.' }) input: FollowDiseaseInput,
    @Ctx() context: CommunityContext,
  ): Promise<Disease | Failure | null> {
    const id = checkedId(input.diseaseId, 'diseaseId');
    return orFailure(new FollowService(context).follow(id).then(() => ({ id })));
  }

  @Mutation(() => UnfollowDiseaseResult, {
    nullable: true,
    description: 'Ends following a disease. What you have been told stays. Doing it again changes nothing.',
  })
  @RequiresScopes('community:write')
  unfollowDisease(
    @Arg('input', () => UnfollowDiseaseInput, { description: 'Which disease.' }) input: UnfollowDiseaseInput,
    @Ctx() context: CommunityContext,
  ): Promise<Disease | Failure | null> {
    const id = checkedId(input.diseaseId, 'diseaseId');
    return orFailure(new FollowService(context).unfollow(id).then(() => ({ id })));
  }
}

@Resolver(() => Disease)
export class DiseaseFollowedResolver {
  @FieldResolver(() => Boolean, {
    nullable: true,
    description: 'Whether you follow it; null when you have not signed in as somebody who can.',
  })
  @Public()
  followed(@Root() { id }: Disease, @Ctx() { follows }: CommunityContext): Promise<boolean | null> {
    return follows.follows(id);
  }
}
