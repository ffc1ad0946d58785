import { partialDeepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shanghaiDay } from '../subgraphs/common/calendar.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { DEMO_PHYSICIAN_ID } from '../subgraphs/patient/demo.js';
import type { Answer, Person } from './client.js';

/**
 * The main job from end to end, as steps that follow each other: the tests run them against both ways to run, and
 * `npm run smoke` against a running server. Repeatable on the same data: each time it is about a new child.
 */

/** The main query. */
export const OVERVIEW = readFileSync(join(PROJECT_ROOT, 'schema/operations/ApplicationOverview.graphql'), 'utf8');

const APPLICATION = '... on Application { id number status version allowedActions }';
const NOWHERE = '01934a3c-5800-7000-8000-00000000ffff';

/** The answer is not what the story says. */
export class Unexpected extends Error {
  constructor(expected: unknown, got: unknown) {
    super(`expected ${JSON.stringify(expected, null, 2)}\nbut got ${JSON.stringify(got, null, 2)}`);
  }
}

/** @throws {Unexpected} when `got` lacks something of `expected`; it may hold more */
export function shows(got: unknown, expected: unknown): void {
  try {
    partialDeepStrictEqual(got, expected);
  } catch {
    throw new Unexpected(expected, got);
  }
}

/** The family agrees, to the text as it is now. */
export async function agrees(family: Person, patientId: string, purpose: string): Promise<void> {
  const { data } = await family.ask('{ consentTexts { purpose number } }');
  const text = data.consentTexts.find((each: { purpose: string }) => each.purpose === purpose);
  const given = await family.does(
    'giveConsent',
    { patientId, purpose, textNumber: text.number },
    '... on Consent { purpose withdrawnAt }',
  );
  shows(given, { __typename: 'Consent', purpose, withdrawnAt: null });
}

const DAY = 86_400_000;

/** The family books the demo's physician, who then treats the patient. @returns the appointment */
export async function consults(family: Person, patientId: string): Promise<{ id: string; version: number }> {
  await agrees(family, patientId, 'TREATMENT');
  const { data, errors } = await family.ask(
    'query($id: ID!, $from: DateTime!, $to: DateTime!) { physician(id: $id) { slots(from: $from, to: $to) { startsAt } } }',
    {
      id: DEMO_PHYSICIAN_ID,
      from: new Date().toISOString(),
      to: new Date(Date.now() + 14 * DAY).toISOString(),
    },
  );
  const [slot] = data.physician?.slots ?? [];
  if (!slot) throw new Unexpected('a free slot', { data, errors });
  const booked = await family.does(
    'bookAppointment',
    { patientId, physicianId: DEMO_PHYSICIAN_ID, startsAt: slot.startsAt, reason: 'Which medicine, and how much?' },
    '... on Appointment { id version status }',
  );
  shows(booked, { __typename: 'Appointment', status: 'BOOKED' });
  return booked;
}

/** What a prescription is asked to show. */
export const PRESCRIPTION = '... on Prescription { id number status total used left version allowedActions }';

/** A prescription as somebody who is asked for it. */
export interface Prescribed {
  readonly patientId: string;
  readonly medicineId: string;
  /** Packages of one supply. */
  readonly quantity: number;
  /** How often it may be supplied again. */
  readonly refills: number;
  readonly appointmentId?: string;
}

/** The physician prescribes, for half a year. @returns the union's member */
export const prescribes = (physician: Person, prescribed: Prescribed) =>
  physician.does(
    'issuePrescription',
    { ...prescribed, dose: '一日两次，每次一粒', validUntil: shanghaiDay(new Date(Date.now() + 180 * DAY)) },
    `${PRESCRIPTION} ... on ConsentMissing { purpose }`,
  );

