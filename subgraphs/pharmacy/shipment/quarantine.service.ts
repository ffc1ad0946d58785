import type { EntityManager } from '@mikro-orm/postgresql';
import { NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PharmacyContext } from '../context.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import type { DrugOrderStatus } from '../order/order.js';
import { endAsReturned, reopenForReplacement } from '../order/order.step.js';
import { ShipmentWrongState } from './shipment.errors.js';
import { ShipmentAction, type ShipmentStatus } from './shipment.js';
import { checkDecisionReason, permittedDecisions } from './shipment.rules.js';
import { settle } from './shipment.step.js';

export interface DecideQuarantine {
  readonly shipmentId: string;
  readonly decision: ShipmentAction;
  readonly reason: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** A parcel to be decided about, and its order, which is locked. */
interface Held {
  readonly orderId: string;
  readonly orderStatus: DrugOrderStatus;
  /** Whether it is for the caller, or for somebody they care for. */
  readonly own: boolean;
  readonly status: ShipmentStatus;
  readonly decision: ShipmentAction | null;
  readonly version: number;
}

const LOCK_ORDER = 'select id from drug_order where id = (select order_id from shipment where id = ?) for update';
const HELD = `
  select o.id as "orderId", o.status as "orderStatus", coalesce(o.patient_subject = caller_subject() or o.patient_id = any(caller_patients()), false) as own,
    s.status, s.decision, s.version
  from shipment s join drug_order o on o.id = s.order_id where s.id = ?`;

/** A release accepts what the readings say by now. */
const DECIDE = `
  update shipment set decision = ?, decision_reason = ?, decided_at = now(), decided_by = caller_subject(), version = version + 1,
    accepted_minutes = case when ? then outside_minutes else accepted_minutes end,
    accepted_frozen = case when ? then frozen else accepted_frozen end
  where id = ? and version = ? returning id`;

/** What becomes of a parcel that is held back. */
export class QuarantineService {
  constructor(private readonly context: PharmacyContext) {}

  /**
   * @returns the shipment's id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {StaleVersion} {@link ShipmentWrongState} {OutOfStock} {IdempotencyConflict}
   */
  async decide(input: DecideQuarantine): Promise<string> {
    const { shipmentId, decision, expectedVersion } = input;
    const reason = checkDecisionReason(input.reason);
    return once(this.context, 'decideQuarantine', input, async (em) => {
      await em.execute(LOCK_ORDER, [shipmentId]);
      const [parcel] = await em.execute<Held[]>(HELD, [shipmentId]);
      if (!parcel) throw new NotFound('shipment', ['input', 'shipmentId']);
      ensureAllowed(
        !parcel.own,
        () =>
          new NotAllowed(
            'Nobody decides about their own parcel, or that of somebody they care for: ask another pharmacist.',
          ),
      );
      if (parcel.version !== expectedVersion) throw new StaleVersion(parcel.version);
      const permitted = permittedDecisions(parcel.status, parcel.decision, parcel.orderStatus);
      if (!permitted.includes(decision)) throw new ShipmentWrongState(parcel.status, permitted);
      // the lots are locked before the parcel
      await this.follow(em, decision, parcel.orderId, shipmentId, reason);
      const releases = decision === ShipmentAction.RELEASE;
      const decided = [decision, reason, releases, releases, shipmentId, expectedVersion];
      const written = await em.execute<{ id: string }[]>(DECIDE, decided);
      if (written.length === 0) throw new StaleVersion(expectedVersion + 1);
      await settle(em, [shipmentId]);
      return shipmentId;
    });
  }

  private async follow(
    em: EntityManager,
    decision: ShipmentAction,
    orderId: string,
    shipmentId: string,
    reason: string,
  ): Promise<void> {
    if (decision === ShipmentAction.REPLACE) {
      await reopenForReplacement(em, orderId);
      const kind = PharmacyNoticeKind.REPLACEMENT_COMING;
      await tell(em, { audience: 'PATIENT', kind, aboutId: shipmentId, orderId });
    }
    if (decision === ShipmentAction.REFUND) await endAsReturned(em, orderId, 'QUARANTINED', reason);
  }
}
