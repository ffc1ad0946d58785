import { Directive, Field, ObjectType, registerEnumType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { CareStage } from '../../common/care-stage.js';
import { DateTime } from '../../common/scalars.js';
import { Post } from '../post/post.js';
import { Organisation } from '../stubs.js';

export enum ArticleAuthorClass {
  PHYSICIAN = 'PHYSICIAN',
  FOUNDATION = 'FOUNDATION',
  SPONSORED = 'SPONSORED',
}
registerEnumType(ArticleAuthorClass, {
  name: 'ArticleAuthorClass',
  description: 'Who speaks in an article. To be shown beside it, always.',
  valuesConfig: {
    PHYSICIAN: { description: 'A physician.' },
    FOUNDATION: { description: 'The foundation.' },
    SPONSORED: { description: 'Somebody who has paid for it: a maker of medicines, for example.' },
  },
});

@ObjectType({
  implements: Post,
  simpleResolvers: true,
  description:
    'Something written to inform, which somebody other than its author has reviewed. It is general: what is right for one patient, their physician says.',
})
@Directive('@key(fields: "id")')
@Public()
export class Article extends Post {
  @Field(() => String, { description: 'Its name in addresses: small letters, digits and hyphens, at most 100.' })
  readonly slug!: string;

  @Field(() => String, { description: 'Title in English, at most 120 characters.' })
  readonly titleEn!: string;

  @Field(() => String, { description: 'Title in Chinese, at most 120 characters.' })
  readonly titleZh!: string;

  @Field(() => String, {
    description:
      'The text in English as Markdown, at most 20,000 characters. Clients render it, and must not trust HTML in it.',
  })
  readonly bodyEn!: string;

  @Field(() => String, {
    description:
      'The text in Chinese as Markdown, at most 20,000 characters. Clients render it, and must not trust HTML in it.',
  })
  readonly bodyZh!: string;

  @Field(() => [CareStage], { description: 'For whom it was written: at least one of the four stages.' })
  readonly stages!: readonly CareStage[];

  @Field(() => ArticleAuthorClass, { description: 'Who speaks. To be shown beside it, always.' })
  readonly authorClass!: ArticleAuthorClass;

  @Field(() => Organisation, {
    nullable: true,
    description: 'Who has paid for it. To be shown beside it, always; null when nobody has, or when it is a demo.',
  })
  readonly sponsor!: Organisation | null;

  @Field(() => [String], { description: 'What it rests on: names of organisations and guidelines, at most 20.' })
  readonly sources!: readonly string[];

  @Field(() => Boolean, { description: 'Whether it was made up to show how articles look. Nobody has checked it.' })
  readonly demo!: boolean;

  @Field(() => DateTime, { description: 'When it was published, rounded down to the minute.' })
  override readonly publishedAt!: string;
}
