import { closeSubgraphs, openSubgraphs } from '../subgraphs/all.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import type { Settings } from '../subgraphs/common/settings.js';
import type { Subgraph } from '../subgraphs/common/subgraph.js';
import { type RunningApi, serve } from './serve.js';
import { InProcessSource } from './sources/in-process.source.js';
import { readSupergraphs } from './supergraphs.js';

/**
 * The gateway and all five subgraphs in this process.
 *
 * @param urlOf the database's URL for each subgraph, with its serving role
 */
export async function startOneProcess(
  settings: Settings,
  urlOf: (name: Subgraph['name']) => string,
): Promise<RunningApi> {
  const { databasePool, keysDir, sqlComments } = settings;
  const subgraphs = await openSubgraphs(urlOf, databasePool, readFieldKeys(keysDir), sqlComments);
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
      return new InProcessSource(local, settings);
    },
    closeBehind: () => closeSubgraphs(subgraphs),
  });
}
