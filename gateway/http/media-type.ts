import { knownHeader } from './known-header.js';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';
type MediaType = typeof JSON_TYPE | typeof GRAPHQL_TYPE;

/** How an answer is written. */
export interface AnswerForm {
  readonly contentType: string;
  /**
   * The client asked for `application/json` by name. Then GraphQL over HTTP wants 200 for a document or variables that do
   * not fit the schema: such clients take any other status for a failure of the way.
   */
  readonly isPlainJson: boolean;
}

const formOf = (type: MediaType, isPlainJson = false): AnswerForm => ({
  contentType: `${type}; charset=utf-8`,
  isPlainJson,
});

/** For clients that take anything, and for refusals to those who take nothing that we make. */
export const USUAL_FORM = formOf(JSON_TYPE);

/** One range of an `Accept` header. */
interface Range {
  readonly type: string;
  /** 0 (never) to 1. */
  readonly quality: number;
}

const LONGEST_HEADER = 1_000;

const formFor = knownHeader((accept) => negotiate(accept.split(',').flatMap(rangeOf)));

/**
 * The form that an `Accept` header asks for, by its weights; of equals the one named first.
 *
 * @returns undefined when it takes none of ours
 */
export function answerForm(accept: string | undefined): AnswerForm | undefined {
  if (accept === undefined) return USUAL_FORM;
  return accept.length > LONGEST_HEADER ? undefined : formFor(accept);
}

function rangeOf(text: string): Range[] {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  let quality = 1;
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=', 2);
    if (name === 'q') quality = Number(value);
    // we write UTF-8, and nothing else
    if (name === 'charset' && !/^"?utf-?8"?$/.test(value)) return [];
  }
  return type !== '' && quality >= 0 && quality <= 1 ? [{ type, quality }] : [];
}

function negotiate(ranges: readonly Range[]): AnswerForm | undefined {
  const named = (type: string) => ranges.findIndex((range) => range.type === type);
  const [best] = [JSON_TYPE, GRAPHQL_TYPE]
    .map((type) => {
      // the nearest range that covers it says how much it is wanted
      const place = [type, 'application/*', '*/*'].map(named).find((index) => index >= 0) ?? -1;
      return { type: type as MediaType, place, quality: ranges[place]?.quality ?? 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality || one.place - other.place);
  return best && formOf(best.type, best.type === JSON_TYPE && named(JSON_TYPE) >= 0);
}
