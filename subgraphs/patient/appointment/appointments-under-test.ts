import { randomUUID } from 'node:crypto';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';

const SHOWN = `__typename
  ... on Appointment { id status startsAt endsAt version allowedActions reason cancelReason
    summary { number text advice followUpOn } events { kind by startsAt } }
  ... on UserError { code path message }`;
const OF_UNION: Readonly<Record<string, string>> = {
  bookAppointment: '... on ConsentMissing { purpose } ... on SlotNotFree { next { startsAt localStart zone } }',
  moveAppointment:
    '... on ConsentMissing { purpose } ... on SlotNotFree { next { startsAt } } ... on StaleVersion { currentVersion } ... on AppointmentWrongState { permitted }',
};
const OF_STEP = '... on StaleVersion { currentVersion } ... on AppointmentWrongState { permitted }';

/** A physician who can be booked on one day alone, in half hours from midnight (UTC), at most 48. */
export interface PhysicianUnderTest {
  readonly id: string;
  readonly who: Identity;
  /** The start of each slot. */
  readonly slots: readonly string[];
}

export interface PatientUnderTest {
  readonly id: string;
  readonly who: Identity;
}

/** The subgraphs, with what tests of appointments do again and again. */
export interface AppointmentsUnderTest extends SubgraphsUnderTest {
  /** Sends a mutation and gives its result, or the errors. */
  readonly does: (who: Identity, mutation: string, input: object) => Promise<Answer>;
  readonly ask: (who: Identity, query: string, variables?: object) => Promise<Answer>;
  readonly physician: (subject: string, slots: number, inDays?: number) => Promise<PhysicianUnderTest>;
  /** Patients with their own sign-ins, who agree to be treated. */
  readonly patients: (subjects: readonly string[]) => Promise<PatientUnderTest[]>;
  readonly consent: (patientIds: readonly string[], recipientId?: string) => Promise<void>;
  /** Sets the clock for an appointment: it began so many minutes ago, or with less than none will begin. Others near to now are out of its way. */
  readonly shift: (id: string, minutesAgo: number) => Promise<void>;
  readonly noticesOf: (aboutId: string) => Promise<{ kind: string; forPhysician: boolean }[]>;
}

const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 1_800_000;
/** Far enough for reminders, near enough to be booked. */
const IN_DAYS = 10;

export async function openAppointments(name: string): Promise<AppointmentsUnderTest> {
  const under = await openSubgraphs(name);
  const { admin, execute } = under;
  const consent = async (patientIds: readonly string[], recipientId?: string) => {
    await admin.query(
      `insert into patient.consent (id, patient_id, purpose, recipient_id, text_number, given_at, given_by)
       select uuidv7(), id, 'TREATMENT', $2, 1, now(), 'test' from unnest($1::uuid[]) as id on conflict do nothing`,
      [patientIds, recipientId ?? null],
    );
  };
  return {
    ...under,
    consent,
    ask: (who, query, variables = {}) => execute('patient', who, query, variables),
    does: async (who, mutation, input) => {
      const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
      const { data, errors } = await execute(
        'patient',
        who,
        `mutation($input: ${type}!) { result: ${mutation}(input: $input) { ${SHOWN} ${OF_UNION[mutation] ?? OF_STEP} } }`,
        { input: { idempotencyKey: randomUUID(), ...input } },
      );
      return data?.result ?? errors;
    },
    physician: async (subject, count, inDays = IN_DAYS) => {
      const id = newId();
      const day = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + inDays * DAY_MS);
      await admin.query(
        `insert into patient.physician (id, subject, name_zh, title, licence_sealed, licence_index, hospital_id, languages,
           status, decided_at, created_at)
         select $1, $2, '测试', '测试', 'v1.test', $2, hospital_id, '{zh}', 'VERIFIED', now(), now()
         from patient.physician where subject = 'demo-physician'`,
        [id, subject],
      );
      await admin.query(
        `insert into patient.physician_hours (id, physician_id, weekday, from_minute, to_minute, zone, slot_minutes,
           buffer_minutes, valid_from, valid_until)
         values ($1, $2, $3, 0, $4, 'UTC', 20, 10, $5, $5)`,
        [newId(), id, day.getUTCDay() || 7, count * 30, day.toISOString().slice(0, 10)],
      );
      const first = day.getTime();
      const slots = Array.from({ length: count }, (_, n) => new Date(first + n * HALF_HOUR_MS).toISOString());
      return { id, who: person(subject, 'PHYSICIAN'), slots };
    },
    patients: async (subjects) => {
      const patients = subjects.map((subject) => ({ id: newId(), who: person(subject, 'PATIENT') }));
      const ids = patients.map(({ id }) => id);
      await admin.query(
        `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
         select id, subject, 'Test', '1990-01-01', 'OTHER', 'Test', now() from unnest($1::uuid[], $2::text[]) as made (id, subject)`,
        [ids, subjects],
      );
      await consent(ids);
      return patients;
    },
    shift: async (id, minutesAgo) => {
      await admin.query('begin');
      // no trigger takes part: it is the clock that moves, not the appointment
      await admin.query('set local session_replication_role = replica');
      await admin.query(
        `update patient.appointment set status = 'CANCELLED'
         where status in ('BOOKED', 'CONFIRMED') and starts_at < now() + interval '2 days' and id <> $1`,
        [id],
      );
      await admin.query(
        `update patient.appointment set starts_at = now() - $2 * interval '1 minute',
           ends_at = now() - $2 * interval '1 minute' + (ends_at - starts_at),
           busy_until = now() - $2 * interval '1 minute' + (busy_until - starts_at) where id = $1`,
        [id, minutesAgo],
      );
      await admin.query('commit');
    },
    noticesOf: async (aboutId) => {
      const { rows } = await admin.query(
        `select kind, physician_id is not null as "forPhysician" from patient.notice where about_id = $1 order by id`,
        [aboutId],
      );
      return rows;
    },
  };
}
