import { createHash } from 'node:crypto';
import { shanghaiDay } from '../subgraphs/common/calendar.js';
import { applicationId, patientId } from '../subgraphs/common/seed.js';
import { DEMO_PHYSICIAN_ID } from '../subgraphs/patient/demo.js';
import type { Person } from './client.js';
import { type Step, shows, step, Unexpected } from './story.js';
import { until } from './until.js';

/**
 * Care from the first appointment to the right to be forgotten, told by a patient, a caregiver, a physician and a hospital: as
 * steps that follow each other. It is about a demo patient, so it is told once on the same data.
 */

const PEOPLE = ['patient', 'caregiver', 'other-patient', 'physician', 'hospital', 'reviewer', 'admin'] as const;
type Name = (typeof PEOPLE)[number];

const DAY = 86_400_000;
const APPOINTMENT = '... on Appointment { id status version startsAt allowedActions }';
const RECORD = 'query($id: ID!) { patient(id: $id) { id displayName } }';
const NOBODY = '01934a3c-5800-7000-8000-00000000ffff';

export class CareStory {
  readonly patientId = patientId(0);
  readonly physicianId = DEMO_PHYSICIAN_ID;
  code = '';
  care = { id: '', version: 0 };
  appointment = { id: '', version: 0, startsAt: '' };
  plan = { id: '', version: 0 };
  documentId = '';
  treatment = { id: '', version: 0 };
  child = { id: '', name: 'Demo Grandchild Xiaoyu' };
  erasureId = '';

  private constructor(
    readonly url: string,
    readonly anyone: Person,
    private readonly people: ReadonlyMap<string, Person>,
  ) {}

  /** Signs everybody in. @param person gives a demo person or partner */
  static async begin(url: string, person: (name: string) => Promise<Person>, anyone: Person): Promise<CareStory> {
    const signedIn = PEOPLE.map(async (name) => [name, await person(name)] as const);
    return new CareStory(url, anyone, new Map(await Promise.all(signedIn)));
  }

  who(name: Name): Person {
    return this.people.get(name) as Person;
  }

  /** What somebody sees of the patient: null when nothing. */
  async record(person: Person, selection = 'id displayName') {
    const { data } = await person.ask(`query($id: ID!) { patient(id: $id) { ${selection} } }`, { id: this.patientId });
    return data?.patient ?? null;
  }

  /** The physician's free slots of the next weeks. */
  async slots(person: Person): Promise<{ startsAt: string; localStart: string; zone: string }[]> {
    const { data } = await person.ask(
      `query($id: ID!, $from: DateTime!, $to: DateTime!) { physician(id: $id) {
        name slots(from: $from, to: $to, zone: "Europe/Berlin") { startsAt localStart zone } } }`,
      {
        id: this.physicianId,
        from: new Date().toISOString(),
        to: new Date(Date.now() + 14 * DAY).toISOString(),
      },
    );
    return data.physician.slots;
  }

  /** The kinds of what the patient was told, newest first. */
  async told(): Promise<string[]> {
    const { notices } = await this.record(this.who('patient'), 'notices(first: 50) { nodes { kind } }');
    return notices.nodes.map(({ kind }: { kind: string }) => kind);
  }
}

