import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withClient } from '../subgraphs/common/migrate.js';
import { applicationId } from '../subgraphs/common/seed.js';
import { type Answer, Person } from '../tests/client.js';
import { Program } from '../tests/program.js';
import { OVERVIEW } from '../tests/story.js';

const RECOVERY_MS = 15_000;
const DISEASE = '{ disease(catalogNo: 31) { nameEn } }';

const folder = mkdtempSync(join(tmpdir(), 'care-recovery-'));
const postgres = join(folder, 'postgres');
let program: Program;
let url: string;
let patient: Person;

beforeAll(async () => {
  program = new Program('start.js', [], { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'warn' });
  await program.says(/Stop with Ctrl-C/);
  url = /http:\/\/localhost:\d+/.exec(program.said)?.[0] as string;
  patient = await Person.named('patient', url);
});
afterAll(async () => {
  await Program.endAll();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks again and again until an answer is as it should be. @returns all answers */
async function askUntil(query: string, isRight: (answer: Answer) => boolean): Promise<Answer[]> {
  const answers: Answer[] = [];
  const deadline = Date.now() + RECOVERY_MS;
  for (;;) {
    const answer = await patient.ask(query, { id: applicationId(0, 0) });
    answers.push(answer);
    if (isRight(answer)) return answers;
    if (Date.now() > deadline) throw new Error(`After ${RECOVERY_MS} ms: ${JSON.stringify(answer)}`);
    await sleep(20);
  }
}

/** A line of PostgreSQL's own file, which is not there while it does not run. */
const fact = (line: number): number => {
  const file = join(postgres, 'pg/postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[line]) : 0;
};
const running = () => fact(0);
const port = () => fact(3);

test('npm start goes on by itself when PostgreSQL was killed', async () => {
  const { data } = await patient.ask(OVERVIEW, { id: applicationId(0, 0) });
  const killed = running();
  process.kill(killed, 'SIGKILL');

  // PostgreSQL's processes outlive the killed one for a moment
  const answers = await askUntil(OVERVIEW, ({ errors }) => errors.length === 0 && running() !== killed);
  expect(answers.at(-1)?.data).toEqual(data);
  const failed = answers.filter(({ errors }) => errors.length > 0);
  expect(failed.length).toBeGreaterThan(0);
  for (const { status, errors } of failed) {
    expect(status).toBe(200);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(errors.map(() => 'SUBGRAPH_UNAVAILABLE'));
  }
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(program.said.match(/"msg":"PostgreSQL ended and was started again"/g)).toHaveLength(1);
});

test('and the catalog follows its database again', async () => {
  const password = readFileSync(join(postgres, 'password'), 'utf8').trim();
  await withClient(`postgres://postgres:${password}@127.0.0.1:${port()}/care`, (client) =>
    client.query("update catalog.disease set name_en = 'Changed' where catalog_no = 31"),
  );
  await askUntil(DISEASE, ({ data }) => data?.disease?.nameEn === 'Changed');
});

test('and a clean end stays an end', async () => {
  const last = running();
  expect(await program.end('SIGTERM')).toBe(0);
  expect(() => process.kill(last, 0)).toThrow('ESRCH');
});
