import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';

/** What the caller may do for a patient. */
export interface CareStanding {
  readonly patientId: string;
  /** The patient's own sign-in; null for somebody whom only caregivers act for. */
  readonly subject: string | null;
  readonly mayView: boolean;
  readonly mayApply: boolean;
  readonly mayOrder: boolean;
  readonly mayCare: boolean;
}

const may = (scope: string) => `(coalesce(subject = caller_subject(), false) or caller_cares_for(id, '${scope}'))`;
const STANDING = statement(
  'care-standing',
  `select id as "patientId", subject, ${may('VIEW')} as "mayView", ${may('APPLY')} as "mayApply",
     ${may('ORDER')} as "mayOrder", ${may('CARE')} as "mayCare"
   from patient where id = $1`,
);
const IN_CARE = statement(
  'patient-ids-in-care',
  `select patient_id as id from care_relationship
   where caregiver_subject = caller_subject() and caller_cares_for(patient_id, 'VIEW') order by patient_id`,
);

/** Reads what the caller may do for whom. */
export class CareLoader {
  constructor(private readonly session: Session) {}

  /** Null when the patient is nothing to the caller. */
  async standing(patientId: string): Promise<CareStanding | null> {
    const [row] = await this.session.rows<CareStanding>(STANDING, [patientId]);
    return row && (row.mayView || row.mayApply || row.mayOrder || row.mayCare) ? row : null;
  }

  /** Ids of the patients whom the caller cares for and may see. */
  async inCare(): Promise<string[]> {
    return (await this.session.rows<{ id: string }>(IN_CARE)).map(({ id }) => id);
  }
}
