import { Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from '../../common/access.js';
import type { PatientContext } from '../context.js';

@ObjectType({
  simpleResolvers: true,
  description: 'What the caller is, as far as the community may show it. For subgraphs.',
})
@Directive('@inaccessible')
@Public()
export class CommunityStanding {
  @Field(() => Boolean, { description: 'Whether they are a verified physician, signed in as one.' })
  readonly verifiedPhysician!: boolean;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Diseases of their own record, reported or verified, each once; null without the consent COMMUNITY_PROFILE, and for who has no record of their own.',
  })
  readonly diseases!: readonly string[] | null;
}

/** What the community may ask about who writes there. Nothing in the answer leads to the record. */
@Resolver()
export class CommunityPortsResolver {
  @Query(() => CommunityStanding, {
    nullable: true,
    description: 'What the caller is, as far as the community may show it. For subgraphs.',
  })
  @ForSubgraphs('community')
  communityStanding(@Ctx() { patients }: PatientContext): Promise<CommunityStanding> {
    return patients.communityStanding();
  }
}
