/** Counts of people below it are not shown. */
export const SMALLEST_GROUP = 11;

/** With fewer contributing parties, one could take its own gift off the sum and read another's. */
export const FEWEST_CONTRIBUTORS = 3;

/** What happened in a month, of one fund. Counts are of distinct parties or patients within the month, money is fen. */
export interface MonthFacts {
  readonly month: number;
  /** Parties whose contributions the sum is of. */
  readonly contributors: number;
  readonly contributionsFen: bigint;
  /** Patients whose application was handed in. */
  readonly applicants: number;
  /** Patients who got an approval; they may have applied in an earlier month. */
  readonly approved: number;
  readonly grantedFen: bigint;
}

/** A row of the report, or its total. Null: hidden. */
export interface CellsShown {
  readonly contributionsFen: bigint | null;
  readonly applicants: number | null;
  readonly approved: number | null;
  readonly grantedFen: bigint | null;
}

export interface MonthShown extends CellsShown {
  readonly month: number;
}

export interface ReportShown {
  readonly months: readonly MonthShown[];
  readonly total: CellsShown;
}

/** Whether a count, or the difference of two, is about somebody and about too few. */
const isSmall = (count: number): boolean => count !== 0 && Math.abs(count) < SMALLEST_GROUP;

/**
 * In which months the number of the approved can be shown: where neither it nor the number of applicants is small, nor is
 * their difference, in the month or summed over months in a row.
 */
function approvedShown(months: readonly MonthFacts[]): boolean[] {
  const shown = months.map(({ applicants, approved }) => !isSmall(applicants) && !isSmall(approved));
  for (let length = 1; length <= months.length; length++) {
    for (let first = 0; first + length <= months.length; first++) {
      const run = months.slice(first, first + length);
      const readable = shown.slice(first, first + length).every(Boolean);
      const notApproved = run.reduce((sum, { applicants, approved }) => sum + applicants - approved, 0);
      if (readable && isSmall(notApproved)) shown.fill(false, first, first + length);
    }
  }
  return shown;
}

/** The sum of a column, where every month of it is shown: else the sum less the months would be what is hidden. */
function total<Amount>(
  months: readonly MonthShown[],
  cellOf: (month: MonthShown) => Amount | null,
  zero: Amount,
  add: (one: Amount, other: Amount) => Amount,
): Amount | null {
  let sum = zero;
  for (const month of months) {
    const cell = cellOf(month);
    if (cell === null) return null;
    sum = add(sum, cell);
  }
  return sum;
}

const addMoney = (one: bigint, other: bigint): bigint => one + other;
const addCounts = (one: number, other: number): number => one + other;

/**
 * What a sponsor may see of a fund's year.
 *
 * - A number of people from 1 to 10 is hidden. 0 is shown, being about nobody.
 * - The approved are hidden too where applicants less approved is from 1 to 10 either way: it would count the few who were
 *   not. So they are over months in a row, since who applies in one month is approved in a later one: of 15 applicants in
 *   May and 12 approved in June three are left. Shorter rows of months go first, and what is hidden ends a row.
 * - Beside hidden applicants the approved are hidden, whatever they are. A 0 would tell of every one of the few how it
 *   went. And if only the difference decided, 12 approved shown beside hidden applicants would tell that it was exactly
 *   one: with any other number from 2 to 10 the 12 would have been hidden.
 * - 0 approved of 11 or more applicants is shown: it tells of a large group, like any other number.
 * - The money granted goes with the approved. Money without anybody approved (a correction) is hidden.
 * - Contributions are hidden unless there are none or at least three parties made them. It does not look at how much each
 *   gave: of three, where one gave nearly all, another can still tell about how much that was.
 * - A total is the sum of its months, so who applies in two months counts twice, and shown only where no month of the
 *   column is hidden. There is no number of distinct people over the year: the sum less that would count those who came twice.
 *
 * That something is hidden tells nothing exact. Hidden applicants can be any number from 1 to 10, since nothing else
 * shown depends on which. Hidden approved can, in all such months at once, be any numbers from 1 to 10: each would be
 * hidden for itself, whatever the applicants, and would end the same rows of months.
 *
 * It guards one report. Two reports of one month at different times would tell what happened between them: give months
 * that are over, with numbers that do not change later.
 *
 * @param months of one year and one fund, in order, none left out between
 */
export function suppress(months: readonly MonthFacts[]): ReportShown {
  const approvedIsShown = approvedShown(months);
  const shown = months.map((facts, index): MonthShown => {
    const { month, contributors, contributionsFen, applicants, approved, grantedFen } = facts;
    const noContribution = contributors === 0 && contributionsFen === 0n;
    const mayShowApproved = approvedIsShown[index] as boolean;
    const nobodysMoney = approved === 0 && grantedFen !== 0n;
    return {
      month,
      contributionsFen: noContribution || contributors >= FEWEST_CONTRIBUTORS ? contributionsFen : null,
      applicants: isSmall(applicants) ? null : applicants,
      approved: mayShowApproved ? approved : null,
      grantedFen: mayShowApproved && !nobodysMoney ? grantedFen : null,
    };
  });
  return {
    months: shown,
    total: {
      contributionsFen: total(shown, (month) => month.contributionsFen, 0n, addMoney),
      applicants: total(shown, (month) => month.applicants, 0, addCounts),
      approved: total(shown, (month) => month.approved, 0, addCounts),
      grantedFen: total(shown, (month) => month.grantedFen, 0n, addMoney),
    },
  };
}
