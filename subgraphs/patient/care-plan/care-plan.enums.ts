import { registerEnumType } from 'type-graphql';

export enum CarePlanStatus {
  ACTIVE = 'ACTIVE',
  ENDED = 'ENDED',
}
registerEnumType(CarePlanStatus, {
  name: 'CarePlanStatus',
  description: 'Whether a care plan runs.',
  valuesConfig: {
    ACTIVE: { description: 'It runs: its tasks become due.' },
    ENDED: { description: 'It is over: nothing of it becomes due any more.' },
  },
});

export enum CarePlanAction {
  CHANGE = 'CHANGE',
  END = 'END',
  MARK_TASKS = 'MARK_TASKS',
}
registerEnumType(CarePlanAction, {
  name: 'CarePlanAction',
  description: 'What may be done with a care plan.',
  valuesConfig: {
    CHANGE: { description: '`changeCarePlan`: change it, add tasks or stop them.' },
    END: { description: '`endCarePlan`: nothing of it becomes due any more.' },
    MARK_TASKS: { description: '`completeCareTask` and `skipCareTask`: say what was done.' },
  },
});

export enum CareTaskKind {
  MEDICATION = 'MEDICATION',
  MEASUREMENT = 'MEASUREMENT',
  QUESTIONNAIRE = 'QUESTIONNAIRE',
  VISIT = 'VISIT',
  EXERCISE = 'EXERCISE',
  READING = 'READING',
}
registerEnumType(CareTaskKind, {
  name: 'CareTaskKind',
  description: 'What a task of a care plan asks for.',
  valuesConfig: {
    MEDICATION: { description: 'To take a medicine.' },
    MEASUREMENT: { description: 'To measure something, or have it measured.' },
    QUESTIONNAIRE: { description: 'To answer the questionnaire that the task names.' },
    VISIT: { description: 'To see somebody.' },
    EXERCISE: { description: 'To move or practise.' },
    READING: { description: 'To read something, for example one of the articles of the plan.' },
  },
});

export enum OccurrenceState {
  DONE = 'DONE',
  SKIPPED = 'SKIPPED',
  MISSED = 'MISSED',
  DUE = 'DUE',
  UPCOMING = 'UPCOMING',
}
registerEnumType(OccurrenceState, {
  name: 'OccurrenceState',
  description: 'What became of a task on one of the days on which it is due.',
  valuesConfig: {
    DONE: { description: 'It was done.' },
    SKIPPED: { description: 'It was left out on purpose.' },
    MISSED: { description: 'The day is over and nothing was said.' },
    DUE: { description: 'It is due today.' },
    UPCOMING: { description: 'Its day has not come yet.' },
  },
});
