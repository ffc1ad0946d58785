import { AggregatorRegistry } from 'prom-client';
import type { Counted } from '../../gateway/workers/primary.js';
import { registry } from '../../subgraphs/common/metrics.js';

const together = (all: readonly Counted[]) => AggregatorRegistry.aggregate(all as never);

/** What processes have counted, those included that have ended: what is counted never falls. */
export class Tally {
  private past: Promise<Counted> = Promise.resolve([]);

  /** Keeps what a process has counted that has ended. What it measured at the moment has ended with it. */
  keep(counted: Counted): void {
    const counts = counted.filter(({ type }) => String(type) === 'counter' || String(type) === 'histogram');
    this.past = this.past.then((past) => together([past, counts]).getMetricsAsJSON());
  }

  /** All of it, with what this process says, as Prometheus reads it. */
  async text(counted: readonly Counted[]): Promise<string> {
    const [past, own] = await Promise.all([this.past, registry.getMetricsAsJSON()]);
    return together([own, past, ...counted]).metrics();
  }
}
