import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { shanghaiDay } from '../../common/calendar.js';
import { CareStage } from '../../common/care-stage.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Physician } from '../physician/physician.js';
import { Patient } from '../profile/patient.js';
import { Article } from '../stubs.js';
import { CarePlanAction, CareTaskKind } from './care-plan.enums.js';
import { CarePlanEnded } from './care-plan.errors.js';
import { CarePlan, CareProgress, CareTask, CareTaskOccurrence } from './care-plan.js';
import type { CarePlanRow, CareTaskRow } from './care-plan.loader.js';
import {
  allowedActions,
  checkedNumberOfArticles,
  checkedOccurrenceSpan,
  type Marks,
  occurrencesOf,
  progressOf,
  stateOf,
} from './care-plan.rules.js';
import { CarePlanService } from './care-plan.service.js';

@InputType({ description: 'Something that a care plan is to ask for.' })
class CareTaskInput {
  @Field(() => String, { description: 'What is to be done. 1 to 120 characters.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'How. At most 1,000 characters.' })
  description?: string;

  @Field(() => CareTaskKind, { description: 'What sort of thing it asks for.' })
  kind!: CareTaskKind;

  @Field(() => LocalDate, { description: 'The first day on which it is due, in China: today or within a year.' })
  firstDueOn!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'After how many days it is due again, 1 to 366; left out when it is due once.',
  })
  repeatsEveryDays?: number;

  @Field(() => LocalDate, {
    nullable: true,
    description: 'For a task that repeats: the last day on which it may be due, at most ten years after the first.',
  })
  until?: string;

  @Field(() => String, {
    nullable: true,
    description: 'For the kind QUESTIONNAIRE, and only for it: which, from `questionnaires`.',
  })
  questionnaireCode?: string;
}

@InputType({ description: 'What you plan with a patient whom you treat.' })
class CreateCarePlanInput {
  @Field(() => ID, { description: 'The patient.' })
  patientId!: string;

  @Field(() => ID, { description: 'The disease, from `diseases`.' })
  diseaseId!: string;

  @Field(() => CareStage, { description: 'Where the patient stands with it.' })
  stage!: CareStage;

  @Field(() => String, { description: 'Title of 1 to 120 characters, in a language that the patient reads.' })
  title!: string;

  @Field(() => [String], { description: 'What is to be reached: at most 10 goals of 1 to 300 characters.' })
  goals!: string[];

  @Field(() => [CareTaskInput], { description: 'What it asks for, at most 30 tasks.' })
  tasks!: CareTaskInput[];

  @Field(() => ID, { description: 'A key of your making: sending the same again makes one plan.' })
  idempotencyKey!: string;
}

@InputType({ description: 'What is to be different in a plan of yours. What is left out stays as it is.' })
class ChangeCarePlanInput {
  @Field(() => ID, { description: 'The plan.' })
  carePlanId!: string;

  @Field(() => CareStage, { nullable: true, description: 'Where the patient stands now.' })
  stage?: CareStage;

  @Field(() => String, { nullable: true, description: 'Another title, 1 to 120 characters.' })
  title?: string;

  @Field(() => [String], { nullable: true, description: 'Other goals instead of those there are: at most 10.' })
  goals?: string[];

  @Field(() => [CareTaskInput], { nullable: true, description: 'More tasks. At most 30 run at one time, 100 in all.' })
  addTasks?: CareTaskInput[];

  @Field(() => [ID], {
    nullable: true,
    description: 'Tasks that are not due any more from today on. To change a task, stop it and add another.',
  })
  stopTaskIds?: string[];

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again changes once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'A plan of yours that is over.' })
class EndCarePlanInput {
  @Field(() => ID, { description: 'The plan.' })
  carePlanId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again ends it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'A task on one of the days on which it is due.' })
class CompleteCareTaskInput {
  @Field(() => ID, { description: 'The task.' })
  taskId!: string;

  @Field(() => LocalDate, { description: 'The day, one of `occurrences`: today, or one of the 30 days before.' })
  occurrenceOn!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again marks once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which task was left out, and when it was due.' })
class SkipCareTaskInput extends CompleteCareTaskInput {}

@ArgsType()
class OccurrencesArgs {
  @Field(() => LocalDate, { description: 'The first day: at most a year ago.' })
  from!: string;

