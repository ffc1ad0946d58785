import { closeSubgraphs, openSubgraphs } from '../subgraphs/all.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import type { Settings } from '../subgraphs/common/settings.js';
import type { LocalSubgraph, Subgraph } from '../subgraphs/common/subgraph.js';
import { type RunningApi, type ServeOptions, serve } from './serve.js';
import { InProcessSource } from './sources/in-process.source.js';
import { readSupergraphs, type Supergraphs } from './supergraphs.js';

/** The whole API that answers. */
export interface RunningProgram extends RunningApi {
  /** Works on the jobs from now on, where it did not at once. Called again after a failure it goes on where that was. */
  startJobs(): Promise<void>;
}

/** What `npm run dev` and one of several processes do otherwise. */
export interface OneProcessOptions extends Pick<ServeOptions, 'turn' | 'together'> {
  /** Subgraphs that something else answers for; they are not opened. */
  readonly played?: ReadonlyMap<string, LocalSubgraph>;
  /** What is joined, where that is not what `npm run schema` has composed. */
  readonly join?: (subgraphs: ReadonlyMap<string, Subgraph>) => Promise<Supergraphs>;
}

/**
 * The gateway and all five subgraphs in this process.
 *
 * @param urlOf the database's URL for each subgraph, with its serving role
 */
export async function startOneProcess(
  settings: Settings,
  urlOf: (name: Subgraph['name']) => string,
  { played = new Map(), join = async () => readSupergraphs(), turn, together }: OneProcessOptions = {},
): Promise<RunningProgram> {
  const { databasePool, keysDir, sqlComments } = settings;
  const subgraphs = await openSubgraphs(urlOf, databasePool, readFieldKeys(keysDir), sqlComments, played);
  const api = await serve({
    settings,
    supergraphs: await join(subgraphs),
    sourceOf: ({ name }) => {
      const local = subgraphs.get(name) ?? played.get(name);
      if (!local)
        throw new Error(
          `The supergraph names a subgraph ${name} that this program does not have. Run \`npm run schema\`.`,
        );
      return new InProcessSource(local, settings);
    },
    closeBehind: () => closeSubgraphs(subgraphs),
    turn,
    together,
  });
  const idle = [...subgraphs.values()];
  const startJobs = async () => {
    for (let next = idle[0]; next; next = idle[0]) {
      await next.startJobs();
      idle.shift();
    }
  };
  // who may not serve does not work off jobs either; of several processes one does
  if (!together) await startJobs();
  return { ...api, startJobs };
}
