import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GraphQLObjectType, type GraphQLSchema, isInputObjectType, isObjectType, parse } from 'graphql';
import { type AccessRules, accessRules, permits } from '../subgraphs/common/access.js';
import * as rowRules from '../subgraphs/common/row-rules.js';
import { buildSubgraph } from '../subgraphs/common/subgraph.js';
import { community } from '../subgraphs/community/index.js';
import {
  ACTORS,
  type Actor,
  ALL_MODERATORS,
  AUTHOR,
  CommunityCase,
  MODERATORS,
  minutesAgo,
  subjectOf,
  WRITERS,
} from './community-case.js';
import { allQuestions, asked, byReference } from './questions.js';
import { type Answer, openSubgraphs, rowsInName, type SubgraphsUnderTest } from './subgraphs.js';
import { sumOf } from './whole-database.js';

/**
 * Who sees and does what in the community, and that nobody gets from there to a person. Run twice: as it is, and with the
 * services' own checks switched off (`tests/no-row-rules.ts`), where row-level security must give the same.
 */

const NOWHERE = '01934a3c-5800-7000-8000-00000000ffff';
const CHECKS_ARE_OFF = 'ROW_RULES' in globalThis;

let on: SubgraphsUnderTest;
let about: CommunityCase;
let schema: GraphQLSchema;
let rules: AccessRules;
/** One of each, which nothing here changes. */
let seen: Record<
  | 'published'
  | 'draft'
  | 'hidden'
  | 'removed'
  | 'question'
  | 'answer'
  | 'comment'
  | 'orphan'
  | 'edited'
  | 'reported'
  | 'case'
  | 'appealed'
  | 'appealedPost'
  | 'publicArticle'
  | 'notice',
  string
> & { article: string; revision: string };

const sql = async (text: string, values: unknown[] = []) => (await on.admin.query(text, values)).rows;
const ask = (actor: Actor, query: string, variables: object = {}): Promise<Answer> =>
  on.execute('community', about.identities[actor], query, variables);

beforeAll(async () => {
  on = await openSubgraphs(`community_access${CHECKS_ARE_OFF ? '_alone' : ''}`);
  about = await CommunityCase.make(on.admin);
  const built = await buildSubgraph(community);
  schema = built.schema;
  rules = accessRules(parse(built.sdl));
  const published = await about.post('STORY');
  const { question, answer } = await about.answered();
  const { post: reported, case: reportedCase } = await about.reported();
  const appealed = await about.appealed();
  seen = {
    ...{
      published,
      question,
      answer,
      reported,
      case: reportedCase,
      appealed: appealed.case,
      appealedPost: appealed.post,
    },
    draft: await about.post('STORY', 'DRAFT', { marked: 'only as a draft' }),
    hidden: await about.post('STORY', 'HIDDEN', { marked: 'only while hidden' }),
    removed: await about.post('QUESTION', 'REMOVED', { marked: 'only when removed' }),
    comment: await about.post('COMMENT', 'PUBLISHED', { by: 'a member', under: published }),
    orphan: await about.orphan(),
    edited: await about.edited(),
    notice: await about.notice(published),
    publicArticle: (await sql('select id from community.article where published_at <= now() limit 1'))[0].id,
    ...(await article('IN_REVIEW')),
  };
  await sql('insert into community.follow (member_id, disease_id, since) values ($1, $2, $3)', [
    ...[about.members['the author'], about.diseaseId, minutesAgo(9)],
  ]);
  await sql('update community.post set helpful = 1 where id = $1', [seen.answer]);
  await sql(`insert into community.reaction (post_id, member_id, kind) values ($1, $2, 'HELPFUL')`, [
    ...[seen.answer, about.members['the author']],
  ]);
});
afterAll(() => on?.stop());

const everything = (): Promise<string> => sumOf(on.admin, 'community');

/** An article by the physician, written through the API. @returns ids of it and of its revision */
async function article(state: 'DRAFT' | 'IN_REVIEW'): Promise<{ article: string; revision: string }> {
  const does = async (mutation: string, input: object) => {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const { data, errors } = await ask(
      'a physician',
      `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ... on UserError { message } ... on ArticleRevision { id version articleId } } }`,
      { input: { idempotencyKey: crypto.randomUUID(), ...input } },
    );
    expect([errors, data?.[mutation]?.message]).toEqual([undefined, undefined]);
    return data[mutation];
  };
  const texts = { titleEn: 'Case title of it', titleZh: '案例', bodyEn: 'Case text in review', bodyZh: '案例正文' };
  const of = { stages: ['ACTIVE'], authorClass: 'PHYSICIAN', sources: ['EURORDIS'] };
  const { id, version, articleId } = await does('saveArticle', { ...texts, ...of });
  if (state === 'IN_REVIEW') await does('submitArticle', { revisionId: id, expectedVersion: version });
  return { article: articleId, revision: id };
}

/** A question, who gets an answer, and where in the answer it stands. */
interface Look {
  readonly what: string;
  readonly query: string;
  readonly id: () => string;
  readonly seenBy: readonly Actor[];
  readonly found: (data: Answer) => unknown;
}

const entity = ({ _entities }: Answer) => _entities?.[0] ?? null;

