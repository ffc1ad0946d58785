import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export enum QuestionnaireItemKind {
  CHOICE = 'CHOICE',
  SCALE = 'SCALE',
  YES_NO = 'YES_NO',
  NUMBER = 'NUMBER',
}
registerEnumType(QuestionnaireItemKind, {
  name: 'QuestionnaireItemKind',
  description: 'How an item is answered.',
  valuesConfig: {
    CHOICE: { description: 'By one of its `options`.' },
    SCALE: { description: 'By a whole number from `min` to `max`, best shown as a scale.' },
    YES_NO: { description: 'By YES or NO, which are its `options`.' },
    NUMBER: { description: 'By a whole number from `min` to `max`, best typed in.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'One of the answers that can be chosen.' })
@Public()
export class QuestionnaireOption {
  @Field(() => String, { description: 'What to send as `value` of the answer.' })
  readonly value!: string;

  @Field(() => String, { description: 'What to show, in English.' })
  readonly textEn!: string;

  @Field(() => String, { description: 'What to show, in Chinese.' })
  readonly textZh!: string;

  @Field(() => Int, { description: 'How many points it counts, before the weight of its item.' })
  readonly points!: number;
}

@ObjectType({ simpleResolvers: true, description: 'Something that a questionnaire asks.' })
@Public()
export class QuestionnaireItem {
  @Field(() => String, { description: 'Names the item within its questionnaire: send it as `item` of the answer.' })
  readonly code!: string;

  @Field(() => String, { description: 'The question in English.' })
  readonly textEn!: string;

  @Field(() => String, { description: 'The question in Chinese.' })
  readonly textZh!: string;

  @Field(() => QuestionnaireItemKind, { description: 'How it is answered.' })
  readonly kind!: QuestionnaireItemKind;

  @Field(() => Boolean, { description: 'Whether there is no result without it. Left out, it counts nothing.' })
  readonly required!: boolean;

  @Field(() => Int, { description: 'Its points are counted so many times, 1 to 10.' })
  readonly weight!: number;

  @Field(() => Int, { nullable: true, description: 'The lowest answer of a SCALE or NUMBER; null for the others.' })
  readonly min!: number | null;

  @Field(() => Int, { nullable: true, description: 'The highest answer of a SCALE or NUMBER; null for the others.' })
  readonly max!: number | null;

  @Field(() => [QuestionnaireOption], {
    nullable: true,
    description: 'What a CHOICE or YES_NO is answered by; null for the others.',
  })
  readonly options!: readonly QuestionnaireOption[] | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A range of scores and what to do next when the score is in it. It says nothing of what somebody has.',
})
@Public()
export class QuestionnaireBand {
  @Field(() => String, { description: 'Names the band within its questionnaire.' })
  readonly code!: string;

  @Field(() => Int, { description: 'The lowest score of the band.' })
  readonly from!: number;

  @Field(() => Int, { description: 'The highest score of the band.' })
  readonly to!: number;

  @Field(() => Boolean, {
    description: 'Whether a physician should look soon: it brings the patient to their worklist.',
  })
  readonly redFlag!: boolean;

  @Field(() => String, { description: 'What to do next, in English.' })
  readonly nextStepEn!: string;

  @Field(() => String, { description: 'What to do next, in Chinese.' })
  readonly nextStepZh!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A questionnaire in one version. A version never changes: what was answered is read by the version of then.',
})
@Public()
export class Questionnaire {
  @Field(() => String, { description: 'Names the questionnaire in all its versions.' })
  readonly code!: string;

  @Field(() => Int, { description: 'Which version, counted from 1.' })
  readonly version!: number;

  @Field(() => Boolean, { description: 'Whether it is the newest version: the one to answer now.' })
  readonly newest!: boolean;

  @Field(() => String, { description: 'Title in English.' })
  readonly titleEn!: string;

  @Field(() => String, { description: 'Title in Chinese.' })
  readonly titleZh!: string;

  @Field(() => String, { description: 'What it is for, in English.' })
  readonly purposeEn!: string;

  @Field(() => String, { description: 'What it is for, in Chinese.' })
  readonly purposeZh!: string;

  @Field(() => Boolean, {
    description: 'Whether it may be used to care for real people. False for all there are: they are demonstrations.',
  })
  readonly forClinicalUse!: boolean;

  @Field(() => [QuestionnaireItem], { description: 'What it asks, in order; at most 100.' })
  readonly items!: readonly QuestionnaireItem[];

  @Field(() => [QuestionnaireBand], {
    description: 'What scores mean, from the lowest to the highest; every score is in exactly one.',
  })
  readonly bands!: readonly QuestionnaireBand[];
}

@ObjectType({ simpleResolvers: true, description: 'What somebody answered to one item.' })
@RequiresScopes('patient:self', 'care:provide')
export class QuestionnaireAnswer {
  @Field(() => String, { description: 'The code of the item.' })
  readonly item!: string;

  @Field(() => String, { description: 'The value of the option, or the number.' })
  readonly value!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What answers come to. Nothing of it was stored. A demonstration, not for clinical use, and no diagnosis.',
})
@Public()
export class QuestionnaireScore {
  @Field(() => Questionnaire, { description: 'The questionnaire, in the version that was answered.' })
  readonly questionnaire!: Questionnaire;

  @Field(() => Int, { description: 'The points of all answers together.' })
  readonly score!: number;

  @Field(() => QuestionnaireBand, { description: 'What that means.' })
  readonly band!: QuestionnaireBand;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What a patient answered, and what it came to by the version of then. A demonstration, not for clinical use, and no diagnosis.',
})
@RequiresScopes('patient:self', 'care:provide')
export class QuestionnaireResult {
  @Field(() => ID, { description: 'Identifies the result; says nothing about it.' })
  readonly id!: string;

  @Field(() => Questionnaire, { description: 'The questionnaire, in the version that was answered.' })
  readonly questionnaire!: Questionnaire;

  @Field(() => DateTime, { description: 'When it was answered.' })
  readonly answeredAt!: string;

  @Field(() => Int, { description: 'The points of all answers together.' })
  readonly score!: number;

  @Field(() => QuestionnaireBand, { description: 'What that means.' })
  readonly band!: QuestionnaireBand;

  @Field(() => [QuestionnaireAnswer], { description: 'What was answered, in the order of the items; at most 100.' })
  readonly answers!: readonly QuestionnaireAnswer[];
}
