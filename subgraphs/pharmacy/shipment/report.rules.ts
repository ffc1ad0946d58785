import { oneLine } from '../../common/written.js';
import { believed, isOutside } from './cold-chain.rules.js';
import { ReportProblem } from './report.js';
import type { ShipmentEventKind } from './shipment.js';
import type { ParcelFacts } from './shipment.rules.js';

/** A clock may go wrong by so much. */
const MOST_AHEAD_MS = 5 * 60_000;
const LOWEST_CENTI = -8_000;
const HIGHEST_CENTI = 7_000;

/** What a carrier says of a parcel. */
export interface EnteredEvent {
  readonly shipmentId: string;
  readonly kind: ShipmentEventKind;
  readonly at: Date;
  readonly place?: string | null;
}

/** Why nothing that was reported for a parcel can be kept; null when it can. */
export function problemOfParcel(parcel: Pick<ParcelFacts, 'shippedAt'> | undefined): ReportProblem | null {
  if (!parcel) return ReportProblem.UNKNOWN_SHIPMENT;
  return parcel.shippedAt === null ? ReportProblem.NOT_HANDED_OVER : null;
}

/** Why something that is said to have been at this time cannot be kept; null when it can. */
export function problemOfTime(
  at: number,
  { createdAt }: Pick<ParcelFacts, 'createdAt'>,
  now: number,
): ReportProblem | null {
  if (at > now + MOST_AHEAD_MS) return ReportProblem.FROM_THE_FUTURE;
  return at < createdAt ? ReportProblem.BEFORE_PACKING : null;
}

/** Why a reading cannot be kept; null when it can. */
export function problemOfReading(
  at: number,
  centi: number,
  parcel: Pick<ParcelFacts, 'createdAt' | 'deliveredAt'>,
  now: number,
): ReportProblem | null {
  if (centi < LOWEST_CENTI || centi > HIGHEST_CENTI) return ReportProblem.IMPOSSIBLE_TEMPERATURE;
  if (parcel.deliveredAt !== null && at > parcel.deliveredAt) return ReportProblem.AFTER_DELIVERY;
  return problemOfTime(at, parcel, now);
}

const MAX_PLACE = 100;

/** The place in the form in which it is kept; undefined when it cannot be. */
export const placeOf = (place: string | null | undefined): string | null | undefined =>
  place == null ? null : (oneLine(place, MAX_PLACE) ?? undefined);

const EXPLANATION: Readonly<Record<ReportProblem, string>> = {
  UNKNOWN_SHIPMENT: 'There is no shipment with this id that you carry. Check the id.',
  NOT_HANDED_OVER: 'The pharmacy has not handed this parcel over yet. Report it again afterwards.',
  FROM_THE_FUTURE: 'The time is more than five minutes ahead of ours. Check your clock.',
  BEFORE_PACKING: 'The time is before the parcel was packed. Check the clock, and that it is the right shipment.',
  AFTER_DELIVERY: 'The parcel had been delivered by then. Leave out what came later.',
  IMPOSSIBLE_TEMPERATURE: 'A temperature is from -80 to 70 °C. Check the thermometer.',
  DIFFERENT_LENGTHS: '`seconds` and `celsius` must be as long as each other: one temperature for each time.',
  PLACE_NOT_READABLE: 'A place is 1 to 100 printable characters on one line. Report it again with another, or without.',
};

/** What went wrong and what to do next, for the carrier. */
export const explanationOf = (problem: ReportProblem): string => EXPLANATION[problem];

/** Events as they are kept; times in milliseconds since 1970. */
export interface SiftedEvents {
  readonly kept: readonly { shipmentId: string; kind: ShipmentEventKind; at: number; place: string | null }[];
  readonly refused: readonly Refused[];
}

/**
 * Divides events into what can be kept and what cannot.
 *
 * @param parcels those of them that the caller carries, by id
 * @param now milliseconds since 1970
 */
