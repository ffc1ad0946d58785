import { Args, ArgsType, Ctx, Field, ID, Int, Query, Resolver } from 'type-graphql';
import { ForSubgraphs } from '../../common/access.js';
import { CareStage } from '../../common/care-stage.js';
import type { CommunityContext } from '../context.js';

@ArgsType()
class ArticlesForArgs {
  @Field(() => ID, { description: 'The disease.' })
  diseaseId!: string;

  @Field(() => CareStage, { description: 'The stage.' })
  stage!: CareStage;

  @Field(() => Int, { description: 'How many at most.' })
  first!: number;
}

/** What the other subgraphs may ask about articles. */
@Resolver()
export class ArticlePortsResolver {
  @Query(() => [ID], {
    nullable: true,
    description:
      'Ids of articles for a disease and stage, those about the disease first, sponsored ones after the others. For subgraphs.',
  })
  @ForSubgraphs('patient')
  articlesFor(
    @Args(() => ArticlesForArgs) { diseaseId, stage, first }: ArticlesForArgs,
    @Ctx() { articles }: CommunityContext,
  ): Promise<string[]> {
    return articles.suiting({ diseaseId, stage }, first);
  }
}
