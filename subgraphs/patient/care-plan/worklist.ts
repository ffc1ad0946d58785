import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { LocalDate } from '../../common/scalars.js';
import { Symptom } from '../diary/diary.js';
import { Questionnaire, QuestionnaireBand } from '../questionnaire/questionnaire.js';

export enum ReasonToLook {
  RED_FLAG = 'RED_FLAG',
  DIARY_WORSE = 'DIARY_WORSE',
  TASK_OVERDUE = 'TASK_OVERDUE',
}
registerEnumType(ReasonToLook, {
  name: 'ReasonToLook',
  description: 'Why a physician should look at a patient. More may be added.',
  valuesConfig: {
    RED_FLAG: {
      description:
        'The newest answers to a questionnaire, not older than 30 days, are in a band that says to look soon.',
    },
    DIARY_WORSE: { description: 'The diary says that it got worse, over all or in one symptom.' },
    TASK_OVERDUE: {
      description: 'A task was due 3 to 14 days ago and nothing was said: every time, or at least three times.',
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'A reason to look at a patient. Which fields it has depends on its kind.',
})
@RequiresScopes('care:provide')
export class LookReason {
  @Field(() => ReasonToLook, { description: 'Which reason it is.' })
  readonly kind!: ReasonToLook;

  @Field(() => Symptom, { nullable: true, description: 'DIARY_WORSE: the symptom; null for all together.' })
  readonly symptom!: Symptom | null;

  @Field(() => Float, { nullable: true, description: 'DIARY_WORSE: mean severity of the 14 days before, 0 to 10.' })
  readonly from!: number | null;

  @Field(() => Float, { nullable: true, description: 'DIARY_WORSE: mean severity of the last 7 days, 0 to 10.' })
  readonly to!: number | null;

  @Field(() => Questionnaire, { nullable: true, description: 'RED_FLAG: the questionnaire that was answered.' })
  readonly questionnaire!: Questionnaire | null;

  @Field(() => QuestionnaireBand, { nullable: true, description: 'RED_FLAG: what the answers came to.' })
  readonly band!: QuestionnaireBand | null;

  @Field(() => ID, { nullable: true, description: 'TASK_OVERDUE: the task, of one of the patient’s care plans.' })
  readonly taskId!: string | null;

  @Field(() => Int, { nullable: true, description: 'TASK_OVERDUE: how often nothing was said.' })
  readonly missed!: number | null;

  @Field(() => LocalDate, {
    nullable: true,
    description: 'RED_FLAG: the day of the answers; TASK_OVERDUE: the first of the days. In China.',
  })
  readonly since!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A patient of yours who should be looked at, and why.' })
@RequiresScopes('care:provide')
export class PatientToLookAt {
  @Field(() => [LookReason], { description: 'Why, the gravest first; at least one, fewer than 200.' })
  readonly reasons!: readonly LookReason[];
}
