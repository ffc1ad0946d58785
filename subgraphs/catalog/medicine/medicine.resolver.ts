import { Arg, Args, ArgsType, Ctx, Field, ID, Query, Resolver } from 'type-graphql';
import { Public } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, pageOf } from '../../common/connection.js';
import { badUserInput } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import type { CatalogContext } from '../context.js';
import { SearchArgs, searchText } from '../disease/disease.resolver.js';
import { Search } from '../search.js';
import { Medicine } from './medicine.js';

const search = new Search('medicines', {
  table: 'medicine',
  exact: ['generic_name_en', 'generic_name_zh', 'brand_name_en', 'atc'],
  text: `generic_name_en || ' ' || generic_name_zh || ' ' || coalesce(brand_name_en, '') || ' ' || coalesce(atc, '')`,
  order: 'generic_name_en',
  filter:
    '($4::uuid is null or exists (select from medicine_disease where medicine_id = medicine.id and disease_id = $4))',
});

@ArgsType()
class MedicinesArgs extends SearchArgs {
  @Field(() => ID, { nullable: true, description: 'Only those for this disease.' })
  diseaseId?: string;
}

const MAX_BY_ID = 100;
const MedicineConnection = connectionType(Medicine, 'medicines');

@Resolver(() => Medicine)
export class MedicineResolver {
  @Query(() => Medicine, { nullable: true, description: 'One medicine by its id; null when there is none.' })
  @Public()
  async medicine(
    @Arg('id', () => ID, { description: 'The id of the medicine.' }) id: string,
    @Ctx() { catalog }: CatalogContext,
  ): Promise<Medicine | null> {
    return (await catalog()).medicines.get(checkedId(id)) ?? null;
  }

  @Query(() => [Medicine], {
    nullable: 'itemsAndList',
    description: `Medicines by their ids, in the order of the ids; null in the place of one that there is not. At most ${MAX_BY_ID}.`,
  })
  @Public()
  async medicinesById(
    @Arg('ids', () => [ID], { description: `The ids of the medicines, at most ${MAX_BY_ID}.` }) ids: string[],
    @Ctx() { catalog }: CatalogContext,
  ): Promise<(Medicine | null)[]> {
    if (ids.length > MAX_BY_ID) throw badUserInput(`\`ids\` takes at most ${MAX_BY_ID} ids.`);
    const checked = ids.map((id) => checkedId(id, 'ids'));
    const { medicines } = await catalog();
    return checked.map((id) => medicines.get(id) ?? null);
  }

  @Query(() => MedicineConnection, {
    nullable: true,
    description: 'Medicines by generic name, brand name or ATC code.',
  })
  @Public()
  async medicines(
    @Args(() => MedicinesArgs) args: MedicinesArgs,
    @Ctx() { catalog, database }: CatalogContext,
  ): Promise<ConnectionSource<Medicine>> {
    const [page, text] = [pageOf(args), searchText(args)];
    const filters = [args.diseaseId == null ? null : checkedId(args.diseaseId, 'diseaseId')];
    const ids = await search.ids(database, text, page, filters);
    const { medicines } = await catalog();
    return connection(
      ids.flatMap((id) => medicines.get(id) ?? []),
      page,
      () => search.count(database, text, filters),
    );
  }
}
