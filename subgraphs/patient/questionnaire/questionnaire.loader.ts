import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import { idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { Locale } from '../../common/scalars.js';
import { definitionOf, newestDefinitions } from './definitions/all.js';
import type {
  Questionnaire,
  QuestionnaireBand,
  QuestionnaireItem,
  QuestionnaireItemKind,
  QuestionnaireResult,
} from './questionnaire.js';
import type { Band, Definition, GivenAnswer, Item } from './questionnaire.rules.js';

const { EN, ZH } = Locale;

const shownItem = (item: Item): QuestionnaireItem => ({
  code: item.code,
  textEn: item.text[EN],
  textZh: item.text[ZH],
  kind: item.kind as QuestionnaireItemKind,
  required: item.required,
  weight: item.weight,
  min: 'min' in item ? item.min : null,
  max: 'max' in item ? item.max : null,
  options:
    'options' in item
      ? item.options.map(({ value, text, points }) => ({ value, textEn: text[EN], textZh: text[ZH], points }))
      : null,
});

export const shownBand = ({ nextStep, ...band }: Band): QuestionnaireBand => ({
  ...band,
  nextStepEn: nextStep[EN],
  nextStepZh: nextStep[ZH],
});

const shownOnce = new Map<Definition, Questionnaire>();

/** A questionnaire as the API shows it. */
export function shown(definition: Definition): Questionnaire {
  const known = shownOnce.get(definition);
  if (known) return known;
  const { code, version, title, purpose, items, bands } = definition;
  const made: Questionnaire = {
    code,
    version,
    newest: newestDefinitions().includes(definition),
    titleEn: title[EN],
    titleZh: title[ZH],
    purposeEn: purpose[EN],
    purposeZh: purpose[ZH],
    forClinicalUse: false,
    items: items.map(shownItem),
    bands: bands.map(shownBand),
  };
  shownOnce.set(definition, made);
  return made;
}

interface ResultRow {
  readonly id: string;
  readonly patientId: string;
  readonly code: string;
  readonly version: number;
  readonly answers: readonly GivenAnswer[];
  readonly score: number;
  readonly band: string;
  readonly answeredAt: string;
}

const COLUMNS = `id, patient_id as "patientId", questionnaire as code, questionnaire_version as version, answers, score, band,
  answered_at as "answeredAt"`;
const SHOWS = { record: 'QuestionnaireResult', fields: ['questionnaire', 'score', 'band', 'answers'] } as const;

const BY_ID = loggedStatement(
  'questionnaire-results-by-id',
  `select ${COLUMNS} from questionnaire_result where id = any($1)`,
  SHOWS,
);
const PAGES = loggedStatement(
  'questionnaire-results-of-patients',
  `select n::int as page, size, found.* from unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[])
     with ordinality as asked (patient_id, code, after, size, n)
   cross join lateral (
     select ${COLUMNS} from questionnaire_result
     where patient_id = asked.patient_id and (asked.code is null or questionnaire = asked.code) and ${idBelow('asked.after')}
     order by id desc limit asked.size) found
   order by n, id desc`,
  { ...SHOWS, page: { limit: 'size', each: 'page' } },
);
const COUNT = statement(
  'count-questionnaire-results',
  `select count(*)::int as count from questionnaire_result where patient_id = $1 and ($2::text is null or questionnaire = $2)`,
);

/** @throws when its version is not there any more, which no release may do */
function resultOf({ code, version, band, ...row }: ResultRow): QuestionnaireResult {
  const definition = definitionOf(code, version);
  const found = definition?.bands.find((each) => each.code === band);
  if (!definition || !found) throw new Error(`Questionnaire ${code} has no version ${version} with this band`);
  return { ...row, questionnaire: shown(definition), band: shownBand(found) };
}

interface AskedPage extends Page {
  readonly patientId: string;
  readonly code: string | null;
}

/** Reads what patients answered, as the caller may see it. */
export class QuestionnaireResultLoader {
  private readonly pages: DataLoader<AskedPage, QuestionnaireResult[], string>;

  constructor(private readonly session: Session) {
    this.pages = new DataLoader((asked) => this.newest(asked), {
      cacheKeyFn: ({ patientId, code, after, first }) => `${patientId} ${code} ${after} ${first}`,
    });
  }

  async byId(id: string): Promise<QuestionnaireResult | null> {
    const [row] = await this.session.seen<ResultRow>(BY_ID, [[id]]);
    return row ? resultOf(row) : null;
  }

  /** A patient's, newest first; one more than `first` where there are more. @param code only of this questionnaire */
  ofPatient(patientId: string, code: string | null, { after, first }: Page): Promise<QuestionnaireResult[]> {
    return this.pages.load({ patientId, code, after, first });
  }

  async countOfPatient(patientId: string, code: string | null): Promise<number> {
    return this.session.count(COUNT, [patientId, code]);
  }

  private async newest(asked: readonly AskedPage[]): Promise<QuestionnaireResult[][]> {
    const rows = await this.session.seen<ResultRow & { page: number }>(PAGES, [
      asked.map(({ patientId }) => patientId),
      asked.map(({ code }) => code),
      asked.map(({ after }) => after),
      asked.map(({ first }) => first + 1),
    ]);
    const found = Map.groupBy(rows, ({ page }) => page);
    return asked.map((_, index) => (found.get(index + 1) ?? []).map(resultOf));
  }
}
