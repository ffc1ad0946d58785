import { loggedStatement } from '../../common/access-log.js';
import { shanghaiDay } from '../../common/calendar.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { SHOWN_SYMPTOMS } from '../diary/diary.loader.js';
import { dayPlus } from '../diary/diary.rules.js';
import { COMPARED_DAYS, OVERALL, RECENT_DAYS, type Stretches } from '../diary/trend.rules.js';
import { definitionOf } from '../questionnaire/definitions/all.js';
import { shown, shownBand } from '../questionnaire/questionnaire.loader.js';
import type { Schedule } from './care-plan.rules.js';
import { type LookReason, type PatientToLookAt, ReasonToLook } from './worklist.js';
import {
  diaryReasons,
  type Looked,
  OVERDUE_UP_TO_DAYS,
  overdueReason,
  RED_FLAG_DAYS,
  type Reason,
  worstFirst,
} from './worklist.rules.js';

/** Whom the physician who calls treats. Not whom they opened in an emergency; and row-level security asks for consent besides. */
const TREATED = `any(array(select treatment.patient_id from treatment
  where treatment.physician_id = (select caller_physician()) and (treatment.until is null or treatment.until > now())))`;

/** Only where the recent mean is above the one before: whether by enough, the rule says. */
const DIARIES = statement(
  'worklist-diaries',
  `select * from (
     select entry.patient_id as "patientId", coalesce(noted.code, '${OVERALL}') as code,
       coalesce(sum(noted.severity) filter (where entry.day >= $2::date), 0)::int as "recentSum",
       count(*) filter (where entry.day >= $2::date)::int as "recentCount",
       count(distinct entry.day) filter (where entry.day >= $2::date)::int as "recentDays",
       coalesce(sum(noted.severity) filter (where entry.day < $2::date), 0)::int as "beforeSum",
       count(*) filter (where entry.day < $2::date)::int as "beforeCount",
       count(distinct entry.day) filter (where entry.day < $2::date)::int as "beforeDays"
     from diary_entry entry cross join lateral (
       select key as code, value::numeric as severity from jsonb_each_text(entry.symptoms)) noted
     where entry.patient_id = ${TREATED} and entry.day between $1::date and $3::date
     group by grouping sets ((entry.patient_id, noted.code), (entry.patient_id))) summed
   where "recentSum" * "beforeCount" > "beforeSum" * "recentCount"
   order by "patientId", code`,
);
const RED_FLAGS = statement(
  'worklist-red-flags',
  `select * from (
     select distinct on (patient_id, questionnaire) patient_id as "patientId", questionnaire, questionnaire_version as version, band,
       red_flag as "redFlag", (answered_at at time zone 'Asia/Shanghai')::date as since
     from questionnaire_result
     where patient_id = ${TREATED} and answered_at >= $1::date::timestamp at time zone 'Asia/Shanghai'
     order by patient_id, questionnaire, answered_at desc, id desc) newest
   where "redFlag" order by "patientId", questionnaire`,
);
const TASKS = statement(
  'worklist-tasks',
  `select task.id, task.patient_id as "patientId", first_due_on as "firstDueOn", repeats_every_days as "repeatsEveryDays",
     until_on as until, stopped_on as "stoppedOn",
     array(select occurrence_on::text from care_task_mark where task_id = task.id and occurrence_on >= $1::date) as marked
   from care_task task
   where task.patient_id = ${TREATED} and stopped_on is null and first_due_on <= $2::date and coalesce(until_on, 'infinity') >= $1::date
   order by task.id`,
);
/** What is shown of the list leaves its entries in the access log before anything is given. */
const SHOWN = loggedStatement(
  'worklist-shown',
  `select patient.id, patient.id as "patientId" from unnest($1::uuid[]) with ordinality as asked (id, n)
   join patient on patient.id = asked.id order by n limit $2::int`,
  { record: 'PatientToLookAt', fields: ['reasons'], page: { limit: '$2::int' } },
);

