import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export enum CareNoticeKind {
  RECORD_OPENED_IN_EMERGENCY = 'RECORD_OPENED_IN_EMERGENCY',
  CARE_INVITATION_ACCEPTED = 'CARE_INVITATION_ACCEPTED',
  CARE_ENDS_SOON = 'CARE_ENDS_SOON',
  CARE_ENDED = 'CARE_ENDED',
  APPOINTMENT_BOOKED = 'APPOINTMENT_BOOKED',
  APPOINTMENT_CONFIRMED = 'APPOINTMENT_CONFIRMED',
  APPOINTMENT_MOVED = 'APPOINTMENT_MOVED',
  APPOINTMENT_CANCELLED = 'APPOINTMENT_CANCELLED',
  APPOINTMENT_SOON = 'APPOINTMENT_SOON',
  CONSULTATION_SUMMARY_READY = 'CONSULTATION_SUMMARY_READY',
  FOLLOW_UP_DUE = 'FOLLOW_UP_DUE',
  CARE_TASK_DUE = 'CARE_TASK_DUE',
  DIARY_GOT_WORSE = 'DIARY_GOT_WORSE',
  DIAGNOSIS_DECIDED = 'DIAGNOSIS_DECIDED',
  EXPORT_READY = 'EXPORT_READY',
}
registerEnumType(CareNoticeKind, {
  name: 'CareNoticeKind',
  description: 'What a notice is about. More kinds may be added: show `text` for one that you do not know.',
  valuesConfig: {
    RECORD_OPENED_IN_EMERGENCY: {
      description: 'A physician who does not treat the patient opened the record in an emergency.',
    },
    CARE_INVITATION_ACCEPTED: { description: 'Somebody accepted an invitation and now acts for the patient.' },
    CARE_ENDS_SOON: { description: 'Somebody will soon no longer act for the patient; `happensAt` says when.' },
    CARE_ENDED: { description: 'Somebody no longer acts for the patient.' },
    APPOINTMENT_BOOKED: { description: 'An appointment was booked and waits to be confirmed.' },
    APPOINTMENT_CONFIRMED: { description: 'The physician confirmed an appointment.' },
    APPOINTMENT_MOVED: { description: 'An appointment is at another time now; `happensAt` says when.' },
    APPOINTMENT_CANCELLED: { description: 'An appointment was cancelled.' },
    APPOINTMENT_SOON: { description: 'An appointment is near; `happensAt` says when.' },
    CONSULTATION_SUMMARY_READY: { description: 'The physician wrote down what came out of a consultation.' },
    FOLLOW_UP_DUE: { description: 'A follow-up that a physician asked for should be booked.' },
    CARE_TASK_DUE: { description: 'A task of a care plan is due; `happensAt` says when.' },
    DIARY_GOT_WORSE: { description: 'The symptoms in a diary got worse.' },
    DIAGNOSIS_DECIDED: { description: 'A reported diagnosis was verified or refused.' },
    EXPORT_READY: { description: 'An export of the patient’s data can be downloaded.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Something that a patient, or a physician of theirs, should know. Nothing is sent from here: an app shows it, or a program that sends messages reads it.',
})
@RequiresScopes('patient:self', 'care:provide')
export class CareNotice {
  @Field(() => ID, { description: 'Identifies the notice.' })
  readonly id!: string;

  @Field(() => CareNoticeKind, { description: 'What it is about.' })
  readonly kind!: CareNoticeKind;

  @Field(() => ID, { description: 'The id of what it is about: an appointment, a task, a diagnosis.' })
  readonly aboutId!: string;

  @Field(() => DateTime, { nullable: true, description: 'When what it is about happens, where that is to be told.' })
  readonly happensAt!: string | null;

  @Field(() => DateTime, { description: 'When it was told.' })
  readonly at!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was marked as read; null while it is new.' })
  readonly readAt!: string | null;
}
