import type { Client } from 'pg';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { diseaseId } from '../../catalog/import.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';

let under: SubgraphsUnderTest;
let admin: Client;

const author = person('sub-of-author', 'PATIENT');
const stranger = person('sub-of-stranger', 'PATIENT');
const moderator = person('sub-of-moderator', 'MODERATOR');
const gaucher = diseaseId(31);

/** No longer new, so that they may write more than three stories a day. */
async function settle({ subject }: Identity): Promise<void> {
  await admin.query(
    `insert into community.member (id, subject, pseudonym, created_at) values (uuidv7(), $1, 'Pine ' || $1, now() - interval '30 days')`,
    [subject],
  );
}

beforeAll(async () => {
  under = await openSubgraphs('post');
  admin = under.admin;
  await Promise.all([author, stranger].map(settle));
});
afterAll(() => under?.stop());

const execute = (who: Identity, query: string, variables: object = {}) =>
  under.execute('community', who, query, variables);
async function ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
  const result = await execute(who, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data;
}

let keys = 0;
const FIELDS = `__typename id author { pseudonym badge disease { id } } disease { id } body status publishedAt editedAt
  reactions { helpful thanks withYou } version mine allowedActions history { version title body writtenAt }
  ... on Story { title }`;
const FAILURE = '... on UserError { code message path } ... on StaleVersion { currentVersion }';
const STATE = '... on PostNotChangeable { status }';
const SUSPENDED = '... on MemberSuspended { until }';

