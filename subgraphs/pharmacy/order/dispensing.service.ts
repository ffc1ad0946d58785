import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { consentGiven } from '../../common/care.port.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import type { Executes } from '../../common/database.js';
import { ConsentMissing, NotFound } from '../../common/errors.js';
import { newId } from '../../common/ids.js';
import type { PharmacyContext } from '../context.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { PrescriptionProblem } from '../prescription/prescription.enums.js';
import { PrescriptionNotUsable } from '../prescription/prescription.errors.js';
import { ShipmentEntity } from '../shipment/shipment.entity.js';
import { ShipmentStatus } from '../shipment/shipment.js';
import { allowanceOf } from '../stock/terms.step.js';
import { isCarrier, medicinesOnSale } from './catalog.port.js';
import { DrugOrderAction, DrugOrderStatus } from './order.js';
import { checkReason, checkTrackingNumber, coldChainOf } from './order.rules.js';
import { changeOrder, type WithDrugOrder } from './order.service.js';
import { endAsReturned, reserveStock } from './order.step.js';

export interface ShipDrugOrder extends WithDrugOrder {
  readonly carrierOrganisationId: string;
  readonly trackingNumber: string;
}

export interface ReturnDrugOrder extends WithDrugOrder {
  readonly reason: string;
}

/** What the line shows in one word; with a replacement that of the newest parcel. */
const WRITE_LOTS = `
  update drug_order_line l set lot = packed.lots
  from (select line_id, string_agg(lot, ', ' order by expires_on, lot) as lots
    from lots_of_lines(array(select id from drug_order_line where order_id = ?)) where shipment_id = ? group by 1) packed
  where l.id = packed.line_id`;

/** What a pharmacist does with orders: packs them, sends them, takes them back. Never their own. */
export class DispensingService {
  constructor(private readonly context: PharmacyContext) {}

  /**
   * Takes what is promised to a paid order from the shelf, and in place of what may not be sold any more something else. The
   * prescriptions were used when it was ordered, and the patient must share with the pharmacy still.
   *
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {@link DrugOrderWrongState} {ConsentMissing} {@link PrescriptionNotUsable}
   *   {@link OutOfStock} {InvalidInput} {IdempotencyConflict}
   */
  async dispense(input: WithDrugOrder): Promise<string> {
    const { ask, orders } = this.context;
    const seen = await orders.byId(input.orderId);
    if (!seen) throw new NotFound('order', ['input', 'orderId']);
    const medicineIds = seen.lines.map(({ medicine }) => medicine.id);
    const [consented, medicines] = await Promise.all([
      consentGiven(ask, seen.patient.id, ConsentPurpose.SHARE_WITH_PHARMACY),
      medicinesOnSale(ask, medicineIds),
    ]);
    return changeOrder(this.context, 'dispenseDrugOrder', DrugOrderAction.DISPENSE, input, async (em, order) => {
      if (!consented) throw new ConsentMissing(ConsentPurpose.SHARE_WITH_PHARMACY, ['input', 'orderId']);
      await refuseWhatIsNotPrescribedAnyMore(em, order.id);
      await em.execute('select release_stock(?, true)', [order.id]);
      await reserveStock(em, order.id, ['input', 'orderId']);
      const allowances = await allowanceOf(em, medicineIds);
      const allowanceMinutes = coldChainOf(
        medicineIds.map((id) => ({
          // what the catalog does not know any more is kept cold, to be safe
          cold: medicines.get(id)?.cold ?? true,
          allowanceMinutes: allowances.get(id) as number,
        })),
      );
      const parcelId = newId();
      em.create(ShipmentEntity, {
        id: parcelId,
        order,
        status: ShipmentStatus.PREPARING,
        coldChain: allowanceMinutes !== null,
        allowanceMinutes,
        createdAt: new Date(),
      });
      order.status = DrugOrderStatus.DISPENSED;
      await em.flush();
      await em.execute('select dispense_stock(?, ?)', [order.id, parcelId]);
      await em.execute(WRITE_LOTS, [order.id, parcelId]);
    });
  }

  /**
   * Gives the parcel of a packed order to a carrier.
   *
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {@link DrugOrderWrongState} {InvalidInput} {IdempotencyConflict}
   */
  async ship(input: ShipDrugOrder): Promise<string> {
    const { carrierOrganisationId } = input;
    const trackingNumber = checkTrackingNumber(input.trackingNumber);
    if (!(await isCarrier(this.context.ask, carrierOrganisationId))) {
      throw new NotFound('carrier', ['input', 'carrierOrganisationId']);
    }
    return changeOrder(this.context, 'shipDrugOrder', DrugOrderAction.SHIP, input, async (em, order) => {
      const parcel = await newestParcel(em, order.id);
      const status = ShipmentStatus.IN_TRANSIT;
      em.assign(parcel, { status, carrierOrganisationId, trackingNumber, shippedAt: new Date() });
      order.status = DrugOrderStatus.SHIPPED;
      await em.flush();
      const kind = PharmacyNoticeKind.ORDER_SHIPPED;
      await tell(em, { audience: 'PATIENT', kind, aboutId: parcel.id, orderId: order.id });
    });
  }

  /**
   * Ends an order whose medicine came back or was lost.
   *
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {@link DrugOrderWrongState} {InvalidInput} {IdempotencyConflict}
   */
  async takeBack(input: ReturnDrugOrder): Promise<string> {
    const reason = checkReason(input.reason, true) as string;
    return changeOrder(this.context, 'returnDrugOrder', DrugOrderAction.RETURN, input, (em, order) =>
      endAsReturned(em, order.id, 'RETURNED', reason),
    );
  }
}

/** Locks the parcel that was packed last. @throws when there is none */
function newestParcel(em: EntityManager, orderId: string) {
  return em.findOneOrFail(
    ShipmentEntity,
    { order: orderId },
    { orderBy: { id: 'desc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
}

/** @throws {PrescriptionNotUsable} when one by which the order was placed has been refused or withdrawn since */
async function refuseWhatIsNotPrescribedAnyMore(sql: Executes, orderId: string): Promise<void> {
  const ended = await sql.execute<{ medicineId: string; prescriptionId: string; status: 'REFUSED' | 'WITHDRAWN' }[]>(
    `select l.medicine_id as "medicineId", p.id as "prescriptionId", p.status
     from drug_order_line l join prescription p on p.id = l.prescription_id
     where l.order_id = ? and p.status in ('REFUSED', 'WITHDRAWN') order by l.id`,
    [orderId],
  );
  if (ended.length === 0) return;
  throw new PrescriptionNotUsable(
    ended.map(({ status, ...line }) => ({ ...line, problem: PrescriptionProblem[status], left: null })),
  );
}