/** A small and honest PDF. */
const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const identityAndWhoSeesIt: Step<CareStory>[] = [
  step('the patient sees themselves masked in what can be a list, and in clear one at a time', async (story) => {
    const { identity } = await story.record(story.who('patient'), 'identity { legalName nationalId phone }');
    for (const masked of Object.values(identity))
      if (!String(masked).includes('*')) throw new Unexpected('a mask', masked);
    const { data } = await story
      .who('patient')
      .ask('query($id: ID!) { patientIdentity(patientId: $id) { phone nationalId } }', { id: story.patientId });
    if (/[*]/.test(data.patientIdentity.phone)) throw new Unexpected('a phone number', data.patientIdentity.phone);
    for (const stranger of ['other-patient', 'caregiver', 'physician', 'reviewer', 'admin'] as const) {
      const answer = await story
        .who(stranger)
        .ask('query($id: ID!) { patientIdentity(patientId: $id) { phone } }', { id: story.patientId });
      shows(answer.data, { patientIdentity: null });
    }
  }),
  step('a caregiver sees nothing before they are invited', async (story) => {
    shows(await story.record(story.who('caregiver')), null);
  }),
  step('the patient invites a caregiver by a code, to see and to take part in care', async (story) => {
    const made = await story
      .who('patient')
      .does(
        'inviteCaregiver',
        { patientId: story.patientId, scopes: ['VIEW', 'CARE'] },
        '... on CareInvitation { state invitationCode scopes }',
      );
    shows(made, { __typename: 'CareInvitation', state: 'OPEN', scopes: ['VIEW', 'CARE'] });
    story.code = made.invitationCode;
  }),
  step('the caregiver accepts and sees the record; the code works once', async (story) => {
    const selection = '... on AcceptedCare { patient { displayName } care { id version scopes } }';
    const input = { code: story.code, label: 'Aunt' };
    const accepted = await story.who('caregiver').does('acceptCareInvitation', input, selection);
    shows(accepted, { __typename: 'AcceptedCare', patient: { displayName: 'Demo Patient' } });
    story.care = accepted.care;
    shows(await story.record(story.who('caregiver')), { id: story.patientId });
    const again = await story.who('caregiver').does('acceptCareInvitation', input, selection);
    shows(again, { __typename: 'CareCodeInvalid' });
    if (!(await story.told()).includes('CARE_INVITATION_ACCEPTED'))
      throw new Unexpected('a notice', await story.told());
  }),
  step('a caregiver grants nobody more than they have', async (story) => {
    const more = { patientId: story.patientId, scopes: ['VIEW', 'ORDER'] };
    const refused = await story.who('caregiver').does('inviteCaregiver', more, '... on MoreThanYouHave { scopes }');
    shows(refused, { __typename: 'MoreThanYouHave', scopes: ['VIEW', 'CARE'] });
  }),
];

