import DataLoader from 'dataloader';
import { idAbove } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { Diagnosis } from './diagnosis.js';

const COLUMNS = `id, patient_id as "patientId", json_build_object('id', disease_id) as disease,
  json_build_object('id', hospital_id) as hospital, diagnosed_on as "diagnosedOn", physician_name as "physicianName",
  status, decided_at as "decidedAt", reason, version`;

const BY_ID = statement('diagnoses-by-id', `select ${COLUMNS} from diagnosis where id = any($1)`);
const BY_PATIENT = statement(
  'diagnoses-by-patient',
  `select ${COLUMNS} from diagnosis where patient_id = any($1) order by id`,
);
const TO_DECIDE = statement(
  'diagnoses-to-decide',
  `select ${COLUMNS} from diagnosis
   where status = 'REPORTED' and hospital_organisation_id = caller_organisation() and ${idAbove('$1')}
   order by id limit $2`,
);
const COUNT_TO_DECIDE = statement(
  'count-diagnoses-to-decide',
  `select count(*)::int as count from diagnosis where status = 'REPORTED' and hospital_organisation_id = caller_organisation()`,
);

export type DiagnosisRow = Diagnosis & { readonly patientId: string };

/** Reads diagnoses as the caller may see them. */
export class DiagnosisLoader {
  private readonly ids: DataLoader<string, DiagnosisRow | null>;
  private readonly patients: DataLoader<string, DiagnosisRow[]>;

  /** @param reveal asks for the patients that the caller works on, before their rows are read */
  constructor(
    private readonly session: Session,
    reveal: (patients: readonly string[]) => Promise<void>,
  ) {
    this.ids = new DataLoader(async (ids) => {
      const found = new Map((await session.rows<DiagnosisRow>(BY_ID, [ids])).map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.patients = new DataLoader(async (patients) => {
      await reveal(patients);
      const rows = Map.groupBy(await session.rows<DiagnosisRow>(BY_PATIENT, [patients]), ({ patientId }) => patientId);
      return patients.map((id) => rows.get(id) ?? []);
    });
  }

  byId(id: string): Promise<DiagnosisRow | null> {
    return this.ids.load(id);
  }

  ofPatient(id: string): Promise<DiagnosisRow[]> {
    return this.patients.load(id);
  }

  /** Those that the caller's hospital should answer, oldest first; one more than `first` where there are more. */
  toDecide(after: string | null, first: number): Promise<DiagnosisRow[]> {
    return this.session.rows<DiagnosisRow>(TO_DECIDE, [after, first + 1]);
  }

  async countToDecide(): Promise<number> {
    const [row] = await this.session.rows<{ count: number }>(COUNT_TO_DECIDE);
    return row?.count ?? 0;
  }
}
