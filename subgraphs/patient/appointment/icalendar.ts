import { ICalAlarmType, ICalCalendarMethod, ICalEventStatus, default as ical } from 'ical-generator';
import { Locale } from '../../common/scalars.js';
import { AppointmentStatus } from './appointment.enums.js';

/** What goes into a calendar, which others may look at: nothing of who comes, or why. */
export interface CalendarFacts {
  readonly id: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly changedAt: Date;
  readonly status: AppointmentStatus;
  readonly version: number;
}

const TITLE = { [Locale.EN]: 'Video consultation', [Locale.ZH]: '视频问诊' };
const ALARM_BEFORE_SECONDS = 3_600;

const STATUS: Readonly<Record<AppointmentStatus, ICalEventStatus>> = {
  [AppointmentStatus.BOOKED]: ICalEventStatus.TENTATIVE,
  [AppointmentStatus.CONFIRMED]: ICalEventStatus.CONFIRMED,
  [AppointmentStatus.COMPLETED]: ICalEventStatus.CONFIRMED,
  [AppointmentStatus.NO_SHOW]: ICalEventStatus.CONFIRMED,
  [AppointmentStatus.CANCELLED]: ICalEventStatus.CANCELLED,
};

/** The library writes properties behind the alarm too, and no end of the last line: RFC 5545 has neither. */
const inOrder = (text: string): string =>
  `${text.replace(/(BEGIN:VALARM.*END:VALARM\r\n)(.*)(?=END:VEVENT)/s, '$2$1')}\r\n`;

/**
 * An appointment as the text of an `.ics` file (RFC 5545). The UID stays and SEQUENCE grows, so that a calendar which has it
 * moves it or takes it out.
 */
export function icalendarOf(appointment: CalendarFacts, locale: Locale): string {
  const { id, startsAt, endsAt, changedAt, status, version } = appointment;
  const cancelled = status === AppointmentStatus.CANCELLED;
  const calendar = ical({
    prodId: { company: 'Care Center', product: 'Appointments', language: locale },
    method: cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
  });
  const event = calendar.createEvent({
    id: `${id}@care-center`,
    sequence: version,
    stamp: changedAt,
    start: startsAt,
    end: endsAt,
    summary: TITLE[locale],
    status: STATUS[status],
    // nobody answers there: a calendar asks for one where something is published
    organizer: { name: 'Care Center', email: 'no-reply@care-center.invalid' },
  });
  if (!cancelled) {
    event.createAlarm({ type: ICalAlarmType.display, triggerBefore: ALARM_BEFORE_SECONDS, description: TITLE[locale] });
  }
  return inOrder(calendar.toString());
}
