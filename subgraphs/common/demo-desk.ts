import { fixedId } from './ids.js';
import { MINUTE } from './seed.js';

/**
 * Patients of the demo as whom nobody signs in. Each is there for one thing that waits on the desk of somebody who works
 * here, so that it can be tried out without changing anything of the demo people's own. Here stands what more than one
 * subgraph must know of them; the rest is in each subgraph's `demo-desk.ts`.
 */

export const DESK_KEYS = [
  // an application that nobody has taken yet, and those that wait for papers, for medicine, for somebody to recuse themselves,
  // for money, and for an appeal to be heard
  'queue',
  'papers',
  'medical',
  'recusal',
  'money',
  'appeal',
  // a grant with claims at every step
  'claims',
  // an appointment whose summary is to be written
  'visit',
  // a parcel under way, and one that was delivered of a lot that can be recalled
  'parcel',
  'recall',
] as const;
export type DeskKey = (typeof DESK_KEYS)[number];

export interface DeskPatient {
  readonly key: DeskKey;
  readonly id: string;
  readonly subject: string;
  readonly displayName: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
  readonly sex: 'FEMALE' | 'MALE';
  /** The disease that they have, by the national list's number. */
  readonly catalogNo: number;
}

/** By the national lists' numbers. The first three are on the second list, which the demo's general fund is not for. */
const NEUROBLASTOMA = 174;
const NEUROFIBROMATOSIS = 175;
const LUNG_FIBROSIS = 190;
const PULMONARY_HYPERTENSION = 54;
export const SECOND_LIST_FUND_FOR = [NEUROBLASTOMA, NEUROFIBROMATOSIS, LUNG_FIBROSIS] as const;

const DISEASES: Readonly<Record<DeskKey, number>> = {
  queue: NEUROBLASTOMA,
  papers: NEUROFIBROMATOSIS,
  medical: LUNG_FIBROSIS,
  recusal: NEUROBLASTOMA,
  money: NEUROFIBROMATOSIS,
  appeal: LUNG_FIBROSIS,
  claims: NEUROFIBROMATOSIS,
  visit: LUNG_FIBROSIS,
  parcel: NEUROBLASTOMA,
  recall: PULMONARY_HYPERTENSION,
};

/** When they joined, as their ids say: ids are the same on every machine, and so this cannot be counted from today. */
export const DESK_AT = Date.parse('2026-10-12T02:00:00Z');

export const DESK_PATIENTS: readonly DeskPatient[] = DESK_KEYS.map((key, n) => ({
  key,
  id: fixedId('desk-patient', key, DESK_AT + n * MINUTE),
  subject: `demo-desk-${key}`,
  displayName: `Demo Neighbour ${'ABCDEFGHIJ'[n]}`,
  birthDate: `${1962 + 3 * n}-0${1 + (n % 9)}-1${n % 9}`,
  sex: n % 2 === 0 ? 'FEMALE' : 'MALE',
  catalogNo: DISEASES[key],
}));

/**
 * An id of something of the desks, the same on every machine.
 *
 * @param n where it stands among those that are shown in order
 */
export const deskId = (kind: string, key: string, n = 0): string => fixedId(`desk-${kind}`, key, DESK_AT + n * MINUTE);

/** A number of something that people read out: above all that sequences give, below the seeded patients'. */
export const deskSerial = (n: number): string => String(90_000_001 + n);

/** When all of their verified diagnoses were made: applications keep it with them. */
export const DESK_DIAGNOSED_ON = '2026-06-18';
