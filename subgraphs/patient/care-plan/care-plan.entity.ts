import { defineEntity } from '@mikro-orm/core';
import type { CareStage } from '../../common/care-stage.js';
import { PhysicianEntity } from '../physician/physician.entity.js';
import { PatientEntity } from '../profile/patient.entity.js';
import type { CarePlanStatus, CareTaskKind } from './care-plan.enums.js';
import type { Outcome } from './care-plan.rules.js';

const TREATED = 'patient_id = any((select caller_treated())::uuid[])';
const SEEN = `patient_id = any((select caller_side_of('VIEW'))::uuid[]) or ${TREATED} or (select caller_is_system())`;
const OWN = `physician_id = (select caller_physician()) and ${TREATED}`;
const IN_OWN_PLAN = 'care_plan_id = any((select caller_plans())::uuid[])';
const MARKED = `patient_id = any((select caller_side_of('CARE'))::uuid[])`;

/** What a physician planned with a patient. */
export const CarePlanEntity = defineEntity({
  name: 'CarePlan',
  tableName: 'care_plan',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    physician: () => p.manyToOne(PhysicianEntity).ref(),
    diseaseId: p.uuid(),
    stage: p.text().$type<CareStage>(),
    title: p.text(),
    goals: p.array().columnType('text[]'),
    status: p.text().$type<CarePlanStatus>(),
    createdAt: p.datetime(),
    endedAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    { name: 'care_plan_seen', command: 'select', using: SEEN },
    {
      name: 'care_plan_made',
      command: 'insert',
      // not because of an emergency alone: a plan opens the record for as long as it goes on
      check: `${OWN} and status = 'ACTIVE' and exists (select from treatment t where t.patient_id = care_plan.patient_id
        and t.physician_id = care_plan.physician_id and (t.until is null or t.until > now()) offset 0)`,
    },
    { name: 'care_plan_changed', command: 'update', using: OWN, check: OWN },
  ],
});

/** Something that a plan asks for, once or again and again. */
export const CareTaskEntity = defineEntity({
  name: 'CareTask',
  tableName: 'care_task',
  properties: (p) => ({
    id: p.uuid().primary(),
    carePlan: () => p.manyToOne(CarePlanEntity).ref(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    /** Where it stands in its plan, from 1. */
    place: p.integer(),
    title: p.text(),
    description: p.text().nullable(),
    kind: p.text().$type<CareTaskKind>(),
    questionnaire: p.text().nullable(),
    firstDueOn: p.date(),
    repeatsEveryDays: p.integer().nullable(),
    untilOn: p.date().nullable(),
    stoppedOn: p.date().nullable(),
  }),
  policies: [
    { name: 'care_task_seen', command: 'select', using: SEEN },
    { name: 'care_task_made', command: 'insert', check: IN_OWN_PLAN },
    { name: 'care_task_stopped', command: 'update', using: IN_OWN_PLAN, check: IN_OWN_PLAN },
  ],
});

/** What was done, or left out, of what was due on a day. */
export const CareTaskMarkEntity = defineEntity({
  name: 'CareTaskMark',
  tableName: 'care_task_mark',
  uniques: [{ name: 'care_task_mark_once', properties: ['task', 'occurrenceOn'] }],
  properties: (p) => ({
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    task: () => p.manyToOne(CareTaskEntity).ref(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    occurrenceOn: p.date(),
    outcome: p.text().$type<Outcome>(),
    at: p.datetime().defaultRaw('now()'),
    /** The sign-in of the patient or of who marked it for them. */
    markedBy: p.text(),
  }),
  policies: [
    { name: 'care_task_mark_seen', command: 'select', using: SEEN },
    { name: 'care_task_mark_made', command: 'insert', check: `${MARKED} and marked_by = caller_subject()` },
    {
      name: 'care_task_mark_changed',
      command: 'update',
      using: MARKED,
      check: `${MARKED} and marked_by = caller_subject()`,
    },
  ],
});
