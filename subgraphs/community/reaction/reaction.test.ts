import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Answer } from '../../../tests/subgraphs.js';
import { openThreads, type Threads } from '../../../tests/threads.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';

let threads: Threads;
let author: Identity;
const readers: Identity[] = [];
beforeAll(async () => {
  threads = await openThreads('reaction');
  author = await threads.member('author');
  for (let number = 0; number < 8; number++) readers.push(await threads.member(`reader-${number}`));
});
afterAll(() => threads?.stop());

const KINDS = ['HELPFUL', 'THANKS', 'WITH_YOU'] as const;
type Kind = (typeof KINDS)[number];
const FIELDS = 'id version myReaction reactions { helpful thanks withYou }';
const react = (who: Identity, postId: string, kind: Kind): Promise<Answer> =>
  threads.change(who, 'react', { postId, kind }, FIELDS);
const takeBack = (who: Identity, postId: string): Promise<Answer> =>
  threads.change(who, 'takeBackReaction', { postId }, FIELDS);
const read = async (who: Identity, id: string): Promise<Answer> =>
  (await threads.ask(who, `query($id: ID!) { post(id: $id) { ${FIELDS} } }`, { id })).post;
const story = async (): Promise<string> => (await threads.write(author, 'STORY')).id;
const none = { helpful: 0, thanks: 0, withYou: 0 };

describe('a reaction', () => {
  test('is one a reader and post: another kind takes its place, the same again changes nothing', async () => {
    const [reader, other] = readers as [Identity, Identity];
    const id = await story();
    expect(await react(reader, id, 'HELPFUL')).toMatchObject({
      __typename: 'Story',
      myReaction: 'HELPFUL',
      reactions: { ...none, helpful: 1 },
    });
    expect(await react(reader, id, 'HELPFUL')).toMatchObject({
      myReaction: 'HELPFUL',
      reactions: { ...none, helpful: 1 },
    });
    expect(await react(other, id, 'WITH_YOU')).toMatchObject({ reactions: { ...none, helpful: 1, withYou: 1 } });
    expect(await react(reader, id, 'THANKS')).toMatchObject({ myReaction: 'THANKS', version: 1 });
    expect(await read(reader, id)).toMatchObject({
      myReaction: 'THANKS',
      reactions: { helpful: 0, thanks: 1, withYou: 1 },
    });
    expect(await takeBack(reader, id)).toMatchObject({ myReaction: null, reactions: { ...none, withYou: 1 } });
    expect(await takeBack(reader, id)).toMatchObject({ myReaction: null, reactions: { ...none, withYou: 1 } });
    for (const who of [author, ANONYMOUS, readers[2]!]) {
      expect(await read(who, id)).toMatchObject({ myReaction: null, reactions: { ...none, withYou: 1 } });
    }
  });

  test('is told to the author when it is new, and not whose it is', async () => {
    const own = await threads.member('told');
    const { id } = await threads.write(own, 'STORY');
    await react(readers[0]!, id, 'HELPFUL');
    await threads.sql('update community.notice set read_at = at');
    await react(readers[0]!, id, 'HELPFUL');
    await react(readers[0]!, id, 'THANKS');
    const unread = 'select from community.notice where post_id = $1 and read_at is null';
    expect(await threads.sql(unread, [id])).toHaveLength(0);
    await react(readers[1]!, id, 'THANKS');
    expect(await threads.sql(unread, [id])).toHaveLength(1);
    expect(await threads.told(own)).toEqual([`REACTED ${id}`]);
  });

  test('is to a post of any kind', async () => {
    const { id: question } = await threads.write(author, 'QUESTION');
    const { id: answer } = await threads.write(author, 'ANSWER', question);
    const { id: comment } = await threads.write(author, 'COMMENT', answer);
    const [{ id: article }] = await threads.sql(
      `select id from community.post where kind = 'ARTICLE' and status = 'PUBLISHED' limit 1`,
    );
    const types = [];
    for (const id of [question, answer, comment, article]) {
      const { __typename, myReaction } = await react(readers[0]!, id, 'THANKS');
      types.push([__typename, myReaction]);
    }
    expect(types).toEqual(['Question', 'Answer', 'Comment', 'Article'].map((type) => [type, 'THANKS']));
  });

  test('is nobody’s to their own, nor to what not everybody reads', async () => {
    const id = await story();
    expect(await react(author, id, 'THANKS')).toMatchObject({ __typename: 'NotAllowed', path: ['input', 'postId'] });
    const comment = (await threads.write(readers[0]!, 'COMMENT', id)).id;
    await threads.sql(`update community.post set status = 'HIDDEN' where id = $1`, [id]);
    for (const who of [author, readers[0]!, readers[1]!]) {
      const refusals = [];
      for (const each of [newId(), id, comment])
        refusals.push(await react(who, each, 'THANKS'), await takeBack(who, each));
      expect(refusals[0]).toMatchObject({ __typename: 'NotFound', path: ['input', 'postId'] });
      expect(new Set(refusals.map((each) => JSON.stringify(each))).size).toBe(1);
    }
    const { errors } = await threads.execute(
      'community',
      ANONYMOUS,
      `mutation { react(input: {postId: "${id}", kind: THANKS}) { __typename } }`,
    );
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });

  test('is not made by who is suspended, who still may take theirs back', async () => {
    const id = await story();
    const suspended = await threads.member('suspended');
    await react(suspended, id, 'THANKS');
    await threads.sql(
      `update community.member set suspended_until = now() + interval '1 day' where subject = 'suspended'`,
    );
    expect(await react(suspended, id, 'HELPFUL')).toMatchObject({ __typename: 'MemberSuspended' });
    expect(await takeBack(suspended, id)).toMatchObject({ myReaction: null, reactions: none });
  });
});