const POST = 'query($id: ID!) { post(id: $id) { id body version } }';
const OWN_AND_MODERATORS = ACTORS.filter((actor) => ([...AUTHOR, ...ALL_MODERATORS] as Actor[]).includes(actor));
const SIGNED_IN_MEMBERS = [...WRITERS, 'a suspended member'] as const;

const listed = (connection: { nodes: readonly { id: string }[] } | null | undefined, id: string) =>
  connection?.nodes.find((each) => each.id === id) ?? null;

const LOOKS: readonly Look[] = [
  { what: 'a published story', query: POST, id: () => seen.published, seenBy: ACTORS, found: ({ post }) => post },
  {
    what: 'a published story by reference',
    query: byReference('Story', 'id title'),
    id: () => seen.published,
    seenBy: ACTORS,
    found: entity,
  },
  { what: 'an answer', query: POST, id: () => seen.answer, seenBy: ACTORS, found: ({ post }) => post },
  { what: 'a comment', query: POST, id: () => seen.comment, seenBy: ACTORS, found: ({ post }) => post },
  {
    what: 'a comment under what is hidden',
    query: POST,
    id: () => seen.orphan,
    seenBy: ['a member', ...ALL_MODERATORS],
    found: ({ post }) => post,
  },
  { what: 'a draft', query: POST, id: () => seen.draft, seenBy: AUTHOR, found: ({ post }) => post },
  {
    what: 'a draft by reference',
    query: byReference('Story', 'id title'),
    id: () => seen.draft,
    seenBy: AUTHOR,
    found: entity,
  },
  {
    what: 'a draft as a story',
    query: 'query($id: ID!) { story(id: $id) { title } }',
    id: () => seen.draft,
    seenBy: AUTHOR,
    found: ({ story }) => story,
  },
  { what: 'a hidden story', query: POST, id: () => seen.hidden, seenBy: OWN_AND_MODERATORS, found: ({ post }) => post },
  {
    what: 'a removed question',
    query: 'query($id: ID!) { question(id: $id) { title } }',
    id: () => seen.removed,
    seenBy: OWN_AND_MODERATORS,
    found: ({ question }) => question,
  },
  {
    what: 'one’s own posts',
    query: '{ myPosts(first: 100) { nodes { id } } }',
    id: () => seen.draft,
    seenBy: AUTHOR,
    found: ({ myPosts }) => listed(myPosts, seen.draft),
  },
  {
    what: 'one’s own stories',
    query: '{ myStories(first: 100) { nodes { id } } }',
    id: () => seen.draft,
    seenBy: AUTHOR,
    found: ({ myStories }) => listed(myStories, seen.draft),
  },
  {
    what: 'what a text was before',
    query: 'query($id: ID!) { post(id: $id) { history { body } } }',
    id: () => seen.edited,
    seenBy: OWN_AND_MODERATORS,
    found: ({ post }) => post?.history?.[0],
  },
  {
    what: 'whether it is one’s own',
    query: 'query($id: ID!) { post(id: $id) { mine } }',
    id: () => seen.published,
    seenBy: AUTHOR,
    found: ({ post }) => post?.mine || null,
  },
  {
    what: 'one’s own reaction',
    query: 'query($id: ID!) { post(id: $id) { myReaction } }',
    id: () => seen.answer,
    seenBy: AUTHOR,
    found: ({ post }) => post?.myReaction,
  },
  {
    what: 'whether one follows a disease',
    query: byReference('Disease', 'followed'),
    id: () => about.diseaseId,
    seenBy: AUTHOR,
    found: (data) => entity(data)?.followed || null,
  },
  {
    what: 'which diseases one follows',
    query: '{ followedDiseases(first: 100) { nodes { disease { id } } } }',
    id: () => about.diseaseId,
    seenBy: AUTHOR,
    found: ({ followedDiseases }) => followedDiseases?.nodes[0],
  },
  {
    what: 'what one was told',
    query: '{ communityNotices(first: 100) { nodes { id } } }',
    id: () => seen.notice,
    seenBy: AUTHOR,
    found: ({ communityNotices }) => listed(communityNotices, seen.notice),
  },
  {
    what: 'as whom one writes',
    query: '{ communityMember { pseudonym warnings } }',
    id: () => '',
    seenBy: SIGNED_IN_MEMBERS,
    found: ({ communityMember }) => communityMember,
  },
  {
    what: 'what was decided about one’s own posts',
    query: '{ myModeration(first: 100) { nodes { id } } }',
    id: () => seen.appealed,
    seenBy: AUTHOR,
    found: ({ myModeration }) => listed(myModeration, seen.appealed),
  },
  {
    what: 'the queue of reports',
    query: '{ moderationQueue(first: 100) { nodes { id } } }',
    id: () => seen.case,
    seenBy: [...MODERATORS, 'a moderator who reported it'],
    found: ({ moderationQueue }) => listed(moderationQueue, seen.case),
  },
  {
    what: 'a case',
    query: 'query($id: ID!) { moderationCase(id: $id) { reportedTitle reportedBody reports { reason note } } }',
    id: () => seen.case,
    seenBy: [...MODERATORS, 'a moderator who reported it'],
    found: ({ moderationCase }) => moderationCase,
  },
  {
    what: 'the public log',
    query: '{ moderationLog(first: 5) { nodes { action rule } } }',
    id: () => '',
    seenBy: ACTORS,
    found: ({ moderationLog }) => moderationLog?.nodes[0],
  },
  {
    what: 'an article in review',
    query: 'query($id: ID!) { article(id: $id) { titleEn } }',
    id: () => seen.article,
    seenBy: [],
    found: ({ article }) => article,
  },
  {
    what: 'the articles that wait for review',
    query: '{ articleRevisions(state: IN_REVIEW, first: 100) { nodes { id } } }',
    id: () => seen.revision,
    seenBy: ALL_MODERATORS,
    found: ({ articleRevisions }) => listed(articleRevisions, seen.revision),
  },
  {
    what: 'one’s own articles',
    query: '{ myArticles(first: 100) { nodes { id } } }',
    id: () => seen.revision,
    seenBy: ['a physician'],
    found: ({ myArticles }) => myArticles?.nodes[0],
  },
];

