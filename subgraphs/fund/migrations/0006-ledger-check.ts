import { sqlMigration } from '../../common/migrate.js';
import { ledgerCheckFunction } from '../ledger/verify.js';

/** The fund checks its own books, and keeps whether they added up. */
export const fundLedgerCheck = sqlMigration(
  '0006-ledger-check',
  `
create table ledger_check (
  checked_at timestamptz primary key default clock_timestamp(),
  checks int not null,
  funds int not null,
  transfers bigint not null,
  -- the names of the checks that found something; none when the books add up
  problems text[] not null
);
revoke insert, update, delete, truncate on ledger_check from care_fund;
alter table ledger_check enable row level security;
${ledgerCheckFunction()}
-- whether all is well and since when is told to whoever looks after the server, without an identity
create function ledger_check_outcome() returns table (ledger_check_ok int, ledger_checked_timestamp_seconds float8)
language sql stable security definer set search_path = fund, pg_temp as $$
  select case when problems = '{}' then 1 else 0 end, extract(epoch from checked_at)::float8 from ledger_check order by checked_at desc limit 1
$$;

-- a database always has an outcome: so nothing has to be checked whenever a process begins
select set_config('app.roles', 'SYSTEM', true);
select check_ledger();
select set_config('app.roles', '', true);
`,
);
