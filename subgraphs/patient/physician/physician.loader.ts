import DataLoader from 'dataloader';
import { idAbove, type Page } from '../../common/connection.js';
import { type Database, type Session, statement } from '../../common/database.js';
import { type FieldKeys, open } from '../../common/sealed.js';
import { licencePlace } from './physician.entity.js';
import type { Physician } from './physician.js';
import { maskedLicence } from './physician.rules.js';
import type { Prescriber } from './prescriber.ports.resolver.js';

const COLUMNS = `id, name_zh as "nameZh", name_en as "nameEn", title, json_build_object('id', hospital_id) as hospital,
  (select coalesce(json_agg(json_build_object('id', disease)), '[]') from unnest(disease_ids) as disease) as diseases,
  languages, status = 'VERIFIED' as verified, status,
  case when subject = caller_subject() or caller_has_role('ADMIN') then reason end as reason, version,
  coalesce(subject = caller_subject(), false) as own`;

const BY_ID = statement('physicians-by-id', `select ${COLUMNS} from physician where id = any($1)`);
const OWN = statement('physician-of-caller', `select ${COLUMNS} from physician where subject = caller_subject()`);
const MATCHING = `status = 'VERIFIED' and ($1::uuid is null or $1 = any(disease_ids))
  and ($2::uuid is null or hospital_id = $2) and ($3::text is null or $3 = any(languages))`;
const PAGE = statement(
  'physicians-page',
  `select ${COLUMNS} from physician where ${MATCHING} and ${idAbove('$4')} order by id limit $5`,
);
const COUNT = statement('count-physicians', `select count(*)::int as count from physician where ${MATCHING}`);
const TO_DECIDE = statement(
  'physicians-to-decide',
  `select ${COLUMNS} from physician where status = 'PENDING' and caller_has_role('ADMIN') and ${idAbove('$1')} order by id limit $2`,
);
const COUNT_TO_DECIDE = statement(
  'count-physicians-to-decide',
  `select count(*)::int as count from physician where status = 'PENDING' and caller_has_role('ADMIN')`,
);
/** To nobody else is it given, not even sealed. */
const LICENCES = statement(
  'physician-licences',
  `select id, licence_sealed as sealed, subject = caller_subject() as own from physician
   where id = any($1) and (subject = caller_subject() or caller_has_role('ADMIN'))`,
);

/** Whom the caller treats now: the row's policy is wider, it shows what has ended too. Emergencies are no treatment. */
const TREATS = `t.physician_id = (select caller_physician()) and (t.until is null or t.until > now())
  and has_consent(t.patient_id, 'TREATMENT', t.physician_id)`;
const PRESCRIBER = statement(
  'prescriber-for-patient',
  `select physician as "physicianId", treats, case when treats then (select subject from patient where id = $1) end as "patientSubject",
     (select a.id from appointment a where a.id = $2 and a.patient_id = $1 and a.physician_id = physician
        and a.status in ('BOOKED', 'CONFIRMED', 'COMPLETED')) as "appointmentId"
   from (select caller_physician() as physician, exists (select from treatment t where t.patient_id = $1 and ${TREATS}) as treats) caller
   where physician is not null`,
);
const TREATED = statement(
  'treated-among-patients',
  `select distinct t.patient_id as id from treatment t where t.patient_id = any($1) and ${TREATS}`,
);

/** A physician, with whether it is who asks. */
export type PhysicianRow = Physician & { readonly own: boolean };

export interface PhysicianFilter {
  readonly diseaseId: string | null;
  readonly hospitalId: string | null;
  readonly language: string | null;
}

/** Reads physicians: verified ones for anybody, others for themselves and for administrators. */
export class PhysicianLoader {
  private readonly ids: DataLoader<string, PhysicianRow | null>;
  private readonly licences: DataLoader<string, string | null>;

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    fieldKeys: FieldKeys,
  ) {
    this.ids = new DataLoader(async (ids) => {
      const rows = await session.rows<PhysicianRow>(BY_ID, [ids]);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.licences = new DataLoader(async (ids) => {
      const rows = await session.rows<{ id: string; sealed: string; own: boolean }>(LICENCES, [ids]);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => {
        const row = found.get(id);
        if (!row) return null;
        const licenceNumber = open(fieldKeys, licencePlace(id), row.sealed);
        return row.own ? licenceNumber : maskedLicence(licenceNumber);
      });
    });
  }

  byId(id: string): Promise<PhysicianRow | null> {
    return this.ids.load(id);
  }

  /** As it is now, after it was changed. */
  changed(id: string): Promise<PhysicianRow | null> {
    this.licences.clear(id);
    return this.ids.clear(id).load(id);
  }

  /** Who asks, if they have registered. */
  async own(): Promise<PhysicianRow | null> {
    const [row] = await this.session.rows<PhysicianRow>(OWN);
    return row ?? null;
  }

  /** What the caller, a verified physician, is to a patient and an appointment with them; null for anybody else. */
  async prescriber(patientId: string, appointmentId: string | null): Promise<Prescriber | null> {
    const [row] = await this.session.rows<Prescriber>(PRESCRIBER, [patientId, appointmentId]);
    return row ?? null;
  }

  /** Which of these patients the caller treats now. */
  async treated(patientIds: readonly string[]): Promise<string[]> {
    return (await this.session.rows<{ id: string }>(TREATED, [patientIds])).map(({ id }) => id);
  }

  /** Whole for the physician, masked for administrators, null for all others. @throws {CannotOpen} */
  licenceNumber(id: string): Promise<string | null> {
    return this.licences.load(id);
  }

  /** Verified ones; one more than the page holds, where there are more. */
  page(filter: PhysicianFilter, { after, first }: Page): Promise<PhysicianRow[]> {
    return this.database.publicRows<PhysicianRow>(PAGE, [...values(filter), after, first + 1]);
  }

  async count(filter: PhysicianFilter): Promise<number> {
    return this.database.publicCount(COUNT, values(filter));
  }

  /** Whom an administrator has to look at, oldest first; one more than the page holds, where there are more. */
  toDecide({ after, first }: Page): Promise<PhysicianRow[]> {
    return this.session.rows<PhysicianRow>(TO_DECIDE, [after, first + 1]);
  }

  async countToDecide(): Promise<number> {
    return this.session.count(COUNT_TO_DECIDE);
  }
}

const values = ({ diseaseId, hospitalId, language }: PhysicianFilter): unknown[] => [diseaseId, hospitalId, language];