describe.each(LOOKS)('$what', ({ query, id, seenBy, found }) => {
  test(`is seen by ${seenBy.length} of ${ACTORS.length}, and others cannot tell it from none`, async () => {
    const seeing: Actor[] = [];
    const telling: Actor[] = [];
    for (const actor of ACTORS) {
      const there = await ask(actor, query, asked(query, id()));
      if ((found(there.data ?? {}) ?? null) !== null) seeing.push(actor);
      else if (id() !== '' && query.includes('$') && !isPublic(id())) {
        const missing = await ask(actor, query, asked(query, NOWHERE));
        if (!isDeepStrictEqual(there, missing)) telling.push(actor);
      }
    }
    expect(seeing).toEqual(ACTORS.filter((actor) => seenBy.includes(actor)));
    expect(telling).toEqual([]);
  });
});

/** What anybody may know that there is. */
const isPublic = (id: string): boolean =>
  [seen.published, seen.question, seen.answer, seen.comment, seen.edited, seen.reported, about.diseaseId].includes(id);

// before anything is done, so that it is known who wrote what
describe('by whatever path somebody asks,', () => {
  /** Every query that somebody may send to the subgraph, by id or not, and every entity. */
  const questions = (actor: Actor): string[] =>
    allQuestions(schema, Object.keys(community.references), 3, (...coordinates) =>
      coordinates.every((coordinate) => {
        const rule = rules.get(coordinate);
        return rule === undefined || permits(rule, about.identities[actor]);
      }),
    );

  /** Every answer that somebody gets to every question about everything of the case. */
  async function answers(actor: Actor): Promise<string[]> {
    const { published, draft, hidden, edited, reported, question, removed, answer, comment, orphan } = seen;
    const ofType: Record<string, string[]> = {
      ...{ Story: [published, draft, hidden, edited, reported], Question: [question, removed], Answer: [answer] },
      ...{ Comment: [comment, orphan], Article: [seen.article, seen.publicArticle], Disease: [about.diseaseId] },
    };
    const told: string[] = [];
    for (const query of questions(actor)) {
      const type = query.includes('$references') ? (/on (\w+)/u.exec(query)?.[1] as string) : null;
      const ids = type === null ? (query.includes('$id') ? Object.values(seen) : ['']) : ofType[type];
      expect([type, ids !== undefined]).toEqual([type, true]);
      for (const id of ids as string[]) told.push(JSON.stringify(await ask(actor, query, asked(query, id))));
    }
    return told;
  }

  /** By what a person could be known, of everybody who is a member. */
  async function persons(): Promise<string[]> {
    const members = await sql('select id, subject from community.member');
    const patients = await sql('select id, subject from patient.patient');
    return [...members, ...patients].flatMap(({ id, subject }) => [id, subject]).filter(Boolean);
  }
  const LOOKING = ['the author', 'a member', 'a physician', ...ALL_MODERATORS, 'an administrator', 'nobody'] as const;
  let heard: Map<Actor, string[]>;
  beforeAll(async () => {
    heard = new Map();
    for (const actor of LOOKING) heard.set(actor, await answers(actor));
  }, 120_000);

  test('and every question is understood, and answered to somebody', () => {
    for (const actor of LOOKING) expect(questions(actor).length).toBeGreaterThan(12);
    const broken = [...heard.values()]
      .flat()
      .filter((answer) => /Cannot query|Syntax Error|GRAPHQL_|INTERNAL|conflict|may not read/u.test(answer));
    expect(broken.map((answer) => answer.slice(0, 300))).toEqual([]);
  });

  test('nobody learns of anybody who they are', async () => {
    const people = await persons();
    const found: unknown[] = [];
    for (const [actor, told] of heard)
      for (const answer of told)
        for (const one of people) if (answer.includes(one)) found.push([actor, one, answer.slice(0, 200)]);
    expect(found).toEqual([]);
  });

  test('no id, cursor or time says more than the minute', async () => {
    const own = new Set<string>();
    for (const table of ['post', 'notice', 'report', 'moderation_case', 'moderation_decision', 'article_revision'])
      for (const { id } of await sql(`select id from community.${table}`)) own.add(id);
    const minute = (id: string): boolean => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) % 60_000 === 0;
    const found: unknown[] = [];
    let ids = 0;
    for (const [actor, told] of heard)
      for (const answer of told) {
        const text = answer.replace(/"(?:\w+_)?(?:endCursor|startCursor|cursor)":"([\w-]+)"/gu, (_, cursor: string) =>
          Buffer.from(cursor, 'base64url').toString('utf8'),
        );
        for (const [id] of text.matchAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/gu)) {
          if (!own.has(id)) continue;
          ids++;
          if (!minute(id)) found.push([actor, id]);
        }
        for (const [time] of text.matchAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*/gu))
          if (!/:00(\.0+)?$/u.test(time)) found.push([actor, time, text.slice(0, 200)]);
      }
    expect(found).toEqual([]);
    expect(ids).toBeGreaterThan(100);
  });

  test('the public log says days only, and of no one', async () => {
    const { data } = await ask('nobody', questions('nobody').find((query) => /moderationLog/u.test(query)) as string);
    const log = JSON.stringify(data.moderationLog);
    expect(log).not.toMatch(/\d\d:\d\d/u);
    expect(log).not.toMatch(/Case (title|text|note|reason|appeal|Heron)/u);
    for (const id of Object.values(seen)) expect(log).not.toContain(id);
  });

  /** Words that only some may read. */
  const HIDDEN = {
    'the draft': () => 'only as a draft',
    'what is hidden': () => 'only while hidden',
    'what was removed': () => 'only when removed',
    'what it was before': () => 'only before the edit',
    'why it was reported': () => `Case note of ${seen.reported}`,
    'the appeal': () => `Case appeal of ${seen.appealedPost}`,
    'why it was decided': () => `Case reason of ${seen.appealedPost}`,
    'the article in review': () => 'Case text in review',
  };
  const ALL_HIDDEN = Object.keys(HIDDEN) as (keyof typeof HIDDEN)[];
  const OWN = ALL_HIDDEN.slice(0, 4).concat('the appeal', 'why it was decided');
  test.each<[Actor, readonly string[]]>([
    ['nobody', []],
    ['a member', []],
    ['an administrator', []],
    ['a physician', ['the article in review']],
    ['the author', OWN],
    ['a moderator', ALL_HIDDEN.slice(1)],
    ['another moderator', ALL_HIDDEN.slice(1)],
  ])('%s reads of what is not public %j', (actor, expected) => {
    const text = (heard.get(actor) as string[]).join('\n');
    expect(ALL_HIDDEN.filter((what) => text.includes(HIDDEN[what]()))).toEqual(expected);
  });

  test('nobody learns who reported, decided or escalated', () => {
    const names = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('_'));
    const fields = names.flatMap((type) =>
      Object.keys((type as GraphQLObjectType).getFields()).map((name) => `${type.name}.${name}`),
    );
    expect(fields.filter((name) => /reporter|subject|memberId|decidedBy$|escalatedBy$/iu.test(name))).toEqual([]);
    const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
    expect(
      inputs
        .flatMap((type) => Object.keys(type.getFields()))
        .filter((name) => /subject|memberId|patientId/u.test(name)),
    ).toEqual([]);
  });
});

