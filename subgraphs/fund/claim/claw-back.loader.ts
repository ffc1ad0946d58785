import { loggedStatement, type Shows } from '../../common/access-log.js';
import { idAbove, type Page } from '../../common/connection.js';
import { type Session, statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import { type ClawBack, type ClawBackCause, ClawBackStatus } from './claw-back.js';

/** Of a row `b` of claw_back, as `StoredClawBack`. */
export const CLAW_BACK_JSON = `json_build_object('id', b.id, 'claimId', b.claim_id, 'status', b.status,
  'amountFen', b.amount_fen::text, 'cause', b.cause, 'orderLineId', b.order_line_id, 'refundedFen', b.refunded_fen::text,
  'reason', b.reason, 'createdAt', b.created_at, 'settledAt', b.settled_at, 'version', b.version)`;

export interface StoredClawBack {
  readonly id: string;
  readonly claimId: string;
  readonly status: ClawBackStatus;
  readonly amountFen: string;
  readonly cause: ClawBackCause;
  readonly orderLineId: string | null;
  readonly refundedFen: string | null;
  readonly reason: string;
  readonly createdAt: string;
  readonly settledAt: string | null;
  readonly version: number;
}

/** A claw-back as resolvers hand it on. */
export type LoadedClawBack = ClawBack & { readonly claimId: string };

const amountText = (fen: string): string => `${money(fen).amount} yuan`;

function whatToDo({ status, amountFen }: StoredClawBack): string {
  if (amountFen === '0') return 'Nothing: the refund changes nothing of what you were awarded.';
  switch (status) {
    case ClawBackStatus.WAITING:
      return 'Nothing yet: the payment is on its way, and you are told here when the bank has answered.';
    case ClawBackStatus.DUE:
      return `Pay ${amountText(amountFen)} back to the fund, with the number of the claim as the reference.`;
    case ClawBackStatus.SETTLED:
      return 'Nothing: it is settled.';
  }
}

export function clawBackShown(row: StoredClawBack): LoadedClawBack {
  const { amountFen, refundedFen, ...rest } = row;
  return {
    ...rest,
    amount: money(amountFen),
    refunded: refundedFen === null ? null : money(refundedFen),
    whatToDo: whatToDo(row),
  };
}

const IN_STATUS = '($1::text[] is null or b.status = any($1))';
const SHOWS: Shows = {
  record: 'ClawBack',
  id: `(found ->> 'id')::uuid`,
  patient: `(select patient_id from claim where claim.id = (found ->> 'claimId')::uuid)`,
  fields: ['status', 'amount', 'cause', 'refunded', 'reason', 'createdAt', 'settledAt'],
};
const PAGE = loggedStatement(
  'claw-backs',
  `select ${CLAW_BACK_JSON} as found from claw_back b where ${IN_STATUS} and b.${idAbove('$2')} order by b.id limit $3`,
  { ...SHOWS, page: { limit: '$3' } },
);
const COUNT = statement('count-claw-backs', `select count(*)::int as count from claw_back b where ${IN_STATUS}`);
const BY_ID = loggedStatement(
  'claw-back-by-id',
  `select ${CLAW_BACK_JSON} as found from claw_back b where b.id = $1`,
  SHOWS,
);

/** Reads claw-backs as the caller may see them, oldest first. */
export class ClawBackLoader {
  constructor(private readonly session: Session) {}

  async byId(id: string): Promise<LoadedClawBack | null> {
    const [row] = await this.session.seen<{ found: StoredClawBack }>(BY_ID, [id]);
    return row ? clawBackShown(row.found) : null;
  }

  /** One more than the page holds, where there are more. */
  async page(status: readonly ClawBackStatus[] | null, { after, first }: Page): Promise<LoadedClawBack[]> {
    const rows = await this.session.seen<{ found: StoredClawBack }>(PAGE, [status, after, first + 1]);
    return rows.map(({ found }) => clawBackShown(found));
  }

  async count(status: readonly ClawBackStatus[] | null): Promise<number> {
    return this.session.count(COUNT, [status]);
  }
}