const telemedicine: Step<CareStory>[] = [
  step('anybody finds verified physicians, and nobody their licences', async (story) => {
    const { data } = await story.anyone.ask(
      'query($id: ID!) { physician(id: $id) { name title verified languages hospital { nameEn } } }',
      { id: story.physicianId },
    );
    shows(data.physician, { verified: true });
    const licence = await story
      .who('admin')
      .ask('query($id: ID!) { physician(id: $id) { licenceNumber } }', { id: story.physicianId });
    if (!licence.data.physician.licenceNumber.includes('*')) throw new Unexpected('a mask', licence.data);
  }),
  step('a physician sees nothing of those whom they do not treat', async (story) => {
    const { data } = await story.who('physician').ask(RECORD, { id: patientId(1) });
    shows(data, { patient: null });
  }),
  step('the caregiver books a slot, shown in the time zone that was asked for', async (story) => {
    const [slot] = await story.slots(story.who('caregiver'));
    if (!slot) throw new Unexpected('a free slot', null);
    shows(slot, { zone: 'Europe/Berlin' });
    const input = {
      patientId: story.patientId,
      physicianId: story.physicianId,
      startsAt: slot.startsAt,
      reason: 'The pain is back.',
    };
    const booked = await story.who('caregiver').does('bookAppointment', input, APPOINTMENT);
    shows(booked, { __typename: 'Appointment', status: 'BOOKED', startsAt: slot.startsAt });
    story.appointment = booked;
    const { data } = await story
      .who('physician')
      .ask('{ physicianNotices(onlyUnread: true) { nodes { kind aboutId } } }');
    shows(data.physicianNotices.nodes[0], { kind: 'APPOINTMENT_BOOKED', aboutId: booked.id });
  }),
  step('nobody else can have the slot, and is offered others', async (story) => {
    const input = {
      patientId: patientId(1),
      physicianId: story.physicianId,
      startsAt: story.appointment.startsAt,
      reason: 'A first look.',
    };
    const refused = await story
      .who('other-patient')
      .does('bookAppointment', input, '... on SlotNotFree { next { startsAt } }');
    shows(refused, { __typename: 'SlotNotFree', code: 'SLOT_NOT_FREE' });
    if (refused.next.length === 0) throw new Unexpected('other slots', refused);
    const free = await story.slots(story.who('other-patient'));
    if (free.some(({ startsAt }) => startsAt === story.appointment.startsAt))
      throw new Unexpected('no such slot', free);
  }),
  step('the physician sees it, confirms it, and the patient has it for the calendar', async (story) => {
    const { data } = await story
      .who('physician')
      .ask('{ myAppointments(first: 50) { nodes { id version allowedActions patient { displayName } } } }');
    const mine = data.myAppointments.nodes.find(({ id }: { id: string }) => id === story.appointment.id);
    shows(mine, { patient: { displayName: 'Demo Patient' } });
    const confirmed = await story
      .who('physician')
      .does('confirmAppointment', { appointmentId: mine.id, expectedVersion: mine.version }, APPOINTMENT);
    shows(confirmed, { status: 'CONFIRMED' });
    story.appointment = confirmed;
    const asked = await story
      .who('patient')
      .ask('query($id: ID!) { appointment(id: $id) { icalendar events { kind } } }', { id: mine.id });
    shows(asked.data.appointment.events, [{ kind: 'BOOKED' }, { kind: 'CONFIRMED' }]);
    if (!asked.data.appointment.icalendar.startsWith('BEGIN:VCALENDAR')) throw new Unexpected('a calendar', asked.data);
    const stranger = await story
      .who('other-patient')
      .ask('query($id: ID!) { appointment(id: $id) { id } }', { id: mine.id });
    shows(stranger.data, { appointment: null });
  }),
  step('the patient moves it, and it waits to be confirmed anew', async (story) => {
    const slots = await story.slots(story.who('patient'));
    const { id, version } = story.appointment;
    const input = { appointmentId: id, expectedVersion: version, startsAt: slots[1]?.startsAt };
    const moved = await story.who('patient').does('moveAppointment', input, APPOINTMENT);
    shows(moved, { status: 'BOOKED', startsAt: slots[1]?.startsAt });
    const stale = await story.who('patient').does('moveAppointment', input, '... on StaleVersion { currentVersion }');
    shows(stale, { __typename: 'StaleVersion', currentVersion: moved.version });
    story.appointment = moved;
  }),
  step('what the physician and the caregiver read of the patient stands in the access log', async (story) => {
    await story.record(story.who('physician'), 'id displayName diagnoses { id }');
    const { accessLog } = await story.record(
      story.who('patient'),
      'accessLog(first: 50) { totalCount nodes { role purpose record fields subgraph physician { id } } }',
    );
    const of = (role: string) => accessLog.nodes.filter((entry: { role: string }) => entry.role === role);
    shows(of('PHYSICIAN')[0], { purpose: 'TREATMENT', subgraph: 'patient', physician: { id: story.physicianId } });
    shows(of('CAREGIVER')[0], { purpose: 'CARE', physician: null });
    if (of('PATIENT').length > 0) throw new Unexpected('nothing of the patient’s own reading', of('PATIENT'));
  }),
];

