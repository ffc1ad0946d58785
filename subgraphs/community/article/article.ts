import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { CareStage } from '../../common/care-stage.js';
import { DateTime } from '../../common/scalars.js';
import { Disease } from '../stubs.js';

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
  simpleResolvers: true,
  description: 'Something written to inform. It is general: what is right for one patient, their physician says.',
})
@Directive('@key(fields: "id")')
@Public()
export class Article {
  @Field(() => ID, { description: 'Identifies the article.' })
  readonly id!: string;

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

  @Field(() => Disease, { nullable: true, description: 'The disease that it is about; null when it is for all.' })
  readonly disease!: Disease | null;

  @Field(() => [CareStage], { description: 'For whom it was written: at least one of the four stages.' })
  readonly stages!: readonly CareStage[];

  @Field(() => ArticleAuthorClass, { description: 'Who speaks. To be shown beside it, always.' })
  readonly authorClass!: ArticleAuthorClass;

  @Field(() => [String], { description: 'What it rests on: names of organisations and guidelines, at most 20.' })
  readonly sources!: readonly string[];

  @Field(() => Boolean, { description: 'Whether it was made up to show how articles look. Nobody has checked it.' })
  readonly demo!: boolean;

  @Field(() => DateTime, { description: 'When it was published.' })
  readonly publishedAt!: string;
}
