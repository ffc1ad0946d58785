import { statement } from '../../common/database.js';
import type { PharmacyContext } from '../context.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { lapsesAt } from './order.rules.js';
import { callOff, factsOf, lockOrder } from './order.step.js';

/** Frees what nobody pays for. */
export const CANCEL_UNPAID_ORDERS = 'cancel-unpaid-orders';

/** Those whose time to be paid is over, or over but for an answer that is waited for; which of them, `lapsesAt` says. */
const UNPAID = statement(
  'unpaid-orders',
  `select id from drug_order where status = 'PLACED' and pay_by <= $1 and id > $2 order by id limit $3`,
);
const NOBODY = '00000000-0000-0000-0000-000000000000';
const BATCH = 500;

/** Cancels what was not paid in time and tells the patients, each in a transaction of its own. */
export async function cancelUnpaidOrders(
  _payload: object,
  { session }: Pick<PharmacyContext, 'session'>,
  now: Date = new Date(),
): Promise<void> {
  let after: string | undefined = NOBODY;
  while (after !== undefined) {
    const unpaid: { id: string }[] = await session.rows(UNPAID, [now, after, BATCH]);
    for (const { id } of unpaid) await session.transaction((em) => cancelIfUnpaid(em, id, now));
    after = unpaid.at(BATCH - 1)?.id;
  }
}

async function cancelIfUnpaid(em: Parameters<typeof callOff>[0], orderId: string, now: Date): Promise<void> {
  const order = await lockOrder(em, orderId);
  const lapses = lapsesAt(await factsOf(em, orderId));
  if (lapses === null || now < lapses) return;
  await callOff(em, order, 'It was not paid in time.');
  await tell(em, { audience: 'PATIENT', kind: PharmacyNoticeKind.ORDER_CANCELLED_UNPAID, aboutId: orderId, orderId });
}
