import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { ConsentMissing, NotAllowed } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended } from '../member/member.errors.js';
import { CommunityMember } from '../member/member.js';
import { ShownDiseaseService } from './shown-disease.service.js';

@InputType({ description: 'Which disease is to be shown.' })
class ShowDiseaseInput {
  @Field(() => ID, { description: 'A disease that is reported or verified in your own record.' })
  diseaseId!: string;
}

const ShowDiseaseResult = resultUnion(
  'ShowDiseaseResult',
  'You as others see you now, or why the disease is not shown.',
  CommunityMember,
  [ConsentMissing, NotAllowed, MemberSuspended],
);
const HideDiseaseResult = resultUnion(
  'HideDiseaseResult',
  'You as others see you now, or why there is nothing to hide.',
  CommunityMember,
  [NotAllowed],
);

@Resolver()
export class ShownDiseaseResolver {
  @Mutation(() => ShowDiseaseResult, {
    nullable: true,
    description:
      'Shows a disease of yours beside your pseudonym, under all that you wrote, in place of another that was shown. Needs the consent COMMUNITY_PROFILE, and ends with it.',
  })
  @RequiresScopes('community:write')
  showDisease(
    @Arg('input', () => ShowDiseaseInput, { description: 'Which disease.' }) input: ShowDiseaseInput,
    @Ctx() context: CommunityContext,
  ): Promise<object | Failure | null> {
    const id = checkedId(input.diseaseId, 'diseaseId');
    return orFailure(new ShownDiseaseService(context).show(id).then(() => context.members.profile()));
  }

  @Mutation(() => HideDiseaseResult, {
    nullable: true,
    description: 'Shows no disease beside your pseudonym any more. Doing it again changes nothing.',
  })
  @RequiresScopes('community:write')
  hideDisease(@Ctx() context: CommunityContext): Promise<object | Failure | null> {
    return orFailure(new ShownDiseaseService(context).hide().then(() => context.members.profile()));
  }
}
