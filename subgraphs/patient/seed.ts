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
        DEMO_NAMES[i] ?? `Demo Patient ${i}`,
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
          status === 'REFUSED' ? 'Demo: there is no such record at this hospital.' : null,
          decidedAt === null ? 1 : 2,
          moment(createdAt),
        ];
      }
    },
  },
];
