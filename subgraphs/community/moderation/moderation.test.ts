import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../../../tests/subgraphs.js';
import { diseaseId } from '../../catalog/import.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { registry } from '../../common/metrics.js';
import { CASE, MODERATOR, ModerationUnderTest, OWN_CASE, SECOND_MODERATOR } from './moderation-under-test.js';

let under: ModerationUnderTest;
beforeAll(async () => {
  under = await ModerationUnderTest.open('moderation');
});
afterAll(() => under?.stop());

const hours = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 3_600_000;
const minuteOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
const edit = (who: Identity, { id, version }: Answer, body: string) =>
  under.done(who, 'editPost', { postId: id, title: 'Of the day', body, expectedVersion: version });
const postNow = async (who: Identity, id: string) =>
  (await under.ask(who, 'query ($id: ID!) { post(id: $id) { id status version body allowedActions } }', { id })).post;
const ownCases = async (who: Identity) =>
  (await under.ask(who, `{ myModeration(first: 100) { totalCount nodes { ${OWN_CASE} } } }`)).myModeration.nodes;
const rows = async (text: string, values: unknown[] = []): Promise<Answer[]> =>
  (await under.api.admin.query(text, values)).rows;

describe('a report', () => {
  test('comes to the moderators with the text as it was, and without who made it', async () => {
    const author = under.member();
    const story = await under.story(author);
    const answer = await under.report(under.member(), story.id, { reason: 'OTHER', note: ' It is odd. ' });
    expect(answer).toMatchObject({ __typename: 'PostReport', reason: 'OTHER', note: 'It is odd.' });
    const found = await under.caseOf(story.id);
    expect(found).toMatchObject({
      state: 'OPEN',
      origin: 'REPORTED',
      postKind: 'STORY',
      reportedTitle: 'Of the day',
      reportedBody: 'What it was like.',
      reportCount: 1,
      overdue: false,
      allowedActions: ['DECIDE', 'ESCALATE'],
      reports: [{ reason: 'OTHER', note: 'It is odd.', at: answer.reportedAt }],
      author: { warnings: 0, suspendedUntil: null, removedBefore: 0 },
      decisions: [],
    });
    expect(await postNow(ANONYMOUS, story.id)).toMatchObject({ status: 'PUBLISHED' });
    expect(await ownCases(author)).toEqual([]);
    expect(await under.noticesOf(author)).toEqual([]);
  });

  test.each([
    ['SELF_HARM', 4],
    ['PERSONAL_DATA', 8],
    ['MEDICINE_SALE', 8],
    ['SPAM', 24],
  ])('for %s is due in %i hours, as the most urgent of its case', async (reason, due) => {
    const { story, found } = await under.reported(undefined, { reason });
    expect(hours(found.openedAt, found.dueAt)).toBe(due);
    await under.report(under.member(), story.id, { reason: 'SPAM' });
    expect(await under.caseOf(story.id)).toMatchObject({ dueAt: found.dueAt, reportCount: 2 });
    await under.report(under.member(), story.id, { reason: 'SELF_HARM' });
    expect(hours(found.openedAt, (await under.caseOf(story.id)).dueAt)).toBeLessThan(4.1);
  });

  test('is taken once from each, until the text is another', async () => {
    const [author, reporter] = [under.member(), under.member()];
    const story = await under.story(author);
    const key = { idempotencyKey: newId() };
    const first = await under.report(reporter, story.id, key);
    expect(await under.report(reporter, story.id, key)).toEqual(first);
    expect(await under.report(reporter, story.id)).toMatchObject({
      __typename: 'PostAlreadyReported',
      code: 'ALREADY_REPORTED',
    });
    const both = await Promise.all([1, 2].map(() => under.report(reporter, story.id)));
    expect(both.map(({ code }) => code)).toEqual(['ALREADY_REPORTED', 'ALREADY_REPORTED']);
    await edit(author, story, 'Something else.');
    expect(await under.report(reporter, story.id)).toMatchObject({ __typename: 'PostReport' });
    expect(await under.caseOf(story.id)).toMatchObject({ reportCount: 2, reportedBody: 'What it was like.' });
  });

  test('is not taken twice when it is sent twice at once', async () => {
    const [author, reporter] = [under.member(), under.member()];
    const story = await under.story(author);
    const answers = await Promise.all([1, 2, 3].map(() => under.report(reporter, story.id)));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      'PostAlreadyReported',
      'PostAlreadyReported',
      'PostReport',
    ]);
  });

  test('is refused of one’s own, and of what cannot be read as if there were none', async () => {
    const author = under.member();
    const story = await under.story(author);
    expect(await under.report(author, story.id)).toMatchObject({ __typename: 'NotAllowed' });
    const withdrawn = await under.done(author, 'withdrawStory', {
      storyId: story.id,
      expectedVersion: story.version,
    });
    const missing = await under.report(under.member(), newId());
    expect(missing).toMatchObject({ __typename: 'NotFound' });
    expect(await under.report(under.member(), story.id)).toEqual(missing);
    await under.done(author, 'deletePost', { postId: story.id, expectedVersion: withdrawn.version });
    expect(await under.report(under.member(), story.id)).toEqual(missing);
    expect(await under.report(author, story.id)).toEqual(missing);
  });

  test('is refused of a comment under a story that cannot be read', async () => {
    const [author, other] = [under.member(), under.member()];
    const story = await under.story(author);
    await under.story(other);
    const [{ id }] = await rows(
      `insert into community.post (id, kind, member_id, pseudonym, parent_id, top_id, depth, body, status, published_at)
       select uuidv7(), 'COMMENT', id, pseudonym, $2, $2, 1, 'So', 'PUBLISHED', date_trunc('minute', now()) from community.member where subject = $1
       returning id`,
      [other.subject, story.id],
    );
    expect(await under.report(under.member(), id)).toMatchObject({ __typename: 'PostReport' });
    const found = (await rows('select id, version from community.moderation_case where post_id = $1', [id]))[0];
    await under.report(under.member(), story.id);
    await under.decide(MODERATOR, await under.caseOf(story.id), 'REMOVE');
    expect(await under.report(under.member(), id)).toMatchObject({ __typename: 'NotFound' });
    // and yet what was reported is decided
    expect(await under.decide(MODERATOR, found, 'REMOVE')).toMatchObject({ state: 'DECIDED', postKind: 'COMMENT' });
    expect(await under.statusOf(id)).toBe('REMOVED');
  });

  test.each([
    ['note', { note: 'x'.repeat(501) }],
    ['idempotencyKey', { idempotencyKey: '' }],
  ])('is refused for a wrong %s', async (field, more) => {
    const story = await under.story(under.member());
    expect(await under.report(under.member(), story.id, more)).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', field],
    });
  });

  test('is refused from who is suspended, and from who has made too many', async () => {
    const { author: suspended } = await under.decided('SUSPEND', { days: 3 });
    const story = await under.story(under.member());
    expect(await under.report(suspended, story.id)).toMatchObject({ __typename: 'MemberSuspended' });
    const busy = under.member();
    const posts = await rows(
      `insert into community.post (id, kind, disease_id, top_id, depth, title, body, status, published_at)
       select made.id, 'ARTICLE', uuidv7(), made.id, 0, 'x', 'x', 'PUBLISHED', date_trunc('minute', now())
       from (select uuidv7() as id from generate_series(1, 11)) made returning id`,
    );
    const answers = [];
    for (const { id } of posts) answers.push(await under.report(busy, id));
    expect(answers.filter(({ __typename }) => __typename === 'PostReport')).toHaveLength(10);
    expect(answers[10]).toMatchObject({ __typename: 'PostingLimitReached', code: 'TOO_MANY_ATTEMPTS' });
  });
});