/** Something that is done, and who may. */
interface Deed {
  readonly what: string;
  readonly mutation: string;
  /** What it is done to: a new one for each who may do it. */
  readonly id: () => string | Promise<string>;
  readonly input: (id: string) => object | Promise<object>;
  readonly doneBy: readonly Actor[];
  /** Strangers must not learn that there is one. */
  readonly unseen?: true;
}

const NOT_AUTHORS = WRITERS.filter((actor) => !(AUTHOR as readonly Actor[]).includes(actor));
const reason = 'As the case wants it.';
const versionOf = async (table: string, id: string): Promise<number> =>
  (await sql(`select version from community.${table} where id = $1`, [id]))[0]?.version ?? 1;
const onPost =
  (more: object = {}) =>
  async (postId: string) => ({ postId, expectedVersion: await versionOf('post', postId), ...more });
const onCase =
  (more: object = {}) =>
  async (caseId: string) => ({ caseId, expectedVersion: await versionOf('moderation_case', caseId), ...more });
const text = { title: 'A new title', body: 'A new text' };

const DEEDS: readonly Deed[] = [
  {
    what: 'a story is told',
    mutation: 'publishStory',
    id: () => about.diseaseId,
    input: (diseaseId) => ({ diseaseId, ...text }),
    doneBy: WRITERS,
  },
  {
    what: 'a question is asked',
    mutation: 'askQuestion',
    id: () => about.diseaseId,
    input: (diseaseId) => ({ diseaseId, ...text }),
    doneBy: WRITERS,
  },
  {
    what: 'a draft is begun',
    mutation: 'saveDraft',
    id: () => about.diseaseId,
    input: (diseaseId) => ({ kind: 'STORY', diseaseId, ...text }),
    doneBy: WRITERS,
  },
  {
    what: 'a draft is written anew',
    mutation: 'saveDraft',
    id: () => about.post('STORY', 'DRAFT'),
    input: async (postId) => ({ ...(await onPost(text)(postId)), kind: 'STORY', diseaseId: about.diseaseId }),
    doneBy: AUTHOR,
    unseen: true,
  },
  {
    what: 'a draft is published',
    mutation: 'publishDraft',
    id: () => about.post('STORY', 'DRAFT'),
    input: onPost(),
    doneBy: AUTHOR,
    unseen: true,
  },
  {
    what: 'a post is edited',
    mutation: 'editPost',
    id: () => about.post('STORY'),
    input: onPost(text),
    doneBy: AUTHOR,
  },
  {
    what: 'a hidden post is edited',
    mutation: 'editPost',
    id: async () => {
      const { post } = await about.decided('HIDE');
      return post;
    },
    input: onPost(text),
    doneBy: AUTHOR,
    unseen: true,
  },
  {
    what: 'a removed post is edited',
    mutation: 'editPost',
    id: () => about.post('STORY', 'REMOVED'),
    input: onPost(text),
    doneBy: [],
    unseen: true,
  },
  {
    what: 'a story is taken back',
    mutation: 'withdrawStory',
    id: () => about.post('STORY'),
    input: async (storyId) => ({ storyId, expectedVersion: 1 }),
    doneBy: AUTHOR,
  },
  {
    what: 'a post is deleted',
    mutation: 'deletePost',
    id: () => about.post('QUESTION'),
    input: onPost(),
    doneBy: AUTHOR,
  },
  {
    what: 'a suspended member’s post is deleted',
    mutation: 'deletePost',
    id: () => about.post('STORY', 'PUBLISHED', { by: 'a suspended member' }),
    input: onPost(),
    doneBy: ['a suspended member'],
  },
  {
    what: 'a suspended member’s draft is published',
    mutation: 'publishDraft',
    id: () => about.post('STORY', 'DRAFT', { by: 'a suspended member' }),
    input: onPost(),
    doneBy: [],
  },
  {
    what: 'a question is answered',
    mutation: 'answerQuestion',
    id: () => about.post('QUESTION'),
    input: (questionId) => ({ questionId, body: 'An answer' }),
    doneBy: WRITERS,
  },
  {
    what: 'an answer is accepted',
    mutation: 'acceptAnswer',
    id: async () => (await about.answered()).question,
    input: async (questionId) => ({
      questionId,
      answerId: (await sql('select id from community.post where parent_id = $1', [questionId]))[0]?.id ?? NOWHERE,
      expectedVersion: await versionOf('post', questionId),
    }),
    doneBy: AUTHOR,
  },
  {
    what: 'a question is closed',
    mutation: 'closeQuestion',
    id: () => about.post('QUESTION'),
    input: async (questionId) => ({ questionId, expectedVersion: 1 }),
    doneBy: AUTHOR,
  },
  {
    what: 'a comment is made',
    mutation: 'addComment',
    id: () => about.post('STORY'),
    input: (onId) => ({ onId, body: 'A comment' }),
    doneBy: WRITERS,
  },
  {
    what: 'a comment is made on a draft',
    mutation: 'addComment',
    id: () => about.post('STORY', 'DRAFT'),
    input: (onId) => ({ onId, body: 'A comment' }),
    doneBy: [],
    unseen: true,
  },
  {
    what: 'somebody reacts',
    mutation: 'react',
    id: () => about.post('STORY'),
    input: (postId) => ({ postId, kind: 'THANKS' }),
    doneBy: NOT_AUTHORS,
  },
  {
    what: 'somebody reacts to what is hidden',
    mutation: 'react',
    id: () => about.post('STORY', 'HIDDEN'),
    input: (postId) => ({ postId, kind: 'THANKS' }),
    doneBy: [],
    unseen: true,
  },
  {
    what: 'a post is reported',
    mutation: 'reportPost',
    id: () => about.post('STORY'),
    input: (postId) => ({ postId, reason: 'SPAM' }),
    doneBy: NOT_AUTHORS,
  },
  {
    what: 'a draft is reported',
    mutation: 'reportPost',
    id: () => about.post('STORY', 'DRAFT'),
    input: (postId) => ({ postId, reason: 'SPAM' }),
    doneBy: [],
    unseen: true,
  },
  {
    what: 'a case is decided',
    mutation: 'decideCase',
    id: async () => (await about.reported()).case,
    input: onCase({ action: 'REMOVE', rule: 'SPAM', reason }),
    doneBy: MODERATORS,
    unseen: true,
  },
  {
    what: 'a case is escalated',
    mutation: 'escalateCase',
    id: async () => (await about.reported()).case,
    input: onCase({ reason }),
    doneBy: MODERATORS,
    unseen: true,
  },
  {
    what: 'a decision is appealed against',
    mutation: 'appealDecision',
    id: async () => (await about.decided()).case,
    input: (caseId) => ({ caseId, text: 'It is not so.' }),
    doneBy: AUTHOR,
    unseen: true,
  },
  {
    what: 'an appeal is decided',
    mutation: 'decideAppeal',
    id: async () => (await about.appealed()).case,
    input: onCase({ outcome: 'OVERTURNED', reason }),
    doneBy: ['another moderator'],
    unseen: true,
  },
  {
    what: 'a disease is followed',
    mutation: 'followDisease',
    id: () => about.otherDiseaseId,
    input: (diseaseId) => ({ diseaseId }),
    doneBy: WRITERS,
  },
  {
    what: 'one’s disease is shown',
    mutation: 'showDisease',
    id: () => about.diseaseId,
    input: (diseaseId) => ({ diseaseId }),
    doneBy: AUTHOR,
  },
  {
    what: 'what one was told is read',
    mutation: 'markCommunityNoticeRead',
    id: async () => about.notice(seen.published),
    input: (noticeId) => ({ noticeId }),
    doneBy: AUTHOR,
    unseen: true,
  },
  {
    what: 'an article is submitted',
    mutation: 'submitArticle',
    id: async () => (await article('DRAFT')).revision,
    input: (revisionId) => ({ revisionId, expectedVersion: 1 }),
    doneBy: ['a physician'],
    unseen: true,
  },
  {
    what: 'an article is reviewed',
    mutation: 'reviewArticle',
    id: async () => (await article('IN_REVIEW')).revision,
    input: async (revisionId) => ({
      ...{ revisionId, decision: 'APPROVE', reason },
      expectedVersion: await versionOf('article_revision', revisionId),
    }),
    doneBy: ALL_MODERATORS,
    unseen: true,
  },
];

