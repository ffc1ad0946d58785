import DataLoader from 'dataloader';
import { type LoggedStatement, loggedStatement, type Shows } from '../../common/access-log.js';
import type { Page } from '../../common/connection.js';
import { type Session, statement } from '../../common/database.js';
import type { AppointmentStatus } from './appointment.enums.js';
import type { Appointment, AppointmentEvent, ConsultationSummary } from './appointment.js';
import type { AppointmentFacts, AppointmentStanding } from './appointment.rules.js';

/** What the patient wrote is for those who treat them: without the consent, the time is left. */
const MAY_READ = `(caller_acts_for(patient_id, 'VIEW') or patient_id = any((select caller_treated())::uuid[]))`;
const COLUMNS = `id, patient_id as "patientId", physician_id as "physicianId", starts_at as "startsAt", ends_at as "endsAt",
  zone, status, case when ${MAY_READ} then reason end as reason, case when ${MAY_READ} then cancel_reason end as "cancelReason",
  changed_at as "changedAt", version, coalesce(physician_id = (select caller_physician()), false) as physician,
  caller_acts_for(patient_id, 'CARE') as "patientSide",
  (select count(*)::int from consultation_summary s where s.appointment_id = a.id) as summaries`;
const SHOWS: Shows = {
  record: 'Appointment',
  fields: { sql: `array['startsAt', 'status'] || case when reason is null then '{}'::text[] else array['reason'] end` },
  // a physician sees their own calendar also where the patient no longer agrees to more
  purpose: `coalesce(purpose_of_read("patientId"), case when physician then 'TREATMENT' end)`,
};

const BY_ID = loggedStatement('appointments-by-id', `select ${COLUMNS} from appointment a where id = any($1)`, SHOWS);

const ACTIVE = `status in ('BOOKED', 'CONFIRMED') and ends_at > now()`;
const place = (id: string) => `(select starts_at, id from appointment where id = ${id})`;
const page = (name: string, rows: string, after: string, order: 'asc' | 'desc', limit: string): LoggedStatement =>
  loggedStatement(
    name,
    `select ${COLUMNS} from appointment a where ${rows}
       and (${after}::uuid is null or (starts_at, id) ${order === 'asc' ? '>' : '<'} ${place(after)})
     order by starts_at ${order}, id ${order} limit ${limit}`,
    { ...SHOWS, page: { limit } },
  );
const ALL_OF_PATIENT = page('appointments-of-patient', 'patient_id = $1', '$2', 'desc', '$3');
const UPCOMING_OF_PATIENT = page('upcoming-of-patient', `patient_id = $1 and ${ACTIVE}`, '$2', 'asc', '$3');
const COUNT_OF_PATIENT = statement(
  'count-appointments-of-patient',
  `select count(*)::int as count from appointment where patient_id = $1 and (not $2 or (${ACTIVE}))`,
);
const OF_PHYSICIAN = `physician_id = (select caller_physician())
  and ($1::timestamptz is null or starts_at >= $1) and ($2::timestamptz is null or starts_at < $2)`;
const PAGE_OF_PHYSICIAN = page('appointments-of-physician', OF_PHYSICIAN, '$3', 'asc', '$4');
const COUNT_OF_PHYSICIAN = statement(
  'count-appointments-of-physician',
  `select count(*)::int as count from appointment where ${OF_PHYSICIAN}`,
);

/** More than an appointment has in earnest; the first ones are left out. */
const MAX_EVENTS = 100;
const EVENTS = statement(
  'events-of-appointments',
  `select e.* from unnest($1::uuid[]) as wanted (appointment) cross join lateral (
     select id, appointment_id as "appointmentId", kind, starts_at as "startsAt", at, by_role as by
     from appointment_event where appointment_id = wanted.appointment order by id desc limit ${MAX_EVENTS}) e
   order by e.id`,
);
const SUMMARY = `id, appointment_id as "appointmentId", patient_id as "patientId", number, text, advice, diagnosis,
  follow_up_on as "followUpOn", written_at as "writtenAt"`;
const SUMMARY_SHOWS: Shows = {
  record: 'ConsultationSummary',
  fields: ['text', 'advice', 'diagnosis', 'followUpOn'],
};
const SUMMARIES = loggedStatement(
  'summaries-of-appointments',
  `select ${SUMMARY} from consultation_summary where appointment_id = any($1) order by appointment_id, number`,
  SUMMARY_SHOWS,
);
const LATEST =
  'not exists (select from consultation_summary n where n.appointment_id = s.appointment_id and n.number > s.number)';
