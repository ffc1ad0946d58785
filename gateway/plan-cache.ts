import type { GatewayConfig } from '@apollo/gateway';
import { LRUCache } from 'lru-cache';
import { Counter, Gauge } from 'prom-client';
import { registry } from '../subgraphs/common/metrics.js';

type QueryPlanCache = NonNullable<NonNullable<GatewayConfig['queryPlannerConfig']>['cache']>;
type QueryPlan = NonNullable<Awaited<ReturnType<QueryPlanCache['get']>>>;

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

/** Characters of JSON: what `@apollo/gateway` itself would keep. */
const MOST = 30 * 2 ** 20;

/** The plans of one schema, with a count of how well keeping them works: a plan costs as much as hundreds of requests that have one. */
export class PlanCache implements QueryPlanCache {
  private readonly plans = new LRUCache<string, QueryPlan>({
    maxSize: MOST,
    sizeCalculation: (plan) => JSON.stringify(plan).length,
  });

  constructor() {
    open.add(this);
  }

  get size(): number {
    return this.plans.size;
  }

  async get(key: string): Promise<QueryPlan | undefined> {
    const plan = this.plans.get(key);
    looked.inc({ result: plan ? 'hit' : 'miss' });
    return plan;
  }

  async set(key: string, plan: QueryPlan): Promise<void> {
    this.plans.set(key, plan);
  }

  async delete(key: string): Promise<boolean> {
    return this.plans.delete(key);
  }

  clear(): void {
    this.plans.clear();
  }

  /** Its schema is served no more. */
  end(): void {
    open.delete(this);
    this.plans.clear();
  }
}
