import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { checkReason } from '../../common/plain-text.js';
import type { PharmacyContext } from '../context.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { medicineExists } from '../prescription/catalog.port.js';
import { recallShipments } from '../shipment/recall.step.js';
import { StockLotEntity } from './lot.entity.js';
import { checkChange, checkExpiry, checkReceived, lotActions, lotCode } from './lot.rules.js';
import { StockMovementEntity } from './movement.entity.js';
import { StockMovementKind } from './stock.enums.js';
import { LotRecalledAlready, StockPromised } from './stock.errors.js';

export interface ReceiveStock {
  readonly medicineId: string;
  readonly lot: string;
  readonly expiresOn: string;
  readonly quantity: number;
  readonly idempotencyKey: string;
}

export interface AdjustStock {
  readonly lotId: string;
  readonly change: number;
  readonly reason: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface RecallLot {
  readonly medicineId: string;
  readonly lot: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

const ADD_LOT = `insert into stock_lot (id, medicine_id, lot, expires_on, created_at) values (?, ?, ?, ?, ?)
  on conflict (medicine_id, lot) do nothing`;

/** Tells whoever got some of a lot, and pharmacists: there can be thousands, so in one statement. */
const TELL_OF_RECALL = `
  select tell(audience, ?, packed.order_id, ?, packed.order_id, null)
  from (select distinct l.order_id from stock_movement m join drug_order_line l on l.id = m.order_line_id
    where m.lot_id = ? and m.kind = 'DISPENSING') packed
  cross join unnest(array['PATIENT', 'PHARMACIST']) audience`;

/** What pharmacists do with the shelf. Orders move it by the functions of migration 0005 alone. */
export class StockService {
  constructor(private readonly context: PharmacyContext) {}

  /**
   * @returns the lot's id
   * @throws {NotFound} {InvalidInput} {@link LotRecalledAlready} {IdempotencyConflict}
   */
  async receive(input: ReceiveStock): Promise<string> {
    const { medicineId, expiresOn, quantity } = input;
    checkReceived(quantity);
    const code = lotCode(input.lot, ['input', 'lot']);
    const known = await medicineExists(this.context.ask, medicineId);
    return once(this.context, 'receiveStock', input, async (em) => {
      if (!known) throw new NotFound('medicine', ['input', 'medicineId']);
      const now = new Date();
      checkExpiry(expiresOn, shanghaiDay(now));
      // waits for whoever receives the same lot at this moment
      await em.execute(ADD_LOT, [newId(), medicineId, code, expiresOn, now]);
      const lot = await this.lockByCode(em, medicineId, code);
      if (lot.expiresOn !== expiresOn) {
        throw new InvalidInput(`This lot is in the books with ${lot.expiresOn} as its last day. Check the package.`, [
          'input',
          'expiresOn',
        ]);
      }
      if (lot.recalledAt) throw new LotRecalledAlready(lot.id, lotActions(true));
      this.move(em, lot.id, { kind: StockMovementKind.RECEIPT, onHandChange: quantity });
      return lot.id;
    });
  }

  /**
   * @returns the lot's id
   * @throws {NotFound} {InvalidInput} {StaleVersion} {@link StockPromised} {IdempotencyConflict}
   */
  async adjust(input: AdjustStock): Promise<string> {
    const { lotId, change: onHandChange } = input;
    checkChange(onHandChange);
    const reason = checkReason(input.reason);
    return once(this.context, 'adjustStock', input, async (em) => {
      const lot = await em.findOne(StockLotEntity, lotId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!lot) throw new NotFound('lot', ['input', 'lotId']);
      if (lot.version !== input.expectedVersion) throw new StaleVersion(lot.version);
      if (lot.onHand + onHandChange < lot.reserved) throw new StockPromised(lot.onHand, lot.reserved);
      this.move(em, lot.id, { kind: StockMovementKind.ADJUSTMENT, onHandChange, reason });
      return lot.id;
    });
  }

  /**
   * Sells no more of a lot, holds back its parcels that are under way, and tells everybody who got some. It needs no version:
   * whatever happened to the lot meanwhile, it must not go on.
   *
   * @returns the lot's id
   * @throws {NotFound} {InvalidInput} {@link LotRecalledAlready} {IdempotencyConflict}
   */
  async recall(input: RecallLot): Promise<string> {
    const reason = checkReason(input.reason);
    const code = lotCode(input.lot, ['input', 'lot']);
    return once(this.context, 'recallLot', input, async (em) => {
      const lot = await this.lockByCode(em, input.medicineId, code);
      if (lot.recalledAt) throw new LotRecalledAlready(lot.id, lotActions(true));
      lot.recalledAt = new Date();
      lot.recalledBy = this.context.identity.subject;
      lot.recallReason = reason;
      await em.flush();
      await recallShipments(em, lot.id);
      await em.execute(TELL_OF_RECALL, [PharmacyNoticeKind.MEDICINE_RECALLED, lot.id, lot.id]);
      return lot.id;
    });
  }

  private async lockByCode(em: EntityManager, medicineId: string, lot: string) {
    const found = await em.findOne(StockLotEntity, { medicineId, lot }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!found) throw new NotFound('lot of this medicine', ['input', 'lot']);
    return found;
  }

  private move(
    em: EntityManager,
    lot: string,
    movement: { readonly kind: StockMovementKind; readonly onHandChange: number; readonly reason?: string },
  ): void {
    const bySubject = this.context.identity.subject;
    em.create(StockMovementEntity, { id: newId(), lot, reservedChange: 0, bySubject, ...movement });
  }
}
