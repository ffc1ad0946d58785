import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT_ROOT } from './files.js';

const LOG = JSON.stringify(join(PROJECT_ROOT, 'dist/subgraphs/common/log.js'));

/** What a program has logged that does so much. */
function logged(work: string): object[] {
  const program = `import { log } from ${LOG}; ${work}`;
  let said: string;
  try {
    said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    said = (error as { stdout: string }).stdout;
  }
  return said
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test.each([
  ['ends', ''],
  ['is ended at once', 'process.exit(1);'],
  ['fails', "throw new Error('a mistake');"],
])('what is logged is written, each event a line, although the program %s', (_, end) => {
  expect(logged(`log.info({ count: 1 }, 'one'); log.warn('two'); ${end}`)).toMatchObject([
    { level: 30, count: 1, msg: 'one' },
    { level: 40, msg: 'two' },
  ]);
});

test('a line says when, and leaves out what must never be logged', () => {
  const [line] = logged("log.info({ email: 'someone@example.org', subject: 's' }, 'one');");
  expect(Object.keys(line ?? {})).toEqual(['level', 'time', 'msg']);
  expect((line as { time: string }).time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
