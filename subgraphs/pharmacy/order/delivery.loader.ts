import DataLoader from 'dataloader';
import type { Ask } from '../../common/context.js';
import type { DeliveryAddress } from './order.js';
import type { DrugOrderRow } from './order.loader.js';
import { isToBeDelivered } from './order.rules.js';
import { deliveryContact } from './patient.port.js';

/** Knows where orders are sent; asks once a patient and request, and only where something is still to be sent. */
export class DeliveryLoader {
  private readonly asked: DataLoader<string, DeliveryAddress | null>;

  constructor(ask: Ask) {
    this.asked = new DataLoader((ids) => Promise.all(ids.map((id) => deliveryContact(ask, id))));
  }

  async ofOrder({ status, patient }: Pick<DrugOrderRow, 'status' | 'patient'>): Promise<DeliveryAddress | null> {
    return isToBeDelivered(status) ? this.asked.load(patient.id) : null;
  }
}