describe('three different reporters', () => {
  test('hide a post until a moderator has decided, and its author is told', async () => {
    const { author, story, found } = await under.reported();
    await under.report(under.member(), story.id);
    expect(await postNow(ANONYMOUS, story.id)).not.toBeNull();
    await under.report(under.member(), story.id);
    expect(await postNow(ANONYMOUS, story.id)).toBeNull();
    expect(await postNow(author, story.id)).toMatchObject({ status: 'HIDDEN', version: 2 });
    expect(await under.noticesOf(author)).toEqual(['POST_HIDDEN_FOR_NOW']);
    expect(await ownCases(author)).toMatchObject([
      { id: found.id, state: 'OPEN', decisions: [], allowedActions: [], canAppealUntil: null },
    ]);
    expect(await under.report(under.member(), story.id)).toMatchObject({ __typename: 'NotFound' });
    await edit(author, { id: story.id, version: 2 }, 'Now better.');
    expect(await under.statusOf(story.id)).toBe('HIDDEN');
    const decided = await under.decide(MODERATOR, await under.caseOf(story.id), 'KEEP');
    expect(decided).toMatchObject({ state: 'CLOSED', post: { status: 'PUBLISHED', body: 'Now better.' } });
    expect(await postNow(ANONYMOUS, story.id)).toMatchObject({ body: 'Now better.' });
    expect(await under.noticesOf(author)).toEqual(['POST_DECIDED', 'POST_HIDDEN_FOR_NOW']);
    expect(await ownCases(author)).toMatchObject([{ state: 'CLOSED', decisions: [{ action: 'KEEP' }] }]);
  });

  test('are three people: one who reports every edit hides nothing', async () => {
    const [author, reporter] = [under.member(), under.member()];
    let story = await under.story(author);
    for (const body of ['One', 'Two', 'Three', 'Four']) {
      expect(await under.report(reporter, story.id)).toMatchObject({ __typename: 'PostReport' });
      story = await edit(author, story, body);
    }
    expect(await under.caseOf(story.id)).toMatchObject({ reportCount: 4, post: { status: 'PUBLISHED' } });
  });

  test('hide it too when they come at once', async () => {
    const story = await under.story(under.member());
    const answers = await Promise.all([1, 2, 3, 4].map(() => under.report(under.member(), story.id)));
    expect(answers.filter(({ __typename }) => __typename === 'PostReport')).toHaveLength(3);
    expect(await under.statusOf(story.id)).toBe('HIDDEN');
    expect(await under.caseOf(story.id)).toMatchObject({ reportCount: 3 });
  });
});

