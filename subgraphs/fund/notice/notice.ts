import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export enum NoticeKind {
  DEADLINE_NEAR = 'DEADLINE_NEAR',
  DEADLINE_PASSED = 'DEADLINE_PASSED',
}
registerEnumType(NoticeKind, {
  name: 'NoticeKind',
  description: 'What somebody is told of.',
  valuesConfig: {
    DEADLINE_NEAR: { description: 'The next step is due within three days.' },
    DEADLINE_PASSED: { description: 'The next step should have been done.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Something that the applicant and the reviewers of an application should know. Never sent twice.',
})
@RequiresScopes('fund:apply', 'fund:review')
export class Notice {
  @Field(() => ID, { description: 'Identifies the notice; says nothing about it.' })
  readonly id!: string;

  @Field(() => NoticeKind, { description: 'What it tells of.' })
  readonly kind!: NoticeKind;

  @Field(() => DateTime, { description: 'Which deadline it is about.' })
  readonly deadlineAt!: string;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly at!: string;
}
