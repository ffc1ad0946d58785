import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { Disease } from '../stubs.js';

export enum StoryStatus {
  DRAFT = 'DRAFT',
  PUBLISHED = 'PUBLISHED',
  HIDDEN = 'HIDDEN',
  REMOVED = 'REMOVED',
}
registerEnumType(StoryStatus, {
  name: 'StoryStatus',
  description: 'Who can read a story.',
  valuesConfig: {
    DRAFT: { description: 'Its author only. A withdrawn story is a draft again.' },
    PUBLISHED: { description: 'Anybody.' },
    HIDDEN: { description: 'Its author and moderators, until a moderator has decided about a report.' },
    REMOVED: { description: 'Its author and moderators; a moderator has taken it out for good.' },
  },
});

export enum StoryAction {
  WITHDRAW = 'WITHDRAW',
}
registerEnumType(StoryAction, {
  name: 'StoryAction',
  description: 'What may be done with a story.',
  valuesConfig: { WITHDRAW: { description: '`withdrawStory`: make it a draft again, which only you can read.' } },
});

export enum AuthorBadge {
  PHYSICIAN = 'PHYSICIAN',
}
registerEnumType(AuthorBadge, {
  name: 'AuthorBadge',
  description: 'What has been verified of an author.',
  valuesConfig: { PHYSICIAN: { description: 'Was signed in as a physician when publishing.' } },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Who wrote something, as everybody sees them. Nothing leads from here to the person.',
})
@Public()
export class StoryAuthor {
  @Field(() => String, { description: 'The name under which they write.' })
  readonly pseudonym!: string;

  @Field(() => AuthorBadge, { nullable: true, description: 'What has been verified of them; null for most.' })
  readonly badge!: AuthorBadge | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What somebody tells others about living with a disease. Anybody reads published ones.',
})
@Directive('@key(fields: "id")')
@Public()
export class Story {
  @Field(() => ID, { description: 'Identifies the story; says nothing about its author.' })
  readonly id!: string;

  @Field(() => String, { description: 'Title, one line of 1 to 120 characters.' })
  readonly title!: string;

  @Field(() => String, {
    description:
      'The story in Markdown as it was written, 1 to 20,000 characters. Clients render it, and must not trust HTML in it.',
  })
  readonly body!: string;

  @Field(() => StoryAuthor, { description: 'Who wrote it, under a pseudonym.' })
  readonly author!: StoryAuthor;

  @Field(() => Disease, { nullable: true, description: 'The disease that it is about.' })
  readonly disease!: Disease;

  @Field(() => StoryStatus, { description: 'Who can read it.' })
  readonly status!: StoryStatus;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last published, rounded down to the minute; null when never.',
  })
  readonly publishedAt!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change the story.' })
  readonly version!: number;
}
