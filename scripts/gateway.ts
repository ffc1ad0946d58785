import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'graphql';
import { startGateway } from '../gateway/many-processes.js';
import { readSupergraphs } from '../gateway/one-process.js';
import type { Supergraphs } from '../gateway/serve.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { makeInternalKeys } from '../subgraphs/common/signature.js';
import { startTracing } from '../subgraphs/common/tracing.js';
import { requireIssuer, runUntilStopped } from './process.js';

/** `npm run start:gateway`: the gateway alone, in front of subgraphs that answer over HTTP. */
await runUntilStopped(async () => {
  const { supergraph, port } = options();
  const settings = readSettings({ ...process.env, ...(port !== undefined && { PORT: port }) });
  requireIssuer(settings);
  makeInternalKeys(settings.keysDir);
  const stopTracing = await startTracing(settings, 'gateway');
  const api = await startGateway(settings, read(supergraph));
  console.log(`The gateway is ready at ${api.url}/graphql`);
  return async () => {
    await api.close();
    await stopTracing();
  };
});

function options(): { supergraph?: string; port?: string } {
  try {
    return parseArgs({ options: { supergraph: { type: 'string' }, port: { type: 'string' } } }).values;
  } catch {
    throw new Refusal('Usage: npm run start:gateway -- [--supergraph FILE] [--port N]');
  }
}

function read(file: string | undefined): Supergraphs {
  try {
    const supergraphs = file === undefined ? readSupergraphs() : { api: readFileSync(file, 'utf8') };
    for (const sdl of Object.values(supergraphs)) parse(sdl);
    return supergraphs;
  } catch {
    throw new Refusal(
      `The supergraph ${file ?? 'in schema/'} cannot be read. Check the path, or run \`npm run schema\`.`,
    );
  }
}
