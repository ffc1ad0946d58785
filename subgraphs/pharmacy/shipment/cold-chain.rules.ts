import { ColdChainVerdict } from './temperature.js';

/** What a parcel's thermometer said. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Hundredths of a degree Celsius. */
  readonly centi: number;
}

/** What a parcel must bear, and until when. */
export interface ColdChain {
  readonly coldChain: boolean;
  readonly allowanceMinutes: number;
  /** Milliseconds since 1970; null while it is under way. What comes later says nothing of the parcel. */
  readonly deliveredAt: number | null;
}

/** What the readings of a parcel say, and why. */
export interface ColdChainFinding {
  readonly count: number;
  /** Hundredths of a degree; null without readings. */
  readonly coldest: number | null;
  readonly warmest: number | null;
  /** Minutes outside of 2 to 8 °C over the whole way; one that has begun counts. */
  readonly outsideMinutes: number;
  readonly frozen: boolean;
  readonly verdict: ColdChainVerdict;
  /** In one or two English sentences. */
  readonly explanation: string;
}

/** From 2 to 8 °C, both still good. */
const COLDEST_GOOD = 200;
const WARMEST_GOOD = 800;
/** Water freezes, and the medicine in it is spoilt at once. */
const FREEZES = 0;
/** A thermometer that has been silent for longer says nothing of that time. */
const LONGEST_MS = 30 * 60_000;
const MINUTE_MS = 60_000;
/** The middle of what is good: of two readings of one time the one farther away from it is believed. */
const MIDDLE = 500;

export const isOutside = (centi: number): boolean => centi < COLDEST_GOOD || centi > WARMEST_GOOD;

/** Of two readings of the same time the one that is believed: whichever comes first, it is the same. */
export function believed(one: number, other: number): number {
  const nearer = Math.abs(one - MIDDLE) - Math.abs(other - MIDDLE);
  return nearer === 0 ? Math.max(one, other) : nearer > 0 ? one : other;
}

/** The readings in order of time, of each time one. */
export function inOrder(readings: readonly Reading[]): Reading[] {
  const byTime = new Map<number, number>();
  for (const { at, centi } of readings) {
    const known = byTime.get(at);
    byTime.set(at, known === undefined ? centi : believed(known, centi));
  }
  return [...byTime].map(([at, centi]) => ({ at, centi })).sort((one, other) => one.at - other.at);
}

/**
 * Judges how a parcel was kept. A reading counts until the next one or the delivery, and for 30 minutes at most; the last one of
 * a parcel under way counts nothing yet. Minutes outside of 2 to 8 °C are added up and must not be more than the allowance;
 * a reading of 0 °C or less spoils it at once. In which order the readings came, and how often, makes no difference.
 */
export function judgeColdChain(readings: readonly Reading[], chain: ColdChain): ColdChainFinding {
  const { deliveredAt } = chain;
  const known = inOrder(deliveredAt === null ? readings : readings.filter(({ at }) => at <= deliveredAt));
  let outsideMs = 0;
  let coldest: number | null = null;
  let warmest: number | null = null;
  for (const [index, { at, centi }] of known.entries()) {
    if (coldest === null || centi < coldest) coldest = centi;
    if (warmest === null || centi > warmest) warmest = centi;
    if (isOutside(centi)) outsideMs += Math.min((known[index + 1]?.at ?? deliveredAt ?? at) - at, LONGEST_MS);
  }
  const outsideMinutes = Math.ceil(outsideMs / MINUTE_MS);
  const frozen = coldest !== null && coldest <= FREEZES;
  const facts = { count: known.length, coldest, warmest, outsideMinutes, frozen };
  const verdict = verdictOf(facts, chain);
  return { ...facts, verdict, explanation: explain(verdict, facts, chain) };
}

type Facts = Omit<ColdChainFinding, 'verdict' | 'explanation'>;

function verdictOf({ coldest, warmest, frozen, outsideMinutes }: Facts, chain: ColdChain): ColdChainVerdict {
  if (!chain.coldChain) return ColdChainVerdict.NOT_REQUIRED;
  if (coldest === null || warmest === null) return ColdChainVerdict.NO_READINGS;
  if (frozen) return ColdChainVerdict.FROZEN;
  if (outsideMinutes > chain.allowanceMinutes) return ColdChainVerdict.TOO_LONG_OUTSIDE;
  const left = isOutside(coldest) || isOutside(warmest);
  return left ? ColdChainVerdict.WITHIN_ALLOWANCE : ColdChainVerdict.KEPT;
}

const degrees = (centi: number | null): string => `${((centi ?? 0) / 100).toFixed(1)} °C`;
const minutes = (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`);

function explain(verdict: ColdChainVerdict, facts: Facts, { allowanceMinutes }: ColdChain): string {
  const { coldest, warmest, outsideMinutes } = facts;
  const outside = `It was outside of 2 to 8 °C for ${minutes(outsideMinutes)} (${degrees(coldest)} to ${degrees(warmest)})`;
  switch (verdict) {
    case ColdChainVerdict.NOT_REQUIRED:
      return 'Nothing in it must be kept cold.';
    case ColdChainVerdict.NO_READINGS:
      return 'Its thermometer has said nothing yet.';
    case ColdChainVerdict.KEPT:
      return `It stayed at ${degrees(coldest)} to ${degrees(warmest)}, as far as its thermometer has said.`;
    case ColdChainVerdict.WITHIN_ALLOWANCE:
      return `${outside}; ${minutes(allowanceMinutes)} are allowed over the whole way.`;
    case ColdChainVerdict.TOO_LONG_OUTSIDE:
      return `${outside}, and only ${minutes(allowanceMinutes)} are allowed over the whole way.`;
    case ColdChainVerdict.FROZEN:
      return `It froze: it was at ${degrees(coldest)}, and what has been at 0 °C or below is spoilt at once.`;
  }
}

/**
 * Readings for a chart, at most so many: of each stretch of readings the coldest and the warmest, so that every extreme stays.
 *
 * @param ordered readings in order of time, of each time one
 * @param most at least 2
 */
export function downSampled(ordered: readonly Reading[], most: number): readonly Reading[] {
  if (ordered.length <= most) return ordered;
  const stretches = Math.floor(most / 2);
  return Array.from({ length: stretches }, (_, n) => {
    const from = Math.floor((n * ordered.length) / stretches);
    const to = Math.floor(((n + 1) * ordered.length) / stretches);
    return extremes(ordered.slice(from, to));
  }).flat();
}

function extremes(stretch: readonly Reading[]): Reading[] {
  const [first] = stretch as [Reading];
  let coldest = first;
  let warmest = first;
  for (const reading of stretch) {
    if (reading.centi < coldest.centi) coldest = reading;
    if (reading.centi > warmest.centi) warmest = reading;
  }
  if (coldest === warmest) return [coldest];
  return coldest.at < warmest.at ? [coldest, warmest] : [warmest, coldest];
}
