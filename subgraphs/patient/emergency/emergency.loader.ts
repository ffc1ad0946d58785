import { loggedStatement, type Shows } from '../../common/access-log.js';
import { idBelow, type Page } from '../../common/connection.js';
import { type Session, statement } from '../../common/database.js';
import type { EmergencyAccess } from './emergency.js';

const COLUMNS = `id, patient_id as "patientId", physician_id as "physicianId", reason, at, until`;
const SHOWS: Shows = {
  record: 'EmergencyAccess',
  fields: ['physician', 'reason', 'at', 'until'],
  // what the physician wrote is theirs; that the record was opened is in the log from the first
  purpose: `case when "physicianId" = caller_physician() then 'SELF' else purpose_of_read("patientId") end`,
};
const BY_ID = loggedStatement('emergency-access-by-id', `select ${COLUMNS} from emergency_access where id = $1`, SHOWS);
const OF_PATIENT = loggedStatement(
  'emergency-accesses-of-patient',
  `select ${COLUMNS} from emergency_access where patient_id = $1 and ${idBelow('$2')} order by id desc limit $3`,
  { ...SHOWS, page: { limit: '$3' } },
);
const COUNT = statement(
  'count-emergency-accesses',
  'select count(*)::int as count from emergency_access where patient_id = $1',
);

/** An emergency access as resolvers hand it on. */
export type EmergencyAccessRow = EmergencyAccess & { readonly patientId: string; readonly physicianId: string };

/** Reads when records were opened in an emergency, as the caller may see it. */
export class EmergencyLoader {
  constructor(private readonly session: Session) {}

  async byId(id: string): Promise<EmergencyAccessRow | null> {
    const [row] = await this.session.seen<EmergencyAccessRow>(BY_ID, [id]);
    return row ?? null;
  }

  /** Newest first; one more than the page holds where there are more. */
  ofPatient(patientId: string, { after, first }: Page): Promise<EmergencyAccessRow[]> {
    return this.session.seen<EmergencyAccessRow>(OF_PATIENT, [patientId, after, first + 1]);
  }

  async countOfPatient(patientId: string): Promise<number> {
    return this.session.count(COUNT, [patientId]);
  }
}
