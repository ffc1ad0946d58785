import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { Locale } from '../../common/scalars.js';
import { CommunityNoticeKind } from './notice.js';
import { noticeTexts } from './notice.rules.js';

const author = person('notice-author', 'PATIENT');
const reader = person('notice-reader', 'CAREGIVER');
const moderator = person('notice-moderator', 'MODERATOR');
const WHOLE_MINUTE = /:00\.000Z$/;

let api: SubgraphsUnderTest;
let disease: string;
beforeAll(async () => {
  api = await openSubgraphs('community_notice');
  disease = (await sql('select id from catalog.disease limit 1'))[0].id;
  for (const { subject } of [author, reader, moderator])
    await sql(
      `insert into community.member (id, subject, pseudonym, created_at) values (community.minute_id(), $1, $1, now())`,
      [subject],
    );
});
afterAll(() => api?.stop());
beforeEach(() => sql('delete from community.notice'));

const sql = async (text: string, values: unknown[] = []): Promise<Answer[]> =>
  (await api.admin.query(text, values)).rows;
async function ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
  const { data, errors } = await api.execute('community', who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}
const publish = async ({ subject }: Identity, kind = 'STORY', parent: string | null = null): Promise<string> =>
  (
    await sql(
      `insert into community.post (id, kind, member_id, pseudonym, disease_id, parent_id, title, body, status, published_at)
       select community.minute_id(), $2, id, pseudonym, $3, $4, $5, 'B', 'PUBLISHED', date_trunc('minute', now())
       from community.member where subject = $1 returning id`,
      [subject, kind, disease, parent, parent ? null : 'T'],
    )
  )[0].id;
const tell = ({ subject }: Identity, kind: string, post: string | null, occasion = '') =>
  sql('select community.tell(id, $2, $3, $4) from community.member where subject = $1', [
    subject,
    kind,
    post,
    occasion,
  ]);
/** As a service does, in somebody's name and with the serving role. */
async function tellAuthor(by: Identity, of: string, kind: string, about: string): Promise<void> {
  const client = await api.serving('community');
  await client.query(`select set_config('app.subject', $1, false)`, [by.subject]);
  await client.query('select tell_author($1, $2, $3)', [of, kind, about]);
}
const notices = async (who: Identity, onlyUnread = false, first = 100, after?: string): Promise<Answer> =>
  (
    await ask(
      who,
      `query($onlyUnread: Boolean!, $first: Int!, $after: ID) {
        communityNotices(onlyUnread: $onlyUnread, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
          nodes { id kind at readAt text post { __typename id author { pseudonym } } } } }`,
      { onlyUnread, first, after },
    )
  ).communityNotices;
const markRead = async (who: Identity, noticeId: string): Promise<Answer> =>
  (
    await ask(
      who,
      `mutation($input: MarkCommunityNoticeReadInput!) { markCommunityNoticeRead(input: $input) {
        __typename ... on CommunityNotice { id readAt } ... on UserError { code message path } } }`,
      { input: { noticeId } },
    )
  ).markCommunityNoticeRead;
const markAll = async (who: Identity): Promise<number> =>
  (await ask(who, 'mutation { markAllCommunityNoticesRead { marked } }')).markAllCommunityNoticesRead.marked;

test('every kind of notice that the database knows has words in both languages', async () => {
  const [{ condition }] = await sql(
    `select pg_get_constraintdef(oid) as condition from pg_constraint where conname = 'notice_kind_check' and connamespace = 'community'::regnamespace`,
  );
  const known = [...condition.matchAll(/'([A-Z_]+)'/g)].map(([, kind]) => kind);
  expect(known.sort()).toEqual(Object.values(CommunityNoticeKind).sort());
  for (const kind of Object.values(CommunityNoticeKind)) {
    expect(noticeTexts(kind)[Locale.EN]).toMatch(/^[A-Z].*\.$/);
    expect(noticeTexts(kind)[Locale.ZH]).toMatch(/[一-鿿].*。$/);
  }
});

