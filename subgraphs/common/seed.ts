import { fixedId } from './ids.js';

/**
 * Synthetic patients: number i (from 0) has the same rows on every machine and whatever is loaded beside it. Numbers
 * 0, 1 and 2 are the demo people. Here stands what more than one subgraph must know of a patient; the rest is in each
 * subgraph's `seed.ts`.
 */

/** How many of the first patients are the demo people. */
export const DEMO_PATIENTS = 3;

/**
 * Patients come in blocks. Those of a later block are like those of the first but for who they are: their ids, names and
 * numbers, in all of which the block's number stands at the same place. So their rows are the rows of another block with some
 * bytes changed (`scripts/seed/pattern.ts`), and a million patients cost little more to make than ten thousand.
 */
export const BLOCK = 10_000;
/** As many as fit into three digits. */
export const MOST_PATIENTS = 1_000 * BLOCK;

/** Hashes take the lower 32 bits of a number alone: what stands above them makes no difference to what they say. */
const ABOVE_HASHES = 2 ** 32;

/** The number under which a patient is known here, of all that are counted from 0: in the first block the same. */
export const seedNumber = (patient: number): number => Math.floor(patient / BLOCK) * ABOVE_HASHES + (patient % BLOCK);

const blockOf = (i: number): number => Math.floor(i / ABOVE_HASHES);
export const placeInBlock = (i: number): number => i % ABOVE_HASHES;
const blockDigits = (i: number): string => String(blockOf(i)).padStart(3, '0');

/** What people are told apart by where names are made. */
export const shownNumber = (i: number): string =>
  blockOf(i) === 0 ? String(i) : `${blockDigits(i)}${String(placeInBlock(i)).padStart(4, '0')}`;

/** Eight digits that nobody else of any block has; in each block by other steps than patients follow one another. */
export function shuffledNumber(i: number): string {
  if (blockOf(i) > 0) return `9${String((placeInBlock(i) * 7_919) % BLOCK).padStart(4, '0')}${blockDigits(i)}`;
  const shuffled = (Math.imul(i, 0x2c1b3c6d) + 0x297a2d39) & 0x3ffffff;
  return String(10_000_000 + (shuffled ^ (shuffled >>> 13)));
}

export type SeedValue = string | number | bigint | boolean | null | readonly string[];

/** Which rows of a table belong to a patient. Tables stand in an order in which each row finds those it points to. */
export interface SeedTable {
  /** Without its schema, which is the subgraph's name. */
  readonly table: string;
  readonly columns: readonly string[];
  rows(i: number, world: SeedWorld): Iterable<readonly SeedValue[]>;
}

export interface SeedDisease {
  readonly id: string;
  readonly catalogNo: number;
  readonly nameEn: string;
}

export interface SeedHospital {
  readonly id: string;
  readonly organisationId: string | null;
  readonly province: string;
}

export interface SeedMedicine {
  readonly id: string;
  readonly priceFen: bigint;
  /** Kept at 2 to 8 °C. */
  readonly cold: boolean;
}

export interface SeedPolicy {
  readonly id: string;
  readonly number: number;
  readonly annualCapFen: bigint;
  readonly secondReviewAboveFen: bigint;
  readonly tiers: readonly {
    readonly tier: string;
    readonly fromExpenseFen: bigint;
    readonly sharePercent: number;
    readonly yearlyMaximumFen: bigint;
  }[];
}

