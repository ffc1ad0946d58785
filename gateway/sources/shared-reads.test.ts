import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { SharedReads, somethingChanges } from './shared-reads.js';

/** A subgraph whose answers come when they are let go. */
function slow() {
  const waiting: (() => void)[] = [];
  let asked = 0;
  const ask = () => {
    const nth = ++asked;
    return new Promise<{ data: Record<string, unknown> }>((resolve) => {
      waiting.push(() => resolve({ data: { nth, list: [{ a: 1 }] } }));
    });
  };
  const letGo = () => {
    for (const each of waiting.splice(0)) each();
  };
  return { ask, letGo };
}

const numbers = (results: readonly { data?: Record<string, unknown> | null }[]) => results.map(({ data }) => data?.nth);

test('who asks the same meanwhile gets the same answer, and nobody afterwards', async () => {
  const reads = new SharedReads();
  const { ask, letGo } = slow();
  const asked = [reads.read('a', ask), reads.read('b', ask), reads.read('a', ask)];
  letGo();
  expect(numbers(await Promise.all(asked))).toEqual([1, 2, 1]);
  const later = reads.read('a', ask);
  letGo();
  expect(numbers([await later])).toEqual([3]);
});

test('each has an answer of their own, that others cannot write into', async () => {
  const reads = new SharedReads();
  const { ask, letGo } = slow();
  const asked = [reads.read('a', ask), reads.read('a', ask)];
  letGo();
  const [one, other] = await Promise.all(asked);
  expect(one).toEqual(other);
  Object.assign((one?.data?.list as [object] | undefined)?.[0] ?? {}, { a: 2 });
  expect(one?.data?.list).toEqual([{ a: 2 }]);
  expect(other?.data?.list).toEqual([{ a: 1 }]);
});

test('who asks after a change shares nothing with those who asked before it', async () => {
  const reads = new SharedReads();
  const { ask, letGo } = slow();
  const before = [reads.read('a', ask), reads.read('a', ask)];
  somethingChanges();
  const after = [reads.read('a', ask), reads.read('a', ask)];
  letGo();
  expect(numbers(await Promise.all(before))).toEqual([1, 1]);
  expect(numbers(await Promise.all(after))).toEqual([2, 2]);
});

test('a failure is everybody’s who asked, and is not kept', async () => {
  const reads = new SharedReads();
  const fail = () => Promise.reject(new Error('away'));
  const asked = await Promise.allSettled([reads.read('a', fail), reads.read('a', fail)]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const { ask, letGo } = slow();
  const again = reads.read('a', ask);
  letGo();
  expect(numbers([await again])).toEqual([1]);
});

test('the catalog, whose answers people share who have signed in, never looks who asks', () => {
  const folder = join(PROJECT_ROOT, 'subgraphs/catalog');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(10);
  // the word, but for the names of files
  const looking = files.filter((name) => /\bidentity\b(?!\/|\.js)/.test(readFileSync(join(folder, name), 'utf8')));
  expect(looking).toEqual([]);
});
