import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, parseCronItems, type Runner, run, runMigrations, type WorkerEvents } from 'graphile-worker';
import { Client, Pool } from 'pg';
import { idBelow, type Page } from './connection.js';
import { type Executes, type Session, type Statement, statement } from './database.js';
import { describeError, log } from './log.js';
import { type StoredNumbers, watchStored } from './metrics.js';
import type { SubgraphName } from './settings.js';
import { traceOf, withinSpan } from './trace.js';
import { recordSpan } from './tracing.js';

/** What a subgraph does later, or at certain times: each job once or more until it has succeeded, so it must not mind being repeated. */
export interface Jobs<Context> {
  readonly tasks: Readonly<Record<string, (payload: never, context: Context) => Promise<void>>>;
  /** When tasks begin by themselves: `minute hour day month weekday` in UTC. What was missed while nothing ran is done once it runs. */
  readonly schedule?: readonly {
    readonly task: string;
    readonly cron: string;
    /** Also whenever a process begins: on a new database nothing has been missed yet, and yet there is something to do. */
    readonly atStart?: boolean;
  }[];
  /** What jobs have found out, for `/metrics`: a statement whose one row has a number for each gauge. Runs without an identity. */
  readonly outcome?: Pick<StoredNumbers, 'gauges'> & { readonly sql: string };
}

/** How a job stands with others. */
export interface JobOptions {
  /** A job under the same key that has not begun is replaced. */
  readonly key?: string;
  /** Jobs of one queue follow each other. */
  readonly queue?: string;
  readonly runAt?: Date;
}

const schemaOf = (name: string): string => `${name}_jobs`;

/** Adds a job of a subgraph in a transaction: it will be done if and only if the transaction commits. */
export async function enqueue(
  sql: Executes,
  name: SubgraphName,
  task: string,
  payload: object = {},
  { key, queue, runAt }: JobOptions = {},
): Promise<void> {
  await sql.execute(
    `select from ${schemaOf(name)}.add_job(?, ?::json, queue_name => ?, run_at => ?, max_attempts => 25, job_key => ?)`,
    [task, JSON.stringify(payload), queue ?? null, runAt ?? null, key ?? null],
  );
}

/** A job that is not done yet, without what it is about: that may name people. */
export interface StoredJob {
  readonly id: string;
  readonly task: string;
  readonly status: 'WAITING' | 'RUNNING' | 'RETRYING' | 'FAILED';
  readonly runAt: string;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly lastError: string | null;
  readonly createdAt: string;
}

/** The library's numbers as ids, and where each job stands; `$1` says which are asked for. */
const storedJobs = (name: SubgraphName): string => `
  select * from (
    select lpad(to_hex(id), 32, '0')::uuid as id, task_identifier as task, run_at as "runAt", attempts,
      max_attempts as "maxAttempts", last_error as "lastError", created_at as "createdAt",
      case when locked_at is not null then 'RUNNING' when attempts >= max_attempts then 'FAILED'
        when attempts > 0 then 'RETRYING' else 'WAITING' end as status
    from ${schemaOf(name)}.jobs) job
  where ($1::text[] is null or status = any($1))`;
const jobsPage = (name: SubgraphName): Statement =>
  statement('jobs', `${storedJobs(name)} and ${idBelow('$2')} order by id desc limit $3`);
const jobsCount = (name: SubgraphName): Statement =>
  statement('count-jobs', `select count(*)::int as count from (${storedJobs(name)}) found`);

/** A subgraph's jobs that are not done yet, newest first; one more than the page holds where there are more. */
export const readJobs = (
  session: Session,
  name: SubgraphName,
  status: readonly string[] | null,
  { after, first }: Page,
): Promise<StoredJob[]> => session.rows<StoredJob>(jobsPage(name), [status, after, first + 1]);

export async function countJobs(
  session: Session,
  name: SubgraphName,
  status: readonly string[] | null,
): Promise<number> {
  return session.count(jobsCount(name), [status]);
}

