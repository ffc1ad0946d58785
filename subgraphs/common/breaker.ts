import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  CountBreaker,
  circuitBreaker,
  handleAll,
  type IBreaker,
} from 'cockatiel';
import { log } from './log.js';

/** Whether somebody is asked: `CLOSED` as always, `OPEN` not at all, `HALF_OPEN` once, to see whether they answer again. */
export type BreakerState = 'CLOSED' | 'HALF_OPEN' | 'OPEN';

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'CLOSED',
  [CircuitState.HalfOpen]: 'HALF_OPEN',
  [CircuitState.Open]: 'OPEN',
  [CircuitState.Isolated]: 'OPEN',
};

/** So many failures one after the other. Few, for when somebody is silent each costs a caller all the time there is. */
const IN_A_ROW = 5;
/** More than half of the last so many, for somebody who answers now and then. */
const LAST = 20;
/** So long nobody asks; then one caller tries. */
const PAUSE_MS = 1_000;

class Failures implements IBreaker {
  private readonly breakers: readonly IBreaker[] = [
    new ConsecutiveBreaker(IN_A_ROW),
    new CountBreaker({ threshold: 0.5, size: LAST }),
  ];

  get state(): unknown {
    return this.breakers.map(({ state }) => state);
  }

  success(state: CircuitState): void {
    for (const breaker of this.breakers) breaker.success(state);
  }

  failure(state: CircuitState): boolean {
    return this.breakers.map((breaker) => breaker.failure(state)).some(Boolean);
  }
}

/** Asks a subgraph, or not while it does not answer. */
export class Breaker {
  private readonly circuit = circuitBreaker(handleAll, { halfOpenAfter: PAUSE_MS, breaker: new Failures() });
  private openedAt = 0;

  /** @param subgraph that is asked @param replica which of its processes, where there are several */
  constructor(subgraph: string, replica?: number) {
    const asked = { subgraph, ...(replica !== undefined && { replica }) };
    this.circuit.onBreak(() => {
      // one that was tried in vain was told of before
      if (this.openedAt === 0) log.warn(asked, 'a subgraph does not answer, and is not asked for a while');
      this.openedAt = Date.now();
    });
    this.circuit.onReset(() => {
      this.openedAt = 0;
      log.info(asked, 'a subgraph answers again');
    });
  }

  get state(): BreakerState {
    return STATES[this.circuit.state];
  }

  /** Whether somebody who asks now is let through. While one tries, others do not wait for what comes of it. */
  get isPassable(): boolean {
    const { state } = this.circuit;
    return state === CircuitState.Closed || (state === CircuitState.Open && Date.now() - this.openedAt >= PAUSE_MS);
  }

  /** @param ask throws when there is no answer @throws {BrokenCircuitError} when nobody is asked, and what `ask` throws */
  run<T>(ask: () => Promise<T>): Promise<T> {
    return this.isPassable ? this.circuit.execute(ask) : Promise.reject(new BrokenCircuitError());
  }
}
