import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import { Locale } from '../../common/scalars.js';
import type { DiaryEntry, DiaryPoint, DiaryTrend, Symptom, SymptomTrend, TrendDirection } from './diary.js';
import { dayPlus, type Severities } from './diary.rules.js';
import { SYMPTOMS } from './symptoms.js';
import { COMPARED_DAYS, type Comparison, stretchesOf, trendOf } from './trend.rules.js';

/** The vocabulary as the API shows it. */
export const SHOWN_SYMPTOMS: readonly Symptom[] = SYMPTOMS.map(({ code, name, since }) => ({
  code,
  nameEn: name[Locale.EN],
  nameZh: name[Locale.ZH],
  sinceVersion: since,
}));

interface EntryRow extends Omit<DiaryEntry, 'symptoms'> {
  readonly symptoms: Severities;
}

const ENTRY = `json_build_object('id', id, 'on', day, 'symptoms', symptoms, 'note', note, 'recordedAt', recorded_at,
  'changedAt', changed_at, 'version', version)`;

/** One row a diary, so that reading a year of it is one entry in the access log. */
const OF_PATIENTS = loggedStatement(
  'diaries-of-patients',
  `select n::int as place, patient_id as id, patient_id as "patientId", found.entries
   from unnest($1::uuid[], $2::date[], $3::date[]) with ordinality as asked (patient_id, from_day, to_day, n)
   cross join lateral (
     select json_agg(${ENTRY} order by day) as entries from diary_entry
     where patient_id = asked.patient_id and day between asked.from_day and asked.to_day) found
   where found.entries is not null`,
  { record: 'Diary', fields: ['symptoms', 'note'] },
);
const BY_ID = loggedStatement(
  'diary-entries-by-id',
  `select patient_id as id, patient_id as "patientId", ${ENTRY} as entry from diary_entry where diary_entry.id = any($1)`,
  { record: 'Diary', fields: ['symptoms', 'note'] },
);

const noted = (severities: Severities): DiaryEntry['symptoms'] =>
  SHOWN_SYMPTOMS.flatMap((symptom) => {
    const severity = severities[symptom.code];
    return severity === undefined ? [] : { symptom, severity };
  });

const entryOf = ({ symptoms, ...row }: EntryRow): DiaryEntry => ({ ...row, symptoms: noted(symptoms) });

interface Asked {
  readonly patientId: string;
  readonly from: string;
  readonly to: string;
}

function overallPoint({ on, symptoms }: EntryRow): DiaryPoint[] {
  const severities = Object.values(symptoms);
  if (severities.length === 0) return [];
  const mean = severities.reduce((sum, each) => sum + each, 0) / severities.length;
  return [{ on, severity: Math.round(mean * 100) / 100 }];
}

const symptomPoint = ({ on, symptoms }: EntryRow, code: string): DiaryPoint[] => {
  const severity = symptoms[code];
  return severity === undefined ? [] : [{ on, severity }];
};

const shownComparison = (comparison: Comparison, points: readonly DiaryPoint[]) => ({
  ...comparison,
  direction: comparison.direction as TrendDirection,
  points,
});

/** Reads diaries as the caller may see them. */
export class DiaryLoader {
  private readonly diaries: DataLoader<Asked, readonly EntryRow[], string>;

  constructor(private readonly session: Session) {
    this.diaries = new DataLoader((asked) => this.read(asked), {
      cacheKeyFn: ({ patientId, from, to }) => `${patientId} ${from} ${to}`,
    });
  }

  async byId(id: string): Promise<DiaryEntry | null> {
    const [row] = await this.session.seen<{ entry: EntryRow }>(BY_ID, [[id]]);
    return row ? entryOf(row.entry) : null;
  }

  /** A patient's entries of these days, oldest first. */
  async ofPatient(patientId: string, from: string, to: string): Promise<DiaryEntry[]> {
    return (await this.diaries.load({ patientId, from, to })).map(entryOf);
  }

  /** @param days that the points go back; the comparison is always of 21 */
  async trend(patientId: string, days: number, today: string): Promise<DiaryTrend> {
    const from = dayPlus(today, 1 - Math.max(days, COMPARED_DAYS));
    const entries = await this.diaries.load({ patientId, from, to: today });
    const drawnFrom = dayPlus(today, 1 - days);
    const drawn = entries.filter(({ on }) => on >= drawnFrom);
    const { overall, symptoms } = trendOf(stretchesOf(entries, today));
    const bySymptom = SHOWN_SYMPTOMS.flatMap((symptom): SymptomTrend[] => {
      const comparison = symptoms.get(symptom.code);
      const points = drawn.flatMap((entry) => symptomPoint(entry, symptom.code));
      return comparison ? [{ symptom, ...shownComparison(comparison, points) }] : [];
    });
    return { ...shownComparison(overall, drawn.flatMap(overallPoint)), symptoms: bySymptom };
  }

  private async read(asked: readonly Asked[]): Promise<(readonly EntryRow[])[]> {
    const rows = await this.session.seen<{ place: number; entries: EntryRow[] }>(OF_PATIENTS, [
      asked.map(({ patientId }) => patientId),
      asked.map(({ from }) => from),
      asked.map(({ to }) => to),
    ]);
    const found = new Map(rows.map(({ place, entries }) => [place, entries]));
    return asked.map((_, index) => found.get(index + 1) ?? []);
  }
}