const SUMMARIES_OF_PATIENT = loggedStatement(
  'summaries-of-patient',
  `select ${SUMMARY} from consultation_summary s where patient_id = $1 and ${LATEST}
     and id < (select coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')) order by id desc limit $3`,
  { ...SUMMARY_SHOWS, page: { limit: '$3' } },
);
const COUNT_SUMMARIES_OF_PATIENT = statement(
  'count-summaries-of-patient',
  `select count(*)::int as count from consultation_summary s where patient_id = $1 and ${LATEST}`,
);

type Row = Appointment &
  AppointmentStanding & {
    readonly patientId: string;
    readonly physicianId: string;
    readonly changedAt: string;
    readonly summaries: number;
  };

/** An appointment, with what the rules need to know of it. */
export type LoadedAppointment = Row & { readonly facts: AppointmentFacts };

const loaded = (row: Row): LoadedAppointment => ({
  ...row,
  facts: {
    status: row.status as AppointmentStatus,
    startsAt: new Date(row.startsAt),
    endsAt: new Date(row.endsAt),
    summaries: row.summaries,
  },
});

type SummaryRow = ConsultationSummary & { readonly appointmentId: string };

/** Reads appointments as the caller may see them. */
export class AppointmentLoader {
  private readonly ids: DataLoader<string, LoadedAppointment | null>;
  private readonly happened: DataLoader<string, AppointmentEvent[]>;
  private readonly written: DataLoader<string, SummaryRow[]>;

  constructor(private readonly session: Session) {
    this.ids = new DataLoader(async (ids) => {
      const found = new Map((await this.read(BY_ID, [ids])).map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.happened = new DataLoader(async (ids) => {
      const rows = await session.rows<AppointmentEvent & { appointmentId: string }>(EVENTS, [ids]);
      const found = Map.groupBy(rows, ({ appointmentId }) => appointmentId);
      return ids.map((id) => found.get(id) ?? []);
    });
    this.written = new DataLoader(async (ids) => {
      const found = Map.groupBy(await session.seen<SummaryRow>(SUMMARIES, [ids]), ({ appointmentId }) => appointmentId);
      return ids.map((id) => found.get(id) ?? []);
    });
  }

  byId(id: string): Promise<LoadedAppointment | null> {
    return this.ids.load(id);
  }

  /** As it is now, after it was changed. */
  changed(id: string): Promise<LoadedAppointment | null> {
    this.happened.clear(id);
    this.written.clear(id);
    return this.ids.clear(id).load(id);
  }

  /** Those to come, soonest first; or all, latest first. One more than the page holds, where there are more. */
  ofPatient(id: string, upcoming: boolean, { after, first }: Page): Promise<LoadedAppointment[]> {
    return this.read(upcoming ? UPCOMING_OF_PATIENT : ALL_OF_PATIENT, [id, after, first + 1]);
  }

  async countOfPatient(id: string, upcoming: boolean): Promise<number> {
    return this.session.count(COUNT_OF_PATIENT, [id, upcoming]);
  }

  /** Of the physician who asks, soonest first; one more than the page holds, where there are more. */
  ofPhysician(from: Date | null, to: Date | null, { after, first }: Page): Promise<LoadedAppointment[]> {
    return this.read(PAGE_OF_PHYSICIAN, [from, to, after, first + 1]);
  }

  async countOfPhysician(from: Date | null, to: Date | null): Promise<number> {
    return this.session.count(COUNT_OF_PHYSICIAN, [from, to]);
  }

  /** In order. */
  events(id: string): Promise<AppointmentEvent[]> {
    return this.happened.load(id);
  }

  /** Every version, in order. */
  summaries(id: string): Promise<ConsultationSummary[]> {
    return this.written.load(id);
  }

  /** The latest version of each, newest first; one more than the page holds, where there are more. */
  summariesOfPatient(id: string, { after, first }: Page): Promise<ConsultationSummary[]> {
    return this.session.seen<SummaryRow>(SUMMARIES_OF_PATIENT, [id, after, first + 1]);
  }

  async countSummariesOfPatient(id: string): Promise<number> {
    return this.session.count(COUNT_SUMMARIES_OF_PATIENT, [id]);
  }

  private async read(query: LoggedStatement, values: unknown[]): Promise<LoadedAppointment[]> {
    return (await this.session.seen<Row>(query, values)).map(loaded);
  }
}
