import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';

const adminUrl = process.env.TEST_ADMIN_URL as string;
const keysDir = process.env.TEST_KEYS_DIR as string;
const folder = mkdtempSync(join(tmpdir(), 'care-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the doctor says on this machine. */
function doctor(environment: NodeJS.ProcessEnv, root = PROJECT_ROOT): Promise<{ code: number; said: string }> {
  const env = { PATH: process.env.PATH, PORT: '0', DATA_DIR: join(folder, 'data'), ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'scripts/doctor.js')], { env, cwd: root }, (error, said) =>
      resolve({ code: error ? Number(error.code) : 0, said }),
    );
  });
}

test('with all that the program needs, the doctor finds nothing wrong, not even in the database', async () => {
  const { code, said } = await doctor({ DATABASE_URL: adminUrl, KEYS_DIR: keysDir });
  expect(said).not.toContain('✗');
  expect(said).toContain('✓ The keys open what is sealed in the database');
  expect(said).toContain('✓ It answers: PostgreSQL 18');
  expect(said).toContain('Nothing keeps it from starting');
  expect(code).toBe(0);
});

test('on a bare clone the doctor says to install', async () => {
  const clone = join(folder, 'clone');
  for (const name of ['package.json', 'package-lock.json', 'scripts/doctor.js', 'scripts/doctor'])
    cpSync(join(PROJECT_ROOT, name), join(clone, name), { recursive: true });
  const { code, said } = await doctor({ DATABASE_URL: adminUrl }, clone);
  expect(said).toContain('✗ Nothing is installed: there is no node_modules.\n      → Run `npm ci`.');
  expect(said).toContain('– The database is not asked: its package is not installed');
  expect(code).toBe(1);
});

test('a package of another version is named', async () => {
  const other = join(folder, 'other');
  for (const name of ['package.json', 'scripts/doctor.js', 'scripts/doctor', 'node_modules/zod/package.json'])
    cpSync(join(PROJECT_ROOT, name), join(other, name), { recursive: true });
  const lock = {
    packages: { '': {}, 'node_modules/zod': { version: '0.0.1' }, 'node_modules/gone': { version: '1.0.0' } },
  };
  writeFileSync(join(other, 'package-lock.json'), JSON.stringify(lock));
  expect((await doctor({}, other)).said).toMatch(
    /✗ Not as in package-lock.json: zod \(.+ instead of 0\.0\.1\), gone \(missing\)\./,
  );
});

test('whoever holds the port is named', async () => {
  const server = createServer((_, response) => response.end('somebody else'));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const { said } = await doctor({ PORT: String(port) });
  server.close();
  expect(said).toContain(`✗ Port ${port} is taken by process ${process.pid} (`);
});

test('keys that others may read, and keys of another database, are told apart', async () => {
  const others = join(folder, 'keys');
  mkdirSync(others, { mode: 0o700 });
  const keys = JSON.parse(readFileSync(join(keysDir, 'fields.keys'), 'utf8'));
  const renamed = { ...keys, current: 'another', keys: { another: keys.keys[keys.current] } };
  writeFileSync(join(others, 'fields.keys'), JSON.stringify(renamed), { mode: 0o600 });
  chmodSync(join(others, 'fields.keys'), 0o644);
  const { code, said } = await doctor({ DATABASE_URL: adminUrl, KEYS_DIR: others });
  expect(said).toContain(`→ chmod go-rwx ${join(others, 'fields.keys')}`);
  expect(said).toContain(`✗ The database is sealed with keys that ${others} does not have (${keys.current}).`);
  expect(code).toBe(1);
});

test('what cannot be used of the data folder or reached of the database is told with what to do', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const away = new URL(adminUrl);
  away.password = 'wrong';
  const [disk, database] = await Promise.all([doctor({ DATA_DIR: file }), doctor({ DATABASE_URL: away.href })]);
  expect(disk.said).toContain(`✗ ${file} is no folder.\n      → Choose another one with DATA_DIR.`);
  expect(database.said).toContain('✗ The database refuses this user or password.');
});

test('an embedded database of another version, and one that was killed, are known by their folders', async () => {
  const data = join(folder, 'killed');
  mkdirSync(join(data, 'postgres/pg'), { recursive: true });
  writeFileSync(join(data, 'postgres/password'), 'secret');
  writeFileSync(join(data, 'postgres/pg/PG_VERSION'), '18\n');
  writeFileSync(join(data, 'postgres/pg/postmaster.pid'), '4194305\n/\n0\n5432\n');
  expect((await doctor({ DATA_DIR: data })).said).toContain('a lock of one that was killed is left');
  writeFileSync(join(data, 'postgres/pg/PG_VERSION'), '17\n');
  expect((await doctor({ DATA_DIR: data })).said).toContain(`✗ ${join(data, 'postgres/pg')} was made by PostgreSQL 17`);
});
