import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { diseaseId } from '../../catalog/import.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import type { CommunityContext } from '../context.js';
import { communityJobs } from '../jobs.js';
import { insertPosts, type PostToInsert } from './posts-under-test.js';
import { RANK_POSTS, rankPosts } from './rank.jobs.js';

const gaucher = diseaseId(31);
const other = diseaseId(1);
const author = person('writes-to-be-found', 'PATIENT');
const moderator = person('demo-moderator', 'MODERATOR');

let api: SubgraphsUnderTest;
beforeAll(async () => {
  api = await openSubgraphs('search');
});
afterAll(() => api?.stop());

const POSTS = `query($filter: PostFilter, $order: PostOrder!, $first: Int!, $after: ID) {
  posts(filter: $filter, order: $order, first: $first, after: $after) {
    edges { cursor } nodes { id __typename } pageInfo { hasNextPage endCursor } } }`;

interface Listing {
  readonly filter?: object | null;
  readonly order?: 'NEWEST' | 'MOST_HELPFUL';
  readonly first?: number;
  readonly after?: string | null;
  readonly who?: Identity;
}
const execute = ({ filter = null, order = 'NEWEST', first = 100, after = null, who = ANONYMOUS }: Listing) =>
  api.execute('community', who, POSTS, { filter, order, first, after });

async function page(listing: Listing): Promise<Answer> {
  const { data, errors } = await execute(listing);
  expect(errors).toBeUndefined();
  return data.posts;
}
const idsOf = ({ nodes }: Answer): string[] => nodes.map(({ id }: Answer) => id);
const found = async (search: string, listing: Listing = {}): Promise<string[]> =>
  idsOf(await page({ ...listing, filter: { search } }));

/** As many pages as there are, or the first so many. */
async function all(listing: Listing, pages = Number.POSITIVE_INFINITY): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (let read = 0; read < pages; read++) {
    const answer: Answer = await page({ ...listing, after });
    ids.push(...idsOf(answer));
    after = answer.pageInfo.endCursor;
    if (!answer.pageInfo.hasNextPage) break;
  }
  return ids;
}

interface Published {
  readonly id: string;
  readonly text: string;
  readonly minute: number;
  readonly rank: number;
}
const published = async (): Promise<Published[]> =>
  (
    await api.admin.query(
      `select id, title || ' ' || body as text, extract(epoch from published_at)::float8 as minute, helpful_rank as rank
       from community.post where status = 'PUBLISHED' and depth = 0`,
    )
  ).rows;

const inOrder = (posts: readonly Published[], key: (post: Published) => number): string[] =>
  [...posts].sort((one, two) => key(two) - key(one) || (one.id < two.id ? 1 : -1)).map(({ id }) => id);
const newest = (posts: readonly Published[]): string[] => inOrder(posts, ({ minute }) => minute);
const mostHelpful = (posts: readonly Published[]): string[] => inOrder(posts, ({ rank }) => rank);

const WORD = /[\u3400-\u9fff]+|[^\u3400-\u9fff\W_]+/gu;
const wordsOf = (text: string): string[] => text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
const isChinese = (word: string): boolean => /[\u3400-\u9fff]/.test(word);
/** What a search should find, the simple way. */
function isFound(text: string, search: string): boolean {
  const words = wordsOf(text);
  return wordsOf(search)
    .filter(({ length }) => length >= 2)
    .every((wanted) => words.some((word) => (isChinese(wanted) ? word.includes(wanted) : word.startsWith(wanted))));
}

