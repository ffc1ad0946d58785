import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import { AppointmentEventKind, AppointmentRole, AppointmentStatus } from './appointment.enums.js';

@ObjectType({ simpleResolvers: true, description: 'A step in the life of an appointment.' })
@RequiresScopes('care:book', 'care:provide')
export class AppointmentEvent {
  @Field(() => AppointmentEventKind, { description: 'What happened.' })
  readonly kind!: AppointmentEventKind;

  @Field(() => DateTime, { description: 'When the appointment was to begin after this step.' })
  readonly startsAt!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly at!: string;

  @Field(() => AppointmentRole, { description: 'Who did it.' })
  readonly by!: AppointmentRole;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What came out of a consultation, as the physician wrote it down. Seen by the patient’s side and by physicians who treat the patient.',
})
@RequiresScopes('care:book', 'care:provide')
export class ConsultationSummary {
  @Field(() => ID, { description: 'Identifies this version of the summary.' })
  readonly id!: string;

  @Field(() => Int, { description: 'Which version it is, from 1; at most 20.' })
  readonly number!: number;

  @Field(() => String, { description: 'What was found and done. 1 to 5,000 characters.' })
  readonly text!: string;

  @Field(() => String, { nullable: true, description: 'What the patient should do. At most 5,000 characters.' })
  readonly advice!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The diagnosis as the physician names it. At most 500 characters. It is not a `Diagnosis` of the record.',
  })
  readonly diagnosis!: string | null;

  @Field(() => LocalDate, { nullable: true, description: 'When they should meet again; null for no follow-up.' })
  readonly followUpOn!: string | null;

  @Field(() => DateTime, { description: 'When it was written.' })
  readonly writtenAt!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A video consultation of a patient with a physician. Seen by the patient, who cares for them, and the physician.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('care:book', 'care:provide')
export class Appointment {
  @Field(() => ID, { description: 'Identifies the appointment; says nothing about it.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'When it begins.' })
  readonly startsAt!: string;

  @Field(() => DateTime, { description: 'When it ends.' })
  readonly endsAt!: string;

  @Field(() => String, { description: 'IANA name of the time zone of the physician’s hours.' })
  readonly zone!: string;

  @Field(() => AppointmentStatus, { description: 'Where it stands.' })
  readonly status!: AppointmentStatus;

  @Field(() => String, {
    nullable: true,
    description:
      'Why the patient comes, in their words. Null for a physician to whom the patient no longer gives the consent TREATMENT.',
  })
  readonly reason!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was cancelled, where somebody said so.' })
  readonly cancelReason!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change the appointment.' })
  readonly version!: number;
}
