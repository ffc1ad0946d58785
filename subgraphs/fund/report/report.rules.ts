import { type CellsShown, type MonthFacts, type MonthShown, suppress } from './suppress.rules.js';

/** A month of the calendar, counted from the year 0: months in a row are numbers in a row, over the turn of the year too. */
export type MonthNumber = number;

export const monthNumber = (year: number, month: number): MonthNumber => year * 12 + month - 1;
export const yearOf = (month: MonthNumber): number => Math.floor(month / 12);
export const monthOf = (month: MonthNumber): number => (month % 12) + 1;

/** So long after its end a month stays open, for what is still recorded of it. */
const OPEN_DAYS = 5;

/** The last month (in Shanghai) that can be closed now. */
export function lastToClose(now: Date): MonthNumber {
  const shanghai = new Date(now.getTime() + 8 * 3_600_000 - OPEN_DAYS * 86_400_000);
  return monthNumber(shanghai.getUTCFullYear(), shanghai.getUTCMonth() + 1) - 1;
}

const NOTHING = { contributors: 0, contributionsFen: 0n, applicants: 0, approved: 0, grantedFen: 0n };

/**
 * What may be shown of months, each decided as if it were closed on its own day: by what happened in it and by what is
 * shown of the months before, which stays as it is. So closing late or many at once tells no more than closing in time.
 * Years end no row of months: who applies in December is approved in January.
 *
 * @param before what is shown of the months right before, in order, without a gap
 * @param facts of the months to close, in order; months in which nothing happened may be left out
 * @param from the first month to close
 * @param to the last
 */
export function closeMonths(
  before: readonly MonthShown[],
  facts: ReadonlyMap<MonthNumber, Omit<MonthFacts, 'month'>>,
  from: MonthNumber,
  to: MonthNumber,
): MonthShown[] {
  const shown = [...before];
  for (let month = from; month <= to; month++) {
    const here: MonthFacts = { ...(facts.get(month) ?? NOTHING), month };
    const closed = suppress([...readableRow(shown), here]).months.at(-1) as MonthShown;
    shown.push(closed);
  }
  return shown.slice(before.length);
}

/** The last months in a row of which the approved are shown, as facts: of the others nobody can go on from. */
function readableRow(shown: readonly MonthShown[]): MonthFacts[] {
  const row: MonthFacts[] = [];
  for (const { month, applicants, approved } of shown.toReversed()) {
    if (applicants === null || approved === null) break;
    row.unshift({ ...NOTHING, month, applicants, approved });
  }
  return row;
}

/** The sum of each column where all of it is shown: with one month hidden, the sum would be that month. */
export function totalOf(months: readonly CellsShown[]): CellsShown {
  const sum = <Cell>(cellOf: (month: CellsShown) => Cell | null, zero: Cell, add: (one: Cell, other: Cell) => Cell) =>
    months.reduce<Cell | null>((total, month) => {
      const cell = cellOf(month);
      return total === null || cell === null ? null : add(total, cell);
    }, zero);
  const addCounts = (one: number, other: number) => one + other;
  const addMoney = (one: bigint, other: bigint) => one + other;
  return {
    contributionsFen: sum((month) => month.contributionsFen, 0n, addMoney),
    applicants: sum((month) => month.applicants, 0, addCounts),
    approved: sum((month) => month.approved, 0, addCounts),
    grantedFen: sum((month) => month.grantedFen, 0n, addMoney),
  };
}