describe('a search', () => {
  const PARTS = [
    'Gaucher',
    'gauche',
    'GBA1',
    '25mg',
    'IL-6',
    'a_b',
    '100%',
    'ab',
    'abc',
    '戈谢病',
    '谢病友',
    '戈谢',
    '病',
    '友情',
    '治疗ERT',
    'ｅｎｚ',
  ];
  const BETWEEN = [' ', '', '，', '。\n\n', '-', '_', '%', ' **', "'", '　'];
  const wide = (text: string): string =>
    text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
  const written = (most: number) =>
    fc
      .array(
        fc.tuple(
          fc.constantFrom(...PARTS),
          fc.constantFrom(...BETWEEN),
          fc.constantFrom(
            (text: string) => text,
            (text: string) => text.toUpperCase(),
            wide,
            (text: string) => text.slice(1),
            (text: string) => text.slice(0, -1),
          ),
        ),
        { minLength: 1, maxLength: most },
      )
      .map((parts) => parts.map(([part, between, as]) => as(part) + between).join(''));

  test('finds what holds all its words, in both languages and however they are written, and nothing else', async () => {
    const texts = fc.sample(written(12), { numRuns: 300, seed: 6 });
    await insertPosts(
      api.admin,
      texts.map((text, number) => ({ body: `${text}.`, title: `${number}`, minute: number % 40, rank: number % 3 })),
    );
    const posts = await published();
    await fc.assert(
      fc.asyncProperty(
        written(3),
        fc.constantFrom('NEWEST' as const, 'MOST_HELPFUL' as const),
        async (search, order) => {
          fc.pre(wordsOf(search).some(({ length }) => length >= 2));
          const expected = (order === 'NEWEST' ? newest : mostHelpful)(
            posts.filter(({ text }) => isFound(text, search)),
          );
          expect(await all({ filter: { search }, order, first: 40 })).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('that cannot be is refused with what to do', async () => {
    for (const [search, message] of [
      ['a', 'two or more'],
      ['病', 'two or more'],
      ['% _', 'two or more'],
      ['x'.repeat(101), 'at most 100'],
      ['ab '.repeat(11), 'at most 10 words'],
    ] as const) {
      const { errors } = await execute({ filter: { search } });
      expect(errors[0].message).toContain(message);
      expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('for nothing lists everything', async () => {
    expect(await found('  ')).toEqual(idsOf(await page({})));
  });

  test('finds only what is published, and nothing that stands under it, whoever asks', async () => {
    const [row] = (
      await api.admin.query(
        `insert into community.member (id, subject, pseudonym, created_at)
         values (gen_random_uuid(), $1, 'To be found', now()) returning id`,
        [author.subject],
      )
    ).rows;
    const of = (status: string): PostToInsert => ({ title: status, body: 'vexillology', status, memberId: row.id });
    const states = ['DRAFT', 'HIDDEN', 'REMOVED', 'PUBLISHED'];
    const ids = await insertPosts(api.admin, states.map(of));
    await api.admin.query(
      `insert into community.post (id, kind, parent_id, body, status, published_at)
       select gen_random_uuid(), 'COMMENT', $1, 'vexillology', 'PUBLISHED', date_trunc('minute', now())`,
      [ids[3]],
    );
    for (const who of [ANONYMOUS, author, moderator]) expect(await found('vexillology', { who })).toEqual([ids[3]]);
    await api.admin.query(`update community.post set status = 'HIDDEN' where id = $1`, [ids[3]]);
    for (const who of [ANONYMOUS, author, moderator]) expect(await found('vexillology', { who })).toEqual([]);
  });

  test('is counted to 1,000, and what is listed without one to its end', async () => {
    await insertPosts(
      api.admin,
      Array.from({ length: 1_001 }, (_, number) => ({ body: 'philately', minute: number })),
    );
    const count = async (filter: object | null): Promise<number> => {
      const query = 'query($filter: PostFilter) { posts(filter: $filter, first: 1) { totalCount } }';
      return (await api.execute('community', ANONYMOUS, query, { filter })).data.posts.totalCount;
    };
    expect(await count({ search: 'philately' })).toBe(1_000);
    expect(await count({ search: 'philately', diseaseId: other })).toBe(0);
    expect(await count(null)).toBe((await published()).length);
    const questions = (
      await api.admin.query(
        `select count(*)::int as n from community.post where kind = 'QUESTION' and status = 'PUBLISHED' and disease_id = $1`,
        [gaucher],
      )
    ).rows[0].n;
    expect(await count({ kinds: ['QUESTION'], diseaseId: gaucher })).toBe(questions);
  });
});

describe('a list', () => {
  test('is of the kinds and the disease that are asked for', async () => {
    const [story, question] = await insertPosts(api.admin, [
      { body: 'numismatics' },
      { body: 'numismatics', kind: 'QUESTION', diseaseId: other },
    ]);
    const search = 'numismatics';
    const listed = async (filter: object) => idsOf(await page({ filter: { search, ...filter } }));
    expect(await listed({ kinds: ['STORY'] })).toEqual([story]);
    expect(await listed({ kinds: ['QUESTION', 'ARTICLE'] })).toEqual([question]);
    expect(await listed({ kinds: [] })).toEqual([]);
    expect(await listed({ diseaseId: other })).toEqual([question]);
    expect(await listed({ diseaseId: newId() })).toEqual([]);
    const types = (await page({ filter: { kinds: ['ARTICLE'] }, first: 2 })).nodes.map(
      ({ __typename }: Answer) => __typename,
    );
    expect(types).toEqual(['Article', 'Article']);
    for (const kinds of [['ANSWER'], ['STORY', 'COMMENT']]) {
      expect((await execute({ filter: { kinds } })).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('of what one follows holds that alone, also beside other conditions, and nothing for who follows nothing', async () => {
    const follower = person('follows-two', 'PATIENT');
    const [row] = (
      await api.admin.query(
        `insert into community.member (id, subject, pseudonym, created_at)
         values (gen_random_uuid(), $1, 'Follows two', now()) returning id`,
        [follower.subject],
      )
    ).rows;
    const [third, fourth, fifth] = [diseaseId(3), diseaseId(4), diseaseId(5)];
    await insertPosts(
      api.admin,
      [third, fourth, fifth].map((disease, minute) => ({
        body: 'campanology',
        diseaseId: disease,
        minute,
        title: disease,
      })),
    );
    const mine = async (filter: object = {}, who = follower): Promise<number> =>
      (await all({ filter: { search: 'campanology', followed: true, ...filter }, who })).length;
    expect(await mine()).toBe(0);
    await api.admin.query(
      `insert into community.follow select $1, disease, date_trunc('minute', now()) from unnest($2::uuid[]) disease`,
      [row.id, [third, fourth]],
    );
    expect(await mine()).toBe(2);
    expect(await mine({ diseaseId: third })).toBe(1);
    expect(await mine({ diseaseId: fifth })).toBe(0);
    expect(await mine({ kinds: ['QUESTION'] })).toBe(0);
    const expected = (
      await api.admin.query(
        `select count(*)::int as n from community.post where status = 'PUBLISHED' and depth = 0 and disease_id = any($1)`,
        [[third, fourth]],
      )
    ).rows[0].n;
    expect(await all({ filter: { followed: true }, who: follower })).toHaveLength(expected);
    expect(await mine({}, person('follows-nothing', 'PATIENT'))).toBe(0);
    const { errors } = await execute({ filter: { followed: true } });
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining('sign in'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  test('of the most helpful stands still until it is counted anew', async () => {
    const [first, second] = await insertPosts(api.admin, [{ body: 'lepidoptera', minute: 9 }, { body: 'lepidoptera' }]);
    const listed = () => found('lepidoptera', { order: 'MOST_HELPFUL' });
    const before = await listed();
    await api.admin.query('update community.post set helpful = 3 where id = $1', [before[1]]);
    expect(await listed()).toEqual(before);
    expect(communityJobs.schedule).toContainEqual({ task: RANK_POSTS, cron: '*/15 * * * *' });
    for (let time = 0; time < 2; time++) {
      await api.get('community').asItself((context) => rankPosts({}, context as CommunityContext));
      expect(await listed()).toEqual([...before].reverse());
    }
    expect(new Set(before)).toEqual(new Set([first, second]));
  });

  test('is ranked to the last, however many have been found helpful', async () => {
    await api.admin.query(`set session_replication_role = replica`);
    await api.admin.query(`update community.post set helpful = helpful_rank + 1 where body = 'philately'`);
    await api.admin.query(`set session_replication_role = origin`);
    await api.get('community').asItself((context) => rankPosts({}, context as CommunityContext));
    const { rows } = await api.admin.query(
      'select count(*)::int as behind from community.post where helpful <> helpful_rank',
    );
    expect(rows).toEqual([{ behind: 0 }]);
  });

  test('leaves out what cannot be read any more when it is, and goes on behind it', async () => {
    const [story] = await insertPosts(api.admin, [
      { body: 'horology' },
      // an article of which nothing but its row is left, as if it went in between
      { body: 'horology', minute: 1, kind: 'ARTICLE' },
    ]);
    const listing = { filter: { search: 'horology' }, first: 1 };
    const first = await page(listing);
    expect(first).toMatchObject({ nodes: [], edges: [], pageInfo: { hasNextPage: true } });
    expect(idsOf(await page({ ...listing, after: first.pageInfo.endCursor }))).toEqual([story]);
  });

  test('goes on behind a post that is there no more, and ends behind what never was one', async () => {
    const ids = await insertPosts(
      api.admin,
      [0, 1, 2].map((minute) => ({ body: 'speleology', minute, rank: minute })),
    );
    for (const order of ['NEWEST', 'MOST_HELPFUL'] as const) {
      const first = await page({ filter: { search: 'speleology' }, order, first: 2 });
      await api.admin.query(`update community.post set status = 'REMOVED' where id = $1`, [ids[1]]);
      const next = { filter: { search: 'speleology' }, order, after: first.pageInfo.endCursor };
      expect(idsOf(await page(next))).toEqual([ids[0]]);
      await api.admin.query(`update community.post set status = 'PUBLISHED' where id = $1`, [ids[1]]);
      const nowhere = Buffer.from(`c1:${newId()}`).toString('base64url');
      expect(await page({ order, after: nowhere })).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false } });
    }
  });
});

describe('over 20,000 posts', () => {
  const COUNT = 20_000;
  const LONG_AGO = 6_000;
  let posts: Published[];

  beforeAll(async () => {
    await insertPosts(
      api.admin,
      Array.from({ length: COUNT }, (_, number) => ({
        title: `${number}`,
        body: [
          number % 2 === 0 ? 'shared 日子一天天' : 'alone 没有人',
          number % 197 === 0 && 'medium 中等程度',
          number % 7_001 === 0 && 'seldom 百年难遇',
          number < LONG_AGO && 'bygone 从前有过',
          number % 5 !== 0 && 'unloved 无人问津',
        ]
          .filter(Boolean)
          .join('，'),
        minute: Math.floor(number / 3),
        rank: number % 5 === 0 ? number % 300 : 0,
        kind: number % 4 === 0 ? 'QUESTION' : 'STORY',
        diseaseId: number % 10 === 0 ? other : gaucher,
      })),
    );
    await api.admin.query('analyze community.post');
    posts = await published();
  });

  const SEARCHES = [
    'shared',
    '日子',
    'medium',
    '中等',
    'seldom',
    '难遇',
    'bygone',
    '从前',
    'unloved',
    '问津',
    'medium 从前',
    '日子 seldom',
    'nowhere',
    '无处',
  ];
  test.each(
    SEARCHES,
  )('%p is found in the same order, whether it is common, rare, of long ago or nowhere', async (search) => {
    const matching = posts.filter(({ text }) => isFound(text, search));
    for (const [order, expected] of [
      ['NEWEST', newest(matching)],
      ['MOST_HELPFUL', mostHelpful(matching)],
    ] as const) {
      expect(await all({ filter: { search }, order }, 6)).toEqual(expected.slice(0, 600));
    }
  });

  test('the same of one disease and of some kinds', async () => {
    const { rows } = await api.admin.query(
      `select id from community.post where disease_id = $1 and kind = 'QUESTION' and status = 'PUBLISHED'`,
      [other],
    );
    const wanted = new Set(rows.map(({ id }) => id));
    for (const search of ['日子', '中等', 'bygone', 'nowhere']) {
      const matching = posts.filter(({ id, text }) => wanted.has(id) && isFound(text, search));
      for (const [order, expected] of [
        ['NEWEST', newest(matching)],
        ['MOST_HELPFUL', mostHelpful(matching)],
      ] as const) {
        const filter = { search, diseaseId: other, kinds: ['QUESTION'] };
        expect(await all({ filter, order }, 3)).toEqual(expected.slice(0, 300));
      }
    }
  });

  test.each([
    ['a few', [1, 2, 3]],
    ['many', Array.from({ length: 25 }, (_, number) => number + 1)],
  ])('the same of %s diseases that one follows', async (name, numbers) => {
    const who = person(`follows-${numbers.length}`, 'PATIENT');
    const followed = numbers.map(diseaseId);
    await api.admin.query(
      `with member as (
         insert into community.member (id, subject, pseudonym, created_at) values (gen_random_uuid(), $1, $2, now()) returning id)
       insert into community.follow select id, disease, date_trunc('minute', now()) from member, unnest($3::uuid[]) disease`,
      [who.subject, `Follows ${name}`, followed],
    );
    const { rows } = await api.admin.query('select id from community.post where disease_id = any($1)', [followed]);
    const wanted = new Set(rows.map(({ id }) => id));
    for (const search of ['日子', '中等', 'bygone', 'unloved', '难遇', 'nowhere']) {
      const matching = posts.filter(({ id, text }) => wanted.has(id) && isFound(text, search));
      for (const [order, expected] of [
        ['NEWEST', newest(matching)],
        ['MOST_HELPFUL', mostHelpful(matching)],
      ] as const) {
        const filter = { search, followed: true };
        expect(await all({ filter, order, who }, 2)).toEqual(expected.slice(0, 200));
      }
    }
  });

  /** The plans of the statements that a search runs within its function. */
  async function plansOf(words: string[], mostHelpful: boolean): Promise<string> {
    const plans: string[] = [];
    const hear = ({ message }: { message?: string | undefined }) => plans.push(message ?? '');
    await api.admin.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
      set auto_explain.log_level = notice`);
    api.admin.on('notice', hear);
    const values = [words, ['STORY', 'QUESTION', 'ARTICLE'], mostHelpful];
    await api.admin.query('select community.find_posts($1, $2, null, $3, null, 21)', values);
    api.admin.off('notice', hear);
    await api.admin.query('set auto_explain.log_min_duration = -1');
    return plans.join('\n');
  }

  // the newest of long ago are far away, the most helpful are not
  test.each([
    ['a common word in order, as far as the page goes', '日子', false, false],
    ['a rare one by the index of trigrams', '难遇', true, true],
    ['one of long ago by it too', '从前', true, false],
    ['one that is nowhere by it too', '无处', true, true],
  ])('reads %s', async (_, word, forNewest, forMostHelpful) => {
    for (const [mostHelpful, byTrigrams] of [[false, forNewest] as const, [true, forMostHelpful] as const]) {
      const plans = await plansOf([word], mostHelpful);
      expect(plans).toMatch(mostHelpful ? /using post_helpful/ : /using post_newest/);
      expect(plans.includes('Bitmap Index Scan on post_search')).toBe(byTrigrams);
      expect(plans.includes('Sort Key: post')).toBe(byTrigrams);
      expect(plans).not.toMatch(/Seq Scan on post|Bitmap Index Scan on post_(?!search)/);
    }
  });
});