  @Field(() => LocalDate, { description: 'The last day; at most 366 days with the first.' })
  to!: string;
}

const CreateCarePlanResult = resultUnion('CreateCarePlanResult', 'The new plan, or why it was not made.', CarePlan, [
  NotFound,
  InvalidInput,
  IdempotencyConflict,
]);
const ChangeCarePlanResult = resultUnion('ChangeCarePlanResult', 'The plan as it is now, or why not.', CarePlan, [
  NotFound,
  InvalidInput,
  CarePlanEnded,
  StaleVersion,
  IdempotencyConflict,
]);
const EndCarePlanResult = resultUnion('EndCarePlanResult', 'The plan that is over, or why it is not.', CarePlan, [
  NotFound,
  InvalidInput,
  CarePlanEnded,
  StaleVersion,
  IdempotencyConflict,
]);
const MarkCareTaskResult = resultUnion(
  'MarkCareTaskResult',
  'The task as it is now, or why it was not marked.',
  CareTask,
  [NotFound, InvalidInput, IdempotencyConflict],
);
const CarePlanConnection = connectionType(CarePlan, 'care plans');

const NO_MARKS: Marks = new Map();

@Resolver(() => CarePlan)
export class CarePlanResolver {
  @Query(() => CarePlan, {
    nullable: true,
    description: 'One care plan by id; null when there is none that you may see.',
  })
  @RequiresScopes('patient:self', 'care:provide')
  carePlan(
    @Arg('id', () => ID, { description: 'The id of the plan.' }) id: string,
    @Ctx() { carePlans }: PatientContext,
  ): Promise<CarePlanRow | null> {
    return carePlans.byId(checkedId(id));
  }

  @FieldResolver(() => Patient, { nullable: true, description: 'The patient whom it is for.' })
  patient(@Root() { patientId }: CarePlanRow, @Ctx() { patients }: PatientContext): Promise<Patient | null> {
    return patients.byId(patientId);
  }

  @FieldResolver(() => Physician, { nullable: true, description: 'The physician who made it.' })
  physician(@Root() { physicianId }: CarePlanRow, @Ctx() { physicians }: PatientContext): Promise<Physician | null> {
    return physicians.byId(physicianId);
  }

  @FieldResolver(() => [CarePlanAction], { description: 'What you may do with it now.' })
  allowedActions(@Root() { status, writer, mayMark }: CarePlanRow): CarePlanAction[] {
    return allowedActions(status, writer, mayMark);
  }

  @FieldResolver(() => CareProgress, {
    nullable: true,
    description: 'How often its tasks were due in the last 30 days, and what became of it.',
  })
  async progress(@Root() { id, tasks }: CarePlanRow, @Ctx() { carePlans }: PatientContext): Promise<CareProgress> {
    const marks = await carePlans.marksOf(id);
    return progressOf(
      tasks.map((task) => ({ schedule: task, marks: marks.get(task.id) ?? NO_MARKS })),
      shanghaiDay(new Date()),
    );
  }

  @FieldResolver(() => [Article], {
    nullable: true,
    description:
      'Articles that suit the disease and the stage, those about the disease first, sponsored ones after the others; from the community.',
  })
  articles(
    @Root() { disease, stage }: CarePlanRow,
    @Arg('first', () => Int, { defaultValue: 5, description: 'How many at most, from 1 to 20.' }) first: number,
    @Ctx() { articles }: PatientContext,
  ): Promise<readonly Article[]> {
    return articles.for({ diseaseId: disease.id, stage, first: checkedNumberOfArticles(first) });
  }

  @Mutation(() => CreateCarePlanResult, {
    nullable: true,
    description:
      'Plans care with a patient whom you treat. While the plan runs, and for 90 days after, you treat the patient with their consent.',
  })
  @RequiresScopes('care:provide')
  createCarePlan(
    @Arg('input', () => CreateCarePlanInput, { description: 'For whom, and what.' }) input: CreateCarePlanInput,
    @Ctx() context: PatientContext,
  ): Promise<CarePlanRow | Failure | null> {
    for (const key of ['patientId', 'diseaseId'] as const) input[key] = checkedId(input[key], key);
    return orFailure(new CarePlanService(context).create(input).then((id) => context.carePlans.changed(id)));
  }

