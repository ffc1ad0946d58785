import { Arg, Args, ArgsType, Ctx, Field, ID, Query, Resolver } from 'type-graphql';
import { Public } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { checkedId } from '../../common/ids.js';
import type { CatalogContext } from '../context.js';
import { Organisation, OrganisationKind } from './organisation.js';

@ArgsType()
class OrganisationsArgs extends PageArgs {
  @Field(() => OrganisationKind, { nullable: true, description: 'Only those that do this here.' })
  kind?: OrganisationKind;
}

const OrganisationConnection = connectionType(Organisation, 'organisations');

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

  @Query(() => OrganisationConnection, {
    nullable: true,
    description:
      'Makers, carriers, foundations, merchants and hospital groups, for example the carriers to send a parcel by.',
  })
  @Public()
  async organisations(
    @Args(() => OrganisationsArgs) { kind, ...pageArgs }: OrganisationsArgs,
    @Ctx() { catalog }: CatalogContext,
  ): Promise<ConnectionSource<Organisation>> {
    const page = pageOf(pageArgs);
    // in memory, in the order of their ids
    const all = [...(await catalog()).organisations.values()].filter((each) => kind == null || each.kind === kind);
    const { after, first } = page;
    const from = after === null ? all : all.filter(({ id }) => id > after);
    return connection(from.slice(0, first + 1), page, async () => all.length);
  }
}
