import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { type Money, money } from '../../common/money.js';
import type { Fund } from '../policy/policy.js';
import { type OwnContributions, ReportColumn, type SponsorReport } from './report.js';
import { totalOf } from './report.rules.js';
import { type CellsShown, type MonthShown, SMALLEST_GROUP } from './suppress.rules.js';

const MONTHS = statement(
  'report-months',
  `select month, contributions_fen as "contributionsFen", applicants, approved, granted_fen as "grantedFen"
   from report_month where fund_id = $1 and year = $2 order by month`,
);
/** The caller's own alone, whoever else's they may see. */
const OWN = statement(
  'own-contributions-by-month',
  `select extract(month from cleared_at at time zone 'UTC' + interval '8 hours')::int as month, sum(amount_fen)::text as fen
   from contribution where organisation_id = (select caller_organisation()) and fund_id = $1 and status = 'CLEARED'
     and extract(year from cleared_at at time zone 'UTC' + interval '8 hours') = $2::int
   group by 1 order by 1`,
);

interface MonthRow {
  readonly month: number;
  readonly contributionsFen: string | null;
  readonly applicants: number | null;
  readonly approved: number | null;
  readonly grantedFen: string | null;
}

/** Reads sponsor reports: by fund and year and in no other way, so that what is shown is known beforehand. */
export class ReportLoader {
  constructor(private readonly session: Session) {}

  async report(fund: Fund, year: number): Promise<SponsorReport> {
    const rows = await this.session.rows<MonthRow>(MONTHS, [fund.id, year]);
    const months = rows.map(
      ({ contributionsFen, grantedFen, ...row }): MonthShown => ({
        ...row,
        contributionsFen: contributionsFen === null ? null : BigInt(contributionsFen),
        grantedFen: grantedFen === null ? null : BigInt(grantedFen),
      }),
    );
    return {
      fund,
      year,
      smallestGroup: SMALLEST_GROUP,
      months: months.map((month) => ({ month: month.month, ...cells(month) })),
      total: cells(totalOf(months)),
      own: await this.own(fund.id, year),
    };
  }

  private async own(fundId: string, year: number): Promise<OwnContributions[]> {
    const rows = await this.session.rows<{ month: number; fen: string }>(OWN, [fundId, year]);
    return rows.map(({ month, fen }) => ({ month, amount: money(fen) }));
  }
}

const shownMoney = (fen: bigint | null): Money | null => (fen === null ? null : money(fen));

function cells({ contributionsFen, applicants, approved, grantedFen }: CellsShown) {
  const all = [
    [ReportColumn.CONTRIBUTIONS, contributionsFen],
    [ReportColumn.APPLICANTS, applicants],
    [ReportColumn.APPROVED, approved],
    [ReportColumn.GRANTED, grantedFen],
  ] as const;
  return {
    contributions: shownMoney(contributionsFen),
    applicants,
    approved,
    granted: shownMoney(grantedFen),
    hidden: all.flatMap(([column, cell]) => (cell === null ? [column] : [])),
  };
}
