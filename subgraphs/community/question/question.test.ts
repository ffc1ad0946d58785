import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Answer } from '../../../tests/subgraphs.js';
import { openThreads, type Threads } from '../../../tests/threads.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';

let threads: Threads;
let asker: Identity;
let helper: Identity;
let stranger: Identity;
beforeAll(async () => {
  threads = await openThreads('question');
  asker = await threads.member('asker');
  helper = await threads.member('helper');
  stranger = await threads.member('stranger');
});
afterAll(() => threads?.stop());

const READ = `query($id: ID!) { question(id: $id) { id title body closedAt version answerCount commentCount allowedActions
  acceptedAnswer { id accepted } answers(first: 100) { totalCount nodes { id body accepted question { id } author { badge } } } } }`;
const read = async (id: string, who: Identity = ANONYMOUS): Promise<Answer> =>
  (await threads.ask(who, READ, { id })).question;
const question = () => threads.write(asker, 'QUESTION');
const answer = (id: string, who = helper) => threads.write(who, 'ANSWER', id);
const accept = async (id: string, answerId: string | null, who = asker, expectedVersion?: number): Promise<Answer> =>
  threads.change(who, 'acceptAnswer', {
    questionId: id,
    answerId,
    expectedVersion: expectedVersion ?? (await read(id)).version,
  });
const close = async (id: string, who = asker): Promise<Answer> =>
  threads.change(who, 'closeQuestion', { questionId: id, expectedVersion: (await read(id)).version });