/** Sends a mutation with a key of its own. @returns its answer, whatever it is */
async function change(who: Identity, name: string, input: object, fields: string): Promise<Answer> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${fields} ${FAILURE} } }`;
  return (await ask(who, query, { input: { idempotencyKey: `key-${keys++}`, ...input } }))[name];
}

const FINDINGS = 'findings { field kind start end explanation(locale: ZH) }';
const REFUSED = `... on TextNotPublishable { ${FINDINGS} } ${STATE} ${SUSPENDED}`;
const saveDraft = (who: Identity, input: object = {}): Promise<Answer> =>
  change(
    who,
    'saveDraft',
    { kind: 'STORY', diseaseId: gaucher, title: 'My way', body: 'It began *early*.', ...input },
    `... on SavedDraft { draft { ${FIELDS} } ${FINDINGS} } ${REFUSED}`,
  );
type Versioned = { readonly id: string; readonly version: number };
const chosen = ({ id, version }: Versioned) => ({ postId: id, expectedVersion: version });
const publishDraft = (who: Identity, post: Versioned): Promise<Answer> =>
  change(
    who,
    'publishDraft',
    chosen(post),
    `... on Post { ${FIELDS} } ... on PostingLimitReached { retryAt } ${REFUSED}`,
  );
const editPost = (who: Identity, post: Versioned, text: object): Promise<Answer> =>
  change(who, 'editPost', { ...chosen(post), ...text }, `... on Post { ${FIELDS} } ${REFUSED}`);
const deletePost = (who: Identity, post: Versioned): Promise<Answer> =>
  change(who, 'deletePost', chosen(post), '... on DeletedPost { id }');
const withdrawStory = (who: Identity, { id, version }: Versioned): Promise<Answer> =>
  change(who, 'withdrawStory', { storyId: id, expectedVersion: version }, `... on Story { ${FIELDS} } ${SUSPENDED}`);

const drafted = async (who: Identity, input: object = {}): Promise<Answer> => (await saveDraft(who, input)).draft;
const published = async (who: Identity, input: object = {}): Promise<Answer> => {
  const post = await publishDraft(who, await drafted(who, input));
  expect(post).toMatchObject({ status: 'PUBLISHED' });
  return post;
};
const read = async (who: Identity, id: string): Promise<Answer> =>
  (await ask(who, `query ($id: ID!) { post(id: $id) { ${FIELDS} } }`, { id })).post;
const missing = { id: '01934a3c-5800-7000-8000-00000000dead', version: 1 };
const setStatus = (id: string, status: string) =>
  admin.query('update community.post set status = $2 where id = $1', [id, status]);

describe('a draft', () => {
  test('is read by its author alone, and in no list of others', async () => {
    const draft = await drafted(author);
    expect(draft).toMatchObject({
      __typename: 'Story',
      title: 'My way',
      status: 'DRAFT',
      publishedAt: null,
      version: 1,
      mine: true,
      allowedActions: ['EDIT', 'PUBLISH', 'DELETE'],
      author: { badge: null },
      reactions: { helpful: 0, thanks: 0, withYou: 0 },
    });
    for (const other of [ANONYMOUS, stranger, moderator]) expect(await read(other, draft.id)).toBeNull();
    const { stories } = await ask(author, '{ stories(first: 100) { nodes { id } } }');
    expect(stories.nodes).not.toContainEqual({ id: draft.id });
  });

  test('may hold anything, and tells what must be taken out before it is published', async () => {
    const body = 'Call me: 13812345678';
    const { draft, findings } = await saveDraft(author, { body });
    expect(findings).toEqual([{ field: 'body', kind: 'PHONE', start: 9, end: 20, explanation: expect.any(String) }]);
    expect(await publishDraft(author, draft)).toMatchObject({
      __typename: 'TextNotPublishable',
      code: 'TEXT_NOT_PUBLISHABLE',
      findings: [{ field: 'body', start: 9, end: 20 }],
    });
    expect(await read(author, draft.id)).toMatchObject({ status: 'DRAFT', version: 1 });
    const again = await saveDraft(author, { postId: draft.id, expectedVersion: 1, body: 'Write here.' });
    expect(again).toMatchObject({
      findings: [],
      draft: { id: draft.id, version: 2, body: 'Write here.', editedAt: null },
    });
    expect(await publishDraft(author, again.draft)).toMatchObject({
      status: 'PUBLISHED',
      version: 3,
      history: [],
      allowedActions: ['EDIT', 'WITHDRAW', 'DELETE', 'COMMENT'],
    });
  });

  test('is saved once a key, as it was looked at, by its author, as what it is', async () => {
    const input = { kind: 'STORY', diseaseId: gaucher, title: 'Once', body: 'Once', idempotencyKey: 'once' };
    const [first, again] = [await saveDraft(author, input), await saveDraft(author, input)];
    expect(again.draft.id).toBe(first.draft.id);
    const { id } = first.draft;
    expect(await saveDraft(author, { postId: id, expectedVersion: 9 })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: 1,
    });
    expect(await saveDraft(author, { postId: id })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'expectedVersion'],
    });
    const absent = await saveDraft(stranger, { postId: missing.id, expectedVersion: 1 });
    expect(absent).toMatchObject({ __typename: 'NotFound', path: ['input', 'postId'] });
    expect(await saveDraft(stranger, { postId: id, expectedVersion: 1 })).toEqual(absent);
    expect(await saveDraft(author, { postId: id, expectedVersion: 1, kind: 'QUESTION' })).toMatchObject({
      __typename: 'NotFound',
    });
    const story = await publishDraft(author, first.draft);
    expect(await saveDraft(author, { postId: id, expectedVersion: story.version })).toMatchObject({
      __typename: 'PostNotChangeable',
      code: 'WRONG_STATE',
      status: 'PUBLISHED',
    });
    expect(await publishDraft(author, story)).toMatchObject({ __typename: 'PostNotChangeable' });
  });

  test.each([
    ['title', { title: ' ' }],
    ['title', { title: 'x'.repeat(121) }],
    ['body', { body: '\u0000' }],
    ['body', { body: 'x'.repeat(20_001) }],
    ['diseaseId', { diseaseId: missing.id }],
    ['pseudonym', { pseudonym: 'x' }],
    ['expectedVersion', { postId: missing.id }],
  ])('is refused for a wrong %s', async (field, input) => {
    expect(await saveDraft(person('wrong', 'PATIENT'), input)).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', field],
    });
  });

  test('is refused when the pseudonym tells who somebody is', async () => {
    expect(await saveDraft(person('wrong', 'PATIENT'), { pseudonym: 'Me 13812345678' })).toMatchObject({
      __typename: 'TextNotPublishable',
      findings: [{ field: 'pseudonym', kind: 'PHONE' }],
    });
  });

  test('is one of a hundred at most', async () => {
    const hoarder = person('hoarder', 'PATIENT');
    const { id, author: name } = await drafted(hoarder);
    await admin.query(
      `insert into community.post (id, kind, member_id, pseudonym, disease_id, top_id, depth, title, body, status)
       select minute_id(), kind, member_id, pseudonym, disease_id, id, 0, title, body, status
       from community.post, generate_series(2, 100) where id = $1`.replace('minute_id', 'community.minute_id'),
      [id],
    );
    expect(await saveDraft(hoarder)).toMatchObject({ __typename: 'NotAllowed' });
    const again = await saveDraft(hoarder, { postId: id, expectedVersion: 1 });
    expect(again.draft.author).toEqual(name);
    await publishDraft(hoarder, again.draft);
    expect(await saveDraft(hoarder)).toMatchObject({ __typename: 'SavedDraft' });
  });

  test('has an id that tells the minute only, and so has what was published of it', async () => {
    const draft = await drafted(author);
    const story = await publishDraft(author, draft);
    expect(story.id).toBe(draft.id);
    expect(Number.parseInt(story.id.slice(0, 8) + story.id.slice(9, 13), 16) % 60_000).toBe(0);
    expect(Date.parse(story.publishedAt) % 60_000).toBe(0);
  });

  test('carries a badge once a verified physician has published it, and no other does', async () => {
    expect((await published(person('demo-physician', 'PHYSICIAN'))).author.badge).toBe('PHYSICIAN');
    expect((await published(person('pretender', 'PHYSICIAN'))).author.badge).toBeNull();
    expect((await published(person('demo-physician', 'PATIENT'))).author.badge).toBeNull();
  });

  test('tells those who follow the disease when it is published, by a job that names the post alone', async () => {
    const { id } = await published(author);
    const { rows } = await admin.query(
      `select payload from community_jobs._private_jobs where payload->>'postId' = $1`,
      [id],
    );
    expect(rows).toEqual([{ payload: { postId: id } }]);
  });
});

describe('a new member', () => {
  test('publishes three a day, counted when they are published, deleted ones too', async () => {
    const eager = person('eager', 'PATIENT');
    const drafts = [await drafted(eager), await drafted(eager), await drafted(eager), await drafted(eager)];
    for (const draft of drafts.slice(0, 3)) await publishDraft(eager, draft);
    expect(await deletePost(eager, { ...drafts[0], version: 2 })).toMatchObject({ __typename: 'DeletedPost' });
    const refused = await publishDraft(eager, drafts[3]);
    expect(refused).toMatchObject({ __typename: 'PostingLimitReached', code: 'TOO_MANY_ATTEMPTS' });
    const wait = Date.parse(refused.retryAt) - Date.now();
    expect(wait).toBeGreaterThan(23.9 * 3_600_000);
    expect(wait).toBeLessThanOrEqual(24 * 3_600_000);
    expect(await read(eager, drafts[3].id)).toMatchObject({ status: 'DRAFT' });
    await admin.query(
      `update community.member set created_at = created_at - interval '7 days' where subject = 'eager'`,
    );
    expect(await publishDraft(eager, drafts[3])).toMatchObject({ status: 'PUBLISHED' });
  });

  test('does not come first again, nor count twice, by withdrawing a story and publishing it again', async () => {
    const patient = person('patient with themselves', 'PATIENT');
    let story = await published(patient);
    await admin.query(`update community.post set published_at = published_at - interval '1 hour' where id = $1`, [
      story.id,
    ]);
    const { publishedAt } = await read(patient, story.id);
    for (let times = 0; times < 4; times++) story = await publishDraft(patient, await withdrawStory(patient, story));
    expect(story).toMatchObject({ status: 'PUBLISHED', publishedAt });
    const { communityMember } = await ask(patient, '{ communityMember { limits { does left } } }');
    expect(communityMember.limits[0]).toEqual({ does: 'POST', left: 2 });
    await admin.query(`update community.post set published_at = published_at - interval '1 day' where id = $1`, [
      story.id,
    ]);
    const later = await publishDraft(patient, await withdrawStory(patient, story));
    expect(Date.parse(later.publishedAt)).toBeGreaterThan(Date.parse(publishedAt));
  });

  test('publishes no more when all is sent at once', async () => {
    const hasty = person('hasty', 'PATIENT');
    const drafts = await Promise.all(Array.from({ length: 6 }, () => drafted(hasty)));
    const answers = await Promise.all(drafts.map((draft) => publishDraft(hasty, draft)));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      ...Array(3).fill('PostingLimitReached'),
      ...Array(3).fill('Story'),
    ]);
  });

  const MEMBER = `{ communityMember { pseudonym since suspendedUntil warnings shownDisease { id } limits { does most minutes left retryAt } } }`;

  test('is told who they are here, and what they may still do', async () => {
    const curious = person('curious', 'PATIENT');
    expect(await ask(curious, MEMBER)).toEqual({ communityMember: null });
    await published(curious, { pseudonym: 'Still Pond' });
    const { communityMember } = await ask(curious, MEMBER);
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    expect(communityMember).toMatchObject({
      pseudonym: 'Still Pond',
      suspendedUntil: null,
      warnings: 0,
      shownDisease: null,
    });
    expect(Math.abs(Date.parse(communityMember.since) - Date.parse(today))).toBeLessThanOrEqual(86_400_000);
    expect(communityMember.limits).toEqual([
      { does: 'POST', most: 3, minutes: 1440, left: 2, retryAt: null },
      { does: 'REPLY', most: 20, minutes: 1440, left: 20, retryAt: null },
      { does: 'REPLY', most: 5, minutes: 10, left: 5, retryAt: null },
      { does: 'REPORT', most: 10, minutes: 1440, left: 10, retryAt: null },
    ]);
    for (const other of [ANONYMOUS, moderator]) {
      expect((await execute(other, MEMBER)).errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });
});

describe('editing', () => {
  test('keeps what the text was for its author and moderators, and tells others that it was edited', async () => {
    const story = await published(author, { title: 'First', body: 'First body' });
    const second = await editPost(author, story, { body: 'Second body' });
    expect(second).toMatchObject({ title: 'First', body: 'Second body', version: 3, status: 'PUBLISHED' });
    expect(Date.parse(second.editedAt) % 60_000).toBe(0);
    const third = await editPost(author, second, { title: 'Third', body: 'Third body' });
    const history = [
      { version: 3, title: 'First', body: 'Second body', writtenAt: second.editedAt },
      { version: 2, title: 'First', body: 'First body', writtenAt: story.publishedAt },
    ];
    expect(third).toMatchObject({ title: 'Third', version: 4, history });
    expect(await read(moderator, story.id)).toMatchObject({ history });
    for (const other of [ANONYMOUS, stranger]) {
      expect(await read(other, story.id)).toMatchObject({
        body: 'Third body',
        editedAt: third.editedAt,
        history: null,
      });
    }
  });

  test('to the same text changes nothing', async () => {
    const story = await published(author);
    expect(await editPost(author, story, { body: story.body })).toEqual(story);
  });

  test('checks what others can read', async () => {
    const story = await published(author);
    expect(await editPost(author, story, { body: '  Call 13812345678' })).toMatchObject({
      __typename: 'TextNotPublishable',
      findings: [{ field: 'body', kind: 'PHONE', start: 7, end: 18 }],
    });
    expect(await read(author, story.id)).toEqual(story);
    const draft = await withdrawStory(author, story);
    expect(await editPost(author, draft, { body: 'Call 13812345678' })).toMatchObject({ status: 'DRAFT', version: 4 });
  });

  test('is refused for a wrong text', async () => {
    const story = await published(author);
    for (const [field, text] of [
      ['body', { body: ' ' }],
      ['body', { body: 'x'.repeat(20_001) }],
      ['title', { body: 'x', title: '' }],
    ] as const) {
      expect(await editPost(author, story, text)).toMatchObject({ __typename: 'InvalidInput', path: ['input', field] });
    }
  });

  test('of what is not one’s own is refused as if it were not there', async () => {
    const story = await published(author);
    const absent = await editPost(stranger, missing, { body: 'x' });
    expect(absent).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    expect(await editPost(stranger, story, { body: 'x' })).toEqual(absent);
    expect(await editPost(author, { ...story, version: 1 }, { body: 'x' })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: 2,
    });
  });

  test('goes on while it is hidden, and ends when it was removed or deleted', async () => {
    const story = await published(author);
    await setStatus(story.id, 'HIDDEN');
    const edited = await editPost(author, story, { body: 'Better' });
    expect(edited).toMatchObject({ status: 'HIDDEN', body: 'Better' });
    await setStatus(story.id, 'REMOVED');
    expect(await editPost(author, edited, { body: 'Best' })).toMatchObject({
      __typename: 'PostNotChangeable',
      status: 'REMOVED',
    });
    await deletePost(author, edited);
    expect(await editPost(author, edited, { body: 'Best' })).toMatchObject({ __typename: 'NotFound' });
  });

  test('twice at once happens once', async () => {
    const story = await published(author);
    const answers = await Promise.all(['a', 'b'].map((body) => editPost(author, story, { body })));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['StaleVersion', 'Story']);
  });

  test('keeps fifty texts at most, the latest', async () => {
    const { id } = await published(author);
    for (let version = 3; version < 60; version++) {
      await admin.query('update community.post set body = $2::int::text, version = $2::int where id = $1', [
        id,
        version,
      ]);
    }
    const { history } = await read(author, id);
    expect(history).toHaveLength(50);
    expect(history[0]).toMatchObject({ version: 58, body: '58' });
    const { rows } = await admin.query('select from community.post_revision where post_id = $1', [id]);
    expect(rows).toHaveLength(50);
  });
});

describe('deleting', () => {
  test('takes the text and its history away for everybody', async () => {
    const first = await published(author, { title: 'To go', body: 'To go for good' });
    const story = await editPost(author, first, { body: 'Gone soon' });
    expect(await deletePost(author, story)).toEqual({ __typename: 'DeletedPost', id: story.id });
    for (const who of [author, moderator, stranger, ANONYMOUS]) {
      expect(await read(who, story.id)).toBeNull();
      expect((await ask(who, 'query ($id: ID!) { story(id: $id) { id } }', { id: story.id })).story).toBeNull();
    }
    const { myPosts } = await ask(author, '{ myPosts(first: 100) { nodes { id } } }');
    expect(myPosts.nodes).not.toContainEqual({ id: story.id });
    const row = await admin.query('select title, body, status, search from community.post where id = $1', [story.id]);
    expect(row.rows).toEqual([{ title: null, body: null, status: 'DELETED', search: expect.stringMatching(/^ *$/) }]);
    expect((await admin.query('select from community.post_revision where post_id = $1', [story.id])).rowCount).toBe(0);
    expect(await deletePost(author, { ...story, version: 4 })).toMatchObject({ __typename: 'NotFound' });
  });

  test('is refused to others as if there were no such post, and for an old version', async () => {
    const story = await published(author);
    const absent = await deletePost(stranger, missing);
    expect(absent).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    for (const other of [stranger, person('never wrote', 'PATIENT')]) {
      expect(await deletePost(other, story)).toEqual(absent);
    }
    expect(await deletePost(author, { ...story, version: 7 })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: 2,
    });
  });

  test('leaves what others wrote under it, which nobody can reach any more', async () => {
    const story = await published(author);
    const comment = `insert into community.post (id, kind, member_id, pseudonym, parent_id, top_id, depth, body, status, published_at)
      select community.minute_id(), 'COMMENT', id, pseudonym, $1, $1, 1, 'Stay strong', 'PUBLISHED', date_trunc('minute', now())
      from community.member where subject = $2 returning id`;
    const { rows } = await admin.query<{ id: string }>(comment, [story.id, stranger.subject]);
    const stored = async () =>
      (
        await admin.query('select body, reachable, depth, top_id, disease_id from community.post where id = $1', [
          rows[0]!.id,
        ])
      ).rows[0];
    const kept = { body: 'Stay strong', depth: 1, top_id: story.id, disease_id: gaucher };
    expect(await stored()).toEqual({ ...kept, reachable: true });
    const draft = await withdrawStory(author, story);
    expect(await stored()).toEqual({ ...kept, reachable: false });
    const moved = await saveDraft(author, { ...chosen(draft), diseaseId: diseaseId(3) });
    expect(await stored()).toEqual({ ...kept, reachable: false, disease_id: diseaseId(3) });
    const again = await publishDraft(author, moved.draft);
    expect(await stored()).toMatchObject({ reachable: true });
    await deletePost(author, again);
    expect(await stored()).toMatchObject({ body: 'Stay strong', reachable: false });
  });
});

test('a post of any kind is found by its id, and is of the type that it is', async () => {
  const { draft } = await saveDraft(author, { kind: 'QUESTION', title: 'Who knows?' });
  expect(draft).toMatchObject({ __typename: 'Question', status: 'DRAFT' });
  const question = await publishDraft(author, draft);
  expect(question).toMatchObject({ __typename: 'Question', status: 'PUBLISHED' });
  const written: Record<string, string> = { Question: question.id, Story: (await published(author)).id };
  for (const [type, kind] of [
    ['Answer', 'ANSWER'],
    ['Comment', 'COMMENT'],
  ] as const) {
    const { rows } = await admin.query<{ id: string }>(
      `insert into community.post (id, kind, member_id, pseudonym, parent_id, top_id, depth, body, status, published_at)
       select community.minute_id(), $3, id, pseudonym, $1, $1, 1, 'Stay strong', 'PUBLISHED', date_trunc('minute', now())
       from community.member where subject = $2 returning id`,
      [question.id, stranger.subject, kind],
    );
    written[type] = rows[0]!.id;
    const under = await read(stranger, rows[0]!.id);
    expect(await editPost(stranger, under, { title: 'x', body: 'x' })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'title'],
    });
    expect(await editPost(stranger, under, { body: 'Stay strong, always' })).toMatchObject({
      __typename: type,
      body: 'Stay strong, always',
      history: [{ title: null, body: 'Stay strong' }],
    });
  }
  written.Article = (await ask(ANONYMOUS, '{ articles(first: 1) { nodes { id } } }')).articles.nodes[0].id;
  for (const [type, id] of Object.entries(written)) {
    expect(await read(ANONYMOUS, id)).toMatchObject({
      __typename: type,
      id,
      mine: false,
      allowedActions: [],
      history: null,
    });
    const { _entities } = await ask(
      ANONYMOUS,
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Post { id } } }`,
      { of: Object.keys(written).map((__typename) => ({ __typename, id })) },
    );
    expect(_entities.filter((each: unknown) => each !== null)).toEqual([{ id }]);
  }
  expect(await read(ANONYMOUS, missing.id)).toBeNull();
  expect((await execute(ANONYMOUS, '{ post(id: "x") { id } }')).errors[0].extensions.code).toBe('BAD_USER_INPUT');
});

