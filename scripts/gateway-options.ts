import { parseArgs } from 'node:util';
import { SUPERGRAPH_FILES, type Supergraphs } from '../gateway/supergraphs.js';
import { Refusal } from '../subgraphs/common/refusal.js';

const USAGE = 'Usage: npm run start:gateway -- [--supergraph FILE [--partner-supergraph FILE]] [--port N]';

/** What `npm run start:gateway` is told. */
export interface GatewayOptions {
  readonly port?: string;
  readonly files: Supergraphs;
}

/** @throws {Refusal} saying what to write, also for a partners' part without the whole */
export function gatewayOptions(): GatewayOptions {
  const { port, supergraph, 'partner-supergraph': partner } = parsed();
  if (supergraph === undefined && partner === undefined) return { port, files: SUPERGRAPH_FILES };
  if (supergraph === undefined) throw new Refusal(USAGE);
  return { port, files: { api: supergraph, partner } };
}

function parsed() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ options: { port: text, supergraph: text, 'partner-supergraph': text } }).values;
  } catch {
    throw new Refusal(USAGE);
  }
}
