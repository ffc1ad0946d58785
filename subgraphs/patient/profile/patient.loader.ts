import DataLoader from 'dataloader';
import { loggedStatement, type Shows } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { CommunityStanding } from './community.ports.resolver.js';
import type { Patient } from './patient.js';

type PatientRow = Patient & { readonly own: boolean };

const COLUMNS = `id, display_name as "displayName", birth_date as "birthDate", sex, region, version,
  (subject = caller_subject() or caller_cares_for(id, 'VIEW')) as own`;

/** Who only works on something of the patient's sees the face, not the person. */
const SHOWS: Shows = {
  record: 'Patient',
  patient: 'id',
  fields: {
    sql: `case when own then array['displayName', 'birthDate', 'sex', 'region'] else array['displayName'] end`,
  },
};
export const PATIENTS_BY_ID = loggedStatement(
  'patients-by-id',
  `select ${COLUMNS} from patient where id = any($1)`,
  SHOWS,
);
const OWN = statement('patient-of-caller', `select ${COLUMNS} from patient where subject = caller_subject()`);
const IN_CARE = loggedStatement(
  'patients-in-care',
  `select ${COLUMNS} from patient where id in (
     select patient_id from care_relationship where caregiver_subject = caller_subject())
     and caller_cares_for(id, 'VIEW') order by id`,
  SHOWS,
);
/** What is shown beside a pseudonym: the caller's own, as they wrote it down, where nobody has refused it. */
const COMMUNITY_STANDING = statement(
  'community-standing',
  `select caller_physician() is not null as "verifiedPhysician",
     (select array(select distinct disease_id from diagnosis d where d.patient_id = p.id and d.status in ('REPORTED', 'VERIFIED') order by 1)
      from patient p where p.subject = caller_subject() and has_consent(p.id, 'COMMUNITY_PROFILE', null)) as diseases`,
);

const faceOnly = (patient: PatientRow): Patient =>
  patient.own ? patient : { ...patient, birthDate: null, sex: null, region: null };

/** Reads patients as the caller may see them. */
export class PatientLoader {
  private readonly loader: DataLoader<string, Patient | null>;

  /** @param reveal asks for the patients that the caller works on, before they are read */
  constructor(
    private readonly session: Session,
    reveal: (ids: readonly string[]) => Promise<void>,
  ) {
    this.loader = new DataLoader(async (ids) => {
      await reveal(ids);
      const rows = await session.seen<PatientRow>(PATIENTS_BY_ID, [ids]);
      const found = new Map<string, Patient>();
      for (const row of rows) found.set(row.id, faceOnly(row));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  byId(id: string): Promise<Patient | null> {
    return this.loader.load(id);
  }

  /** The caller's own record, if they have registered. */
  async own(): Promise<Patient | null> {
    const [row] = await this.session.rows<PatientRow>(OWN);
    return row ? faceOnly(row) : null;
  }

  /** What the caller is, as far as the community may show it. */
  async communityStanding(): Promise<CommunityStanding> {
    const [row] = await this.session.rows<CommunityStanding>(COMMUNITY_STANDING);
    return row ?? { verifiedPhysician: false, diseases: null };
  }

  async inCare(): Promise<Patient[]> {
    return (await this.session.seen<PatientRow>(IN_CARE)).map(faceOnly);
  }
}