describe('a notice', () => {
  test('of a new article shows what only articles have', async () => {
    const [{ id }] = await sql(
      `insert into community.article (id, slug, title_en, title_zh, body_en, body_zh, disease_id, stages, author_class, sources, demo, published_at)
       values (community.minute_id(), 'to-be-noticed', 'New', '新', 'B', '文', $1, '{ACTIVE}', 'FOUNDATION', '{S}', true, now()) returning id`,
      [disease],
    );
    await tell(reader, 'NEW_OF_DISEASE', id);
    const query = '{ communityNotices { nodes { post { ... on Article { titleEn } } } } }';
    expect(await ask(reader, query)).toEqual({ communityNotices: { nodes: [{ post: { titleEn: 'New' } }] } });
  });

  test('tells the author what others did, in whole minutes, and nothing of who did it', async () => {
    const question = await publish(author, 'QUESTION');
    const answer = await publish(reader, 'ANSWER', question);
    await tellAuthor(reader, question, 'ANSWERED', answer);
    const { totalCount, nodes } = await notices(author);
    expect(totalCount).toBe(1);
    expect(nodes).toEqual([
      {
        ...{ id: expect.any(String), kind: 'ANSWERED', readAt: null, text: expect.stringMatching(/answered/) },
        at: expect.stringMatching(WHOLE_MINUTE),
        post: { __typename: 'Answer', id: answer, author: { pseudonym: 'notice-reader' } },
      },
    ]);
    const [{ at }] = await sql('select uuid_extract_timestamp($1) as at', [nodes[0].id]);
    expect(at.toISOString()).toMatch(WHOLE_MINUTE);
    expect((await notices(reader)).totalCount).toBe(0);
  });

  test('is not made of one’s own doing', async () => {
    const story = await publish(author);
    await tellAuthor(author, story, 'COMMENTED', await publish(author, 'COMMENT', story));
    expect((await notices(author)).totalCount).toBe(0);
  });

  test('of the same is told once, and is new again when it happens again', async () => {
    const story = await publish(author);
    await tellAuthor(reader, story, 'REACTED', story);
    await markAll(author);
    expect((await notices(author, true)).totalCount).toBe(0);
    await tellAuthor(reader, story, 'REACTED', story);
    expect((await notices(author, true)).totalCount).toBe(1);
    expect((await notices(author)).totalCount).toBe(1);
  });

  test('stays when what it is about cannot be read any more, and then shows nothing of it', async () => {
    const story = await publish(reader);
    await tell(author, 'NEW_OF_DISEASE', story);
    await sql(`update community.post set status = 'HIDDEN' where id = $1`, [story]);
    expect((await notices(author)).nodes).toMatchObject([{ kind: 'NEW_OF_DISEASE', post: null }]);
  });

  test('that was read keeps its first time, to the minute, and is left out of what is new', async () => {
    await tell(author, 'POST_DECIDED', null, 'one');
    await tell(author, 'POST_DECIDED', null, 'two');
    const [{ id }] = (await notices(author)).nodes;
    const first = await markRead(author, id);
    expect(first).toEqual({ __typename: 'CommunityNotice', id, readAt: expect.stringMatching(WHOLE_MINUTE) });
    await sql(`update community.notice set read_at = '2026-01-02T03:04:05.678Z' where id = $1`, [id]);
    expect(await markRead(author, id)).toMatchObject({ readAt: '2026-01-02T03:04:00.000Z' });
    const unread = await notices(author, true);
    expect([unread.totalCount, unread.nodes.length]).toEqual([1, 1]);
    expect(unread.nodes[0].id).not.toBe(id);
    expect([await markAll(author), await markAll(author)]).toEqual([1, 0]);
  });

  test('of somebody else cannot be read or marked, and answers as one that there is not', async () => {
    await tell(author, 'REPORT_DECIDED', null);
    const [{ id }] = (await notices(author)).nodes;
    expect(await markRead(reader, id)).toEqual(await markRead(reader, newId()));
    expect(await markRead(reader, id)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'noticeId'] });
    expect(await markAll(reader)).toBe(0);
    expect((await notices(author)).nodes[0].readAt).toBeNull();
  });

  test('is for whoever works here too, and for nobody who neither writes nor works here', async () => {
    await tell(moderator, 'ARTICLE_REVIEWED', null);
    expect((await notices(moderator)).nodes).toMatchObject([{ kind: 'ARTICLE_REVIEWED' }]);
    const { errors } = await api.execute(
      'community',
      person('demo-reviewer', 'REVIEWER'),
      '{ communityNotices { totalCount } }',
    );
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

test('notices are listed newest first, page by page, each once', async () => {
  for (let n = 0; n < 7; n++) await tell(author, 'POST_DECIDED', null, `${n}`);
  await sql(
    `update community.notice set id = overlay(id::text placing lpad(to_hex(occasion::int * 60000 + 65536), 8, '0') from 1 for 8)::uuid`,
  );
  const all = (await notices(author)).nodes.map(({ id }: Answer) => id);
  expect(all).toEqual(all.toSorted().reverse());
  const one = await notices(author, false, 3);
  const two = await notices(author, false, 3, one.pageInfo.endCursor);
  const three = await notices(author, false, 3, two.pageInfo.endCursor);
  expect([one, two, three].flatMap(({ nodes }) => nodes.map(({ id }: Answer) => id))).toEqual(all);
  expect([two.pageInfo.hasNextPage, three.pageInfo.hasNextPage]).toEqual([true, false]);
});

test('with the database alone nobody makes a notice, changes one, or sees another’s', async () => {
  await tell(author, 'POST_DECIDED', null);
  const story = await publish(author);
  const client = await api.serving('community');
  await client.query(`select set_config('app.subject', 'notice-reader', false)`);
  expect((await client.query('select from notice')).rowCount).toBe(0);
  expect((await client.query('update notice set read_at = now()')).rowCount).toBe(0);
  for (const [text, refusal] of [
    [`insert into notice (id, member_id, kind, at) values (uuidv7(), uuidv7(), 'REACTED', now())`, 'permission denied'],
    ['delete from notice', 'permission denied'],
    [`update notice set kind = 'REACTED'`, 'permission denied'],
    [`select tell(uuidv7(), 'POST_DECIDED', null)`, 'permission denied'],
    [`select tell_author('${story}', 'POST_DECIDED', '${story}')`, 'by what decides it'],
  ] as const)
    await expect(client.query(text)).rejects.toThrow(refusal);
});
