import { Arg, type ClassType, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Locale } from '../common/scalars.js';
import type { CatalogContext } from './context.js';

/**
 * Adds `name(locale)` to a type that has its name in two languages.
 *
 * @param names picks them out of an entry
 */
export function nameResolver<Entry extends object>(
  type: ClassType<Entry>,
  names: (entry: Entry) => { readonly en: string; readonly zh: string },
): new () => object {
  @Resolver(() => type)
  class NameResolver {
    @FieldResolver(() => String, {
      nullable: true,
      description: 'Name in the language asked for, or that of `Accept-Language`.',
    })
    name(
      @Root() entry: Entry,
      @Arg('locale', () => Locale, {
        nullable: true,
        description: 'The language; that of `Accept-Language` if left out.',
      })
      wanted: Locale | undefined,
      @Ctx() { locale }: CatalogContext,
    ): string {
      const { en, zh } = names(entry);
      return (wanted ?? locale) === Locale.ZH ? zh : en;
    }
  }
  return NameResolver;
}