export function siftEvents(events: readonly EnteredEvent[], parcels: KnownParcels, now: number): SiftedEvents {
  const kept: SiftedEvents['kept'][number][] = [];
  const refused: Refused[] = [];
  for (const [index, { shipmentId, kind, at: moment, place: entered }] of events.entries()) {
    const parcel = parcels.get(shipmentId);
    const at = moment.getTime();
    const place = placeOf(entered);
    const unreadable = place === undefined ? ReportProblem.PLACE_NOT_READABLE : null;
    const problem = problemOfParcel(parcel) ?? (parcel && problemOfTime(at, parcel, now)) ?? unreadable;
    if (problem) refused.push(refusedWhole(index, shipmentId, problem, 1));
    else kept.push({ shipmentId, kind, at, place: place ?? null });
  }
  return { kept, refused };
}

/** Readings of one thermometer, as a carrier reports them: as long as each other, where it is right. */
export interface TemperatureLog {
  readonly shipmentId: string;
  readonly startedAt: Date;
  /** After `startedAt`. */
  readonly seconds: readonly number[];
  readonly celsius: readonly number[];
}

/** What of a report is not kept. */
export interface Refused {
  readonly index: number;
  readonly shipmentId: string;
  readonly problem: ReportProblem;
  readonly firstReading: number | null;
  readonly count: number;
  readonly explanation: string;
}

/** New readings of a parcel: hundredths of a degree by time in milliseconds since 1970, of each time one. */
export interface NewReadings {
  readonly byTime: Map<number, number>;
  earliest: number;
  latest: number;
  /** Whether one of them lies outside of 2 to 8 °C. */
  anyOutside: boolean;
}

/** A report, divided. */
export interface SiftedLogs {
  /** By parcel. */
  readonly kept: ReadonlyMap<string, NewReadings>;
  /** How many readings that is, with those that stand twice. */
  readonly count: number;
  readonly refused: readonly Refused[];
}

type KnownParcels = ReadonlyMap<string, Pick<ParcelFacts, 'createdAt' | 'shippedAt' | 'deliveredAt'>>;

export const refusedWhole = (index: number, shipmentId: string, problem: ReportProblem, count: number): Refused => ({
  ...{ index, shipmentId, problem, firstReading: null, count },
  explanation: explanationOf(problem),
});

/**
 * Divides temperatures into what can be kept and what cannot: a bad reading costs itself alone.
 *
 * @param parcels those of them that the caller carries, by id
 * @param now milliseconds since 1970
 */
export function siftLogs(logs: readonly TemperatureLog[], parcels: KnownParcels, now: number): SiftedLogs {
  const kept = new Map<string, NewReadings>();
  const refused: Refused[] = [];
  let count = 0;
  for (const [index, { shipmentId, startedAt, seconds, celsius }] of logs.entries()) {
    const parcel = parcels.get(shipmentId);
    const lengths = seconds.length === celsius.length ? null : ReportProblem.DIFFERENT_LENGTHS;
    const whole = problemOfParcel(parcel) ?? lengths;
    if (!parcel || whole) {
      refused.push(refusedWhole(index, shipmentId, whole ?? ReportProblem.UNKNOWN_SHIPMENT, seconds.length));
      continue;
    }
    const readings = kept.get(shipmentId) ?? noReadings();
    const start = startedAt.getTime();
    const bad = new Map<ReportProblem, { firstReading: number; count: number }>();
    for (let place = 0; place < seconds.length; place++) {
      const at = start + (seconds[place] as number) * 1_000;
      const centi = Math.round((celsius[place] as number) * 100);
      const problem = problemOfReading(at, centi, parcel, now);
      if (problem === null) {
        add(readings, at, centi);
        count++;
      } else {
        const tally = bad.get(problem);
        if (tally) tally.count++;
        else bad.set(problem, { firstReading: place, count: 1 });
      }
    }
    if (readings.byTime.size > 0) kept.set(shipmentId, readings);
    for (const [problem, tally] of bad) refused.push({ ...refusedWhole(index, shipmentId, problem, 0), ...tally });
  }
  return { kept, count, refused };
}

const noReadings = (): NewReadings => ({
  ...{ byTime: new Map(), earliest: Number.POSITIVE_INFINITY, latest: Number.NEGATIVE_INFINITY, anyOutside: false },
});

function add(readings: NewReadings, at: number, centi: number): void {
  const known = readings.byTime.get(at);
  readings.byTime.set(at, known === undefined ? centi : believed(known, centi));
  if (at < readings.earliest) readings.earliest = at;
  if (at > readings.latest) readings.latest = at;
  if (isOutside(centi)) readings.anyOutside = true;
}
