import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Answer } from '../../../tests/subgraphs.js';
import { openThreads, type Threads } from '../../../tests/threads.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';

let threads: Threads;
let author: Identity;
let reader: Identity;
beforeAll(async () => {
  threads = await openThreads('comment');
  author = await threads.member('sub-of-author');
  reader = await threads.member('reader');
});
afterAll(() => threads?.stop());

const story = async (who = author): Promise<string> => (await threads.write(who, 'STORY')).id;
const comment = async (onId: string, who = reader): Promise<string> => (await threads.write(who, 'COMMENT', onId)).id;
const add = (who: Identity, input: object): Promise<Answer> => threads.change(who, 'addComment', input);
const setStatus = (id: string, status: string) =>
  threads.sql(`update community.post set status = $2, body = case when $2 <> 'DELETED' then body end where id = $1`, [
    id,
    status,
  ]);
const PAGE = `query($id: ID!, $first: Int!, $after: ID) { post(id: $id) { commentCount comments(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { id status body author { pseudonym } mine allowedActions myReaction history { body }
    reactions { helpful } editedAt replyCount commentCount parent { __typename id } replies { nodes { id parent { id } } } } } } }`;

/** All that is listed directly under a post, page by page, and counted. */
async function listed(id: string, size = 100, who = ANONYMOUS): Promise<Answer[]> {
  const found: Answer[] = [];
  for (let after: string | null = null; ; ) {
    const { comments }: Answer = (await threads.ask(who, PAGE, { id, first: size, after })).post;
    found.push(...comments.nodes);
    if (!comments.pageInfo.hasNextPage) {
      expect(comments.totalCount).toBe(found.length);
      return found;
    }
    after = comments.pageInfo.endCursor;
  }
}

describe('a comment', () => {
  test('stands under a post of any kind, whose author is told', async () => {
    const on = await story();
    const question = (await threads.write(author, 'QUESTION')).id;
    const answer = (await threads.write(author, 'ANSWER', question)).id;
    const own = await comment(on, author);
    const [{ id: article }] = await threads.sql(
      `select id from community.post where kind = 'ARTICLE' and status = 'PUBLISHED' limit 1`,
    );
    const made: string[] = [];
    const targets = { Story: on, Question: question, Answer: answer, Comment: own, Article: article };
    for (const [type, id] of Object.entries(targets)) {
      const { __typename, parent } = await threads.change(
        reader,
        'addComment',
        { onId: id, body: 'Me too.' },
        'id ... on Comment { parent { __typename id } }',
      );
      expect({ __typename, parent }).toEqual({ __typename: 'Comment', parent: { __typename: type, id } });
      const own = (await listed(id)).find(({ body }) => body === 'Me too.');
      expect(own).toMatchObject({ author: { pseudonym: 'Name of reader' }, replyCount: 0 });
      made.push(own.id);
    }
    expect((await threads.told(author)).toSorted()).toEqual(
      made
        .slice(0, 4)
        .map((id) => `COMMENTED ${id}`)
        .toSorted(),
    );
    expect(await threads.told(reader)).toEqual([]);
    // those under its answer too
    const { post } = await threads.ask(ANONYMOUS, PAGE, { id: question, first: 1 });
    expect(post).toMatchObject({ commentCount: 2, comments: { totalCount: 1 } });
  });

  test('tells the time to the minute only, in the id too', async () => {
    const id = await comment(await story());
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) % 60_000).toBe(0);
  });

  test('is written once a key', async () => {
    const on = await story();
    const input = { onId: on, body: 'Once', idempotencyKey: newId() };
    const [first, again] = await Promise.all([add(reader, input), add(reader, input)]);
    expect(again).toEqual(first);
    expect(await add(reader, { ...input, body: 'Twice' })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(await listed(on)).toHaveLength(1);
  });

  test('stands six deep and no deeper, and four under one that answers an answer', async () => {
    const writers = [author, reader, await threads.member('deep')];
    let on = await story();
    for (let depth = 1; depth <= 6; depth++) on = await comment(on, writers[depth % 3]);
    expect(await add(author, { onId: on, body: 'Deeper' })).toMatchObject({
      __typename: 'ThreadTooDeep',
      code: 'WRONG_STATE',
    });
    const { post } = await threads.ask(author, 'query($id: ID!) { post(id: $id) { allowedActions } }', { id: on });
    expect(post.allowedActions).not.toContain('COMMENT');
    on = (await threads.write(author, 'ANSWER', (await threads.write(author, 'QUESTION')).id)).id;
    for (let depth = 2; depth <= 6; depth++) on = await comment(on, writers[depth % 3]);
    expect(await add(author, { onId: on, body: 'Deeper' })).toMatchObject({ __typename: 'ThreadTooDeep' });
  });

  test('is refused where there is nothing that everybody reads, whatever the reason and whoever asks', async () => {
    const own = await threads.member('hides');
    const hidden = await story(own);
    const under = await comment(hidden, own);
    const gone = await comment(await story(own), own);
    await comment(gone, author);
    await setStatus(hidden, 'HIDDEN');
    await setStatus(gone, 'REMOVED');
    const deleted = await story(own);
    await threads.remove(own, deleted);
    for (const who of [author, own]) {
      const refusals = [];
      for (const onId of [newId(), hidden, under, gone, deleted]) refusals.push(await add(who, { onId, body: 'x' }));
      expect(refusals[0]).toMatchObject({ __typename: 'NotFound', path: ['input', 'onId'] });
      expect(new Set(refusals.map((each) => JSON.stringify(each))).size).toBe(1);
    }
  });

  test.each([
    ['INVALID_INPUT', 'of spaces', ' \n\t '],
    ['INVALID_INPUT', 'of control characters', '\u0000\u0007\u202E'],
    ['INVALID_INPUT', 'that is too long', '病'.repeat(5_001)],
    ['TEXT_NOT_PUBLISHABLE', 'with a telephone number', '加我 138 1234 5678'],
  ])('is refused as %s for a text %s', async (code, _, body) => {
    expect(await add(reader, { onId: newId(), body })).toMatchObject({ code, path: ['input', 'body'] });
  });

  test('is refused to who is suspended, and to who has written enough for now', async () => {
    const on = await story();
    const suspended = await threads.member('suspended');
    await threads.sql(
      `update community.member set suspended_until = now() + interval '1 day' where subject = 'suspended'`,
    );
    expect(await add(suspended, { onId: on, body: 'x' })).toMatchObject({ code: 'MEMBER_SUSPENDED' });
    const newcomer = { ...reader, subject: 'newcomer' };
    const answers = [];
    for (let number = 0; number < 6; number++) answers.push((await add(newcomer, { onId: on, body: 'x' })).__typename);
    expect(answers).toEqual([...Array(5).fill('Comment'), 'PostingLimitReached']);
  });
});