async function mutate(actor: Actor, { mutation, input }: Deed, id: string): Promise<Answer> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const known = schema.getType(type) as GraphQLObjectType | undefined;
  if (!known) throw new Error(`There is no ${type}`);
  const keyed = 'idempotencyKey' in known.getFields() ? { idempotencyKey: crypto.randomUUID() } : {};
  return ask(
    actor,
    `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ... on UserError { code message path } } }`,
    {
      input: { ...(await input(id)), ...keyed },
    },
  );
}

/** Under which codes it was refused; empty when it was done. */
function refusals({ data, errors }: Answer, mutation: string): string[] {
  return [data?.[mutation]?.code, ...(errors ?? []).map((error: Answer) => error.extensions.code)].filter(Boolean);
}
/** What one may be told about what is not one's own. */
const ALLOWED_REFUSALS = [
  'NOT_FOUND',
  'NOT_ALLOWED',
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'MEMBER_SUSPENDED',
  'CONSENT_MISSING',
  'WRONG_STATE',
];
/** How we are built, and who somebody is. */
const INSIDES = /row-level|policy|\brelation\b|permission denied|violates|moderation_case|post_revision|caller_|case-/;

describe.each(DEEDS)('$what', (deed) => {
  const { doneBy, mutation } = deed;

  if (doneBy.length > 0)
    test.each(doneBy)('by %s', async (actor) => {
      const id = await deed.id();
      const before = await everything();
      const answer = await mutate(actor, deed, id);
      expect([refusals(answer, mutation), answer.errors]).toEqual([[], undefined]);
      expect(await everything()).not.toBe(before);
      // the author does it twice, as themselves and as a moderator
      if (mutation === 'showDisease') await sql('update community.member set shown_disease_id = null');
      if (mutation === 'followDisease')
        await sql('delete from community.follow where disease_id = $1', [about.otherDiseaseId]);
    });

  test('by nobody else, and nothing is changed', async () => {
    const id = await deed.id();
    const before = await everything();
    const wrong: unknown[] = [];
    for (const actor of ACTORS.filter((each) => !doneBy.includes(each))) {
      const there = await mutate(actor, deed, id);
      const codes = refusals(there, mutation);
      if (codes.length !== 1 || !ALLOWED_REFUSALS.includes(codes[0] as string) || INSIDES.test(JSON.stringify(there)))
        wrong.push([actor, there]);
    }
    expect(wrong).toEqual([]);
    expect(await everything()).toBe(before);
  });

  // with the checks off what is asked of others may come first, and differs
  if (CHECKS_ARE_OFF || !deed.unseen) return;
  test('and a stranger cannot tell it from none', async () => {
    const id = await deed.id();
    for (const actor of [
      'a member',
      'a caregiver',
      'an unverified physician',
      'a suspended member',
      'finance',
    ] as const)
      if (!doneBy.includes(actor)) expect(await mutate(actor, deed, id)).toEqual(await mutate(actor, deed, NOWHERE));
  });
});

