import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { fixedId } from '../../subgraphs/common/ids.js';
import { servingUrl, withClient } from '../../subgraphs/common/migrate.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import { DAY, hash, MINUTE, moment } from '../../subgraphs/common/seed.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import { searchWords } from '../../subgraphs/community/search/search.rules.js';
import { startPostgres } from '../postgres.js';
import { databaseSecret, prepare } from '../prepare.js';
import type { Cleanup } from './cleanup.js';
import { chineseAt, englishAt, storyOf } from './writing.js';

/**
 * `npm run bench -- community`: how fast the community finds what has some words, beside plain LIKE over the same text of the same
 * table on the same server in the same run. Both must give the same answer.
 */

const USAGE = 'Usage: npm run bench -- community [--stories N] [--searches N] [--compared N] [--short]';

export interface CommunityBenchOptions {
  readonly stories: number;
  /** Of each kind. */
  readonly searches: number;
  /** Of each kind, how many of them by plain LIKE too: that can take seconds. */
  readonly compared: number;
}

/** @throws {Refusal} for what is no option, or no number that makes sense */
export function readCommunityOptions(args: readonly string[]): CommunityBenchOptions {
  const text = { type: 'string' } as const;
  const short = args.includes('--short');
  try {
    const options = { stories: text, searches: text, compared: text, short: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const number = (given: string | undefined, usually: number, most: number) => {
      const value = given === undefined ? usually : Number(given);
      if (!Number.isInteger(value) || value < 1 || value > most) throw new Error('not a number');
      return value;
    };
    return {
      stories: number(values.stories, short ? 20_000 : 1_000_000, 5_000_000),
      searches: number(values.searches, short ? 20 : 200, 10_000),
      compared: number(values.compared, short ? 3 : 5, 1_000),
    };
  } catch {
    throw new Refusal(USAGE);
  }
}

const KINDS = ['STORY', 'QUESTION'] as const;
const DISEASES = Array.from({ length: 207 }, (_, number) => fixedId('bench-disease', number));
/** Two years, in which they were told one after the other. */
const BEGINNING = Date.UTC(2024, 0, 1);
const YEARS = 730 * DAY;

/** The n-th is drawn a n-th as often as the first. */
const drawn = (of: number, what: string, i: number): number => Math.floor(of ** (hash(what, i) / 2 ** 32)) - 1;

function* copyLines(stories: number): Generator<string> {
  for (let i = 0; i < stories; i++) {
    const at = BEGINNING + Math.floor((i * YEARS) / stories / MINUTE) * MINUTE;
    const id = fixedId('bench-post', i, at);
    const { title, body } = storyOf(i);
    const helpful = drawn(1_000, 'helpful', i);
    const row = [
      id,
      KINDS[i % 4 === 0 ? 1 : 0],
      'Somebody',
      DISEASES[drawn(DISEASES.length, 'disease', i)],
      id,
      0,
      title,
      body,
    ];
    yield `${[...row, 'PUBLISHED', moment(at), helpful, helpful].join('\t')}\n`;
  }
}

function* inPieces(lines: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 65_536) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

/** Fills the table as it would be after years; the index of words is made at the end, which takes a fifth of the time. */
async function fill(client: Client, stories: number): Promise<void> {
  const [index] = (await client.query(`select pg_get_indexdef('community.post_search'::regclass) as made`)).rows;
  await client.query('truncate community.post cascade');
  await client.query('drop index community.post_search');
  await client.query('alter table community.post disable trigger user');
  const columns =
    'id, kind, pseudonym, disease_id, top_id, depth, title, body, status, published_at, helpful, helpful_rank';
  const into = client.query(copyFrom(`copy community.post (${columns}) from stdin`));
  await pipeline(Readable.from(inPieces(copyLines(stories))), into);
  await client.query(`set maintenance_work_mem = '1GB'`);
  await client.query(index.made);
  await client.query('vacuum analyze community.post');
  await client.query('checkpoint');
}

interface Search {
  readonly text: string | null;
  readonly diseases?: readonly string[];
  readonly mostHelpful?: boolean;
}

/** Of two characters or more: one alone is not looked for. */
const COMMON = Array.from({ length: 48 }, (_, n) => chineseAt(n)).filter(({ length }) => length > 1);

/** What people look for; place n of the words comes in a n-th as many stories as the first. */
const SEARCHES: readonly (readonly [kind: string, search: (n: number) => Search])[] = [
  ['no words: the newest', () => ({ text: null })],
  ['a common Chinese word', (n) => ({ text: COMMON[n % COMMON.length] as string })],
  ['a common English word', (n) => ({ text: englishAt(5 + (n % 20)) })],
  ['two Chinese characters', (n) => ({ text: chineseAt(100 + n * 23).slice(0, 2) })],
  ['the same, most helpful first', (n) => ({ text: chineseAt(100 + n * 23).slice(0, 2), mostHelpful: true })],
  [
    'the same, about one disease',
    (n) => ({ text: chineseAt(100 + n * 23).slice(0, 2), diseases: [DISEASES[n % 50] as string] }),
  ],
  ['an English word', (n) => ({ text: englishAt(100 + n * 23) })],
  ['two words', (n) => ({ text: `${COMMON[n % COMMON.length]} ${chineseAt(60 + n * 7)}` })],
  ['one Chinese, one English word', (n) => ({ text: `${chineseAt(50 + n * 3)} ${englishAt(50 + n * 3)}` })],
  ['a rare word', (n) => ({ text: n % 2 ? chineseAt(30_000 + n * 101) : englishAt(30_000 + n * 101) })],
  ['what is nowhere', (n) => ({ text: n % 2 ? `龘${chineseAt(n)}` : `zzq${englishAt(n)}` })],
];

const PAGE = 21;
const FIND = 'select find_posts($1, $2, $3, $4, null, $5) as ids';

/** The ids, and the milliseconds until they were there. */
async function timed(
  client: Client,
  query: { name?: string; text: string; values: unknown[] },
): Promise<[string[], number]> {
  const from = performance.now();
  const { rows } = await client.query<{ ids: string[] | null }>(query);
  return [rows[0]?.ids ?? [], performance.now() - from];
}

const find = (client: Client, { text, diseases = undefined, mostHelpful = false }: Search) =>
  timed(client, {
    name: 'find-posts',
    text: FIND,
    values: [searchWords(text), KINDS, diseases ?? null, mostHelpful, PAGE],
  });

/** The same without the index of words, by what anybody would write. */
const plainLike = (client: Client, { text, diseases, mostHelpful = false }: Search) => {
  const key = mostHelpful ? 'helpful_rank' : 'published_at';
  return timed(client, {
    text: `select array_agg(id order by ${key} desc, id desc) as ids from (
      select id, ${key} from post where status = 'PUBLISHED' and depth = 0 and kind = any($1) and ($2::uuid[] is null or disease_id = any($2))
        and search like all (coalesce(search_patterns($3), '{}')) order by ${key} desc, id desc limit ${PAGE}) page`,
    values: [KINDS, diseases ?? null, searchWords(text)],
  });
};

const at = (times: readonly number[], share: number): number =>
  [...times].sort((one, other) => one - other)[Math.min(times.length - 1, Math.floor(times.length * share))] as number;

interface Finding {
  readonly kind: string;
  readonly found: readonly number[];
  readonly times: readonly number[];
  readonly likeTimes: readonly number[];
  /** Of the same searches as `likeTimes`. */
  readonly besideLike: readonly number[];
}

async function measureKind(
  serving: Client,
  admin: Client,
  [kind, search]: (typeof SEARCHES)[number],
  { searches, compared }: CommunityBenchOptions,
): Promise<Finding> {
  const asked = Array.from({ length: searches }, (_, n) => search(n));
  const besideLike: number[] = [];
  const likeTimes: number[] = [];
  for (const each of asked.slice(0, asked[0]?.text ? compared : 0)) {
    // each once before, so that both read from memory
    await find(serving, each);
    const [ids, time] = await find(serving, each);
    await plainLike(admin, each);
    const [likeIds, likeTime] = await plainLike(admin, each);
    if (String(ids) !== String(likeIds)) throw new Error(`LIKE finds something else for ${kind}: ${each.text}`);
    besideLike.push(time);
    likeTimes.push(likeTime);
  }
  const times: number[] = [];
  const found: number[] = [];
  for (const each of asked) {
    const [ids, time] = await find(serving, each);
    times.push(time);
    found.push(ids.length);
  }
  return { kind, found, times, likeTimes, besideLike };
}

/** @returns a table of what was found */
export async function benchCommunity(
  options: CommunityBenchOptions,
  cleanup: Cleanup,
  say: (what: string) => void,
): Promise<string> {
  say(`Making a database with ${options.stories} stories and questions`);
  const folder = mkdtempSync(join(tmpdir(), 'care-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const settings = readSettings({ DATA_DIR: folder, KEYS_DIR: join(folder, 'keys') });
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), durable: false });
  cleanup.add(() => postgres.stop());
  await prepare(settings, postgres.url);
  await withClient(postgres.url, (client) => fill(client, options.stories));
  const serving = new Client({ connectionString: servingUrl(postgres.url, 'community', databaseSecret(settings)) });
  const admin = new Client({ connectionString: postgres.url });
  for (const client of [serving, admin]) {
    await client.connect();
    cleanup.add(() => client.end());
  }
  await admin.query('set search_path = community, extensions');
  // plain: by no index of words, nor by two processors at once
  await admin.query('set enable_bitmapscan = off; set max_parallel_workers_per_gather = 0');
  const findings: Finding[] = [];
  for (const search of SEARCHES) {
    findings.push(await measureKind(serving, admin, search, options));
    say(lineOf(findings.at(-1) as Finding));
  }
  const { rows } = await admin.query(
    `select pg_size_pretty(pg_table_size('post')) as text, pg_size_pretty(pg_relation_size('post_search')) as words`,
  );
  return [
    `Pages of ${PAGE - 1} out of ${options.stories} stories and questions (${rows[0].text}, its index of words ${rows[0].words}), ${options.searches} searches of each kind.`,
    'Milliseconds at the database, p50 and p95; how many were found at p50; plain LIKE over the same text, p50, and how many times a search that takes.',
    ...findings.map(lineOf),
  ].join('\n');
}

function lineOf({ kind, found, times, likeTimes, besideLike }: Finding): string {
  const ms = (value: number) => value.toFixed(1).padStart(8);
  const searched = `  ${kind.padEnd(32)} p50 ${ms(at(times, 0.5))}  p95 ${ms(at(times, 0.95))}  found ${String(at(found, 0.5)).padStart(2)}`;
  if (likeTimes.length === 0) return searched;
  const ratio = at(
    likeTimes.map((time, n) => time / (besideLike[n] as number)),
    0.5,
  );
  return `${searched}   LIKE ${ms(at(likeTimes, 0.5))}  ${ratio.toFixed(1).padStart(7)} ×`;
}