const careManagement: Step<CareStory>[] = [
  step('the physician writes a care plan, with articles for the disease and its stage', async (story) => {
    const { diagnoses } = await story.record(story.who('physician'), 'diagnoses { disease { id } }');
    const input = {
      patientId: story.patientId,
      diseaseId: diagnoses[0].disease.id,
      stage: 'ACTIVE',
      title: 'The next three months',
      goals: ['Fewer days with pain'],
      tasks: [
        { title: 'Write the diary', kind: 'MEASUREMENT', firstDueOn: shanghaiDay(new Date()), repeatsEveryDays: 1 },
      ],
    };
    const selection = '... on CarePlan { id version status tasks { id title nextDueOn } }';
    const made = await story.who('physician').does('createCarePlan', input, selection);
    shows(made, { __typename: 'CarePlan', status: 'ACTIVE' });
    story.plan = made;
    const { data } = await story
      .who('patient')
      .ask(
        'query($id: ID!) { carePlan(id: $id) { physician { name } articles { titleEn authorClass sources } tasks { id } } }',
        {
          id: made.id,
        },
      );
    if (data.carePlan.articles.length === 0) throw new Unexpected('articles', data.carePlan);
    const done = await story
      .who('caregiver')
      .does(
        'completeCareTask',
        { taskId: data.carePlan.tasks[0].id, occurrenceOn: shanghaiDay(new Date()) },
        '... on CareTask { progress { due done } }',
      );
    shows(done, { __typename: 'CareTask', progress: { due: 1, done: 1 } });
  }),
  step('the patient keeps a diary, but not of tomorrow', async (story) => {
    const symptoms = [{ code: 'PAIN', severity: 9 }];
    const { data } = await story.who('patient').ask('{ symptoms { code } }');
    const code = data.symptoms.find((each: { code: string }) => /pain/i.test(each.code)).code;
    const today = shanghaiDay(new Date());
    const entry = (on: string, expectedVersion?: number) => ({
      patientId: story.patientId,
      on,
      symptoms: symptoms.map((each) => ({ ...each, code })),
      expectedVersion,
    });
    const selection = '... on DiaryEntry { on symptoms { severity } } ... on StaleVersion { currentVersion }';
    const first = await story.who('patient').does('recordDiaryEntry', entry(today), selection);
    // the demo patient may have written today already
    const written = first.currentVersion
      ? await story.who('patient').does('recordDiaryEntry', entry(today, first.currentVersion), selection)
      : first;
    shows(written, { __typename: 'DiaryEntry', on: today, symptoms: [{ severity: 9 }] });
    const tomorrow = shanghaiDay(new Date(Date.now() + DAY));
    shows(await story.who('patient').does('recordDiaryEntry', entry(tomorrow), selection), {
      __typename: 'InvalidInput',
    });
    shows(await story.record(story.who('physician'), 'diaryTrend { direction }'), {
      diaryTrend: { direction: 'WORSE' },
    });
  }),
  step('the physician finds the patient among those to look at, and why', async (story) => {
    const { data } = await story
      .who('physician')
      .ask('{ patientsToLookAt(first: 50) { nodes { patient { id } reasons { kind } } } }');
    const found = data.patientsToLookAt.nodes.find(
      (each: { patient: { id: string } }) => each.patient.id === story.patientId,
    );
    shows(found.reasons[0], { kind: 'DIARY_WORSE' });
  }),
  step('a questionnaire says what to do next and never what somebody has; unknown items are refused', async (story) => {
    const { data } = await story.anyone.ask(
      '{ questionnaires { code version forClinicalUse label items { code kind required min options { value } } } }',
    );
    const [questionnaire] = data.questionnaires;
    shows(questionnaire, { forClinicalUse: false });
    const answers = questionnaire.items.map(
      ({ code, kind, min, options }: { code: string; kind: string; min: number; options: { value: string }[] }) => ({
        item: code,
        value: kind === 'YES_NO' ? 'NO' : kind === 'CHOICE' ? options[0]?.value : String(min),
      }),
    );
    const of = { patientId: story.patientId, code: questionnaire.code, version: questionnaire.version };
    const selection = '... on QuestionnaireResult { score nextStep band { code } }';
    const result = await story.who('patient').does('answerQuestionnaire', { ...of, answers }, selection);
    shows(result, { __typename: 'QuestionnaireResult' });
    if (!result.nextStep) throw new Unexpected('what to do next', result);
    const unknown = [...answers, { item: 'no-such-item', value: '1' }];
    shows(await story.who('patient').does('answerQuestionnaire', { ...of, answers: unknown }, selection), {
      __typename: 'InvalidInput',
    });
  }),
];

