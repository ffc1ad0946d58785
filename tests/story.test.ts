import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import type { Person } from './client.js';

const OVERVIEW = readFileSync(join(PROJECT_ROOT, 'schema/operations/ApplicationOverview.graphql'), 'utf8');
const APPLICATION = '... on Application { id number status version allowedActions }';

describe.each(WAYS)('the whole path in %s', (way) => {
  let api: ApiUnderTest;
  let patient: Person;
  let hospital: Person;
  let reviewer: Person;
  let second: Person;
  const made: Record<string, string> = {};

  beforeAll(async () => {
    api = await startApi(way, 'story');
    // the demo's child has no sign-in: the caregiver does all of it for a new one
    [patient, hospital, reviewer, second] = (await Promise.all(
      ['caregiver', 'hospital', 'reviewer', 'second-reviewer'].map((name) => api.person(name)),
    )) as [Person, Person, Person, Person];
  });
  afterAll(() => api?.stop());

  test('a patient is registered, once for one key', async () => {
    const input = {
      relation: 'DEPENDANT',
      displayName: 'Demo Child',
      birthDate: '2019-05-04',
      sex: 'FEMALE',
      region: 'Beijing',
      idempotencyKey: 'register-demo-child',
    };
    const first = await patient.does('registerPatient', input, '... on Patient { id displayName birthDate }');
    expect(first).toMatchObject({ __typename: 'Patient', displayName: 'Demo Child', birthDate: '2019-05-04' });
    const again = await patient.does('registerPatient', input, '... on Patient { id }');
    expect(again.id).toBe(first.id);
    const other = await patient.does('registerPatient', { ...input, region: 'Shanghai' }, '');
    expect(other).toMatchObject({ __typename: 'IdempotencyConflict', code: 'IDEMPOTENCY_CONFLICT' });
    made.patient = first.id;
  });

  test('a diagnosis is reported by the family and verified by the hospital', async () => {
    const found = await patient.ask(
      '{ disease(catalogNo: 31) { id nameEn } hospitals(search: "Peking Union Medical College Hospital", first: 1) { nodes { id recognised } } medicines(search: "eliglustat", first: 1) { nodes { id } } }',
    );
    made.disease = found.data.disease.id;
    made.medicine = found.data.medicines.nodes[0].id;
    const hospitalId = found.data.hospitals.nodes[0].id;
    const reported = await patient.does(
      'reportDiagnosis',
      { patientId: made.patient, diseaseId: made.disease, hospitalId, diagnosedOn: '2024-03-01' },
      '... on Diagnosis { id status version allowedActions disease { nameEn } hospital { nameZh } }',
    );
    expect(reported).toMatchObject({
      status: 'REPORTED',
      allowedActions: [],
      disease: { nameEn: found.data.disease.nameEn },
    });
    const waiting = await hospital.ask('{ diagnosesToDecide(first: 50) { nodes { id allowedActions version } } }');
    const mine = waiting.data.diagnosesToDecide.nodes.find(({ id }: { id: string }) => id === reported.id);
    expect(mine.allowedActions).toEqual(['VERIFY', 'REFUSE']);
    const verified = await hospital.does(
      'decideDiagnosis',
      { diagnosisId: reported.id, decision: 'VERIFY', expectedVersion: mine.version },
      '... on Diagnosis { status }',
    );
    expect(verified).toMatchObject({ status: 'VERIFIED' });
  });

  test('an application is drafted and submitted', async () => {
    const draft = await patient.does(
      'draftApplication',
      { patientId: made.patient, diseaseId: made.disease, expectedExpense: { amount: '40000.00', currency: 'CNY' } },
      APPLICATION,
    );
    expect(draft).toMatchObject({ status: 'DRAFT', allowedActions: ['SUBMIT', 'WITHDRAW'] });
    expect(draft.number).toMatch(/^RC-\d{4}-\d{6}$/);
    made.application = draft.id;
    const stale = await patient.does(
      'submitApplication',
      { applicationId: draft.id, expectedVersion: draft.version + 1 },
      '',
    );
    expect(stale).toMatchObject({ __typename: 'StaleVersion' });
    const submitted = await patient.does(
      'submitApplication',
      { applicationId: draft.id, expectedVersion: draft.version },
      APPLICATION,
    );
    expect(submitted).toMatchObject({ status: 'SUBMITTED', allowedActions: ['WITHDRAW'] });
  });

  test('the reviewers take and pass the three stages, money by another person than medicine, and a grant is made', async () => {
    const pass = async (who: Person) => {
      const { data } = await who.ask(OVERVIEW, { id: made.application });
      const taken = await who.does(
        'takeReview',
        { applicationId: made.application, expectedVersion: data.application.version },
        `${APPLICATION} ... on ApplicationWrongState { permitted }`,
      );
      if (taken.__typename !== 'Application') return taken;
      return who.does(
        'decideReview',
        {
          applicationId: made.application,
          expectedVersion: taken.version,
          decision: 'APPROVE',
          reason: 'Complete and sound.',
        },
        APPLICATION,
      );
    };
    expect(await pass(reviewer)).toMatchObject({ status: 'IN_REVIEW' });
    expect(await pass(reviewer)).toMatchObject({ status: 'IN_REVIEW' });
    expect(await pass(reviewer)).toMatchObject({ __typename: 'ApplicationWrongState', permitted: [] });
    expect(await pass(second)).toMatchObject({ status: 'APPROVED', allowedActions: [] });
  });

  test('medicine is ordered and linked to the application', async () => {
    const order = await patient.does(
      'placeDrugOrder',
      { patientId: made.patient, lines: [{ medicineId: made.medicine, quantity: 2 }] },
      '... on DrugOrder { id number version status total { amount } }',
    );
    expect(order).toMatchObject({ __typename: 'DrugOrder', status: 'PLACED' });
    const linked = await patient.does(
      'linkDrugOrder',
      { orderId: order.id, applicationId: made.application, expectedVersion: order.version },
      '... on DrugOrder { application { id number } }',
    );
    expect(linked).toMatchObject({ application: { id: made.application } });
    made.order = order.id;
  });

  test('a story is published under a pseudonym', async () => {
    const story = await patient.does(
      'publishStory',
      { diseaseId: made.disease, title: 'How we found a doctor', body: 'It took **three** years.' },
      '... on Story { id status author { pseudonym badge } }',
    );
    expect(story).toMatchObject({ __typename: 'Story', status: 'PUBLISHED' });
    expect(story.author.pseudonym).not.toContain('demo');
    made.story = story.id;
  });

  test('one query shows the family all of it', async () => {
    const { data, errors } = await patient.ask(OVERVIEW, { id: made.application });
    expect(errors).toEqual([]);
    const { application } = data;
    expect(application).toMatchObject({
      status: 'APPROVED',
      grant: { tier: 'II', maximum: { amount: '16000.00', currency: 'CNY' } },
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
        { id: made.order, lines: [{ quantity: 2, medicine: { id: made.medicine, genericNameEn: 'eliglustat' } }] },
      ],
    });
    expect(
      application.reviews.map((review: { stage: string; decision: string }) => [review.stage, review.decision]),
    ).toEqual([
      ['DOCUMENTS', 'APPROVE'],
      ['MEDICAL', 'APPROVE'],
      ['FINANCIAL', 'APPROVE'],
    ]);
    expect(application.timeline.map(({ status }: { status: string }) => status)).toEqual([
      'DRAFT',
      'SUBMITTED',
      'IN_REVIEW',
      'APPROVED',
    ]);
    expect(application.disease.stories.nodes.map(({ id }: { id: string }) => id)).toContain(made.story);
  });

  test('the assigned reviewer sees the same, but not the birthday', async () => {
    const { data, errors } = await reviewer.ask(OVERVIEW, { id: made.application });
    expect(errors).toEqual([]);
    expect(data.application).toMatchObject({
      patient: { displayName: 'Demo Child', annualAid: { remaining: { amount: '34000.00' } } },
      drugOrders: [{ id: made.order }],
    });
    const more = await reviewer.ask('query($id: ID!) { patient(id: $id) { displayName birthDate region } }', {
      id: made.patient,
    });
    expect(more.data.patient).toEqual({ displayName: 'Demo Child', birthDate: null, region: null });
  });

  test.each([
    'patient',
    'other-patient',
  ])('a stranger (%s) gets null, the same as for what does not exist', async (name) => {
    const stranger = await api.person(name);
    const there = await stranger.ask(OVERVIEW, { id: made.application });
    const missing = await stranger.ask(OVERVIEW, { id: '01934a3c-5800-7000-8000-00000000ffff' });
    expect(there.data).toEqual({ application: null });
    expect(there.data).toEqual(missing.data);
    expect(there.errors).toEqual(missing.errors);
    const around = await stranger.ask(
      'query($order: ID!, $patient: ID!) { drugOrder(id: $order) { id } patient(id: $patient) { id annualAid { granted { amount } } } }',
      { order: made.order, patient: made.patient },
    );
    expect(around.data).toEqual({ drugOrder: null, patient: null });
  });

  test('without a token the application is closed and the catalog open', async () => {
    const { data, errors } = await api.anyone.ask(
      'query($id: ID!) { application(id: $id) { id } disease(catalogNo: 31) { nameEn stories(first: 1) { nodes { title } } } }',
      { id: made.application },
    );
    expect(data.application).toBeNull();
    expect(data.disease.stories.nodes).toHaveLength(1);
    expect(errors).toMatchObject([{ path: ['application'], extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
