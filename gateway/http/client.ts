import type { IncomingHttpHeaders } from 'node:http';
import type { ClientProgram } from '../context.js';
import { Refused } from './refused.js';

/** Under which headers a client program may name itself: Apollo's, and what other clients send. */
export const CLIENT_HEADERS = [
  'apollographql-client-name',
  'apollographql-client-version',
  'graphql-client-name',
  'graphql-client-version',
] as const;

const LONGEST = 60;
const PLAIN = /^[\w.:-]{0,60}$/;

/** A name that somebody gave from outside, so that it can stand in a log: at most 60 letters, digits and `_.:-`. */
export const plainName = (given: string): string =>
  PLAIN.test(given) ? given : given.slice(0, LONGEST).replace(/[^\w.:-]/g, '_');

/**
 * The program that asks, by the headers `apollographql-client-name` and `-version`, or `graphql-client-name` and `-version`.
 *
 * @param required in production: otherwise nobody could be told that their program is about to break
 * @throws {Refused} 400 where they are required and missing
 */
export function clientOf(headers: IncomingHttpHeaders, required: boolean): ClientProgram {
  const [nameOfApollo, versionOfApollo, name, version] = CLIENT_HEADERS;
  const client = {
    name: given(headers[nameOfApollo] ?? headers[name]),
    version: given(headers[versionOfApollo] ?? headers[version]),
  };
  if (required && (client.name === '' || client.version === '')) {
    throw new Refused(
      400,
      'Say which program asks: send the headers apollographql-client-name and apollographql-client-version, or graphql-client-name and graphql-client-version.',
    );
  }
  return client;
}

const given = (header: string | string[] | undefined): string => plainName(String(header ?? '').trim());
