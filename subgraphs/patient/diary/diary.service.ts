import { LockMode } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import type { Executes } from '../../common/database.js';
import { InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { PatientEntity } from '../profile/patient.entity.js';
import { DiaryEntryEntity } from './diary.entity.js';
import { checkDay, dayPlus, type WrittenDay } from './diary.rules.js';
import { VOCABULARY_VERSION } from './symptoms.js';
import { COMPARED_DAYS, type DiaryDay, isWorse, stretchesOf, trendOf } from './trend.rules.js';

export interface RecordDiaryEntry extends WrittenDay {
  readonly patientId: string;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey: string;
}

/** Writing a diary. */
export class DiaryService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the entry's id
   * @throws {NotFound} {InvalidInput} {StaleVersion} {IdempotencyConflict}
   */
  async record(input: RecordDiaryEntry): Promise<string> {
    const { patientId, on: day } = input;
    const standing = await this.context.care.standing(patientId);
    ensureAllowed(standing?.mayCare === true, () => new NotFound('patient', ['input', 'patientId']));
    const today = shanghaiDay(new Date());
    const written = checkDay(input, today);
    return once(this.context, 'recordDiaryEntry', input, async (em) => {
      // held so that of two who write the same day at once the second sees what the first wrote
      const patient = await em.findOne(PatientEntity, patientId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!patient) throw new NotFound('patient', ['input', 'patientId']);
      const found = await em.findOne(DiaryEntryEntity, { patient, day });
      const expected = input.expectedVersion ?? null;
      if (!found && expected !== null) {
        throw new InvalidInput(
          'There is no entry of this day yet: leave `expectedVersion` out to write the first one.',
          ['input', 'expectedVersion'],
        );
      }
      if (found && found.version !== expected) throw new StaleVersion(found.version);
      const now = new Date();
      const values = { ...written, vocabulary: VOCABULARY_VERSION, changedAt: now };
      const entry = found
        ? em.assign(found, values)
        : em.create(DiaryEntryEntity, { id: newId(), patient, day, recordedAt: now, ...values });
      await em.flush();
      await tellWhenWorse(em, patientId, entry.id, today);
      return entry.id;
    });
  }
}

/** Begins an episode when the diary has got worse, and tells those who treat the patient; ends it when it is not worse any more. */
async function tellWhenWorse(sql: Executes, patientId: string, entryId: string, today: string): Promise<void> {
  const entries = await sql.execute<DiaryDay[]>(
    'select day::text as "on", symptoms from diary_entry where patient_id = ? and day > ? and day <= ?',
    [patientId, dayPlus(today, -COMPARED_DAYS), today],
  );
  if (!isWorse(trendOf(stretchesOf(entries, today)))) {
    await sql.execute('update diary_episode set ended_on = ? where patient_id = ? and ended_on is null', [
      today,
      patientId,
    ]);
    return;
  }
  const begun = await sql.execute<object[]>(
    'insert into diary_episode (patient_id, entry_id, began_on) values (?, ?, ?) on conflict do nothing returning id',
    [patientId, entryId, today],
  );
  if (begun.length === 0) return;
  const physicians = await sql.execute<{ id: string }[]>(
    `select distinct physician_id as id from treatment
     where patient_id = ? and (until is null or until > now()) and has_consent(patient_id, 'TREATMENT', physician_id)`,
    [patientId],
  );
  for (const { id } of physicians) {
    await tell(sql, { patientId, physicianId: id, kind: CareNoticeKind.DIARY_GOT_WORSE, aboutId: entryId });
  }
}
