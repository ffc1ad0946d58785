import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { diseaseId } from '../../catalog/import.js';
import { insertPosts, type PostToInsert } from './posts-under-test.js';

const AT_FIRST = 10_000;
const reader = person('pages-through-all', 'PATIENT');

let api: SubgraphsUnderTest;
beforeAll(async () => {
  api = await openSubgraphs('paging');
  await api.admin.query(
    `with member as (
       insert into community.member (id, subject, pseudonym, created_at)
       values (gen_random_uuid(), $1, 'Pages through all', now()) returning id)
     insert into community.follow select id, disease, date_trunc('minute', now()) from member, unnest($2::uuid[]) disease`,
    [reader.subject, [diseaseId(2), diseaseId(3)]],
  );
});
afterAll(() => api?.stop());

/** Number n of what is written: ten in each minute, of all sorts. */
const post = (number: number): PostToInsert => ({
  title: `${number}`,
  body: `${number % 2 === 0 ? '日子' : 'day'} ${number % 100 === 0 ? '难得' : 'usual'}`,
  kind: number % 3 === 0 ? 'QUESTION' : 'STORY',
  diseaseId: diseaseId(1 + (number % 8)),
  minute: Math.floor(number / 10),
  rank: number % 7 === 0 ? number % 50 : 0,
});

const POSTS = `query($filter: PostFilter!, $order: PostOrder!, $after: ID) {
  posts(filter: $filter, order: $order, first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
const FILTERS = [
  {},
  { kinds: ['QUESTION'] },
  { diseaseId: diseaseId(1) },
  { followed: true },
  { search: '日子' },
  { search: '难得' },
  { diseaseId: diseaseId(3), kinds: ['STORY', 'QUESTION'], search: 'day' },
];

/** Somebody who reads one list to its end, a page now and then. */
class Reading {
  readonly seen: string[] = [];
  private after: string | null = null;
  private ended = false;

  constructor(
    readonly filter: object,
    readonly order: 'NEWEST' | 'MOST_HELPFUL',
  ) {}

  /** @returns whether there was one */
  async page(): Promise<boolean> {
    if (this.ended) return false;
    const { filter, order } = this;
    const { data, errors } = await api.execute('community', reader, POSTS, { filter, order, after: this.after });
    expect(errors).toBeUndefined();
    const { nodes, pageInfo } = data.posts;
    this.seen.push(...nodes.map(({ id }: Answer) => id));
    this.after = pageInfo.endCursor;
    this.ended = !pageInfo.hasNextPage;
    return true;
  }
}

/** All that a list shows at this moment, told by SQL. */
async function listed({ filter }: Reading): Promise<string[]> {
  const { kinds, diseaseId: disease, followed, search } = filter as { [name: string]: unknown };
  const { rows } = await api.admin.query(
    `select id from community.post where status = 'PUBLISHED' and depth = 0 and ($1::text[] is null or kind = any($1))
       and ($2::uuid[] is null or disease_id = any($2)) and ($3::text is null or body like '%' || $3 || '%')`,
    [kinds ?? null, disease ? [disease] : followed ? [diseaseId(2), diseaseId(3)] : null, search ?? null],
  );
  return rows.map(({ id }) => id);
}

test('paging through 10,000 posts while 1,000 are published and 100 removed shows none twice and misses none that stays', async () => {
  const ids = await insertPosts(
    api.admin,
    Array.from({ length: AT_FIRST }, (_, number) => post(number)),
  );
  const readings = FILTERS.flatMap((filter) => [new Reading(filter, 'NEWEST'), new Reading(filter, 'MOST_HELPFUL')]);
  const before: string[][] = [];
  for (const each of readings) before.push(await listed(each));
  const removed = new Set<string>();
  let number = AT_FIRST;
  for (let reading = true; reading; ) {
    reading = false;
    for (const each of readings) reading = (await each.page()) || reading;
    if (removed.size === 100) continue;
    await insertPosts(
      api.admin,
      Array.from({ length: 10 }, () => post(number++)),
    );
    // now and then it is the one where somebody stopped reading
    const cursor = readings[removed.size % readings.length]?.seen.at(-1);
    const isFree = removed.size % 2 === 0 && cursor && !removed.has(cursor);
    const goes = isFree ? cursor : (ids.find((id, at) => at % 97 === removed.size % 97 && !removed.has(id)) as string);
    await api.admin.query(`update community.post set status = 'REMOVED' where id = $1`, [goes]);
    removed.add(goes);
  }
  expect([number, removed.size]).toEqual([AT_FIRST + 1_000, 100]);
  for (const [index, { seen, filter, order }] of readings.entries()) {
    const known = new Set(seen);
    const missed = before[index]!.filter((id) => !known.has(id) && !removed.has(id));
    expect({ filter, order, twice: seen.length - known.size, missed }).toEqual({ filter, order, twice: 0, missed: [] });
  }
});