describe('a decision', () => {
  test.each([
    ['KEEP', {}, 'CLOSED', 'PUBLISHED', 0],
    ['HIDE', {}, 'DECIDED', 'HIDDEN', 0],
    ['REMOVE', {}, 'DECIDED', 'REMOVED', 0],
    ['WARN', {}, 'DECIDED', 'REMOVED', 1],
    ['SUSPEND', { days: 7 }, 'DECIDED', 'REMOVED', 0],
  ])('%s is carried out at once, and told', async (action, more, state, status, warnings) => {
    const author = under.member();
    const story = await under.story(author);
    const reporter = under.member();
    await under.report(reporter, story.id);
    const answer = await under.decide(MODERATOR, await under.caseOf(story.id), action, more);
    expect(answer).toMatchObject({
      __typename: 'ModerationCase',
      state,
      post: { status },
      allowedActions: [],
      decisions: [{ step: 'DECISION', action, outcome: null, reason: 'Because of the rules' }],
    });
    const member = await under.memberOf(author);
    expect(member.warnings).toBe(warnings);
    const until = action === 'SUSPEND' ? Date.parse(answer.decisions[0].at) + 7 * 86_400_000 : null;
    expect(member.suspended_until?.getTime() ?? null).toBe(until);
    expect(await under.noticesOf(reporter)).toEqual(['REPORT_DECIDED']);
    // who was never told of a report does not learn of it when nothing was wrong
    expect(await under.noticesOf(author)).toEqual(action === 'KEEP' ? [] : ['POST_DECIDED']);
    const appealable = action !== 'KEEP';
    expect(await ownCases(author)).toMatchObject(appealable ? [{ state, allowedActions: ['APPEAL'] }] : []);
    const actions = (await postNow(author, story.id)).allowedActions;
    expect(actions.includes('APPEAL')).toBe(appealable);
    expect(actions.includes('EDIT')).toBe(action === 'KEEP' || action === 'HIDE');
  });

  test('is made once by two moderators at once', async () => {
    const { found } = await under.reported();
    const answers = await Promise.all([
      under.decide(MODERATOR, found, 'REMOVE'),
      under.decide(SECOND_MODERATOR, found, 'WARN'),
      under.decide(SECOND_MODERATOR, found, 'KEEP'),
    ]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      'ModerationCase',
      'ModerationCaseWrongState',
      'ModerationCaseWrongState',
    ]);
    expect((await under.case(found.id)).decisions).toHaveLength(1);
  });

  test('is not changed by the one who made it, and given once a key', async () => {
    const { found } = await under.reported();
    const key = { idempotencyKey: newId() };
    const first = await under.decide(MODERATOR, found, 'REMOVE', key);
    expect(await under.decide(MODERATOR, found, 'REMOVE', key)).toEqual(first);
    expect(await under.decide(MODERATOR, found, 'HIDE', key)).toMatchObject({ __typename: 'IdempotencyConflict' });
    expect(await under.decide(MODERATOR, first, 'KEEP')).toMatchObject({
      __typename: 'ModerationCaseWrongState',
      state: 'DECIDED',
      permitted: [],
    });
  });

  test('is about what was looked at: one more report must be seen, and edits by who lets it be read', async () => {
    const { author, story, found } = await under.reported();
    await under.report(under.member(), story.id);
    for (const action of ['KEEP', 'REMOVE']) {
      expect(await under.decide(MODERATOR, found, action)).toMatchObject({
        __typename: 'StaleVersion',
        currentVersion: found.version + 1,
      });
    }
    const seen = await under.caseOf(story.id);
    await edit(author, story, 'Quickly changed.');
    expect(await under.decide(MODERATOR, seen, 'KEEP')).toMatchObject({ __typename: 'StaleVersion' });
    expect(await under.decide(MODERATOR, { ...seen, version: seen.version + 2 }, 'REMOVE')).toMatchObject({
      __typename: 'StaleVersion',
    });
    expect(await under.decide(MODERATOR, seen, 'REMOVE')).toMatchObject({
      reportedBody: 'What it was like.',
      post: { status: 'REMOVED', body: 'Quickly changed.' },
    });
  });

  test.each([
    ['rule', 'KEEP', { rule: 'SPAM' }],
    ['rule', 'REMOVE', { rule: 'NOTHING_WRONG' }],
    ['days', 'SUSPEND', {}],
    ['days', 'SUSPEND', { days: 31 }],
    ['days', 'WARN', { days: 1 }],
    ['reason', 'KEEP', { reason: ' ' }],
    ['reason', 'KEEP', { reason: 'x'.repeat(501) }],
  ])('is refused for its %s (%s)', async (field, action, more) => {
    const { found } = await under.reported();
    expect(await under.decide(MODERATOR, found, action, more)).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', field],
    });
  });

  test('of a deleted post is made of what it was, and still warns', async () => {
    const { author, story, found } = await under.reported();
    await under.done(author, 'deletePost', { postId: story.id, expectedVersion: story.version });
    const seen = await under.case(found.id);
    expect(seen).toMatchObject({ post: null, reportedTitle: 'Of the day', reportedBody: 'What it was like.' });
    expect(await under.decide(MODERATOR, seen, 'WARN')).toMatchObject({ state: 'DECIDED', author: { warnings: 1 } });
    expect(await under.statusOf(story.id)).toBe('DELETED');
    await under.appeal(author, found.id);
    await under.hear(SECOND_MODERATOR, await under.case(found.id), 'OVERTURNED');
    expect(await under.statusOf(story.id)).toBe('DELETED');
    expect(await under.memberOf(author)).toMatchObject({ warnings: 0 });
  });

  test('suspends from everything that is written, and from nothing that is read', async () => {
    const { author, story } = await under.decided('SUSPEND', { days: 30 });
    expect(await under.send(author, 'publishStory', { title: 'x', body: 'y', diseaseId: newId() })).not.toMatchObject({
      __typename: 'Story',
    });
    expect(
      await under.send(author, 'editPost', { postId: story.id, title: 'x', body: 'y', expectedVersion: 2 }),
    ).toMatchObject({ __typename: 'MemberSuspended' });
    expect(await postNow(author, story.id)).toMatchObject({ allowedActions: ['DELETE', 'APPEAL'] });
  });
});