describe('comments', () => {
  test('are listed oldest first, and many at once are all kept', async () => {
    const on = await story();
    const people: Identity[] = [];
    for (let number = 0; number < 6; number++) people.push(await threads.member(`crowd-${number}`));
    const ids = await Promise.all(people.map((who) => comment(on, who)));
    expect((await listed(on, 2)).map(({ id }) => id)).toEqual(ids.toSorted());
  });

  test('cannot be read while what they stand under cannot, and then again', async () => {
    const on = await story();
    const [first] = [await comment(on), await comment(on, author)];
    const read = async (who: Identity) =>
      (await threads.ask(who, 'query($id: ID!) { post(id: $id) { id } }', { id: first })).post;
    await setStatus(on, 'HIDDEN');
    expect(await read(ANONYMOUS)).toBeNull();
    expect(await read(author)).toBeNull();
    expect(await read(reader)).toEqual({ id: first });
    expect(await listed(on, 100, author)).toEqual([]);
    const { post } = await threads.ask(author, PAGE, { id: on, first: 1 });
    expect(post.commentCount).toBe(0);
    await setStatus(on, 'PUBLISHED');
    expect(await listed(on)).toHaveLength(2);
  });

  test.each([
    'HIDDEN',
    'REMOVED',
    'DELETED',
  ])('leave an empty place when %s while others stand under them', async (status) => {
    const on = await comment(await story());
    const gone = await comment(on);
    await threads.change(author, 'react', { postId: gone, kind: 'HELPFUL' });
    const reply = await comment(gone, author);
    const lonely = await comment(on);
    for (const id of [gone, lonely]) await setStatus(id, status);
    const { post } = await threads.ask(ANONYMOUS, PAGE, { id: on, first: 1 });
    expect(post.commentCount).toBe(1);
    for (const who of [ANONYMOUS, author, reader]) {
      expect(await listed(on, 100, who)).toEqual([
        {
          id: gone,
          status,
          body: null,
          author: null,
          mine: false,
          allowedActions: [],
          myReaction: who === author ? 'HELPFUL' : null,
          history: null,
          reactions: { helpful: 0 },
          editedAt: null,
          replyCount: 1,
          commentCount: 1,
          parent: { __typename: 'Comment', id: on },
          // who wrote it may still read it by its id
          replies: { nodes: [{ id: reply, parent: who === reader && status !== 'DELETED' ? { id: gone } : null }] },
        },
      ]);
    }
  });

  test('are listed and counted as a plain walk through the thread says, however it stands', async () => {
    const [{ id: member }] = await threads.sql(`select id from community.member where subject = 'sub-of-author'`);
    const insert = (id: string, parent: string | null) =>
      threads.sql(
        `insert into community.post (id, kind, member_id, pseudonym, disease_id, parent_id, top_id, depth, title, body, status, published_at)
         values ($1, $2, $3, 'x', $4, $5, $1, 0, $6, 'x', 'PUBLISHED', date_trunc('minute', now()))`,
        [id, parent === null ? 'STORY' : 'COMMENT', member, threads.diseaseId, parent, parent === null ? 'x' : null],
      );
    interface Place {
      readonly id: string;
      readonly depth: number;
      readonly status: string;
      readonly under: Place[];
    }
    const status = fc.constantFrom('PUBLISHED', 'PUBLISHED', 'HIDDEN', 'REMOVED', 'DELETED');
    const thread = fc.array(fc.record({ above: fc.nat(), status }), { minLength: 1, maxLength: 14 });
    const isListed = (place: Place): boolean => place.status === 'PUBLISHED' || place.under.some(isListed);
    const readable = (place: Place): number =>
      place.under.reduce((sum, each) => sum + readable(each) + Number(each.status === 'PUBLISHED'), 0);
    await fc.assert(
      fc.asyncProperty(thread, fc.integer({ min: 1, max: 4 }), async (comments, size) => {
        const places: Place[] = [{ id: newId(), depth: 0, status: 'PUBLISHED', under: [] }];
        await insert(places[0]!.id, null);
        for (const { above, status } of comments) {
          const open = places.filter(({ depth }) => depth < 6);
          const parent = open[above % open.length]!;
          const place = { id: newId(), depth: parent.depth + 1, status, under: [] };
          await insert(place.id, parent.id);
          parent.under.push(place);
          places.push(place);
        }
        for (const { id, status } of places.slice(1)) if (status !== 'PUBLISHED') await setStatus(id, status);
        for (const place of places.filter((each) => each.status === 'PUBLISHED')) {
          const expected = place.under.filter(isListed);
          const found = await listed(place.id, size);
          expect(found.map((each) => [each.id, each.status, each.replyCount, each.commentCount])).toEqual(
            expected.map((each) => [each.id, each.status, each.under.filter(isListed).length, readable(each)]),
          );
          const { post } = await threads.ask(ANONYMOUS, PAGE, { id: place.id, first: 1 });
          expect(post.commentCount).toBe(readable(place));
        }
      }),
      { numRuns: 10 },
    );
  });

  test('of a page of stories take as many statements as those of one', async () => {
    const [{ id: diseaseId }] = await threads.sql(
      'select id from catalog.disease d where not exists (select from community.post p where p.disease_id = d.id) limit 1',
    );
    const text = { diseaseId, title: 'One of many', body: 'One of many' };
    for (let number = 0; number < 3; number++) {
      const writer = await threads.member(`page-${number}`);
      for (let each = 0; each < 7; each++) {
        const { id } = await threads.change(writer, 'publishStory', text);
        await comment(await comment(id, writer), writer);
      }
    }
    const query = `query($diseaseId: ID!, $first: Int!) { stories(diseaseId: $diseaseId, first: $first) { nodes { id commentCount mine
      myReaction allowedActions reactions { helpful } author { pseudonym disease { id } }
      comments(first: 3) { totalCount nodes { id body replyCount commentCount myReaction parent { id }
        replies(first: 2) { nodes { id body mine replyCount } } } } } } }`;
    for (const who of [ANONYMOUS, author, reader]) {
      const asked = (first: number) => threads.ask(who, query, { diseaseId, first });
      const { nodes } = (await asked(20)).stories;
      expect(nodes.map(({ comments }: Answer) => comments.nodes[0]?.replies.nodes.length)).toEqual(Array(20).fill(1));
      const [many, one] = [await threads.statementsOf(() => asked(20)), await threads.statementsOf(() => asked(1))];
      // reads that are sent at once each say who asks, as many of them as happen to come before the first is answered
      expect([Math.abs(many - one) <= 3, Math.min(many, one) <= 15]).toEqual([true, true]);
    }
  });
});

test('nothing that a thread tells leads to who wrote in it', async () => {
  const writer = await threads.member('nobody-knows');
  const on = await story(writer);
  const gone = await comment(await comment(on, writer), writer);
  await comment(gone, writer);
  await setStatus(gone, 'HIDDEN');
  const told = JSON.stringify(
    await threads.ask(
      ANONYMOUS,
      `query($id: ID!) { post(id: $id) { comments { edges { cursor node { id author { pseudonym badge } publishedAt editedAt
        replies { edges { cursor node { id author { pseudonym badge } status publishedAt replies { edges { cursor node { id } } } } } } } } } } }`,
      { id: on },
    ),
  );
  const cursors = [...told.matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor]) =>
    Buffer.from(cursor!, 'base64url').toString(),
  );
  expect(cursors).toHaveLength(3);
  for (const { id, subject } of await threads.sql('select id, subject from community.member')) {
    expect(`${told}${cursors}`).not.toContain(id);
    expect(told).not.toContain(`"${subject}"`);
  }
});
