import type { CurveFragment } from '../gql/graphql';

/** What must be kept cold stays between these, in degrees Celsius. */
export const COLDEST_GOOD = 2;
export const WARMEST_GOOD = 8;

/** How many pixels a label of a time takes. */
const LABEL_PX = 130;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A curve as it is drawn: places in pixels, from the top left corner of the drawing. */
export interface Drawing {
  /** The `d` of an SVG path. */
  readonly path: string;
  readonly yOf: (celsius: number) => number;
  /** The temperatures that have a line and a label. */
  readonly degrees: readonly number[];
  readonly times: readonly { readonly at: Date; readonly x: number }[];
  /** The reading that is furthest outside of what is good, if one is. */
  readonly worst?: { readonly x: number; readonly y: number; readonly celsius: number };
}

type Point = CurveFragment['points'][number];

/** @param points at least one, in order of time */
export function drawCurve(points: readonly Point[], { width, height }: Size): Drawing {
  const celsius = points.map((point) => point.celsius);
  // some room around the good range, so that it can be seen as one
  const low = Math.floor(Math.min(COLDEST_GOOD - 2, ...celsius));
  const high = Math.ceil(Math.max(WARMEST_GOOD + 2, ...celsius));
  const times = points.map(({ at }) => Date.parse(at));
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const span = Math.max(1, last - first);
  const xOf = (time: number) => (width * (time - first)) / span;
  const yOf = (degrees: number) => height * (1 - (degrees - low) / (high - low));
  const placed = points.map((point, index) => ({
    celsius: point.celsius,
    x: xOf(times[index] as number),
    y: yOf(point.celsius),
  }));
  const marks = Math.max(2, Math.min(5, Math.floor(width / LABEL_PX)));
  const worst = placed.reduce((one, other) => (outside(other.celsius) > outside(one.celsius) ? other : one));
  return {
    path: placed.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(''),
    yOf,
    degrees: [...new Set([low, COLDEST_GOOD, WARMEST_GOOD, high])],
    times: Array.from({ length: marks }, (_, index) => {
      const time = first + (span * index) / (marks - 1);
      return { at: new Date(time), x: xOf(time) };
    }),
    ...(outside(worst.celsius) > 0 && { worst }),
  };
}

/** How many degrees it is from what is good. */
const outside = (celsius: number): number => Math.max(0, COLDEST_GOOD - celsius, celsius - WARMEST_GOOD);
