import type { Settings } from '../subgraphs/common/settings.js';
export async function administratorUrl(settings: Settings): Promise<string> {
  return settings.databaseUrl as string;
}
