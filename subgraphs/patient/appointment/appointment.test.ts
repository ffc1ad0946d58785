import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { type Answer, person } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { patientId } from '../../common/seed.js';
import type { PatientContext } from '../context.js';
import { DEMO_PHYSICIAN_ID } from '../demo.js';
import { cancelUnconfirmed, remindOfAppointment, tellOfFollowUps } from './appointment.jobs.js';
import {
  type AppointmentsUnderTest,
  openAppointments,
  type PatientUnderTest,
  type PhysicianUnderTest,
} from './appointments-under-test.js';

const CHILD = patientId(2);
const caregiver = person('demo-caregiver', 'CAREGIVER');
const demoPhysician = person('demo-physician', 'PHYSICIAN');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let under: AppointmentsUnderTest;
let physician: PhysicianUnderTest;
let patient: PatientUnderTest;
let stranger: PatientUnderTest;
/** The next slot of the physician that no test has used. */
let next: () => string;
beforeAll(async () => {
  under = await openAppointments('appointment');
  physician = await under.physician('appointment-physician', 48);
  patient = await patientCalled('appointment-patient');
  stranger = await patientCalled('appointment-stranger');
  const slots = physician.slots.values();
  next = () => slots.next().value as string;
});
afterAll(() => under?.stop());

const patientCalled = async (subject: string) => (await under.patients([subject]))[0] as PatientUnderTest;
const bookingOf = (startsAt: string, change: object = {}) => ({
  patientId: patient.id,
  physicianId: physician.id,
  startsAt,
  reason: 'My hands ache',
  ...change,
});
const book = (startsAt = next(), change: object = {}, who = patient.who): Promise<Answer> =>
  under.does(who, 'bookAppointment', bookingOf(startsAt, change));
const does = (who: Identity, mutation: string, appointment: Answer, change: object = {}): Promise<Answer> =>
  under.does(who, mutation, { appointmentId: appointment.id, expectedVersion: appointment.version, ...change });
const confirmed = async (): Promise<Answer> => does(physician.who, 'confirmAppointment', await book());
const held = async (): Promise<Answer> => {
  const appointment = await confirmed();
  await under.shift(appointment.id, 15);
  return appointment;
};
const seen = async (who: Identity, id: string, fields = 'id status version reason'): Promise<Answer> =>
  (await under.ask(who, `query($id: ID!) { appointment(id: $id) { ${fields} } }`, { id })).data.appointment;
const starts = async (who = patient.who, of = physician): Promise<string[]> => {
  const from = new Date(of.slots[0] as string);
  const { data } = await under.ask(
    who,
    'query($id: ID!, $from: DateTime!, $to: DateTime!) { physician(id: $id) { slots(from: $from, to: $to) { startsAt } } }',
    { id: of.id, from: from.toISOString(), to: new Date(from.getTime() + DAY).toISOString() },
  );
  return data.physician.slots.map(({ startsAt }: Answer) => startsAt);
};
const asSystem = (work: (context: PatientContext) => Promise<void>) =>
  under.get('patient').asItself((context) => work(context as PatientContext));
/** A connection with the serving role in somebody's name: what the database says, whatever the code does. */
const as = async ({ subject, roles }: Identity): Promise<Client> => {
  const client = await under.serving('patient');
  await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
    subject,
    roles.join(','),
  ]);
  return client;
};
const treated = async (id: string): Promise<boolean> =>
  (await under.admin.query('select from patient.treatment where source_id = $1', [id])).rowCount === 1;

