import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OPERATIONS, readExamples } from '../gateway/documents/examples.js';
import { type Answered, answerExamples, asker, cookbookPage, isMutation } from '../scripts/docs/cookbook.js';
import { readOperations } from '../scripts/operations-manifest.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { type ApiUnderTest, startApi } from './api.js';

const groups = readExamples(new Date());
const all = groups.flatMap(({ examples }) => examples);
const NAMES = all.map(({ name }) => name);

describe('The examples', () => {
  test('are all of schema/operations, each once', () => {
    const files = readOperations().map(({ name }) => basename(name, '.graphql'));
    expect([...NAMES].sort()).toEqual(files.sort());
    expect(new Set(files).size).toBe(files.length);
  });

  test('are at least 25, and say who needs them and what they are for', () => {
    expect(all.length).toBeGreaterThanOrEqual(25);
    for (const { who, examples } of groups) {
      expect(who).toMatch(/^\S.+/);
      for (const { need, text } of examples) {
        expect(need).toMatch(/^\S.+[.?!]$/);
        expect(text).toMatch(/^# \S/);
      }
    }
  });

  test('that change something ask why it was refused, so that a client survives new failures', () => {
    for (const { text } of all.filter(isMutation)) expect(text).toContain('... on UserError { code message path }');
  });

  test('speak of days as Shanghai counts them', () => {
    const late = readExamples(new Date('2026-12-31T17:00:00Z')).flatMap(({ examples }) => examples);
    const days = JSON.stringify(late.map(({ variables }) => variables));
    expect(days).toContain('2027-01-01');
    expect(days).not.toContain('{{');
    expect(readFileSync(join(OPERATIONS, 'patient/examples.json'), 'utf8')).toContain('{{today');
  });
});

/** Whatever is another one on another day or in another run: ids, times, days and what is counted from today, links, words by chance. */
const masked = (page: string): string =>
  page
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\d/g, 'DAY')
    .replace(/\b([A-Z]{2})-\d{4}-\d{6}\b/g, '$1-NUMBER')
    .replace(/"(year|aidYear)": \d{4}/g, '"$1": YEAR')
    .replace(/"(due|done|skipped|missed|recentMean|beforeMean|severity)": [\d.]+/g, '"$1": COUNTED')
    .replace(/… \(\d+ more\)/g, '… (SOME more)')
    .replace(/"uploadUrl": "[^"]+"/g, '"uploadUrl": LINK')
    .replace(/"(invitationCode|pseudonym)": "[^"]+"/g, '"$1": RANDOM');

/** Nothing at all, which a newcomer would not take for an answer. */
const isEmpty = (value: unknown): boolean =>
  value === null || (Array.isArray(value) ? value : (value as { nodes?: unknown[] }).nodes)?.length === 0;

/** Of what a change answered: all that a client needs to tell what has happened. */
const kinds = ({ answer }: Answered): unknown =>
  Object.values(answer.data ?? {}).map((value) => (value as { __typename?: string } | null)?.__typename);

describe('On the demo data', () => {
  let api: ApiUnderTest;
  let first: ReadonlyMap<string, Answered>;
  let again: ReadonlyMap<string, Answered>;
  let page: string;
  beforeAll(async () => {
    api = await startApi('one process', 'examples');
    const ask = asker(api);
    const answered = await answerExamples(groups, ask);
    const byName = (of: readonly Answered[]) => new Map(of.map((each) => [each.example.name, each]));
    first = byName(answered);
    page = cookbookPage(groups, answered);
    again = byName(await answerExamples(groups, ask));
  }, 180_000);
  afterAll(() => api?.stop());

  test.each(NAMES)('%s is answered, and with something', (name) => {
    const { answer } = first.get(name) as Answered;
    expect(answer.errors).toEqual([]);
    for (const value of Object.values(answer.data)) {
      expect(isEmpty(value)).toBe(false);
      // what every failure has, and nothing else that an example asks for
      expect(value).not.toMatchObject({ code: expect.any(String), message: expect.any(String) });
    }
  });

  test.each(NAMES)('%s is answered alike when it is run again', (name) => {
    const repeated = again.get(name) as Answered;
    expect(repeated.answer.errors).toEqual([]);
    expect(kinds(repeated)).toEqual(kinds(first.get(name) as Answered));
  });

  test('docs/cookbook.md shows their true answers: after a change run `npm run docs`', () => {
    const written = readFileSync(join(PROJECT_ROOT, 'docs/cookbook.md'), 'utf8');
    expect(masked(written)).toBe(masked(page));
  });
});
