import { Arg, Args, ArgsType, Ctx, Field, ID, Query, Resolver } from 'type-graphql';
import { Public } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, pageOf } from '../../common/connection.js';
import { checkedId } from '../../common/ids.js';
import type { CatalogContext } from '../context.js';
import { checkedText, SearchArgs, searchText } from '../disease/disease.resolver.js';
import { Search } from '../search.js';
import { Hospital } from './hospital.js';

const search = new Search('hospitals', {
  table: 'hospital',
  exact: ['name_en', 'name_zh'],
  text: `name_en || ' ' || name_zh || ' ' || province || ' ' || province_zh`,
  order: 'name_en',
  filter: '($4::boolean is null or in_2024 = $4) and ($5::text is null or $5 in (province, province_zh))',
});

@ArgsType()
class HospitalsArgs extends SearchArgs {
  @Field(() => Boolean, {
    nullable: true,
    description: 'Only those in the current network, or only those that left it.',
  })
  recognised?: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Only those of this province, in English or Chinese. At most 100 characters.',
  })
  province?: string;
}

const HospitalConnection = connectionType(Hospital, 'hospitals');

@Resolver(() => Hospital)
export class HospitalResolver {
  @Query(() => Hospital, { nullable: true, description: 'One hospital by its id; null when there is none.' })
  @Public()
  async hospital(
    @Arg('id', () => ID, { description: 'The id of the hospital.' }) id: string,
    @Ctx() { catalog }: CatalogContext,
  ): Promise<Hospital | null> {
    return (await catalog()).hospitals.get(checkedId(id)) ?? null;
  }

  @Query(() => HospitalConnection, {
    nullable: true,
    description: 'Hospitals of the national rare disease network (419 now, 28 that have left it).',
  })
  @Public()
  async hospitals(
    @Args(() => HospitalsArgs) args: HospitalsArgs,
    @Ctx() { catalog, database }: CatalogContext,
  ): Promise<ConnectionSource<Hospital>> {
    const [page, text] = [pageOf(args), searchText(args)];
    const filters = [args.recognised ?? null, checkedText(args.province, 'province')];
    const ids = await search.ids(database, text, page, filters);
    const { hospitals } = await catalog();
    return connection(
      ids.flatMap((id) => hospitals.get(id) ?? []),
      page,
      () => search.count(database, text, filters),
    );
  }
}
