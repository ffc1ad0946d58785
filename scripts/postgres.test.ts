import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client, type QueryResultRow } from 'pg';
import { log } from '../subgraphs/common/log.js';
import { until } from '../tests/until.js';
import {
  keepPostgres,
  PostgresFailure,
  type PostgresOptions,
  type RunningPostgres,
  startPostgres,
} from './postgres.js';

const folders: string[] = [];
const servers: RunningPostgres[] = [];
const children: ChildProcess[] = [];
const isRoot = process.getuid?.() === 0;
const hasNamespaces = spawnSync('unshare', ['--user', '--map-user=65534', 'true']).status === 0;
/** The shared folder: what only needs an initialised one uses it, one after the other. */
let folder: string;

beforeAll(async () => {
  folder = newFolder();
  await using(folder, (url) => query(url, 'create extension pg_trgm; create table note (text text)'));
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(servers.map((server) => server.stop()));
  for (const path of folders) {
    const home = fs.existsSync(join(path, 'pg')) ? dirname(fs.realpathSync(join(path, 'pg'))) : path;
    for (const each of [path, home]) fs.rmSync(each, { recursive: true, force: true });
  }
});

test('keeps the data from one start to the next', async () => {
  await using(folder, (url) => query(url, `insert into note values ('kept')`));
  expect(await using(folder, (url) => query(url, `select text from note where text = 'kept'`))).toHaveLength(1);
});

test('finds Chinese words by their trigrams', async () => {
  const [row] = await using(folder, (url) => query(url, `select similarity('戈谢病', '戈谢') as likeness`));
  expect(row?.likeness).toBeGreaterThan(0.3);
});

test('recovers what was committed before PostgreSQL was killed', async () => {
  const insertAndKill = async (url: string, server: RunningPostgres) => {
    await query(url, `insert into note values ('committed')`);
    server.kill();
  };
  await using(folder, insertAndKill, { durable: true });
  expect(await using(folder, (url) => query(url, `select text from note where text = 'committed'`))).toHaveLength(1);
});

test('starts although the machine crashed and another process has the old process id', async () => {
  fs.writeFileSync(
    join(folder, 'pg/postmaster.pid'),
    `${process.ppid}\n${folder}/pg\n1\n5432\n\n127.0.0.1\n  1 1\nready\n`,
  );
  await using(folder, (url) => query(url, 'select 1'));
});

test('takes settings', async () => {
  const [row] = await using(folder, (url) => query(url, 'show work_mem'), { settings: { work_mem: '8MB' } });
  expect(row?.work_mem).toBe('8MB');
});

test("writes no person's data to the log", async () => {
  await using(folder, (url) => query(url, `select '1990-13-41 Zhang'::date`).catch(() => undefined));
  expect(fs.readFileSync(join(folder, 'postgres.log'), 'utf8')).not.toMatch(/Zhang/);
});

test('refuses data of another major version', async () => {
  fs.writeFileSync(join(folder, 'pg/PG_VERSION'), '17\n');
  await expect(start({ folder })).rejects.toThrow(/made by PostgreSQL 17, this is 18/);
  fs.writeFileSync(join(folder, 'pg/PG_VERSION'), '18\n');
  await using(folder, (url) => query(url, 'select 1'));
});

describe('kept running', () => {
  const keep = async (giveUp: (failure: PostgresFailure) => void = () => undefined) => {
    log.level = 'silent';
    const server = await keepPostgres({ folder, durable: false }, giveUp);
    servers.push(server);
    return server;
  };

  test('answers at its address again, as often as it is killed, and stays stopped', async () => {
    const server = await keep();
    await query(server.url, `insert into note values ('before')`);
    for (let times = 0; times < 2; times++) {
      const { pid } = server;
      await sleep(1_100);
      server.kill();
      await until(async () => server.pid !== pid);
      expect((await query(server.url, `select text from note where text = 'before'`)).length).toBeGreaterThan(0);
    }
    await server.stop();
    await sleep(500);
    await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    expect(fs.existsSync(join(folder, 'owner.pid'))).toBe(false);
  });

  test('ends for good when it is stopped while it starts again', async () => {
    const server = await keep();
    server.kill();
    await server.stop();
    await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await using(folder, (url) => query(url, 'select 1'));
  });

  test('is given up when it cannot be started', async () => {
    const given: PostgresFailure[] = [];
    const server = await keep((failure) => given.push(failure));
    fs.writeFileSync(join(folder, 'pg/PG_VERSION'), '17\n');
    server.kill();
    await server.ended;
    fs.writeFileSync(join(folder, 'pg/PG_VERSION'), '18\n');
    expect(given.map(({ message }) => message)).toEqual([
      `PostgreSQL ended, and 5 restarts within a minute failed: see ${folder}/postgres.log.`,
    ]);
    await using(folder, (url) => query(url, 'select 1'));
  });
});