test('who is suspended reads, and deletes what is theirs, and does nothing else', async () => {
  const loud = person('loud', 'PATIENT');
  const [story, draft] = [await published(loud), await drafted(loud)];
  await admin.query(
    `update community.member set suspended_until = date_trunc('minute', now() + interval '3 days') where subject = 'loud'`,
  );
  expect(await read(loud, story.id)).toMatchObject({ mine: true, allowedActions: ['DELETE'] });
  expect((await ask(loud, '{ communityMember { suspendedUntil } }')).communityMember.suspendedUntil).not.toBeNull();
  const other = await published(author);
  expect(await read(loud, other.id)).toMatchObject({ allowedActions: [] });
  for (const answer of [
    await saveDraft(loud),
    await saveDraft(loud, chosen(draft)),
    await publishDraft(loud, draft),
    await editPost(loud, story, { body: 'Louder' }),
    await editPost(loud, missing, { body: 'Louder' }),
    await withdrawStory(loud, story),
  ]) {
    expect(answer).toMatchObject({ __typename: 'MemberSuspended', code: 'MEMBER_SUSPENDED' });
    expect(Date.parse(answer.until)).toBeGreaterThan(Date.now());
  }
  const client = await under.serving('community');
  await client.query("select set_config('app.subject', 'loud', false), set_config('app.roles', 'PATIENT', false)");
  for (const sql of [
    "update post set body = 'Louder' where id = $1",
    `insert into post (id, kind, member_id, pseudonym, disease_id, top_id, depth, title, body, status)
     select minute_id(), kind, member_id, pseudonym, disease_id, id, 0, title, body, 'DRAFT' from post where id = $1`,
  ]) {
    await expect(client.query(sql, [story.id])).rejects.toMatchObject({ code: '42501' });
  }
  expect(await deletePost(loud, story)).toMatchObject({ __typename: 'DeletedPost' });
  await admin.query(`update community.member set suspended_until = now() where subject = 'loud'`);
  expect(await publishDraft(loud, draft)).toMatchObject({ status: 'PUBLISHED' });
});

