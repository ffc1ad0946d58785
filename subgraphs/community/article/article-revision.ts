import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { CareStage } from '../../common/care-stage.js';
import { DateTime } from '../../common/scalars.js';
import { PostAuthor } from '../post/post.js';
import { Disease, Organisation } from '../stubs.js';
import { ArticleAuthorClass } from './article.js';

export enum ArticleRevisionState {
  DRAFT = 'DRAFT',
  IN_REVIEW = 'IN_REVIEW',
  RETURNED = 'RETURNED',
  APPROVED = 'APPROVED',
  SUPERSEDED = 'SUPERSEDED',
  WITHDRAWN = 'WITHDRAWN',
}
registerEnumType(ArticleRevisionState, {
  name: 'ArticleRevisionState',
  description: 'How far a text of an article has come.',
  valuesConfig: {
    DRAFT: { description: 'Being written. Only who writes it reads it.' },
    IN_REVIEW: { description: 'Submitted: waits for a moderator who did not write it.' },
    RETURNED: { description: 'A moderator wants it changed; `reviewReason` says what.' },
    APPROVED: { description: 'It is what readers of the article read now.' },
    SUPERSEDED: { description: 'It was, until a later revision was approved.' },
    WITHDRAWN: { description: 'It was, until the article was withdrawn.' },
  },
});

export enum ArticleRevisionAction {
  EDIT = 'EDIT',
  SUBMIT = 'SUBMIT',
  TAKE_BACK = 'TAKE_BACK',
  REVIEW = 'REVIEW',
  REVISE = 'REVISE',
  WITHDRAW = 'WITHDRAW',
}
registerEnumType(ArticleRevisionAction, {
  name: 'ArticleRevisionAction',
  description: 'What may be done with a text of an article.',
  valuesConfig: {
    EDIT: { description: '`saveArticle` with its `revisionId`: write it anew.' },
    SUBMIT: { description: '`submitArticle`: have it reviewed.' },
    TAKE_BACK: { description: '`takeBackArticle`: take it out of review, to change it.' },
    REVIEW: { description: '`reviewArticle`: publish it, or say what has to be changed.' },
    REVISE: { description: '`saveArticle` with the `articleId`: begin the text that is to follow it.' },
    WITHDRAW: { description: '`withdrawArticle`: let nobody read the article any more.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'A text of an article, as it is written, reviewed and published. An article stays as it is until its next revision has been approved. Read by who wrote it and, once it was submitted, by moderators, who see of a physician the pseudonym alone.',
})
@RequiresScopes('community:write', 'community:moderate')
export class ArticleRevision {
  @Field(() => ID, { description: 'Identifies the revision; says nothing about who wrote it.' })
  readonly id!: string;

  @Field(() => ID, {
    description:
      'Which article it is a text of. There is one with this id as soon as a first revision has been approved.',
  })
  readonly articleId!: string;

  @Field(() => PostAuthor, {
    nullable: true,
    description: 'The physician who wrote it, under their pseudonym; null for what the foundation writes.',
  })
  readonly author!: PostAuthor | null;

  @Field(() => ArticleAuthorClass, { description: 'Who speaks in it.' })
  readonly authorClass!: ArticleAuthorClass;

  @Field(() => Organisation, {
    nullable: true,
    description: 'Who has paid for it: stands at what is SPONSORED, and nowhere else.',
  })
  readonly sponsor!: Organisation | null;

  @Field(() => String, { description: 'Title in English, 1 to 120 characters.' })
  readonly titleEn!: string;

  @Field(() => String, { description: 'Title in Chinese, 1 to 120 characters.' })
  readonly titleZh!: string;

  @Field(() => String, { description: 'The text in English as Markdown, 1 to 20,000 characters.' })
  readonly bodyEn!: string;

  @Field(() => String, { description: 'The text in Chinese as Markdown, 1 to 20,000 characters.' })
  readonly bodyZh!: string;

  @Field(() => Disease, { nullable: true, description: 'The disease that it is about; null when it is for all.' })
  readonly disease!: Disease | null;

  @Field(() => [CareStage], { description: 'For whom it is written: one to four stages.' })
  readonly stages!: readonly CareStage[];

  @Field(() => [String], { description: 'What it rests on: 1 to 20 names of organisations and guidelines.' })
  readonly sources!: readonly string[];

  @Field(() => ArticleRevisionState, { description: 'How far it has come.' })
  readonly state!: ArticleRevisionState;

  @Field(() => DateTime, { description: 'When it was last saved, rounded down to the minute.' })
  readonly savedAt!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last submitted, rounded down to the minute; null when never.',
  })
  readonly submittedAt!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last reviewed, rounded down to the minute; null when never.',
  })
  readonly reviewedAt!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the moderator has said to it, at most 500 characters; null when it was never reviewed.',
  })
  readonly reviewReason!: string | null;

  @Field(() => Boolean, { description: 'Whether you wrote it.' })
  readonly mine!: boolean;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you do something with it.' })
  readonly version!: number;
}