describe('what was hidden by a decision', () => {
  test('comes back to the moderators when its author has changed it, and is shown when all is well', async () => {
    const { author, story, found } = await under.decided('HIDE');
    await edit(author, await postNow(author, story.id), 'Now in order.');
    expect(await under.statusOf(story.id)).toBe('HIDDEN');
    const again = await under.caseOf(story.id);
    expect(again).toMatchObject({ origin: 'EDITED', state: 'OPEN', reportCount: 0, reportedBody: 'Now in order.' });
    expect(hours(again.openedAt, again.dueAt)).toBe(24);
    // whoever changes it takes the decision as it was
    expect(await under.appeal(author, found.id)).toMatchObject({
      __typename: 'ModerationCaseWrongState',
      state: 'CLOSED',
    });
    await edit(author, await postNow(author, story.id), 'Better still.');
    expect(await under.decide(MODERATOR, again, 'KEEP')).toMatchObject({ __typename: 'StaleVersion' });
    await under.decide(MODERATOR, await under.caseOf(story.id), 'KEEP');
    expect(await postNow(ANONYMOUS, story.id)).toMatchObject({ body: 'Better still.' });
    expect(await ownCases(author)).toHaveLength(2);
  });

  test('is one case only, whatever is edited or appealed at once', async () => {
    const { author, story, found } = await under.decided('HIDE');
    const post = await postNow(author, story.id);
    const answers = await Promise.all([
      under.appeal(author, found.id),
      under.send(author, 'editPost', {
        postId: post.id,
        title: 'Of the day',
        body: 'a',
        expectedVersion: post.version,
      }),
      under.send(author, 'editPost', {
        postId: post.id,
        title: 'Of the day',
        body: 'b',
        expectedVersion: post.version,
      }),
    ]);
    expect(answers.filter(({ code }) => code === 'STALE_VERSION')).toHaveLength(1);
    const cases = await rows('select state from community.moderation_case where post_id = $1 order by 1', [story.id]);
    expect(cases).toEqual([{ state: 'CLOSED' }, { state: 'OPEN' }]);
  });

  test('is not published when its author had withdrawn it', async () => {
    const { author, story, found } = await under.reported();
    await under.done(author, 'withdrawStory', { storyId: story.id, expectedVersion: story.version });
    const { version } = await under.decide(MODERATOR, await under.case(found.id), 'HIDE');
    expect(version).toBeGreaterThan(found.version);
    await edit(author, await postNow(author, story.id), 'Another text.');
    await under.decide(MODERATOR, await under.caseOf(story.id), 'KEEP');
    expect(await under.statusOf(story.id)).toBe('DRAFT');
  });
});