describe('the counts', () => {
  test('are exact when many react at once, and each more than once', async () => {
    const id = await story();
    const all = readers.flatMap((who, index) => KINDS.map((_, turn) => react(who, id, KINDS[(index + turn) % 3]!)));
    const answers = await Promise.all(all);
    expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(new Set(['Story']));
    const rows = await threads.sql(
      'select kind, count(*)::int as count from community.reaction where post_id = $1 group by kind',
      [id],
    );
    const kept = Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
    expect((await read(ANONYMOUS, id)).reactions).toEqual({
      helpful: kept.HELPFUL ?? 0,
      thanks: kept.THANKS ?? 0,
      withYou: kept.WITH_YOU ?? 0,
    });
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(readers.length);
  });

  test('are those of the reactions that stand, whatever was done before', async () => {
    const posts = [await story(), await story()];
    const step = fc.record({
      reader: fc.nat(3),
      post: fc.nat(1),
      kind: fc.option(fc.constantFrom(...KINDS)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await threads.sql('delete from community.reaction where post_id = any($1)', [posts]);
        await threads.sql('update community.post set helpful = 0, thanks = 0, with_you = 0 where id = any($1)', [
          posts,
        ]);
        const stand = new Map<string, Kind>();
        for (const { reader, post, kind } of steps) {
          const [who, id] = [readers[reader]!, posts[post]!];
          const answer = kind === null ? await takeBack(who, id) : await react(who, id, kind);
          if (kind === null) stand.delete(`${reader} ${id}`);
          else stand.set(`${reader} ${id}`, kind);
          const count = (wanted: Kind) =>
            [...stand].filter(([key, each]) => key.endsWith(id) && each === wanted).length;
          expect(answer).toMatchObject({
            myReaction: kind,
            reactions: { helpful: count('HELPFUL'), thanks: count('THANKS'), withYou: count('WITH_YOU') },
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  test('go down when a member is gone', async () => {
    const id = await story();
    const leaves = await threads.member('leaves');
    await react(leaves, id, 'WITH_YOU');
    await threads.sql(`begin; select set_config('app.subject', 'system:community', true);
      delete from community.member where subject = 'leaves'; commit`);
    expect(await read(ANONYMOUS, id)).toMatchObject({ reactions: none });
  });
});

test('the database alone lets nobody react for others, twice, to their own, or carry a reaction to another post', async () => {
  const [one, other] = [await story(), await story()];
  await react(readers[0]!, one, 'THANKS');
  const client = await threads.serving('community');
  const be = ({ subject }: Identity) =>
    client.query(`select set_config('app.subject', $1, false), set_config('app.roles', 'PATIENT', false)`, [subject]);
  await be(readers[1]!);
  expect((await client.query('select from reaction where post_id = $1', [one])).rowCount).toBe(0);
  expect((await client.query('delete from reaction where post_id = $1', [one])).rowCount).toBe(0);
  expect((await client.query(`update reaction set kind = 'HELPFUL' where post_id = $1`, [one])).rowCount).toBe(0);
  const [{ id: member }] = await threads.sql('select id from community.member where subject = $1', [
    readers[0]!.subject,
  ]);
  const insert = 'insert into reaction (post_id, member_id, kind) values ($1, $2, $3)';
  await expect(client.query(insert, [other, member, 'THANKS'])).rejects.toThrow('row-level security');
  await be(readers[0]!);
  await expect(client.query(insert, [one, member, 'HELPFUL'])).rejects.toThrow('duplicate key');
  await expect(client.query('update reaction set post_id = $1', [other])).rejects.toThrow('permission denied');
  await be(author);
  const own = `insert into reaction (post_id, member_id, kind) select $1, id, 'HELPFUL' from member`;
  await expect(client.query(own, [one])).rejects.toThrow('Nobody reacts');
});
