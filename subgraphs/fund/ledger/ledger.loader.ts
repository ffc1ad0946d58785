import DataLoader from 'dataloader';
import { idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { FundBalance, LedgerTransfer } from './balance.js';

const BALANCES = statement(
  'fund-balances',
  `select fund_id as "fundId", (-outside_fen)::text as contributed, available_fen as available, reserved_fen as reserved,
     payable_fen as payable, in_transit_fen as "inTransit", paid_out_fen as "paidOut", receivable_fen as receivable,
     (-shortfall_fen)::text as shortfall
   from fund_balance where fund_id = any($1)`,
);
const WAITING = statement(
  'fund-waiting',
  'select id as "fundId", fund_waiting(id) as waiting from unnest($1::uuid[]) id',
);
const TRANSFERS = statement(
  'fund-transfers',
  `select id, kind, from_account as "from", to_account as "to", amount_fen as "amountFen", reference_id as "referenceId", at,
     case when by_subject like 'system:%' then 'SYSTEM' else 'STAFF' end as by
   from ledger_transfer where fund_id = $1 and ${idBelow('$2')} order by id desc limit $3`,
);
const COUNT = statement(
  'count-fund-transfers',
  'select count(*)::int as count from ledger_transfer where fund_id = $1',
);

type BalanceRow = Record<keyof FundBalance | 'fundId', string>;
type TransferRow = Omit<LedgerTransfer, 'amount'> & { readonly amountFen: string };

const balance = ({ fundId: _, ...amounts }: BalanceRow): FundBalance =>
  Object.fromEntries(Object.entries(amounts).map(([account, fen]) => [account, money(fen)])) as unknown as FundBalance;

/** Reads where the money of funds is and how it got there: finance sees it, everybody else nothing. */
export class LedgerLoader {
  private readonly balances: DataLoader<string, FundBalance | null>;
  private readonly waitLists: DataLoader<string, number>;

  constructor(private readonly session: Session) {
    this.balances = new DataLoader(
      async (ids) => {
        const rows = await session.rows<BalanceRow>(BALANCES, [ids]);
        const found = new Map(rows.map((row) => [row.fundId, balance(row)]));
        return ids.map((id) => found.get(id) ?? null);
      },
      { cache: false },
    );
    this.waitLists = new DataLoader(
      async (ids) => {
        const rows = await session.rows<{ fundId: string; waiting: number }>(WAITING, [ids]);
        const found = new Map(rows.map(({ fundId, waiting }) => [fundId, waiting]));
        return ids.map((id) => found.get(id) ?? 0);
      },
      { cache: false },
    );
  }

  balance(fundId: string): Promise<FundBalance | null> {
    return this.balances.load(fundId);
  }

  /** How many applications wait for money. */
  waiting(fundId: string): Promise<number> {
    return this.waitLists.load(fundId);
  }

  /** Newest first; one more than the page holds where there are more. */
  async transfers(fundId: string, { after, first }: Page): Promise<LedgerTransfer[]> {
    const rows = await this.session.rows<TransferRow>(TRANSFERS, [fundId, after, first + 1]);
    return rows.map(({ amountFen, ...row }) => ({ ...row, amount: money(amountFen) }));
  }

  async countTransfers(fundId: string): Promise<number> {
    return this.session.count(COUNT, [fundId]);
  }
}
