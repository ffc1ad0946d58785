import DataLoader from 'dataloader';
import { type CareStanding, careStanding } from '../../common/care.port.js';
import type { Ask } from '../../common/context.js';
import type { Identity } from '../../common/identity.js';
import type { DrugOrderRow } from './order.loader.js';
import type { Standing } from './order.rules.js';

const ALL: Standing = { mayOrder: true, mayApply: true };
const NONE: Standing = { mayOrder: false, mayApply: false };

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
  async ofOrder({ own, patient }: DrugOrderRow): Promise<Standing> {
    const { roles, scopes } = this.identity;
    if (!scopes.includes('pharmacy:order')) return NONE;
    if (own) return ALL;
    return roles.includes('CAREGIVER') ? ((await this.asked.load(patient.id)) ?? NONE) : NONE;
  }
}
