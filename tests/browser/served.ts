import { type Apart, startApart, startDatabase, startTarget } from '../../scripts/attack/servers.js';
import { Cleanup } from '../../scripts/bench/cleanup.js';

/** The API as developers have it, and as it runs in production, each in a process of its own. */
export interface Served {
  readonly url: string;
  readonly productionUrl: string;
}

const cleanup = new Cleanup();
let starting: Promise<Served> | undefined;
let startingApart: Promise<Apart> | undefined;

/** Starts it for the first who asks; the others look at the same. */
export function served(): Promise<Served> {
  starting ??= startTarget('one process', cleanup).then(({ url, productionUrl = '' }) => ({ url, productionUrl }));
  return starting;
}

/** Likewise with each subgraph in a process of its own, which can be stopped. */
export function servedApart(): Promise<Apart> {
  startingApart ??= startDatabase(cleanup).then(({ environment }) => startApart(environment, cleanup));
  return startingApart;
}

/** Has something else ended with what was started here. */
export const endWithServed = (ending: () => Promise<void>): void => cleanup.add(ending);

/** Ends what was started. */
export const endServed = (): Promise<void> => cleanup.run();
