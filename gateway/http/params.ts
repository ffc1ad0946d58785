import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from '../../subgraphs/common/answer.js';
import { Refused } from './refused.js';

/** What a request asks for, by GraphQL over HTTP, in whatever way it came. */
export interface GraphQLParams {
  readonly query?: string;
  /** Names a document that the server has, instead of sending it. */
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const refused = (message: string) => new Refused(400, message);

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw refused(`Send \`${name}\` as a text.`);
  return value;
}

function record(value: unknown, name: string): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw refused(`Send \`${name}\` as a JSON object.`);
  return value;
}

/** @param body of a POST as JSON @throws {Refused} 400 for a batch, and for what is of the wrong kind */
export function paramsOfBody(body: unknown): GraphQLParams {
  if (Array.isArray(body)) throw refused('Send one request at a time: batches are not taken.');
  if (!isRecord(body)) throw refused('Send a JSON object: {"query": "…", "variables": {…}}.');
  return paramsOf(body);
}

/** `variables` and `extensions` are JSON in a URL. @throws {Refused} 400, also for a parameter that is there twice */
export function paramsOfSearch(search: URLSearchParams): GraphQLParams {
  const once = (name: string) => {
    const values = search.getAll(name);
    if (values.length > 1) throw refused(`Send \`${name}\` once.`);
    return values[0];
  };
  const json = (name: string): unknown => {
    const given = once(name);
    if (given === undefined) return undefined;
    try {
      return JSON.parse(given);
    } catch {
      throw refused(`Send \`${name}\` as a JSON object.`);
    }
  };
  return paramsOf({
    query: once('query'),
    documentId: once('documentId'),
    operationName: once('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

const paramsOf = (given: Readonly<Record<string, unknown>>): GraphQLParams => ({
  query: text(given.query, 'query'),
  documentId: text(given.documentId, 'documentId'),
  operationName: text(given.operationName, 'operationName'),
  variables: record(given.variables, 'variables'),
  extensions: record(given.extensions, 'extensions'),
});

/** What a page of another origin can have a browser send without asking us first. */
const SIMPLE_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);
const WELL_FORMED = /^[\w.+-]+\/[\w.+-]+$/;

/**
 * A query by GET is answered to clients alone, not to any page that a browser has open: a browser asks us first before it
 * sends the header `apollo-require-preflight`, or a content type that no form has.
 *
 * @throws {Refused} 400 without either, 415 for a content type other than JSON
 */
export function refuseForeignPage(headers: IncomingHttpHeaders): void {
  const given = headers['content-type'];
  const type = given?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isSimple = !WELL_FORMED.test(type) || SIMPLE_TYPES.has(type);
  if (isSimple && !headers['apollo-require-preflight'] && !headers['x-apollo-operation-name'])
    throw refused('Send a query by GET with the header `apollo-require-preflight: true`, or by POST.');
  if (given !== undefined && type !== 'application/json')
    throw new Refused(415, 'A GET has no body: leave Content-Type out, or say application/json.');
}