test('the database lets an author change no more than an author may', async () => {
  const story = await published(author);
  const removed = await published(author);
  await setStatus(removed.id, 'REMOVED');
  const client = await under.serving('community');
  await client.query("select set_config('app.subject', $1, false), set_config('app.roles', 'PATIENT', false)", [
    author.subject,
  ]);
  for (const sql of [
    "update post set status = 'HIDDEN' where id = $1",
    "update post set status = 'REMOVED' where id = $1",
    'update post set helpful = 100 where id = $1',
    'update post set member_id = null where id = $1',
    "update post set pseudonym = 'Dr. Who' where id = $1",
    'delete from post where id = $1',
    'update post_revision set body = null where post_id = $1',
    `insert into post (id, kind, member_id, pseudonym, disease_id, top_id, depth, title, body, status)
     select minute_id(), kind, member_id, 'Dr. Who', disease_id, id, 0, title, body, 'DRAFT' from post where id = $1`,
    `insert into post (id, kind, member_id, pseudonym, disease_id, top_id, depth, title, body, status, helpful)
     select minute_id(), kind, member_id, pseudonym, disease_id, id, 0, title, body, 'DRAFT', 9 from post where id = $1`,
    'update member set warnings = 0 where subject = caller_subject() and $1::uuid is not null',
  ]) {
    await expect(client.query(sql, [story.id])).rejects.toMatchObject({ code: '42501' });
  }
  await expect(client.query("update post set status = 'PUBLISHED' where id = $1", [removed.id])).rejects.toMatchObject({
    code: '42501',
  });
});

