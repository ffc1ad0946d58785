import { startGateway } from '../../gateway/many-processes.js';
import { startTracing } from '../../subgraphs/common/tracing.js';
import { gatewayOptions } from '../gateway-options.js';
import { runWorker } from './run-worker.js';

/** One of the processes of `WORKERS=n npm run start:gateway`. */
await runWorker(async (settings, together) => {
  const stopTracing = await startTracing(settings, 'gateway');
  const api = await startGateway(settings, gatewayOptions().files, { together });
  return {
    ...api,
    close: async () => {
      await api.close();
      await stopTracing();
    },
  };
});
