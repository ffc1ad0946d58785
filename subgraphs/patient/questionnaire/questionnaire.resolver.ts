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
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { localized, texts } from '../../common/localized.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { definitionOf, newestDefinitions } from './definitions/all.js';
import {
  Questionnaire,
  QuestionnaireBand,
  QuestionnaireItem,
  QuestionnaireOption,
  QuestionnaireResult,
  QuestionnaireScore,
} from './questionnaire.js';
import { shown } from './questionnaire.loader.js';
import { QuestionnaireService, scoreOnly } from './questionnaire.service.js';

@InputType({ description: 'An answer to one item.' })
class QuestionnaireAnswerInput {
  @Field(() => String, { description: 'The `code` of the item. Each at most once.' })
  item!: string;

  @Field(() => String, {
    description: 'The `value` of an option for CHOICE and YES_NO; a whole number as digits for SCALE and NUMBER.',
  })
  value!: string;
}

@InputType({ description: 'A questionnaire, answered for a patient.' })
class AnswerQuestionnaireInput {
  @Field(() => ID, { description: 'The patient: you, or somebody you care for.' })
  patientId!: string;

  @Field(() => String, { description: 'The questionnaire, from `questionnaires`.' })
  code!: string;

  @Field(() => Int, { description: 'The version that was shown.' })
  version!: number;

  @Field(() => [QuestionnaireAnswerInput], { description: 'The answers in any order, at most 100.' })
  answers!: QuestionnaireAnswerInput[];

  @Field(() => ID, { description: 'A key of your making: sending the same again answers once.' })
  idempotencyKey!: string;
}

@ArgsType()
class ScoreArgs {
  @Field(() => String, { description: 'The questionnaire, from `questionnaires`.' })
  code!: string;

  @Field(() => Int, { description: 'The version that was shown.' })
  version!: number;

  @Field(() => [QuestionnaireAnswerInput], { description: 'The answers in any order, at most 100.' })
  answers!: QuestionnaireAnswerInput[];
}

@ArgsType()
class QuestionnaireArgs {
  @Field(() => String, { description: 'The questionnaire, from `questionnaires`.' })
  code!: string;

  @Field(() => Int, { nullable: true, description: 'The version; the newest if left out.' })
  version?: number;
}

@ArgsType()
class ResultsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only results of this questionnaire, in all its versions.' })
  code?: string;
}

const AnswerQuestionnaireResult = resultUnion(
  'AnswerQuestionnaireResult',
  'What the answers came to, or why they were not taken.',
  QuestionnaireResult,
  [NotFound, InvalidInput, IdempotencyConflict],
);
const ScoreQuestionnaireResult = resultUnion(
  'ScoreQuestionnaireResult',
  'What the answers come to, or why it cannot be said.',
  QuestionnaireScore,
  [NotFound, InvalidInput],
);
const QuestionnaireResultConnection = connectionType(QuestionnaireResult, 'results of questionnaires');

const LABEL = texts('Demonstration, not for clinical use', '演示用途，不可用于临床');

/** What is written in two languages, in the one that is asked for. */
export const questionnaireTexts = [
  localized<Questionnaire>(Questionnaire, 'title', 'Title in the language asked for.', (it) =>
    texts(it.titleEn, it.titleZh),
  ),
  localized<Questionnaire>(Questionnaire, 'purpose', 'What it is for, in the language asked for.', (it) =>
    texts(it.purposeEn, it.purposeZh),
  ),
  localized<Questionnaire>(
    Questionnaire,
    'label',
    'To be shown wherever the questionnaire or a result of it is: that it is a demonstration, not for clinical use.',
    () => LABEL,
  ),
  localized<QuestionnaireItem>(QuestionnaireItem, 'text', 'The question in the language asked for.', (it) =>
    texts(it.textEn, it.textZh),
  ),
  localized<QuestionnaireOption>(QuestionnaireOption, 'text', 'What to show, in the language asked for.', (it) =>
    texts(it.textEn, it.textZh),
  ),
  localized<QuestionnaireBand>(QuestionnaireBand, 'nextStep', 'What to do next, in the language asked for.', (it) =>
    texts(it.nextStepEn, it.nextStepZh),
  ),
  localized<QuestionnaireScore>(
    QuestionnaireScore,
    'nextStep',
    'What to do next, in the language asked for.',
    ({ band }) => texts(band.nextStepEn, band.nextStepZh),
  ),
  localized<QuestionnaireResult>(
    QuestionnaireResult,
    'nextStep',
    'What to do next, in the language asked for.',
    ({ band }) => texts(band.nextStepEn, band.nextStepZh),
  ),
];

@Resolver(() => Questionnaire)
export class QuestionnaireResolver {
  @Query(() => [Questionnaire], {
    nullable: true,
    description:
      'The questionnaires that can be answered, each in its newest version; fewer than 100. All are demonstrations.',
  })
  @Public()
  questionnaires(): Questionnaire[] {
    return newestDefinitions().map(shown);
  }

  @Query(() => Questionnaire, {
    nullable: true,
    description: 'One questionnaire, also in a version of before; null when there is none.',
  })
  @Public()
  questionnaire(@Args(() => QuestionnaireArgs) { code, version }: QuestionnaireArgs): Questionnaire | null {
    const found = definitionOf(code, version);
    return found ? shown(found) : null;
  }

  @Query(() => ScoreQuestionnaireResult, {
    nullable: true,
    description: 'Says what answers come to, for anybody, and stores nothing.',
  })
  @Public()
  scoreQuestionnaire(@Args(() => ScoreArgs) asked: ScoreArgs): Promise<QuestionnaireScore | Failure> {
    return orFailure(scoreOnly(asked));
  }

  @Mutation(() => AnswerQuestionnaireResult, {
    nullable: true,
    description:
      'Answers a questionnaire for yourself or somebody you care for. Physicians who treat the patient see it.',
  })
  @RequiresScopes('patient:self')
  answerQuestionnaire(
    @Arg('input', () => AnswerQuestionnaireInput, { description: 'Who answers what.' }) input: AnswerQuestionnaireInput,
    @Ctx() context: PatientContext,
  ): Promise<QuestionnaireResult | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(
      new QuestionnaireService(context).answer(input).then((id) => context.questionnaireResults.byId(id)),
    );
  }
}

@Resolver(() => Patient)
export class PatientQuestionnairesResolver {
  @FieldResolver(() => QuestionnaireResultConnection, {
    nullable: true,
    description: 'What was answered for the patient, newest first.',
  })
  @RequiresScopes('patient:self', 'care:provide')
  async questionnaireResults(
    @Root() { id }: Patient,
    @Args(() => ResultsArgs) args: ResultsArgs,
    @Ctx() { questionnaireResults }: PatientContext,
  ): Promise<ConnectionSource<QuestionnaireResult>> {
    const page = pageOf(args);
    const code = args.code ?? null;
    return connection(await questionnaireResults.ofPatient(id, code, page), page, () =>
      questionnaireResults.countOfPatient(id, code),
    );
  }
}
