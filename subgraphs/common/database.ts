import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EntityManager, type EntitySchema, MikroORM, OptimisticLockError } from '@mikro-orm/postgresql';
import { GraphQLError } from 'graphql';
import { type DatabaseError, Pool, type PoolClient } from 'pg';
import type { LoggedStatement } from './access-log.js';
import { SubgraphUnavailable } from './asking.js';
import type { Identity } from './identity.js';
import { describeError, log } from './log.js';
import { countStatement } from './metrics.js';
import { type Bound, bound, Read, read } from './read.js';
import { currentTrace, isTrace, traceOf } from './trace.js';
import { isTracing, recordSpan } from './tracing.js';

/** A read, prepared by PostgreSQL once a connection under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const made = new Map<string, Statement>();

/** @param name unique over the subgraph: PostgreSQL keeps the plan under it */
export function statement(name: string, text: string): Statement {
  const one = { name, text };
  made.set(`${name} ${text}`, one);
  return one;
}

/** All that have been made so far, for whoever looks at their plans. */
export const statementsMade = (): readonly Statement[] => [...made.values()];

/** A list as one value of a hand-written statement, for `?::text::uuid[]`: an array would be spread over as many parameters. */
export const arrayValue = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;

/** What runs statements of a transaction, with `?` for each value: MikroORM's entity manager, or `Statements`. */
export interface Executes {
  execute<Rows>(text: string, values?: unknown[]): Promise<Rows>;
}

/** A transaction of hand-written statements, each prepared by PostgreSQL once a connection. */
export interface Statements extends Executes {
  /** Sends a statement whose answer nobody waits for, together with what comes next: if it fails, so does the transaction. */
  send(text: string, values?: unknown[]): void;
  /** Runs a statement that may take longer than others, for what is done at night. It is not repeated, and nothing else is sent meanwhile. */
  atLength<Rows>(text: string, seconds: number): Promise<Rows>;
}

/** Records of others that the caller may see, learnt from the subgraphs that can tell. Row-level security is fed with it. */
export interface Visible {
  /** Patients in the caller's care, or concerned by what the caller works on. */
  readonly patients: ReadonlySet<string>;
  /** Applications that the caller works on. */
  readonly applications: ReadonlySet<string>;
  /** Patients whom the caller, a physician, treats now. */
  readonly treated: ReadonlySet<string>;
}

const IDENTITY_SETTINGS = [
  'app.subject',
  'app.roles',
  'app.organisation',
  'app.via',
  'app.patients',
  'app.applications',
  'app.treated',
];

/** Materialised, so that every setting is made although none is given back: six columns less to describe and to read. */
const SET_IDENTITY = statement(
  'set-identity',
  `with made as materialized (
     select ${IDENTITY_SETTINGS.map((setting, index) => `set_config('${setting}', $${index + 1}, false)`).join(', ')})
   select from made`,
);

const identityValues = (identity: Identity, visible: Visible): string[] => [
  identity.subject,
  // another subgraph that asks by itself is here what its scope says, and no more
  identity.system && !identity.via ? 'SYSTEM' : identity.roles.join(','),
  identity.organisation ?? '',
  identity.via ?? '',
  [...visible.patients].join(','),
  [...visible.applications].join(','),
  [...visible.treated].join(','),
];

/** PostgreSQL's codes for "nothing is wrong with this transaction, only with its timing". */
const TRANSIENT = new Set(['40001', '40P01', '55P03']);
const isTransient = (error: unknown): boolean => TRANSIENT.has((error as { code?: string } | null)?.code ?? '');
const MAX_ATTEMPTS = 5;

/** PostgreSQL's codes for the end of a connection, or for none to be had. */
const CONNECTION_ENDS = /^(08...|57P..|25P0[34]|53300)$/;
/** The system's codes for the same, and what `pg` says without a code. */
const UNREACHABLE = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN)/;
const CONNECTION_LOST =
  /^(Connection terminated|timeout e|Query read timeout|Client (has encountered a connection error|was closed))/;

/** PostgreSQL's code for what row-level security, or a right that the serving role lacks, does not let happen. */
const REFUSED = '42501';

/**
 * What a caller is told: that this subgraph does not answer, when the connection is what failed; that it is not theirs to do, when
 * the database refused what a service had let through.
 */
