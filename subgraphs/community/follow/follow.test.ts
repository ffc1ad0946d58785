import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import type { CommunityContext } from '../context.js';
import { tellFollowers } from './follow.jobs.js';

const patient = person('demo-patient', 'PATIENT');
const newcomer = person('follows-only', 'PATIENT');
const stranger = person('follows-nothing', 'CAREGIVER');

let api: SubgraphsUnderTest;
let diseases: string[];
beforeAll(async () => {
  api = await openSubgraphs('follow');
  diseases = (await api.admin.query('select id from catalog.disease order by id limit 5')).rows.map(({ id }) => id);
  await api.admin.query('delete from community.follow');
});
afterAll(() => api?.stop());

const sql = async (text: string, values: unknown[] = []): Promise<Answer[]> =>
  (await api.admin.query(text, values)).rows;
async function ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
  const { data, errors } = await api.execute('community', who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}
const change = async (name: 'followDisease' | 'unfollowDisease', who: Identity, diseaseId: string): Promise<Answer> => {
  const type = name === 'followDisease' ? 'FollowDiseaseInput' : 'UnfollowDiseaseInput';
  const query = `mutation($input: ${type}!) { result: ${name}(input: $input) {
    __typename ... on Disease { id followed } ... on UserError { code path message } } }`;
  return (await ask(who, query, { input: { diseaseId } })).result;
};
const follow = (who: Identity, id: string) => change('followDisease', who, id);
const unfollow = (who: Identity, id: string) => change('unfollowDisease', who, id);
const followed = async (who: Identity, first = 100, after?: string): Promise<Answer> =>
  (
    await ask(
      who,
      `query($first: Int!, $after: ID) { followedDiseases(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { since disease { id } } } }`,
      { first, after },
    )
  ).followedDiseases;
const idsOf = ({ nodes }: Answer): string[] => nodes.map(({ disease }: Answer) => disease.id);
const marks = async (who: Identity): Promise<Answer[]> =>
  (
    await ask(who, 'query($of: [_Any!]!) { _entities(representations: $of) { ... on Disease { followed } } }', {
      of: diseases.map((id) => ({ __typename: 'Disease', id })),
    })
  )._entities.map(({ followed: mark }: Answer) => mark);

describe('a disease', () => {
  test('is followed once, however often one says so, and makes who follows it a member', async () => {
    const [id] = diseases as [string];
    const all = await Promise.all(Array.from({ length: 5 }, () => follow(newcomer, id)));
    expect(new Set(all.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify({ __typename: 'Disease', id, followed: true })]),
    );
    expect(await sql(`select from community.member where subject = 'follows-only'`)).toHaveLength(1);
    const { totalCount, nodes } = await followed(newcomer);
    expect([totalCount, nodes]).toEqual([1, [{ disease: { id }, since: expect.stringMatching(/:00\.000Z$/) }]]);
  });

  test('that there is not cannot be followed', async () => {
    expect(await follow(newcomer, newId())).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'diseaseId'] });
    expect(await unfollow(newcomer, newId())).toMatchObject({ code: 'INVALID_INPUT' });
    const { errors } = await api.execute(
      'community',
      newcomer,
      'mutation { followDisease(input: { diseaseId: "x" }) { __typename } }',
    );
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  test('says whether the caller follows it; to who cannot follow any it says nothing', async () => {
    expect(await marks(newcomer)).toEqual([true, false, false, false, false]);
    expect(await marks(stranger)).toEqual(Array(5).fill(false));
    for (const who of [ANONYMOUS, person('demo-reviewer', 'REVIEWER')])
      expect(await marks(who)).toEqual(Array(5).fill(null));
  });

  test('is not followed any more, however often one says so', async () => {
    for (const id of diseases) await follow(patient, id);
    const [, , id] = diseases as [string, string, string];
    expect(await unfollow(patient, id)).toEqual({ __typename: 'Disease', id, followed: false });
    expect(await unfollow(patient, id)).toEqual({ __typename: 'Disease', id, followed: false });
    expect(idsOf(await followed(patient))).toEqual(diseases.filter((each) => each !== id));
  });
});

