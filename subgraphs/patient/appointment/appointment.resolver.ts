import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import {
  ConsentMissing,
  IdempotencyConflict,
  InvalidInput,
  NotAllowed,
  NotFound,
  StaleVersion,
} from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { DateTime } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Physician } from '../physician/physician.js';
import { Patient } from '../profile/patient.js';
import { AppointmentAction, type AppointmentStatus } from './appointment.enums.js';
import { AppointmentWrongState, SlotNotFree } from './appointment.errors.js';
import { Appointment, AppointmentEvent, ConsultationSummary } from './appointment.js';
import type { LoadedAppointment } from './appointment.loader.js';
import { allowedActions } from './appointment.rules.js';
import { AppointmentService, type WithAppointment } from './appointment.service.js';
import { checkedZone } from './availability.resolver.js';
import { icalendarOf } from './icalendar.js';
import { localTime } from './slot.rules.js';

@ArgsType()
class PatientAppointmentsArgs extends PageArgs {
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Only those that are booked or confirmed and not over, soonest first; otherwise all, latest first.',
  })
  upcoming!: boolean;
}

@ArgsType()
class MyAppointmentsArgs extends PageArgs {
  @Field(() => DateTime, { nullable: true, description: 'Only those that begin from then on.' })
  from?: Date;

  @Field(() => DateTime, { nullable: true, description: 'Only those that begin before then.' })
  to?: Date;
}

@InputType({ description: 'Which slot is to be booked, for whom and why.' })
class BookAppointmentInput {
  @Field(() => ID, { description: 'The patient: you, or somebody whom you care for with the scope CARE.' })
  patientId!: string;

  @Field(() => ID, { description: 'The physician, from `physicians`.' })
  physicianId!: string;

  @Field(() => DateTime, { description: 'The `startsAt` of one of the physician’s `slots`.' })
  startsAt!: Date;

  @Field(() => String, { description: 'Why the patient comes, for the physician to prepare. 1 to 500 characters.' })
  reason!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again books once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which appointment it is about.' })
class AppointmentInput {
  @Field(() => ID, { description: 'The appointment.' })
  appointmentId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again does it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which appointment is to be confirmed.' })
class ConfirmAppointmentInput extends AppointmentInput {}

@InputType({ description: 'Which appointment did not take place since nobody came.' })
class RecordNoShowInput extends AppointmentInput {}

@InputType({ description: 'Which appointment is to be moved, and to when.' })
class MoveAppointmentInput extends AppointmentInput {
  @Field(() => DateTime, { description: 'The `startsAt` of another of the physician’s `slots`.' })
  startsAt!: Date;
}

@InputType({ description: 'Which appointment is to be cancelled.' })
class CancelAppointmentInput extends AppointmentInput {
  @Field(() => String, {
    nullable: true,
    description: 'Why; a physician has to say it. The other side reads it. At most 500 characters.',
  })
  reason?: string | null;
}

@InputType({ description: 'What came out of a consultation.' })
class CompleteAppointmentInput extends AppointmentInput {
  @Field(() => String, { description: 'What was found and done. 1 to 5,000 characters.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'What the patient should do. At most 5,000 characters.' })
  advice?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The diagnosis as you name it, for the patient to read. At most 500 characters.',
  })
  diagnosis?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'In how many days after the consultation they should meet again, 1 to 730; left out for no follow-up.',
  })
  followUpInDays?: number | null;
}

@InputType({ description: 'The whole summary as it should read.' })
class CorrectConsultationSummaryInput extends CompleteAppointmentInput {}

const STEP = [NotFound, NotAllowed, AppointmentWrongState, StaleVersion, IdempotencyConflict];
const BookAppointmentResult = resultUnion(
  'BookAppointmentResult',
  'The booked appointment, or why there is none.',
  Appointment,
  [NotFound, NotAllowed, InvalidInput, ConsentMissing, SlotNotFree, IdempotencyConflict],
);
const ConfirmAppointmentResult = resultUnion(
  'ConfirmAppointmentResult',
  'The confirmed appointment, or why it is not.',
  Appointment,
  [...STEP, ConsentMissing],
);
const MoveAppointmentResult = resultUnion(
  'MoveAppointmentResult',
  'The appointment at its new time, or why it was not moved.',
  Appointment,
  [...STEP, ConsentMissing, SlotNotFree],
);
const CancelAppointmentResult = resultUnion(
  'CancelAppointmentResult',
  'The cancelled appointment, or why it was not cancelled.',
  Appointment,
  [...STEP, InvalidInput],
);
const CompleteAppointmentResult = resultUnion(
  'CompleteAppointmentResult',
  'The appointment with its summary, or why it has none.',
  Appointment,
  [...STEP, ConsentMissing, InvalidInput],
);
const CorrectConsultationSummaryResult = resultUnion(
  'CorrectConsultationSummaryResult',
  'The appointment with its new summary, or why it was not written.',
  Appointment,
  [...STEP, ConsentMissing, InvalidInput],
);
const RecordNoShowResult = resultUnion(
  'RecordNoShowResult',
  'The appointment, or why it was not recorded.',
  Appointment,
  STEP,
);
const AppointmentConnection = connectionType(Appointment, 'appointments');
const ConsultationSummaryConnection = connectionType(ConsultationSummary, 'consultation summaries');

