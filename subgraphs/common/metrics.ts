import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What this process has done, for `/metrics`. Labels are names from our own schema, never a caller's data. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const statements = new Counter({
  name: 'sql_statements_total',
  help: 'SQL statements sent, transaction control included',
  labelNames: ['subgraph'],
  registers: [registry],
});

/** One statement more of this subgraph; the handle is kept, for this runs at every statement. */
const counters = new Map<string, Counter.Internal>();
export function countStatement(subgraph: string): void {
  let counter = counters.get(subgraph);
  if (!counter) {
    counter = statements.labels(subgraph);
    counters.set(subgraph, counter);
  }
  counter.inc();
}

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
