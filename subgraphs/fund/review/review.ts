import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export enum ReviewStage {
  DOCUMENTS = 'DOCUMENTS',
  MEDICAL = 'MEDICAL',
  FINANCIAL = 'FINANCIAL',
}
registerEnumType(ReviewStage, {
  name: 'ReviewStage',
  description: 'What a review looks at. They follow each other in this order.',
  valuesConfig: {
    DOCUMENTS: { description: 'Are the papers complete and right?' },
    MEDICAL: { description: 'Is the diagnosis sound, and the treatment meant for it?' },
    FINANCIAL: { description: 'How much is needed and may be given? Large grants are looked at twice.' },
  },
});

export enum ReviewDecision {
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
  REQUEST_INFORMATION = 'REQUEST_INFORMATION',
  RECUSE = 'RECUSE',
}
registerEnumType(ReviewDecision, {
  name: 'ReviewDecision',
  description: 'How a review ended.',
  valuesConfig: {
    APPROVE: { description: 'This stage is passed.' },
    REJECT: { description: 'The application is rejected.' },
    REQUEST_INFORMATION: { description: 'The applicant is asked for more.' },
    RECUSE: { description: 'The reviewer may not decide here, or would rather not; somebody else will.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'One look at an application at one stage. Who reviewed is not told.',
})
@RequiresScopes('fund:apply', 'fund:review')
export class Review {
  @Field(() => ID, { description: 'Identifies the review; says nothing about it.' })
  readonly id!: string;

  @Field(() => ReviewStage, { description: 'What it looks at.' })
  readonly stage!: ReviewStage;

  @Field(() => Int, { description: '1, or 2 after an appeal: then other people review.' })
  readonly round!: number;

  @Field(() => ReviewDecision, { nullable: true, description: 'How it ended; null while it is open.' })
  readonly decision!: ReviewDecision | null;

  @Field(() => String, { nullable: true, description: 'Why it was decided so, in the words of the reviewer.' })
  readonly reason!: string | null;

  @Field(() => DateTime, { description: 'When it was opened.' })
  readonly openedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was decided.' })
  readonly decidedAt!: string | null;

  @Field(() => Boolean, { description: 'Whether you are the reviewer.' })
  readonly mine!: boolean;
}
