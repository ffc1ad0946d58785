import DataLoader from 'dataloader';
import { loggedStatement, type Shows } from '../../common/access-log.js';
import { idAbove } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { Diagnosis } from './diagnosis.js';
import type { Decider } from './diagnosis.rules.js';

const COLUMNS = `id, patient_id as "patientId", json_build_object('id', disease_id) as disease,
  json_build_object('id', hospital_id) as hospital, diagnosed_on as "diagnosedOn", physician_name as "physicianName",
  status, decided_at as "decidedAt", reason, version, hospital_organisation_id as "organisationId",
  (select json_agg(json_build_object('id', event.id, 'status', event.status, 'at', at, 'byRole', by_role, 'reason', event.reason)
     order by at, event.id) from diagnosis_event event where diagnosis_id = diagnosis.id) as history`;
const SHOWS: Shows = {
  record: 'Diagnosis',
  fields: ['disease', 'hospital', 'diagnosedOn', 'physicianName', 'status', 'decidedAt', 'reason', 'history'],
  // a hospital and its physicians answer for it, whomever they treat
  purpose: `coalesce(purpose_of_read("patientId"), 'DIAGNOSIS')`,
};

const BY_ID = loggedStatement('diagnoses-by-id', `select ${COLUMNS} from diagnosis where id = any($1)`, SHOWS);
const BY_PATIENT = loggedStatement(
  'diagnoses-by-patient',
  `select ${COLUMNS} from diagnosis where patient_id = any($1) order by id`,
  SHOWS,
);
/** Of a hospital partner, and of a physician of a hospital. */
const ANSWERABLE = `status = 'REPORTED' and (hospital_organisation_id = caller_organisation() or hospital_id = (select caller_hospital()))`;
const TO_DECIDE = loggedStatement(
  'diagnoses-to-decide',
  `select ${COLUMNS} from diagnosis
   where ${ANSWERABLE} and ${idAbove('$1')} order by id limit $2`,
  { ...SHOWS, page: { limit: '$2' } },
);
const COUNT_TO_DECIDE = statement(
  'count-diagnoses-to-decide',
  `select count(*)::int as count from diagnosis where ${ANSWERABLE}`,
);
const DECIDER = statement(
  'decider',
  `select caller_hospital() as "hospitalId", array(
     select id from patient where subject = caller_subject()
     union all select patient_id from care_relationship
       where caregiver_subject = caller_subject() and caller_cares_for(patient_id, 'VIEW')) as "actsFor"`,
);

export type DiagnosisRow = Diagnosis & { readonly patientId: string; readonly organisationId: string | null };

/** Reads diagnoses as the caller may see them. */
export class DiagnosisLoader {
  private readonly ids: DataLoader<string, DiagnosisRow | null>;
  private readonly patients: DataLoader<string, DiagnosisRow[]>;
  private known?: Promise<Decider>;

  /** @param reveal asks for the patients that the caller works on, before their rows are read */
  constructor(
    private readonly session: Session,
    reveal: (patients: readonly string[]) => Promise<void>,
  ) {
    this.ids = new DataLoader(async (ids) => {
      const found = new Map((await session.seen<DiagnosisRow>(BY_ID, [ids])).map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.patients = new DataLoader(async (patients) => {
      await reveal(patients);
      const rows = Map.groupBy(await session.seen<DiagnosisRow>(BY_PATIENT, [patients]), ({ patientId }) => patientId);
      return patients.map((id) => rows.get(id) ?? []);
    });
  }

  byId(id: string): Promise<DiagnosisRow | null> {
    return this.ids.load(id);
  }

  /** As it is now, after it was decided. */
  changed(id: string): Promise<DiagnosisRow | null> {
    this.patients.clearAll();
    return this.ids.clear(id).load(id);
  }

  /** What the caller is to diagnoses. Asked once a request. */
  decider(): Promise<Decider> {
    this.known ??= this.readDecider();
    return this.known;
  }

  ofPatient(id: string): Promise<DiagnosisRow[]> {
    return this.patients.load(id);
  }

  /** Those that the caller's hospital should answer, oldest first; one more than `first` where there are more. */
  toDecide(after: string | null, first: number): Promise<DiagnosisRow[]> {
    return this.session.seen<DiagnosisRow>(TO_DECIDE, [after, first + 1]);
  }

  async countToDecide(): Promise<number> {
    return this.session.count(COUNT_TO_DECIDE);
  }

  private async readDecider(): Promise<Decider> {
    const { identity } = this.session;
    const [row] = await this.session.rows<{ hospitalId: string | null; actsFor: string[] }>(DECIDER);
    return {
      roles: identity.roles,
      organisation: identity.organisation,
      hospitalId: row?.hospitalId ?? null,
      worksOn: await this.session.patientsInCare(),
      actsFor: new Set(row?.actsFor),
    };
  }
}
