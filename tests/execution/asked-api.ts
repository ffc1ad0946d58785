import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { splitSupergraph } from '../../gateway/access/supergraph-rules.js';
import type { DataSource, Fetched } from '../../gateway/execution/steps.js';
import { DEMO_PEOPLE, scopesOf } from '../../gateway/identity/demo-people.js';
import { databaseSecret } from '../../scripts/prepare.js';
import { closeSubgraphs, openSubgraphs } from '../../subgraphs/all.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { ANONYMOUS } from '../../subgraphs/common/identity.js';
import { servingUrl } from '../../subgraphs/common/migrate.js';
import { Locale } from '../../subgraphs/common/scalars.js';
import { readFieldKeys } from '../../subgraphs/common/sealed.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import type { Subgraph, SubgraphRequest } from '../../subgraphs/common/subgraph.js';
import { Dice } from '../merged/dice.js';
import { discoveryQueries } from '../merged/discovery.js';
import { KnownValues } from '../merged/known-values.js';
import { MergedApi } from '../merged/merged-api.js';
import type { MergedSchema } from '../merged/merged-schema.js';
import { type Ground, QueryGenerator, type Question } from '../merged/query-generator.js';
import type { Answers } from './comparison.js';
import type { Asking } from './execution-proof.js';
import { type Asked, outcomeOf, TwoExecutors } from './two-executors.js';

/** What a request has in each subgraph: made once for all its fetches there. */
interface Context {
  readonly caller: Caller;
  readonly requests: Map<string, SubgraphRequest>;
}

interface Asker {
  readonly caller: Caller;
  readonly generator: QueryGenerator;
}

/** As it would come over HTTP. */
const sourceFor = (subgraph: Subgraph): DataSource => ({
  process: async ({ request, context }) => {
    const { caller, requests } = context as Context;
    const own = requests.get(subgraph.name) ?? subgraph.request(caller);
    requests.set(subgraph.name, own);
    return JSON.parse(JSON.stringify(await own.execute(request))) as Fetched;
  },
});

const fileOf = (file: string): string => readFileSync(join(PROJECT_ROOT, 'schema', file), 'utf8');

/** Our own subgraphs and their database behind both executors, without the door and its rules of access. */
export class AskedApi implements Asking {
  /** None is let down: what a database does then is tried elsewhere. */
  readonly subgraphs = [];
  readonly schema;
  private turn = 0;

  private constructor(
    private readonly executors: TwoExecutors,
    private readonly askers: readonly Asker[],
    private readonly merged: MergedApi,
    private readonly api: MergedSchema,
    private readonly opened: ReadonlyMap<string, Subgraph>,
    readonly dice: Dice,
  ) {
    this.schema = executors.schema;
  }

  /** @param adminUrl of a database with data in it. @param seed the same seed asks the same of the same data */
  static async open(adminUrl: string, keysDir: string, seed: number): Promise<AskedApi> {
    const merged = await MergedApi.open(adminUrl, keysDir);
    const secret = databaseSecret(readSettings({ KEYS_DIR: keysDir }));
    const opened = await openSubgraphs((name) => servingUrl(adminUrl, name, secret), 4, readFieldKeys(keysDir));
    const { runtimeSdl } = splitSupergraph(fileOf('supergraph.graphql'));
    const executors = await TwoExecutors.open(runtimeSdl, (name) => sourceFor(opened.get(name as never) as Subgraph));
    const dice = new Dice(seed);
    const everybody = new KnownValues();
    const schema = merged.schema(fileOf('api.graphql'));
    const askers: Asker[] = [];
    for (const identity of [
      ANONYMOUS,
      ...DEMO_PEOPLE.map(({ subject, roles }) => ({ subject, roles, scopes: scopesOf(roles) })),
    ]) {
      const known = new KnownValues(everybody);
      const ground: Ground = {
        schema: schema.schema,
        mayRead: (parent, field) => schema.permits(parent, field, identity),
        // reading is an entry of it, so that who asks twice gets two answers
        leavesOut: ({ name }) => name === 'accessLog',
        joints: schema.joints,
        known,
        dice,
      };
      const caller = { identity, locale: Locale.EN, trace: '' };
      for (const query of discoveryQueries(ground)) known.learn((await merged.answer(schema, caller, query, {})).data);
      askers.push({ caller, generator: new QueryGenerator(ground) });
    }
    return new AskedApi(executors, askers, merged, schema, opened, dice);
  }

  next(): Question {
    this.turn = (this.turn + 1) % this.askers.length;
    return this.asker.generator.next();
  }

  async answersTo(asked: Asked): Promise<Answers> {
    const context = (): Context => ({ caller: this.asker.caller, requests: new Map() });
    const planned = await this.executors.plannedAnswer(asked, context());
    const stock = await this.executors.stockAnswer(asked, context());
    if (isDeepStrictEqual(planned.data, stock.data)) return { planned, stock };
    const { data } = await this.merged.answer(this.api, this.asker.caller, asked.query, asked.variables);
    return { planned, stock, merged: outcomeOf({ data: data as never }) };
  }

  private get asker(): Asker {
    return this.askers[this.turn] as Asker;
  }

  async close(): Promise<void> {
    await this.executors.close();
    await this.merged.close();
    await closeSubgraphs(this.opened as never);
  }
}