describe('a question', () => {
  test('is read by everybody, and its answers with it', async () => {
    const asked = await question();
    expect(asked).toMatchObject({
      __typename: 'Question',
      disease: { id: threads.diseaseId },
      allowedActions: ['EDIT', 'DELETE', 'COMMENT', 'ANSWER', 'ACCEPT', 'CLOSE'],
    });
    const { id, ...given } = await answer(asked.id);
    expect(given).toMatchObject({ __typename: 'Answer', disease: { id: threads.diseaseId }, mine: true });
    expect(await read(asked.id)).toMatchObject({
      title: 'What asker wrote',
      closedAt: null,
      answerCount: 1,
      acceptedAnswer: null,
      allowedActions: [],
      answers: { totalCount: 1, nodes: [{ id, accepted: false, question: { id: asked.id } }] },
    });
    expect(await read(id)).toBeNull();
    expect(await threads.told(asker)).toEqual([`ANSWERED ${id}`]);
    expect(await threads.told(helper)).toEqual([]);
  });

  test('is asked once a key, and not with what would tell who somebody is', async () => {
    const input = { diseaseId: threads.diseaseId, title: 'Once?', body: 'Once.', idempotencyKey: newId() };
    const first = await threads.change(asker, 'askQuestion', input);
    expect(await threads.change(asker, 'askQuestion', input)).toEqual(first);
    expect(await threads.change(asker, 'askQuestion', { ...input, body: 'Twice.' })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    const { idempotencyKey, ...other } = input;
    for (const part of [{ body: 'Call me: 13812345678' }, { title: 'Call 13812345678' }]) {
      expect(await threads.change(asker, 'askQuestion', { ...other, ...part })).toMatchObject({
        code: 'TEXT_NOT_PUBLISHABLE',
      });
    }
    for (const [field, part] of Object.entries({ title: ' \n', body: '\u0007', diseaseId: newId() })) {
      expect(await threads.change(asker, 'askQuestion', { ...other, [field]: part })).toMatchObject({
        code: 'INVALID_INPUT',
        path: ['input', field],
      });
    }
  });

  test('tells its followers that it is there', async () => {
    await threads.ask(
      stranger,
      'mutation($input: FollowDiseaseInput!) { followDisease(input: $input) { __typename } }',
      {
        input: { diseaseId: threads.diseaseId },
      },
    );
    const { id } = await question();
    const queued = await threads.sql(`select payload from community_jobs._private_jobs where payload->>'postId' = $1`, [
      id,
    ]);
    expect(queued).toHaveLength(1);
  });

  test('is answered by who may write, who then is a member with a pseudonym', async () => {
    const { id } = await question();
    const newcomer = { ...stranger, subject: 'answers-first' };
    const input = { questionId: id, body: 'It was the same for us.', pseudonym: 'Old Oak' };
    expect(await threads.change(newcomer, 'answerQuestion', input)).toMatchObject({
      author: { pseudonym: 'Old Oak', badge: null },
    });
    expect(await threads.change(newcomer, 'answerQuestion', { ...input, pseudonym: 'New Oak' })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'pseudonym'],
    });
    const { errors } = await threads.execute(
      'community',
      ANONYMOUS,
      'mutation { answerQuestion(input: {questionId: "", body: "", idempotencyKey: ""}) { __typename } }',
    );
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });

  test('is not answered where there is none that everybody reads, whatever the reason', async () => {
    const hidden = await question();
    await threads.sql(`update community.post set status = 'HIDDEN' where id = $1`, [hidden.id]);
    const story = await threads.write(asker, 'STORY');
    const given = await answer((await question()).id);
    const refusals = [];
    for (const questionId of [newId(), hidden.id, story.id, given.id]) {
      refusals.push(await threads.change(helper, 'answerQuestion', { questionId, body: 'An answer' }));
    }
    expect(refusals[0]).toMatchObject({ __typename: 'NotFound', path: ['input', 'questionId'] });
    expect(new Set(refusals.map((each) => JSON.stringify(each))).size).toBe(1);
    for (const [body, code] of [
      [' ', 'INVALID_INPUT'],
      ['x'.repeat(10_001), 'INVALID_INPUT'],
      ['微信 wxid_1234567890ab', 'TEXT_NOT_PUBLISHABLE'],
    ]) {
      expect(await threads.change(helper, 'answerQuestion', { questionId: newId(), body })).toMatchObject({
        code,
        path: ['input', 'body'],
      });
    }
  });

  test('shows which answers are by a verified physician, and these first', async () => {
    const { id } = await question();
    const before = await answer(id);
    const doctor = await threads.member('demo-physician', 'PHYSICIAN');
    const theirs = await answer(id, doctor);
    expect(theirs.author.badge).toBe('PHYSICIAN');
    const { answers } = await read(id);
    expect(answers.nodes.map((each: Answer) => [each.id, each.author.badge])).toEqual([
      [theirs.id, 'PHYSICIAN'],
      [before.id, null],
    ]);
  });
});

