import { Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { resultUnion, typeResolvers } from '../../common/unions.js';
import { Disease } from '../stubs.js';

export enum PostKind {
  STORY = 'STORY',
  QUESTION = 'QUESTION',
  ANSWER = 'ANSWER',
  COMMENT = 'COMMENT',
  ARTICLE = 'ARTICLE',
}
registerEnumType(PostKind, {
  name: 'PostKind',
  description: 'What sort of thing somebody wrote.',
  valuesConfig: {
    STORY: { description: '`Story`: what somebody tells of living with a disease.' },
    QUESTION: { description: '`Question`: something that others are asked.' },
    ANSWER: { description: '`Answer`: to a question.' },
    COMMENT: { description: '`Comment`: about any post, a comment too.' },
    ARTICLE: { description: '`Article`: written to inform, and reviewed before it was published.' },
  },
});

export enum DraftKind {
  STORY = 'STORY',
  QUESTION = 'QUESTION',
}
registerEnumType(DraftKind, {
  name: 'DraftKind',
  description: 'What can be kept as a draft.',
  valuesConfig: { STORY: { description: 'A story.' }, QUESTION: { description: 'A question.' } },
});

export enum PostStatus {
  DRAFT = 'DRAFT',
  PUBLISHED = 'PUBLISHED',
  HIDDEN = 'HIDDEN',
  REMOVED = 'REMOVED',
  DELETED = 'DELETED',
}
registerEnumType(PostStatus, {
  name: 'PostStatus',
  description: 'Who can read a post.',
  valuesConfig: {
    DRAFT: {
      description: 'Its author; moderators too, if it was published before. A withdrawn story is a draft again.',
    },
    PUBLISHED: { description: 'Anybody, unless what it stands under can no longer be read.' },
    HIDDEN: {
      description:
        'Its author and moderators: several readers have reported it and a moderator has yet to decide, or a moderator has hidden it until its author has changed it.',
    },
    REMOVED: { description: 'Its author and moderators; a moderator has taken it out for good.' },
    DELETED: {
      description: 'Nobody: its author has deleted it. What others wrote under a deleted comment still stands.',
    },
  },
});

export enum PostAction {
  EDIT = 'EDIT',
  PUBLISH = 'PUBLISH',
  WITHDRAW = 'WITHDRAW',
  DELETE = 'DELETE',
  COMMENT = 'COMMENT',
  ANSWER = 'ANSWER',
  ACCEPT = 'ACCEPT',
  CLOSE = 'CLOSE',
  REACT = 'REACT',
  REPORT = 'REPORT',
  APPEAL = 'APPEAL',
}
registerEnumType(PostAction, {
  name: 'PostAction',
  description: 'What may be done with a post.',
  valuesConfig: {
    EDIT: { description: '`editPost`, or `saveDraft` for a draft: write it anew.' },
    PUBLISH: { description: '`publishDraft`: let everybody read it.' },
    WITHDRAW: { description: '`withdrawStory`: make it a draft again, which others cannot read.' },
    DELETE: { description: '`deletePost`: its text is gone for good.' },
    COMMENT: { description: '`addComment`: write under it.' },
    ANSWER: { description: '`answerQuestion`: answer this question.' },
    ACCEPT: { description: '`acceptAnswer`: say which of its answers has helped you. Stands at the question.' },
    CLOSE: { description: '`closeQuestion`: let nobody answer it any more.' },
    REACT: { description: '`react`: say how it reached you.' },
    REPORT: { description: '`reportPost`: tell the moderators that something is wrong with it.' },
    APPEAL: { description: '`appealDecision`: ask another moderator to look at what was decided about it.' },
  },
});

export enum AuthorBadge {
  PHYSICIAN = 'PHYSICIAN',
}
registerEnumType(AuthorBadge, {
  name: 'AuthorBadge',
  description: 'What has been verified of an author.',
  valuesConfig: { PHYSICIAN: { description: 'Was a verified physician when publishing.' } },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Who wrote something, as everybody sees them. Nothing leads from here to the person.',
})
@Public()
export class PostAuthor {
  @Field(() => String, { description: 'The name under which they write.' })
  readonly pseudonym!: string;

  @Field(() => AuthorBadge, { nullable: true, description: 'What has been verified of them; null for most.' })
  readonly badge!: AuthorBadge | null;
}

@ObjectType({ simpleResolvers: true, description: 'How many readers have reacted to a post, by how it reached them.' })
@Public()
export class PostReactions {
  @Field(() => Int, { description: 'Found it helpful.' })
  readonly helpful!: number;

  @Field(() => Int, { description: 'Say thank you.' })
  readonly thanks!: number;

  @Field(() => Int, { description: 'Are with the author.' })
  readonly withYou!: number;
}

/** What a post of every kind has. Rows of it know their `kind`, by which its type is told. */
@InterfaceType('Post', {
  description: 'Something that somebody wrote: a story, a question, an answer, a comment or an article.',
})
@Public()
export abstract class Post {
  @Field(() => ID, { description: 'Identifies the post; says nothing about its author.' })
  readonly id!: string;

  @Field(() => PostAuthor, {
    nullable: true,
    description: 'Who wrote it, under a pseudonym; null when it is gone, or when nobody who is a member wrote it.',
  })
  readonly author!: PostAuthor | null;

  @Field(() => Disease, {
    nullable: true,
    description:
      'The disease that it is about; of an answer or a comment, that of what it stands under. Null: for all diseases.',
  })
  readonly disease!: Disease | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The text in Markdown as it was written. A client that renders it itself must not trust HTML in it; `bodyHtml` is safe. Null when the text is gone.',
  })
  readonly body!: string | null;

  @Field(() => PostStatus, { description: 'Who can read it.' })
  readonly status!: PostStatus;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When it was last published, rounded down to the minute; null when never. Withdrawn and published again within a day, it keeps its time.',
  })
  readonly publishedAt!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When its text was last changed after it had been published, rounded down to the minute; null when never.',
  })
  readonly editedAt!: string | null;

  @Field(() => PostReactions, { description: 'How many readers have reacted to it.' })
  readonly reactions!: PostReactions;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change the post.' })
  readonly version!: number;
}

/** The type of a post in the schema, by its kind. */
const TYPES: Readonly<Record<PostKind, string>> = {
  STORY: 'Story',
  QUESTION: 'Question',
  ANSWER: 'Answer',
  COMMENT: 'Comment',
  ARTICLE: 'Article',
};
const typeOfPost = (row: unknown): string => TYPES[(row as { kind: PostKind }).kind];
typeResolvers.set('Post', typeOfPost);

type NamedClass = abstract new (...args: never[]) => object;

/** As `resultUnion`, for a mutation whose success is a post of one of several kinds. */
export function postResultUnion(
  name: string,
  description: string,
  [first, ...others]: readonly [NamedClass, ...NamedClass[]],
  failures: readonly NamedClass[],
): object {
  const union = resultUnion(name, description, first, [...others, ...failures]);
  typeResolvers.set(name, (value) => (value as { __typename?: string }).__typename ?? typeOfPost(value));
  return union;
}
