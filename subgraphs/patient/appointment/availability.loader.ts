import DataLoader from 'dataloader';
import { idAbove, type Page } from '../../common/connection.js';
import { type Executes, type Session, type Statement, statement } from '../../common/database.js';
import { type Absence, type PhysicianHours, WEEKDAYS } from './availability.js';
import { clock } from './availability.rules.js';
import type { Span, Timetable, WeeklyHours } from './slot.rules.js';

const HOURS_JSON = `json_build_object('weekday', weekday, 'fromMinute', from_minute, 'toMinute', to_minute, 'zone', zone,
  'slotMinutes', slot_minutes, 'bufferMinutes', buffer_minutes, 'validFrom', valid_from, 'validUntil', valid_until)`;
const HOURS = `(select coalesce(json_agg(${HOURS_JSON} order by weekday, from_minute, valid_from), '[]')
  from physician_hours where physician_hours.physician_id = p.id)`;
const ms = (time: string): string => `(extract(epoch from ${time}) * 1000)::bigint`;

/**
 * Everything that decides which slots are free, of verified physicians. Values: from, to (in milliseconds), an appointment
 * that does not count, ids.
 */
const TIMETABLES = `select p.id, ${HOURS} as hours,
    (select coalesce(json_agg(json_build_object('kind', kind, 'startsAt', ${ms('starts_at')}, 'endsAt', ${ms('ends_at')})), '[]')
     from physician_busy(array[p.id], w.during, w.without)) as taken
  from physician p, (select tstzrange(to_timestamp(?::float8 / 1000), to_timestamp(?::float8 / 1000)) as during, ?::uuid as without) w
  where p.id = any(?::uuid[]) and p.status = 'VERIFIED'`;

const numbered = (name: string, text: string): Statement => {
  let number = 0;
  return statement(
    name,
    text.replace(/\?/g, () => `$${++number}`),
  );
};
const TIMETABLES_READ = numbered('physician-timetables', TIMETABLES);
const HOURS_READ = statement(
  'hours-of-physicians',
  `select p.id, ${HOURS} as hours from physician p where p.id = any($1)`,
);
const ABSENCE = `id, starts_at as "startsAt", ends_at as "endsAt"`;
const OF_CALLER = 'physician_id = (select caller_physician()) and ends_at > now()';
const ABSENCES = statement(
  'absences-of-caller',
  `select ${ABSENCE} from physician_absence where ${OF_CALLER} and ${idAbove('$1')} order by id limit $2`,
);
const COUNT_ABSENCES = statement(
  'count-absences-of-caller',
  `select count(*)::int as count from physician_absence where ${OF_CALLER}`,
);
const ABSENCE_BY_ID = statement(
  'absence-by-id',
  `select ${ABSENCE} from physician_absence where id = $1 and physician_id = (select caller_physician())`,
);

interface Row {
  readonly id: string;
  readonly hours: readonly WeeklyHours[];
  readonly taken: readonly (Span & { readonly kind: 'BUSY' | 'AWAY' })[];
}

const timetable = ({ hours, taken }: Row): Timetable => ({
  hours,
  busy: taken.filter(({ kind }) => kind === 'BUSY'),
  away: taken.filter(({ kind }) => kind === 'AWAY'),
});

const shown = ({ weekday, fromMinute, toMinute, ...rest }: WeeklyHours): PhysicianHours => ({
  ...rest,
  weekday: WEEKDAYS[weekday - 1] as PhysicianHours['weekday'],
  from: clock(fromMinute),
  to: clock(toMinute),
});

const OF_PATIENT = `select ${ms('starts_at')} as "startsAt", ${ms('ends_at')} as "endsAt" from appointment
  where patient_id = ? and status in ('BOOKED', 'CONFIRMED') and id is distinct from ?::uuid
    and starts_at < to_timestamp(?::float8 / 1000) and ends_at > to_timestamp(?::float8 / 1000)`;

/** Whom a slot is for. */
export interface SlotFor {
  readonly physicianId: string;
  readonly patientId: string;
  /** The appointment that moves: it is not in its own way. */
  readonly without: string | null;
}

/**
 * Everything that decides which slots are free for a patient, read in a transaction.
 *
 * @returns null when there is no such verified physician
 */
export async function readTimetable(sql: Executes, of: SlotFor, window: Span): Promise<Timetable | null> {
  const { physicianId, patientId, without } = of;
  const { startsAt, endsAt } = window;
  const [row] = await sql.execute<Row[]>(TIMETABLES, [startsAt, endsAt, without, `{${physicianId}}`]);
  if (!row) return null;
  const others = await sql.execute<{ startsAt: string; endsAt: string }[]>(OF_PATIENT, [
    patientId,
    without,
    endsAt,
    startsAt,
  ]);
  const found = timetable(row);
  const spans = others.map((other) => ({ startsAt: Number(other.startsAt), endsAt: Number(other.endsAt) }));
  return { ...found, away: [...found.away, ...spans] };
}

/** Reads when physicians can be booked. */
export class AvailabilityLoader {
  private readonly hours: DataLoader<string, PhysicianHours[]>;
  private readonly timetables: DataLoader<Span & { readonly id: string }, Timetable | null, string>;

  constructor(private readonly session: Session) {
    this.hours = new DataLoader(async (ids) => {
      const rows = await session.rows<Pick<Row, 'id' | 'hours'>>(HOURS_READ, [ids]);
      const found = new Map(rows.map(({ id, hours }) => [id, hours.map(shown)]));
      return ids.map((id) => found.get(id) ?? []);
    });
    const keyOf = ({ id, startsAt, endsAt }: Span & { readonly id: string }) => `${startsAt} ${endsAt} ${id}`;
    this.timetables = new DataLoader(
      async (wanted) => {
        const found = new Map<string, Timetable>();
        for (const group of Map.groupBy(wanted, ({ startsAt, endsAt }) => `${startsAt} ${endsAt}`).values()) {
          const { startsAt, endsAt } = group[0] as Span;
          const ids = group.map(({ id }) => id);
          const rows = await session.rows<Row>(TIMETABLES_READ, [startsAt, endsAt, null, ids]);
          for (const row of rows) found.set(keyOf({ id: row.id, startsAt, endsAt }), timetable(row));
        }
        return wanted.map((each) => found.get(keyOf(each)) ?? null);
      },
      { cacheKeyFn: keyOf },
    );
  }

  hoursOf(physicianId: string): Promise<PhysicianHours[]> {
    return this.hours.load(physicianId);
  }

  /** As they are now, after they were set. */
  forget(physicianId: string): void {
    this.hours.clear(physicianId);
    this.timetables.clearAll();
  }

  /** Null for a physician who cannot be booked. */
  timetableOf(physicianId: string, { startsAt, endsAt }: Span): Promise<Timetable | null> {
    return this.timetables.load({ id: physicianId, startsAt, endsAt });
  }

  /** Of the physician who asks, those that are not over; one more than the page holds, where there are more. */
  absences({ after, first }: Page): Promise<Absence[]> {
    return this.session.rows<Absence>(ABSENCES, [after, first + 1]);
  }

  async countAbsences(): Promise<number> {
    return this.session.count(COUNT_ABSENCES);
  }

  async absence(id: string): Promise<Absence | null> {
    const [row] = await this.session.rows<Absence>(ABSENCE_BY_ID, [id]);
    return row ?? null;
  }
}
