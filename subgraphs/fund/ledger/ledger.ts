import type { Executes, Statements } from '../../common/database.js';
import { newId } from '../../common/ids.js';

/** Where money of a fund can be. Only OUTSIDE and SHORTFALL are ever below zero: the one gave, the other is owed. */
export const ACCOUNTS = [
  'OUTSIDE',
  'AVAILABLE',
  'RESERVED',
  'PAYABLE',
  'IN_TRANSIT',
  'PAID_OUT',
  'RECEIVABLE',
  'SHORTFALL',
] as const;
export type Account = (typeof ACCOUNTS)[number];

/** The ways that money can go, as the table's CHECK has them. COVER is the trigger's own. */
const WAYS = {
  CONTRIBUTION: ['OUTSIDE', 'AVAILABLE'],
  BOUNCE: ['AVAILABLE', 'OUTSIDE'],
  BOUNCE_UNCOVERED: ['SHORTFALL', 'OUTSIDE'],
  GRANT: ['AVAILABLE', 'RESERVED'],
  RELEASE: ['RESERVED', 'AVAILABLE'],
  AWARD: ['RESERVED', 'PAYABLE'],
  TAKE_BACK: ['PAYABLE', 'RESERVED'],
  SEND: ['PAYABLE', 'IN_TRANSIT'],
  PAY: ['IN_TRANSIT', 'PAID_OUT'],
  RETURN: ['IN_TRANSIT', 'PAYABLE'],
  RETURN_AFTER_PAYING: ['PAID_OUT', 'PAYABLE'],
  CLAW_BACK: ['PAID_OUT', 'RECEIVABLE'],
  REPAYMENT: ['RECEIVABLE', 'RESERVED'],
} as const satisfies Record<string, readonly [Account, Account]>;
export type Way = keyof typeof WAYS;

/** A way's name in the ledger, where two ways are of one kind. */
const KINDS: Partial<Record<Way, string>> = { BOUNCE_UNCOVERED: 'BOUNCE', RETURN_AFTER_PAYING: 'RETURN' };

export interface Transfer {
  readonly fundId: string;
  readonly way: Way;
  /** Above zero. */
  readonly amountFen: bigint;
  /** The contribution, grant, claim, payout or claw-back that it is about: each goes each way once. */
  readonly referenceId: string;
  /** In whose name. */
  readonly by: string;
}

/**
 * Moves money of a fund, when the transaction ends. If what is to be given is no longer there by then, the transaction is
 * repeated from its start (`Session.transaction`), so that it decides on what is there now.
 *
 * @throws a unique violation when this has gone this way before
 */
export async function transfer(sql: Executes, ...transfers: readonly Transfer[]): Promise<void> {
  if (transfers.length > 0) await sql.execute(...insertOf(transfers));
}

/** The same, sent with the commit. */
export const sendTransfer = (sql: Statements, each: Transfer): void => sql.send(...insertOf([each]));

function insertOf(transfers: readonly Transfer[]): [text: string, values: unknown[]] {
  const rows = transfers.map(({ fundId, way, amountFen, referenceId, by }) => {
    const [from, to] = WAYS[way];
    return [newId(), fundId, KINDS[way] ?? way, from, to, amountFen.toString(), referenceId, by];
  });
  const text = `insert into ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
     values ${rows.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`;
  return [text, rows.flat()];
}

/**
 * SQL for how much a fund (`?`) could give now, in fen as text: what it has available, and nothing while others wait. It may be
 * outdated when the transaction ends: see `transfer`.
 */
export const COULD_GIVE = 'fund_could_give(?::uuid)::text';

/** What a fund has available, held until the transaction ends. */
export async function holdAvailable(em: Executes, fundId: string): Promise<bigint> {
  const [row] = await em.execute<{ available: string }[]>('select (hold_balance(?)).available_fen as available', [
    fundId,
  ]);
  return BigInt(row?.available ?? 0);
}