/** What `/metrics` says of a subgraph's jobs. */
const JOB_GAUGES = {
  jobs_waiting: 'Jobs that have not begun or are tried again, and are due',
  jobs_failed: 'Jobs that failed as often as they may and are not tried again: somebody has to look',
  jobs_oldest_seconds: 'For how long the job that waits longest has been due; 0 when none is',
};

/** The same numbers whoever asks: how many and since when, and nothing of what a job is about. */
const jobNumbers = (name: SubgraphName): string => `
  select count(*) filter (where due)::int as jobs_waiting, count(*) filter (where attempts >= max_attempts)::int as jobs_failed,
    coalesce(extract(epoch from now() - min(run_at) filter (where due)), 0)::float8 as jobs_oldest_seconds
  from (select run_at, attempts, max_attempts, attempts < max_attempts and locked_at is null and run_at <= now() as due
    from ${schemaOf(name)}.jobs) job`;

/** Of the library's own words only errors, and of those not what a job said: that has been logged already. */
const quiet = (subgraph: string): Logger =>
  new Logger(({ jobId }) => (level, message) => {
    if (level === 'error' && jobId === undefined) log.error({ subgraph }, message.split('\n')[0]);
  });

/**
 * Makes the tables of a subgraph's jobs, in a schema of their own, and lets the serving role work with them. Safe to run again.
 *
 * @param ownerUrl the role that owns the subgraph's tables
 * @param servingRole the role that serves
 */
export async function migrateJobs(name: SubgraphName, ownerUrl: string, servingRole: string): Promise<void> {
  const schema = schemaOf(name);
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // what the library begins with; by itself it would make the schema too, for which the owner has no right
    await client.query(
      `create table if not exists ${schema}.migrations (id int primary key, ts timestamptz not null default now(), breaking boolean not null default false)`,
    );
    await runMigrations({ connectionString: ownerUrl, schema, logger: quiet(name) });
    await client.query(`
      grant usage on schema ${schema} to ${servingRole};
      grant select, insert, update, delete on all tables in schema ${schema} to ${servingRole};
      grant usage on all sequences in schema ${schema} to ${servingRole};
      do $$ declare t record; begin
        for t in select relname from pg_class where relnamespace = '${schema}'::regnamespace and relkind = 'r' and relrowsecurity loop
          execute format('drop policy if exists serving on ${schema}.%I', t.relname);
          execute format('create policy serving on ${schema}.%I to ${servingRole} using (true)', t.relname);
        end loop;
      end $$;`);
  } finally {
    await client.end();
  }
}

/** Jobs at work. */
export interface RunningJobs {
  /** Lets what is at work end. */
  close(): Promise<void>;
}

/** A worker that went down is noticed, and its jobs are taken up by another, after this and as much again. */
const LOOK_FOR_DEAD_MS = 5_000;
/** After the database was away. */
const BEGIN_AGAIN_MS = 1_000;

/**
 * Works on a subgraph's jobs in this process, beside any number of others that do, until it is closed.
 *
 * @param url with the subgraph's serving role
 * @param within gives a task what it works with, under the identity of the subgraph itself
 */
