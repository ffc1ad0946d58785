import type { Ask } from '../../common/context.js';
import type { DeliveryAddress } from './order.js';

const CONTACT = 'query Contact($patientId: ID!) { deliveryContact(patientId: $patientId) { name phone address } }';

/**
 * To whom and where a patient's medicine is sent; null unless a pharmacist asks and the patient shares it with the pharmacy. Asks
 * the patient subgraph.
 *
 * @throws {SubgraphUnavailable} {DataUnreadable}
 */
export async function deliveryContact(ask: Ask, patientId: string): Promise<DeliveryAddress | null> {
  return (await ask<{ deliveryContact: DeliveryAddress | null }>('patient', CONTACT, { patientId })).deliveryContact;
}
