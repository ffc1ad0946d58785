import { ConsentPurpose } from '../common/consent-purpose.js';
import {
  actorOf,
  below,
  DAY,
  DEMO_PATIENTS,
  day,
  diagnosesOf,
  joinedAt,
  moment,
  patientId,
  pick,
  rowId,
  type SeedTable,
  type SeedWorld,
  shownNumber,
  subjectOf,
} from '../common/seed.js';
import { CARE_SCOPES } from './care/care-relationship.entity.js';

const DEMO_NAMES = ['Demo Patient', 'Demo Other Patient', 'Demo Child'] as const;
const CHILD_BORN = '2018-04-11';
const DEMO_BIRTHDAYS = ['1991-05-20', '1984-08-02', CHILD_BORN] as const;
/** Without a sign-in of their own people are children, so the others are of age: born from 1945 to 2004. */
const FIRST_BIRTHDAY = Date.UTC(1945, 0, 1);
const BIRTHDAYS = 60 * 365;

const birthday = (i: number): string =>
  DEMO_BIRTHDAYS[i] ?? day(FIRST_BIRTHDAY + below(BIRTHDAYS, 'birthday', i) * DAY);

/** What everybody here agreed to when they joined. */
const CONSENTS = [ConsentPurpose.AID_REVIEW, ConsentPurpose.SHARE_WITH_PHARMACY, ConsentPurpose.TREATMENT] as const;

const refusalOf = (status: string): string | null =>
  status === 'REFUSED' ? 'Demo: there is no such record at this hospital.' : null;

const region = (i: number, { hospitals, demoHospital }: SeedWorld): string =>
  (i < DEMO_PATIENTS ? demoHospital : pick(hospitals, 'region', i)).province;

/** The patient, who cares for them, and what was found in them. */
export const patientSeed: readonly SeedTable[] = [
  {
    table: 'patient',
    columns: ['id', 'subject', 'display_name', 'birth_date', 'sex', 'region', 'created_at'],
    rows: (i, world) => [
      [
        patientId(i),
        subjectOf(i),
        DEMO_NAMES[i] ?? `Demo Patient ${shownNumber(i)}`,
        birthday(i),
        pick(['FEMALE', 'MALE'], 'sex', i),
        region(i, world),
        moment(joinedAt(i)),
      ],
    ],
  },
  {
    table: 'care_relationship',
    columns: ['id', 'patient_id', 'patient_subject', 'caregiver_subject', 'scopes', 'granted_at', 'expires_at'],
    *rows(i) {
      const { subject, role } = actorOf(i);
      if (role !== 'CAREGIVER') return;
      const grown = `${Number(CHILD_BORN.slice(0, 4)) + 18}${CHILD_BORN.slice(4)} 00:00:00+08`;
      const granted = joinedAt(i);
      yield [rowId('care', i, 0, granted), patientId(i), null, subject, CARE_SCOPES, moment(granted), grown];
    },
  },
  {
    table: 'consent',
    columns: ['id', 'patient_id', 'purpose', 'text_number', 'given_at', 'given_by'],
    *rows(i) {
      const given = joinedAt(i);
      for (const [nth, purpose] of CONSENTS.entries())
        yield [rowId('consent', i, nth, given), patientId(i), purpose, 1, moment(given), actorOf(i).subject];
    },
  },
  {
    table: 'diagnosis',
    columns: [
      'id',
      'patient_id',
      'disease_id',
      'hospital_id',
      'hospital_organisation_id',
      'diagnosed_on',
      'physician_name',
      'status',
      'decided_at',
      'decided_by_role',
      'reason',
      'version',
      'created_at',
    ],
    *rows(i, world) {
      for (const { id, disease, hospital, diagnosedOn, status, createdAt, decidedAt } of diagnosesOf(i, world)) {
        yield [
          id,
          patientId(i),
          disease.id,
          hospital.id,
          hospital.organisationId,
          diagnosedOn,
          `Dr. Demo ${1 + below(900, 'physician', i)}`,
          status,
          decidedAt === null ? null : moment(decidedAt),
          decidedAt === null ? null : 'HOSPITAL',
          refusalOf(status),
          decidedAt === null ? 1 : 2,
          moment(createdAt),
        ];
      }
    },
  },
  {
    // rows that are loaded fire no triggers
    table: 'diagnosis_event',
    columns: ['id', 'diagnosis_id', 'status', 'at', 'by_role', 'reason'],
    *rows(i, world) {
      for (const [nth, { id, status, createdAt, decidedAt }] of diagnosesOf(i, world).entries()) {
        const event = (at: number, kind: number) => rowId('diagnosis_event', i, nth * 2 + kind, at);
        yield [event(createdAt, 0), id, 'REPORTED', moment(createdAt), actorOf(i).role, null];
        if (decidedAt !== null) {
          yield [event(decidedAt, 1), id, status, moment(decidedAt), 'HOSPITAL', refusalOf(status)];
        }
      }
    },
  },
];
