import type { Client } from 'pg';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../tests/subgraphs.js';
import { diseaseId } from '../catalog/import.js';
import { ANONYMOUS, type Identity } from '../common/identity.js';
import { registry } from '../common/metrics.js';

let under: SubgraphsUnderTest;
let admin: Client;

const author = person('sub-of-author', 'PATIENT');
const stranger = person('sub-of-stranger', 'PATIENT');
const physician = person('demo-physician', 'PHYSICIAN');
const moderator = person('moderator', 'MODERATOR');
const writer = person('writer', 'PATIENT');
const secretive = person('secretive', 'PATIENT');

beforeAll(async () => {
  under = await openSubgraphs('community');
  admin = under.admin;
  // no longer new, so that they may write more than three stories a day
  for (const { subject } of [author, stranger, writer, secretive]) {
    await admin.query(
      `insert into community.member (id, subject, pseudonym, created_at) values (uuidv7(), $1, 'Pine ' || $2, now() - interval '30 days')`,
      [subject, subject.slice(-3)],
    );
  }
});

afterAll(() => under?.stop());

async function execute(identity: Identity, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  return under.execute('community', identity, query, variables);
}

async function ask(identity: Identity, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const result = await execute(identity, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data;
}

const FIELDS = 'id title body author { pseudonym badge } disease { id } status publishedAt version mine allowedActions';
const PUBLISH = `mutation ($input: PublishStoryInput!) { publishStory(input: $input) {
  __typename ... on Story { ${FIELDS} } ... on UserError { code message path } } }`;
const WITHDRAW = `mutation ($input: WithdrawStoryInput!) { withdrawStory(input: $input) {
  __typename ... on Story { ${FIELDS} } ... on UserError { code message path } ... on StaleVersion { currentVersion } ... on StoryNotPublished { status } } }`;
const READ = `query ($id: ID!) { story(id: $id) { ${FIELDS} } }`;

let keys = 0;
const freshKey = () => `key-${keys++}`;
const gaucher = diseaseId(31);

async function publish(identity: Identity, input: Record<string, unknown> = {}): Promise<Answer> {
  const whole = {
    diseaseId: gaucher,
    title: 'My way',
    body: 'It began *early*.',
    idempotencyKey: freshKey(),
    ...input,
  };
  return (await ask(identity, PUBLISH, { input: whole })).publishStory;
}

async function withdraw(identity: Identity, story: { id: string; version: number }): Promise<Answer> {
  const input = { storyId: story.id, expectedVersion: story.version, idempotencyKey: freshKey() };
  return (await ask(identity, WITHDRAW, { input })).withdrawStory;
}

const read = async (identity: Identity, id: string): Promise<Answer> => (await ask(identity, READ, { id })).story;

/** Statements that the community's connections send meanwhile. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const sent = async () => {
    const counter = await registry.getSingleMetric('sql_statements_total')!.get();
    return counter.values.find(({ labels }) => labels.subgraph === 'community')?.value ?? 0;
  };
  const before = await sent();
  await work();
  return (await sent()) - before;
}

describe('publishing', () => {
  test('shows the story to everybody at once, to its author as theirs', async () => {
    const story = await publish(author);
    expect(story).toMatchObject({
      __typename: 'Story',
      title: 'My way',
      body: 'It began *early*.',
      disease: { id: gaucher },
      status: 'PUBLISHED',
      version: 1,
      mine: true,
      allowedActions: ['EDIT', 'WITHDRAW', 'DELETE', 'COMMENT'],
      author: { badge: null },
    });
    const { __typename, ...own } = story;
    expect(await read(author, story.id)).toEqual(own);
    for (const other of [ANONYMOUS, stranger, physician, moderator]) {
      const may = [stranger, physician].includes(other) ? ['COMMENT', 'REACT', 'REPORT'] : [];
      expect(await read(other, story.id)).toEqual({ ...own, mine: false, allowedActions: may });
    }
  });

  test('tells the time to the minute only, in the id too', async () => {
    const { id, publishedAt } = await publish(author);
    const time = Date.parse(publishedAt);
    expect(time % 60_000).toBe(0);
    expect(Date.now() - time).toBeLessThan(120_000);
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(time);
  });

  test('keeps the pseudonym, whether invented or chosen', async () => {
    const nameless = person('nameless', 'PATIENT');
    const [first, second] = [await publish(nameless), await publish(nameless)];
    expect(first.author.pseudonym).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+ \d+$/);
    expect(second.author).toEqual(first.author);
    const chooser = person('chooser', 'CAREGIVER');
    expect((await publish(chooser, { pseudonym: ' Quiet  River ' })).author).toEqual({
      pseudonym: 'Quiet River',
      badge: null,
    });
    expect((await publish(chooser, { pseudonym: 'Quiet River' })).author.pseudonym).toBe('Quiet River');
    expect(await publish(chooser, { pseudonym: 'Loud River' })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'pseudonym'],
    });
  });

  test('refuses a pseudonym that another has, however it is written, and leaves nothing behind', async () => {
    await publish(person('one', 'PATIENT'), { pseudonym: 'Blue Heron' });
    const other = person('other', 'PATIENT');
    expect(await publish(other, { pseudonym: 'blue HERON' })).toMatchObject({
      __typename: 'PseudonymTaken',
      code: 'PSEUDONYM_TAKEN',
    });
    expect(await publish(other, { pseudonym: 'Grey Heron' })).toMatchObject({ author: { pseudonym: 'Grey Heron' } });
  });

  test('makes one member of somebody whose first stories come at once', async () => {
    const hasty = person('hasty', 'PATIENT');
    const stories = await Promise.all([publish(hasty), publish(hasty), publish(hasty)]);
    expect(new Set(stories.map((story) => story.author.pseudonym)).size).toBe(1);
    const chosen = await Promise.all(
      ['a', 'b', 'c'].map((name) => publish(person(name, 'PATIENT'), { pseudonym: 'Wanted' })),
    );
    expect(chosen.map(({ __typename }) => __typename).sort()).toEqual(['PseudonymTaken', 'PseudonymTaken', 'Story']);
  });

  test('badges a physician', async () => {
    expect((await publish(physician)).author.badge).toBe('PHYSICIAN');
  });

  test('does it once a key', async () => {
    const input = { diseaseId: gaucher, title: 'Once', body: 'Once', idempotencyKey: freshKey() };
    const [first, again] = [await execute(author, PUBLISH, { input }), await execute(author, PUBLISH, { input })];
    expect(again).toEqual({ ...first, replayed: true });
    expect((await ask(author, PUBLISH, { input: { ...input, title: 'Twice' } })).publishStory).toMatchObject({
      __typename: 'IdempotencyConflict',
    });
    expect((await ask(stranger, PUBLISH, { input })).publishStory).toMatchObject({ __typename: 'Story', mine: true });
  });

  test.each([
    ['title', { title: ' ' }],
    ['body', { body: '\u0000' }],
    ['diseaseId', { diseaseId: gaucher.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }],
    ['pseudonym', { pseudonym: 'x' }],
    ['idempotencyKey', { idempotencyKey: '' }],
  ])('refuses a wrong %s', async (field, input) => {
    expect(await publish(person('wrong', 'PATIENT'), input)).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      path: ['input', field],
    });
  });

  test('needs the scope', async () => {
    for (const caller of [ANONYMOUS, moderator, person('reviewer', 'REVIEWER')]) {
      const input = { diseaseId: gaucher, title: 'a', body: 'b', idempotencyKey: 'k' };
      const { errors } = await execute(caller, PUBLISH, { input });
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });
});

describe('withdrawing', () => {
  test('makes the story a draft that only its author and moderators read', async () => {
    const story = await publish(author);
    const withdrawn = await withdraw(author, story);
    expect(withdrawn).toMatchObject({
      __typename: 'Story',
      status: 'DRAFT',
      version: 2,
      mine: true,
      allowedActions: ['EDIT', 'PUBLISH', 'DELETE'],
    });
    expect(await read(author, story.id)).toMatchObject({ status: 'DRAFT' });
    expect(await read(moderator, story.id)).toMatchObject({ status: 'DRAFT', mine: false, allowedActions: [] });
    for (const other of [ANONYMOUS, stranger, physician]) expect(await read(other, story.id)).toBeNull();
    const { stories } = await ask(stranger, '{ stories(first: 100) { nodes { id } } }');
    expect(stories.nodes).not.toContainEqual({ id: story.id });
  });

  test('is refused to others as if there were no such story, published or not', async () => {
    const story = await publish(author);
    const missing = { id: story.id.replace(/.$/, (last: string) => (last === '0' ? '1' : '0')), version: 1 };
    const expected = await withdraw(stranger, missing);
    expect(expected).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    expect(await withdraw(stranger, story)).toEqual(expected);
    await withdraw(author, story);
    expect(await withdraw(stranger, story)).toEqual(expected);
  });

  test('is refused for an old version and for what is not published', async () => {
    const story = await publish(author);
    expect(await withdraw(author, { ...story, version: 7 })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: 1,
    });
    await withdraw(author, story);
    expect(await withdraw(author, { ...story, version: 2 })).toMatchObject({
      __typename: 'StoryNotPublished',
      code: 'WRONG_STATE',
      status: 'DRAFT',
    });
  });

  test('happens once when it is asked twice at the same time', async () => {
    const story = await publish(author);
    const answers = await Promise.all([withdraw(author, story), withdraw(author, story)]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['Story', 'StoryNotPublished']);
    expect(await read(author, story.id)).toMatchObject({ version: 2 });
  });
});

describe('lists', () => {
  const alport = diseaseId(3);
  const albinism = diseaseId(2);
  let newest: string[];

  beforeAll(async () => {
    const stories = [];
    for (let number = 0; number < 5; number++)
      stories.push(await publish(writer, { diseaseId: alport, title: `${number}` }));
    // published an hour after one another; two in one minute
    const hours = [1, 2, 3, 3, 4];
    for (const [index, { id }] of stories.entries()) {
      await admin.query(
        `update community.post set published_at = published_at - make_interval(hours => $2) where id = $1`,
        [id, 10 - hours[index]!],
      );
    }
    await publish(writer, { diseaseId: albinism, title: 'Another disease' });
    const [first, second, third, fourth, fifth] = stories.map(({ id }) => id);
    newest = [fifth, ...[third, fourth].sort().reverse(), second, first];
  });

  async function pages(
    identity: Identity,
    field: string,
    first: number,
    variables: Record<string, unknown> = {},
  ): Promise<string[][]> {
    const query = `query ($diseaseId: ID, $first: Int!, $after: ID) { list: ${field} {
      totalCount nodes { id } pageInfo { hasNextPage endCursor } } x: stories(diseaseId: $diseaseId, first: 1) { nodes { id } } }`;
    const found: string[][] = [];
    for (let after: string | null = null; ; ) {
      const { list }: Answer = await ask(identity, query, { first, after, ...variables });
      found.push(list.nodes.map(({ id }: { id: string }) => id));
      if (!list.pageInfo.hasNextPage) {
        expect(found.flat().length).toBe(list.totalCount);
        return found;
      }
      after = list.pageInfo.endCursor;
    }
  }

  test('are newest first, page by page, each story once', async () => {
    const ofDisease = 'stories(diseaseId: $diseaseId, first: $first, after: $after)';
    const found = await pages(ANONYMOUS, ofDisease, 2, { diseaseId: alport });
    expect(found).toEqual([newest.slice(0, 2), newest.slice(2, 4), newest.slice(4)]);
    const all = (await pages(ANONYMOUS, 'stories(first: $first, after: $after)', 3)).flat();
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((id) => newest.includes(id))).toEqual(newest);
  });

  test('go on behind a story that was withdrawn meanwhile', async () => {
    const query = `query ($diseaseId: ID!, $after: ID) { stories(diseaseId: $diseaseId, first: 1, after: $after) { nodes { id version } pageInfo { endCursor } } }`;
    const { stories } = await ask(ANONYMOUS, query, { diseaseId: alport });
    await admin.query("update community.post set status = 'HIDDEN' where id = $1", [newest[0]]);
    const next = await ask(ANONYMOUS, query, { diseaseId: alport, after: stories.pageInfo.endCursor });
    await admin.query("update community.post set status = 'PUBLISHED' where id = $1", [newest[0]]);
    expect(next.stories.nodes[0].id).toBe(newest[1]);
  });

  test('of one’s own have drafts too, and are for oneself', async () => {
    const draft = await publish(writer, { diseaseId: albinism });
    await withdraw(writer, draft);
    const own = (await pages(writer, 'myStories(first: $first, after: $after)', 3)).flat();
    expect(own).toHaveLength(7);
    expect(own).toContain(draft.id);
    expect(await ask(person('nobody', 'PATIENT'), '{ myStories { totalCount nodes { id } } }')).toEqual({
      myStories: { totalCount: 0, nodes: [] },
    });
    expect((await execute(ANONYMOUS, '{ myStories { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  const OF_DISEASES = `query ($of: [_Any!]!, $after: ID) { _entities(representations: $of) { ... on Disease {
    id stories(after: $after) { totalCount nodes { title author { pseudonym } } } two: stories(first: 2) { nodes { id } pageInfo { hasNextPage } } } } }`;
  const diseases = (...ids: string[]) => ids.map((id) => ({ __typename: 'Disease', id }));

  test('stand at each of many diseases, three of them unless asked otherwise', async () => {
    const { _entities } = await ask(ANONYMOUS, OF_DISEASES, { of: diseases(albinism, diseaseId(200), alport, alport) });
    expect(_entities[0].stories).toMatchObject({ totalCount: 1, nodes: [{ title: 'Another disease' }] });
    expect(_entities[1]).toMatchObject({
      stories: { totalCount: 0, nodes: [] },
      two: { pageInfo: { hasNextPage: false } },
    });
    expect(_entities[2].stories).toMatchObject({ totalCount: 5, nodes: [{}, {}, {}] });
    expect(_entities[2].two).toEqual({
      nodes: newest.slice(0, 2).map((id) => ({ id })),
      pageInfo: { hasNextPage: true },
    });
    expect(_entities[3]).toEqual(_entities[2]);
  });

  test('take one statement, of however many diseases, and whoever asks', async () => {
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Disease { stories { nodes { title author { pseudonym } } } } } }`;
    for (const caller of [ANONYMOUS, writer]) {
      expect(await statementsOf(() => ask(caller, query, { of: diseases(albinism, alport, gaucher) }))).toBe(1);
    }
    expect(await statementsOf(() => read(ANONYMOUS, newest[0]!))).toBe(1);
    expect(await statementsOf(() => ask(stranger, '{ stories { nodes { title } } }'))).toBe(1);
    expect(await statementsOf(() => ask(stranger, '{ stories { totalCount nodes { title } } }'))).toBe(2);
    // identity and member are looked up when one asks what is one's own
    const own = '{ stories { nodes { mine allowedActions } } }';
    expect(await statementsOf(() => ask(stranger, own))).toBe(3);
    expect(await statementsOf(() => ask(ANONYMOUS, own))).toBe(1);
    const fields = 'mine allowedActions author { pseudonym disease { id } } history { version }';
    const all = `{ stories { nodes { ${fields} } } }`;
    // the list, the diseases that authors show; identity and histories; member
    for (const [who, statements] of [
      [ANONYMOUS, 2],
      [moderator, 4],
      [author, 5],
    ] as const) {
      expect(await statementsOf(() => ask(who, all))).toBe(statements);
    }
  });

  test.each([
    ['{ stories(first: 0) { nodes { id } } }'],
    ['{ stories(first: 101) { nodes { id } } }'],
    ['{ stories(after: "x") { nodes { id } } }'],
    ['{ stories(diseaseId: "x") { nodes { id } } }'],
    ['{ story(id: "x") { id } }'],
    [
      `{ _entities(representations: [{ __typename: "Disease", id: "${gaucher}" }]) { ... on Disease { stories(first: 21) { nodes { id } } } } }`,
    ],
    [
      `{ _entities(representations: [{ __typename: "Disease", id: "${gaucher}" }]) { ... on Disease { stories(first: -1) { nodes { id } } } } }`,
    ],
  ])('refuse %s', async (query) => {
    const { errors } = await execute(ANONYMOUS, query);
    expect(errors.map(({ extensions }: Answer) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  test('give a story by reference to those who may read it', async () => {
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Story { title status } } }`;
    const draft = await publish(writer, { diseaseId: gaucher, title: 'Draft' });
    await withdraw(writer, draft);
    const of = [draft.id, newest[4]].map((id) => ({ __typename: 'Story', id }));
    expect((await ask(stranger, query, { of }))._entities).toEqual([null, { title: '0', status: 'PUBLISHED' }]);
    expect((await ask(writer, query, { of }))._entities).toEqual([
      { title: 'Draft', status: 'DRAFT' },
      { title: '0', status: 'PUBLISHED' },
    ]);
  });
});

describe('the database shows the serving role', () => {
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    for (const status of ['PUBLISHED', 'DRAFT', 'HIDDEN', 'REMOVED']) {
      const { id } = await publish(secretive, { title: status });
      await admin.query('update community.post set status = $2 where id = $1', [id, status]);
      ids[status] = id;
    }
  });

  /** Runs statements as the serving role, with the identity as the application sets it. */
  async function as<T>(identity: Identity, work: (client: Client) => Promise<T>): Promise<T> {
    const client = await under.serving('community');
    await client.query("select set_config('app.subject', $1, false), set_config('app.roles', $2, false)", [
      identity.subject,
      identity.roles.join(','),
    ]);
    return work(client);
  }
  const seen = (identity: Identity) =>
    as(identity, async (client) => {
      const stories = await client.query('select status from post where id = any($1) order by status', [
        Object.values(ids),
      ]);
      const members = await client.query('select subject from member');
      return { stories: stories.rows.map(({ status }) => status), members: members.rows.map(({ subject }) => subject) };
    });

  test('to a stranger and to nobody: published stories, and no member but themselves', async () => {
    expect(await seen(stranger)).toEqual({ stories: ['PUBLISHED'], members: [stranger.subject] });
    expect(await seen(ANONYMOUS)).toEqual({ stories: ['PUBLISHED'], members: [] });
  });

  test('to the author all of their own', async () => {
    expect(await seen(secretive)).toEqual({
      stories: ['DRAFT', 'HIDDEN', 'PUBLISHED', 'REMOVED'],
      members: ['secretive'],
    });
  });

  test('to a moderator every story and no member', async () => {
    expect(await seen(moderator)).toEqual({ stories: ['DRAFT', 'HIDDEN', 'PUBLISHED', 'REMOVED'], members: [] });
  });

  test('nobody else’s story to be changed, deleted, locked or written', async () => {
    const [{ member_id: member }] = (
      await admin.query('select member_id from community.post where id = $1', [ids.PUBLISHED])
    ).rows;
    for (const other of [stranger, ANONYMOUS, moderator]) {
      await as(other, async (client) => {
        for (const sql of ["update post set title = 'x' where id = $1", 'select from post where id = $1 for update']) {
          expect((await client.query(sql, [ids.PUBLISHED])).rowCount).toBe(0);
        }
        await expect(client.query('delete from post where id = $1', [ids.PUBLISHED])).rejects.toThrow(
          'permission denied',
        );
        const forged = `insert into post (id, kind, top_id, depth, member_id, pseudonym, disease_id, title, body, status, published_at)
          values (gen_random_uuid(), 'STORY', gen_random_uuid(), 0, $1, 'x', gen_random_uuid(), 'x', 'x', 'PUBLISHED', date_trunc('minute', now()))`;
        await expect(client.query(forged, [member])).rejects.toMatchObject({ code: '42501' });
        const impostor =
          "insert into member (id, subject, pseudonym, created_at) values (gen_random_uuid(), 'secretive', 'x', now())";
        await expect(client.query(impostor)).rejects.toThrow();
      });
    }
  });
});

test('nothing that the API tells leads from a story to its author', async () => {
  const told = JSON.stringify(await ask(ANONYMOUS, `{ stories(first: 100) { edges { cursor } nodes { ${FIELDS} } } }`));
  const { rows } = await admin.query<{ id: string; subject: string }>('select id, subject from community.member');
  const cursors = [...told.matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor]) =>
    Buffer.from(cursor!, 'base64url').toString(),
  );
  for (const { id, subject } of rows) {
    expect(`${told}${cursors}`).not.toContain(id);
    expect(told).not.toContain(`"${subject}"`);
  }
});