function forCaller(error: unknown, subgraph: string): unknown {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  // an update that a policy lets see a row but not change it finds none
  if (code === REFUSED || error instanceof OptimisticLockError) {
    log.warn({ subgraph, ...describeError(error) }, 'the database refused what a service had allowed');
    return new GraphQLError('You may not do this with this record, or there is none with this id. Check the id.', {
      extensions: { code: 'FORBIDDEN' },
    });
  }
  const isConnection = code
    ? CONNECTION_ENDS.test(code) || UNREACHABLE.test(code)
    : CONNECTION_LOST.test(message ?? '');
  if (!isConnection) return error;
  log.error({ subgraph, ...describeError(error) }, 'the database does not answer');
  return new SubgraphUnavailable(subgraph);
}

/** What `defineEntity` made. Its own type is too narrow to be listed with others. */
export type StoredEntity = object;

export interface DatabaseOptions {
  /** The subgraph's name, which is its schema's. */
  readonly name: string;
  /** URL with the serving role, which owns nothing and sees only its own schema. */
  readonly url: string;
  readonly entities: readonly StoredEntity[];
  readonly maxConnections: number;
  /** After which silence a connection counts as lost. */
  readonly answerTimeoutMs?: number;
  /** Whether each statement names its request in a comment. Then PostgreSQL keeps no plan by a statement's name. */
  readonly sqlComments?: boolean;
}

/**
 * Plans are made once a statement and connection: for a read by key, planning costs PostgreSQL several times what running
 * does, and left to itself it plans `any($1)` anew for every value. Every statement here is written so that one plan suits.
 * A page's limit is not known to such a plan: where tables are large it would take for much what is a few rows, and start workers or
 * compile it, either of which costs more than the page.
 */
const CONNECTION_OPTIONS =
  '-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0 -c jit=off -c TimeZone=UTC -c statement_timeout=10000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000';
/** A little more than PostgreSQL lets a statement run: what is silent for longer has lost its network. */
const ANSWER_TIMEOUT_MS = 12_000;

/** One subgraph's database: the only place where a connection gets an identity, so that no statement runs without one. */
export class Database {
  private constructor(
    readonly name: string,
    /** With the serving role. */
    readonly url: string,
    readonly orm: MikroORM,
    private readonly pool: Pool,
    /** Never gets an identity: for what anybody may read. */
    private readonly publicPool: Pool,
  ) {}

  /** @throws when the server cannot be reached or refuses the role */
  static async open(options: DatabaseOptions): Promise<Database> {
    const { name, url, entities, maxConnections, answerTimeoutMs = ANSWER_TIMEOUT_MS, sqlComments = false } = options;
    const connection = {
      options: CONNECTION_OPTIONS,
      application_name: `care-${name}`,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      query_timeout: answerTimeoutMs,
      // the connection that only listens asks nothing that could stay without an answer
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    };
    const watch = (pool: Pool) => {
      // a connection that the server drops is replaced; an 'error' event that nobody hears would end the process
      pool.on('error', () => undefined);
      pool.on('connect', (client) => {
        client.on('error', () => undefined);
        endWhenLost(client);
        watchStatements(name, client, sqlComments);
      });
      pool.on('release', (_, client) => keepFromPoolWhenLost(client));
    };
    const orm = await MikroORM.init({
      clientUrl: url,
      entities: entities as EntitySchema[],
      schema: name,
      pool: { min: 0, max: maxConnections },
      // in a request's own connection a statement does not wait for the answer to the one before: half a short read's cost
      driverOptions: { ...connection, pipeline: true, onPoolCreated: watch },
      // a request's rows are read by statements of their own; what entities load is about to be changed
      loadStrategy: 'select-in',
      debug: false,
    });
    const pool = await orm.em.getDriver().getConnection().getNativeClient();
    const publicPool = new Pool({
      connectionString: url,
      max: Math.max(2, Math.ceil(maxConnections / 2)),
      ...connection,
    });
    watch(publicPool);
    return new Database(name, url, orm, pool, publicPool);
  }

  /** Reads what anybody may read. Row-level security sees nobody. */
  async publicRows<Row extends object>(query: Statement, values: unknown[] = []): Promise<Row[]> {
    let client: PoolClient | undefined;
    try {
      client = await this.publicPool.connect();
      const rows = await read<Row>(client, bound(query, values));
      client.release();
      return rows;
    } catch (error) {
      // of a connection whose network carries nothing any more nobody knows but who waited for it
      client?.release(true);
      throw forCaller(error, this.name);
    }
  }

  /** How many there are of what anybody may read. @param query gives one row with a `count` */
  async publicCount(query: Statement, values: unknown[] = []): Promise<number> {
    return countIn(await this.publicRows(query, values));
  }

