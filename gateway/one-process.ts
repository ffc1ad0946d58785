import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeSubgraphs, openSubgraphs } from '../subgraphs/all.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import type { Settings } from '../subgraphs/common/settings.js';
import type { Subgraph } from '../subgraphs/common/subgraph.js';
import { type RunningApi, type Supergraphs, serve } from './serve.js';
import { InProcessSource } from './sources/in-process.source.js';

const SCHEMA = join(PROJECT_ROOT, 'schema');

/** The supergraphs that `npm run schema` has composed. */
export const readSupergraphs = (): Supergraphs => ({
  api: readFileSync(join(SCHEMA, 'supergraph.graphql'), 'utf8'),
});

/**
 * The gateway and all five subgraphs in this process.
 *
 * @param urlOf the database's URL for each subgraph, with its serving role
 */
export async function startOneProcess(
  settings: Settings,
  urlOf: (name: Subgraph['name']) => string,
): Promise<RunningApi> {
  const subgraphs = await openSubgraphs(urlOf, settings.databasePool, readFieldKeys(settings.keysDir));
  for (const subgraph of subgraphs.values()) await subgraph.startJobs();
  return serve({
    settings,
    supergraphs: readSupergraphs(),
    sourceOf: ({ name }) => {
      const local = subgraphs.get(name);
      if (!local)
        throw new Error(
          `The supergraph names a subgraph ${name} that this program does not have. Run \`npm run schema\`.`,
        );
      return new InProcessSource(local);
    },
    ready: async () => {
      const pings = [...subgraphs.values()].map(
        async ({ name, database }) => [name, await database.answers()] as const,
      );
      return Object.fromEntries(await Promise.all(pings));
    },
    closeBehind: () => closeSubgraphs(subgraphs),
  });
}
