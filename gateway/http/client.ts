import type { IncomingHttpHeaders } from 'node:http';
import type { ClientProgram } from '../context.js';

/**
 * The program that asks, by the headers `apollographql-client-name` and `-version`.
 *
 * @throws {Refused} 400 where they are required and missing
 */
export function clientOf(headers: IncomingHttpHeaders, _required: boolean): ClientProgram {
  return {
    name: String(headers['apollographql-client-name'] ?? ''),
    version: String(headers['apollographql-client-version'] ?? ''),
  };
}
