import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { ForSubgraphs } from '../../common/access.js';
import type { CommunityContext } from '../context.js';

/** What the patient subgraph tells the community of somebody who no longer agrees. */
@Resolver()
export class ShownDiseasePortsResolver {
  @Mutation(() => Boolean, {
    nullable: true,
    description: 'Shows no disease of a member any more, if there is such a member. For subgraphs.',
  })
  @ForSubgraphs('patient')
  async hideShownDisease(
    @Arg('subject', () => ID, { description: 'Their sign-in.' }) subject: string,
    @Ctx() { session }: CommunityContext,
  ): Promise<boolean> {
    await session.decide((sql) => sql.execute('select hide_disease_of(?)', [subject]));
    return true;
  }
}