  @Mutation(() => ChangeCarePlanResult, {
    nullable: true,
    description: 'Changes a plan of yours: its words, its stage, its tasks.',
  })
  @RequiresScopes('care:provide')
  changeCarePlan(
    @Arg('input', () => ChangeCarePlanInput, { description: 'What is to be different.' }) input: ChangeCarePlanInput,
    @Ctx() context: PatientContext,
  ): Promise<CarePlanRow | Failure | null> {
    input.carePlanId = checkedId(input.carePlanId, 'carePlanId');
    input.stopTaskIds = input.stopTaskIds?.map((id) => checkedId(id, 'stopTaskIds'));
    return orFailure(new CarePlanService(context).change(input).then((id) => context.carePlans.changed(id)));
  }

  @Mutation(() => EndCarePlanResult, {
    nullable: true,
    description: 'Ends a plan of yours: from today on nothing of it is due any more.',
  })
  @RequiresScopes('care:provide')
  endCarePlan(
    @Arg('input', () => EndCarePlanInput, { description: 'Which plan.' }) input: EndCarePlanInput,
    @Ctx() context: PatientContext,
  ): Promise<CarePlanRow | Failure | null> {
    input.carePlanId = checkedId(input.carePlanId, 'carePlanId');
    return orFailure(new CarePlanService(context).end(input).then((id) => context.carePlans.changed(id)));
  }

  @Mutation(() => MarkCareTaskResult, {
    nullable: true,
    description: 'Says that a task was done on a day on which it was due. Said again, the last word counts.',
  })
  @RequiresScopes('patient:self')
  completeCareTask(
    @Arg('input', () => CompleteCareTaskInput, { description: 'Which task, on which day.' })
    input: CompleteCareTaskInput,
    @Ctx() context: PatientContext,
  ): Promise<CareTaskRow | Failure | null> {
    input.taskId = checkedId(input.taskId, 'taskId');
    const marked = new CarePlanService(context).mark('completeCareTask', input);
    return orFailure(marked.then((id) => context.carePlans.changedTask(id)));
  }

  @Mutation(() => MarkCareTaskResult, {
    nullable: true,
    description:
      'Says that a task was left out on purpose on a day on which it was due. Said again, the last word counts.',
  })
  @RequiresScopes('patient:self')
  skipCareTask(
    @Arg('input', () => SkipCareTaskInput, { description: 'Which task, on which day.' }) input: SkipCareTaskInput,
    @Ctx() context: PatientContext,
  ): Promise<CareTaskRow | Failure | null> {
    input.taskId = checkedId(input.taskId, 'taskId');
    const marked = new CarePlanService(context).mark('skipCareTask', input);
    return orFailure(marked.then((id) => context.carePlans.changedTask(id)));
  }
}

@Resolver(() => CareTask)
export class CareTaskResolver {
  @FieldResolver(() => CareProgress, {
    nullable: true,
    description: 'How often it was due in the last 30 days, and what became of it.',
  })
  async progress(@Root() task: CareTaskRow, @Ctx() { carePlans }: PatientContext): Promise<CareProgress> {
    const marks = (await carePlans.marksOf(task.carePlanId)).get(task.id) ?? NO_MARKS;
    return progressOf([{ schedule: task, marks }], shanghaiDay(new Date()));
  }

  @FieldResolver(() => [CareTaskOccurrence], {
    nullable: true,
    description: 'On which of these days it is due, and what became of it; at most 366, in order.',
  })
  async occurrences(
    @Root() task: CareTaskRow,
    @Args(() => OccurrencesArgs) asked: OccurrencesArgs,
    @Ctx() { carePlans }: PatientContext,
  ): Promise<CareTaskOccurrence[]> {
    const today = shanghaiDay(new Date());
    const { from, to } = checkedOccurrenceSpan(asked, today);
    const marks = (await carePlans.marksOf(task.carePlanId)).get(task.id) ?? NO_MARKS;
    return occurrencesOf(task, from, to).map((on) => ({ on, state: stateOf(on, marks, today) }));
  }
}

@Resolver(() => Patient)
export class PatientCarePlansResolver {
  @FieldResolver(() => CarePlanConnection, {
    nullable: true,
    description: 'What physicians planned with the patient, newest first, plans that are over too.',
  })
  @RequiresScopes('patient:self', 'care:provide')
  async carePlans(
    @Root() { id }: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { carePlans }: PatientContext,
  ): Promise<ConnectionSource<CarePlanRow>> {
    const page = pageOf(args);
    return connection(await carePlans.ofPatient(id, page), page, () => carePlans.countOfPatient(id));
  }
}
