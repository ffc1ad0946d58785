import type { Jobs } from '../common/jobs.js';
import {
  CANCEL_UNCONFIRMED,
  cancelUnconfirmed,
  REMIND_OF_APPOINTMENT,
  remindOfAppointment,
  TELL_OF_FOLLOW_UPS,
  tellOfFollowUps,
} from './appointment/appointment.jobs.js';
import { HAND_OVER, handOver, TELL_OF_CARE_ENDS, tellOfCareEnds } from './care/care.jobs.js';
import { REMIND_OF_CARE_TASKS, remindOfCareTasks } from './care-plan/care-plan.jobs.js';
import { HIDE_SHOWN_DISEASE } from './consent/community.step.js';
import { hideDiseaseOfPatient } from './consent/consent.jobs.js';
import type { PatientContext } from './context.js';
import { GATHER_DATA_EXPORT, gatherDataExport } from './data-rights/data-export.service.js';
import { TEND_DATA_RIGHTS, tendDataRights } from './data-rights/data-rights.jobs.js';
import { erasePerson } from './data-rights/erasure.jobs.js';
import { ERASE_PERSON } from './data-rights/erasure.service.js';
import { COLLECT_ORPHANS, collectOrphans, REMOVE_OBJECT, removeObject } from './document/document.jobs.js';

/** What the patient subgraph does later, or at certain times. Times are UTC; Shanghai is eight hours ahead. */
export const patientJobs: Jobs<PatientContext> = {
  tasks: {
    [COLLECT_ORPHANS]: collectOrphans,
    [HIDE_SHOWN_DISEASE]: hideDiseaseOfPatient,
    [REMOVE_OBJECT]: removeObject,
    [HAND_OVER]: handOver,
    [TELL_OF_CARE_ENDS]: tellOfCareEnds,
    [REMIND_OF_CARE_TASKS]: remindOfCareTasks,
    [REMIND_OF_APPOINTMENT]: remindOfAppointment,
    [TELL_OF_FOLLOW_UPS]: tellOfFollowUps,
    [CANCEL_UNCONFIRMED]: cancelUnconfirmed,
    [GATHER_DATA_EXPORT]: gatherDataExport,
    [ERASE_PERSON]: erasePerson,
    [TEND_DATA_RIGHTS]: (_payload, context) => tendDataRights(context),
  },
  schedule: [
    { task: COLLECT_ORPHANS, cron: '17 * * * *', atStart: true },
    { task: TELL_OF_CARE_ENDS, cron: '40 0 * * *' },
    { task: REMIND_OF_CARE_TASKS, cron: '0 23 * * *' },
    { task: TELL_OF_FOLLOW_UPS, cron: '20 0 * * *' },
    { task: CANCEL_UNCONFIRMED, cron: '27 * * * *' },
    { task: TEND_DATA_RIGHTS, cron: '41 * * * *' },
  ],
};
