import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import { shanghaiDay } from '../../common/calendar.js';
import { idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { dayPlus, MOST_DAYS } from '../diary/diary.rules.js';
import { definitionOf } from '../questionnaire/definitions/all.js';
import { shown } from '../questionnaire/questionnaire.loader.js';
import type { CarePlan, CareTask } from './care-plan.js';
import { type Marks, nextDueOn, type Outcome } from './care-plan.rules.js';

/** A task with what its other fields are made of. */
export type CareTaskRow = CareTask & { readonly carePlanId: string };

/** A plan with what its other fields are made of. */
export type CarePlanRow = Omit<CarePlan, 'tasks'> & {
  readonly patientId: string;
  readonly physicianId: string;
  /** Whether the caller made it and treats the patient still. */
  readonly writer: boolean;
  readonly mayMark: boolean;
  readonly tasks: readonly CareTaskRow[];
};

type StoredTask = Omit<CareTaskRow, 'questionnaire' | 'nextDueOn' | 'carePlanId'> & {
  readonly questionnaire: string | null;
  readonly markedToday: boolean;
};
type StoredPlan = Omit<CarePlanRow, 'tasks'> & { readonly tasks: readonly StoredTask[] | null };

/** @param today the parameter that holds the day in Shanghai */
const columns = (today: string): string => `plan.id, plan.patient_id as "patientId", plan.physician_id as "physicianId",
  json_build_object('id', plan.disease_id) as disease, plan.stage, plan.title, plan.goals, plan.status,
  plan.created_at as "createdAt", plan.ended_at as "endedAt", plan.version,
  coalesce(plan.physician_id = (select caller_physician()) and plan.patient_id = any((select caller_treated())::uuid[]), false) as writer,
  plan.patient_id = any((select caller_side_of('CARE'))::uuid[]) as "mayMark",
  (select json_agg(json_build_object('id', task.id, 'title', task.title, 'description', task.description, 'kind', task.kind,
     'questionnaire', task.questionnaire, 'firstDueOn', task.first_due_on, 'repeatsEveryDays', task.repeats_every_days,
     'until', task.until_on, 'stoppedOn', task.stopped_on, 'markedToday', exists (
       select from care_task_mark mark where mark.task_id = task.id and mark.occurrence_on = ${today})) order by task.place)
   from care_task task where task.care_plan_id = plan.id) as tasks`;
const SHOWS = { record: 'CarePlan', fields: ['disease', 'stage', 'title', 'goals', 'tasks'] } as const;

const BY_ID = loggedStatement(
  'care-plans-by-id',
  `select ${columns('$2::date')} from care_plan plan where plan.id = any($1)`,
  SHOWS,
);
const PAGES = loggedStatement(
  'care-plans-of-patients',
  `select n::int as page, size, found.* from unnest($1::uuid[], $2::uuid[], $3::int[]) with ordinality as asked (patient_id, after, size, n)
   cross join lateral (
     select ${columns('$4::date')} from care_plan plan
     where plan.patient_id = asked.patient_id and plan.${idBelow('asked.after')}
     order by plan.id desc limit asked.size) found
   order by n, id desc`,
  { ...SHOWS, page: { limit: 'size', each: 'page' } },
);
const COUNT = statement('count-care-plans', 'select count(*)::int as count from care_plan where patient_id = $1');
const PLAN_OF_TASK = statement('care-plan-of-task', 'select care_plan_id as id from care_task where id = $1');
const TREATING = statement(
  'physician-treating-patient',
  `select caller_physician() as id, $1::uuid = any((select caller_treated())::uuid[]) and exists (select from treatment
     where patient_id = $1 and physician_id = (select caller_physician()) and (until is null or until > now())) as treats`,
);
const MARKS = loggedStatement(
  'care-task-marks-of-plans',
  `select task.care_plan_id as id, task.patient_id as "patientId",
     json_agg(json_build_array(mark.task_id, mark.occurrence_on, mark.outcome)) as marks
   from care_task task join care_task_mark mark on mark.task_id = task.id
   where task.care_plan_id = any($1) and mark.occurrence_on >= $2::date group by task.care_plan_id, task.patient_id`,
  { record: 'CarePlan', fields: ['progress'] },
);

function taskOf({ questionnaire, markedToday, ...task }: StoredTask, carePlanId: string, today: string): CareTaskRow {
  const definition = questionnaire === null ? undefined : definitionOf(questionnaire);
  return {
    ...task,
    carePlanId,
    questionnaire: definition ? shown(definition) : null,
    nextDueOn: nextDueOn(task, markedToday ? dayPlus(today, 1) : today),
  };
}

const planOf = ({ tasks, ...plan }: StoredPlan, today: string): CarePlanRow => ({
  ...plan,
  tasks: (tasks ?? []).map((task) => taskOf(task, plan.id, today)),
});

interface AskedPage extends Page {
  readonly patientId: string;
}

/** Reads care plans as the caller may see them. */
export class CarePlanLoader {
  private readonly ids: DataLoader<string, CarePlanRow | null>;
  private readonly pages: DataLoader<AskedPage, CarePlanRow[], string>;
  private readonly marks: DataLoader<string, ReadonlyMap<string, Marks>>;

  constructor(private readonly session: Session) {
    this.ids = new DataLoader(async (ids) => {
      const today = shanghaiDay(new Date());
      const rows = await session.seen<StoredPlan>(BY_ID, [ids, today]);
      const found = new Map(rows.map((row) => [row.id, planOf(row, today)]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.pages = new DataLoader((asked) => this.newest(asked), {
      cacheKeyFn: ({ patientId, after, first }) => `${patientId} ${after} ${first}`,
    });
    this.marks = new DataLoader((plans) => this.readMarks(plans));
  }

  byId(id: string): Promise<CarePlanRow | null> {
    return this.ids.load(id);
  }

  /** As it is now, after it was made or changed. */
  changed(id: string): Promise<CarePlanRow | null> {
    this.marks.clear(id);
    return this.ids.clear(id).load(id);
  }

  /** A patient's, newest first; one more than `first` where there are more. */
  ofPatient(patientId: string, { after, first }: Page): Promise<CarePlanRow[]> {
    return this.pages.load({ patientId, after, first });
  }

  async countOfPatient(patientId: string): Promise<number> {
    return this.session.count(COUNT, [patientId]);
  }

  /** The plan of a task; null when there is none that the caller may see. */
  async ofTask(taskId: string): Promise<CarePlanRow | null> {
    const [row] = await this.session.rows<{ id: string }>(PLAN_OF_TASK, [taskId]);
    return row ? this.byId(row.id) : null;
  }

  /** As it is now, after it was marked. */
  async changedTask(taskId: string): Promise<CareTaskRow | null> {
    const [row] = await this.session.rows<{ id: string }>(PLAN_OF_TASK, [taskId]);
    const plan = row && (await this.changed(row.id));
    return plan?.tasks.find(({ id }) => id === taskId) ?? null;
  }

  /** What was said of a plan's tasks in the last 366 days, by task. */
  marksOf(planId: string): Promise<ReadonlyMap<string, Marks>> {
    return this.marks.load(planId);
  }

  /** The caller's id as a physician, null for who is none, and whether they treat the patient now: an emergency is not enough. */
  async physician(patientId: string): Promise<{ readonly id: string | null; readonly treats: boolean }> {
    const [row] = await this.session.rows<{ id: string | null; treats: boolean }>(TREATING, [patientId]);
    return row ?? { id: null, treats: false };
  }

  private async newest(asked: readonly AskedPage[]): Promise<CarePlanRow[][]> {
    const today = shanghaiDay(new Date());
    const rows = await this.session.seen<StoredPlan & { page: number }>(PAGES, [
      asked.map(({ patientId }) => patientId),
      asked.map(({ after }) => after),
      asked.map(({ first }) => first + 1),
      today,
    ]);
    const found = Map.groupBy(rows, ({ page }) => page);
    return asked.map((_, index) => (found.get(index + 1) ?? []).map((row) => planOf(row, today)));
  }

  private async readMarks(plans: readonly string[]): Promise<ReadonlyMap<string, Marks>[]> {
    type Row = { id: string; marks: [task: string, day: string, outcome: Outcome][] };
    const oldest = dayPlus(shanghaiDay(new Date()), -MOST_DAYS);
    const found = new Map((await this.session.seen<Row>(MARKS, [plans, oldest])).map(({ id, marks }) => [id, marks]));
    return plans.map((plan) => {
      const byTask = Map.groupBy(found.get(plan) ?? [], ([task]) => task);
      return new Map(
        [...byTask].map(([task, marks]) => [task, new Map(marks.map(([, day, outcome]) => [day, outcome] as const))]),
      );
    });
  }
}
