/**
 * Where each territory and each place of the map lies. Pure: the same schema on the same screen is always the same map.
 */

/** A territory and what lies in it, the biggest first. */
export interface Land {
  readonly name: string;
  readonly places: readonly string[];
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Measures in pixels, from the upper left corner of the map. */
export interface Layout {
  readonly height: number;
  readonly lands: ReadonlyMap<string, Area>;
  readonly spots: ReadonlyMap<string, Spot>;
}

export interface Sheet {
  readonly width: number;
  /** As high as it should be; what does not fit makes it higher. 0: as it comes. */
  readonly height: number;
}

/** Two places that a line joins. */
export type Road = readonly [string, string];

/** A place with its name needs so much. */
const CELL = { width: 96, height: 63 };
/** Where nothing says how high the map should be. */
const ROOMY_CELL = 72;
/** Rows farther apart than this look lost. */
const HIGHEST_CELL = 120;
const BORDER = { top: 34, bottom: 8, side: 10 };
/** Between two territories. */
const GAP = 26;
/** Below this, territories stand one below the other. */
const NARROW = 620;
/** Every other column stands lower by this part of a cell, so that neighbours' names have room. */
const STAGGER = 0.42;
/** From the top of a cell to the middle of its dot, as a part of the cell; the name is below. */
const DOT = 0.3;
/** With more territories than this, their order is not searched for. */
const MOST_ORDERS = 6;

/** A row of territories, with the columns of places that each has. */
interface Row {
  readonly lands: readonly { readonly land: Land; readonly columns: number }[];
  /** Of places, in the highest of its territories. */
  readonly rows: number;
}

/** Territories that belong together lie together, and so do places. */
export function layOut(lands: readonly Land[], roads: readonly Road[], sheet: Sheet): Layout {
  const inhabited = lands.filter(({ places }) => places.length > 0);
  let best: { areas: ReadonlyMap<string, Area>; rows: readonly Row[]; height: number; cost: number } | undefined;
  const between = roadsBetween(inhabited, roads);
  for (const order of inhabited.length > MOST_ORDERS ? [inhabited] : orders(inhabited)) {
    for (const broken of inRows(order)) {
      if (sheet.width < NARROW && broken.length < order.length) continue;
      const rows = broken.map((row) => fill(row, sheet.width));
      if (!rows.every((row) => row !== undefined)) continue;
      const { areas, height } = areasOf(rows, sheet);
      const misfit = Math.max((height - sheet.height) * 4, sheet.height - height);
      const cost = misfit + lengthOf(between, areas) + emptinessOf(rows) + stretchOf(areas);
      if (!best || cost < best.cost - 1e-6) best = { areas, rows, height, cost };
    }
  }
  if (!best) return { height: 0, lands: new Map(), spots: new Map() };
  return { height: best.height, lands: best.areas, spots: settle(best.rows, best.areas, roads) };
}

function* orders<T>(items: readonly T[]): Iterable<readonly T[]> {
  if (items.length <= 1) yield items;
  for (const [i, first] of items.entries()) {
    if (items.length <= 1) return;
    for (const rest of orders(items.toSpliced(i, 1))) yield [first, ...rest];
  }
}

/** Every way to break a sequence into rows. */
function* inRows<T>(items: readonly T[]): Iterable<readonly (readonly T[])[]> {
  if (items.length === 0) yield [];
  for (let first = 1; first <= items.length; first++) {
    for (const rest of inRows(items.slice(first))) yield [items.slice(0, first), ...rest];
  }
}

/** Gives each territory of a row its columns. @returns undefined when they have no room beside each other */
function fill(lands: readonly Land[], width: number): Row | undefined {
  const room = width - GAP * (lands.length - 1) - 2 * BORDER.side * lands.length;
  let free = Math.floor(room / CELL.width) - lands.length;
  if (free < 0) return undefined;
  const given = lands.map((land) => ({ land, columns: 1 }));
  const rowsOf = ({ land, columns }: { land: Land; columns: number }) => Math.ceil(land.places.length / columns);
  for (; free > 0; free--) {
    const highest = given
      .filter(({ land, columns }) => columns < land.places.length)
      .sort((a, b) => rowsOf(b) - rowsOf(a) || b.land.places.length - a.land.places.length)[0];
    if (!highest) break;
    highest.columns++;
  }
  return { lands: given, rows: Math.max(...given.map(rowsOf)) };
}

function areasOf(rows: readonly Row[], sheet: Sheet): { areas: ReadonlyMap<string, Area>; height: number } {
  const cells = rows.reduce((sum, { rows: count }) => sum + count + STAGGER, 0);
  const besides = rows.length * (BORDER.top + BORDER.bottom) + (rows.length - 1) * GAP;
  const fitting = sheet.height === 0 ? ROOMY_CELL : (sheet.height - besides) / cells;
  const cellHeight = Math.min(HIGHEST_CELL, Math.max(CELL.height, fitting));
  const areas = new Map<string, Area>();
  let y = 0;
  for (const { lands, rows: count } of rows) {
    const height = (count + STAGGER) * cellHeight + BORDER.top + BORDER.bottom;
    const columns = lands.reduce((sum, each) => sum + each.columns, 0);
    const room = sheet.width - GAP * (lands.length - 1) - 2 * BORDER.side * lands.length;
    let x = 0;
    for (const { land, columns: own } of lands) {
      const width = (room / columns) * own + 2 * BORDER.side;
      areas.set(land.name, { x, y, width, height });
      x += width + GAP;
    }
    y += height + GAP;
  }
  return { areas, height: Math.max(0, y - GAP) };
}

/** How many roads lead from one territory to another. */
function roadsBetween(lands: readonly Land[], roads: readonly Road[]): readonly (readonly [string, string, number])[] {
  const landOf = new Map(lands.flatMap(({ name, places }) => places.map((place) => [place, name] as const)));
  const counted = new Map<string, readonly [string, string, number]>();
  for (const road of roads) {
    const [a, b] = road.map((place) => landOf.get(place)).sort();
    if (a === undefined || b === undefined || a === b) continue;
    const key = JSON.stringify([a, b]);
    counted.set(key, [a, b, (counted.get(key)?.[2] ?? 0) + 1]);
  }
  return [...counted.values()];
}

/** Of roads between territories, the middle ones of each; the mean. */
function lengthOf(between: readonly (readonly [string, string, number])[], areas: ReadonlyMap<string, Area>): number {
  let sum = 0;
  let count = 0;
  for (const [from, to, roads] of between) {
    const [a, b] = [areas.get(from), areas.get(to)];
    if (!a || !b) continue;
    sum += roads * Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
    count += roads;
  }
  return count > 0 ? sum / count : 0;
}

/** Long strips are no territories. */
function stretchOf(areas: ReadonlyMap<string, Area>): number {
  const stretched = [...areas.values()].map(({ width, height }) => Math.abs(Math.log(width / height)));
  return (stretched.reduce((sum, each) => sum + each, 0) / stretched.length) * 120;
}

/** Cells without a place make a map look unfinished. */
function emptinessOf(rows: readonly Row[]): number {
  const empty = rows.flatMap(({ lands, rows: count }) =>
    lands.map(({ land, columns }) => count * columns - land.places.length),
  );
  return empty.reduce((sum, each) => sum + each * 12, 0);
}

/** Puts the places of each territory into its cells, and changes them about while that makes the roads shorter. */
function settle(
  rows: readonly Row[],
  areas: ReadonlyMap<string, Area>,
  roads: readonly Road[],
): ReadonlyMap<string, Spot> {
  const cells: { readonly spots: readonly Spot[]; readonly held: (string | undefined)[] }[] = [];
  const spots = new Map<string, Spot>();
  for (const { lands } of rows) {
    for (const { land, columns } of lands) {
      const area = areas.get(land.name);
      if (!area) continue;
      const free = cellsOf(area, columns, Math.ceil(land.places.length / columns));
      cells.push({ spots: free, held: free.map((_, i) => land.places[i]) });
      for (const [i, place] of land.places.entries()) spots.set(place, free[i] as Spot);
    }
  }
  const neighbours = new Map<string, string[]>();
  for (const [a, b] of roads) {
    neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
    neighbours.set(b, [...(neighbours.get(b) ?? []), a]);
  }
  const cost = (place: string | undefined): number => {
    const own = place === undefined ? undefined : spots.get(place);
    if (place === undefined || !own) return 0;
    return (neighbours.get(place) ?? []).reduce((sum, each) => {
      const other = spots.get(each);
      return other ? sum + Math.hypot(other.x - own.x, other.y - own.y) : sum;
    }, 0);
  };
  const put = (place: string | undefined, spot: Spot | undefined): void => {
    if (place !== undefined && spot) spots.set(place, spot);
  };
  let better = true;
  for (let round = 0; better && round < 40; round++) {
    better = false;
    for (const { spots: at, held } of cells) {
      for (let i = 0; i < held.length; i++) {
        for (let j = i + 1; j < held.length; j++) {
          const [one, other] = [held[i], held[j]];
          const before = cost(one) + cost(other);
          put(one, at[j]);
          put(other, at[i]);
          if (cost(one) + cost(other) < before - 0.01) {
            [held[i], held[j]] = [other, one];
            better = true;
          } else {
            put(one, at[i]);
            put(other, at[j]);
          }
        }
      }
    }
  }
  return spots;
}

/** Every place that something can have in a territory, row by row. */
function cellsOf({ x, y, width, height }: Area, columns: number, rows: number): Spot[] {
  const cellWidth = (width - 2 * BORDER.side) / columns;
  const stagger = columns > 1 ? STAGGER : 0;
  const cellHeight = (height - BORDER.top - BORDER.bottom) / (rows + stagger);
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return {
      x: x + BORDER.side + (column + 0.5) * cellWidth,
      y: y + BORDER.top + (row + (column % 2) * stagger + DOT) * cellHeight,
    };
  });
}
