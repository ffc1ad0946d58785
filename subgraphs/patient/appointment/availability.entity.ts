import { defineEntity } from '@mikro-orm/core';
import { PhysicianEntity } from '../physician/physician.entity.js';

const OWN = 'physician_id = (select caller_physician())';

/** When a physician can be booked on a day of the week, in the time of a place. Replaced as a whole, never changed. */
export const PhysicianHoursEntity = defineEntity({
  name: 'PhysicianHours',
  tableName: 'physician_hours',
  properties: (p) => ({
    id: p.uuid().primary(),
    physician: () => p.manyToOne(PhysicianEntity).ref(),
    /** 1 is Monday. */
    weekday: p.integer(),
    /** Minutes since midnight. */
    fromMinute: p.integer(),
    toMinute: p.integer(),
    zone: p.text(),
    slotMinutes: p.integer(),
    bufferMinutes: p.integer(),
    validFrom: p.date(),
    validUntil: p.date().nullable(),
  }),
  policies: [
    {
      name: 'physician_hours_shown',
      command: 'select',
      using: 'exists (select from physician where physician.id = physician_id offset 0)',
    },
    { name: 'physician_hours_own', using: OWN, check: OWN },
  ],
});

/** A time in which a physician cannot be booked, whatever the hours say. */
export const AbsenceEntity = defineEntity({
  name: 'PhysicianAbsence',
  tableName: 'physician_absence',
  properties: (p) => ({
    id: p.uuid().primary(),
    physician: () => p.manyToOne(PhysicianEntity).ref(),
    startsAt: p.datetime(),
    endsAt: p.datetime(),
  }),
  policies: [{ name: 'physician_absence_own', using: OWN, check: OWN }],
});