  /** @param visibility asked once, before the first statement, and only by callers that care for others */
  session(identity: Identity, visibility: () => Promise<readonly string[]>): Session {
    return new Session(this.name, this.orm, this.pool, identity, visibility);
  }

  /** Whether the database answers. */
  async answers(): Promise<boolean> {
    try {
      await this.publicPool.query('select 1');
      return true;
    } catch {
      return false;
    }
  }

  /** A connection of its own that hears what is said on a channel, until it is `lost` or the function that is returned is called. */
  async listen(channel: string, heard: () => void, lost: () => void): Promise<() => void> {
    const client = await this.publicPool.connect();
    client.on('notification', heard);
    try {
      await client.query(`listen ${channel}`);
    } catch (error) {
      client.release(true);
      throw error;
    }
    client.once('end', lost);
    return () => client.release(true);
  }

  async close(): Promise<void> {
    await Promise.all([this.orm.close(true), this.publicPool.end()]);
  }
}

type Query = (...of: unknown[]) => unknown;

/** Counts what is sent, and where it is wanted hands it in as a span and says in it for which request it is. */
function watchStatements(subgraph: string, client: PoolClient, sqlComments: boolean): void {
  const query = client.query.bind(client) as Query;
  Object.assign(client, {
    query: (...of: unknown[]) => {
      countStatement(subgraph, of[0] instanceof Read ? of[0].statements : 1);
      const trace = sqlComments || isTracing() ? currentTrace() : '';
      // what goes into a statement's text is looked at here, wherever it comes from
      return isTrace(trace) ? querySeen(subgraph, query, of, trace, sqlComments) : query(...of);
    },
  });
}

/** Sends a statement as part of a trace. What the span tells is the statement's name or first word: its text may hold values. */
function querySeen(subgraph: string, query: Query, of: unknown[], trace: string, sqlComments: boolean): unknown {
  const span = isTracing() ? traceOf(trace) : trace;
  const name = `sql ${statementName(of[0])}`;
  const [what, ...rest] = sqlComments ? withComment(of, span) : of;
  if (!isTracing()) return query(what, ...rest);
  const attributes = { 'db.system': 'postgresql', 'db.namespace': subgraph };
  const began = performance.now();
  const ended = (failed: boolean) =>
    recordSpan({ name, trace: span, parent: trace, kind: 'CLIENT', attributes, began, failed });
  if (what instanceof Read) {
    const { callback } = what;
    what.callback = (error, rows) => {
      ended(Boolean(error));
      callback(error, rows);
    };
    return query(what);
  }
  const told = rest.at(-1);
  if (typeof told === 'function') {
    return query(what, ...rest.slice(0, -1), (error: unknown, result: unknown) => {
      ended(Boolean(error));
      told(error, result);
    });
  }
  const answer = query(what, ...rest);
  if (answer instanceof Promise) {
    answer.then(
      () => ended(false),
      () => ended(true),
    );
  }
  return answer;
}

const textOf = (what: unknown): string =>
  typeof what === 'string' ? what : String((what as { text?: unknown } | undefined)?.text ?? '');

function statementName(what: unknown): string {
  const named = what instanceof Read ? what.statement : (what as { name?: string } | undefined);
  return named?.name ?? /\w+/.exec(textOf(what))?.[0].toLowerCase() ?? 'statement';
}

/** Text that differs at every request cannot be prepared once under a name. What is a stream of its own stays as it is. */
function withComment([what, ...rest]: unknown[], trace: string): unknown[] {
  const comment = `/*traceparent='${trace}'*/`;
  if (what instanceof Read) {
    what.comment(comment);
    return [what];
  }
  const text = `${textOf(what)} ${comment}`;
  if (typeof what === 'string') return [text, ...rest];
  const isStream = typeof (what as { submit?: unknown } | undefined)?.submit === 'function';
  return isStream ? [what, ...rest] : [{ ...(what as object), name: undefined, text }, ...rest];
}

/** What `pg` does not show of a client. */
const inside = (client: PoolClient) =>
  (client as unknown as { connection: EventEmitter & { stream: Socket } }).connection;

/**
 * All that wait for a lost connection learn it, and the pool gets its place back: MikroORM keeps that of a connection which dies
 * in a transaction, since its rollback fails and it stops there. So the places of the pool would go one by one.
 */
function endWhenLost(client: PoolClient): void {
  const connection = inside(client);
  connection.on('errorMessage', (error: DatabaseError) => {
    if (CONNECTION_ENDS.test(error.code ?? '')) connection.emit('error', error);
  });
  client.once('end', () => {
    try {
      client.release(true);
    } catch {
      // it was given back
    }
    client.release = () => undefined;
  });
}

