import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { patientId } from '../../common/seed.js';
import { checkDigit } from './identity.rules.js';

/** The demo's child, and who cares for it. */
export const CHILD = patientId(2);
export const CAREGIVER = person('demo-caregiver', 'CAREGIVER');
export const BORN = '1990-02-03';

let all: SubgraphsUnderTest;

/** The subgraphs on a database of their own; the functions below are about it. */
export async function openIdentities(name: string): Promise<SubgraphsUnderTest> {
  all = await openSubgraphs(name);
  return all;
}

let made = 0;
/** A national id of a woman born on BORN, in a region that there is not. */
export function nationalId(): string {
  made += 1;
  const digits = `9990${String(Math.floor(made / 500) + 10)}19900203${String((made % 500) * 2).padStart(3, '0')}`;
  return digits + checkDigit(digits);
}

export const ask = (who: Identity, query: string, variables: object = {}) =>
  all.execute('patient', who, query, variables);
export const rows = async (sql: string, values: unknown[] = []): Promise<Answer[]> =>
  (await all.admin.query(sql, values)).rows;

/** Somebody who has just registered, with nothing said of who they are. */
export async function newcomer(birthDate = BORN, sex = 'FEMALE'): Promise<{ who: Identity; id: string }> {
  const who = person(`newcomer-${newId()}`, 'PATIENT');
  const { data } = await ask(
    who,
    'mutation($input: RegisterPatientInput!) { registerPatient(input: $input) { ... on Patient { id } } }',
    {
      input: { relation: 'SELF', displayName: 'Newcomer', birthDate, sex, region: 'Shanghai', idempotencyKey: newId() },
    },
  );
  return { who, id: data.registerPatient.id };
}

const IDENTITY = 'legalName nationalId phone address insurance version';
const SET = `mutation($input: SetPatientIdentityInput!) { setPatientIdentity(input: $input) { __typename
  ... on UserError { code message path } ... on PatientIdentity { ${IDENTITY} } ... on StaleVersion { currentVersion }
  ... on TooManyAttempts { retryAt } } }`;
export const said = (id: string, change: object = {}) => ({
  patientId: id,
  legalName: '测试·林月',
  nationalId: nationalId(),
  phone: '+86 139-0000-5678',
  address: '演示省演示市演示路8号',
  insurance: 'RESIDENT',
  idempotencyKey: newId(),
  ...change,
});
export const send = (who: Identity, input: object) => ask(who, SET, { input });
export const set = async (who: Identity, id: string, change: object = {}) => {
  const { data, errors } = await send(who, said(id, change));
  if (errors) throw new Error(JSON.stringify(errors));
  return data.setPatientIdentity;
};
export const masked = async (who: Identity, id: string) =>
  ask(who, `query($id: ID!) { patient(id: $id) { id displayName identity { ${IDENTITY} } } }`, { id });
export const clear = async (who: Identity, id: string) =>
  ask(who, `query($id: ID!) { patientIdentity(patientId: $id) { patientId ${IDENTITY} insuranceNote } }`, { id });
export const stored = async (id: string) =>
  (await rows('select * from patient.patient_identity where patient_id = $1', [id]))[0];
