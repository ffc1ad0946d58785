import { type OneProcessOptions, type RunningProgram, startOneProcess } from '../gateway/one-process.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import type { Settings } from '../subgraphs/common/settings.js';
import { startTracing } from '../subgraphs/common/tracing.js';
import { databaseSecret } from './prepare.js';

/** The whole API in this process, on a database that is prepared. */
export async function startApi(
  settings: Settings,
  adminUrl: string,
  options: Pick<OneProcessOptions, 'together'> = {},
): Promise<RunningProgram> {
  const stopTracing = await startTracing(settings, 'care');
  const secret = databaseSecret(settings);
  const api = await startOneProcess(settings, (name) => servingUrl(adminUrl, name, secret), options);
  return {
    ...api,
    close: async () => {
      await api.close();
      await stopTracing();
    },
  };
}