/** A table, who sees the case's rows in it by SQL alone, and who could change or delete them. */
interface Stored {
  readonly table: string;
  /** Which rows; `$1` is an id of the case. */
  readonly where: string;
  readonly id: () => string;
  readonly seenBy: readonly Actor[];
  /** A change that would be sensible. */
  readonly change: string;
  readonly changedBy: readonly Actor[];
  readonly deletedBy?: readonly Actor[];
}

const STORED: readonly Stored[] = [
  {
    table: 'member',
    where: 'id = $1',
    id: () => about.members['the author'] as string,
    seenBy: AUTHOR,
    change: 'warnings = 0',
    changedBy: [],
  },
  {
    table: 'post',
    where: 'id = $1',
    id: () => seen.draft,
    seenBy: AUTHOR,
    change: `title = 'X'`,
    changedBy: AUTHOR,
  },
  {
    table: 'post',
    where: 'id = $1',
    id: () => seen.published,
    seenBy: ACTORS,
    change: `title = 'X'`,
    changedBy: AUTHOR,
  },
  { table: 'post', where: 'id = $1', id: () => seen.published, seenBy: ACTORS, change: 'helpful = 100', changedBy: [] },
  {
    table: 'post',
    where: 'id = $1',
    id: () => seen.published,
    seenBy: ACTORS,
    change: `status = 'HIDDEN'`,
    changedBy: [],
  },
  {
    table: 'post',
    where: 'id = $1',
    id: () => seen.hidden,
    seenBy: OWN_AND_MODERATORS,
    change: `status = 'PUBLISHED'`,
    changedBy: [],
  },
  {
    table: 'post',
    where: 'id = $1',
    id: () => seen.removed,
    seenBy: OWN_AND_MODERATORS,
    change: `body = 'X'`,
    changedBy: [],
  },
  {
    table: 'post',
    where: 'id = $1',
    id: () => seen.orphan,
    seenBy: ['a member', ...ALL_MODERATORS],
    change: `body = 'X'`,
    changedBy: ['a member'],
  },
  {
    table: 'post_revision',
    where: 'post_id = $1',
    id: () => seen.edited,
    seenBy: OWN_AND_MODERATORS,
    change: `body = 'X'`,
    changedBy: [],
  },
  {
    table: 'follow',
    where: 'member_id = $1',
    id: () => about.members['the author'] as string,
    seenBy: AUTHOR,
    change: `since = now()`,
    changedBy: [],
    deletedBy: AUTHOR,
  },
  {
    table: 'notice',
    where: 'id = $1',
    id: () => seen.notice,
    seenBy: AUTHOR,
    change: 'read_at = now()',
    changedBy: AUTHOR,
  },
  {
    table: 'reaction',
    where: 'post_id = $1',
    id: () => seen.answer,
    seenBy: AUTHOR,
    change: `kind = 'THANKS'`,
    changedBy: AUTHOR,
    deletedBy: AUTHOR,
  },
  {
    table: 'report',
    where: 'post_id = $1',
    id: () => seen.reported,
    seenBy: ['who reported it', 'a moderator who reported it'],
    change: `note = 'X'`,
    changedBy: [],
  },
  {
    table: 'moderation_case',
    where: 'id = $1',
    id: () => seen.case,
    seenBy: [...MODERATORS, 'a moderator who reported it'],
    change: `state = 'CLOSED'`,
    changedBy: [],
  },
  {
    table: 'moderation_decision',
    where: 'case_id = $1',
    id: () => seen.appealed,
    seenBy: [...AUTHOR, ...MODERATORS, 'a moderator who reported it'],
    change: `reason = 'X'`,
    changedBy: [],
  },
  {
    table: 'article',
    where: 'id = $1',
    id: () => seen.publicArticle,
    seenBy: ACTORS,
    change: `title_en = 'X'`,
    changedBy: [],
  },
  {
    table: 'article_revision',
    where: 'id = $1',
    id: () => seen.revision,
    seenBy: ['a physician', ...ALL_MODERATORS],
    change: `state = 'APPROVED'`,
    changedBy: [],
  },
];

