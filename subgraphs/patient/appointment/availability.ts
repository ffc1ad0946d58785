import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { DateTime, LocalDate } from '../../common/scalars.js';

export enum Weekday {
  MONDAY = 'MONDAY',
  TUESDAY = 'TUESDAY',
  WEDNESDAY = 'WEDNESDAY',
  THURSDAY = 'THURSDAY',
  FRIDAY = 'FRIDAY',
  SATURDAY = 'SATURDAY',
  SUNDAY = 'SUNDAY',
}
registerEnumType(Weekday, {
  name: 'Weekday',
  description: 'A day of the week.',
  valuesConfig: {
    MONDAY: { description: 'Monday.' },
    TUESDAY: { description: 'Tuesday.' },
    WEDNESDAY: { description: 'Wednesday.' },
    THURSDAY: { description: 'Thursday.' },
    FRIDAY: { description: 'Friday.' },
    SATURDAY: { description: 'Saturday.' },
    SUNDAY: { description: 'Sunday.' },
  },
});

/** In the order of their numbers: 1 is Monday. */
export const WEEKDAYS = Object.values(Weekday);

@ObjectType({
  simpleResolvers: true,
  description: 'When a physician can be booked on a day of the week. Times are those of clocks in `zone`.',
})
@Public()
export class PhysicianHours {
  @Field(() => Weekday, { description: 'The day of the week.' })
  readonly weekday!: Weekday;

  @Field(() => String, { description: 'When they begin, as `HH:MM`.' })
  readonly from!: string;

  @Field(() => String, { description: 'When they end, as `HH:MM`; `24:00` is the end of the day.' })
  readonly to!: string;

  @Field(() => String, { description: 'IANA name of the time zone, for example `Asia/Shanghai`.' })
  readonly zone!: string;

  @Field(() => Int, { description: 'How long an appointment lasts, in minutes: 10 to 120.' })
  readonly slotMinutes!: number;

  @Field(() => Int, { description: 'The pause after each appointment, in minutes: 0 to 60.' })
  readonly bufferMinutes!: number;

  @Field(() => LocalDate, { description: 'The first day on which they hold.' })
  readonly validFrom!: string;

  @Field(() => LocalDate, { nullable: true, description: 'The last day on which they hold; null when it is open.' })
  readonly validUntil!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A time in which a physician cannot be booked, whatever the hours say. Seen by the physician alone.',
})
@RequiresScopes('care:provide')
export class Absence {
  @Field(() => ID, { description: 'Identifies the absence.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'When it begins.' })
  readonly startsAt!: string;

  @Field(() => DateTime, { description: 'When it is over.' })
  readonly endsAt!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A time at which an appointment can be booked.' })
@Public()
export class Slot {
  @Field(() => DateTime, { description: 'When it begins: send it as `startsAt` to book it.' })
  readonly startsAt!: Date;

  @Field(() => DateTime, { description: 'When it ends.' })
  readonly endsAt!: Date;

  @Field(() => String, {
    description:
      'When it begins as clocks in `zone` show it, with their offset from UTC, for example `2026-03-29T09:00:00+02:00`.',
  })
  readonly localStart!: string;

  @Field(() => String, { description: 'The zone of `localStart`: the one asked for, or the physician’s.' })
  readonly zone!: string;
}
