import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import type { CareStage } from '../../common/care-stage.js';
import { InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PatientContext } from '../context.js';
import { definitionOf } from '../questionnaire/definitions/all.js';
import { CarePlanEntity, CareTaskEntity } from './care-plan.entity.js';
import { CarePlanStatus } from './care-plan.enums.js';
import { CarePlanEnded } from './care-plan.errors.js';
import {
  type CheckedTask,
  checkGoals,
  checkNumberOfTasks,
  checkOccurrence,
  checkTasks,
  checkTitle,
  type Outcome,
  type WrittenTask,
} from './care-plan.rules.js';
import { diseaseExists } from './catalog.port.js';

export interface CreateCarePlan {
  readonly patientId: string;
  readonly diseaseId: string;
  readonly stage: CareStage;
  readonly title: string;
  readonly goals: readonly string[];
  readonly tasks: readonly WrittenTask[];
  readonly idempotencyKey: string;
}

export interface ChangeCarePlan {
  readonly carePlanId: string;
  readonly stage?: CareStage | null;
  readonly title?: string | null;
  readonly goals?: readonly string[] | null;
  readonly addTasks?: readonly WrittenTask[] | null;
  readonly stopTaskIds?: readonly string[] | null;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface EndCarePlan {
  readonly carePlanId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface MarkCareTask {
  readonly taskId: string;
  readonly occurrenceOn: string;
  readonly idempotencyKey: string;
}

const isQuestionnaire = (code: string): boolean => definitionOf(code) !== undefined;

/** Planning care, and doing what was planned. */
export class CarePlanService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the plan's id
   * @throws {NotFound} {InvalidInput} {IdempotencyConflict}
   */
  async create(input: CreateCarePlan): Promise<string> {
    const { carePlans, ask } = this.context;
    const { patientId, diseaseId, stage } = input;
    const { id: physicianId, treats } = await carePlans.physician(patientId);
    const unknown = () => new NotFound('patient', ['input', 'patientId']);
    ensureAllowed(treats, unknown);
    if (physicianId === null) throw unknown();
    const now = new Date();
    const title = checkTitle(input.title, ['input', 'title']);
    const goals = checkGoals(input.goals);
    const tasks = checkTasks(input.tasks, shanghaiDay(now), isQuestionnaire, 'tasks');
    if (!(await diseaseExists(ask, diseaseId))) {
      throw new InvalidInput('There is no disease with this id.', ['input', 'diseaseId']);
    }
    return once(this.context, 'createCarePlan', input, async (em) => {
      const id = newId();
      em.create(CarePlanEntity, {
        id,
        patient: patientId,
        physician: physicianId,
        diseaseId,
        stage,
        title,
        goals,
        status: CarePlanStatus.ACTIVE,
        createdAt: now,
      });
      // the tasks' policy looks for the plan
      await em.flush();
      addTasks(em, id, patientId, tasks, 0);
      return id;
    });
  }

  /**
   * @returns the plan's id
   * @throws {NotFound} {InvalidInput} {CarePlanEnded} {StaleVersion} {IdempotencyConflict}
   */
  async change(input: ChangeCarePlan): Promise<string> {
    const { carePlanId } = input;
    await this.ensureWriter(carePlanId);
    const today = shanghaiDay(new Date());
    const title = input.title == null ? null : checkTitle(input.title, ['input', 'title']);
    const goals = input.goals == null ? null : checkGoals(input.goals);
    const added = checkTasks(input.addTasks ?? [], today, isQuestionnaire, 'addTasks');
    const stopped = new Set(input.stopTaskIds ?? []);
    return once(this.context, 'changeCarePlan', input, async (em) => {
      const plan = await heldPlan(em, carePlanId, input.expectedVersion);
      const tasks = await em.find(CareTaskEntity, { carePlan: carePlanId });
      const running = tasks.filter(({ stoppedOn }) => !stoppedOn);
      const toStop = running.filter(({ id }) => stopped.has(id));
      if (toStop.length < stopped.size) {
        throw new InvalidInput('Some of these tasks do not run, or are not of this plan.', ['input', 'stopTaskIds']);
      }
      checkNumberOfTasks(tasks.length + added.length, running.length - toStop.length + added.length, 'addTasks');
      for (const task of toStop) task.stoppedOn = today;
      addTasks(em, carePlanId, plan.patient.id, added, tasks.length);
      em.assign(plan, { ...(title && { title }), ...(input.stage && { stage: input.stage }), ...(goals && { goals }) });
      await em.flush();
      // a change of its tasks alone is a change of the plan too
      if (plan.version === input.expectedVersion) {
        await em.execute('update care_plan set version = version + 1 where id = ?', [carePlanId]);
      }
      return carePlanId;
    });
  }

  /**
   * @returns the plan's id
   * @throws {NotFound} {CarePlanEnded} {StaleVersion} {InvalidInput} {IdempotencyConflict}
   */
  async end(input: EndCarePlan): Promise<string> {
    const { carePlanId } = input;
    await this.ensureWriter(carePlanId);
    const now = new Date();
    return once(this.context, 'endCarePlan', input, async (em) => {
      const plan = await heldPlan(em, carePlanId, input.expectedVersion);
      // while the plan still runs: the tasks' policy looks for that
      for (const task of await em.find(CareTaskEntity, { carePlan: carePlanId, stoppedOn: null })) {
        task.stoppedOn = shanghaiDay(now);
      }
      await em.flush();
      em.assign(plan, { status: CarePlanStatus.ENDED, endedAt: now });
      return carePlanId;
    });
  }

  /**
   * Says what became of a task on one of its days. Said again, the last word counts.
   *
   * @returns the task's id
   * @throws {NotFound} {InvalidInput} {IdempotencyConflict}
   */
  async mark(operation: 'completeCareTask' | 'skipCareTask', input: MarkCareTask): Promise<string> {
    const { taskId, occurrenceOn } = input;
    const outcome: Outcome = operation === 'completeCareTask' ? 'DONE' : 'SKIPPED';
    const plan = await this.context.carePlans.ofTask(taskId);
    const task = plan?.tasks.find(({ id }) => id === taskId);
    if (!plan || !task) throw new NotFound('task', ['input', 'taskId']);
    ensureAllowed(plan.mayMark, () => new NotFound('task', ['input', 'taskId']));
    checkOccurrence(task, occurrenceOn, shanghaiDay(new Date()));
    return once(this.context, operation, input, async (em) => {
      await em.execute(
        `insert into care_task_mark (task_id, patient_id, occurrence_on, outcome, marked_by) values (?, ?, ?, ?, ?)
         on conflict on constraint care_task_mark_once
         do update set outcome = excluded.outcome, at = now(), marked_by = excluded.marked_by`,
        [taskId, plan.patientId, occurrenceOn, outcome, this.context.identity.subject],
      );
      return taskId;
    });
  }

  private async ensureWriter(carePlanId: string): Promise<void> {
    const plan = await this.context.carePlans.byId(carePlanId);
    ensureAllowed(plan?.writer === true, () => new NotFound('care plan', ['input', 'carePlanId']));
  }
}

/** The plan, held until the transaction ends. @throws {NotFound} {CarePlanEnded} {StaleVersion} */
async function heldPlan(em: EntityManager, id: string, expectedVersion: number) {
  const plan = await em.findOne(CarePlanEntity, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!plan) throw new NotFound('care plan', ['input', 'carePlanId']);
  if (plan.status === CarePlanStatus.ENDED) throw new CarePlanEnded();
  if (plan.version !== expectedVersion) throw new StaleVersion(plan.version);
  return plan;
}

/** @param before how many the plan has already */
function addTasks(
  em: EntityManager,
  carePlan: string,
  patient: string,
  tasks: readonly CheckedTask[],
  before: number,
): void {
  for (const [index, task] of tasks.entries()) {
    em.create(CareTaskEntity, { id: newId(), carePlan, patient, place: before + index + 1, ...task });
  }
}
