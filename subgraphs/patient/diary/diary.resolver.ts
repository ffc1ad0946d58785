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
import { Public, RequiresScopes } from '../../common/access.js';
import { shanghaiDay } from '../../common/calendar.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { localized, texts } from '../../common/localized.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { DiaryEntry, DiaryTrend, Symptom } from './diary.js';
import { SHOWN_SYMPTOMS } from './diary.loader.js';
import { checkedDays, checkedSpan } from './diary.rules.js';
import { DiaryService } from './diary.service.js';

@InputType({ description: 'How bad a symptom was.' })
class DiarySymptomInput {
  @Field(() => String, { description: 'The `code` of the symptom, from `symptoms`. Each at most once.' })
  code!: string;

  @Field(() => Int, {
    description:
      'From 0, not at all, to 10, as bad as can be. Send 0 for what was not there: what is left out counts as not looked at.',
  })
  severity!: number;
}

@InputType({ description: 'How a patient was on one day.' })
class RecordDiaryEntryInput {
  @Field(() => ID, { description: 'The patient: you, or somebody you care for.' })
  patientId!: string;

  @Field(() => LocalDate, { description: 'The day, in China: today, or one of the 30 days before.' })
  on!: string;

  @Field(() => [DiarySymptomInput], { description: 'What there was; may be empty when there is a note.' })
  symptoms!: DiarySymptomInput[];

  @Field(() => String, { nullable: true, description: 'What else there is to say. At most 1,000 characters.' })
  note?: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The `version` of the entry that you change; null the first time, when there is none of this day yet.',
  })
  expectedVersion?: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again writes once.' })
  idempotencyKey!: string;
}

@ArgsType()
class DiaryArgs {
  @Field(() => LocalDate, { description: 'The first day.' })
  from!: string;

  @Field(() => LocalDate, { description: 'The last day; at most 366 days with the first.' })
  to!: string;
}

const RecordDiaryEntryResult = resultUnion(
  'RecordDiaryEntryResult',
  'The entry as it is now, or why it was not written.',
  DiaryEntry,
  [NotFound, InvalidInput, StaleVersion, IdempotencyConflict],
);

/** What is written in two languages, in the one that is asked for. */
export const symptomTexts = [
  localized<Symptom>(Symptom, 'name', 'Name in the language asked for.', ({ nameEn, nameZh }) => texts(nameEn, nameZh)),
];

@Resolver(() => Patient)
export class DiaryResolver {
  @Query(() => [Symptom], { nullable: true, description: 'What a diary can note; fewer than 100.' })
  @Public()
  symptoms(): readonly Symptom[] {
    return SHOWN_SYMPTOMS;
  }

  @Mutation(() => RecordDiaryEntryResult, {
    nullable: true,
    description:
      'Writes down how a day was, or changes what was written. Physicians who treat the patient see it, and are told when it got worse.',
  })
  @RequiresScopes('patient:self')
  recordDiaryEntry(
    @Arg('input', () => RecordDiaryEntryInput, { description: 'Which day, and how it was.' })
    input: RecordDiaryEntryInput,
    @Ctx() context: PatientContext,
  ): Promise<DiaryEntry | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(new DiaryService(context).record(input).then((id) => context.diary.byId(id)));
  }

  @FieldResolver(() => [DiaryEntry], {
    nullable: true,
    description: 'The symptom diary of these days, at most 366 entries, oldest first.',
  })
  @RequiresScopes('patient:self', 'care:provide')
  diary(
    @Root() { id }: Patient,
    @Args(() => DiaryArgs) asked: DiaryArgs,
    @Ctx() { diary }: PatientContext,
  ): Promise<DiaryEntry[]> {
    const { from, to } = checkedSpan(asked);
    return diary.ofPatient(id, from, to);
  }

  @FieldResolver(() => DiaryTrend, {
    nullable: true,
    description: 'Where the symptoms go: the last 7 days against the 14 before, with points for a chart.',
  })
  @RequiresScopes('patient:self', 'care:provide')
  diaryTrend(
    @Root() { id }: Patient,
    @Arg('days', () => Int, { defaultValue: 90, description: 'How many days the points go back, from 1 to 366.' })
    days: number,
    @Ctx() { diary }: PatientContext,
  ): Promise<DiaryTrend> {
    return diary.trend(id, checkedDays(days), shanghaiDay(new Date()));
  }
}