/** A pharmacist finds a prescription to be in order. @returns the union's member */
export const approves = (pharmacist: Person, { id, version }: { readonly id: string; readonly version: number }) =>
  pharmacist.does(
    'checkPrescription',
    { prescriptionId: id, decision: 'APPROVE', reason: 'Dose and quantity fit the disease.', expectedVersion: version },
    PRESCRIPTION,
  );

const PEOPLE = [
  'caregiver',
  'hospital',
  'reviewer',
  'second-reviewer',
  'physician',
  'pharmacist',
  'patient',
  'other-patient',
] as const;

/** One run of the story: who takes part, and the ids of what the steps before have made. */
export class Story {
  patientId = '';
  diseaseId = '';
  hospitalId = '';
  medicineId = '';
  diagnosisId = '';
  application = { id: '', version: 0 };
  prescription = { id: '', version: 0 };
  order = { id: '', version: 0 };
  storyId = '';

  private constructor(
    readonly anyone: Person,
    private readonly people: ReadonlyMap<string, Person>,
  ) {}

  /** Signs everybody in. @param person gives a demo person or partner */
  static async begin(person: (name: string) => Promise<Person>, anyone: Person): Promise<Story> {
    const signedIn = PEOPLE.map(async (name) => [name, await person(name)] as const);
    return new Story(anyone, new Map(await Promise.all(signedIn)));
  }

  who(name: (typeof PEOPLE)[number]): Person {
    return this.people.get(name) as Person;
  }

  /** The demo's child has no sign-in: the caregiver does all of it. */
  get family(): Person {
    return this.who('caregiver');
  }

  /** What the main query shows somebody of the application. */
  overview(person: Person): Promise<Answer> {
    return person.ask(OVERVIEW, { id: this.application.id });
  }

  /** Takes the stage that is next, and gives what the API says. */
  async takes(reviewer: Person) {
    const { data } = await this.overview(reviewer);
    return reviewer.does(
      'takeReview',
      { applicationId: this.application.id, expectedVersion: data.application.version },
      `${APPLICATION} ... on ApplicationWrongState { permitted }`,
    );
  }

  /** Takes the stage that is next and approves it. */
  async passes(reviewer: Person) {
    const { version } = await this.takes(reviewer);
    const input = { decision: 'APPROVE', reason: 'Complete and sound.', expectedVersion: version };
    return reviewer.does('decideReview', { applicationId: this.application.id, ...input }, APPLICATION);
  }
}

/** One step of a story. */
export interface Step<Told = Story> {
  /** What holds when `run` has ended. */
  readonly fact: string;
  /** @throws when it does not hold */
  run(story: Told): Promise<void>;
}

export const step = <Told = Story>(fact: string, run: Step<Told>['run']): Step<Told> => ({ fact, run });