/** A connection is known to be closed a little before it says so: in between it would be handed out again. */
function keepFromPoolWhenLost(client: PoolClient): void {
  const connection = inside(client);
  if (!connection.stream.writable) connection.emit('error', new Error('Connection terminated'));
}

/** A connection of a session. */
interface Reserved {
  readonly client: PoolClient;
  /** Sets the caller's identity. */
  readonly identity: Bound;
  /** Whether it is known to be set: a transaction in which it was set has been committed. */
  identified: boolean;
}

/** What is sent now and by the promises that wait for it goes out as one packet. */
function holdUntilNextTick(client: PoolClient): void {
  const { stream } = inside(client);
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** The texts of hand-written statements, with PostgreSQL's numbers for values, and the name under which a plan is kept. */
const prepared = new Map<string, Statement>();

function preparedAs(text: string): Statement {
  let known = prepared.get(text);
  if (!known) {
    let number = 0;
    known = statement(
      `by-hand-${prepared.size}`,
      text.replace(/\?/g, () => `$${++number}`),
    );
    prepared.set(text, known);
  }
  return known;
}

class HandWritten implements Statements {
  private readonly held: (() => Promise<unknown>)[] = [];
  private readonly sent: Promise<unknown>[] = [];

  constructor(private readonly client: PoolClient) {}

  async execute<Rows>(text: string, values: unknown[] = []): Promise<Rows> {
    this.sendHeld();
    return (await this.client.query({ ...preparedAs(text), values })).rows as Rows;
  }

  send(text: string, values: unknown[] = []): void {
    this.held.push(() => this.client.query({ ...preparedAs(text), values }));
  }

  async atLength<Rows>(text: string, seconds: number): Promise<Rows> {
    this.send(`set local statement_timeout = ${seconds * 1_000}`);
    this.sendHeld();
    const query = { text, query_timeout: seconds * 1_000 + ANSWER_TIMEOUT_MS };
    return (await this.client.query(query)).rows as Rows;
  }

  begin(identity: string[]): void {
    this.held.push(
      () => this.client.query('begin'),
      () => this.client.query({ ...SET_IDENTITY, values: identity }),
    );
  }

  /** @throws the first thing that failed: then nothing has happened */
  async commit(): Promise<void> {
    this.held.push(() => this.client.query('commit'));
    this.sendHeld();
    // all of them: the connection is given back when the last has been answered
    const failed = (await Promise.allSettled(this.sent)).find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private sendHeld(): void {
    holdUntilNextTick(this.client);
    for (const send of this.held.splice(0)) {
      const answer = send();
      answer.catch(() => undefined);
      this.sent.push(answer);
    }
  }
}

async function inTransaction<T>(
  client: PoolClient,
  identity: string[],
  work: (sql: Statements) => Promise<T>,
): Promise<T> {
  const transaction = new HandWritten(client);
  try {
    transaction.begin(identity);
    const result = await work(transaction);
    await transaction.commit();
    client.release();
    return result;
  } catch (error) {
    // without effect where the commit has failed and so rolled back
    await client.query('rollback').then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}

const countIn = ([row]: readonly { count?: number }[]): number => row?.count ?? 0;

/**
 * One caller's view of one subgraph's database, for one request. Holds at most one connection at a time: it is reserved
 * at the first read, its identity set before anything else, and given back when the fetch ends, before a transaction
 * begins and before another subgraph is asked; so no request waits for a connection while it holds another.
 */
export class Session {
  private reserved?: Promise<Reserved>;
  private knownVisible?: Promise<Record<keyof Visible, Set<string>>>;
  private fetches = 0;
  /** What was read and logged: the ids of the rows, by statement and values. */
  private readonly logged = new Map<string, ReadonlySet<unknown>>();

  constructor(
    private readonly subgraph: string,
    private readonly orm: MikroORM,
    private readonly pool: Pool,
    readonly identity: Identity,
    private readonly visibility: () => Promise<readonly string[]>,
  ) {}

  /** Rows as PostgreSQL gives them: bigint and times as text. */
  async rows<Row extends object>(query: Statement, values: unknown[] = []): Promise<Row[]> {
    try {
      const reserved = await this.reserve();
      const { client, identity, identified } = reserved;
      // whatever is sent before the identity is known to be set brings it along: if another read fails, what that one set is undone
      const rows = await read<Row>(client, bound(query, values), identified ? undefined : identity);
      reserved.identified = true;
      return rows;
    } catch (error) {
      throw forCaller(error, this.subgraph);
    }
  }

  /** How many there are, for a list's `totalCount`. @param query gives one row with a `count`, or none where there is nothing */
  async count(query: Statement, values: unknown[] = []): Promise<number> {
    return countIn(await this.rows(query, values));
  }

  /**
   * Whether what is read of patients leaves entries in the access log. Who is only a patient sees nobody but themselves, and the
   * subgraph itself is nobody: for them nothing is logged, and nothing costs more.
   */
  get leavesEntries(): boolean {
    const { roles, system } = this.identity;
    return !system && !(roles.length === 1 && roles[0] === 'PATIENT');
  }

  /**
   * Rows of patients, which leave their entries in the access log in the same statement, where they leave any. What one
   * request reads again, as a mutation does for its answer, is one entry: an entry is a commit of its own.
   */
  async seen<Row extends object>(query: LoggedStatement, values: unknown[] = []): Promise<Row[]> {
    if (!this.leavesEntries) return this.rows(query.plain, values);
    const asked = `${query.logged.name} ${JSON.stringify(values)}`;
    const before = this.logged.get(asked);
    if (before) {
      const rows = await this.rows<Row>(query.plain, values);
      if (rows.every((row) => before.has((row as { id?: unknown }).id))) return rows;
    }
    const rows = await this.rows<Row>(query.logged, values);
    if (rows.every((row) => 'id' in row)) this.logged.set(asked, new Set(rows.map(({ id }) => id)));
    return rows;
  }

  /**
   * Decides and writes: the whole of `work` happens or nothing of it. Repeated from the start when the database says
   * that only the timing was wrong, so `work` must do nothing outside of the database.
   */
  async transaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    this.release();
    const values = identityValues(this.identity, await this.visible());
    const variables = Object.fromEntries(IDENTITY_SETTINGS.map((setting, index) => [setting, values[index] as string]));
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.orm.em.fork({ session: { variables } }).transactional(work);
      } catch (error) {
        if (!isTransient(error) || attempt === MAX_ATTEMPTS) throw forCaller(error, this.subgraph);
        await sleep(Math.random() * 20 * 2 ** attempt);
      }
    }
  }

  /**
   * The same by hand-written statements alone, which go out together wherever one does not need the answer to another:
   * for decisions that many wait for. A statement that the entity manager makes costs several times as much.
   */
  async decide<T>(work: (sql: Statements) => Promise<T>): Promise<T> {
    this.release();
    const values = identityValues(this.identity, await this.visible());
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(await this.pool.connect(), values, work);
      } catch (error) {
        if (!isTransient(error) || attempt === MAX_ATTEMPTS) throw forCaller(error, this.subgraph);
        await sleep(Math.random() * 20 * 2 ** attempt);
      }
    }
  }

  /** Adds records that another subgraph has said the caller may see. */
  async reveal(kind: keyof Visible, ids: readonly string[]): Promise<void> {
    const visible = await this.visible();
    const unknown = ids.filter((id) => !visible[kind].has(id));
    if (unknown.length === 0) return;
    for (const id of unknown) visible[kind].add(id);
    this.release();
  }

  /** Patients whose records the caller may see beyond their own. */
  async patientsInCare(): Promise<ReadonlySet<string>> {
    return (await this.visible()).patients;
  }

  /** Gives the connection back; the next read reserves one anew. */
  release(): void {
    const { reserved } = this;
    this.reserved = undefined;
    // what is under way is answered before whatever is sent for another, who sets their own identity
    reserved?.then(
      ({ client }) => client.release(),
      () => undefined,
    );
  }

  /** Counts the fetches of one request that use this session at the same time. */
  enter(): void {
    this.fetches++;
  }

  leave(): void {
    if (--this.fetches === 0) this.release();
  }

  private visible(): Promise<Record<keyof Visible, Set<string>>> {
    this.knownVisible ??= this.visibility().then((patients) => ({
      patients: new Set(patients),
      applications: new Set(),
      treated: new Set(),
    }));
    return this.knownVisible;
  }

  private reserve(): Promise<Reserved> {
    this.reserved ??= this.connect();
    return this.reserved;
  }

  private async connect(): Promise<Reserved> {
    // a resolver that outlives its request would keep a connection for ever
    if (this.fetches === 0) throw new Error('The request has ended');
    const visible = await this.visible();
    const client = await this.pool.connect();
    holdUntilNextTick(client);
    return { client, identity: bound(SET_IDENTITY, identityValues(this.identity, visible)), identified: false };
  }
}