describe('an appointment', () => {
  test('is booked in a free slot, which is then no longer offered, and the physician is told', async () => {
    const startsAt = next();
    expect(await starts()).toContain(startsAt);
    const booked = await book(startsAt);
    expect(booked).toMatchObject({
      status: 'BOOKED',
      startsAt,
      allowedActions: ['MOVE', 'CANCEL'],
      events: [{ kind: 'BOOKED', by: 'PATIENT', startsAt }],
    });
    expect(await starts()).not.toContain(startsAt);
    expect(await under.noticesOf(booked.id)).toEqual([{ kind: 'APPOINTMENT_BOOKED', forPhysician: true }]);
    expect(await treated(booked.id)).toBe(true);
  });

  test('is booked once with one key, and not with another input', async () => {
    const startsAt = next();
    const first = await book(startsAt, { idempotencyKey: 'booked-once' });
    const again = await book(startsAt, { idempotencyKey: 'booked-once' });
    expect(again).toMatchObject({ __typename: 'Appointment', id: first.id, version: first.version });
    expect(await book(next(), { idempotencyKey: 'booked-once' })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  test('is refused where somebody else holds the slot, and others are offered', async () => {
    const startsAt = next();
    await book(startsAt);
    const refused = await book(startsAt, { patientId: stranger.id }, stranger.who);
    expect(refused).toMatchObject({ code: 'SLOT_NOT_FREE', path: ['input', 'startsAt'] });
    expect(refused.next).toHaveLength(5);
    const free = await starts();
    expect(free).toEqual(expect.arrayContaining(refused.next.map((slot: Answer) => slot.startsAt)));
  });

  test('is refused for a patient who is elsewhere at that time', async () => {
    const other = await under.physician('appointment-other-physician', 48);
    const startsAt = next();
    await book(startsAt);
    const refused = await book(startsAt, { physicianId: other.id });
    expect(refused).toMatchObject({ code: 'SLOT_NOT_FREE' });
    expect(refused.next.map((slot: Answer) => slot.startsAt)).not.toContain(startsAt);
  });

  test('needs the consent TREATMENT, in general or to this physician, until it is withdrawn', async () => {
    const { id, who } = await patientCalled('appointment-unwilling');
    await under.admin.query('delete from patient.consent where patient_id = $1', [id]);
    const startsAt = next();
    const booking = () => book(startsAt, { patientId: id }, who);
    expect(await booking()).toMatchObject({ code: 'CONSENT_MISSING', purpose: 'TREATMENT' });
    await under.consent([id], DEMO_PHYSICIAN_ID);
    expect(await booking()).toMatchObject({ code: 'CONSENT_MISSING' });
    await under.consent([id], physician.id);
    const booked = await booking();
    expect(booked).toMatchObject({ status: 'BOOKED' });
    const fields = 'status reason patient { id } ';
    expect(await seen(physician.who, booked.id, fields)).toEqual({
      status: 'BOOKED',
      reason: 'My hands ache',
      patient: { id },
    });
    await under.admin.query(
      `update patient.consent set withdrawn_at = now(), withdrawn_by = 'test' where patient_id = $1`,
      [id],
    );
    expect(await seen(physician.who, booked.id, fields)).toEqual({ status: 'BOOKED', reason: null, patient: null });
    expect(await does(physician.who, 'confirmAppointment', booked)).toMatchObject({ code: 'CONSENT_MISSING' });
    expect(await does(who, 'moveAppointment', booked, { startsAt: next() })).toMatchObject({ code: 'CONSENT_MISSING' });
    expect(await does(who, 'cancelAppointment', booked)).toMatchObject({ status: 'CANCELLED' });
  });

  test('is booked by a caregiver with the scope CARE and by no other, and for nobody whom they do not care for', async () => {
    await under.consent([CHILD]);
    const slots = (await starts(caregiver)).slice(-2);
    const booked = await book(slots[0], { patientId: CHILD }, caregiver);
    expect(booked).toMatchObject({ status: 'BOOKED', events: [{ by: 'CAREGIVER' }] });
    expect(await book(slots[1], {}, caregiver)).toMatchObject({ code: 'NOT_FOUND' });
    const scopes = (wanted: string) =>
      under.admin.query(`update patient.care_relationship set scopes = $2 where patient_id = $1`, [CHILD, wanted]);
    await scopes('{VIEW,APPLY}');
    expect(await book(slots[1], { patientId: CHILD }, caregiver)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await seen(caregiver, booked.id, 'id allowedActions')).toEqual({ id: booked.id, allowedActions: [] });
    expect(await does(caregiver, 'cancelAppointment', booked)).toMatchObject({ code: 'NOT_ALLOWED' });
    await scopes('{APPLY}');
    expect(await seen(caregiver, booked.id)).toBeNull();
    await scopes('{VIEW,APPLY,ORDER,CARE}');
  });

  test('is confirmed by its physician alone, who sees it in their calendar', async () => {
    const booked = await book();
    expect(await does(stranger.who, 'cancelAppointment', booked)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await does(demoPhysician, 'confirmAppointment', booked)).toMatchObject({ code: 'NOT_FOUND' });
    const stale = await does(physician.who, 'confirmAppointment', { ...booked, version: 7 });
    expect(stale).toMatchObject({ code: 'STALE_VERSION', currentVersion: booked.version });
    const done = await does(physician.who, 'confirmAppointment', booked);
    expect(done).toMatchObject({ status: 'CONFIRMED', allowedActions: ['MOVE', 'CANCEL'] });
    expect(await does(physician.who, 'confirmAppointment', done)).toMatchObject({
      code: 'WRONG_STATE',
      permitted: ['MOVE', 'CANCEL'],
    });
    expect((await under.noticesOf(booked.id)).at(-1)).toEqual({ kind: 'APPOINTMENT_CONFIRMED', forPhysician: false });
    const list = await under.ask(
      physician.who,
      'query($from: DateTime!) { myAppointments(from: $from, first: 1) { totalCount nodes { id startsAt patient { id } } pageInfo { hasNextPage endCursor } } }',
      { from: booked.startsAt },
    );
    expect(list.data.myAppointments.nodes).toEqual([
      { id: booked.id, startsAt: booked.startsAt, patient: { id: patient.id } },
    ]);
  });

  test('is moved: by the patient it is to be confirmed anew, by the physician not', async () => {
    const appointment = await confirmed();
    const [first, second] = [next(), next()];
    const byPatient = await does(patient.who, 'moveAppointment', appointment, { startsAt: first });
    expect(byPatient).toMatchObject({ status: 'BOOKED', startsAt: first });
    expect(await starts()).toContain(appointment.startsAt);
    const again = await does(physician.who, 'confirmAppointment', byPatient);
    const byPhysician = await does(physician.who, 'moveAppointment', again, { startsAt: second });
    expect(byPhysician).toMatchObject({ status: 'CONFIRMED', startsAt: second });
    const back = await does(physician.who, 'moveAppointment', byPhysician, { startsAt: first });
    const forth = await does(physician.who, 'moveAppointment', back, { startsAt: second });
    expect(forth.events.map(({ kind, by }: Answer) => `${kind} ${by}`)).toEqual([
      'BOOKED PATIENT',
      'CONFIRMED PHYSICIAN',
      'MOVED PATIENT',
      'CONFIRMED PHYSICIAN',
      'MOVED PHYSICIAN',
      'MOVED PHYSICIAN',
      'MOVED PHYSICIAN',
    ]);
    // also of a move to where it was before
    const moved = (await under.noticesOf(appointment.id)).filter(({ kind }) => kind === 'APPOINTMENT_MOVED');
    expect(moved.map(({ forPhysician }) => forPhysician)).toEqual([true, false, false, false]);
    expect(await does(patient.who, 'moveAppointment', forth, { startsAt: '2020-01-01T00:00:00Z' })).toMatchObject({
      code: 'SLOT_NOT_FREE',
    });
  });

  test('is moved by less than its own length: it is not in its own way', async () => {
    const other = await under.physician('appointment-shifted', 4, 12);
    const [first] = other.slots as [string];
    const appointment = await book(first, { physicianId: other.id });
    await under.admin.query('update patient.physician_hours set from_minute = 10 where physician_id = $1', [other.id]);
    const startsAt = new Date(new Date(first).getTime() + 600_000).toISOString();
    expect(await does(patient.who, 'moveAppointment', appointment, { startsAt })).toMatchObject({ startsAt });
  });

  test('is cancelled by either side before it begins, and the slot is free again', async () => {
    const one = await confirmed();
    expect(await does(physician.who, 'cancelAppointment', one)).toMatchObject({ path: ['input', 'reason'] });
    const cancelled = await does(physician.who, 'cancelAppointment', one, { reason: 'I am ill' });
    expect(cancelled).toMatchObject({ status: 'CANCELLED', cancelReason: 'I am ill', allowedActions: [] });
    expect(await starts()).toContain(one.startsAt);
    expect(await treated(one.id)).toBe(false);
    expect(await book(one.startsAt)).toMatchObject({ status: 'BOOKED' });
    const begun = await held();
    const tooLate = await does(patient.who, 'cancelAppointment', begun);
    expect(tooLate).toMatchObject({ code: 'WRONG_STATE', permitted: [] });
  });

  test('is completed with a summary, whose corrections keep what was written before', async () => {
    const early = await confirmed();
    const summary = { text: 'Gaucher, stable', advice: 'Walk', diagnosis: 'M. Gaucher', followUpInDays: 30 };
    expect(await does(physician.who, 'completeAppointment', early, summary)).toMatchObject({ code: 'WRONG_STATE' });
    await does(physician.who, 'cancelAppointment', early, { reason: 'Test' });
    const appointment = await held();
    expect(await does(patient.who, 'completeAppointment', appointment, summary)).toEqual([
      expect.objectContaining({ extensions: { code: 'FORBIDDEN' } }),
    ]);
    const done = await does(physician.who, 'completeAppointment', appointment, summary);
    const start = new Date((await seen(patient.who, appointment.id, 'startsAt')).startsAt).getTime();
    const followUpOn = new Date(start + 30 * DAY).toISOString().slice(0, 10);
    expect(done).toMatchObject({
      status: 'COMPLETED',
      summary: { number: 1, text: summary.text, followUpOn },
      allowedActions: ['CORRECT_SUMMARY'],
    });
    const corrected = await does(physician.who, 'correctConsultationSummary', done, { text: 'Better' });
    expect(corrected).toMatchObject({
      summary: { number: 2, text: 'Better', followUpOn: null },
      version: done.version + 1,
    });
    const { summaryVersions } = await seen(patient.who, done.id, 'summaryVersions { number text }');
    expect(summaryVersions.map(({ text }: Answer) => text)).toEqual(['Gaucher, stable', 'Better']);
    const query = 'query($id: ID!) { patient(id: $id) { consultationSummaries { totalCount nodes { text } } } }';
    for (const who of [patient.who, physician.who]) {
      const { data } = await under.ask(who, query, { id: patient.id });
      expect(data.patient.consultationSummaries).toEqual({ totalCount: 1, nodes: [{ text: 'Better' }] });
    }
    expect((await under.ask(demoPhysician, query, { id: patient.id })).data.patient).toBeNull();
    const kinds = (await under.noticesOf(done.id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'CONSULTATION_SUMMARY_READY')).toHaveLength(2);
  });

  test('is a no-show from ten minutes after its start', async () => {
    const appointment = await confirmed();
    await under.shift(appointment.id, 5);
    expect(await does(physician.who, 'recordNoShow', appointment)).toMatchObject({ permitted: ['COMPLETE'] });
    await under.shift(appointment.id, 11);
    expect(await does(physician.who, 'recordNoShow', appointment)).toMatchObject({
      status: 'NO_SHOW',
      allowedActions: [],
    });
  });

  test('is listed for its patient: what is to come, soonest first, and all, latest first', async () => {
    const who = await patientCalled('appointment-lister');
    const [one, other] = [next(), next()];
    for (const startsAt of [other, one]) await book(startsAt, { patientId: who.id }, who.who);
    const list = async (args: string) => {
      const query = `query($id: ID!, $after: ID) { patient(id: $id) { appointments(${args}, after: $after) { totalCount nodes { startsAt } pageInfo { hasNextPage endCursor } } } }`;
      const ask = async (after: string | null) =>
        (await under.ask(who.who, query, { id: who.id, after })).data.patient.appointments;
      const first = await ask(null);
      const second = await ask(first.pageInfo.endCursor);
      return [...first.nodes, ...second.nodes].map(({ startsAt }: Answer) => startsAt);
    };
    expect(await list('upcoming: true, first: 1')).toEqual([one, other]);
    expect(await list('first: 1')).toEqual([other, one]);
  });

  test('is shown at the times of a zone, and as a file for a calendar that names nobody', async () => {
    const booked = await book();
    const shown = await seen(
      patient.who,
      booked.id,
      'localStart berlin: localStart(zone: "Europe/Berlin") icalendar physician { id name(locale: ZH) hospital { id } }',
    );
    const berlin = new Date(shown.berlin);
    expect(berlin.toISOString()).toBe(booked.startsAt);
    expect(shown.localStart).toBe(booked.startsAt.replace('.000Z', '+00:00'));
    expect(shown.icalendar).toContain(`UID:${booked.id}@care-center`);
    expect(shown.icalendar).not.toMatch(/ache|Test|测试/i);
    const odd = await under.ask(
      patient.who,
      `{ appointment(id: "${booked.id}") { localStart(zone: "Mars/Olympus") } }`,
    );
    expect(odd.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  test.each([
    ['in the past', '2020-01-01T08:00:00Z'],
    ['in the year 9999', '9999-12-31T23:59:59Z'],
    ['between two slots', null],
  ])('%s is not free', async (_, startsAt) => {
    const between = new Date(new Date(physician.slots[0] as string).getTime() + 60_000).toISOString();
    const refused = await book(startsAt ?? between);
    expect(refused).toMatchObject({ code: 'SLOT_NOT_FREE' });
  });

  test.each([
    ['reason', { reason: ' ' }],
    ['reason', { reason: 'x'.repeat(501) }],
    ['physicianId', { physicianId: newId() }],
    ['patientId', { patientId: newId() }],
  ])('is refused for its %s', async (field, change) => {
    expect(await book(physician.slots.at(-1), change)).toMatchObject({ path: ['input', field] });
  });
});

describe('a physician’s hours', () => {
  const own = async (): Promise<Answer> =>
    (await under.ask(demoPhysician, '{ me { physician { version hours { weekday from to zone } } } }')).data.me
      .physician;
  const hours = (change: object = {}) => ({
    weekday: 'MONDAY',
    from: '09:00',
    to: '10:00',
    slotMinutes: 30,
    bufferMinutes: 0,
    validFrom: '2026-01-01',
    ...change,
  });
  const set = async (zone: string, of: object[], change: object = {}): Promise<Answer> => {
    const { data, errors } = await under.ask(
      demoPhysician,
      `mutation($input: SetPhysicianHoursInput!) { setPhysicianHours(input: $input) {
        ... on Physician { version hours { weekday from to zone } } ... on UserError { code path } } }`,
      { input: { zone, hours: of, expectedVersion: (await own()).version, idempotencyKey: newId(), ...change } },
    );
    return data?.setPhysicianHours ?? errors;
  };

  test('are the demo’s, for anybody, until they are set anew', async () => {
    const anybody = await under.ask(ANONYMOUS, 'query($id: ID!) { physician(id: $id) { hours { from } } }', {
      id: DEMO_PHYSICIAN_ID,
    });
    expect(anybody.data.physician.hours).toHaveLength(14);
    const { version } = await own();
    const after = await set('Europe/Berlin', [hours(), hours({ weekday: 'SUNDAY', from: '00:00', to: '24:00' })]);
    expect(after).toEqual({
      version: version + 1,
      hours: [
        { weekday: 'MONDAY', from: '09:00', to: '10:00', zone: 'Europe/Berlin' },
        { weekday: 'SUNDAY', from: '00:00', to: '24:00', zone: 'Europe/Berlin' },
      ],
    });
    expect(await set('UTC', [], { expectedVersion: version })).toMatchObject({ code: 'STALE_VERSION' });
  });

  test.each([
    ['a zone that does not exist', 'Mars/Olympus', {}, ['input', 'zone']],
    ['no length', 'UTC', { to: '09:00' }, ['input', 'hours', '0', 'to']],
    ['an end before the start', 'UTC', { to: '08:00' }, ['input', 'hours', '0', 'to']],
    ['a pause of a thousand million minutes', 'UTC', { bufferMinutes: 1e9 }, ['input', 'hours', '0', 'bufferMinutes']],
  ])('are refused for %s', async (_, zone, change, path) => {
    expect(await set(zone, [hours(change)])).toMatchObject({ code: 'INVALID_INPUT', path });
  });

  test('give no slots while the physician is away, and give them again when that is taken back', async () => {
    const all = await starts();
    const away = await under.ask(
      physician.who,
      'mutation($input: AddAbsenceInput!) { addAbsence(input: $input) { ... on Absence { id } ... on UserError { code } } }',
      { input: { startsAt: all[0], endsAt: all.at(-1), idempotencyKey: newId() } },
    );
    expect(await starts()).toEqual(all.slice(-1));
    const { id } = away.data.addAbsence;
    const list = '{ myAbsences { totalCount nodes { id } } }';
    expect((await under.ask(physician.who, list)).data.myAbsences).toEqual({ totalCount: 1, nodes: [{ id }] });
    expect((await under.ask(demoPhysician, list)).data.myAbsences.nodes).toEqual([]);
    const remove = (who: Identity) =>
      under.ask(who, 'mutation($input: RemoveAbsenceInput!) { removeAbsence(input: $input) { __typename } }', {
        input: { absenceId: id, idempotencyKey: newId() },
      });
    expect((await remove(demoPhysician)).data.removeAbsence.__typename).toBe('NotFound');
    expect((await remove(physician.who)).data.removeAbsence.__typename).toBe('Physician');
    expect(await starts()).toEqual(all);
  });

  test.each([
    ['ends before it begins', '2026-12-02T00:00:00Z', '2026-12-01T00:00:00Z', null],
    ['is longer than 31 days', '2026-12-01T00:00:00Z', '2027-02-01T00:00:00Z', null],
    ['has a zone that does not exist', '2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z', '+08:00'],
  ])('are not asked for in a window that %s', async (_, from, to, zone) => {
    const { errors } = await under.ask(
      patient.who,
      'query($id: ID!, $from: DateTime!, $to: DateTime!, $zone: String) { physician(id: $id) { slots(from: $from, to: $to, zone: $zone) { startsAt } } }',
      { id: physician.id, from, to, zone },
    );
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('what is done later', () => {
  test('reminds both sides a day and an hour before, and says nothing stale', async () => {
    const appointment = await confirmed();
    const { rows } = await under.admin.query(
      `select run_at from patient_jobs.jobs where key like 'remind-of-appointment:%' || $1 order by run_at`,
      [appointment.id],
    );
    const start = new Date(appointment.startsAt).getTime();
    expect(rows.map(({ run_at }) => start - run_at.getTime())).toEqual([24 * HOUR, HOUR]);

    const remind = (hours: number, now: number) =>
      asSystem((context) => remindOfAppointment({ appointmentId: appointment.id, hours }, context, new Date(now)));
    const soon = async () =>
      (await under.noticesOf(appointment.id)).filter(({ kind }) => kind === 'APPOINTMENT_SOON').length;
    await remind(24, start - 48 * HOUR);
    expect(await soon()).toBe(0);
    await under.shift(appointment.id, -24 * 60);
    const moved = new Date((await seen(patient.who, appointment.id, 'startsAt')).startsAt).getTime();
    await remind(24, moved - 24 * HOUR);
    await remind(24, moved - 24 * HOUR);
    expect(await soon()).toBe(2);
    // the second one is told although the first was
    await under.admin.query(
      `update patient.notice set at = at - interval '2 days', happens_at = happens_at where about_id = $1`,
      [appointment.id],
    );
    await under.shift(appointment.id, -60);
    await remind(1, Date.now());
    expect(await soon()).toBe(4);
    await does(patient.who, 'cancelAppointment', await seen(patient.who, appointment.id));
    await remind(1, Date.now());
    expect(await soon()).toBe(4);
  });

  test('has the reminders of a moved appointment follow it', async () => {
    const appointment = await book();
    const startsAt = next();
    await does(patient.who, 'moveAppointment', appointment, { startsAt });
    const { rows } = await under.admin.query(
      `select run_at from patient_jobs.jobs where key like 'remind-of-appointment:%' || $1 order by run_at`,
      [appointment.id],
    );
    const start = new Date(startsAt).getTime();
    expect(rows.map(({ run_at }) => start - run_at.getTime())).toEqual([24 * HOUR, HOUR]);
  });

  test('tells both sides once of a follow-up that is due, and not of one that is booked', async () => {
    const who = await patientCalled('appointment-follow-up');
    const appointment = await does(
      physician.who,
      'confirmAppointment',
      await book(next(), { patientId: who.id }, who.who),
    );
    await under.shift(appointment.id, 15);
    await does(physician.who, 'completeAppointment', appointment, { text: 'Fine', followUpInDays: 20 });
    const tellAt = (days: number) =>
      asSystem((context) => tellOfFollowUps({}, context, new Date(Date.now() + days * DAY)));
    const due = async () => (await under.noticesOf(appointment.id)).filter(({ kind }) => kind === 'FOLLOW_UP_DUE');
    await tellAt(18);
    expect(await due()).toEqual([]);
    const another = await book(next(), { patientId: who.id }, who.who);
    await tellAt(22);
    expect(await due()).toEqual([]);
    await does(who.who, 'cancelAppointment', another);
    await tellAt(22);
    await tellAt(23);
    expect(await due()).toHaveLength(2);
  });

  test('cancels what no physician confirmed until a day after its end', async () => {
    const appointment = await book();
    await under.shift(appointment.id, 23 * 60);
    await asSystem((context) => cancelUnconfirmed({}, context));
    expect(await seen(patient.who, appointment.id, 'status')).toEqual({ status: 'BOOKED' });
    await under.shift(appointment.id, 26 * 60);
    await asSystem((context) => cancelUnconfirmed({}, context));
    expect(await seen(patient.who, appointment.id, 'status events { by kind }')).toMatchObject({
      status: 'CANCELLED',
      events: [{ by: 'PATIENT' }, { by: 'SYSTEM', kind: 'CANCELLED' }],
    });
    expect((await under.noticesOf(appointment.id)).at(-1)).toEqual({
      kind: 'APPOINTMENT_CANCELLED',
      forPhysician: false,
    });
    expect(await treated(appointment.id)).toBe(false);
  });
});

describe('the tables alone', () => {
  const insert = `insert into appointment (id, patient_id, physician_id, starts_at, ends_at, busy_until, zone, status, reason, created_at, changed_at)
    values (uuidv7(), $1, $2, $3::timestamptz, $3::timestamptz + interval '20 minutes', $3::timestamptz + interval '30 minutes', 'UTC', $4, 'x', now(), now())`;
  const RLS = 'violates row-level security policy';

  test('never hold two appointments of a physician, or of a patient, at once', async () => {
    const booked = await book();
    const into = insert.replace('into appointment', 'into patient.appointment');
    const inIt = new Date(new Date(booked.startsAt).getTime() + 25 * 60_000).toISOString();
    await expect(under.admin.query(into, [stranger.id, physician.id, inIt, 'BOOKED'])).rejects.toThrow(
      'appointment_physician_free',
    );
    await expect(
      under.admin.query(into, [patient.id, DEMO_PHYSICIAN_ID, booked.startsAt, 'CONFIRMED']),
    ).rejects.toThrow('appointment_patient_free');
    await expect(
      under.admin.query('update patient.appointment set starts_at = $2, ends_at = $3, busy_until = $3 where id = $1', [
        (await book()).id,
        booked.startsAt,
        new Date(new Date(booked.startsAt).getTime() + HOUR / 6).toISOString(),
      ]),
    ).rejects.toThrow('appointment_physician_free');
  });

  test('take a booking only from the patient’s side, with consent, with another than oneself, and soon', async () => {
    const own = await as(patient.who);
    const [one, far] = [next(), new Date(Date.now() + 90 * DAY).toISOString()];
    await expect(own.query(insert, [stranger.id, physician.id, one, 'BOOKED'])).rejects.toThrow(RLS);
    await expect(own.query(insert, [patient.id, physician.id, one, 'CONFIRMED'])).rejects.toThrow(RLS);
    await expect(own.query(insert, [patient.id, physician.id, far, 'BOOKED'])).rejects.toThrow('sixty days');
    const doctor = await as(physician.who);
    await expect(doctor.query(insert, [patient.id, physician.id, one, 'BOOKED'])).rejects.toThrow(RLS);
    await under.admin.query(
      `update patient.consent set withdrawn_at = now(), withdrawn_by = 'test' where patient_id = $1`,
      [stranger.id],
    );
    const other = await as(stranger.who);
    await expect(other.query(insert, [stranger.id, physician.id, one, 'BOOKED'])).rejects.toThrow(RLS);
    await under.consent([stranger.id]);
    const self = await patientCalled('appointment-self');
    await under.admin.query(`update patient.patient set subject = 'appointment-physician' where id = $1`, [self.id]);
    const both = await as({ ...physician.who, roles: ['PATIENT', 'PHYSICIAN'] });
    await expect(both.query(insert, [self.id, physician.id, one, 'BOOKED'])).rejects.toThrow(RLS);
  });

  test('let each side change only what is theirs, and nobody what is over', async () => {
    const booked = await book();
    const own = await as(patient.who);
    const doctor = await as(physician.who);
    const other = await as(demoPhysician);
    const update = (client: Client, change: string) =>
      client.query(`update appointment set ${change} where id = $1`, [booked.id]);
    await expect(update(own, `status = 'CONFIRMED'`)).rejects.toThrow('only the physician');
    await expect(update(own, `status = 'COMPLETED'`)).rejects.toThrow('only the physician');
    await expect(update(doctor, `patient_id = '${stranger.id}'`)).rejects.toThrow('stays whose it is');
    await expect(update(doctor, `physician_id = '${DEMO_PHYSICIAN_ID}'`)).rejects.toThrow();
    await expect(update(doctor, `reason = 'x'`)).rejects.toThrow('stays whose it is');
    await expect(update(doctor, `status = 'COMPLETED'`)).rejects.toThrow('has not begun');
    await expect(
      update(
        doctor,
        `starts_at = now() + interval '1 year', ends_at = now() + interval '1 year 10 minutes', busy_until = now() + interval '1 year 20 minutes'`,
      ),
    ).rejects.toThrow('sixty days');
    expect((await update(other, `status = 'CANCELLED'`)).rowCount).toBe(0);
    expect((await update(await as(stranger.who), `status = 'CANCELLED'`)).rowCount).toBe(0);
    await update(own, `status = 'CANCELLED'`);
    await expect(update(own, `status = 'BOOKED'`)).rejects.toThrow('what is over');
    await expect(own.query('delete from appointment')).rejects.toThrow('permission denied');
    for (const change of ['delete from', 'update']) {
      const set = change === 'update' ? `set kind = 'BOOKED'` : '';
      await expect(doctor.query(`${change} appointment_event ${set}`)).rejects.toThrow('permission denied');
    }
    await expect(
      doctor.query(
        `insert into appointment_event (id, appointment_id, kind, starts_at, at, by_role) values (uuidv7(), $1, 'BOOKED', now(), now(), 'PATIENT')`,
        [booked.id],
      ),
    ).rejects.toThrow('permission denied');
  });

  test('take a summary only from the physician who held the consultation and still treats the patient', async () => {
    const appointment = await held();
    const write = (client: Client, of = appointment.id, whose = patient.id, by = physician.id) =>
      client.query(
        `insert into consultation_summary (id, appointment_id, patient_id, physician_id, number, text, written_at)
         values (uuidv7(), $1, $2, $3, 7, 'x', now())`,
        [of, whose, by],
      );
    const doctor = await as(physician.who);
    await expect(write(doctor)).rejects.toThrow(RLS);
    await does(physician.who, 'completeAppointment', appointment, { text: 'Fine' });
    await expect(write(doctor, appointment.id, stranger.id)).rejects.toThrow(RLS);
    await expect(write(await as(demoPhysician), appointment.id, patient.id, DEMO_PHYSICIAN_ID)).rejects.toThrow(RLS);
    await expect(write(await as(patient.who))).rejects.toThrow(RLS);
    await expect(doctor.query(`update consultation_summary set text = 'y'`)).rejects.toThrow('permission denied');
    const count = async (client: Client) =>
      (await client.query('select from consultation_summary where appointment_id = $1', [appointment.id])).rowCount;
    expect(
      await Promise.all([doctor, await as(patient.who), await as(stranger.who), await as(demoPhysician)].map(count)),
    ).toEqual([1, 1, 0, 0]);
  });

  test('keep hours and absences to the physician', async () => {
    const other = await as(demoPhysician);
    expect((await other.query('delete from physician_hours where physician_id = $1', [physician.id])).rowCount).toBe(0);
    await expect(
      other.query(
        `insert into physician_absence (id, physician_id, starts_at, ends_at) values (uuidv7(), $1, now(), now() + interval '1 day')`,
        [physician.id],
      ),
    ).rejects.toThrow(RLS);
    expect((await (await as(patient.who)).query('select from physician_absence')).rowCount).toBe(0);
  });

  test('log that a physician read an appointment, and not that the patient did', async () => {
    const booked = await book();
    const log = async () =>
      (
        await under.admin.query(
          `select subject, role, purpose from patient.access_log where record = 'Appointment' and record_id = $1`,
          [booked.id],
        )
      ).rows;
    await seen(patient.who, booked.id);
    expect(await log()).toEqual([]);
    await seen(physician.who, booked.id);
    expect(await log()).toEqual([{ subject: physician.who.subject, role: 'PHYSICIAN', purpose: 'TREATMENT' }]);
  });
});