export async function runJobs<Context>(
  name: SubgraphName,
  url: string,
  { tasks, schedule = [], outcome }: Jobs<Context>,
  within: (work: (context: Context) => Promise<void>) => Promise<void>,
): Promise<RunningJobs> {
  const pool = new Pool({ connectionString: url, max: 6, application_name: `care-${name}-jobs` });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const alive = new Set<string>();
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => alive.add(workerPool.id));
  events.on('pool:release', ({ workerPool }) => alive.delete(workerPool.id));
  const taskList = Object.fromEntries(
    Object.entries(tasks).map(([task, work]) => [
      task,
      guarded(name, task, (payload) => within((context) => work(payload as never, context))),
    ]),
  );
  const items = schedule.map(({ task, cron }) => ({
    task,
    match: cron,
    options: { backfillPeriod: 7 * 86_400_000, jobKey: task },
  }));
  const begin = () =>
    run({
      pgPool: pool,
      schema: schemaOf(name),
      taskList,
      parsedCronItems: parseCronItems(items),
      concurrency: 2,
      pollInterval: 2_000,
      noHandleSignals: true,
      logger: quiet(name),
      events,
      // by itself the library does not wait for what it writes when a job has ended: if that fails, so does the process
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
  let closing = false;
  let runner: Runner | undefined = await begin();
  const keepRunning = async () => {
    while (!closing) {
      // it ends by itself when it cannot write down how a job ended
      await runner?.promise.catch((error: unknown) =>
        log.warn({ subgraph: name, ...describeError(error) }, 'the jobs begin again'),
      );
      if (closing) return;
      await sleep(BEGIN_AGAIN_MS);
      runner = await begin().catch(() => undefined);
    }
  };
  for (const { task, atStart } of schedule) if (atStart) await runner.addJob(task, {}, { jobKey: task });
  const numbers = (sql: string) => async () => (await pool.query<Record<string, number | null>>(sql)).rows[0] ?? {};
  const unwatch = [watchStored(name, { gauges: JOB_GAUGES, ask: numbers(jobNumbers(name)) })];
  if (outcome) unwatch.push(watchStored(name, { gauges: outcome.gauges, ask: numbers(outcome.sql) }));
  const running = keepRunning();
  const watch = watchForDead(url, schemaOf(name), alive);
  return {
    close: async () => {
      closing = true;
      for (const end of unwatch) end();
      await runner?.stop().catch(() => undefined);
      await running;
      await watch.end();
      await pool.end();
    },
  };
}

/**
 * A task whose failure is logged and kept without the text of what failed, which may quote a person's data. Each time is a trace of its
 * own: one kept with a job would lay what is stored of a patient beside what is stored of a member of the community.
 */
const guarded = (subgraph: string, task: string, work: (payload: unknown) => Promise<void>) => (payload: unknown) => {
  const trace = traceOf(undefined);
  return withinSpan(trace, async () => {
    const began = performance.now();
    let failed = false;
    try {
      await work(payload);
    } catch (error) {
      failed = true;
      const { error: kind, code } = describeError(error);
      log.error({ subgraph, task, ...describeError(error) }, 'a job failed and will be tried again');
      throw new Error(code ? `${kind} (${code})` : kind);
    } finally {
      recordSpan({ name: `job ${task}`, trace, attributes: { subgraph }, began, failed });
    }
  });
};

/**
 * Holds a lock for this process's pool of workers, and sets free what is locked by pools whose lock nobody holds: a
 * process that was killed cannot do so itself, and the library would wait for four hours.
 */
function watchForDead(url: string, schema: string, alive: ReadonlySet<string>): { end(): Promise<void> } {
  let client: Client | undefined;
  let looking: Promise<void> | undefined;
  const held = new Set<string>();
  const drop = async () => {
    held.clear();
    const dropped = client;
    client = undefined;
    await dropped?.end().catch(() => undefined);
  };
  const look = async () => {
    try {
      if (!client) {
        client = new Client({
          connectionString: url,
          application_name: `care-${schema}`,
          connectionTimeoutMillis: 5_000,
          query_timeout: 5_000,
        });
        client.on('error', () => undefined);
        await client.connect();
      }
      for (const pool of alive) {
        if (held.has(pool)) continue;
        await client.query('select pg_advisory_lock(hashtext($1), hashtext($2))', [schema, pool]);
        held.add(pool);
      }
      for (const pool of held) {
        if (alive.has(pool)) continue;
        await client.query('select pg_advisory_unlock(hashtext($1), hashtext($2))', [schema, pool]);
        held.delete(pool);
      }
      await client.query(
        `select ${schema}.force_unlock_workers(array(select distinct locked_by from ${schema}.jobs
           where locked_at < now() - interval '${LOOK_FOR_DEAD_MS} ms' and not exists (
             select from pg_locks where locktype = 'advisory' and classid::bigint = hashtext($1)::bigint & 4294967295
               and objid::bigint = hashtext(locked_by)::bigint & 4294967295 and objsubid = 2)))`,
        [schema],
      );
    } catch {
      await drop();
    }
  };
  const tick = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  };
  tick();
  const timer = setInterval(tick, LOOK_FOR_DEAD_MS);
  return {
    end: async () => {
      clearInterval(timer);
      await looking;
      await drop();
    },
  };
}
