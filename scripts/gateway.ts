import { parseArgs } from 'node:util';
import { startGateway } from '../gateway/many-processes.js';
import { SUPERGRAPH_FILES, type Supergraphs } from '../gateway/supergraphs.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { makeInternalKeys } from '../subgraphs/common/signature.js';
import { startTracing } from '../subgraphs/common/tracing.js';
import { requireIssuer, runUntilStopped } from './process.js';

/** `npm run start:gateway`: the gateway alone, in front of subgraphs that answer over HTTP. SIGHUP has it read its supergraphs anew. */
await runUntilStopped(async () => {
  const given = options();
  const { port } = given;
  const settings = readSettings({ ...process.env, ...(port !== undefined && { PORT: port }) });
  requireIssuer(settings);
  makeInternalKeys(settings.keysDir);
  const stopTracing = await startTracing(settings, 'gateway');
  const api = await startGateway(settings, filesOf(given));
  process.on('SIGHUP', api.reload);
  console.log(`The gateway is ready at ${api.url}/graphql`);
  return async () => {
    await api.close();
    await stopTracing();
  };
});

const USAGE = 'Usage: npm run start:gateway -- [--supergraph FILE [--partner-supergraph FILE]] [--port N]';

interface Options {
  readonly port?: string;
  readonly supergraph?: string;
  readonly 'partner-supergraph'?: string;
}

function options(): Options {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ options: { port: text, supergraph: text, 'partner-supergraph': text } }).values;
  } catch {
    throw new Refusal(USAGE);
  }
}

/** @throws {Refusal} for a partners' part without the whole */
function filesOf({ supergraph, 'partner-supergraph': partner }: Options): Supergraphs {
  if (supergraph === undefined && partner === undefined) return SUPERGRAPH_FILES;
  if (supergraph === undefined) throw new Refusal(USAGE);
  return { api: supergraph, partner };
}
