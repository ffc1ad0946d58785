import { startGateway } from '../gateway/many-processes.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { makeInternalKeys } from '../subgraphs/common/signature.js';
import { startTracing } from '../subgraphs/common/tracing.js';
import { gatewayOptions } from './gateway-options.js';
import { fail, requireIssuer, runUntilStopped } from './process.js';
import { Workers } from './workers/workers.js';

/**
 * `npm run start:gateway`: the gateway alone, in front of subgraphs that answer over HTTP, in as many processes as `WORKERS` says.
 * SIGHUP has it read its supergraphs anew.
 */
await runUntilStopped(async () => {
  const { port, files } = gatewayOptions();
  const settings = readSettings({ ...process.env, ...(port !== undefined && { PORT: port }) });
  requireIssuer(settings);
  makeInternalKeys(settings.keysDir);
  if (settings.workers > 1) {
    const workers = await Workers.start({ program: 'gateway.js', settings, giveUp: fail });
    process.on('SIGHUP', () => workers.reload());
    console.log(`The gateway is ready at ${workers.url}/graphql`);
    return () => workers.stop();
  }
  const stopTracing = await startTracing(settings, 'gateway');
  const api = await startGateway(settings, files);
  process.on('SIGHUP', api.reload);
  console.log(`The gateway is ready at ${api.url}/graphql`);
  return async () => {
    await api.close();
    await stopTracing();
  };
});
