import { Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { Public } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { badUserInput } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import type { CatalogContext } from '../context.js';
import { Medicine } from '../medicine/medicine.js';
import { Search } from '../search.js';
import { Disease } from './disease.js';

const search = new Search('diseases', {
  table: 'disease',
  exact: ['catalog_no::text', 'orpha_code', `'ORPHA:' || orpha_code`, 'name_en', 'name_zh'],
  exactAny: 'icd10',
  text: `name_en || ' ' || name_zh || ' ' || array_to_string(icd10, ' ')`,
  order: 'catalog_no',
});

@ArgsType()
class DiseaseArgs {
  @Field(() => ID, { nullable: true, description: 'The id of the disease. Give this or `catalogNo`.' })
  id?: string;

  @Field(() => Int, { nullable: true, description: 'Its number in the national lists, 1 to 207.' })
  catalogNo?: number;
}

@ArgsType()
export class SearchArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description: 'English or Chinese name, code or number; typing errors are forgiven. At most 100 characters.',
  })
  search?: string;
}

/** @throws a `BAD_USER_INPUT` error for a text over 100 characters, or with one that PostgreSQL cannot hold */
export function searchText({ search }: SearchArgs): string {
  return checkedText(search, 'search') ?? '';
}

/** @throws a `BAD_USER_INPUT` error, as above */
export function checkedText(text: string | null | undefined, argument: string): string | null {
  if (text == null) return null;
  if (text.length > 100) throw badUserInput(`\`${argument}\` takes at most 100 characters.`);
  if (text.includes('\0')) throw badUserInput(`\`${argument}\` has a character in it that no text has.`);
  return text;
}

const DiseaseConnection = connectionType(Disease, 'diseases');

@Resolver(() => Disease)
export class DiseaseResolver {
  @Query(() => Disease, {
    nullable: true,
    description: 'One disease, by its id or its number; null when there is none.',
  })
  @Public()
  async disease(
    @Args(() => DiseaseArgs) { id, catalogNo }: DiseaseArgs,
    @Ctx() { catalog }: CatalogContext,
  ): Promise<Disease | null> {
    if ((id == null) === (catalogNo == null)) throw badUserInput('Give either `id` or `catalogNo`.');
    const { diseases, diseasesByNumber } = await catalog();
    return (id != null ? diseases.get(checkedId(id)) : diseasesByNumber.get(catalogNo as number)) ?? null;
  }

  @Query(() => DiseaseConnection, {
    nullable: true,
    description: 'Diseases, exact matches of `search` first; without it all, by number.',
  })
  @Public()
  async diseases(
    @Args(() => SearchArgs) args: SearchArgs,
    @Ctx() { catalog, database }: CatalogContext,
  ): Promise<ConnectionSource<Disease>> {
    const [page, text] = [pageOf(args), searchText(args)];
    const ids = await search.ids(database, text, page);
    const { diseases } = await catalog();
    return connection(
      ids.flatMap((id) => diseases.get(id) ?? []),
      page,
      () => search.count(database, text),
    );
  }

  @FieldResolver(() => [Medicine], { description: 'Medicines marketed in China for this disease.' })
  async medicines(@Root() disease: Disease, @Ctx() { catalog }: CatalogContext): Promise<Medicine[]> {
    const { medicines } = await catalog();
    return [...medicines.values()].filter(({ treats }) => treats.some(({ id }) => id === disease.id));
  }
}
