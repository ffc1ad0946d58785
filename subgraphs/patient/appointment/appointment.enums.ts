import { registerEnumType } from 'type-graphql';

export enum AppointmentStatus {
  BOOKED = 'BOOKED',
  CONFIRMED = 'CONFIRMED',
  COMPLETED = 'COMPLETED',
  CANCELLED = 'CANCELLED',
  NO_SHOW = 'NO_SHOW',
}
registerEnumType(AppointmentStatus, {
  name: 'AppointmentStatus',
  description: 'Where an appointment stands. The last three are final.',
  valuesConfig: {
    BOOKED: { description: 'The slot is held; the physician has not confirmed it yet.' },
    CONFIRMED: { description: 'The physician will be there.' },
    COMPLETED: { description: 'The consultation was held; `summary` says what came out of it.' },
    CANCELLED: { description: 'It does not take place. The slot is free again.' },
    NO_SHOW: { description: 'The patient did not come.' },
  },
});

export enum AppointmentAction {
  CONFIRM = 'CONFIRM',
  MOVE = 'MOVE',
  CANCEL = 'CANCEL',
  COMPLETE = 'COMPLETE',
  RECORD_NO_SHOW = 'RECORD_NO_SHOW',
  CORRECT_SUMMARY = 'CORRECT_SUMMARY',
}
registerEnumType(AppointmentAction, {
  name: 'AppointmentAction',
  description: 'What may be done with an appointment.',
  valuesConfig: {
    CONFIRM: { description: '`confirmAppointment`: the physician says that they will be there.' },
    MOVE: { description: '`moveAppointment`: take another free slot of the same physician, before it begins.' },
    CANCEL: { description: '`cancelAppointment`: give the slot back, before it begins.' },
    COMPLETE: {
      description: '`completeAppointment`: the physician writes down what came out of it, once it has begun.',
    },
    RECORD_NO_SHOW: {
      description: '`recordNoShow`: the physician says that nobody came, from ten minutes after the start.',
    },
    CORRECT_SUMMARY: {
      description: '`correctConsultationSummary`: the physician writes a better summary; the earlier ones stay.',
    },
  },
});

export enum AppointmentEventKind {
  BOOKED = 'BOOKED',
  CONFIRMED = 'CONFIRMED',
  MOVED = 'MOVED',
  CANCELLED = 'CANCELLED',
  COMPLETED = 'COMPLETED',
  NO_SHOW = 'NO_SHOW',
}
registerEnumType(AppointmentEventKind, {
  name: 'AppointmentEventKind',
  description: 'A step in the life of an appointment.',
  valuesConfig: {
    BOOKED: { description: 'It was booked.' },
    CONFIRMED: { description: 'The physician confirmed it.' },
    MOVED: { description: 'It was moved to another time.' },
    CANCELLED: { description: 'It was cancelled.' },
    COMPLETED: { description: 'The consultation was held.' },
    NO_SHOW: { description: 'The patient did not come.' },
  },
});

export enum AppointmentRole {
  PATIENT = 'PATIENT',
  CAREGIVER = 'CAREGIVER',
  PHYSICIAN = 'PHYSICIAN',
  SYSTEM = 'SYSTEM',
}
registerEnumType(AppointmentRole, {
  name: 'AppointmentRole',
  description: 'In which role somebody did something with an appointment.',
  valuesConfig: {
    PATIENT: { description: 'The patient.' },
    CAREGIVER: { description: 'Somebody who acts for the patient.' },
    PHYSICIAN: { description: 'The physician.' },
    SYSTEM: { description: 'This system, by itself.' },
  },
});
