import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { CareStage } from '../../common/care-stage.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import { Questionnaire } from '../questionnaire/questionnaire.js';
import { Disease } from '../stubs.js';
import { CarePlanStatus, CareTaskKind, OccurrenceState } from './care-plan.enums.js';

@ObjectType({
  simpleResolvers: true,
  description: 'How often tasks were due in the last 30 days, today among them, and what became of it.',
})
@RequiresScopes('patient:self', 'care:provide')
export class CareProgress {
  @Field(() => Int, { description: 'How often something was due.' })
  readonly due!: number;

  @Field(() => Int, { description: 'How often it was done.' })
  readonly done!: number;

  @Field(() => Int, { description: 'How often it was left out on purpose.' })
  readonly skipped!: number;

  @Field(() => Int, {
    description: 'How often the day went by and nothing was said. What is due today is not missed yet.',
  })
  readonly missed!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A day on which a task is due.' })
@RequiresScopes('patient:self', 'care:provide')
export class CareTaskOccurrence {
  @Field(() => LocalDate, { description: 'The day, in China: send it as `occurrenceOn`.' })
  readonly on!: string;

  @Field(() => OccurrenceState, { description: 'What became of it.' })
  readonly state!: OccurrenceState;
}

@ObjectType({ simpleResolvers: true, description: 'Something that a care plan asks for, once or again and again.' })
@RequiresScopes('patient:self', 'care:provide')
export class CareTask {
  @Field(() => ID, { description: 'Identifies the task; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'What is to be done, 1 to 120 characters.' })
  readonly title!: string;

  @Field(() => String, {
    nullable: true,
    description: 'How, at most 1,000 characters; null when the title says it all.',
  })
  readonly description!: string | null;

  @Field(() => CareTaskKind, { description: 'What sort of thing it asks for.' })
  readonly kind!: CareTaskKind;

  @Field(() => Questionnaire, {
    nullable: true,
    description: 'The questionnaire to be answered, in its newest version; null for tasks of another kind.',
  })
  readonly questionnaire!: Questionnaire | null;

  @Field(() => LocalDate, { description: 'The first day on which it is due, in China.' })
  readonly firstDueOn!: string;

  @Field(() => Int, { nullable: true, description: 'After how many days it is due again, 1 to 366; null when once.' })
  readonly repeatsEveryDays!: number | null;

  @Field(() => LocalDate, { nullable: true, description: 'The last day on which it may be due; null for no end.' })
  readonly until!: string | null;

  @Field(() => LocalDate, {
    nullable: true,
    description:
      'Since when it is not due any more, as the physician stopped it or ended the plan; null while it runs.',
  })
  readonly stoppedOn!: string | null;

  @Field(() => LocalDate, {
    nullable: true,
    description: 'The next day on which it is due and not marked yet, today or later; null when there is none.',
  })
  readonly nextDueOn!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What a physician planned with a patient. Seen by the patient, their caregivers and the physicians who treat them; changed by the physician who made it.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('patient:self', 'care:provide')
export class CarePlan {
  @Field(() => ID, { description: 'Identifies the plan; says nothing about it.' })
  readonly id!: string;

  @Field(() => Disease, { nullable: true, description: 'The disease that it is for.' })
  readonly disease!: Disease;

  @Field(() => CareStage, { description: 'Where the patient stands with the disease.' })
  readonly stage!: CareStage;

  @Field(() => String, { description: 'Title, 1 to 120 characters, in the language of who wrote it.' })
  readonly title!: string;

  @Field(() => [String], { description: 'What is to be reached, at most 10 goals of 300 characters.' })
  readonly goals!: readonly string[];

  @Field(() => CarePlanStatus, { description: 'Whether it runs.' })
  readonly status!: CarePlanStatus;

  @Field(() => [CareTask], { description: 'What it asks for, in the order of writing, stopped ones too; at most 100.' })
  readonly tasks!: readonly CareTask[];

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it runs.' })
  readonly endedAt!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change or end the plan.' })
  readonly version!: number;
}
