import type { EntityManager } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import { consentGiven } from '../../common/care.port.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { ConsentMissing, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PharmacyContext } from '../context.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { checkSupplies } from '../prescription/supply.step.js';
import { medicinesOnSale } from './catalog.port.js';
import { applicationForOrder } from './fund.port.js';
import { DrugOrderEntity } from './order.entity.js';
import { DrugOrderWrongState } from './order.errors.js';
import { DrugOrderAction, DrugOrderStatus } from './order.js';
import {
  allowedActions,
  checkLines,
  checkReason,
  type EnteredLine,
  isByPharmacist,
  isEntitled,
  orderNumber,
  payableUntil,
  priceLines,
  type Standing,
  whyNot,
} from './order.rules.js';
import { callOff, factsOf, type LockedOrder, lockOrder, reserveStock } from './order.step.js';
import { DrugOrderLineEntity } from './order-line.entity.js';

export interface PlaceDrugOrder {
  readonly patientId: string;
  readonly applicationId?: string | null;
  readonly lines: readonly EnteredLine[];
  readonly idempotencyKey: string;
}

/** Something done with an order. */
export interface WithDrugOrder {
  readonly orderId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface LinkDrugOrder extends WithDrugOrder {
  readonly applicationId: string;
}

export interface CancelDrugOrder extends WithDrugOrder {
  readonly reason?: string | null;
}

/**
 * Ordering medicine, linking an order to an application, and calling it off. Others are asked before the transaction
 * begins, and what they said is judged inside of it: so a key that was used before gets its first answer.
 */
export class OrderService {
  constructor(private readonly context: PharmacyContext) {}

  /**
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {ConsentMissing} {InvalidInput} {@link NotSoldOnline} {@link PrescriptionNotUsable}
   *   {@link OutOfStock} {IdempotencyConflict}
   */
  async place(input: PlaceDrugOrder): Promise<string> {
    const { ask, identity, session, standings } = this.context;
    checkLines(input.lines);
    const [standing, consented, application, medicines] = await Promise.all([
      standings.ofPatient(input.patientId),
      consentGiven(ask, input.patientId, ConsentPurpose.SHARE_WITH_PHARMACY),
      input.applicationId ? applicationForOrder(ask, input.applicationId) : null,
      medicinesOnSale(
        ask,
        input.lines.map(({ medicineId }) => medicineId),
      ),
    ]);
    const isSeen = standing?.subject === identity.subject || (await session.patientsInCare()).has(input.patientId);
    return once(this.context, 'placeDrugOrder', input, async (em) => {
      if (!standing) throw new NotFound('patient', ['input', 'patientId']);
      if (!standing.mayOrder || !isSeen) {
        throw new NotAllowed('To order for this patient you must be a caregiver with the scopes VIEW and ORDER.', [
          'input',
          'patientId',
        ]);
      }
      if (!consented) throw new ConsentMissing(ConsentPurpose.SHARE_WITH_PHARMACY, ['input', 'patientId']);
      if (input.applicationId && application?.patientId !== input.patientId) {
        throw new NotFound('application of this patient', ['input', 'applicationId']);
      }
      const lines = priceLines(input.lines, medicines);
      const placedAt = new Date();
      await checkSupplies(em, input.patientId, lines, shanghaiDay(placedAt));
      const [next] = await em.execute<{ serial: string }[]>(`select nextval('drug_order_number')::text as serial`);
      const order = em.create(DrugOrderEntity, {
        id: newId(),
        number: orderNumber((next as { serial: string }).serial, placedAt),
        patientId: input.patientId,
        patientSubject: standing.subject,
        applicationId: input.applicationId ?? null,
        status: DrugOrderStatus.PLACED,
        placedAt,
        payBy: payableUntil(placedAt),
      });
      for (const line of lines) em.create(DrugOrderLineEntity, { id: newId(), order, ...line });
      await em.flush();
      await reserveStock(em, order.id, ['input', 'lines']);
      return order.id;
    });
  }

  /**
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {@link DrugOrderWrongState} {InvalidInput} {IdempotencyConflict}
   */
  async link(input: LinkDrugOrder): Promise<string> {
    const application = await applicationForOrder(this.context.ask, input.applicationId);
    return changeOrder(
      this.context,
      'linkDrugOrder',
      DrugOrderAction.LINK_TO_APPLICATION,
      input,
      async (_em, order) => {
        if (application?.patientId !== order.patientId) {
          throw new NotFound('application of this patient', ['input', 'applicationId']);
        }
        order.applicationId = application.id;
      },
    );
  }

  /**
   * By the family, or by a pharmacist who says why.
   *
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {@link DrugOrderWrongState} {InvalidInput} {IdempotencyConflict}
   */
  cancel(input: CancelDrugOrder): Promise<string> {
    return changeOrder(
      this.context,
      'cancelDrugOrder',
      DrugOrderAction.CANCEL,
      input,
      async (em, order, { mayOrder }) => {
        const wasPaid = order.status === DrugOrderStatus.PAID;
        await callOff(em, order, checkReason(input.reason, !mayOrder));
        const told = { kind: PharmacyNoticeKind.ORDER_CANCELLED, aboutId: order.id, orderId: order.id };
        if (!mayOrder) await tell(em, { ...told, audience: 'PATIENT' });
        else if (wasPaid) await tell(em, { ...told, audience: 'PHARMACIST' });
      },
    );
  }
}

/**
 * What everything that is done with an order has in common: locks it, and changes it if the caller may do so now.
 *
 * @returns the order's id
 * @throws {NotFound} {NotAllowed} {StaleVersion} {@link DrugOrderWrongState} {InvalidInput} {IdempotencyConflict}
 */
export async function changeOrder(
  context: PharmacyContext,
  operation: string,
  action: DrugOrderAction,
  input: WithDrugOrder,
  change: (em: EntityManager, order: LockedOrder, standing: Standing) => Promise<void>,
): Promise<string> {
  const seen = await context.orders.byId(input.orderId);
  if (!seen) throw new NotFound('order', ['input', 'orderId']);
  const standing = await context.standings.ofOrder(seen);
  refuseUnlessEntitled(action, standing);
  return once(context, operation, input, async (em) => {
    const order = await lockOrder(em, input.orderId);
    const facts = { ...(await factsOf(em, order.id)), standing };
    const now = new Date();
    const refusal = whyNot(action, facts, now);
    if (refusal) throw new DrugOrderWrongState(refusal, facts.status, allowedActions(facts, now));
    if (order.version !== input.expectedVersion) throw new StaleVersion(order.version);
    await change(em, order, standing);
    return order.id;
  });
}

/** @throws {NotAllowed} */
function refuseUnlessEntitled(action: DrugOrderAction, standing: Standing): void {
  const entitled = isEntitled(action, standing);
  if (isByPharmacist(action)) {
    ensureAllowed(
      entitled,
      () => new NotAllowed('Only a pharmacist does this, and never for themselves or somebody they care for.'),
    );
  } else if (!entitled) {
    // what a caregiver may do for the patient, only the patient subgraph knows: the database cannot refuse it by itself
    throw new NotAllowed(
      'You may see this order, but only the patient or a caregiver with the scope for it changes it.',
    );
  }
}
