import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Public } from '../../common/access.js';
import { checkedId } from '../../common/ids.js';
import type { CatalogContext } from '../context.js';
import { Organisation } from './organisation.js';

@Resolver(() => Organisation)
export class OrganisationResolver {
  @Query(() => Organisation, { nullable: true, description: 'One organisation by its id; null when there is none.' })
  @Public()
  async organisation(
    @Arg('id', () => ID, { description: 'The id of the organisation.' }) id: string,
    @Ctx() { catalog }: CatalogContext,
  ): Promise<Organisation | null> {
    return (await catalog()).organisations.get(checkedId(id)) ?? null;
  }
}
