import { Arg, type ClassType, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { SubgraphContext } from './context.js';
import { Locale } from './scalars.js';

/** One text in both languages. */
export type Texts = Readonly<Record<Locale, string>>;

export const texts = (en: string, zh: string): Texts => ({ [Locale.EN]: en, [Locale.ZH]: zh });

/**
 * Adds `field(locale)` to a type that has this text in two languages.
 *
 * @param of picks them out of an entry
 */
export function localized<Entry extends object>(
  type: ClassType<object>,
  field: string,
  description: string,
  of: (entry: Entry) => Texts,
): new () => object {
  @Resolver(() => type)
  class LocalizedResolver {
    @FieldResolver(() => String, { nullable: true, description })
    [field](
      @Root() entry: Entry,
      @Arg('locale', () => Locale, {
        nullable: true,
        description: 'The language; that of `Accept-Language` if left out.',
      })
      wanted: Locale | undefined,
      @Ctx() { locale }: SubgraphContext,
    ): string {
      return of(entry)[wanted ?? locale];
    }
  }
  return LocalizedResolver;
}