describe('the diseases that somebody follows', () => {
  test('are paged, each once, also when one is left out meanwhile', async () => {
    for (const id of diseases) await follow(patient, id);
    const one = await followed(patient, 2);
    await unfollow(patient, diseases[1] as string);
    const rest = await followed(patient, 2, one.pageInfo.endCursor);
    expect([...idsOf(one), ...idsOf(rest)]).toEqual(diseases.slice(0, 4));
    expect([rest.totalCount, rest.pageInfo.hasNextPage]).toEqual([4, true]);
  });

  test('are nobody else’s to see or change', async () => {
    expect(await followed(stranger)).toMatchObject({ totalCount: 0, nodes: [] });
    await unfollow(stranger, diseases[0] as string);
    expect(idsOf(await followed(patient))).toContain(diseases[0]);
    const client = await api.serving('community');
    await client.query(`select set_config('app.subject', 'follows-only', false)`);
    expect((await client.query('select from follow')).rowCount).toBe(1);
    expect((await client.query('delete from follow where disease_id <> $1', [diseases[0]])).rowCount).toBe(0);
    await expect(
      client.query(`insert into follow select id, $1, date_trunc('minute', now()) from unnest($2::uuid[]) id`, [
        diseases[3],
        (await sql('select member_id as id from community.follow')).map(({ id }) => id),
      ]),
    ).rejects.toThrow('row-level security');
    await expect(client.query(`update follow set since = since`)).rejects.toThrow('permission denied');
  });
});

describe('who follows a disease', () => {
  const FOLLOWERS = 1_203;
  const tell = (postId: string) =>
    api.get('community').asItself((context) => tellFollowers({ postId }, context as unknown as CommunityContext));
  const told = async (postId: string): Promise<number> =>
    (
      await sql(`select count(*)::int as count from community.notice where post_id = $1 and kind = 'NEW_OF_DISEASE'`, [
        postId,
      ])
    )[0].count;
  /** A post by a member of its own. */
  async function publish(kind: string, diseaseId: string, status = 'PUBLISHED'): Promise<string> {
    const [{ id }] = await sql(
      `insert into community.post (id, kind, member_id, pseudonym, disease_id, title, body, status, published_at)
       select community.minute_id(), $1, id, pseudonym, $2, 'T', 'B', $3, date_trunc('minute', now())
       from community.member where subject = 'follower-7' returning id`,
      [kind, diseaseId, status],
    );
    return id;
  }

  test('is told of what is new about it, each once, however often it is told; its author is not', async () => {
    const disease = newId();
    await sql(
      `insert into community.member (id, subject, pseudonym, created_at)
       select community.minute_id(), 'follower-' || n, 'Follower ' || n, now() from generate_series(1, $1) n`,
      [FOLLOWERS],
    );
    await sql(
      `insert into community.follow select id, $1, date_trunc('minute', now()) from community.member where subject like 'follower-%'`,
      [disease],
    );
    for (const kind of ['STORY', 'QUESTION']) {
      const post = await publish(kind, disease);
      // one that died half way through
      await sql(
        `insert into community.notice (id, member_id, kind, post_id, at)
         select community.minute_id(), member_id, 'NEW_OF_DISEASE', $1, date_trunc('minute', now()) from community.follow
         where disease_id = $2 order by member_id limit 600`,
        [post, disease],
      );
      await sql(
        `delete from community.notice using community.member m where m.id = member_id and subject = 'follower-7' and post_id = $1`,
        [post],
      );
      await Promise.all([tell(post), tell(post)]);
      expect(await told(post)).toBe(FOLLOWERS - 1);
      expect(
        await sql(
          `select from community.notice join community.member m on m.id = member_id where subject = 'follower-7' and post_id = $1`,
          [post],
        ),
      ).toEqual([]);
    }
  });

  test('is not told of what is not published, is about another disease, or stands under something', async () => {
    const [{ disease }] = await sql(
      'select disease_id as disease from community.follow group by 1 having count(*) > 9',
    );
    const draft = await publish('STORY', disease, 'DRAFT');
    const other = await publish('STORY', newId());
    const top = await publish('QUESTION', disease);
    const [answer] = await sql(
      `insert into community.post (id, kind, parent_id, body, status, published_at)
       values (community.minute_id(), 'ANSWER', $1, 'B', 'PUBLISHED', date_trunc('minute', now())) returning id`,
      [top],
    );
    for (const post of [draft, other, answer.id, newId()]) {
      await tell(post);
      expect(await told(post)).toBe(0);
    }
  });

  test('is told by the community itself alone', async () => {
    const client = await api.serving('community');
    await client.query(`select set_config('app.subject', 'follows-only', false)`);
    await expect(client.query('select tell_followers($1, null, 10)', [newId()])).rejects.toThrow('by itself');
  });
});
