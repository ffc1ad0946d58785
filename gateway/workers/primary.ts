import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { registry } from '../../subgraphs/common/metrics.js';
import type { HealthReport } from '../http/health.js';
import type { SignIns } from '../identity/sign-ins.js';
import type { Spent } from '../limits/bucket.js';
import { shareChanges, somethingChangesElsewhere } from '../sources/shared-reads.js';
import { Channel } from './channel.js';
import type { Together } from './held.js';

/** What a process has counted. */
export type Counted = readonly MetricObjectWithValues<MetricValue<string>>[];

/** What workers ask of the process that has started them. */
export interface AskedOfPrimary {
  spend(key: string, points: number): Spent;
  enter(key: string, most: number): number;
  leave(key: string): void;
  addToDay(organisation: string, points: number, most: number, endsAt: number): number;
  signIns(does: keyof SignIns, args: readonly unknown[]): unknown;
  /** Something begins to be changed, or has been. When that is answered, nobody is let in anywhere who has not heard of it. */
  changes(): void;
  health(): Promise<HealthReport>;
  metrics(): Promise<string>;
  /** It serves from now on. */
  serves(url: string): void;
  /** It cannot serve: why, in a sentence for whoever has started the program. */
  failed(reason: string): void;
}

/** What is asked of a worker. */
export interface AskedOfWorker {
  /** Something begins to be changed elsewhere, or has been. */
  changes(): void;
  ownHealth(): Promise<HealthReport>;
  ownMetrics(): Promise<Counted>;
  /** From now on it works on the jobs. */
  work(): void;
  /** Reads the supergraphs anew. */
  reload(): void;
  /** Lets what is in flight end, and ends. */
  stop(): void;
}

/** A worker's way to the process that has started it. */
export type ToPrimary = Channel<AskedOfPrimary>;

/** Begins to listen to the process that has started this one. @param answers what it asks of this one */
export function listenToPrimary(answers: Omit<AskedOfWorker, 'changes' | 'ownMetrics'>): ToPrimary {
  const all: AskedOfWorker = {
    ...answers,
    changes: somethingChangesElsewhere,
    ownMetrics: () => registry.getMetricsAsJSON(),
  };
  // what cannot be sent was for one that is gone, and with it goes this process
  const send = (message: object) => void process.send?.(message, undefined, undefined, () => undefined);
  const primary: ToPrimary = new Channel(send, { ...all });
  process.on('message', (message) => primary.take(message));
  // whoever is let in asks the primary first, and hears before its answer what was changed before
  shareChanges(() => primary.ask('changes'));
  return primary;
}

/** What the primary holds, for one of its workers. */
export function heldByPrimary(primary: ToPrimary): Together {
  const signIns =
    (does: keyof SignIns) =>
    async (...args: readonly unknown[]) =>
      ((await primary.ask('signIns', does, args)) ?? undefined) as never;
  return {
    bucket: { spend: (key, points) => primary.ask('spend', key, points), close: async () => undefined },
    underWay: {
      enter: (key, most) => primary.ask('enter', key, most),
      leave: (key) => primary.tell('leave', key),
    },
    dayBook: { add: (...entry) => primary.ask('addToDay', ...entry), close: async () => undefined },
    signIns: {
      keep: signIns('keep'),
      spendAssertion: signIns('spendAssertion'),
      find: signIns('find'),
      findByUid: signIns('findByUid'),
      consume: signIns('consume'),
      destroy: signIns('destroy'),
      revoke: signIns('revoke'),
    },
    health: () => primary.ask('health'),
    metrics: () => primary.ask('metrics'),
  };
}
