import { log } from '../../common/log.js';
import type { FundContext } from '../context.js';

export const CHECK_LEDGER = 'check-ledger';

/** It reads every transfer there is. */
const LONGEST_SECONDS = 15 * 60;

interface Outcome {
  readonly checks: number;
  readonly transfers: string;
  readonly problems: string[];
}

/**
 * Does the books again, as `npm run ledger:verify` does, and keeps whether they add up; which rows are wrong is for that program to say,
 * to somebody who may see them.
 */
export async function checkLedger(_payload: object, { session }: FundContext): Promise<void> {
  const [found] = await session.decide((sql) =>
    sql.atLength<Outcome[]>('select checks, transfers, problems from check_ledger()', LONGEST_SECONDS),
  );
  if (!found) throw new Error('The ledger check has told nothing');
  const { checks, transfers, problems } = found;
  if (problems.length === 0) log.info({ checks, transfers }, 'the ledger adds up');
  else log.error({ checks, transfers, problems }, 'the ledger does not add up: run `npm run ledger:verify`');
}

/** What `/metrics` says of the last check. */
export const LEDGER_CHECK_OUTCOME = {
  gauges: {
    ledger_check_ok: 'Whether the books of the fund added up when they were checked last: 1 or 0',
    ledger_checked_timestamp_seconds: 'When that was, in seconds since 1970',
  },
  sql: 'select ledger_check_ok, ledger_checked_timestamp_seconds from ledger_check_outcome()',
};
