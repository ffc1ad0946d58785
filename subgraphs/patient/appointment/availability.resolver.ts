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
import { Public, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { badUserInput, IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Physician } from '../physician/physician.js';
import { Absence, PhysicianHours, Slot, WEEKDAYS, Weekday } from './availability.js';
import { slotShown } from './availability.rules.js';
import { AvailabilityService } from './availability.service.js';
import { freeSlots, isZone, MAX_WINDOW_DAYS } from './slot.rules.js';

@ArgsType()
class SlotsArgs {
  @Field(() => DateTime, { description: 'Slots that begin from then on.' })
  from!: Date;

  @Field(() => DateTime, { description: 'And before then; at most 31 days after `from`.' })
  to!: Date;

  @Field(() => String, {
    nullable: true,
    description:
      'IANA name of the time zone for `localStart`, for example `Europe/Berlin`; the physician’s if left out.',
  })
  zone?: string;
}

@InputType({ description: 'Hours on a day of the week.' })
class PhysicianHoursInput {
  @Field(() => Weekday, { description: 'The day of the week.' })
  weekday!: Weekday;

  @Field(() => String, { description: 'When they begin, as `HH:MM`.' })
  from!: string;

  @Field(() => String, { description: 'When they end, as `HH:MM`, on the same day; `24:00` is its end.' })
  to!: string;

  @Field(() => Int, { description: 'How long an appointment lasts, in minutes: 10 to 120.' })
  slotMinutes!: number;

  @Field(() => Int, { description: 'The pause after each appointment, in minutes: 0 to 60.' })
  bufferMinutes!: number;

  @Field(() => LocalDate, { description: 'The first day on which they hold.' })
  validFrom!: string;

  @Field(() => LocalDate, { nullable: true, description: 'The last day on which they hold; left out, it stays open.' })
  validUntil?: string | null;
}

@InputType({ description: 'When you can be booked.' })
class SetPhysicianHoursInput {
  @Field(() => String, { description: 'IANA name of the time zone of all hours, for example `Asia/Shanghai`.' })
  zone!: string;

  @Field(() => [PhysicianHoursInput], { description: 'All your hours, at most 50; none: nobody can book you.' })
  hours!: PhysicianHoursInput[];

  @Field(() => Int, { description: 'The `version` of your entry as a physician that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again sets them once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'When you are away.' })
class AddAbsenceInput {
  @Field(() => DateTime, { description: 'When it begins; within two years.' })
  startsAt!: Date;

  @Field(() => DateTime, { description: 'When it is over; at most 366 days later.' })
  endsAt!: Date;

  @Field(() => ID, { description: 'A key of your making: sending the same again adds it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which absence is not to be.' })
class RemoveAbsenceInput {
  @Field(() => ID, { description: 'The absence.' })
  absenceId!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again removes it once.' })
  idempotencyKey!: string;
}

const SetPhysicianHoursResult = resultUnion(
  'SetPhysicianHoursResult',
  'Your entry with its hours as they are now, or why they were not set.',
  Physician,
  [NotFound, InvalidInput, StaleVersion, IdempotencyConflict],
);
const AddAbsenceResult = resultUnion('AddAbsenceResult', 'The absence, or why there is none.', Absence, [
  NotFound,
  InvalidInput,
  IdempotencyConflict,
]);
const RemoveAbsenceResult = resultUnion(
  'RemoveAbsenceResult',
  'Your entry as a physician, or why the absence is still there.',
  Physician,
  [NotFound, IdempotencyConflict],
);
const AbsenceConnection = connectionType(Absence, 'absences');

const MAX_WINDOW_MS = MAX_WINDOW_DAYS * 86_400_000;

/** @throws a `BAD_USER_INPUT` error for a window that is none or too long, or a zone that does not exist */
function checkedWindow({ from, to, zone }: SlotsArgs) {
  const window = { startsAt: from.getTime(), endsAt: to.getTime() };
  if (window.endsAt <= window.startsAt) throw badUserInput('`to` must lie after `from`.');
  if (window.endsAt - window.startsAt > MAX_WINDOW_MS) {
    throw badUserInput(`Ask for the slots of at most ${MAX_WINDOW_DAYS} days at once.`);
  }
  return { window, zone: checkedZone(zone) };
}

/** @throws a `BAD_USER_INPUT` error for a zone that does not exist */
export function checkedZone(zone: string | null | undefined): string | null {
  if (zone === null || zone === undefined) return null;
  if (!isZone(zone)) throw badUserInput('`zone` is the name of a time zone, for example `Asia/Shanghai`.');
  return zone;
}

@Resolver(() => Physician)
export class AvailabilityResolver {
  @FieldResolver(() => [PhysicianHours], {
    nullable: true,
    description: 'When the physician can be booked, week by week; at most 50.',
  })
  @Public()
  hours(@Root() { id }: Physician, @Ctx() { availability }: PatientContext): Promise<PhysicianHours[]> {
    return availability.hoursOf(id);
  }

  @FieldResolver(() => [Slot], {
    nullable: true,
    description:
      'The free slots that begin in a window, in order; at most 144 a day. They begin at least 2 hours and at most 60 days from now.',
  })
  @RequiresScopes('care:book', 'care:provide')
  async slots(
    @Root() { id }: Physician,
    @Args(() => SlotsArgs) args: SlotsArgs,
    @Ctx() { availability }: PatientContext,
  ): Promise<Slot[]> {
    const { window, zone } = checkedWindow(args);
    const timetable = await availability.timetableOf(id, window);
    return timetable ? freeSlots(timetable, window, Date.now()).map((slot) => slotShown(slot, zone)) : [];
  }

  @Query(() => AbsenceConnection, {
    nullable: true,
    description: 'For a verified physician: when you are away, as far as it is not over; first added first.',
  })
  @RequiresScopes('care:provide')
  async myAbsences(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { availability }: PatientContext,
  ): Promise<ConnectionSource<Absence>> {
    const page = pageOf(args);
    return connection(await availability.absences(page), page, () => availability.countAbsences());
  }

  @Mutation(() => SetPhysicianHoursResult, {
    nullable: true,
    description: 'For a verified physician: says when you can be booked, in place of what was said before.',
  })
  @RequiresScopes('care:provide')
  setPhysicianHours(
    @Arg('input', () => SetPhysicianHoursInput, { description: 'When.' }) input: SetPhysicianHoursInput,
    @Ctx() context: PatientContext,
  ): Promise<Physician | Failure | null> {
    const hours = input.hours.map(({ weekday, ...rest }) => ({ ...rest, weekday: WEEKDAYS.indexOf(weekday) + 1 }));
    const set = new AvailabilityService(context).setHours({ ...input, hours });
    return orFailure(
      set.then((id) => {
        context.availability.forget(id);
        return context.physicians.changed(id);
      }),
    );
  }

  @Mutation(() => AddAbsenceResult, {
    nullable: true,
    description:
      'For a verified physician: nobody can book you in this time. Appointments in it stay: move or cancel them.',
  })
  @RequiresScopes('care:provide')
  addAbsence(
    @Arg('input', () => AddAbsenceInput, { description: 'When you are away.' }) input: AddAbsenceInput,
    @Ctx() context: PatientContext,
  ): Promise<Absence | Failure | null> {
    return orFailure(new AvailabilityService(context).addAbsence(input).then((id) => context.availability.absence(id)));
  }

  @Mutation(() => RemoveAbsenceResult, {
    nullable: true,
    description: 'For a verified physician: takes back an absence.',
  })
  @RequiresScopes('care:provide')
  removeAbsence(
    @Arg('input', () => RemoveAbsenceInput, { description: 'Which one.' }) input: RemoveAbsenceInput,
    @Ctx() context: PatientContext,
  ): Promise<Physician | Failure | null> {
    const absenceId = checkedId(input.absenceId, 'absenceId');
    const removed = new AvailabilityService(context).removeAbsence({ ...input, absenceId });
    return orFailure(removed.then((id) => context.physicians.changed(id)));
  }
}
