import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { DateTime } from '../../common/scalars.js';
import { Grant } from '../grant/grant.js';
import { Review } from '../review/review.js';
import { Disease, Patient } from '../stubs.js';
import { ApplicationStatus } from './application.enums.js';

@ObjectType({ simpleResolvers: true, description: "One step in an application's life." })
@RequiresScopes('fund:apply', 'fund:review')
export class ApplicationEvent {
  @Field(() => ID, { description: 'Identifies the step; says nothing about it.' })
  readonly id!: string;

  @Field(() => ApplicationStatus, { description: 'What the application became.' })
  readonly status!: ApplicationStatus;

  @Field(() => DateTime, { description: 'When.' })
  readonly at!: string;

  @Field(() => String, {
    description: 'In what role somebody did it, for example PATIENT or REVIEWER. Names are not told.',
  })
  readonly byRole!: string;

  @Field(() => String, { nullable: true, description: 'What was said with it.' })
  readonly note!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Somebody asks the fund for aid for one disease in one year. Seen by the patient, their caregivers and the reviewers who work on it; the others get null.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('fund:apply', 'fund:review')
export class Application {
  @Field(() => ID, { description: 'Identifies the application; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'The number that people read to each other, for example `RC-2026-000123`.' })
  readonly number!: string;

  @Field(() => ApplicationStatus, { description: 'Where it stands.' })
  readonly status!: ApplicationStatus;

  @Field(() => Int, { description: 'The calendar year (in Shanghai) that it is for.' })
  readonly aidYear!: number;

  @Field(() => Money, {
    description: 'What treatment is expected to cost the patient in the year, after what others pay.',
  })
  readonly expectedExpense!: Money;

  @Field(() => Patient, { nullable: true, description: 'Whom the aid is for.' })
  readonly patient!: Patient;

  @Field(() => Disease, { nullable: true, description: 'What the aid is for.' })
  readonly disease!: Disease;

  @Field(() => [Review], { description: 'The reviews so far, oldest first; the open one has no decision yet.' })
  readonly reviews!: Review[];

  @Field(() => [ApplicationEvent], { description: 'What happened to it, oldest first.' })
  readonly timeline!: ApplicationEvent[];

  @Field(() => Grant, { nullable: true, description: 'What was granted; null unless approved.' })
  readonly grant!: Grant | null;

  @Field(() => DateTime, { description: 'When it was begun.' })
  readonly createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was first handed in.' })
  readonly submittedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was approved, rejected or withdrawn.' })
  readonly decidedAt!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'By when the next step should be done; null when nobody has to do anything.',
  })
  readonly deadlineAt!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` with what you do next.' })
  readonly version!: number;
}

@InputType({ description: 'Which applications; everything left out means all.' })
export class ApplicationFilter {
  @Field(() => [ApplicationStatus], { nullable: true, description: 'Only those that stand here.' })
  status?: ApplicationStatus[];

  @Field(() => ID, { nullable: true, description: 'Only those of this patient.' })
  patientId?: string;
}
