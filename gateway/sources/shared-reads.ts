import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';

interface UnderWay {
  /** How many changes there had been when it began. */
  readonly since: number;
  readonly result: Promise<SubgraphResult>;
  askers: number;
  /** The data as JSON, once somebody shares it. */
  text?: string;
}

let changes = 0;

/** Tells other processes at the same port. */
let tellOthers: (() => Promise<void>) | undefined;

/** From now on other processes are told too. @param tell answers when whoever asks any of them from then on is safe */
export function shareChanges(tell: () => Promise<void>): void {
  tellOthers = tell;
}

/** Something begins to be changed, or has been: who asks from now on shares no answer to what was asked before. */
export function somethingChanges(): Promise<void> | undefined {
  somethingChangesElsewhere();
  return tellOthers?.();
}

/** The same, as another process at the same port has said. */
export function somethingChangesElsewhere(): void {
  changes++;
}

/** Questions that are being asked: who asks the same meanwhile gets the same answer. Nothing is kept of it. */
export class SharedReads {
  private readonly underWay = new Map<string, UnderWay>();

  /**
   * @param key equal only for questions whose answers are equal for all who ask
   * @param ask asks, unless somebody does already
   */
  async read(key: string, ask: () => Promise<SubgraphResult>): Promise<SubgraphResult> {
    let shared = this.underWay.get(key);
    if (shared?.since !== changes) {
      shared = { since: changes, result: ask(), askers: 0 };
      this.underWay.set(key, shared);
    }
    const joined = shared;
    joined.askers++;
    try {
      return ownCopy(await joined.result, joined);
    } finally {
      if (this.underWay.get(key) === joined) this.underWay.delete(key);
    }
  }
}

/** The gateway writes into what it gets. */
function ownCopy(result: SubgraphResult, shared: UnderWay): SubgraphResult {
  if (shared.askers === 1 || !result.data) return result;
  shared.text ??= JSON.stringify(result.data);
  return { ...result, data: JSON.parse(shared.text) };
}
