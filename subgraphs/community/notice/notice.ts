import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export enum CommunityNoticeKind {
  ANSWERED = 'ANSWERED',
  COMMENTED = 'COMMENTED',
  REACTED = 'REACTED',
  ANSWER_ACCEPTED = 'ANSWER_ACCEPTED',
  QUESTION_CLOSED = 'QUESTION_CLOSED',
  NEW_OF_DISEASE = 'NEW_OF_DISEASE',
  POST_HIDDEN_FOR_NOW = 'POST_HIDDEN_FOR_NOW',
  POST_DECIDED = 'POST_DECIDED',
  APPEAL_DECIDED = 'APPEAL_DECIDED',
  REPORT_DECIDED = 'REPORT_DECIDED',
  ARTICLE_REVIEWED = 'ARTICLE_REVIEWED',
}
registerEnumType(CommunityNoticeKind, {
  name: 'CommunityNoticeKind',
  description: 'What a notice is about. More kinds may be added: show `text` for one that you do not know.',
  valuesConfig: {
    ANSWERED: { description: 'Somebody answered your question; `post` is the answer.' },
    COMMENTED: { description: 'Somebody commented on what you wrote; `post` is the comment.' },
    REACTED: { description: 'Somebody found what you wrote helpful, or thanked you; `post` is what you wrote.' },
    ANSWER_ACCEPTED: { description: 'Who asked accepted your answer; `post` is the answer.' },
    QUESTION_CLOSED: { description: 'A question that you answered takes no more answers; `post` is the question.' },
    NEW_OF_DISEASE: { description: 'Something was published about a disease that you follow; `post` is it.' },
    POST_HIDDEN_FOR_NOW: {
      description: 'What you wrote was reported by several people, and only you see it until a moderator has decided.',
    },
    POST_DECIDED: { description: 'A moderator decided about what you wrote; `myModeration` says what and why.' },
    APPEAL_DECIDED: { description: 'Another moderator decided about your appeal; `myModeration` says what and why.' },
    REPORT_DECIDED: { description: 'A moderator decided about what you reported.' },
    ARTICLE_REVIEWED: { description: 'An article that you handed in was approved or returned; `post` is the article.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Something that happened in the community and concerns you. Nothing is sent from here: an app shows it. It says nothing about who did it.',
})
@RequiresScopes('community:write', 'community:moderate')
export class CommunityNotice {
  @Field(() => ID, { description: 'Identifies the notice.' })
  readonly id!: string;

  @Field(() => CommunityNoticeKind, { description: 'What it is about.' })
  readonly kind!: CommunityNoticeKind;

  @Field(() => DateTime, { description: 'When it was told, rounded down to the minute.' })
  readonly at!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When you marked it as read, rounded down to the minute; null while it is new.',
  })
  readonly readAt!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What marking all notices as read did.' })
@RequiresScopes('community:write', 'community:moderate')
export class CommunityNoticesRead {
  @Field(() => Int, { description: 'How many were new until now.' })
  readonly marked!: number;
}
