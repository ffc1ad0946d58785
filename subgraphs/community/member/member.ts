import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import { Disease } from '../stubs.js';

export enum LimitedDoing {
  POST = 'POST',
  REPLY = 'REPLY',
  REPORT = 'REPORT',
}
registerEnumType(LimitedDoing, {
  name: 'LimitedDoing',
  description: 'What members may do only so often.',
  valuesConfig: {
    POST: { description: 'Publish stories and questions.' },
    REPLY: { description: 'Write answers and comments.' },
    REPORT: { description: 'Report posts to the moderators.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'How often you may still do something.' })
@Public()
export class PostingLimit {
  @Field(() => LimitedDoing, { description: 'What is limited.' })
  readonly does!: LimitedDoing;

  @Field(() => Int, { description: 'How often at most in so many minutes.' })
  readonly most!: number;

  @Field(() => Int, { description: 'In how many minutes; a day has 1,440.' })
  readonly minutes!: number;

  @Field(() => Int, { description: 'How often you may do it now.' })
  readonly left!: number;

  @Field(() => DateTime, { nullable: true, description: 'When you may do it again; null when you may now.' })
  readonly retryAt!: Date | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'You, as somebody who writes in the community. Nobody else can read this.',
})
@Public()
export class CommunityMember {
  @Field(() => String, { description: 'The name under which others see you. It stays the same.' })
  readonly pseudonym!: string;

  @Field(() => LocalDate, { description: 'The day on which you first wrote something, in Shanghai.' })
  readonly since!: string;

  @Field(() => DateTime, { nullable: true, description: 'Until then you can only read; null when you can write.' })
  readonly suspendedUntil!: string | null;

  @Field(() => Int, { description: 'How many warnings moderators have given you that still stand.' })
  readonly warnings!: number;

  @Field(() => Disease, {
    nullable: true,
    description: 'The disease that is shown beside your name, by your consent COMMUNITY_PROFILE; null when none is.',
  })
  readonly shownDisease!: Disease | null;
}