/** What is there before the patients: read once from catalog and fund, always in the same order. */
export interface SeedWorld {
  /** Those that the general fund is for, by catalog number. */
  readonly diseases: readonly SeedDisease[];
  /** Recognised ones. */
  readonly hospitals: readonly SeedHospital[];
  /** Where the demo people's diseases were found. */
  readonly demoHospital: SeedHospital;
  /** Those that are sold online and have a price. */
  readonly medicines: readonly SeedMedicine[];
  readonly medicinesByDisease: ReadonlyMap<string, readonly SeedMedicine[]>;
  readonly fundId: string;
  readonly policy: SeedPolicy;
  readonly carrierId: string;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const utc = (text: string): number => Date.parse(`${text}Z`);

const days = new Map<number, string>();

/** A day as YYYY-MM-DD, in UTC. */
export function day(at: number): string {
  const number = Math.floor(at / DAY);
  let text = days.get(number);
  if (text === undefined) {
    text = new Date(at).toISOString().slice(0, 10);
    days.set(number, text);
  }
  return text;
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** A time as rows carry it. (Three times as fast as toISOString, which a million patients notice.) */
export function moment(at: number): string {
  const rest = at % DAY;
  const seconds = (rest % MINUTE) / 1000;
  return `${day(at)} ${two(Math.floor(rest / HOUR))}:${two(Math.floor((rest % HOUR) / MINUTE))}:${seconds.toFixed(3).padStart(6, '0')}+00`;
}

/** The last step of MurmurHash3: two different numbers never give the same. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const salts = new Map<string, number>();

function salt(what: string): number {
  let known = salts.get(what);
  if (known === undefined) {
    known = 0x811c9dc5;
    for (let index = 0; index < what.length; index++) known = Math.imul(known ^ what.charCodeAt(index), 0x01000193);
    salts.set(what, known);
  }
  return known;
}

/** A number from 0 to 2³² - 1 that looks random and is always the same; different for different `i` of a block. */
export const hash = (what: string, i: number): number => mix((Math.imul(i, 0x9e3779b1) + salt(what)) | 0);

/** A whole number from 0 to one below `limit`, always the same for `what` and `i`. */
export const below = (limit: number, what: string, i: number): number => Math.floor((hash(what, i) / 2 ** 32) * limit);

export const pick = <T>(of: readonly T[], what: string, i: number): T => of[below(of.length, what, i)] as T;

/** @param shares what can come out, with how often in a thousand; the last one takes the rest */
export function share<T>(shares: readonly (readonly [T, number])[], what: string, i: number): T {
  let left = below(1000, what, i);
  for (const [value, size] of shares) {
    left -= size;
    if (left < 0) return value;
  }
  return (shares.at(-1) as readonly [T, number])[0];
}

const FOUR_DIGITS = Array.from({ length: 0x10000 }, (_, value) => value.toString(16).padStart(4, '0'));

const hex4 = (value: number): string => FOUR_DIGITS[value & 0xffff] as string;

/** Rows of one kind that a patient can have. */
export const MOST_OF_A_KIND = 32;

/**
 * Id of a patient's row: laid out as a UUIDv7 whose time is `at`; the rest is a hash in which no two rows of a kind are
 * the same. Cheaper than `fixedId`, as a patient has some forty of them.
 *
 * @param n which of the patient's rows of this kind, below 32
 */
export function rowId(kind: string, i: number, n: number, at: number): string {
  const row = i * MOST_OF_A_KIND + n;
  const unique = hash(kind, row);
  const other = mix(unique ^ 0x5bd1e995);
  const time = `${hex4(at / 2 ** 32)}${hex4(at / 2 ** 16)}-${hex4(at % 2 ** 16)}`;
  const end = `${hex4(mix(other))}${hex4(unique >>> 16)}${hex4(unique)}`;
  // a bit tells the first block's from all others'
  return blockOf(i) === 0
    ? `${time}-${hex4(0x7000 | (other >>> 20))}-${hex4(0x8000 | ((other >>> 6) & 0x3fff))}-${end}`
    : `${time}-${hex4(0x7000 | ((other >>> 20) ^ 1))}-8${blockDigits(i)}-${end}`;
}

/**
 * Patients come in groups whose times lie close together, and the groups lie scattered over the year: so time is spread
 * evenly however many patients there are, and yet the rows that are loaded together stand together in every index.
 */
const GROUP = 500;
const SPREAD_IN_GROUP = 20 * MINUTE;

/** Numbers from 0 to 1, each far from those before it (van der Corput's). */
export function spread(n: number, base: number): number {
  let result = 0;
  let part = 1;
  for (let rest = n; rest > 0; rest = Math.floor(rest / base)) {
    part /= base;
    result += (rest % base) * part;
  }
  return result;
}

/** A time in a span, close to that of the others of the patient's group. */
export const groupTime = (from: number, span: number, base: number, what: string, i: number): number =>
  from + Math.floor(spread(Math.floor(placeInBlock(i) / GROUP), base) * span) + below(SPREAD_IN_GROUP, what, i);

/** When something took place that lay so many days after something else, and some minutes. */
export const later = (at: number, inDays: number, what: string, i: number): number =>
  at + Math.floor(inDays * DAY) + below(SPREAD_IN_GROUP, what, i);

const DEMO_JOINED = [utc('2025-11-10T02:15:00'), utc('2025-03-04T06:40:00'), utc('2026-09-07T03:05:00')] as const;

/** When a patient registered: in 2025, but for the demo's child. */
export const joinedAt = (i: number): number =>
  DEMO_JOINED[i] ?? groupTime(utc('2025-01-06T00:30:00'), 300 * DAY, 2, 'joined', i);

let lastPatient: readonly [number, string] | undefined;

export function patientId(i: number): string {
  if (lastPatient?.[0] !== i) lastPatient = [i, makePatientId(i)];
  return lastPatient[1];
}

function makePatientId(i: number): string {
  if (blockOf(i) === 0) return fixedId('seed-patient', i, joinedAt(i));
  const id = fixedId('seed-patient-of-block', placeInBlock(i), joinedAt(i));
  return `${id.slice(0, 19)}8${blockDigits(i)}${id.slice(23)}`;
}

const DEMO_SUBJECTS = ['demo-patient', 'demo-other-patient', null] as const;

/** The patient's own sign-in; null for the demo's child, who has none. */
export const subjectOf = (i: number): string | null => {
  const known = DEMO_SUBJECTS[i];
  return known === undefined ? `seed-patient-${shownNumber(i)}` : known;
};

/** Who signs in for a patient: the patient, or the caregiver of the demo's child. */
export const actorOf = (i: number): { readonly subject: string; readonly role: 'PATIENT' | 'CAREGIVER' } => {
  const subject = subjectOf(i);
  return subject === null ? { subject: 'demo-caregiver', role: 'CAREGIVER' } : { subject, role: 'PATIENT' };
};

/**
 * Number of a thing that people read out. Above a hundred million except for the demo people: what is loaded while others
 * work must never need a number that one of them has just been given.
 */
export const serial = (i: number, n: number, perPatient: number): number =>
  firstSerial(i) + placeInBlock(i) * perPatient + n;

const firstSerial = (i: number): number => {
  if (i < DEMO_PATIENTS) return 1;
  return blockOf(i) === 0 ? 100_000_000 : 200_000_000 + blockOf(i) * 100_000;
};

/** Up to this the sequences must stand when the demo people are loaded. */
export const demoSerials = (perPatient: number): number => DEMO_PATIENTS * perPatient;

export type SeedApplicationStatus =
  | 'DRAFT'
  | 'SUBMITTED'
  | 'IN_REVIEW'
  | 'INFORMATION_REQUESTED'
  | 'APPROVED'
  | 'REJECTED'
  | 'WITHDRAWN';

export interface SeedApplication {
  readonly id: string;
  /** Which of the patient's applications. */
  readonly n: number;
  readonly createdAt: number;
  readonly aidYear: number;
  /** Where it ends, if the fund finds nothing against it. */
  readonly status: SeedApplicationStatus;
  /** Which of the patient's diagnoses it is for. */
  readonly diagnosis: 0 | 1;
}

const ENDED_2025 = [
  ['APPROVED', 680],
  ['REJECTED', 180],
  ['WITHDRAWN', 140],
] as const;
const ENDED_2026 = [
  ['APPROVED', 530],
  ['REJECTED', 120],
  ['WITHDRAWN', 88],
  ['IN_REVIEW', 130],
  ['INFORMATION_REQUESTED', 60],
  ['DRAFT', 70],
  // waits in every reviewer's queue, so there must be few
  ['SUBMITTED', 2],
] as const;
const OPEN: readonly SeedApplicationStatus[] = ['DRAFT', 'SUBMITTED', 'IN_REVIEW', 'INFORMATION_REQUESTED'];

/** Status and time of the applications: all in 2025 or 2026, what is open is of October 2026. */
function applicationAt(i: number, n: number): Pick<SeedApplication, 'createdAt' | 'status' | 'diagnosis'> {
  if (n === 0) {
    return { createdAt: later(joinedAt(i), 6, 'apply', i), status: share(ENDED_2025, 'ended', i), diagnosis: 0 };
  }
  const status = share(ENDED_2026, n === 1 ? 'ended-1' : 'ended-2', i);
  const open = OPEN.includes(status);
  const from = open ? utc('2026-10-04T01:00:00') : utc('2026-01-12T01:00:00');
  const at = groupTime(from, (open ? 5 : 200) * DAY, 2, 'apply-2026', i);
  return { createdAt: n === 1 || open ? at : at + 20 * DAY, status, diagnosis: n === 1 ? 0 : 1 };
}

const DEMO_APPLICATIONS: readonly (readonly ReturnType<typeof applicationAt>[])[] = [
  [
    { createdAt: utc('2026-02-03T03:20:00'), status: 'APPROVED', diagnosis: 0 },
    { createdAt: utc('2026-10-20T09:10:00'), status: 'IN_REVIEW', diagnosis: 1 },
  ],
  [{ createdAt: utc('2025-04-08T05:45:00'), status: 'APPROVED', diagnosis: 0 }],
  [{ createdAt: utc('2026-10-26T11:30:00'), status: 'SUBMITTED', diagnosis: 0 }],
];

export const MOST_APPLICATIONS = 3;

/** From one to three, two on average. */
const applicationCount = (i: number): number =>
  share(
    [
      [1, 150],
      [2, 700],
      [3, 150],
    ],
    'applications',
    i,
  );

let lastApplications: readonly [number, readonly SeedApplication[]] | undefined;

/** A patient's applications, as fund and pharmacy know them. */
export function applicationsOf(i: number): readonly SeedApplication[] {
  if (lastApplications?.[0] !== i) {
    const planned = DEMO_APPLICATIONS[i] ?? Array.from({ length: applicationCount(i) }, (_, n) => applicationAt(i, n));
    const applications = planned.map((each, n) => ({
      ...each,
      n,
      id: rowId('application', i, n, each.createdAt),
      aidYear: yearOf(each.createdAt),
    }));
    lastApplications = [i, applications];
  }
  return lastApplications[1];
}

/** Id of a patient's application number `n` (from 0): patient 0's first is the demo's approved one. */
export function applicationId(i: number, n: number): string {
  const application = applicationsOf(i)[n];
  if (!application) throw new Error(`Patient ${i} has no application ${n}`);
  return application.id;
}

/** The year in Shanghai. */
export const yearOf = (at: number): number => Number(day(at + 8 * HOUR).slice(0, 4));

export interface SeedDiagnosis {
  readonly id: string;
  readonly disease: SeedDisease;
  readonly hospital: SeedHospital;
  readonly diagnosedOn: string;
  readonly status: 'REPORTED' | 'VERIFIED' | 'REFUSED';
  readonly createdAt: number;
  readonly decidedAt: number | null;
}

/** Gaucher's disease and osteogenesis imperfecta; Fabry disease, and Wilson disease still to be verified; SMA. */
const DEMO_CATALOG_NOS = [
  [31, 86],
  [27, 37],
  [110, 110],
] as const;

function diseasesOf(i: number, { diseases }: SeedWorld): readonly [SeedDisease, SeedDisease] {
  const demo = DEMO_CATALOG_NOS[i]?.map((number) => diseases.find(({ catalogNo }) => catalogNo === number));
  if (demo?.[0] && demo[1]) return [demo[0], demo[1]];
  const first = below(diseases.length, 'disease', i);
  const second = (first + 1 + below(diseases.length - 1, 'other-disease', i)) % diseases.length;
  return [diseases[first] as SeedDisease, diseases[second] as SeedDisease];
}

/** The disease that a patient has first of all, writes about and buys medicine for. */
export const diseaseOf = (i: number, world: SeedWorld): SeedDisease => diseasesOf(i, world)[0];

/** Some have one more, which the hospital has refused or not answered yet; it goes into no application. */
const OTHER_DIAGNOSIS = [
  ['REPORTED', 30],
  ['REFUSED', 30],
  [null, 940],
] as const;

let lastDiagnoses: readonly [number, SeedWorld, readonly SeedDiagnosis[]] | undefined;

/** A patient's diagnoses: those that applications rest on are verified. */
export function diagnosesOf(i: number, world: SeedWorld): readonly SeedDiagnosis[] {
  if (lastDiagnoses?.[0] === i && lastDiagnoses[1] === world) return lastDiagnoses[2];
  const [first, second] = diseasesOf(i, world);
  const hospital = i < DEMO_PATIENTS ? world.demoHospital : pick(world.hospitals, 'hospital', i);
  const make = (
    n: number,
    disease: SeedDisease,
    status: SeedDiagnosis['status'],
    createdAt: number,
  ): SeedDiagnosis => ({
    id: rowId('diagnosis', i, n, createdAt),
    disease,
    hospital,
    diagnosedOn: day(createdAt - (20 + below(300, 'diagnosed', i)) * DAY),
    status,
    createdAt,
    decidedAt: status === 'REPORTED' ? null : later(createdAt, 2, 'verified', i),
  });
  const found = [make(0, first, 'VERIFIED', later(joinedAt(i), 0.1, 'reported', i))];
  const needsSecond = applicationsOf(i).some(({ diagnosis }) => diagnosis === 1);
  const other = i === 1 ? 'REPORTED' : i < DEMO_PATIENTS ? null : share(OTHER_DIAGNOSIS, 'other-diagnosis', i);
  if (needsSecond) found.push(make(1, second, 'VERIFIED', later(joinedAt(i), 30, 'reported', i)));
  else if (other) found.push(make(1, second, other, otherReportedAt(i, other)));
  lastDiagnoses = [i, world, found];
  return found;
}

const otherReportedAt = (i: number, status: 'REPORTED' | 'REFUSED'): number =>
  status === 'REPORTED'
    ? groupTime(utc('2026-10-22T01:00:00'), 5 * DAY, 2, 'other-reported', i)
    : later(joinedAt(i), 60, 'other-reported', i);
