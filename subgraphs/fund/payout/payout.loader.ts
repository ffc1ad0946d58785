import DataLoader from 'dataloader';
import { loggedStatement, type Shows } from '../../common/access-log.js';
import { idAbove, idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { PayoutBatchStatus, PayoutStatus } from './payout.enums.js';
import type { ClaimsToPay, Payout, PayoutBatch } from './payout.js';
import { type BatchFacts, nextStepOf, reasonOf } from './payout.rules.js';

/** Claims that a caller has to do with as a person. Whom they care for is known here only for callers in that role. */
const OWN = '(claim.patient_subject = caller_subject() or claim.patient_id = any((select caller_patients())::uuid[]))';

const BATCH_COLUMNS = `
  id, number, fund_id as "fundId", status, created_at as "createdAt", released_at as "releasedAt", sent_at as "sentAt",
  answered_at as "answeredAt", version,
  (select json_build_object('count', count(*) filter (where payout.status <> 'CANCELLED'),
     'fen', coalesce(sum(amount_fen) filter (where payout.status <> 'CANCELLED'), 0)::text,
     'queued', count(*) filter (where payout.status = 'QUEUED'),
     'involved', coalesce(bool_or(payout.status = 'QUEUED' and (approved_by = caller_subject() or ${OWN})), false))
   from payout join claim on claim.id = claim_id where batch_id = payout_batch.id) as sums`;

const BATCHES = statement('payout-batches-by-id', `select ${BATCH_COLUMNS} from payout_batch where id = any($1)`);
const matching = '($1::uuid is null or fund_id = $1) and ($2::text[] is null or status = any($2))';
const BATCH_PAGE = statement(
  'payout-batches',
  `select ${BATCH_COLUMNS} from payout_batch where ${matching} and ${idBelow('$3')} order by id desc limit $4`,
);
const BATCH_COUNT = statement(
  'count-payout-batches',
  `select count(*)::int as count from payout_batch where ${matching}`,
);

/** A payout that came back has a next step only as long as its claim waits for the next one. */
const PAYOUT_COLUMNS = `
  payout.id, claim_id as "claimId", batch_id as "batchId", amount_fen as "amountFen", payout.status,
  reason_code as "reasonCode", created_at as "createdAt", answered_at as "answeredAt",
  payout.status = 'RETURNED' and not exists (
    select from payout later where later.claim_id = payout.claim_id and later.status in ('QUEUED', 'SENT', 'PAID'))
    and exists (select from claim where claim.id = payout.claim_id and claim.status = 'APPROVED') as open`;

const SHOWS: Shows = {
  record: 'Payout',
  patient: '(select patient_id from claim where claim.id = "claimId")',
  fields: ['amount', 'status', 'reasonCode', 'reason', 'nextStep', 'createdAt', 'answeredAt'],
};
const OF_BATCH = loggedStatement(
  'payouts-of-batch',
  `select ${PAYOUT_COLUMNS} from payout where batch_id = $1 and ${idAbove('$2')} order by id limit $3`,
  { ...SHOWS, page: { limit: '$3' } },
);
const OF_BATCH_COUNT = statement(
  'count-payouts-of-batch',
  'select count(*)::int as count from payout where batch_id = $1',
);
const OF_CLAIMS = loggedStatement(
  'payouts-of-claims',
  `select ${PAYOUT_COLUMNS} from payout where claim_id = any($1) order by payout.id`,
  SHOWS,
);

/** Claims that can be put into a batch. */
export const WAITING_TO_BE_PAID = `status = 'APPROVED' and award_fen > taken_back_fen and not exists (
  select from payout where claim_id = claim.id and payout.status in ('QUEUED', 'SENT', 'PAID'))`;
const TO_PAY = statement(
  'claims-to-pay',
  `select count(*)::int as count, coalesce(sum(award_fen - taken_back_fen), 0) as fen from claim
   where fund_id = $1 and ${WAITING_TO_BE_PAID}`,
);
const PATIENTS = statement(
  'patients-of-payout-batch',
  `select distinct patient_id as id from payout join claim on claim.id = claim_id
   where batch_id = $1 and payout.status = 'QUEUED'`,
);

interface BatchRow extends Omit<PayoutBatch, 'total' | 'count'> {
  readonly fundId: string;
  readonly sums: { count: number; fen: string; queued: number; involved: boolean };
}

interface PayoutRow extends Pick<Payout, 'id' | 'reasonCode' | 'createdAt' | 'answeredAt'> {
  readonly status: PayoutStatus;
  readonly claimId: string;
  readonly batchId: string;
  readonly amountFen: string;
  readonly open: boolean;
}

/** A batch as resolvers hand it on, with what its actions depend on. */
export type LoadedBatch = PayoutBatch & { readonly fundId: string; readonly facts: BatchFacts };

export type LoadedPayout = Payout & { readonly claimId: string; readonly batchId: string };

const loadedBatch = ({ sums: { count, fen, queued, involved }, ...rest }: BatchRow): LoadedBatch => ({
  ...rest,
  total: money(fen),
  count,
  facts: { status: rest.status, queued, involved },
});

const loadedPayout = ({ amountFen, open, ...rest }: PayoutRow): LoadedPayout => ({
  ...rest,
  amount: money(amountFen),
  reason: rest.status === 'RETURNED' ? reasonOf(rest.reasonCode) : null,
  nextStep: open ? nextStepOf(rest.reasonCode) : null,
});

export interface BatchMatch {
  readonly fundId: string | null;
  readonly status: readonly PayoutBatchStatus[] | null;
}

/** Reads payout batches, for finance, and payouts, for those who see their claim as well. */
export class PayoutLoader {
  private readonly batches: DataLoader<string, LoadedBatch | null>;
  private readonly claims: DataLoader<string, LoadedPayout[]>;

  constructor(private readonly session: Session) {
    this.batches = new DataLoader(async (ids) => {
      const found = new Map((await session.rows<BatchRow>(BATCHES, [ids])).map((row) => [row.id, loadedBatch(row)]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.claims = new DataLoader(async (ids) => {
      const found = Map.groupBy(await session.seen<PayoutRow>(OF_CLAIMS, [ids]), ({ claimId }) => claimId);
      return ids.map((id) => (found.get(id) ?? []).map(loadedPayout));
    });
  }

  batch(id: string): Promise<LoadedBatch | null> {
    return this.batches.load(id);
  }

  /** After a change the next read must not answer from before it. */
  forget(id: string): void {
    this.batches.clear(id);
    this.claims.clearAll();
  }

  /** Newest first; one more than the page holds where there are more. */
  async page({ fundId, status }: BatchMatch, { after, first }: Page): Promise<LoadedBatch[]> {
    return (await this.session.rows<BatchRow>(BATCH_PAGE, [fundId, status, after, first + 1])).map(loadedBatch);
  }

  count({ fundId, status }: BatchMatch): Promise<number> {
    return this.session.count(BATCH_COUNT, [fundId, status]);
  }

  /** In the order in which they were put together. */
  async ofBatch(batchId: string, { after, first }: Page): Promise<LoadedPayout[]> {
    return (await this.session.seen<PayoutRow>(OF_BATCH, [batchId, after, first + 1])).map(loadedPayout);
  }

  countOfBatch(batchId: string): Promise<number> {
    return this.session.count(OF_BATCH_COUNT, [batchId]);
  }

  /** Oldest first. */
  ofClaim(claimId: string): Promise<LoadedPayout[]> {
    return this.claims.load(claimId);
  }

  async toPay(fundId: string): Promise<ClaimsToPay> {
    const [row] = await this.session.rows<{ count: number; fen: string }>(TO_PAY, [fundId]);
    return { count: row?.count ?? 0, total: money(row?.fen ?? '0') };
  }

  /** Who would be paid by a batch. */
  async patientsOf(batchId: string): Promise<string[]> {
    return (await this.session.rows<{ id: string }>(PATIENTS, [batchId])).map(({ id }) => id);
  }
}
