import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';
import type { GivenAnswer } from './questionnaire.rules.js';

/** What somebody answered, and what it came to by the version that they answered. Only ever added. */
export const QuestionnaireResultEntity = defineEntity({
  name: 'QuestionnaireResult',
  tableName: 'questionnaire_result',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    questionnaire: p.text(),
    questionnaireVersion: p.integer(),
    answers: p.json<readonly GivenAnswer[]>(),
    score: p.integer(),
    band: p.text(),
    redFlag: p.boolean(),
    answeredAt: p.datetime(),
    /** The sign-in of the patient or of who answered for them. */
    answeredBy: p.text(),
  }),
  policies: [
    {
      name: 'questionnaire_result_seen',
      command: 'select',
      using: `patient_id = any((select caller_side_of('VIEW'))::uuid[]) or patient_id = any((select caller_treated())::uuid[])`,
    },
    {
      name: 'questionnaire_result_answered',
      command: 'insert',
      check: `patient_id = any((select caller_side_of('CARE'))::uuid[]) and answered_by = caller_subject()`,
    },
  ],
});