const checked = <Input extends WithAppointment>(input: Input): Input => ({
  ...input,
  appointmentId: checkedId(input.appointmentId, 'appointmentId'),
});

@Resolver(() => Appointment)
export class AppointmentResolver {
  @Query(() => Appointment, {
    nullable: true,
    description: 'One appointment by id; null when there is none that you may see.',
  })
  @RequiresScopes('care:book', 'care:provide')
  appointment(
    @Arg('id', () => ID, { description: 'The id of the appointment.' }) id: string,
    @Ctx() { appointments }: PatientContext,
  ): Promise<Appointment | null> {
    return appointments.byId(checkedId(id));
  }

  @Query(() => AppointmentConnection, {
    nullable: true,
    description: 'For a verified physician: your appointments, soonest first.',
  })
  @RequiresScopes('care:provide')
  async myAppointments(
    @Args(() => MyAppointmentsArgs) args: MyAppointmentsArgs,
    @Ctx() { appointments }: PatientContext,
  ): Promise<ConnectionSource<Appointment>> {
    const page = pageOf(args);
    const [from, to] = [args.from ?? null, args.to ?? null];
    return connection(await appointments.ofPhysician(from, to, page), page, () =>
      appointments.countOfPhysician(from, to),
    );
  }

  @FieldResolver(() => Patient, {
    nullable: true,
    description: 'Who is treated; null for a physician to whom the patient no longer gives the consent TREATMENT.',
  })
  patient(@Root() { patientId }: LoadedAppointment, @Ctx() { patients }: PatientContext): Promise<Patient | null> {
    return patients.byId(patientId);
  }

  @FieldResolver(() => Physician, {
    nullable: true,
    description: 'Who treats; null while the physician’s licence is looked at again.',
  })
  physician(
    @Root() { physicianId }: LoadedAppointment,
    @Ctx() { physicians }: PatientContext,
  ): Promise<Physician | null> {
    return physicians.byId(physicianId);
  }

  @FieldResolver(() => String, {
    description: 'When it begins as clocks in a zone show it, with their offset from UTC, as in RFC 3339.',
  })
  localStart(
    @Root() { facts, zone: own }: LoadedAppointment,
    @Arg('zone', () => String, {
      nullable: true,
      description:
        'IANA name of the time zone, for example `Europe/Berlin`; that of the physician’s hours if left out.',
    })
    zone: string | undefined,
  ): string {
    return localTime(facts.startsAt.getTime(), checkedZone(zone) ?? own);
  }

  @FieldResolver(() => [AppointmentEvent], {
    nullable: true,
    description: 'What became of it, in order; the last 100 steps.',
  })
  events(@Root() { id }: Appointment, @Ctx() { appointments }: PatientContext): Promise<AppointmentEvent[]> {
    return appointments.events(id);
  }

  @FieldResolver(() => ConsultationSummary, {
    nullable: true,
    description: 'What came out of it, in its latest version; null until the physician has written it.',
  })
  async summary(
    @Root() { id }: Appointment,
    @Ctx() { appointments }: PatientContext,
  ): Promise<ConsultationSummary | null> {
    return (await appointments.summaries(id)).at(-1) ?? null;
  }

  @FieldResolver(() => [ConsultationSummary], {
    nullable: true,
    description: 'Every version of the summary, in order; at most 20.',
  })
  summaryVersions(
    @Root() { id }: Appointment,
    @Ctx() { appointments }: PatientContext,
  ): Promise<ConsultationSummary[]> {
    return appointments.summaries(id);
  }

  @FieldResolver(() => [AppointmentAction], { description: 'What you may do with it now.' })
  allowedActions(@Root() appointment: LoadedAppointment): AppointmentAction[] {
    return allowedActions(appointment.facts, appointment, new Date());
  }

  @FieldResolver(() => String, {
    description:
      'The appointment as the text of an `.ics` file (RFC 5545), for any calendar. Its title is neutral, and it names neither the patient nor a reason. After a change, import it again: the calendar knows it by its UID.',
  })
  icalendar(
    @Root() { id, facts, changedAt, status, version }: LoadedAppointment,
    @Ctx() { locale }: PatientContext,
  ): string {
    const { startsAt, endsAt } = facts;
    const stored = {
      id,
      startsAt,
      endsAt,
      changedAt: new Date(changedAt),
      status: status as AppointmentStatus,
      version,
    };
    return icalendarOf(stored, locale);
  }

  @Mutation(() => BookAppointmentResult, {
    nullable: true,
    description:
      'Books a free slot of a physician. The patient must have given the consent TREATMENT, to the physician or in general.',
  })
  @RequiresScopes('care:book')
  bookAppointment(
    @Arg('input', () => BookAppointmentInput, { description: 'What is to be booked.' }) input: BookAppointmentInput,
    @Ctx() context: PatientContext,
  ): Promise<Appointment | Failure | null> {
    for (const key of ['patientId', 'physicianId'] as const) input[key] = checkedId(input[key], key);
    return done(context, new AppointmentService(context).book(input));
  }