describe('my posts', () => {
  const LIST = `query ($first: Int!, $after: ID, $kinds: [PostKind!], $status: PostStatus) {
    myPosts(first: $first, after: $after, kinds: $kinds, status: $status) { totalCount nodes { id status } pageInfo { endCursor hasNextPage } } }`;
  const busy = person('busy', 'PATIENT');

  test('are one’s own by kind and state, page by page, each once', async () => {
    await settle(busy);
    const ids: string[] = [];
    for (let number = 0; number < 5; number++) ids.push((await drafted(busy)).id);
    await publishDraft(busy, { id: ids[1]!, version: 1 });
    const list = async (variables: object) => (await ask(busy, LIST, { first: 20, ...variables })).myPosts;
    expect((await list({})).nodes.map(({ id }: Versioned) => id)).toEqual(ids.sort().reverse());
    expect(await list({ status: 'PUBLISHED' })).toMatchObject({ totalCount: 1, nodes: [{ status: 'PUBLISHED' }] });
    expect(await list({ status: 'DRAFT', kinds: ['STORY'] })).toMatchObject({ totalCount: 4 });
    expect(await list({ kinds: ['COMMENT', 'ANSWER'] })).toMatchObject({ totalCount: 0, nodes: [] });
    expect(await list({ kinds: [] })).toMatchObject({ totalCount: 0 });
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const page: Answer = await list({ first: 2, after });
      expect(page.totalCount).toBe(5);
      seen.push(...page.nodes.map(({ id }: Versioned) => id));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(ids);
    expect((await ask(person('idle', 'PATIENT'), LIST, { first: 1 })).myPosts.totalCount).toBe(0);
    expect((await execute(ANONYMOUS, LIST, { first: 1 })).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

test('the disease that an author shows stands beside their name, on all that they wrote, until they hide it', async () => {
  const open = person('open', 'PATIENT');
  const stories = [await published(open), await published(open)];
  const hidden = await published(person('shy', 'PATIENT'));
  const shown = async () =>
    Promise.all([...stories, hidden].map(async ({ id }) => (await read(ANONYMOUS, id)).author.disease));
  expect(await shown()).toEqual([null, null, null]);
  await admin.query(`update community.member set shown_disease_id = $1 where subject = 'open'`, [gaucher]);
  expect(await shown()).toEqual([{ id: gaucher }, { id: gaucher }, null]);
  await admin.query(`update community.member set shown_disease_id = null where subject = 'open'`);
  expect(await shown()).toEqual([null, null, null]);
});
