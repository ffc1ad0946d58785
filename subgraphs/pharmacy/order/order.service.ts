import { LockMode } from '@mikro-orm/core';
import { consentGiven } from '../../common/care.port.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { ConsentMissing, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import type { PharmacyContext } from '../context.js';
import { medicinesOnSale } from './catalog.port.js';
import { applicationForOrder } from './fund.port.js';
import { DrugOrderEntity } from './order.entity.js';
import { DrugOrderWrongState } from './order.errors.js';
import { DrugOrderAction, DrugOrderStatus } from './order.js';
import {
  allowedActions,
  checkCancelReason,
  checkLines,
  type EnteredLine,
  isEntitled,
  orderNumber,
  priceLines,
  type Standing,
} from './order.rules.js';
import { DrugOrderLineEntity } from './order-line.entity.js';

export interface PlaceDrugOrder {
  readonly patientId: string;
  readonly applicationId?: string | null;
  readonly lines: readonly EnteredLine[];
  readonly idempotencyKey: string;
}

export interface LinkDrugOrder {
  readonly orderId: string;
  readonly applicationId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface CancelDrugOrder {
  readonly orderId: string;
  readonly reason?: string | null;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** An order's row, locked until the end of the transaction. */
type LockedOrder = InstanceType<(typeof DrugOrderEntity)['class']>;

/**
 * Ordering medicine, linking an order to an application, and calling it off. Others are asked before the transaction
 * begins, and what they said is judged inside of it: so a key that was used before gets its first answer.
 */
export class OrderService {
  constructor(private readonly context: PharmacyContext) {}

  /**
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {ConsentMissing} {InvalidInput} {@link NotSoldOnline} {IdempotencyConflict}
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
      const [next] = await em.execute<{ serial: string }[]>(`select nextval('drug_order_number')::text as serial`);
      const placedAt = new Date();
      const order = em.create(DrugOrderEntity, {
        id: newId(),
        number: orderNumber((next as { serial: string }).serial, placedAt),
        patientId: input.patientId,
        patientSubject: standing.subject,
        applicationId: input.applicationId ?? null,
        status: DrugOrderStatus.PLACED,
        placedAt,
      });
      for (const line of lines) em.create(DrugOrderLineEntity, { id: newId(), order, ...line });
      return order.id;
    });
  }

  /**
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {@link DrugOrderWrongState} {InvalidInput} {IdempotencyConflict}
   */
  async link(input: LinkDrugOrder): Promise<string> {
    const application = await applicationForOrder(this.context.ask, input.applicationId);
    return this.change('linkDrugOrder', DrugOrderAction.LINK_TO_APPLICATION, input, (order) => {
      if (application?.patientId !== order.patientId) {
        throw new NotFound('application of this patient', ['input', 'applicationId']);
      }
      order.applicationId = application.id;
    });
  }

  /**
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {@link DrugOrderWrongState} {InvalidInput} {IdempotencyConflict}
   */
  async cancel(input: CancelDrugOrder): Promise<string> {
    const reason = checkCancelReason(input.reason);
    return this.change('cancelDrugOrder', DrugOrderAction.CANCEL, input, (order) => {
      order.status = DrugOrderStatus.CANCELLED;
      order.cancelledAt = new Date();
      order.cancelReason = reason;
    });
  }

  /** Locks an order, and changes it if the caller may do so now. */
  private async change(
    operation: string,
    action: DrugOrderAction,
    input: LinkDrugOrder | CancelDrugOrder,
    change: (order: LockedOrder) => void,
  ): Promise<string> {
    const seen = await this.context.orders.byId(input.orderId);
    if (!seen) throw new NotFound('order', ['input', 'orderId']);
    const standing = await this.context.standings.ofOrder(seen);
    return once(this.context, operation, input, async (em) => {
      const order = await em.findOne(DrugOrderEntity, input.orderId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!order) throw new NotFound('order', ['input', 'orderId']);
      refuseUnless(action, order, standing);
      if (order.version !== input.expectedVersion) throw new StaleVersion(order.version);
      change(order);
      return order.id;
    });
  }
}

const REFUSAL: Readonly<Record<DrugOrderAction, string>> = {
  LINK_TO_APPLICATION: 'An order that is linked already, cancelled or returned cannot be linked to an application.',
  CANCEL: 'Only an order that is not paid yet can be cancelled.',
};

/** @throws {NotAllowed} {@link DrugOrderWrongState} */
function refuseUnless(action: DrugOrderAction, order: LockedOrder, standing: Standing): void {
  const status = order.status as DrugOrderStatus;
  const permitted = allowedActions({ status, linked: order.applicationId !== null, standing });
  if (permitted.includes(action)) return;
  if (isEntitled(action, standing)) throw new DrugOrderWrongState(REFUSAL[action], status, permitted);
  throw new NotAllowed('You may see this order, but only the patient or a caregiver with the scope for it changes it.');
}