describe('an escalated case', () => {
  test('is for another moderator, who may suspend for longer', async () => {
    const { found } = await under.reported();
    const input = { caseId: found.id, reason: 'It needs two', expectedVersion: found.version };
    const escalated = await under.done(MODERATOR, 'escalateCase', input);
    expect(escalated).toMatchObject({ state: 'ESCALATED', escalationReason: 'It needs two', allowedActions: [] });
    expect(await under.decide(MODERATOR, escalated, 'REMOVE')).toMatchObject({ __typename: 'NotAllowed' });
    expect(
      await under.send(SECOND_MODERATOR, 'escalateCase', { ...input, expectedVersion: escalated.version }),
    ).toMatchObject({ __typename: 'ModerationCaseWrongState', permitted: ['DECIDE'] });
    expect(await under.decide(SECOND_MODERATOR, escalated, 'SUSPEND', { days: 366 })).toMatchObject({
      __typename: 'InvalidInput',
    });
    expect(await under.decide(SECOND_MODERATOR, escalated, 'SUSPEND', { days: 365 })).toMatchObject({
      decisions: [{ days: 365 }],
    });
  });

  test('still takes reports', async () => {
    const { story, found } = await under.reported();
    const input = { caseId: found.id, reason: 'It needs two', expectedVersion: found.version };
    await under.done(MODERATOR, 'escalateCase', input);
    await under.report(under.member(), story.id, { reason: 'SELF_HARM' });
    expect(await under.case(found.id)).toMatchObject({ state: 'ESCALATED', reportCount: 2 });
  });
});