  @Mutation(() => ConfirmAppointmentResult, {
    nullable: true,
    description:
      'For its physician: says that you will be there. What is not confirmed until a day after its end is cancelled.',
  })
  @RequiresScopes('care:provide')
  confirmAppointment(
    @Arg('input', () => ConfirmAppointmentInput, { description: 'Which one.' }) input: ConfirmAppointmentInput,
    @Ctx() context: PatientContext,
  ): Promise<Appointment | Failure | null> {
    return done(context, new AppointmentService(context).confirm(checked(input)));
  }

  @Mutation(() => MoveAppointmentResult, {
    nullable: true,
    description:
      'Moves an appointment to another free slot of the same physician, before it begins. One that the patient’s side moves is to be confirmed anew.',
  })
  @RequiresScopes('care:book', 'care:provide')
  moveAppointment(
    @Arg('input', () => MoveAppointmentInput, { description: 'Which one, and to when.' }) input: MoveAppointmentInput,
    @Ctx() context: PatientContext,
  ): Promise<Appointment | Failure | null> {
    return done(context, new AppointmentService(context).move(checked(input)));
  }

  @Mutation(() => CancelAppointmentResult, {
    nullable: true,
    description: 'Cancels an appointment before it begins. The slot is free again.',
  })
  @RequiresScopes('care:book', 'care:provide')
  cancelAppointment(
    @Arg('input', () => CancelAppointmentInput, { description: 'Which one, and why.' }) input: CancelAppointmentInput,
    @Ctx() context: PatientContext,
  ): Promise<Appointment | Failure | null> {
    return done(context, new AppointmentService(context).cancel(checked(input)));
  }

  @Mutation(() => CompleteAppointmentResult, {
    nullable: true,
    description: 'For its physician: writes down what came out of a consultation, once it has begun.',
  })
  @RequiresScopes('care:provide')
  completeAppointment(
    @Arg('input', () => CompleteAppointmentInput, { description: 'What came out of it.' })
    input: CompleteAppointmentInput,
    @Ctx() context: PatientContext,
  ): Promise<Appointment | Failure | null> {
    return done(context, new AppointmentService(context).complete(checked(input)));
  }

  @Mutation(() => CorrectConsultationSummaryResult, {
    nullable: true,
    description: 'For its physician: writes a summary anew, within 90 days. The earlier versions stay.',
  })
  @RequiresScopes('care:provide')
  correctConsultationSummary(
    @Arg('input', () => CorrectConsultationSummaryInput, { description: 'The whole summary.' })
    input: CorrectConsultationSummaryInput,
    @Ctx() context: PatientContext,
  ): Promise<Appointment | Failure | null> {
    return done(context, new AppointmentService(context).correct(checked(input)));
  }

  @Mutation(() => RecordNoShowResult, {
    nullable: true,
    description: 'For its physician: says that the patient did not come, from ten minutes after the start.',
  })
  @RequiresScopes('care:provide')
  recordNoShow(
    @Arg('input', () => RecordNoShowInput, { description: 'Which one.' }) input: RecordNoShowInput,
    @Ctx() context: PatientContext,
  ): Promise<Appointment | Failure | null> {
    return done(context, new AppointmentService(context).recordNoShow(checked(input)));
  }
}

const done = ({ appointments }: PatientContext, work: Promise<string>): Promise<Appointment | Failure | null> =>
  orFailure(work.then((id) => appointments.changed(id)));

@Resolver(() => Patient)
export class PatientAppointmentsResolver {
  @FieldResolver(() => AppointmentConnection, {
    nullable: true,
    description: 'The patient’s video consultations. A physician sees those with themselves.',
  })
  @RequiresScopes('care:book', 'care:provide')
  async appointments(
    @Root() { id }: Patient,
    @Args(() => PatientAppointmentsArgs) args: PatientAppointmentsArgs,
    @Ctx() { appointments }: PatientContext,
  ): Promise<ConnectionSource<Appointment>> {
    const page = pageOf(args);
    const { upcoming } = args;
    return connection(await appointments.ofPatient(id, upcoming, page), page, () =>
      appointments.countOfPatient(id, upcoming),
    );
  }

  @FieldResolver(() => ConsultationSummaryConnection, {
    nullable: true,
    description:
      'What came out of the patient’s consultations, each in its latest version, newest first. Also for every physician who treats the patient.',
  })
  @RequiresScopes('care:book', 'care:provide')
  async consultationSummaries(
    @Root() { id }: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { appointments }: PatientContext,
  ): Promise<ConnectionSource<ConsultationSummary>> {
    const page = pageOf(args);
    return connection(await appointments.summariesOfPatient(id, page), page, () =>
      appointments.countSummariesOfPatient(id),
    );
  }
}
