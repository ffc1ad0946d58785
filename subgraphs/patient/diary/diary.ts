import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { DateTime, LocalDate } from '../../common/scalars.js';

export enum TrendDirection {
  BETTER = 'BETTER',
  STABLE = 'STABLE',
  WORSE = 'WORSE',
  TOO_FEW_ENTRIES = 'TOO_FEW_ENTRIES',
}
registerEnumType(TrendDirection, {
  name: 'TrendDirection',
  description: 'Where the severity of symptoms goes.',
  valuesConfig: {
    BETTER: { description: 'The mean fell by at least 1 of 10 points, that of a single symptom by at least 2.' },
    STABLE: { description: 'The mean has moved by less.' },
    WORSE: { description: 'The mean rose by at least 1 of 10 points, that of a single symptom by at least 2.' },
    TOO_FEW_ENTRIES: {
      description: 'Entries on fewer than 3 of the last 7 days or 4 of the 14 before: nothing can be said.',
    },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something that a diary can note. All of them are `symptoms`.' })
@Public()
export class Symptom {
  @Field(() => String, { description: 'Names the symptom: send it as `code`. It never changes its meaning.' })
  readonly code!: string;

  @Field(() => String, { description: 'Name in English.' })
  readonly nameEn!: string;

  @Field(() => String, { description: 'Name in Chinese.' })
  readonly nameZh!: string;

  @Field(() => Int, { description: 'Since which version of the vocabulary it is there, counted from 1.' })
  readonly sinceVersion!: number;
}

@ObjectType({ simpleResolvers: true, description: 'How bad a symptom was on one day.' })
@RequiresScopes('patient:self', 'care:provide')
export class DiarySymptom {
  @Field(() => Symptom, { description: 'The symptom.' })
  readonly symptom!: Symptom;

  @Field(() => Int, { description: 'From 0, not at all, to 10, as bad as can be.' })
  readonly severity!: number;
}

@ObjectType({ simpleResolvers: true, description: 'How a patient was on one day. There is at most one entry a day.' })
@RequiresScopes('patient:self', 'care:provide')
export class DiaryEntry {
  @Field(() => ID, { description: 'Identifies the entry; says nothing about it.' })
  readonly id!: string;

  @Field(() => LocalDate, { description: 'The day, in China.' })
  readonly on!: string;

  @Field(() => [DiarySymptom], {
    description: 'What was noted, each symptom at most once. What is missing was not looked at.',
  })
  readonly symptoms!: readonly DiarySymptom[];

  @Field(() => String, {
    nullable: true,
    description: 'What was written with it, at most 1,000 characters; null for nothing.',
  })
  readonly note!: string | null;

  @Field(() => DateTime, { description: 'When it was first written.' })
  readonly recordedAt!: string;

  @Field(() => DateTime, { description: 'When it was last changed.' })
  readonly changedAt!: string;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change the entry.' })
  readonly version!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A point of a chart.' })
@RequiresScopes('patient:self', 'care:provide')
export class DiaryPoint {
  @Field(() => LocalDate, { description: 'The day.' })
  readonly on!: string;

  @Field(() => Float, { description: 'The severity on that day, 0 to 10; over all symptoms their mean.' })
  readonly severity!: number;
}

/** Fields of what is compared, over all or for one symptom. */
@ObjectType({ simpleResolvers: true })
abstract class ComparedStretches {
  @Field(() => TrendDirection, { description: 'Where it goes. It says nothing about the cause.' })
  readonly direction!: TrendDirection;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean severity of the last 7 days, 0 to 10; null without an entry.',
  })
  readonly recentMean!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean severity of the 14 days before, 0 to 10; null without an entry.',
  })
  readonly beforeMean!: number | null;

  @Field(() => Int, { description: 'On how many of the last 7 days something was noted.' })
  readonly recentEntries!: number;

  @Field(() => Int, { description: 'On how many of the 14 days before something was noted.' })
  readonly beforeEntries!: number;

  @Field(() => [DiaryPoint], {
    description: 'What to draw, oldest first; a point for each day with an entry, at most 366.',
  })
  readonly points!: readonly DiaryPoint[];
}

@ObjectType({ simpleResolvers: true, description: 'Where one symptom goes.' })
@RequiresScopes('patient:self', 'care:provide')
export class SymptomTrend extends ComparedStretches {
  @Field(() => Symptom, { description: 'The symptom.' })
  readonly symptom!: Symptom;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Where the symptoms of a diary go: the last 7 days, today among them, against the 14 before.',
})
@RequiresScopes('patient:self', 'care:provide')
export class DiaryTrend extends ComparedStretches {
  @Field(() => [SymptomTrend], {
    description: 'The same by symptom, in the order of the vocabulary; only what was noted.',
  })
  readonly symptoms!: readonly SymptomTrend[];
}
