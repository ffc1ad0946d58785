import { defineEntity } from '@mikro-orm/core';
import { AidPolicyEntity, FundEntity } from '../policy/policy.entity.js';
import type { ReviewStage } from '../review/review.js';
import type { ApplicationStatus } from './application.enums.js';

/** Children of an application are seen by whoever sees the application. */
export const seenWithApplication = (table: string) => [
  {
    name: `${table}_concerned`,
    using: 'exists (select from application where application.id = application_id offset 0)',
  },
];

/** What was true at submission, kept with the application: later changes elsewhere do not change what was decided on. */
export interface SubmissionSnapshot {
  readonly diagnosisId: string;
  readonly hospitalId: string;
  readonly diagnosedOn: string;
  readonly policyNumber: number;
}

/** Somebody asks the fund for aid for one disease in one year. */
export const ApplicationEntity = defineEntity({
  name: 'Application',
  tableName: 'application',
  properties: (p) => ({
    id: p.uuid().primary(),
    number: p.text().unique(),
    patientId: p.uuid(),
    patientSubject: p.text().nullable(),
    diseaseId: p.uuid(),
    fund: () => p.manyToOne(FundEntity).ref(),
    aidYear: p.integer(),
    expectedExpenseFen: p.bigint(),
    status: p.text().$type<ApplicationStatus>(),
    /** The review that waits to be decided, and who has taken it; kept here too so that a queue is one index. */
    openStage: p.text().$type<ReviewStage>().nullable(),
    openReviewer: p.text().nullable(),
    reviewerSubjects: p.array().columnType('text[]'),
    policy: () => p.manyToOne(AidPolicyEntity).nullable().ref(),
    snapshot: p.json<SubmissionSnapshot>().nullable(),
    deadlineAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    submittedAt: p.datetime().nullable(),
    decidedAt: p.datetime().nullable(),
    /** 1, and 2 after an appeal. */
    round: p.integer().default(1),
    waitlistedAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'application_concerned',
      using: `patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])
        or (caller_has_role('REVIEWER') and status <> 'DRAFT'
          and (caller_subject() = any(reviewer_subjects) or (open_stage is not null and open_reviewer is null)))
        or (select caller_is_system())`,
    },
  ],
});

/** One step in an application's life. Only ever added. */
export const ApplicationEventEntity = defineEntity({
  name: 'ApplicationEvent',
  tableName: 'application_event',
  properties: (p) => ({
    id: p.uuid().primary(),
    application: () => p.manyToOne(ApplicationEntity).ref(),
    status: p.text().$type<ApplicationStatus>(),
    at: p.datetime(),
    byRole: p.text(),
    note: p.text().nullable(),
  }),
  policies: seenWithApplication('application_event'),
});
