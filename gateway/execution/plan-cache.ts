import { LRUCache } from 'lru-cache';
import { Counter, Gauge } from 'prom-client';
import { registry } from '../../subgraphs/common/metrics.js';
import type { PlannedOperation } from './operation.js';

const looked = new Counter({
  name: 'plan_cache_lookups_total',
  help: 'How often a plan was looked for, by whether it was there (hit) or had to be made (miss)',
  labelNames: ['result'],
  registers: [registry],
});

const open = new Set<PlanCache>();
new Gauge({
  name: 'plan_cache_plans',
  help: 'Plans that are kept, over all endpoints',
  registers: [registry],
  collect() {
    this.set([...open].reduce((sum, { size }) => sum + size, 0));
  },
});

const hit = looked.labels({ result: 'hit' });
const miss = looked.labels({ result: 'miss' });

/** Characters of the plans as JSON: what `@apollo/gateway` itself would keep. */
const MOST = 30 * 2 ** 20;

/** The planned operations of one schema, with a count of how well keeping them works: a plan costs as much as hundreds of requests that have one. */
export class PlanCache {
  private readonly plans = new LRUCache<string, PlannedOperation>({ maxSize: MOST });

  constructor() {
    open.add(this);
  }

  get size(): number {
    return this.plans.size;
  }

  get(key: string): PlannedOperation | undefined {
    const plan = this.plans.get(key);
    (plan ? hit : miss).inc();
    return plan;
  }

  /** @param size of the plan, in characters of JSON */
  set(key: string, plan: PlannedOperation, size: number): void {
    this.plans.set(key, plan, { size: Math.max(1, size) });
  }

  /** Its schema is served no more. */
  end(): void {
    open.delete(this);
    this.plans.clear();
  }
}