test('refuses a folder that this process already uses', async () => {
  await using(folder, () => expect(start({ folder })).rejects.toThrow(`in use by process ${process.pid}`));
});

test('refuses a folder whose owner lives, and takes over the server that a killed owner left', async () => {
  const place = newFolder();
  const owner = startElsewhere(place);
  const url = await nextLine(owner);
  await query(url, 'create table note as select 1');

  const refusal = await start({ folder: place }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(PostgresFailure);
  expect(String(refusal)).toContain(`process ${owner.pid}:`);

  await killAndAwait(owner);
  await query(url, 'select 1');
  await using(place, async (newUrl) => {
    await query(newUrl, 'select * from note');
    await expect(query(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  });
});

function isNamedByAProcess(path: string): boolean {
  const processes = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.some((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path);
    } catch {
      return false;
    }
  });
}

test('repeats an initialisation that was killed half way', async () => {
  const place = newFolder();
  const owner = startElsewhere(place);
  const unfinished = () => fs.readdirSync(place).find((name) => name.startsWith('new-') && !name.includes('.'));
  while (!fs.existsSync(join(place, unfinished() ?? '?', 'global'))) await sleep(2);
  await killAndAwait(owner);
  // what it had started goes on for a moment, and would make files again that are being removed
  while (isNamedByAProcess(place)) await sleep(20);
  expect(fs.existsSync(join(place, 'pg'))).toBe(false);

  await using(place, (url) => query(url, 'select 1'));
  expect(unfinished()).toBeUndefined();
});

const withoutReason = hasNamespaces ? '' : ' [not tried: no user namespaces here]';
test(`as root, leaves the files root's in a folder that only root can enter${isRoot ? withoutReason : ' [not tried: not root]'}`, () => {
  if (!isRoot || !hasNamespaces) return;
  expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  expect(fs.statSync(join(folder, 'pg')).uid).toBe(0);
  expect(fs.lstatSync(join(folder, 'pg')).isSymbolicLink()).toBe(false);
});

describe(`as root without user namespaces${isRoot ? '' : ' [not tried: not root]'}`, () => {
  const namespaces = false;

  test('keeps the data in the folder if another user can enter it', async () => {
    if (!isRoot) return;
    const place = newFolder();
    fs.chmodSync(place, 0o711);
    await using(place, (url) => query(url, 'create table note as select 1'), { namespaces });
    expect(fs.realpathSync(join(place, 'pg'))).toBe(join(place, 'pg'));
    expect(await using(place, (url) => query(url, 'select * from note'))).toHaveLength(1);
  });

  test('keeps the data outside and links to them if no other user can enter the folder', async () => {
    if (!isRoot) return;
    const place = newFolder();
    await using(place, (url) => query(url, 'create table note as select 1'), { namespaces });
    expect(fs.realpathSync(join(place, 'pg'))).not.toContain(place);
    expect(await using(place, (url) => query(url, 'select * from note'), { namespaces })).toHaveLength(1);
  });

  test("takes on data that are still root's", async () => {
    if (!isRoot || !hasNamespaces) return;
    const place = newFolder();
    fs.chmodSync(place, 0o711);
    await using(place, (url) => query(url, 'create table note as select 1'));
    expect(await using(place, (url) => query(url, 'select * from note'), { namespaces })).toHaveLength(1);
  });
});

/** A new folder of mode 0700. */
function newFolder(): string {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'postgres-test-')));
  folders.push(path);
  return path;
}

async function start(options: PostgresOptions): Promise<RunningPostgres> {
  const server = await startPostgres({ durable: false, ...options });
  servers.push(server);
  return server;
}

/** Starts, works, stops. */
async function using<T>(
  place: string,
  work: (url: string, server: RunningPostgres) => Promise<T>,
  options: Partial<PostgresOptions> = {},
): Promise<T> {
  const server = await start({ folder: place, ...options });
  try {
    return await work(server.url, server);
  } finally {
    await server.stop();
  }
}

async function query(url: string, text: string): Promise<QueryResultRow[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<QueryResultRow>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that owns a server and writes its URL when it answers. */
function startElsewhere(place: string): ChildProcess {
  const module = pathToFileURL(join(import.meta.dirname, '../dist/scripts/postgres.js'));
  const program = `
    const { startPostgres } = await import('${module}');
    const { url } = await startPostgres({ folder: '${place}', durable: false });
    console.log(url);
    setInterval(() => undefined, 1000);`;
  const args = ['--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

function nextLine(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    child.stdout?.once('data', (chunk) => done(String(chunk).trim()));
    child.once('exit', () => fail(new Error('The other process ended.')));
  });
}

function killAndAwait(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}
