import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../tests/subgraphs.js';
import {
  type AppointmentsUnderTest,
  openAppointments,
  type PatientUnderTest,
  type PhysicianUnderTest,
} from './appointments-under-test.js';

const SLOTS = 20;
const PATIENTS = 200;

let under: AppointmentsUnderTest;
let patients: PatientUnderTest[];
beforeAll(async () => {
  under = await openAppointments('appointment_race');
  patients = await under.patients(Array.from({ length: PATIENTS }, (_, n) => `race-${n}`));
});
afterAll(() => under?.stop());

const at = <T>(of: readonly T[], n: number): T => of[n % of.length] as T;
const book = (n: number, physician: PhysicianUnderTest, slot: number) =>
  under.does(at(patients, n).who, 'bookAppointment', {
    patientId: at(patients, n).id,
    physicianId: physician.id,
    startsAt: at(physician.slots, slot),
    reason: 'Race',
  });
/** What holds whatever happened: nobody is at two places, and each slot has one holder. */
async function calendarOf(physician: PhysicianUnderTest): Promise<string[]> {
  const { rows } = await under.admin.query<{ start: Date; collides: boolean }>(
    `select starts_at as start, exists (select from patient.appointment b where b.id <> a.id and b.status in ('BOOKED', 'CONFIRMED')
       and ((b.physician_id = a.physician_id and tstzrange(b.starts_at, b.busy_until) && tstzrange(a.starts_at, a.busy_until))
         or (b.patient_id = a.patient_id and tstzrange(b.starts_at, b.ends_at) && tstzrange(a.starts_at, a.ends_at)))) as collides
     from patient.appointment a where physician_id = $1 and status in ('BOOKED', 'CONFIRMED') order by starts_at`,
    [physician.id],
  );
  expect(rows.filter(({ collides }) => collides)).toEqual([]);
  return rows.map(({ start }) => start.toISOString());
}
const kinds = (answers: readonly Answer[]) =>
  Object.fromEntries(
    [...Map.groupBy(answers, (answer) => answer.__typename as string)].map(([kind, of]) => [kind, of.length]),
  );

describe('many who want the same slots at once', () => {
  test('get each slot once: of 200 bookings for 20 slots 20 succeed, and the others are told that it is not free', async () => {
    const physician = await under.physician('race-physician', SLOTS);
    const answers = await Promise.all(patients.map((_, n) => book(n, physician, n)));
    expect(kinds(answers)).toEqual({ Appointment: SLOTS, SlotNotFree: PATIENTS - SLOTS });
    expect(await calendarOf(physician)).toEqual(physician.slots);
  });

  test('get each slot once also while others move and cancel', async () => {
    const physician = await under.physician('race-physician-2', SLOTS, 11);
    // the first half is held, by patients 0 to 9
    const held = await Promise.all(physician.slots.slice(0, SLOTS / 2).map((_, n) => book(n, physician, n)));
    expect(kinds(held)).toEqual({ Appointment: SLOTS / 2 });
    const booking = Array.from({ length: 80 }, (_, n) => book(20 + n, physician, n));
    const changing = held.map((appointment, n) => {
      const change = { appointmentId: appointment.id, expectedVersion: appointment.version };
      if (n % 3 === 0) return under.does(at(patients, n).who, 'cancelAppointment', change);
      const startsAt = at(physician.slots, n * 7 + 5);
      return under.does(n % 3 === 1 ? at(patients, n).who : physician.who, 'moveAppointment', { ...change, startsAt });
    });
    const [booked, changed] = await Promise.all([Promise.all(booking), Promise.all(changing)]);
    const allowed = ['Appointment', 'SlotNotFree'];
    expect([...booked, ...changed].filter(({ __typename }) => !allowed.includes(__typename))).toEqual([]);
    const calendar = await calendarOf(physician);
    expect(new Set(calendar).size).toBe(calendar.length);
    const cancelled = changed.filter(({ status }) => status === 'CANCELLED').length;
    const made = booked.filter(({ __typename }) => __typename === 'Appointment').length;
    expect(calendar).toHaveLength(held.length - cancelled + made);
    expect(physician.slots).toEqual(expect.arrayContaining(calendar));
  });

  test('do not wait for each other in circles: one patient and two physicians', async () => {
    const [one, other] = [
      await under.physician('race-physician-3', 4, 12),
      await under.physician('race-physician-4', 4, 12),
    ];
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => book(150, n % 2 ? one : other, Math.floor(n / 2))),
    );
    expect(kinds(answers)).toEqual({ Appointment: 4, SlotNotFree: 12 });
  });
});
