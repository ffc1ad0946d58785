import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { SubgraphName } from './settings.js';

/** What this process has done, for `/metrics`. Labels are names from our own schema, never a caller's data. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

/** Counted by plain addition, at every statement, and handed over when somebody asks. */
const sent = new Map<string, number>();

/** One statement more of this subgraph, or several that are sent together. */
export function countStatement(subgraph: string, count = 1): void {
  sent.set(subgraph, (sent.get(subgraph) ?? 0) + count);
}

new Counter({
  name: 'sql_statements_total',
  help: 'SQL statements sent, transaction control included',
  labelNames: ['subgraph'],
  registers: [registry],
  collect() {
    this.reset();
    for (const [subgraph, count] of sent) this.inc({ subgraph }, count);
  },
});

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export const requestSeconds = new Histogram({
  name: 'graphql_request_seconds',
  help: 'Time from the headers read to the answer written, by endpoint and HTTP status; 499: whoever asked was gone before',
  labelNames: ['endpoint', 'status'],
  buckets: SECONDS,
  registers: [registry],
});

export const gatewaySeconds = new Histogram({
  name: 'graphql_gateway_seconds',
  help: 'Of that, the time in which no subgraph was waited for: what the gateway itself costs',
  labelNames: ['endpoint'],
  buckets: [0.0005, ...SECONDS],
  registers: [registry],
});

export const requestsRefused = new Counter({
  name: 'requests_refused_total',
  help: 'Requests that were answered without an execution, by the code of the answer and, where one was met, the limit',
  labelNames: ['endpoint', 'code', 'limit'],
  registers: [registry],
});

export const subgraphFailures = new Counter({
  name: 'subgraph_failures_total',
  help: 'Fetches that a subgraph did not answer in time or at all',
  labelNames: ['subgraph'],
  registers: [registry],
});

/** Numbers that stand in a subgraph's database. `gauges` says what each is, by its name, which is its column in what `ask` gives. */
export interface StoredNumbers {
  readonly gauges: Readonly<Record<string, string>>;
  /** Asks the database. A number that is not known is null. @throws when it does not answer */
  readonly ask: () => Promise<Readonly<Record<string, number | null>>>;
}

type Known = Readonly<Record<string, number | null>>;

/** Whoever looks at metrics learns what else there is though a database does not answer: after this. */
const ANSWER_WITHIN_MS = 1_000;
/** Looking more often tells nothing new and asks nothing more of the database. */
const ASKED_EVERY_MS = 1_000;

class Watched {
  private asked = 0;
  private asking = false;
  private answer: Promise<Known> = Promise.resolve({});

  constructor(private readonly numbers: StoredNumbers) {}

  /** What the database says now, or said a moment ago; nothing when it does not answer. */
  read(): Promise<Known> {
    // a database that hangs is not asked again until it has answered or failed
    if (!this.asking && Date.now() - this.asked >= ASKED_EVERY_MS) {
      this.asked = Date.now();
      this.asking = true;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<Known>((resolve) => {
        timer = setTimeout(resolve, ANSWER_WITHIN_MS, {});
      });
      const asked = this.numbers
        .ask()
        .catch(() => ({}))
        .finally(() => {
          this.asking = false;
          clearTimeout(timer);
        });
      this.answer = Promise.race([asked, late]);
    }
    return this.answer;
  }
}

const watched = new Map<string, Map<SubgraphName, Watched>>();

/**
 * Shows numbers of a subgraph's database as gauges, as long as what is returned is not called. They are asked for when somebody
 * looks, at most once a second; a number that is not to be had is not shown.
 */
export function watchStored(subgraph: SubgraphName, numbers: StoredNumbers): () => void {
  const asked = new Watched(numbers);
  for (const [name, help] of Object.entries(numbers.gauges)) {
    const bySubgraph = watched.get(name) ?? new Map<SubgraphName, Watched>();
    if (!watched.has(name)) {
      watched.set(name, bySubgraph);
      new Gauge({
        name,
        help,
        labelNames: ['subgraph'],
        registers: [registry],
        async collect() {
          const read = [...bySubgraph].map(async ([of, each]) => [of, (await each.read())[name] ?? null] as const);
          const found = await Promise.all(read);
          this.reset();
          for (const [of, value] of found) if (value !== null) this.set({ subgraph: of }, value);
        },
      });
    }
    bySubgraph.set(subgraph, asked);
  }
  return () => {
    for (const name of Object.keys(numbers.gauges)) {
      const bySubgraph = watched.get(name);
      if (bySubgraph?.get(subgraph) === asked) bySubgraph.delete(subgraph);
    }
  };
}
