import type { EntityManager } from '@mikro-orm/postgresql';
import { statement } from '../../common/database.js';
import type { FundContext } from '../context.js';
import { closeMonths, lastToClose, type MonthNumber, monthOf, yearOf } from './report.rules.js';
import type { MonthFacts, MonthShown } from './suppress.rules.js';

export const CLOSE_REPORT_MONTH = 'close-report-month';

const FUNDS = statement('funds-to-report', 'select id from fund order by id');

/** The month of a moment in Shanghai, as a number that goes on over the turn of the year. */
const month = (at: string): string =>
  `(extract(year from ${at} at time zone 'UTC' + interval '8 hours') * 12 + extract(month from ${at} at time zone 'UTC' + interval '8 hours') - 1)::int`;

/**
 * What happened in each month of a fund. Money that bounced later counts in the month in which it had arrived: a month
 * that is closed is not changed.
 */
const FACTS = `
  select month, coalesce(sum(contributors), 0)::int as contributors, coalesce(sum(contributed), 0)::bigint::text as contributed,
    coalesce(sum(applicants), 0)::int as applicants, coalesce(sum(approved), 0)::int as approved, coalesce(sum(granted), 0)::bigint::text as granted
  from (
    select ${month('cleared_at')} as month, count(distinct coalesce(organisation_id::text, source)) as contributors, sum(amount_fen) as contributed,
      null::bigint as applicants, null::bigint as approved, null::numeric as granted
    from contribution where fund_id = ? and cleared_at is not null group by 1
    union all
    select ${month('submitted_at')}, null, null, count(distinct patient_id), null, null
    from application where fund_id = ? and submitted_at is not null group by 1
    union all
    select ${month('at')}, null, null, null, count(distinct patient_id), null
    from application_event event join application on application.id = application_id
    where fund_id = ? and event.status = 'APPROVED' group by 1
    union all
    select ${month('at')}, null, null, null, null, sum(amount_fen)
    from ledger_transfer where fund_id = ? and kind = 'GRANT' group by 1) facts
  group by 1 order by 1`;

interface FactsRow {
  readonly month: number;
  readonly contributors: number;
  readonly contributed: string;
  readonly applicants: number;
  readonly approved: number;
  readonly granted: string;
}

interface ShownRow {
  readonly number: number;
  readonly applicants: number | null;
  readonly approved: number | null;
}

/**
 * Closes every month of every fund that is over, from the first in which anything happened: what may be shown of it is
 * written down, once, and the rest is not kept. Each fund in a transaction of its own.
 */
export async function closeReportMonths(_payload: object, { session }: FundContext, now = new Date()): Promise<void> {
  const to = lastToClose(now);
  for (const { id } of await session.rows<{ id: string }>(FUNDS)) {
    await session.transaction((em) => closeFund(em, id, to));
  }
}

async function closeFund(em: EntityManager, fundId: string, to: MonthNumber): Promise<void> {
  // one at a time: what is shown of a month depends on the months before
  await em.execute('select from fund where id = ? for no key update', [fundId]);
  const before = await em.execute<ShownRow[]>(
    'select year * 12 + month - 1 as number, applicants, approved from report_month where fund_id = ? order by 1',
    [fundId],
  );
  const last = before.at(-1)?.number;
  if (last !== undefined && last >= to) return;
  const rows = await em.execute<FactsRow[]>(FACTS, [fundId, fundId, fundId, fundId]);
  // what is recorded later of a time before the first month that was closed is not reported
  const from = last === undefined ? rows[0]?.month : last + 1;
  if (from === undefined) return;
  const facts = new Map(rows.map((row) => [row.month, factsOf(row)]));
  const shownBefore = before.map(
    ({ number, applicants, approved }): MonthShown => ({
      month: number,
      applicants,
      approved,
      contributionsFen: null,
      grantedFen: null,
    }),
  );
  const closed = closeMonths(shownBefore, facts, from, to);
  if (closed.length === 0) return;
  await em.execute(
    `insert into report_month (fund_id, year, month, contributions_fen, applicants, approved, granted_fen)
     values ${closed.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ')} on conflict do nothing`,
    closed.flatMap(({ month, contributionsFen, applicants, approved, grantedFen }) => [
      fundId,
      yearOf(month),
      monthOf(month),
      contributionsFen?.toString() ?? null,
      applicants,
      approved,
      grantedFen?.toString() ?? null,
    ]),
  );
}

const factsOf = (row: FactsRow): Omit<MonthFacts, 'month'> => ({
  contributors: row.contributors,
  contributionsFen: BigInt(row.contributed),
  applicants: row.applicants,
  approved: row.approved,
  grantedFen: BigInt(row.granted),
});
