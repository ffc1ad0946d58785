import type { Settings } from '../subgraphs/common/settings.js';
import { Signer } from '../subgraphs/common/signature.js';
import { type RunningApi, type Supergraphs, serve } from './serve.js';
import { HttpSource } from './sources/http.source.js';

/**
 * The gateway alone, in front of subgraphs that answer over HTTP. Takes any Federation 2 supergraph.
 *
 * @param supergraphs name the subgraphs and where they answer; `SUBGRAPH_URLS` says otherwise for some
 */
export function startGateway(settings: Settings, supergraphs: Supergraphs): Promise<RunningApi> {
  const signer = new Signer('gateway', settings.keysDir);
  const sources = new Map<string, HttpSource>();
  return serve({
    settings,
    supergraphs,
    sourceOf: ({ name, url }) => {
      const timeoutMs = settings.subgraphTimeoutMs;
      const source = new HttpSource({
        subgraph: name,
        url: settings.subgraphUrls[name]?.[0] ?? url,
        signer,
        timeoutMs,
      });
      sources.set(name, source);
      return source;
    },
    ready: async () => {
      const asked = [...sources].map(async ([name, source]) => [name, await source.ready()] as const);
      return Object.fromEntries(await Promise.all(asked));
    },
    closeBehind: async () => {
      await Promise.all([...sources.values()].map((source) => source.close()));
    },
  });
}