describe('an answer is accepted', () => {
  test('by who asked: it comes first, and its author is told once', async () => {
    const { id } = await question();
    const person = await threads.member('accepted');
    const [one, other] = [await answer(id), await answer(id, person)];
    expect(await accept(id, other.id)).toMatchObject({ __typename: 'Question', version: 2 });
    expect(await read(id)).toMatchObject({
      acceptedAnswer: { id: other.id, accepted: true },
      answers: {
        nodes: [
          { id: other.id, accepted: true },
          { id: one.id, accepted: false },
        ],
      },
    });
    expect(await threads.told(person)).toEqual([`ANSWER_ACCEPTED ${other.id}`]);
    await threads.sql('update community.notice set read_at = at where post_id = $1', [other.id]);
    expect(await accept(id, other.id)).toMatchObject({ version: 2 });
    expect(
      await threads.sql('select from community.notice where post_id = $1 and read_at is null', [other.id]),
    ).toEqual([]);
    expect(await accept(id, one.id)).toMatchObject({ version: 3 });
    expect(await accept(id, null)).toMatchObject({ version: 4 });
    expect(await read(id)).toMatchObject({
      acceptedAnswer: null,
      answers: {
        nodes: [one.id, other.id].toSorted().map((each) => ({ id: each, accepted: false })),
      },
    });
  });

  test('by nobody else, in no old version, and only where it is one to this question', async () => {
    const { id } = await question();
    const given = await answer(id);
    const missing = await accept(newId(), given.id, helper, 1);
    expect(missing).toMatchObject({ __typename: 'NotFound', path: ['input', 'questionId'] });
    for (const other of [helper, stranger]) expect(await accept(id, given.id, other)).toEqual(missing);
    expect(await accept(id, given.id, asker, 7)).toMatchObject({ code: 'STALE_VERSION' });
    const comment = await threads.write(helper, 'COMMENT', id);
    const elsewhere = await answer((await question()).id);
    const gone = await answer(id);
    await threads.remove(helper, gone.id);
    const refusals = [];
    for (const answerId of [newId(), comment.id, elsewhere.id, gone.id, id]) refusals.push(await accept(id, answerId));
    expect(refusals[0]).toMatchObject({ __typename: 'NotFound', path: ['input', 'answerId'] });
    expect(new Set(refusals.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await read(id)).toMatchObject({ version: 1, acceptedAnswer: null });
    await threads.sql(`update community.post set status = 'HIDDEN' where id = $1`, [id]);
    expect(await accept(id, given.id, asker, 1)).toMatchObject({
      __typename: 'PostNotChangeable',
      path: ['input', 'questionId'],
    });
  });

  test('and none is, once it is gone', async () => {
    const { id } = await question();
    const given = await answer(id);
    await accept(id, given.id);
    await threads.remove(helper, given.id);
    expect(await read(id)).toMatchObject({
      acceptedAnswer: null,
      answerCount: 0,
      answers: { totalCount: 0, nodes: [] },
    });
  });
});

describe('a closed question', () => {
  test('takes no more answers, but comments, and its answerers are told once', async () => {
    const { id } = await question();
    const answerer = await threads.member('answers-twice');
    const given = [await answer(id, answerer), await answer(id, answerer)];
    const closed = await close(id);
    expect(closed).toMatchObject({ __typename: 'Question', allowedActions: ['EDIT', 'DELETE', 'COMMENT', 'ACCEPT'] });
    expect(Date.parse((await read(id)).closedAt) % 60_000).toBe(0);
    expect(await threads.change(helper, 'answerQuestion', { questionId: id, body: 'Too late' })).toMatchObject({
      __typename: 'QuestionClosed',
      code: 'WRONG_STATE',
    });
    expect(await close(id)).toMatchObject({ __typename: 'QuestionClosed' });
    expect(await threads.told(answerer)).toEqual([`QUESTION_CLOSED ${id}`]);
    await threads.write(stranger, 'COMMENT', id);
    expect(await accept(id, given[1].id)).toMatchObject({ __typename: 'Question' });
    expect((await read(id)).answerCount).toBe(2);
  });

  test('was closed by who asked', async () => {
    const { id } = await question();
    for (const other of [helper, stranger]) expect(await close(id, other)).toMatchObject({ __typename: 'NotFound' });
    expect((await read(id)).closedAt).toBeNull();
  });

  test('has no answer that came after', async () => {
    const { id } = await question();
    const people: Identity[] = [];
    for (const number of [1, 2, 3, 4]) people.push(await threads.member(`late-${number}`));
    const late = people.map((who) => threads.change(who, 'answerQuestion', { questionId: id, body: 'Just in time?' }));
    const [closed, ...answers] = await Promise.all([close(id), ...late]);
    expect(closed).toMatchObject({ __typename: 'Question' });
    const names = answers.map(({ __typename }) => __typename);
    expect(names.filter((name) => name !== 'Answer' && name !== 'QuestionClosed')).toEqual([]);
    expect((await read(id)).answerCount).toBe(names.filter((name) => name === 'Answer').length);
  });
});

describe('lists', () => {
  const LIST = `query($diseaseId: ID, $unanswered: Boolean!, $first: Int!, $after: ID) { questions(diseaseId: $diseaseId, unanswered: $unanswered,
    first: $first, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`;
  /** Page by page, counted. */
  async function listed(unanswered: boolean, diseaseId: string | null = null): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | null = null; ; ) {
      const { questions }: Answer = await threads.ask(ANONYMOUS, LIST, { diseaseId, unanswered, first: 3, after });
      found.push(...questions.nodes.map(({ id }: Answer) => id));
      if (!questions.pageInfo.hasNextPage) {
        expect(questions.totalCount).toBe(found.length);
        return found;
      }
      after = questions.pageInfo.endCursor;
    }
  }

  test('of questions are newest first, of one disease or all, or of those that wait for an answer', async () => {
    const [{ id: other }] = await threads.sql('select id from catalog.disease order by id desc limit 1');
    const own = await threads.member('lists-questions');
    const ask = async (diseaseId: string) =>
      (await threads.change(own, 'askQuestion', { diseaseId, title: 'Why?', body: 'Why?' })).id as string;
    const asked = [await ask(other), await ask(other), await ask(other), await ask(other), await ask(other)] as const;
    await answer(asked[0]);
    const taken = await answer(asked[1]);
    await threads.remove(helper, taken.id);
    await close(asked[2], own);
    await threads.sql(`update community.post set status = 'HIDDEN' where id = $1`, [asked[3]]);
    await threads.sql(`update community.post set published_at = published_at - interval '1 hour' where id = $1`, [
      asked[4],
    ]);
    const newest = [...asked.slice(0, 3).toSorted().toReversed(), asked[4]];
    expect(await listed(false, other)).toEqual(newest);
    const waiting = newest.filter((id) => id === asked[1] || id === asked[4]);
    expect(await listed(true, other)).toEqual(waiting);
    for (const unanswered of [true, false]) {
      const all = await listed(unanswered);
      expect(new Set(all).size).toBe(all.length);
      expect(all.filter((id) => asked.includes(id))).toEqual(unanswered ? waiting : newest);
    }
  });

  const OF_DISEASES = `query($of: [_Any!]!, $first: Int) { _entities(representations: $of) { ... on Disease {
    questions(first: $first) { nodes { id answerCount answers(first: 2) { nodes { accepted } } } } } } }`;
  const diseases = async () =>
    (await threads.sql('select id from catalog.disease order by id limit 4')).map(({ id }) => ({
      __typename: 'Disease',
      id,
    }));

  test('stand at each of many diseases, in as many statements as at one', async () => {
    const of = await diseases();
    const input = { diseaseId: of[1]!.id, title: 'Why?', body: 'Why?' };
    const { id } = await threads.change(stranger, 'askQuestion', input);
    await answer(id);
    const { _entities } = await threads.ask(ANONYMOUS, OF_DISEASES, { of, first: 20 });
    expect(_entities[1].questions.nodes).toContainEqual({
      id,
      answerCount: 1,
      answers: { nodes: [{ accepted: false }] },
    });
    expect(_entities[2].questions.nodes).not.toContainEqual(expect.objectContaining({ id }));
    const many = await threads.statementsOf(() => threads.ask(ANONYMOUS, OF_DISEASES, { of, first: 20 }));
    const few = await threads.statementsOf(() => threads.ask(ANONYMOUS, OF_DISEASES, { of: of.slice(1, 2), first: 1 }));
    expect([many, few]).toEqual([4, 4]);
    const { errors } = await threads.execute('community', ANONYMOUS, OF_DISEASES, { of, first: 21 });
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  test('of answers stand in their order, by pages of any size, and go on behind what has gone', async () => {
    const { id } = await question();
    const ids: string[] = [];
    for (let number = 0; number < 8; number++)
      ids.push((await answer(id, await threads.member(`ranked-${number}`))).id);
    const state = fc.record({
      answers: fc.array(fc.record({ physician: fc.boolean(), rank: fc.nat(2), gone: fc.boolean() }), {
        minLength: ids.length,
        maxLength: ids.length,
      }),
      accepted: fc.option(fc.nat(ids.length - 1)),
      size: fc.integer({ min: 1, max: 5 }),
      goneMeanwhile: fc.nat(ids.length - 1),
    });
    const set = (status: string, which: string) =>
      threads.sql('update community.post set status = $1 where id = $2', [status, which]);
    const page = async (first: number, after: string | null) =>
      (
        await threads.ask(
          ANONYMOUS,
          'query($id: ID!, $first: Int!, $after: ID) { question(id: $id) { answers(first: $first, after: $after) { totalCount edges { cursor node { id } } } } }',
          { id, first, after },
        )
      ).question.answers;
    await fc.assert(
      fc.asyncProperty(state, async ({ answers, accepted, size, goneMeanwhile }) => {
        for (const [index, { physician, rank }] of answers.entries()) {
          await threads.sql(
            `update community.post set badge = $2, helpful_rank = $3, status = 'PUBLISHED' where id = $1`,
            [ids[index], physician ? 'PHYSICIAN' : null, rank],
          );
        }
        await threads.sql('update community.post set accepted_id = $2 where id = $1', [
          id,
          accepted === null ? null : ids[accepted],
        ]);
        for (const [index, { gone }] of answers.entries()) if (gone) await set('HIDDEN', ids[index]!);
        const order = answers
          .map((each, index) => ({ ...each, id: ids[index]!, accepted: index === accepted }))
          .filter(({ gone }) => !gone)
          .toSorted(
            (one, other) =>
              Number(other.accepted) - Number(one.accepted) ||
              Number(other.physician) - Number(one.physician) ||
              other.rank - one.rank ||
              (one.id < other.id ? -1 : 1),
          )
          .map((each) => each.id);
        const found: string[] = [];
        for (let after: string | null = null; ; ) {
          const { edges, totalCount }: Answer = await page(size, after);
          expect(totalCount).toBe(order.length);
          found.push(...edges.map(({ node }: Answer) => node.id));
          if (edges.length < size) break;
          after = edges.at(-1).cursor;
        }
        expect(found).toEqual(order);
        if (order.length < 2) return;
        const at = goneMeanwhile % order.length;
        const { edges } = await page(100, null);
        await set('HIDDEN', order[at]!);
        const rest = await page(100, edges[at].cursor);
        expect(rest.edges.map(({ node }: Answer) => node.id)).toEqual(order.slice(at + 1));
      }),
      { numRuns: 25 },
    );
  });
});

describe('the database alone', () => {
  const as = async (who: Identity, text: string, values: unknown[]) => {
    const client = await threads.serving('community');
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
      who.subject,
      who.roles.join(','),
    ]);
    return client.query(text, values);
  };

  test('lets nobody accept what is no answer to the question, answer what is closed, or open it again', async () => {
    const { id } = await question();
    const elsewhere = await answer((await question()).id);
    const accepts = 'update post set accepted_id = $2 where id = $1';
    await expect(as(asker, accepts, [id, elsewhere.id])).rejects.toThrow('Only an answer');
    const given = await answer(id);
    expect((await as(helper, accepts, [id, given.id])).rowCount).toBe(0);
    await close(id);
    await expect(as(asker, 'update post set closed_at = null where id = $1', [id])).rejects.toThrow('may not');
    const insert = `insert into post (id, kind, member_id, pseudonym, parent_id, top_id, depth, body, status, published_at)
      select $1, 'ANSWER', id, pseudonym, $2, $2, 1, 'x', 'PUBLISHED', date_trunc('minute', now()) from member`;
    await expect(as(helper, insert, [newId(), id])).rejects.toThrow('Nothing can be written there');
  });
});
