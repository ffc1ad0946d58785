import { NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PatientContext } from '../context.js';
import { definitionOf } from './definitions/all.js';
import { QuestionnaireResultEntity } from './questionnaire.entity.js';
import type { QuestionnaireScore } from './questionnaire.js';
import { shown, shownBand } from './questionnaire.loader.js';
import {
  bandOf,
  type CheckedAnswer,
  checkAnswers,
  type Definition,
  type GivenAnswer,
  scoreOf,
} from './questionnaire.rules.js';

export interface AnswerQuestionnaire {
  readonly patientId: string;
  readonly code: string;
  readonly version: number;
  readonly answers: readonly GivenAnswer[];
  readonly idempotencyKey: string;
}

interface Scored {
  readonly definition: Definition;
  readonly checked: readonly CheckedAnswer[];
  readonly score: number;
  readonly band: Definition['bands'][number];
}

/** @throws {NotFound} {InvalidInput} */
function scored(
  { code, version, answers }: Pick<AnswerQuestionnaire, 'code' | 'version' | 'answers'>,
  path: readonly string[],
): Scored {
  const definition = definitionOf(code, version);
  if (!definition) throw new NotFound('questionnaire', [...path, 'code']);
  const checked = checkAnswers(definition, answers, [...path, 'answers']);
  const score = scoreOf(checked);
  return { definition, checked, score, band: bandOf(definition, score) };
}

/** What answers come to; nothing is stored. @throws {NotFound} {InvalidInput} */
export async function scoreOnly(
  asked: Pick<AnswerQuestionnaire, 'code' | 'version' | 'answers'>,
): Promise<QuestionnaireScore> {
  const { definition, score, band } = scored(asked, []);
  return { questionnaire: shown(definition), score, band: shownBand(band) };
}

/** Answering questionnaires. */
export class QuestionnaireService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the result's id
   * @throws {NotFound} {InvalidInput} {IdempotencyConflict}
   */
  async answer(input: AnswerQuestionnaire): Promise<string> {
    const { care, identity } = this.context;
    const standing = await care.standing(input.patientId);
    ensureAllowed(standing?.mayCare === true, () => new NotFound('patient', ['input', 'patientId']));
    const { definition, checked, score, band } = scored(input, ['input']);
    return once(this.context, 'answerQuestionnaire', input, async (em) => {
      const id = newId();
      em.create(QuestionnaireResultEntity, {
        id,
        patient: input.patientId,
        questionnaire: definition.code,
        questionnaireVersion: definition.version,
        answers: checked.map(({ item, value }) => ({ item, value })),
        score,
        band: band.code,
        redFlag: band.redFlag,
        answeredAt: new Date(),
        answeredBy: identity.subject,
      });
      return id;
    });
  }
}
