import { Counter } from 'prom-client';
import { registry } from '../../subgraphs/common/metrics.js';

const shed = new Counter({
  name: 'requests_shed_total',
  help: 'Requests refused with 503 since more was asked than can be answered',
  registers: [registry],
});

/** A rush may be so many times what is worked on at once, for so long. */
const RUSH_FACTOR = 5;
const RUSH_MS = 2_000;
/** It is over when less than this part is under way. */
const CALM_PART = 1 / 4;

/**
 * How many requests are worked on at once. More would only make all of them wait, so they are told at once to come again.
 * What came while the process was busy with something else is a rush, which is soon worked off, and is let in; only when
 * it does not get calm again is more asked than can be answered.
 */
export class Admission {
  private inFlight = 0;
  private lastCalm: number;

  /** @param most requests at once while more is asked than can be answered */
  constructor(
    private readonly most: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.lastCalm = now();
  }

  /** Whether nothing more is let in. Costs next to nothing, so that it can be asked before anything of a request is read. */
  get isFull(): boolean {
    if (this.inFlight < this.most) return false;
    return this.inFlight >= this.most * RUSH_FACTOR || this.now() - this.lastCalm > RUSH_MS;
  }

  /** Lets a request in, or not. Whoever is let in must `leave`. */
  enter(): boolean {
    if (this.isFull) {
      shed.inc();
      return false;
    }
    const wasCalm = this.isCalm;
    this.inFlight++;
    if (wasCalm && !this.isCalm) this.lastCalm = this.now();
    return true;
  }

  leave(): void {
    this.inFlight--;
  }

  private get isCalm(): boolean {
    return this.inFlight < this.most * CALM_PART;
  }

  /** One was refused that had not asked to enter. */
  shed(): void {
    shed.inc();
  }
}