/** From a new child to a grant. */
export const GRANTED: readonly Step[] = [
  step('a child is registered, once for one key, and a replay says that it is one', async (story) => {
    const input = {
      relation: 'DEPENDANT',
      displayName: 'Demo Child',
      birthDate: '2019-05-04',
      sex: 'FEMALE',
      region: 'Beijing',
      idempotencyKey: crypto.randomUUID(),
    };
    const selection = '... on Patient { id displayName birthDate }';
    const first = await story.family.mutate('registerPatient', input, selection);
    shows(first.data, {
      registerPatient: { __typename: 'Patient', displayName: 'Demo Child', birthDate: '2019-05-04' },
    });
    if (first.extensions?.idempotentReplay) throw new Unexpected('no replay', first.extensions);
    const again = await story.family.mutate('registerPatient', input, selection);
    shows(again, { data: first.data, extensions: { idempotentReplay: true } });
    const other = await story.family.does('registerPatient', { ...input, region: 'Shanghai' }, '');
    shows(other, { __typename: 'IdempotencyConflict', code: 'IDEMPOTENCY_CONFLICT' });
    story.patientId = first.data.registerPatient.id;
  }),

  step('the catalog knows the disease, the hospital and the medicine', async (story) => {
    const { data } = await story.anyone.ask(
      '{ disease(catalogNo: 31) { id } hospitals(search: "Peking Union Medical College Hospital", first: 1) { nodes { id } } medicines(search: "eliglustat", first: 1) { nodes { id genericNameEn } } }',
    );
    shows(data, { medicines: { nodes: [{ genericNameEn: 'eliglustat' }] } });
    story.diseaseId = data.disease.id;
    story.hospitalId = data.hospitals.nodes[0].id;
    story.medicineId = data.medicines.nodes[0].id;
  }),

  step('the family reports a diagnosis, and cannot verify it', async (story) => {
    const { patientId, diseaseId, hospitalId } = story;
    const reported = await story.family.does(
      'reportDiagnosis',
      { patientId, diseaseId, hospitalId, diagnosedOn: '2024-03-01' },
      '... on Diagnosis { id status allowedActions disease { id } hospital { id } }',
    );
    shows(reported, { status: 'REPORTED', disease: { id: diseaseId }, hospital: { id: hospitalId } });
    if (reported.allowedActions.length > 0) throw new Unexpected([], reported.allowedActions);
    story.diagnosisId = reported.id;
  }),

  step('the hospital that it names finds it in its queue and verifies it', async (story) => {
    const waiting = await inQueue(story.who('hospital'), story.diagnosisId);
    shows(waiting, { allowedActions: ['VERIFY', 'REFUSE'] });
    const verified = await story
      .who('hospital')
      .does(
        'decideDiagnosis',
        { diagnosisId: story.diagnosisId, decision: 'VERIFY', expectedVersion: waiting.version },
        '... on Diagnosis { status }',
      );
    shows(verified, { status: 'VERIFIED' });
  }),

  step('an application is drafted', async (story) => {
    const { patientId, diseaseId } = story;
    const expectedExpense = { amount: '40000.00', currency: 'CNY' };
    const draft = await story.family.does('draftApplication', { patientId, diseaseId, expectedExpense }, APPLICATION);
    shows(draft, { status: 'DRAFT', allowedActions: ['SUBMIT', 'WITHDRAW'] });
    if (!/^RC-\d{4}-\d{6,}$/.test(draft.number)) throw new Unexpected('a number', draft);
    story.application = draft;
  }),

  step('it is not submitted before the family agrees that reviewers may look', async (story) => {
    const { id, version } = story.application;
    const submitted = await story.family.does(
      'submitApplication',
      { applicationId: id, expectedVersion: version },
      '... on NotEligible { reasons }',
    );
    shows(submitted, { __typename: 'NotEligible', reasons: ['CONSENT_MISSING'] });
    await agrees(story.family, story.patientId, 'AID_REVIEW');
  }),

  step('it is submitted, but not at a version that it does not have', async (story) => {
    const { id, version } = story.application;
    const submit = (expectedVersion: number) =>
      story.family.does('submitApplication', { applicationId: id, expectedVersion }, APPLICATION);
    shows(await submit(version + 1), { __typename: 'StaleVersion' });
    shows(await submit(version), { status: 'SUBMITTED', allowedActions: ['WITHDRAW'] });
  }),

  step('the reviewer takes and passes the documents', async (story) => {
    shows(await story.passes(story.who('reviewer')), { status: 'IN_REVIEW' });
  }),

  step(
    'when the family no longer agrees, the reviewer’s next request sees no child and takes nothing',
    async (story) => {
      const reviewer = story.who('reviewer');
      const child = async () =>
        (await reviewer.ask('query($id: ID!) { patient(id: $id) { displayName } }', { id: story.patientId })).data
          .patient;
      shows(await child(), { displayName: 'Demo Child' });
      const { data } = await story.family.ask(
        'query($id: ID!) { patient(id: $id) { consents { nodes { id purpose version withdrawnAt } } } }',
        { id: story.patientId },
      );
      const [{ id, version }] = data.patient.consents.nodes;
      const withdrawn = await story.family.does(
        'withdrawConsent',
        { consentId: id, expectedVersion: version },
        '... on Consent { purpose allowedActions }',
      );
      shows(withdrawn, { purpose: 'AID_REVIEW' });
      if ((await child()) !== null) throw new Unexpected(null, await child());
      shows(await story.takes(reviewer), { code: 'CONSENT_MISSING' });
      await agrees(story.family, story.patientId, 'AID_REVIEW');
      shows(await child(), { displayName: 'Demo Child' });
    },
  ),

  step('the reviewer takes and passes the medicine, and cannot take the money too', async (story) => {
    shows(await story.passes(story.who('reviewer')), { status: 'IN_REVIEW' });
    shows(await story.takes(story.who('reviewer')), { __typename: 'ApplicationWrongState', permitted: [] });
  }),

  step('the second reviewer takes and passes the money, and a grant is made', async (story) => {
    shows(await story.passes(story.who('second-reviewer')), { status: 'APPROVED', allowedActions: [] });
    const { data } = await story.overview(story.family);
    shows(data.application.grant, { status: 'ACTIVE', tier: 'II', maximum: { amount: '16000.00', currency: 'CNY' } });
  }),
];

