import type { Ask } from '../../common/context.js';
import { money } from '../../common/money.js';

const REFUNDED = `mutation Refunded($orderLineId: ID!, $refunded: MoneyInput!) {
  orderLineRefunded(orderLineId: $orderLineId, refunded: $refunded)
}`;

/** Tells the fund that a line was refunded, so that it takes its aid back; it counts a line once. @throws {SubgraphUnavailable} */
export async function orderLineRefunded(ask: Ask, orderLineId: string, refundedFen: bigint): Promise<void> {
  await ask('fund', REFUNDED, { orderLineId, refunded: money(refundedFen) });
}
