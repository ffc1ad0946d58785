import type { Settings } from '../subgraphs/common/settings.js';
import { Signer } from '../subgraphs/common/signature.js';
import { followFiles, reloading } from './reload.js';
import { type RunningApi, type ServeOptions, serve } from './serve.js';
import { HttpSource } from './sources/http.source.js';
import { readSupergraphs, type Supergraphs } from './supergraphs.js';

/** A gateway whose supergraphs may be replaced while it runs. */
export interface RunningGateway extends RunningApi {
  /** Reads the supergraphs anew. Those that cannot be served are refused with a line of the log. */
  reload(): Promise<void>;
}

/**
 * The gateway alone, in front of subgraphs that answer over HTTP. Takes any Federation 2 supergraph, and another one as soon as
 * that lies in its file.
 *
 * @param files of supergraphs, which name the subgraphs and where they answer; `SUBGRAPH_URLS` says otherwise for some
 */
export async function startGateway(
  settings: Settings,
  files: Supergraphs,
  { together }: Pick<ServeOptions, 'together'> = {},
): Promise<RunningGateway> {
  const signer = new Signer('gateway', settings.keysDir);
  const serving = serve({
    settings,
    supergraphs: readSupergraphs(files),
    together,
    sourceOf: ({ name, url }) =>
      new HttpSource({
        subgraph: name,
        urls: settings.subgraphUrls[name] ?? [url],
        signer,
        settings,
      }),
  });
  const reload = reloading(async () => {
    followed.areRead();
    await (await serving).replace(readSupergraphs(files));
  });
  // from before it serves, for they may be replaced meanwhile
  const followed = followFiles(
    Object.values(files).filter((file) => file !== undefined),
    reload,
  );
  try {
    const api = await serving;
    return {
      ...api,
      reload,
      close: () => {
        followed.stop();
        return api.close();
      },
    };
  } catch (error) {
    followed.stop();
    throw error;
  }
}