describe('an appeal', () => {
  test('is heard by another moderator, who can put all of it right', async () => {
    const { author, story, found } = await under.decided('WARN');
    const appealed = await under.appeal(author, found.id, 'It was a quotation');
    expect(appealed).toMatchObject({ state: 'APPEALED', appealText: 'It was a quotation', canAppealUntil: null });
    expect(await under.appeal(author, found.id)).toMatchObject({ __typename: 'ModerationCaseWrongState' });
    const seen = await under.caseOf(story.id, SECOND_MODERATOR);
    expect(seen).toMatchObject({ appealText: 'It was a quotation', allowedActions: ['DECIDE_APPEAL'] });
    expect(hours(seen.appealedAt, seen.dueAt)).toBe(72);
    expect(await under.hear(MODERATOR, seen, 'UPHELD')).toMatchObject({ __typename: 'NotAllowed' });
    expect(await under.decide(SECOND_MODERATOR, seen, 'KEEP')).toMatchObject({
      __typename: 'ModerationCaseWrongState',
      permitted: ['DECIDE_APPEAL'],
    });
    expect(await under.hear(SECOND_MODERATOR, seen, 'OVERTURNED')).toMatchObject({
      state: 'CLOSED',
      post: { status: 'PUBLISHED' },
      author: { warnings: 0 },
      decisions: [
        { step: 'DECISION', action: 'WARN', outcome: null },
        { step: 'APPEAL', action: null, outcome: 'OVERTURNED', rule: null },
      ],
    });
    expect(await postNow(ANONYMOUS, story.id)).not.toBeNull();
    expect(await under.noticesOf(author)).toEqual(['APPEAL_DECIDED', 'POST_DECIDED']);
    expect(await ownCases(author)).toMatchObject([{ state: 'CLOSED', decisions: [{}, { outcome: 'OVERTURNED' }] }]);
  });

  test('that is not granted leaves all as it was', async () => {
    const { author, story, found } = await under.decided('WARN');
    await under.appeal(author, found.id);
    const seen = await under.case(found.id, SECOND_MODERATOR);
    const answers = await Promise.all([1, 2].map(() => under.hear(SECOND_MODERATOR, seen, 'UPHELD')));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ModerationCase', 'ModerationCaseWrongState']);
    expect(await under.statusOf(story.id)).toBe('REMOVED');
    expect(await under.memberOf(author)).toMatchObject({ warnings: 1 });
  });

  test('takes back one suspension, and leaves those that stand', async () => {
    const author = under.member();
    const stories = [await under.story(author), await under.story(author), await under.story(author)];
    for (const { id } of stories) await under.report(under.member(), id);
    const cases: Answer[] = [];
    for (const { id } of stories) cases.push(await under.caseOf(id));
    for (const [index, days] of [5, 20, 10].entries()) await under.decide(MODERATOR, cases[index], 'SUSPEND', { days });
    const left = async () => {
      const { suspended_until: until } = await under.memberOf(author);
      return until && Math.round((until.getTime() - Date.now()) / 86_400_000);
    };
    expect(await left()).toBe(20);
    for (const [index, days] of [
      [1, 10],
      [0, 10],
      [2, null],
    ] as const) {
      expect(await under.appeal(author, cases[index].id)).toMatchObject({ state: 'APPEALED' });
      await under.hear(SECOND_MODERATOR, await under.case(cases[index].id), 'OVERTURNED');
      expect(await left()).toBe(days);
    }
    const last = await under.send(author, 'publishStory', { title: 'T', body: 'b', diseaseId: diseaseId(31) });
    expect(last.__typename).toBe('PostingLimitReached');
  });

  test('is possible for 30 days, to the author alone, and not of what was kept', async () => {
    const { author, story, found } = await under.decided('REMOVE');
    const missing = await under.appeal(under.member(), found.id);
    expect(missing).toMatchObject({ __typename: 'NotFound' });
    expect(await under.appeal(author, newId())).toEqual(missing);
    expect(await under.appeal(author, found.id, ' ')).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'text'],
    });
    await rows(
      `update community.moderation_decision set at = at - interval '30 days', log_id = community.id_at(date_trunc('day', at - interval '30 days', 'UTC'))
       where case_id = $1`,
      [found.id],
    );
    expect(await under.appeal(author, found.id)).toMatchObject({ __typename: 'NotAllowed' });
    expect(await ownCases(author)).toMatchObject([{ canAppealUntil: null, allowedActions: [] }]);
    expect((await postNow(author, story.id)).allowedActions).not.toContain('APPEAL');
    const kept = await under.decided('KEEP');
    expect(await under.appeal(kept.author, kept.found.id)).toEqual(missing);
  });
});

describe('the queue', () => {
  test('has the most urgent first, page by page, and those that are overdue alone', async () => {
    const late = await under.reported(undefined, { reason: 'SPAM' });
    await rows(
      `update community.moderation_case set due_at = date_trunc('minute', now()) - interval '2 days' where id = $1`,
      [late.found.id],
    );
    await under.reported(undefined, { reason: 'SELF_HARM' });
    const query = `query ($after: ID, $filter: ModerationQueueFilter) { moderationQueue(first: 2, after: $after, filter: $filter) {
      totalCount nodes { id dueAt state overdue } pageInfo { hasNextPage endCursor } } }`;
    const all: Answer[] = [];
    for (let after: string | null = null; ; ) {
      const { moderationQueue: page }: Answer = await under.ask(MODERATOR, query, { after });
      all.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) {
        expect(page.totalCount).toBe(all.length);
        break;
      }
      after = page.pageInfo.endCursor;
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ dueAt }) => dueAt)).toEqual(all.map(({ dueAt }) => dueAt).sort());
    expect(all.every(({ state }) => ['OPEN', 'ESCALATED', 'APPEALED'].includes(state))).toBe(true);
    const overdue = await under.ask(MODERATOR, query, { filter: { overdueOnly: true } });
    expect(overdue.moderationQueue.nodes[0]).toMatchObject({ id: late.found.id, overdue: true });
    expect(overdue.moderationQueue.totalCount).toBe(all.filter((each) => each.overdue).length);
    const { moderationQueue: decided } = await under.ask(MODERATOR, query, { filter: { state: 'DECIDED' } });
    expect(decided.nodes.every(({ state, overdue: is }: Answer) => state === 'DECIDED' && !is)).toBe(true);
  });

  test('costs so many statements, however many cases there are', async () => {
    const sent = async () =>
      (await registry.getSingleMetric('sql_statements_total')!.get()).values.find(
        ({ labels }) => labels.subgraph === 'community',
      )?.value ?? 0;
    while ((await under.ask(MODERATOR, '{ moderationQueue { totalCount } }')).moderationQueue.totalCount < 20) {
      await under.reported();
    }
    const before = await sent();
    const { moderationQueue } = await under.ask(MODERATOR, `{ moderationQueue(first: 20) { nodes { ${CASE} } } }`);
    expect(moderationQueue.nodes).toHaveLength(20);
    // the identity, the queue, four of cases, the published posts, the others, articles with two more
    expect((await sent()) - before).toBeLessThanOrEqual(10);
  });
});

