/** A query that needs nothing of Apollo's HTTP layer, and the media type of its answer. */
export interface PlainRequest {
  readonly request: { query: string; operationName?: string; variables?: Record<string, unknown> };
  readonly type: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = {
  '*/*': JSON_TYPE,
  'application/json': JSON_TYPE,
  'application/graphql-response+json': 'application/graphql-response+json; charset=utf-8',
};

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What nearly every client sends: a JSON object with a query and perhaps variables, for an answer in one of the two media
 * types of GraphQL over HTTP. Everything else goes through Apollo's HTTP layer, which knows what is wrong with it and
 * costs as much as several statements.
 *
 * @param body of a POST as JSON, whose content type has been checked
 * @param accept the header, of which the first type must be one that we know, without parameters
 */
export function plainRequest(body: unknown, accept: string | undefined): PlainRequest | undefined {
  const type = TYPES[accept === undefined ? '*/*' : (accept.split(',', 1)[0] as string).trim()];
  if (!type || !isRecord(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string' || query === '' || !isAbsent(extensions)) return undefined;
  if (!isAbsent(operationName) && typeof operationName !== 'string') return undefined;
  if (!isAbsent(variables) && !isRecord(variables)) return undefined;
  return { request: { query, operationName: operationName ?? undefined, variables: variables ?? undefined }, type };
}
