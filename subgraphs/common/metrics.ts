import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What this process has done, for `/metrics`. Labels are names from our own schema, never a caller's data. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

/** Counted by plain addition, at every statement, and handed over when somebody asks. */
const sent = new Map<string, number>();

/** One statement more of this subgraph. */
export function countStatement(subgraph: string): void {
  sent.set(subgraph, (sent.get(subgraph) ?? 0) + 1);
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

export const requestSeconds = new Histogram({
  name: 'graphql_request_seconds',
  help: 'Time from the whole request read to the answer written, by HTTP status',
  labelNames: ['status'],
  buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
  registers: [registry],
});

export const subgraphFailures = new Counter({
  name: 'subgraph_failures_total',
  help: 'Fetches that a subgraph did not answer in time or at all',
  labelNames: ['subgraph'],
  registers: [registry],
});