describe('the public log', () => {
  const LOG = `query ($after: ID) { moderationLog(first: 2, after: $after) {
    totalCount nodes { day postKind action rule appealOutcome } edges { cursor } pageInfo { hasNextPage endCursor } } }`;

  test('tells everybody what was decided on which day, and how appeals ended', async () => {
    const { author, found } = await under.decided('WARN');
    await under.appeal(author, found.id);
    await under.hear(SECOND_MODERATOR, await under.case(found.id), 'OVERTURNED');
    const entries: Answer[] = [];
    const cursors: string[] = [];
    for (let after: string | null = null; ; ) {
      const { moderationLog: page }: Answer = await under.ask(ANONYMOUS, LOG, { after });
      entries.push(...page.nodes);
      cursors.push(...page.edges.map(({ cursor }: Answer) => Buffer.from(cursor, 'base64url').toString().slice(3)));
      if (!page.pageInfo.hasNextPage) {
        expect(entries).toHaveLength(page.totalCount);
        break;
      }
      after = page.pageInfo.endCursor;
    }
    const stored =
      await rows(`select to_char(d.at at time zone 'UTC', 'YYYY-MM-DD') as day, p.kind as "postKind", d.action, d.rule, a.action as "appealOutcome"
      from community.moderation_decision d join community.moderation_case c on c.id = d.case_id join community.post p on p.id = c.post_id
      left join community.moderation_decision a on a.case_id = c.id and a.step = 'APPEAL' where d.step = 'DECISION'`);
    const sorted = (list: Answer[]) => list.map((each) => JSON.stringify(each, Object.keys(each).sort())).sort();
    expect(sorted(entries)).toEqual(sorted(stored));
    expect(entries).toContainEqual(expect.objectContaining({ action: 'WARN', appealOutcome: 'OVERTURNED' }));
    const days = entries.map(({ day }) => day);
    expect(days).toEqual([...days].sort().reverse());
    // a cursor tells the day too, and leads to nothing
    expect(cursors.map((id) => minuteOf(id) % 86_400_000)).toEqual(cursors.map(() => 0));
    const known = await rows(`select id from community.post union select id from community.moderation_case
      union select id from community.moderation_decision union select id from community.report`);
    expect(known.filter(({ id }) => cursors.includes(id))).toEqual([]);
  });
});

test('a report at the moment of a decision is of the case that is decided, seen by who decides, or of another that waits', async () => {
  for (let round = 0; round < 8; round++) {
    const { story, found } = await under.reported();
    const [decided, reported] = await Promise.all([
      under.decide(MODERATOR, found, 'KEEP'),
      under.report(under.member(), story.id),
    ]);
    expect(reported.__typename).toBe('PostReport');
    const waiting = await under.caseOf(story.id);
    expect(waiting).toMatchObject({ state: 'OPEN', reportCount: decided.code === 'STALE_VERSION' ? 2 : 1 });
    expect(waiting.id === found.id).toBe(decided.code === 'STALE_VERSION');
  }
});

test('nothing that a moderator or an author is told leads to who somebody is, or tells a time beyond the minute', async () => {
  const { author, story, found } = await under.reported();
  await under.report(under.member(), story.id);
  await under.decide(MODERATOR, await under.caseOf(story.id), 'SUSPEND', { days: 2 });
  await under.appeal(author, found.id);
  await under.hear(SECOND_MODERATOR, await under.case(found.id), 'UPHELD');
  const told = JSON.stringify([
    await under.ask(SECOND_MODERATOR, `{ moderationQueue(first: 100) { edges { cursor } nodes { ${CASE} } } }`),
    await under.case(found.id),
    await ownCases(author),
  ]);
  const cursors = [...told.matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor]) =>
    Buffer.from(cursor!, 'base64url').toString(),
  );
  const everything = `${told} ${cursors}`;
  for (const { id, subject } of await rows('select id, subject from community.member')) {
    expect(everything).not.toContain(id);
    expect(everything).not.toContain(`"${subject}"`);
  }
  for (const { subject } of [MODERATOR, SECOND_MODERATOR]) expect(everything).not.toContain(subject);
  for (const [id] of everything.matchAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g)) {
    expect([id, minuteOf(id) % 60_000]).toEqual([id, 0]);
  }
  for (const [time] of everything.matchAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g)) expect(time).toMatch(/:00\.000Z$/);
});

