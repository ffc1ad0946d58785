import { type GraphQLSchema, parse } from 'graphql';
import type { LimitSettings } from '../../subgraphs/common/settings.js';
import { Refused } from '../http/refused.js';
import type { Limits } from './limits.js';

/**
 * @param schema the API as the clients of this endpoint see it
 * @param production nothing of the schema is told then
 */
export function createLimits(_schema: GraphQLSchema, _settings: LimitSettings, _production: boolean): Limits {
  return {
    inspect(text) {
      try {
        const document = parse(text, { maxTokens: 10_000 });
        return { document, cost: () => 1 };
      } catch (error) {
        throw new Refused(400, (error as Error).message);
      }
    },
  };
}
