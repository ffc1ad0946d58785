import DataLoader from 'dataloader';
import { type LoggedStatement, loggedStatement } from '../../common/access-log.js';
import { shanghaiDay } from '../../common/calendar.js';
import { idAbove, idBelow, type Page, type PagedList } from '../../common/connection.js';
import type { Ask } from '../../common/context.js';
import { type Session, statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import { treatedAmong } from './patient.port.js';
import type { PrescriptionStatus, StoredPrescriptionStatus } from './prescription.enums.js';
import type { Prescription } from './prescription.js';
import { type PrescriptionFacts, shownStatus, totalOf } from './prescription.rules.js';

/** A prescription in the shape of the API, with what decides about it and what it is to the caller. */
export type PrescriptionRow = Prescription & {
  readonly facts: PrescriptionFacts;
  /** It is for the caller themselves. */
  readonly own: boolean;
  /** The caller wrote it. */
  readonly written: boolean;
  /** The caller wrote it, and treats the patient now. */
  readonly treating: boolean;
};

type Kept = 'total' | 'left' | 'status' | 'facts' | 'medicine' | 'physician' | 'appointment' | 'patient';
/** What the statements give. */
type StoredPrescription = Omit<PrescriptionRow, Kept> & {
  readonly status: StoredPrescriptionStatus;
  readonly medicineId: string;
  readonly physicianId: string;
  readonly appointmentId: string | null;
  readonly patientId: string;
};

const COLUMNS = `id, number, patient_id as "patientId", physician_id as "physicianId", appointment_id as "appointmentId",
  medicine_id as "medicineId", dose, note, quantity, refills, used, valid_until::text as "validUntil", status,
  issued_at as "issuedAt", checked_at as "checkedAt", check_reason as "checkReason", withdraw_reason as "withdrawReason", version,
  coalesce(patient_subject = caller_subject(), false) as own, coalesce(physician_subject = caller_subject(), false) as written,
  coalesce(physician_subject = caller_subject() and patient_id = any((select caller_treated())::uuid[]), false) as treating`;
const SHOWS = {
  record: 'Prescription',
  fields: ['number', 'medicine', 'dose', 'note', 'quantity', 'refills', 'used', 'validUntil', 'status', 'physician'],
} as const;

/** The same as `shownStatus` in prescription.rules.ts says, for a list of those that stand so. */
const inStatus = (wanted: string, today: string): string => `(${wanted}::text is null or ${wanted} = case
  when status in ('REFUSED', 'WITHDRAWN') then status when used >= quantity * (refills + 1) then 'USED_UP'
  when valid_until < ${today}::date then 'EXPIRED' else status end)`;
// as a subselect: evaluated once, so that an index can be used under row-level security
const OF_CALLER = '(patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[]))';
const WRITTEN = 'physician_subject = caller_subject()';
// `status` itself, so that the index of the queue is used
const IN_QUEUE = `status = 'ISSUED' and valid_until >= $2::date`;

const BY_ID = loggedStatement('prescriptions-by-id', `select ${COLUMNS} from prescription where id = any($1)`, SHOWS);
const PAGES = loggedStatement(
  'prescriptions-of-patients',
  `select n::int as page, size, found.*
   from unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[]) with ordinality as asked (patient, wanted, after, size, n)
   cross join lateral (
     select ${COLUMNS} from prescription
     where patient_id = asked.patient and ${inStatus('asked.wanted', '$5')} and ${idBelow('asked.after')}
     order by id desc limit asked.size) found
   order by n, id desc`,
  { ...SHOWS, page: { limit: 'size', each: 'page' } },
);
const COUNT_OF_PATIENT = statement(
  'count-prescriptions-of-patient',
  `select count(*)::int as count from prescription where patient_id = $3 and ${inStatus('$1', '$2')}`,
);

/** @param which SQL that says which of all that the caller sees, `$1` the status and `$2` the day */
const listed = (name: string, which: string, order: 'id' | 'id desc') => ({
  rows: loggedStatement(
    `prescriptions-${name}`,
    `select ${COLUMNS} from prescription where ${which} and ${inStatus('$1', '$2')}
       and ${order === 'id' ? idAbove('$3') : idBelow('$3')} order by ${order} limit $4`,
    { ...SHOWS, page: { limit: '$4' } },
  ),
  count: statement(
    `count-prescriptions-${name}`,
    `select count(*)::int as count from prescription where ${which} and ${inStatus('$1', '$2')}`,
  ),
});
const LISTS = {
  /** Those for the caller and whom they care for, newest first. */
  FAMILY: listed('of-caller', OF_CALLER, 'id desc'),
  /** Those that the caller wrote for patients whom they treat now, newest first. */
  PHYSICIAN: listed('written', WRITTEN, 'id desc'),
  /** Those that a pharmacist has still to check, oldest first. */
  PHARMACIST: listed('to-check', IN_QUEUE, 'id'),
} as const;

const PRESCRIBED_TO = statement('patients-prescribed-to', 'select patients_prescribed_to($1::uuid[]) as id');

function presented(stored: StoredPrescription, today: string): PrescriptionRow {
  const { medicineId, physicianId, appointmentId, patientId, status, ...row } = stored;
  const facts = { status, used: row.used, total: totalOf(row), validUntil: row.validUntil };
  return {
    ...row,
    facts,
    total: facts.total,
    left: facts.total - facts.used,
    status: shownStatus(facts, today),
    medicine: { id: medicineId },
    physician: { id: physicianId },
    appointment: appointmentId === null ? null : { id: appointmentId },
    patient: { id: patientId },
  };
}

/** Which prescriptions, beyond whose. */
export interface PrescriptionFilter {
  /** As it is shown; null: any. */
  readonly status: PrescriptionStatus | null;
}

interface PatientPage extends Page, PrescriptionFilter {
  readonly patient: string;
}

/** Reads prescriptions as the caller may see them. */
export class PrescriptionLoader {
  private readonly ids: DataLoader<string, PrescriptionRow | null>;
  private readonly patients: DataLoader<PatientPage, PrescriptionRow[], string>;
  private allWritten?: Promise<void>;

  constructor(
    private readonly session: Session,
    private readonly identity: Identity,
    private readonly ask: Ask,
  ) {
    this.ids = new DataLoader(async (ids) => {
      await this.revealWritten(ids);
      const found = new Map((await this.read(BY_ID, [ids])).map((each) => [each.id, each]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.patients = new DataLoader(
      async (pages) => {
        await this.reveal(pages.map(({ patient }) => patient));
        return this.ofPatients(pages);
      },
      { cacheKeyFn: ({ patient, status, after, first }) => `${patient} ${status} ${after} ${first}` },
    );
  }

  byId(id: string): Promise<PrescriptionRow | null> {
    return this.ids.load(id);
  }

  /** Reads a prescription that has just been changed, and forgets what was read before. */
  afterChange(id: string): Promise<PrescriptionRow | null> {
    this.ids.clearAll();
    this.patients.clearAll();
    return this.byId(id);
  }

  /** Those for a patient, newest first. */
  ofPatient(patient: string, { status }: PrescriptionFilter, page: Page): PagedList<PrescriptionRow> {
    return {
      rows: () => this.patients.load({ patient, status, ...page }),
      count: async () => {
        await this.reveal([patient]);
        return this.session.count(COUNT_OF_PATIENT, [status, shanghaiDay(new Date()), patient]);
      },
    };
  }

  /** Those that are the caller's by what they do here. */
  ofCaller({ status }: PrescriptionFilter, { after, first }: Page): PagedList<PrescriptionRow> {
    const { roles } = this.identity;
    const list =
      LISTS[roles.includes('PHARMACIST') ? 'PHARMACIST' : roles.includes('PHYSICIAN') ? 'PHYSICIAN' : 'FAMILY'];
    const values = [status, shanghaiDay(new Date())];
    return {
      rows: async () => {
        await this.revealAllWritten();
        return this.read(list.rows, [...values, after, first + 1]);
      },
      count: async () => {
        await this.revealAllWritten();
        return this.session.count(list.count, values);
      },
    };
  }

  /**
   * A physician sees what they wrote only for patients whom they treat now: who these are is asked before anything is read.
   *
   * @param ids of prescriptions; null: all that the caller has written
   */
  private async revealWritten(ids: readonly string[] | null): Promise<void> {
    if (!this.identity.roles.includes('PHYSICIAN')) return;
    const patients = await this.session.rows<{ id: string }>(PRESCRIBED_TO, [ids]);
    if (patients.length > 0) await this.reveal(patients.map(({ id }) => id));
  }

  /** A page and its count ask once. */
  private revealAllWritten(): Promise<void> {
    this.allWritten ??= this.revealWritten(null);
    return this.allWritten;
  }

  private async reveal(patients: readonly string[]): Promise<void> {
    if (!this.identity.roles.includes('PHYSICIAN')) return;
    await this.session.reveal('treated', await treatedAmong(this.ask, patients));
  }

  private async ofPatients(pages: readonly PatientPage[]): Promise<PrescriptionRow[][]> {
    const today = shanghaiDay(new Date());
    const rows = await this.session.seen<StoredPrescription & { page: number }>(PAGES, [
      pages.map(({ patient }) => patient),
      pages.map(({ status }) => status),
      pages.map(({ after }) => after),
      pages.map(({ first }) => first + 1),
      today,
    ]);
    const found = Map.groupBy(rows, ({ page }) => page);
    return pages.map((_, index) => (found.get(index + 1) ?? []).map((row) => presented(row, today)));
  }

  private async read(query: LoggedStatement, values: unknown[]): Promise<PrescriptionRow[]> {
    const today = shanghaiDay(new Date());
    return (await this.session.seen<StoredPrescription>(query, values)).map((row) => presented(row, today));
  }
}
