import type { Ask } from '../../common/context.js';
import type { OrderStatus } from './expense.rules.js';

/** A line of a medicine order of the caller's, or of somebody they care for. */
export interface OrderLine {
  /** The application that the order is linked to. */
  readonly applicationId: string | null;
  readonly status: OrderStatus;
  readonly amountFen: bigint;
  /** The day in Shanghai, YYYY-MM-DD. */
  readonly incurredOn: string;
}

const DOCUMENT = `query OrderLinesToClaim($ids: [ID!]!) {
  orderLinesToClaim(ids: $ids) { id applicationId status amountFen incurredOn }
}`;

interface Data {
  orderLinesToClaim: (Omit<OrderLine, 'amountFen'> & { id: string; amountFen: string })[] | null;
}

/** Asks the pharmacy, by line; one that is not the caller's is missing in the answer. @throws {SubgraphUnavailable} */
export async function orderLines(ask: Ask, ids: readonly string[]): Promise<ReadonlyMap<string, OrderLine>> {
  if (ids.length === 0) return new Map();
  const { orderLinesToClaim } = await ask<Data>('pharmacy', DOCUMENT, { ids });
  return new Map(
    (orderLinesToClaim ?? []).map(({ id, amountFen, ...line }) => [id, { ...line, amountFen: BigInt(amountFen) }]),
  );
}
