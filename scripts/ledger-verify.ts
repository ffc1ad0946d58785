import { withClient } from '../subgraphs/common/migrate.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { type LedgerReport, verifyLedger } from '../subgraphs/fund/ledger/verify.js';
import { administratorUrl } from './administrator.js';
import { fail } from './process.js';

const count = new Intl.NumberFormat('en');

/** What was found, as lines for somebody who keeps the fund's money. */
export function reportLines({ checks, funds, transfers, problems }: LedgerReport): string[] {
  const over = `${count.format(checks)} checks over ${count.format(funds)} ${funds === 1 ? 'fund' : 'funds'}, ${count.format(transfers)} transfers`;
  if (problems.length === 0) return [`OK: ${over}`];
  return [
    ...problems.flatMap(({ check, sentence, rows }) => [
      `${check}: ${sentence}`,
      ...rows.map((row) => `  ${JSON.stringify(row)}`),
    ]),
    `WRONG: ${problems.length} of ${over}`,
  ];
}

/** `npm run ledger:verify`: whether the books add up, also beside a running `npm start`. Exit code 1 when they do not. */
async function main(): Promise<void> {
  const administrator = await administratorUrl(readSettings());
  try {
    const report = await withClient(administrator.url, async (client) => {
      const { rows } = await client.query<{ there: boolean }>(
        `select to_regclass('fund.simulated_bank_payment') is not null as there`,
      );
      if (!rows[0]?.there)
        throw new Refusal('The database has no ledger yet. Run `npm start` or `npm run migrate` first.');
      // compiling it costs more than running it
      await client.query('set jit = off');
      return verifyLedger(client);
    });
    for (const line of reportLines(report)) console.log(line);
    if (report.problems.length > 0) process.exitCode = 1;
  } finally {
    await administrator.stop();
  }
}

if (import.meta.main) await main().catch(fail);
