import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';
import type { SubgraphName } from '../../subgraphs/common/settings.js';
import { tokenFor } from '../bench/callers.js';
import type { Ground } from '../bench/ground.js';

/** A question that is asked again and again. */
export interface Ask {
  /** The one subgraph that it touches; `all` for the main query. */
  readonly touches: SubgraphName | 'all';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What it is answered when all is well. */
  whole?: unknown;
}

/** One time that it was asked. */
export interface Asked {
  readonly ask: Ask;
  readonly ms: number;
  /** What is wrong with it whatever is disturbed; undefined for an answer as GraphQL gives it. */
  readonly wrong?: string;
  readonly data?: unknown;
  readonly codes: readonly string[];
  /** Something of it is lacking, and said so. */
  readonly isPartial: boolean;
}

/** What of the main query is lost without a subgraph: its own fields, and the object around one that is never null. */
const LOST: Readonly<Record<SubgraphName, RegExp>> = {
  catalog: /^application\.(disease|drugOrders\.\d+\.lines\.\d+\.medicine)$/,
  patient: /^application\.patient$/,
  fund: /^application$/,
  pharmacy: /^application\.drugOrders$/,
  community: /^application\.disease\.stories$/,
};

/** Requests a second of each kind. */
const PER_SECOND = 15;
const PATIENCE_MS = 20_000;

/** One query for each subgraph that touches no other, and the main query, each as several patients. */
export async function asksOf({ callers, keys, query }: Ground, origin: string): Promise<Ask[]> {
  const asks = callers.map(async ({ subject, applicationId: id }) => {
    const token = await tokenFor({ subject, role: 'PATIENT' }, `${origin}/oidc`, keys);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const ask = (touches: Ask['touches'], text: string, variables = {}): Ask => ({
      touches,
      headers,
      body: JSON.stringify({ query: text, variables }),
    });
    return [
      ask('catalog', '{ disease(catalogNo: 31) { id nameEn nameZh } }'),
      ask('patient', '{ me { roles } symptoms { code } }'),
      ask('fund', 'query($id: ID!) { application(id: $id) { id number status timeline { id status at } } }', { id }),
      ask('pharmacy', '{ drugOrders(first: 5) { nodes { id number status } } }'),
      ask('community', '{ stories(first: 5) { nodes { id title } } }'),
      ask('all', query, { id }),
    ];
  });
  return (await Promise.all(asks)).flat();
}

export const isUntouched = ({ ask }: Asked, subgraph: SubgraphName): boolean =>
  ask.touches !== 'all' && ask.touches !== subgraph;

/** Asks at a steady pace, whether those before were answered or not, and keeps what came. */
export class Load {
  private readonly pool: Pool;
  private asked: Asked[] = [];
  private timer?: NodeJS.Timeout;
  private next = 0;

  constructor(
    origin: string,
    private readonly asks: readonly Ask[],
  ) {
    this.pool = new Pool(origin, { connections: 200, pipelining: 1 });
  }

  /** Learns what each is answered when all is well. @throws when that is an error */
  async learn(): Promise<void> {
    for (const ask of this.asks) {
      const { wrong, data, codes } = await this.send(ask);
      if (wrong || codes.length > 0) throw new Error(`${ask.body} is answered by ${wrong ?? codes.join()}`);
      ask.whole = data;
    }
  }

  run(): void {
    const kinds = new Set(this.asks.map(({ touches }) => touches)).size;
    this.timer = setInterval(
      async () => {
        const asked = await this.send(this.asks[this.next++ % this.asks.length] as Ask);
        this.asked.push(asked);
      },
      1_000 / (PER_SECOND * kinds),
    );
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.destroy();
  }

  /** What was answered since this was called last. */
  take(): Asked[] {
    const { asked } = this;
    this.asked = [];
    return asked;
  }

  /** What is wrong with an answer that came while a subgraph was disturbed; undefined when nothing is. */
  faultIn({ ask, wrong, data, codes, isPartial }: Asked, subgraph: SubgraphName): string | undefined {
    if (wrong) return wrong;
    if (codes.some((code) => code !== 'SUBGRAPH_UNAVAILABLE')) return `${ask.touches}: ${codes.join()}`;
    const lacking = differences(ask.whole, data);
    if (lacking.length > 0 && !isPartial) return `${ask.touches}: no error says that ${lacking[0]} is not right`;
    if (ask.touches !== 'all') return ask.touches === subgraph ? undefined : lacking[0];
    return lacking.find((path) => !LOST[subgraph].test(path));
  }

  private async send(ask: Ask): Promise<Asked> {
    const began = performance.now();
    const { headers, body } = ask;
    try {
      const response = await this.pool.request({
        method: 'POST',
        path: '/graphql',
        headers,
        body,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const text = await response.body.text();
      const ms = performance.now() - began;
      if (response.statusCode !== 200)
        return { ask, ms, wrong: `HTTP ${response.statusCode} ${text.slice(0, 200)}`, codes: [], isPartial: false };
      const { data, errors = [] } = JSON.parse(text) as {
        data: unknown;
        errors?: { extensions: { code: string } }[];
      };
      return { ask, ms, data, codes: errors.map(({ extensions }) => extensions.code), isPartial: errors.length > 0 };
    } catch (error) {
      return { ask, ms: performance.now() - began, wrong: String(error), codes: [], isPartial: false };
    }
  }
}

/** Where an answer is not as it is when all is well: the outermost places. A place that is null and was not is one of them. */
function differences(whole: unknown, got: unknown, path: readonly string[] = []): string[] {
  if (isDeepStrictEqual(whole, got)) return [];
  if (typeof whole !== 'object' || typeof got !== 'object' || whole === null || got === null) return [path.join('.')];
  const keys = new Set([...Object.keys(whole), ...Object.keys(got)]);
  return [...keys].flatMap((key) =>
    differences((whole as Record<string, unknown>)[key], (got as Record<string, unknown>)[key], [...path, key]),
  );
}