describe('the database alone, asked by SQL with the serving role,', () => {
  let client: Awaited<ReturnType<SubgraphsUnderTest['serving']>>;
  beforeAll(async () => {
    client = await on.serving('community');
  });

  /** How many rows a statement finds, in an actor's name; null when it may not be asked. Nothing stays. */
  const rows = (actor: Actor, text: string, values: readonly unknown[]): Promise<number | null> =>
    rowsInName(client, about.identities[actor], text, values);

  test.each(STORED)('shows and changes $table ($change) for those who should', async ({
    table,
    where,
    id,
    seenBy,
    change,
    changedBy,
    deletedBy = [],
  }) => {
    const values = [id()];
    expect(await sql(`select 1 from community.${table} where ${where}`, values)).not.toEqual([]);
    const seeing: Actor[] = [];
    const changing: Actor[] = [];
    const deleting: Actor[] = [];
    for (const actor of ACTORS) {
      if (await rows(actor, `select from community.${table} where ${where}`, values)) seeing.push(actor);
      if (await rows(actor, `update community.${table} set ${change} where ${where}`, values)) changing.push(actor);
      if (await rows(actor, `delete from community.${table} where ${where}`, values)) deleting.push(actor);
    }
    const sorted = (actors: readonly Actor[]) => ACTORS.filter((actor) => actors.includes(actor));
    expect(seeing).toEqual(sorted(seenBy));
    expect(changing).toEqual(sorted(changedBy));
    expect(deleting).toEqual(sorted(deletedBy));
  });

  test('shows nobody who else reported, decided, escalated, wrote or reviewed', async () => {
    const hidden = [
      ['report', 'member_id', 'member_id is distinct from community.caller_member()'],
      ['moderation_decision', 'decided_by', 'true'],
      ['moderation_case', 'escalated_by', 'true'],
      ['article_revision', 'written_by', 'true'],
      ['article_revision', 'reviewed_by', 'true'],
      ['member', 'subject', 'id is distinct from community.caller_member()'],
    ];
    const seeing: unknown[] = [];
    for (const [table, column, where] of hidden)
      for (const actor of ACTORS)
        if (await rows(actor, `select ${column} from community.${table} where ${where}`, []))
          seeing.push([actor, table, column]);
    expect(seeing).toEqual([]);
  });

  test('lets nobody take the place of another', async () => {
    const tries: [string, unknown[]][] = [
      [
        `insert into community.post (id, kind, member_id, pseudonym, disease_id, top_id, depth, title, body, status, published_at)
         values ($1, 'STORY', $2, 'Case Heron 0', $3, $1, 0, 'X', 'X', 'PUBLISHED', date_trunc('minute', now()))`,
        [crypto.randomUUID(), about.members['the author'], about.diseaseId],
      ],
      [
        'insert into community.reaction (post_id, member_id, kind) values ($1, $2, $3)',
        [seen.answer, about.members['a physician'], 'THANKS'],
      ],
      [
        `insert into community.follow (member_id, disease_id, since) values ($1, $2, date_trunc('minute', now()))`,
        [about.members['a physician'], about.diseaseId],
      ],
      [
        `insert into community.report (id, post_id, member_id, post_version, reason, at) values ($1, $2, $3, 1, 'SPAM', date_trunc('minute', now()))`,
        [crypto.randomUUID(), seen.published, about.members['a physician']],
      ],
      [
        `insert into community.notice (id, member_id, kind, post_id, at) values ($1, $2, 'REACTED', $3, date_trunc('minute', now()))`,
        [crypto.randomUUID(), about.members['a member'], seen.published],
      ],
      [
        `insert into community.moderation_decision (id, case_id, step, action, rule, reason, decided_by, at)
         values ($1, $2, 'DECISION', 'REMOVE', 'SPAM', 'X', $3, date_trunc('minute', now()))`,
        [crypto.randomUUID(), seen.case, subjectOf('a moderator')],
      ],
    ];
    for (const [statement, values] of tries)
      for (const actor of ['a member', 'a caregiver', 'a suspended member', 'an administrator', 'nobody'] as const)
        expect([actor, statement, await rows(actor, statement, values)]).toEqual([actor, statement, null]);
  });

  test('lets a moderator decide who has nothing to do with it, and no other', async () => {
    const decides = (actor: Actor, id: string, step: string, action: string, rule: string | null) =>
      rows(
        actor,
        `insert into community.moderation_decision (id, case_id, step, action, rule, reason, decided_by)
         values ($1, $2, $3, $4, $5, 'So it is.', $6)`,
        [crypto.randomUUID(), id, step, action, rule, about.identities[actor].subject],
      );
    const deciding: Actor[] = [];
    const hearing: Actor[] = [];
    for (const actor of ACTORS) {
      if (await decides(actor, seen.case, 'DECISION', 'REMOVE', 'SPAM')) deciding.push(actor);
      if (await decides(actor, seen.appealed, 'APPEAL', 'UPHELD', null)) hearing.push(actor);
    }
    expect(deciding).toEqual(MODERATORS);
    expect(hearing).toEqual(['another moderator']);
  });

  test('refuses a suspended member what writes, also by SQL', async () => {
    const member = about.members['a suspended member'];
    const tries: [string, unknown[]][] = [
      [
        `insert into community.post (id, kind, member_id, pseudonym, disease_id, top_id, depth, title, body, status, published_at)
         values ($1, 'STORY', $2, 'X', $3, $1, 0, 'X', 'X', 'PUBLISHED', date_trunc('minute', now()))`,
        [crypto.randomUUID(), member, about.diseaseId],
      ],
      [
        'insert into community.reaction (post_id, member_id, kind) values ($1, $2, $3)',
        [seen.answer, member, 'THANKS'],
      ],
      [
        `insert into community.report (id, post_id, member_id, post_version, reason, at) values ($1, $2, $3, 1, 'SPAM', date_trunc('minute', now()))`,
        [crypto.randomUUID(), seen.published, member],
      ],
    ];
    for (const [statement, values] of tries)
      expect([statement, await rows('a suspended member', statement, values)]).toEqual([statement, null]);
  });

  test('runs none of the functions that only the community itself or another subgraph may', async () => {
    for (const call of [
      'rank_posts()',
      `tell_followers('${NOWHERE}', null, 10)`,
      `hide_disease_of('${subjectOf('the author')}')`,
      `tell('${NOWHERE}', 'REACTED', null, '')`,
    ])
      for (const actor of ['a member', 'a moderator', 'an administrator', 'nobody'] as const)
        expect([actor, call, await rows(actor, `select community.${call}`, [])]).toEqual([actor, call, null]);
  });

  test('every table is looked at here, but for those that are nobody’s', async () => {
    const tables = await sql(
      `select relname as name from pg_class join pg_namespace n on n.oid = relnamespace where nspname = 'community' and relkind = 'r'
       and relname not in ('access_log', 'idempotency_key', 'migration', 'erased_patient') order by 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual([...new Set(STORED.map(({ table }) => table))].sort());
  });
});

test('the services’ own checks are on, or off, as this run says', () => {
  expect('letThrough' in rowRules).toBe(CHECKS_ARE_OFF);
  // and there was something that they would have refused
  if (CHECKS_ARE_OFF) expect((rowRules as unknown as { letThrough: number }).letThrough).toBeGreaterThan(5);
});
