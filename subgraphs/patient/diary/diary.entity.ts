import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';
import type { Severities } from './diary.rules.js';

const SEEN = `patient_id = any((select caller_side_of('VIEW'))::uuid[]) or patient_id = any((select caller_treated())::uuid[])`;
const WRITTEN = `patient_id = any((select caller_side_of('CARE'))::uuid[])`;

/** How a patient was on one day. */
export const DiaryEntryEntity = defineEntity({
  name: 'DiaryEntry',
  tableName: 'diary_entry',
  uniques: [{ name: 'diary_entry_once', properties: ['patient', 'day'] }],
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    /** In Shanghai. */
    day: p.date(),
    symptoms: p.json<Severities>(),
    note: p.text().nullable(),
    /** Of the vocabulary that the symptoms are from. */
    vocabulary: p.integer(),
    recordedAt: p.datetime(),
    changedAt: p.datetime(),
    version: p.integer().version(),
  }),
  policies: [
    { name: 'diary_entry_seen', command: 'select', using: SEEN },
    { name: 'diary_entry_recorded', command: 'insert', check: WRITTEN },
    { name: 'diary_entry_changed', command: 'update', using: WRITTEN, check: WRITTEN },
  ],
});

/** From the entry that made the trend worse until one after which it is not: physicians are told once. */
export const DiaryEpisodeEntity = defineEntity({
  name: 'DiaryEpisode',
  tableName: 'diary_episode',
  properties: (p) => ({
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    patient: () => p.manyToOne(PatientEntity).ref(),
    entry: () => p.manyToOne(DiaryEntryEntity).ref(),
    beganOn: p.date(),
    endedOn: p.date().nullable(),
  }),
  policies: [
    { name: 'diary_episode_seen', command: 'select', using: SEEN },
    { name: 'diary_episode_begun', command: 'insert', check: WRITTEN },
    { name: 'diary_episode_ended', command: 'update', using: WRITTEN, check: WRITTEN },
  ],
});