interface DiaryRow {
  readonly patientId: string;
  readonly code: string;
  readonly recentSum: number;
  readonly recentCount: number;
  readonly recentDays: number;
  readonly beforeSum: number;
  readonly beforeCount: number;
  readonly beforeDays: number;
}
type FlagRow = Omit<Extract<Reason, { kind: 'RED_FLAG' }>, 'kind'> & { readonly patientId: string };
type TaskRow = Schedule & { readonly id: string; readonly patientId: string; readonly marked: readonly string[] };

const stretchesOf = (row: DiaryRow): readonly [string, Stretches] => [
  row.code,
  {
    recent: { sum: row.recentSum, count: row.recentCount, days: row.recentDays },
    before: { sum: row.beforeSum, count: row.beforeCount, days: row.beforeDays },
  },
];

const NO_DETAILS = {
  symptom: null,
  from: null,
  to: null,
  questionnaire: null,
  band: null,
  taskId: null,
  missed: null,
  since: null,
} as const;

/** @throws when the version that was answered is not there any more, which no release may do */
function shownReason(reason: Reason): LookReason {
  const kind = ReasonToLook[reason.kind];
  if (reason.kind !== 'RED_FLAG') {
    const symptom = 'symptom' in reason ? (SHOWN_SYMPTOMS.find(({ code }) => code === reason.symptom) ?? null) : null;
    return { ...NO_DETAILS, ...reason, symptom, kind };
  }
  const definition = definitionOf(reason.questionnaire, reason.version);
  const band = definition?.bands.find(({ code }) => code === reason.band);
  if (!definition || !band) throw new Error(`Questionnaire ${reason.questionnaire} has lost version ${reason.version}`);
  return { ...NO_DETAILS, kind, questionnaire: shown(definition), band: shownBand(band), since: reason.since };
}

/** A patient on the list; `id` is the patient's. */
export type PatientToLookAtRow = PatientToLookAt & { readonly id: string };

/** Finds out whom a physician should look at: three statements, however many patients they treat. */
export class WorklistLoader {
  constructor(private readonly session: Session) {}

  /** Everybody with a reason, worst first. */
  async worstFirst(now = new Date()): Promise<Looked[]> {
    const today = shanghaiDay(now);
    const overdueFrom = dayPlus(today, -OVERDUE_UP_TO_DAYS);
    const diaryFrom = dayPlus(today, 1 - COMPARED_DAYS);
    const [diaries, flags, tasks] = await Promise.all([
      this.session.rows<DiaryRow>(DIARIES, [diaryFrom, dayPlus(today, 1 - RECENT_DAYS), today]),
      this.session.rows<FlagRow>(RED_FLAGS, [dayPlus(today, -RED_FLAG_DAYS)]),
      this.session.rows<TaskRow>(TASKS, [overdueFrom, today]),
    ]);
    const found = new Map<string, Reason[]>();
    const add = (patientId: string, reasons: readonly Reason[]) =>
      found.set(patientId, [...(found.get(patientId) ?? []), ...reasons]);
    for (const { patientId, ...flag } of flags) add(patientId, [{ kind: 'RED_FLAG', ...flag }]);
    for (const [patientId, rows] of Map.groupBy(diaries, (row) => row.patientId)) {
      add(patientId, diaryReasons(new Map(rows.map(stretchesOf))));
    }
    for (const { patientId, marked, ...task } of tasks) {
      const reason = overdueReason(task, new Set(marked), today);
      if (reason) add(patientId, [reason]);
    }
    return worstFirst([...found].map(([patientId, reasons]) => ({ patientId, reasons })));
  }

  /** As the API shows them, in the same order, once the access log knows. @param patients may be one more than `first` */
  async shown(patients: readonly Looked[], first: number): Promise<PatientToLookAtRow[]> {
    const ids = patients.map(({ patientId }) => patientId);
    const seen = await this.session.seen<{ id: string }>(SHOWN, [ids, first + 1]);
    const known = new Set(seen.map(({ id }) => id));
    return patients
      .filter(({ patientId }) => known.has(patientId))
      .map(({ patientId, reasons }) => ({ id: patientId, reasons: reasons.map(shownReason) }));
  }
}
