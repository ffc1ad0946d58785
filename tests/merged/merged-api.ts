import { databaseSecret } from '../../scripts/prepare.js';
import { closeSubgraphs, openSubgraphs, SUBGRAPHS } from '../../subgraphs/all.js';
import type { SubgraphContext } from '../../subgraphs/common/context.js';
import { servingUrl } from '../../subgraphs/common/migrate.js';
import { readFieldKeys } from '../../subgraphs/common/sealed.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import { buildSubgraph, type Subgraph } from '../../subgraphs/common/subgraph.js';
import { MergedSchema, type Outcome, type Part } from './merged-schema.js';

/** The five subgraphs behind one schema that graphql-js runs: no gateway, no planner, no federation. Jobs are not begun. */
export class MergedApi {
  private constructor(
    private readonly parts: readonly Part[],
    private readonly subgraphs: ReadonlyMap<string, Subgraph>,
  ) {}

  /** @param adminUrl of the database that the federated API works on too */
  static async open(adminUrl: string, keysDir: string): Promise<MergedApi> {
    const settings = readSettings({ KEYS_DIR: keysDir });
    const secret = databaseSecret(settings);
    const parts = await Promise.all(
      SUBGRAPHS.map(async ({ name, references, ...rest }) => {
        const built = await buildSubgraph({ name, references, ...rest });
        return { ...built, name, references };
      }),
    );
    const subgraphs = await openSubgraphs((name) => servingUrl(adminUrl, name, secret), 4, readFieldKeys(keysDir));
    return new MergedApi(parts, subgraphs);
  }

  /** @param sdl what the clients of one endpoint see */
  schema(sdl: string): MergedSchema {
    return new MergedSchema(sdl, this.parts);
  }

  answer(schema: MergedSchema, caller: Caller, query: string, variables: Record<string, unknown>): Promise<Outcome> {
    const contexts = new Map<string, SubgraphContext>();
    const inAll = ([subgraph, ...rest]: readonly Subgraph[]): Promise<Outcome> =>
      subgraph
        ? subgraph.within(caller, (context) => {
            contexts.set(subgraph.name, context);
            return inAll(rest);
          })
        : schema.run(query, variables, { identity: caller.identity, contexts });
    return inAll([...this.subgraphs.values()]);
  }

  async close(): Promise<void> {
    await closeSubgraphs(this.subgraphs);
  }
}