test('whatever is reported, decided, appealed, edited and deleted at once: what stands is what was decided', async () => {
  const kinds = [
    'report',
    'KEEP',
    'HIDE',
    'REMOVE',
    'WARN',
    'SUSPEND',
    'escalate',
    'appeal',
    'UPHELD',
    'OVERTURNED',
    'edit',
    'withdraw',
    'delete',
  ];
  const steps = fc.array(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }), {
    minLength: 3,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (rounds) => {
      const { author, story } = await under.reported();
      const latest = async () =>
        (
          await rows(
            "select id, version from community.moderation_case where post_id = $1 order by opened_at desc, state in ('OPEN', 'ESCALATED', 'APPEALED') desc limit 1",
            [story.id],
          )
        )[0];
      const version = async () =>
        (await rows('select version from community.post where id = $1', [story.id]))[0].version;
      const act = (kind: string, who: Identity, found: Answer, seen: number): Promise<unknown> => {
        const input = { caseId: found.id, reason: 'So', expectedVersion: found.version };
        const own = { postId: story.id, expectedVersion: seen };
        const text = { title: 'T', body: newId().replace(/\d/g, '') };
        if (kind === 'report') return under.report(under.member(), story.id);
        if (kind === 'escalate') return under.send(who, 'escalateCase', input);
        if (kind === 'appeal') return under.appeal(author, found.id);
        if (kind === 'UPHELD' || kind === 'OVERTURNED') return under.hear(who, found, kind);
        if (kind === 'edit') return under.send(author, 'editPost', { ...own, ...text });
        if (kind === 'withdraw') {
          return under.send(author, 'withdrawStory', { storyId: story.id, expectedVersion: seen });
        }
        if (kind === 'delete') return under.send(author, 'deletePost', own);
        return under.decide(who, found, kind, kind === 'SUSPEND' ? { days: 1 } : {});
      };
      for (const [index, round] of rounds.entries()) {
        const [found, seen] = [await latest(), await version()];
        const who = index % 2 ? MODERATOR : SECOND_MODERATOR;
        await Promise.all(round.map((kind) => act(kind, who, found, seen)));
      }
      const cases = await rows(
        `select c.state, c.reports, c.told, (select count(*)::int from community.report r where r.case_id = c.id) as counted, d.action, a.action as outcome, d.until
         from community.moderation_case c left join community.moderation_decision d on d.case_id = c.id and d.step = 'DECISION'
         left join community.moderation_decision a on a.case_id = c.id and a.step = 'APPEAL' where c.post_id = $1`,
        [story.id],
      );
      for (const each of cases) {
        expect(each.reports).toBe(each.counted);
        const { state, action, outcome } = each;
        if (state === 'OPEN' || state === 'ESCALATED') expect(action).toBeNull();
        if (state === 'DECIDED' || state === 'APPEALED') expect([action !== 'KEEP', outcome]).toEqual([true, null]);
        if (state === 'CLOSED') expect(action === 'KEEP' || action === 'HIDE' || outcome !== null).toBe(true);
      }
      expect(cases.filter(({ state }) => ['OPEN', 'ESCALATED', 'APPEALED'].includes(state)).length).toBeLessThanOrEqual(
        1,
      );
      const standing = cases.filter(({ action, outcome }) => action && outcome !== 'OVERTURNED');
      const status = await under.statusOf(story.id);
      const removed = standing.some(({ action }) => ['REMOVE', 'WARN', 'SUSPEND'].includes(action));
      if (status !== 'DELETED') expect(status === 'REMOVED').toBe(removed);
      const reporters = cases.some(({ state, counted }) => ['OPEN', 'ESCALATED'].includes(state) && counted >= 3);
      const hidden = cases.some(({ state, action }) => action === 'HIDE' && ['DECIDED', 'APPEALED'].includes(state));
      if ((hidden || reporters) && !removed) expect(['HIDDEN', 'DELETED', 'DRAFT']).toContain(status);
      const member = await under.memberOf(author);
      expect(member.warnings).toBe(standing.filter(({ action }) => action === 'WARN').length);
      const until = Math.max(0, ...standing.map((each) => each.until?.getTime() ?? 0));
      expect(member.suspended_until?.getTime() ?? 0).toBe(until);
    }),
    { numRuns: 10, seed: 6 },
  );
});