export const STORY: readonly Step[] = [
  ...GRANTED,

  step(
    'a physician whom the family has booked prescribes, once it agrees that the pharmacy may know',
    async (story) => {
      const { patientId, medicineId } = story;
      const writes = () => prescribes(story.who('physician'), { patientId, medicineId, quantity: 2, refills: 0 });
      shows(await writes(), { __typename: 'NotFound' });
      await consults(story.family, patientId);
      shows(await writes(), { code: 'CONSENT_MISSING', purpose: 'SHARE_WITH_PHARMACY' });
      await agrees(story.family, patientId, 'SHARE_WITH_PHARMACY');
      story.prescription = await writes();
      shows(story.prescription, { __typename: 'Prescription', status: 'ISSUED', total: 2, left: 2 });
    },
  ),

  step('medicine is ordered by the prescription that a pharmacist has passed, and by no other', async (story) => {
    const { patientId, medicineId, prescription } = story;
    const orders = (prescriptionId?: string) =>
      story.family.does(
        'placeDrugOrder',
        { patientId, lines: [{ medicineId, quantity: 2, prescriptionId }] },
        '... on DrugOrder { id number version status total { amount } } ... on PrescriptionNotUsable { problems { medicineId problem } }',
      );
    const refused = (problem: string) => ({ __typename: 'PrescriptionNotUsable', problems: [{ medicineId, problem }] });
    shows(await orders(), refused('MISSING'));
    shows(await orders(prescription.id), refused('NOT_CHECKED'));
    shows(await approves(story.who('pharmacist'), prescription), { __typename: 'Prescription', status: 'APPROVED' });
    const order = await orders(prescription.id);
    shows(order, { __typename: 'DrugOrder', status: 'PLACED' });
    story.order = order;
    shows(await orders(prescription.id), refused('NOT_ENOUGH_LEFT'));
  }),

  step('the order is linked to the application', async (story) => {
    const { order, application } = story;
    const linked = await story.family.does(
      'linkDrugOrder',
      { orderId: order.id, applicationId: application.id, expectedVersion: order.version },
      '... on DrugOrder { application { id number } }',
    );
    shows(linked, { application: { id: application.id } });
  }),

  step('a story is published under a pseudonym', async (story) => {
    const published = await story.family.does(
      'publishStory',
      { diseaseId: story.diseaseId, title: 'How we found a doctor', body: 'It took **three** years.' },
      '... on Story { id status author { pseudonym badge } }',
    );
    shows(published, { __typename: 'Story', status: 'PUBLISHED', author: { badge: null } });
    if (/demo|caregiver|lin/i.test(published.author.pseudonym)) throw new Unexpected('a pseudonym', published);
    story.storyId = published.id;
  }),

  step('one query shows the family all of it', async (story) => {
    const answer = await story.overview(story.family);
    shows(answer, {
      errors: [],
      data: {
        application: {
          status: 'APPROVED',
          timeline: ['DRAFT', 'SUBMITTED', 'IN_REVIEW', 'APPROVED'].map((status) => ({ status })),
          reviews: ['DOCUMENTS', 'MEDICAL', 'FINANCIAL'].map((stage) => ({ stage, decision: 'APPROVE' })),
          disease: { catalogNo: 31 },
          patient: {
            displayName: 'Demo Child',
            annualAid: {
              cap: { amount: '50000.00' },
              granted: { amount: '16000.00' },
              paid: { amount: '0.00' },
              remaining: { amount: '34000.00' },
            },
          },
          drugOrders: [
            {
              id: story.order.id,
              lines: [{ quantity: 2, medicine: { id: story.medicineId, genericNameEn: 'eliglustat' } }],
            },
          ],
        },
      },
    });
    const stories: { id: string }[] = answer.data.application.disease.stories.nodes;
    if (!stories.some(({ id }) => id === story.storyId)) throw new Unexpected(story.storyId, stories);
  }),

  step('the assigned reviewer sees the same, but not the birthday', async (story) => {
    shows(await story.overview(story.who('reviewer')), {
      errors: [],
      data: {
        application: {
          patient: { displayName: 'Demo Child', annualAid: { remaining: { amount: '34000.00' } } },
          drugOrders: [{ id: story.order.id }],
        },
      },
    });
    const more = await story
      .who('reviewer')
      .ask('query($id: ID!) { patient(id: $id) { displayName birthDate region } }', { id: story.patientId });
    shows(more.data.patient, { displayName: 'Demo Child', birthDate: null, region: null });
  }),

  ...(['patient', 'other-patient'] as const).map((name) =>
    step(`a stranger (${name}) gets null, the same as for what does not exist`, async (story) => {
      const stranger = story.who(name);
      const there = await story.overview(stranger);
      const missing = await stranger.ask(OVERVIEW, { id: NOWHERE });
      shows(there, { status: 200, data: { application: null }, errors: [] });
      shows(there, { data: missing.data, errors: missing.errors });
      const around = await stranger.ask(
        'query($order: ID!, $patient: ID!) { drugOrder(id: $order) { id } patient(id: $patient) { id annualAid { granted { amount } } } }',
        { order: story.order.id, patient: story.patientId },
      );
      shows(around.data, { drugOrder: null, patient: null });
    }),
  ),

  step('without a token the application is closed and the catalog open', async (story) => {
    const { data, errors } = await story.anyone.ask(
      'query($id: ID!) { application(id: $id) { id } disease(catalogNo: 31) { nameEn stories(first: 1) { nodes { title } } } }',
      { id: story.application.id },
    );
    shows(data, { application: null, disease: { stories: { nodes: [{}] } } });
    shows(errors, [{ path: ['application'], extensions: { code: 'UNAUTHENTICATED' } }]);
  }),
];

/** The diagnosis as it waits for the hospital's answer, on whichever page. @throws {Unexpected} when it is on none */
async function inQueue(hospital: Person, diagnosisId: string): Promise<{ allowedActions: string[]; version: number }> {
  for (let after: string | null = null; ; ) {
    const page: Answer = await hospital.ask(
      'query($after: ID) { diagnosesToDecide(first: 100, after: $after) { nodes { id allowedActions version } pageInfo { hasNextPage endCursor } } }',
      { after },
    );
    const { nodes, pageInfo } = page.data.diagnosesToDecide;
    const found = nodes.find(({ id }: { id: string }) => id === diagnosisId);
    if (found) return found;
    if (!pageInfo.hasNextPage) throw new Unexpected(diagnosisId, nodes);
    after = pageInfo.endCursor;
  }
}