const papers: Step<CareStory>[] = [
  step('the patient uploads a paper, once, and what is announced must be what is sent', async (story) => {
    const announced = {
      patientId: story.patientId,
      kind: 'DIAGNOSIS_CERTIFICATE',
      fileName: '出院小结.pdf',
      mediaType: 'PDF',
      byteSize: PDF.length,
      sha256: sha256(PDF),
    };
    const selection = '... on DocumentUpload { document { id status } uploadUrl headers { name value } }';
    const ticket = await story.who('patient').does('requestDocumentUpload', announced, selection);
    shows(ticket, { __typename: 'DocumentUpload', document: { status: 'AWAITING_UPLOAD' } });
    story.documentId = ticket.document.id;
    const headers = Object.fromEntries(
      ticket.headers.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    const put = () => fetch(new URL(ticket.uploadUrl, story.url), { method: 'PUT', headers, body: PDF });
    shows((await put()).status, 201);
    shows((await put()).status, 409);
  }),
  step('the application no longer misses the paper, and its reviewer can read it', async (story) => {
    const ask = async (person: Person) =>
      (
        await person.ask(
          'query($id: ID!, $document: ID!) { application(id: $id) { missingDocuments } document(id: $document) { fileName } }',
          { id: applicationId(0, 1), document: story.documentId },
        )
      ).data;
    for (const reader of ['patient', 'reviewer'] as const) {
      const { application, document } = await ask(story.who(reader));
      if (application.missingDocuments.includes('DIAGNOSIS_CERTIFICATE'))
        throw new Unexpected('no such paper', application);
      if (application.missingDocuments.length === 0) throw new Unexpected('the others', application);
      shows(document, { fileName: '出院小结.pdf' });
    }
  }),
  step('the physician who treats reads it by a short-lived address, and a stranger has none', async (story) => {
    const read = 'query($id: ID!) { document(id: $id) { status fileName downloadUrl } }';
    const { data } = await story.who('physician').ask(read, { id: story.documentId });
    shows(data.document, { status: 'STORED', fileName: '出院小结.pdf' });
    const answer = await fetch(new URL(data.document.downloadUrl, story.url));
    shows(answer.status, 200);
    shows(sha256(new Uint8Array(await answer.arrayBuffer())), sha256(PDF));
    shows((await story.who('other-patient').ask(read, { id: story.documentId })).data, { document: null });
  }),
  step('an address is worth nothing once its holder may no longer see the paper', async (story) => {
    const read = 'query($id: ID!) { document(id: $id) { downloadUrl } }';
    const { data } = await story.who('physician').ask(read, { id: story.documentId });
    const address = new URL(data.document.downloadUrl, story.url);
    const { consents } = await story.record(
      story.who('patient'),
      'consents(first: 50) { nodes { id version purpose withdrawnAt } }',
    );
    story.treatment = consents.nodes.find(
      (each: { purpose: string; withdrawnAt: unknown }) => each.purpose === 'TREATMENT' && each.withdrawnAt === null,
    );
    const withdrawn = await story
      .who('patient')
      .does(
        'withdrawConsent',
        { consentId: story.treatment.id, expectedVersion: story.treatment.version },
        '... on Consent { withdrawnAt }',
      );
    if (!withdrawn.withdrawnAt) throw new Unexpected('a withdrawn consent', withdrawn);
    shows((await fetch(address)).status, 404);
    shows(await story.record(story.who('physician')), null);
    const plan = await story
      .who('physician')
      .ask('query($id: ID!) { carePlan(id: $id) { id } }', { id: story.plan.id });
    shows(plan.data, { carePlan: null });
  }),
  step('in an emergency the physician opens the record with a reason, and the patient is told', async (story) => {
    const vague = { patientId: story.patientId, reason: 'Urgent.' };
    shows(await story.who('physician').does('openRecordInEmergency', vague, ''), { __typename: 'InvalidInput' });
    const reason = 'Found unconscious in the ward, medication unknown.';
    const opened = await story
      .who('physician')
      .does(
        'openRecordInEmergency',
        { patientId: story.patientId, reason },
        '... on EmergencyAccess { until patient { id } }',
      );
    shows(opened, { __typename: 'EmergencyAccess', patient: { id: story.patientId } });
    shows(await story.record(story.who('physician')), { id: story.patientId });
    shows((await story.told())[0], 'RECORD_OPENED_IN_EMERGENCY');
    const { emergencyAccesses } = await story.record(story.who('patient'), 'emergencyAccesses { nodes { reason } }');
    shows(emergencyAccesses.nodes, [{ reason }]);
    const missing = { patientId: NOBODY, reason };
    shows(await story.who('physician').does('openRecordInEmergency', missing, ''), { __typename: 'NotFound' });
  }),
  step('a hospital confirms what the patient reports, and the patient sees by whom and when', async (story) => {
    const { data } = await story.anyone.ask('{ diseases(first: 5) { nodes { id } } }');
    const { diagnoses } = await story.record(story.who('patient'), 'diagnoses { hospital { id } }');
    const input = {
      patientId: story.patientId,
      diseaseId: data.diseases.nodes[4].id,
      hospitalId: diagnoses[0].hospital.id,
      diagnosedOn: '2026-05-04',
    };
    const reported = await story.who('patient').does('reportDiagnosis', input, '... on Diagnosis { id version }');
    const decision = { diagnosisId: reported.id, decision: 'VERIFY', expectedVersion: reported.version };
    const decided = await story.who('hospital').does('decideDiagnosis', decision, '... on Diagnosis { status }');
    shows(decided, { __typename: 'Diagnosis', status: 'VERIFIED' });
    const { diagnoses: now } = await story.record(story.who('patient'), 'diagnoses { id history { status byRole } }');
    const found = now.find(({ id }: { id: string }) => id === reported.id);
    shows(found.history, [
      { status: 'REPORTED', byRole: 'PATIENT' },
      { status: 'VERIFIED', byRole: 'HOSPITAL' },
    ]);
  }),
  step('a caregiver whose care is revoked sees nothing by the next request', async (story) => {
    shows(await story.record(story.who('caregiver')), { id: story.patientId });
    const { caregivers } = await story.record(story.who('patient'), 'caregivers { nodes { id version label state } }');
    shows(caregivers.nodes[0], { label: 'Aunt', state: 'ACTIVE' });
    const revoked = await story
      .who('patient')
      .does(
        'revokeCare',
        { careRelationshipId: story.care.id, expectedVersion: caregivers.nodes[0].version },
        '... on CareRelationship { state }',
      );
    shows(revoked, { state: 'REVOKED' });
    shows(await story.record(story.who('caregiver')), null);
  }),
];

const ownData: Step<CareStory>[] = [
  step('the patient takes all their data away, from all five subgraphs, and nobody else does', async (story) => {
    const input = { patientId: story.patientId };
    shows(await story.who('other-patient').does('requestDataExport', input, ''), { __typename: 'NotFound' });
    const asked = await story.who('patient').does('requestDataExport', input, '... on DataExport { id status }');
    shows(asked, { __typename: 'DataExport' });
    const read = 'query($id: ID!) { dataExport(id: $id) { status progress { done total } content } }';
    const { dataExport } = await until(
      async () => (await story.who('patient').ask(read, { id: asked.id })).data,
      ({ dataExport }) => dataExport.status === 'READY',
      { seconds: 10, everyMs: 50 },
    );
    shows(dataExport.progress, { done: dataExport.progress.total });
    const content = JSON.parse(dataExport.content);
    shows(Object.keys(content.data), ['catalog', 'patient', 'fund', 'pharmacy', 'community']);
    if (!dataExport.content.includes('Found unconscious'))
      throw new Unexpected('who opened the record, and why', content);
    shows((await story.who('other-patient').ask(read, { id: asked.id })).data, { dataExport: null });
  }),
  step('somebody whose aid is under way is told what stands in the way of being forgotten', async (story) => {
    const wrong = { patientId: story.patientId, confirmation: 'somebody else' };
    shows(await story.who('patient').does('requestErasure', wrong, ''), { __typename: 'InvalidInput' });
    const input = { patientId: story.patientId, confirmation: 'Demo Patient' };
    const blocked = await story
      .who('patient')
      .does('requestErasure', input, '... on ErasureBlocked { reasons { kind message } }');
    shows(blocked, { __typename: 'ErasureBlocked' });
    shows(blocked.reasons[0], { kind: 'APPLICATION_UNDER_WAY' });
  }),
  step('a child is forgotten everywhere, with a certificate', async (story) => {
    const family = story.who('caregiver');
    const child = {
      relation: 'DEPENDANT',
      displayName: story.child.name,
      birthDate: '2021-02-03',
      sex: 'MALE',
      region: 'Shanghai',
      consents: ['AID_REVIEW'],
    };
    const { id } = await family.does('registerPatient', child, '... on Patient { id }');
    story.child.id = id;
    const input = { patientId: id, confirmation: story.child.name };
    const asked = await family.does('requestErasure', input, '... on Erasure { id status }');
    shows(asked, { __typename: 'Erasure' });
    story.erasureId = asked.id;
    const read =
      'query($id: ID!) { erasure(id: $id) { status steps { subgraph status } certificate { sha256 genuine text } } }';
    const { erasure } = await until(
      async () => (await family.ask(read, { id: asked.id })).data,
      ({ erasure }) => erasure.status === 'FINISHED',
      { seconds: 10, everyMs: 50 },
    );
    shows(erasure.certificate, { genuine: true });
    shows(new Set(erasure.steps.map(({ status }: { status: string }) => status)), new Set(['DONE']));
    shows((await family.ask(RECORD, { id })).data, { patient: null });
  }),
];

export const CARE_STORY: readonly Step<CareStory>[] = [
  ...identityAndWhoSeesIt,
  ...telemedicine,
  ...careManagement,
  ...papers,
  ...ownData,
];
