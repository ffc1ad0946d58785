import DataLoader from 'dataloader';
import { type CareStanding, careStanding } from '../../common/care.port.js';
import type { Ask } from '../../common/context.js';
import type { Identity } from '../../common/identity.js';
import type { DrugOrderRow } from './order.loader.js';
import type { Standing } from './order.rules.js';

/** Knows what the caller may do for whom; asks once a patient and request. */
export class StandingLoader {
  private readonly asked: DataLoader<string, CareStanding | null>;

  constructor(
    private readonly identity: Identity,
    ask: Ask,
  ) {
    this.asked = new DataLoader((ids) => Promise.all(ids.map((id) => careStanding(ask, id))));
  }

  /** Null when the patient is nothing to the caller. */
  ofPatient(id: string): Promise<CareStanding | null> {
    return this.asked.load(id);
  }

  /** What the caller may do for the patient of an order. The patient and those who care for nobody are not asked about. */
  async ofOrder({ own, patient }: Pick<DrugOrderRow, 'own' | 'patient'>): Promise<Standing> {
    const { roles, scopes } = this.identity;
    const care = !own && roles.includes('CAREGIVER') ? await this.asked.load(patient.id) : null;
    const orders = scopes.includes('pharmacy:order');
    return {
      mayOrder: orders && (own || care?.mayOrder === true),
      mayApply: orders && (own || care?.mayApply === true),
      mayDispense: scopes.includes('pharmacy:dispense') && !own && care === null,
    };
  }
}
