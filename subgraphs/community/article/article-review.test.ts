import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';

const physician = person('demo-physician', 'PHYSICIAN');
const colleague = person('demo-physician-2', 'PHYSICIAN');
const unverified = person('nobody-verified', 'PHYSICIAN');
const patient = person('demo-patient', 'PATIENT');
const editor = person('sub-of-editor', 'MODERATOR');
const reviewer = person('sub-of-reviewer', 'MODERATOR');

const REVISION = `id articleId author { pseudonym badge } authorClass sponsor { id } titleEn bodyEn bodyHtml(locale: ZH) sources state savedAt
  submittedAt reviewedAt reviewReason mine version allowedActions findings { field kind start end } article { id titleEn }`;
const FAILURE = '... on UserError { code message path }';
const RESULT = `__typename ... on ArticleRevision { ${REVISION} } ${FAILURE} ... on ArticleRevisionInOtherState { state }
  ... on StaleVersion { currentVersion }`;
const SAVE = `mutation ($input: SaveArticleInput!) { done: saveArticle(input: $input) { ${RESULT} ... on TextNotPublishable { findings { field } } } }`;
const SUBMIT = `mutation ($input: SubmitArticleInput!) { done: submitArticle(input: $input) { ${RESULT} ... on TextNotPublishable { findings { field kind start end } } } }`;
const TAKE_BACK = `mutation ($input: TakeBackArticleInput!) { done: takeBackArticle(input: $input) { ${RESULT} } }`;
const REVIEW = `mutation ($input: ReviewArticleInput!) { done: reviewArticle(input: $input) { ${RESULT} } }`;
const WITHDRAW = `mutation ($input: WithdrawArticleInput!) { done: withdrawArticle(input: $input) {
  __typename ... on Article { id status version } ${FAILURE} ... on StaleVersion { currentVersion } } }`;
const ARTICLE = `query ($id: ID!) { article(id: $id) { id slug author { pseudonym badge disease { id } } authorClass sponsor { id } titleEn body bodyZh: body(locale: ZH)
  bodyHtml htmlZh: bodyHtml(locale: ZH) sources demo status publishedAt editedAt version mine allowedActions history { body } } }`;

let api: SubgraphsUnderTest;
let gaucher: string;
let sponsor: string;
beforeAll(async () => {
  api = await openSubgraphs('article_review');
  gaucher = (await api.admin.query('select id from catalog.disease where catalog_no = 31')).rows[0].id;
  sponsor = (await api.admin.query("select id from catalog.organisation where kind = 'MANUFACTURER' limit 1")).rows[0]
    .id;
});
afterAll(() => api?.stop());

async function ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
  const { data, errors } = await api.execute('community', who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

let keys = 0;
const change = async (who: Identity, mutation: string, input: object): Promise<Answer> =>
  (await ask(who, mutation, { input: { idempotencyKey: `key-${keys++}`, ...input } })).done;
const TEXT = {
  authorClass: 'PHYSICIAN',
  titleEn: 'Bones and rest',
  titleZh: '骨骼与休息',
  bodyEn: 'Rest *well*.',
  bodyZh: '好好**休息**。',
  stages: ['ACTIVE'],
  sources: ['World Health Organization'],
};
const save = (who: Identity, input: object = {}) => change(who, SAVE, { ...TEXT, diseaseId: gaucher, ...input });
const at = ({ id, version }: Answer) => ({ revisionId: id, expectedVersion: version });
const submit = (who: Identity, revision: Answer, input: object = {}) =>
  change(who, SUBMIT, { ...at(revision), ...input });
const review = (who: Identity, revision: Answer, decision: string, input: object = {}) =>
  change(who, REVIEW, { ...at(revision), decision, reason: 'Well founded.', ...input });
const withdraw = (who: Identity, article: Answer) =>
  change(who, WITHDRAW, { articleId: article.id, expectedVersion: article.version });
const read = async (who: Identity, id: string): Promise<Answer> => (await ask(who, ARTICLE, { id })).article;

/** An article that has been written, submitted and approved. */
async function published(who: Identity = physician, input: object = {}): Promise<Answer> {
  const approved = await review(reviewer, await submit(who, await save(who, input)), 'APPROVE');
  expect(approved).toMatchObject({ state: 'APPROVED' });
  return approved;
}

/** Bare SQL with the community's serving role and this identity. */
async function as(who: Identity): Promise<Client> {
  const client = await api.serving('community');
  await client.query("select set_config('app.subject', $1, false), set_config('app.roles', $2, false)", [
    who.subject,
    who.roles.join(','),
  ]);
  return client;
}

describe('an article', () => {
  test('is written by a physician, reviewed by a moderator and read by everybody, with who speaks', async () => {
    const draft = await save(physician);
    expect(draft).toMatchObject({
      state: 'DRAFT',
      author: { badge: 'PHYSICIAN' },
      mine: true,
      article: null,
      allowedActions: ['EDIT', 'SUBMIT'],
      bodyHtml: '<p>好好<strong>休息</strong>。</p>\n',
      submittedAt: null,
    });
    for (const other of [colleague, reviewer, patient]) {
      expect(
        (await ask(other, `query ($id: ID!) { articleRevision(id: $id) { id } }`, { id: draft.id })).articleRevision,
      ).toBeNull();
    }
    const submitted = await submit(physician, draft);
    expect(submitted).toMatchObject({ state: 'IN_REVIEW', version: 2, allowedActions: ['TAKE_BACK'] });
    expect(await read(ANONYMOUS, draft.articleId)).toBeNull();

    const queue = `{ articleRevisions(state: IN_REVIEW, first: 100) { totalCount nodes { id mine allowedActions author { pseudonym } } } }`;
    const { articleRevisions } = await ask(reviewer, queue);
    expect(articleRevisions.nodes).toContainEqual({
      id: draft.id,
      mine: false,
      allowedActions: ['REVIEW'],
      author: { pseudonym: draft.author.pseudonym },
    });
    const approved = await review(reviewer, submitted, 'APPROVE');
    expect(approved).toMatchObject({
      state: 'APPROVED',
      mine: false,
      reviewReason: 'Well founded.',
      article: { titleEn: 'Bones and rest' },
    });

    expect(await read(ANONYMOUS, draft.articleId)).toMatchObject({
      slug: `bones-and-rest-${draft.articleId.slice(-8)}`,
      author: { ...draft.author, disease: null },
      authorClass: 'PHYSICIAN',
      sponsor: null,
      sources: ['World Health Organization'],
      body: 'Rest *well*.',
      bodyZh: '好好**休息**。',
      bodyHtml: '<p>Rest <em>well</em>.</p>\n',
      htmlZh: '<p>好好<strong>休息</strong>。</p>\n',
      demo: false,
      status: 'PUBLISHED',
      editedAt: null,
      mine: false,
      allowedActions: [],
      history: null,
    });
    expect(await read(physician, draft.articleId)).toMatchObject({ mine: true, history: [] });
    const { post } = await ask(
      ANONYMOUS,
      `{ post(id: "${draft.articleId}") { __typename bodyHtml ... on Article { title(locale: ZH) } } }`,
    );
    expect(post).toEqual({ __typename: 'Article', bodyHtml: '<p>Rest <em>well</em>.</p>\n', title: '骨骼与休息' });
  });

  test('stays as it is until its next text is approved, and then keeps what it was', async () => {
    const first = await published();
    const next = await save(physician, { articleId: first.articleId, titleEn: 'Bones, rest and sun' });
    expect(next).toMatchObject({ articleId: first.articleId, state: 'DRAFT', article: { titleEn: 'Bones and rest' } });
    const submitted = await submit(physician, next);
    expect(await read(ANONYMOUS, first.articleId)).toMatchObject({ titleEn: 'Bones and rest' });
    const before = await read(physician, first.articleId);
    await review(reviewer, submitted, 'APPROVE');
    const after = await read(physician, first.articleId);
    expect(after).toMatchObject({ titleEn: 'Bones, rest and sun', slug: before.slug, publishedAt: before.publishedAt });
    expect(after.history).toHaveLength(1);
    expect(after.editedAt).not.toBeNull();
    const { myArticles } = await ask(physician, '{ myArticles(first: 100) { nodes { id state allowedActions } } }');
    expect(myArticles.nodes).toEqual(
      expect.arrayContaining([
        { id: next.id, state: 'APPROVED', allowedActions: ['REVISE', 'WITHDRAW'] },
        { id: first.id, state: 'SUPERSEDED', allowedActions: [] },
      ]),
    );
  });

  test('has one text at a time that is worked on, however many begin one at once', async () => {
    const { articleId } = await published();
    const begun = await Promise.all([1, 2, 3].map(() => save(physician, { articleId })));
    expect(begun.map(({ __typename }) => __typename).sort()).toEqual(['ArticleRevision', 'NotAllowed', 'NotAllowed']);
  });

  test('that is returned says why, is changed, and comes back', async () => {
    const submitted = await submit(physician, await save(physician));
    const returned = await review(reviewer, submitted, 'RETURN', { reason: 'Name the guideline.' });
    expect(returned).toMatchObject({ state: 'RETURNED', reviewReason: 'Name the guideline.', article: null });
    const seen = (
      await ask(physician, `query ($id: ID!) { articleRevision(id: $id) { ${REVISION} } }`, { id: returned.id })
    ).articleRevision;
    expect(seen).toMatchObject({ reviewReason: 'Name the guideline.', allowedActions: ['EDIT', 'SUBMIT'] });
    const { rows } = await api.admin.query(`select kind, post_id from community.notice where occasion = $1`, [
      returned.id,
    ]);
    expect(rows).toEqual([{ kind: 'ARTICLE_REVIEWED', post_id: null }]);
    const changed = await save(physician, {
      revisionId: seen.id,
      expectedVersion: seen.version,
      sources: ['Guideline 2026'],
    });
    expect(changed).toMatchObject({ state: 'DRAFT', sources: ['Guideline 2026'] });
    expect(await review(reviewer, await submit(physician, changed), 'APPROVE')).toMatchObject({ state: 'APPROVED' });
  });

  test('is taken back out of review to be changed, and only then', async () => {
    const submitted = await submit(physician, await save(physician));
    const edit = { revisionId: submitted.id, expectedVersion: submitted.version };
    expect(await save(physician, edit)).toMatchObject({
      __typename: 'ArticleRevisionInOtherState',
      code: 'WRONG_STATE',
      state: 'IN_REVIEW',
    });
    const draft = await change(physician, TAKE_BACK, at(submitted));
    expect(draft).toMatchObject({ state: 'DRAFT' });
    expect(await review(reviewer, draft, 'APPROVE')).toMatchObject({ __typename: 'NotFound' });
    expect(await change(physician, TAKE_BACK, at(draft))).toMatchObject({
      __typename: 'ArticleRevisionInOtherState',
      state: 'DRAFT',
    });
  });

  test('is withdrawn by its author, from lists and care plans too, until another text of it is approved', async () => {
    const { articleId } = await published();
    const article = await read(physician, articleId);
    for (const other of [colleague, editor]) {
      expect(await withdraw(other, article)).toMatchObject({ __typename: 'NotFound' });
    }
    expect(await withdraw(physician, { ...article, version: 99 })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: article.version,
    });
    expect(await withdraw(physician, article)).toMatchObject({ __typename: 'Article', status: 'DRAFT' });
    expect(await listed(articleId)).toEqual({ read: false, inList: false, atDisease: false, inPlan: false });
    expect(await withdraw(physician, { ...article, version: article.version + 1 })).toMatchObject({
      __typename: 'ArticleNotPublished',
    });
    const again = await submit(physician, await save(physician, { articleId }));
    await review(reviewer, again, 'APPROVE');
    expect(await listed(articleId)).toEqual({ read: true, inList: true, atDisease: true, inPlan: true });
  });

  test.each([
    'HIDDEN',
    'REMOVED',
  ])('that moderation has made %s is in no list and no care plan, whatever its text becomes', async (status) => {
    const { articleId } = await published();
    const next = await submit(physician, await save(physician, { articleId }));
    expect(await listed(articleId)).toEqual({ read: true, inList: true, atDisease: true, inPlan: true });
    await api.admin.query('update community.post set status = $2 where id = $1', [articleId, status]);
    expect(await listed(articleId)).toEqual({ read: false, inList: false, atDisease: false, inPlan: false });
    for (const who of [physician, reviewer])
      expect(await read(who, articleId)).toMatchObject({ id: articleId, status });
    const unseen = await (await as(colleague)).query('select from article where id = $1', [articleId]);
    expect(unseen.rowCount).toBe(0);
    expect(await review(reviewer, next, 'APPROVE')).toMatchObject(
      status === 'REMOVED' ? { __typename: 'NotAllowed' } : { state: 'APPROVED' },
    );
    expect(await listed(articleId)).toEqual({ read: false, inList: false, atDisease: false, inPlan: false });
  });

  /** Where anybody finds an article. */
  async function listed(id: string): Promise<object> {
    const has = (nodes: Answer[]) => nodes.some((node) => node.id === id);
    const { articles, _entities } = await ask(
      ANONYMOUS,
      `query ($disease: ID!, $of: [_Any!]!) { articles(diseaseId: $disease, first: 100) { nodes { id } }
         _entities(representations: $of) { ... on Disease { articles(first: 100) { nodes { id } } } } }`,
      { disease: gaucher, of: [{ __typename: 'Disease', id: gaucher }] },
    );
    const plan = await ask(
      { ...patient, scopes: [...patient.scopes, 'service:patient'], via: 'patient' },
      'query ($id: ID!) { articlesFor(diseaseId: $id, stage: ACTIVE, first: 100) }',
      { id: gaucher },
    );
    return {
      read: (await read(ANONYMOUS, id)) !== null,
      inList: has(articles.nodes),
      atDisease: has(_entities[0].articles.nodes),
      inPlan: plan.articlesFor.includes(id),
    };
  }
});

describe('the foundation', () => {
  test('writes for itself and for who pays, whose name stands at it', async () => {
    expect(await published(editor, { authorClass: 'FOUNDATION' })).toMatchObject({ author: null, sponsor: null });
    const sponsored = await published(editor, { authorClass: 'SPONSORED', sponsorOrganisationId: sponsor });
    expect(await read(ANONYMOUS, sponsored.articleId)).toMatchObject({
      authorClass: 'SPONSORED',
      sponsor: { id: sponsor },
      author: null,
    });
    const { articles } = await ask(ANONYMOUS, '{ articles(first: 100) { nodes { authorClass demo sponsor { id } } } }');
    for (const article of articles.nodes.filter(({ demo }: Answer) => !demo)) {
      expect(article.sponsor !== null).toBe(article.authorClass === 'SPONSORED');
    }
  });

  test('has nobody review what they wrote, a moderator neither', async () => {
    const submitted = await submit(editor, await save(editor, { authorClass: 'FOUNDATION' }));
    expect(await review(editor, submitted, 'APPROVE')).toMatchObject({ __typename: 'NotAllowed', code: 'NOT_ALLOWED' });
    expect(await review(editor, submitted, 'RETURN')).toMatchObject({ __typename: 'NotAllowed' });
    const client = await as(editor);
    await expect(client.query(`select review_revision($1, true, 'x', 'x')`, [submitted.id])).rejects.toThrow(
      'Another moderator',
    );
    await expect(
      api.admin.query(`update community.article_revision set reviewed_by = written_by where id = $1`, [submitted.id]),
    ).rejects.toThrow('article_revision_reviewed_by_another');
  });

  test('revises together what it has published, each text by one of its staff', async () => {
    const { articleId } = await published(editor, { authorClass: 'FOUNDATION' });
    const next = await save(reviewer, { articleId, authorClass: 'FOUNDATION' });
    expect(next).toMatchObject({ state: 'DRAFT', mine: true });
    expect(await save(editor, { revisionId: next.id, expectedVersion: 1, authorClass: 'FOUNDATION' })).toMatchObject({
      __typename: 'NotFound',
    });
    expect(await save(reviewer, { revisionId: next.id, expectedVersion: 1 })).toMatchObject({
      __typename: 'NotAllowed',
    });
  });

  test('decides once, when two of its moderators decide at the same time', async () => {
    const submitted = await submit(physician, await save(physician));
    const third = person('sub-of-third', 'MODERATOR');
    const answers = await Promise.all([review(reviewer, submitted, 'APPROVE'), review(third, submitted, 'RETURN')]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      'ArticleRevision',
      'ArticleRevisionInOtherState',
    ]);
  });
});

describe('moderation', () => {
  const report = (who: Identity, postId: string) =>
    ask(
      who,
      `mutation ($input: ReportPostInput!) { reportPost(input: $input) { __typename ... on UserError { code message path } } }`,
      { input: { postId, reason: 'MISINFORMATION', idempotencyKey: `key-${keys++}` } },
    );
  const caseOf = async (who: Identity, postId: string): Promise<Answer> => {
    const { moderationQueue } = await ask(
      who,
      '{ moderationQueue(first: 100) { nodes { id version allowedActions post { id } } } }',
    );
    return moderationQueue.nodes.find(({ post }: Answer) => post?.id === postId);
  };
  const decide = async (who: Identity, { id, version }: Answer, action: string, rule: string): Promise<Answer> =>
    (
      await ask(
        who,
        `mutation ($input: DecideCaseInput!) { decideCase(input: $input) { __typename ... on UserError { code message path } } }`,
        {
          input: {
            caseId: id,
            action,
            rule,
            reason: 'Looked at.',
            expectedVersion: version,
            idempotencyKey: `key-${keys++}`,
          },
        },
      )
    ).decideCase;

  test('of what the foundation wrote is by somebody else of it, and shows again what was right', async () => {
    const { articleId } = await published(editor, { authorClass: 'FOUNDATION' });
    for (const name of ['one', 'two', 'three']) await report(person(`reader-${name}`, 'PATIENT'), articleId);
    expect(await read(ANONYMOUS, articleId)).toBeNull();
    const opened = await caseOf(reviewer, articleId);
    expect(opened.allowedActions).not.toEqual([]);
    expect((await decide(editor, opened, 'KEEP', 'NOTHING_WRONG')).code).toMatch(/^NOT_(ALLOWED|FOUND)$/);
    expect(await read(ANONYMOUS, articleId)).toBeNull();
    await decide(reviewer, await caseOf(reviewer, articleId), 'KEEP', 'NOTHING_WRONG');
    expect(await read(ANONYMOUS, articleId)).toMatchObject({ id: articleId });
  });

  test('looks again at what it has hidden, when another text of it is approved', async () => {
    const { articleId } = await published();
    await report(person('reader-one', 'PATIENT'), articleId);
    await decide(reviewer, await caseOf(reviewer, articleId), 'HIDE', 'MISINFORMATION');
    expect(await caseOf(reviewer, articleId)).toBeUndefined();
    const next = await submit(physician, await save(physician, { articleId, bodyEn: 'Put right.' }));
    await review(reviewer, next, 'APPROVE');
    expect(await read(ANONYMOUS, articleId)).toBeNull();
    await decide(reviewer, await caseOf(reviewer, articleId), 'KEEP', 'NOTHING_WRONG');
    expect(await read(ANONYMOUS, articleId)).toMatchObject({ body: 'Put right.' });
  });
});

describe('it is refused', () => {
  test.each([
    ['a patient as a physician', patient, {}],
    ['a patient as the foundation', patient, { authorClass: 'FOUNDATION' }],
    ['a physician whom nobody has verified', unverified, {}],
    ['a physician as the foundation', physician, { authorClass: 'FOUNDATION' }],
    ['a moderator as a physician', editor, {}],
  ])('to write: %s', async (_, who, input) => {
    expect(await save(who, input)).toMatchObject({ __typename: 'NotAllowed', code: 'NOT_ALLOWED' });
  });

  test.each([
    ['diseaseId', { diseaseId: newId() }],
    ['sponsorOrganisationId', { authorClass: 'SPONSORED', sponsorOrganisationId: newId() }],
    ['sponsorOrganisationId', { authorClass: 'SPONSORED' }],
    ['sources', { sources: [] }],
    ['titleEn', { titleEn: ' ' }],
    ['expectedVersion', { revisionId: newId() }],
    ['articleId', { revisionId: newId(), articleId: newId(), expectedVersion: 1 }],
    ['pseudonym', { pseudonym: 'x' }],
    ['idempotencyKey', { idempotencyKey: '' }],
  ])('to write with a wrong %s: %j', async (field, input) => {
    const who = 'authorClass' in input ? editor : physician;
    expect(await save(who, input)).toMatchObject({ __typename: 'InvalidInput', path: ['input', field] });
  });

  test('to do with another’s what one may do with one’s own, as if there were none', async () => {
    const draft = await save(physician);
    const missing = await submit(colleague, { id: newId(), version: 1 });
    expect(missing).toMatchObject({ __typename: 'NotFound' });
    for (const who of [colleague, editor, patient]) {
      expect(await submit(who, draft)).toEqual(missing);
      expect(await change(who, TAKE_BACK, at(draft))).toEqual(missing);
    }
    expect(await save(colleague, at(draft))).toEqual(missing);
    expect(await review(reviewer, draft, 'APPROVE')).toEqual(missing);
    const { articleId } = await published();
    expect(await save(colleague, { articleId })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'articleId'],
    });
    expect(await save(editor, { articleId, authorClass: 'FOUNDATION' })).toMatchObject({ __typename: 'NotFound' });
  });

  test('to submit what holds personal data, and a draft says where it is', async () => {
    const sources = ['Guideline 2026', 'Dr. Li, 13812345678'];
    const draft = await save(physician, { bodyZh: '请打电话13812345678。', sources });
    const findings = [
      { field: 'bodyZh', kind: 'PHONE', start: 4, end: 15 },
      { field: 'sources.1', kind: 'PHONE', start: 8, end: 19 },
    ];
    expect(draft).toMatchObject({ state: 'DRAFT', findings });
    expect(await submit(physician, draft)).toMatchObject({ __typename: 'TextNotPublishable', findings });
  });

  test('to work on an old version, and done once for one key', async () => {
    const draft = await save(physician);
    expect(await submit(physician, { ...draft, version: 7 })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: 1,
    });
    const input = { idempotencyKey: 'the-same' };
    const first = await submit(physician, draft, input);
    expect(await submit(physician, draft, input)).toEqual(first);
    expect(await submit(physician, { ...draft, version: 3 }, input)).toMatchObject({
      __typename: 'IdempotencyConflict',
    });
  });

  test('to write while one is suspended', async () => {
    const draft = await save(colleague);
    await api.admin.query(`update community.member set suspended_until = now() + interval '1 day' where subject = $1`, [
      colleague.subject,
    ]);
    for (const refused of [await save(colleague), await submit(colleague, draft)]) {
      expect(refused).toMatchObject({ __typename: 'MemberSuspended' });
    }
    await api.admin.query('update community.member set suspended_until = null where subject = $1', [colleague.subject]);
  });

  test('to those without the scopes', async () => {
    for (const [who, query] of [
      [ANONYMOUS, '{ myArticles { totalCount } }'],
      [physician, '{ articleRevisions { totalCount } }'],
      [person('demo-admin', 'ADMIN'), '{ myArticles { totalCount } }'],
    ] as const) {
      const { errors } = await api.execute('community', who, query);
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });
});

describe('the database alone', () => {
  test('shows a text to who wrote it and, once submitted, to moderators; and of nobody who it was', async () => {
    const draft = await save(physician);
    const submitted = await submit(physician, await save(physician));
    const seen = async (who: Identity) =>
      (
        await (
          await as(who)
        ).query('select state from article_revision where id = any($1) order by state', [[draft.id, submitted.id]])
      ).rows.map(({ state }) => state);
    expect(await seen(physician)).toEqual(['DRAFT', 'IN_REVIEW']);
    expect(await seen(reviewer)).toEqual(['IN_REVIEW']);
    for (const other of [ANONYMOUS, colleague, patient, person('demo-admin', 'ADMIN')])
      expect(await seen(other)).toEqual([]);
    for (const column of ['written_by', 'reviewed_by', 'member_id']) {
      await expect((await as(reviewer)).query(`select ${column} from article_revision`)).rejects.toThrow(
        'permission denied',
      );
    }
  });

  test('lets nobody write, change, approve or withdraw what is not theirs to', async () => {
    const { articleId } = await published();
    const submitted = await submit(physician, await save(physician));
    const row = `insert into article_revision (id, article_id, written_by, member_id, pseudonym, badge, title_en, title_zh, body_en, body_zh, stages, author_class, sources, state, saved_at)
      values (uuidv7(), $1, $2, $3, $4, $5, 'x', 'x', 'x', 'x', '{ACTIVE}', $6, '{x}', $7, date_trunc('minute', now()))`;
    const insert = (who: Identity, article: string, subject: string, authorClass: string, state = 'DRAFT') =>
      as(who).then((client) =>
        client.query(row, [
          article,
          subject,
          null,
          authorClass === 'PHYSICIAN' ? 'x' : null,
          authorClass === 'PHYSICIAN' ? 'PHYSICIAN' : null,
          authorClass,
          state,
        ]),
      );
    await expect(insert(patient, newId(), patient.subject, 'FOUNDATION')).rejects.toThrow(
      'physicians and by the foundation',
    );
    await expect(insert(patient, newId(), editor.subject, 'FOUNDATION')).rejects.toThrow();
    const withoutRoles = await api.serving('community');
    await withoutRoles.query("select set_config('app.subject', 'demo-patient', false)");
    await expect(
      withoutRoles.query(row, [newId(), 'demo-patient', null, null, null, 'FOUNDATION', 'DRAFT']),
    ).rejects.toThrow('physicians and by the foundation');
    await expect(insert(editor, newId(), editor.subject, 'FOUNDATION', 'APPROVED')).rejects.toThrow();
    await expect(insert(editor, articleId, editor.subject, 'FOUNDATION')).rejects.toThrow('a draft of one');
    await expect(insert(colleague, articleId, colleague.subject, 'PHYSICIAN')).rejects.toThrow('a draft of one');
    for (const who of [colleague, patient, reviewer, ANONYMOUS]) {
      const client = await as(who);
      expect(
        (await client.query(`update article_revision set title_en = 'x' where id = $1`, [submitted.id])).rowCount,
      ).toBe(0);
      await expect(client.query('select withdraw_article($1)', [articleId])).rejects.toThrow('withdraws it');
      if (who !== reviewer) {
        await expect(client.query(`select review_revision($1, true, 'x', 'x')`, [submitted.id])).rejects.toThrow(
          'Another moderator',
        );
      }
      await expect(client.query('delete from article_revision')).rejects.toThrow('permission denied');
      await expect(client.query(`update article set title_en = 'x'`)).rejects.toThrow('permission denied');
    }
    const own = await as(physician);
    for (const change of [
      `state = 'APPROVED'`,
      `title_en = 'x'`,
      `state = 'DRAFT', title_en = 'x'`,
      `author_class = 'FOUNDATION'`,
    ]) {
      await expect(own.query(`update article_revision set ${change} where id = $1`, [submitted.id])).rejects.toThrow();
    }
  });

  test('gives in ids and times whole minutes alone', async () => {
    const { articleId, id, savedAt, submittedAt, reviewedAt } = await published();
    const { publishedAt } = await read(ANONYMOUS, articleId);
    for (const time of [savedAt, submittedAt, reviewedAt, publishedAt]) expect(Date.parse(time) % 60_000).toBe(0);
    for (const each of [articleId, id])
      expect(Number.parseInt(each.slice(0, 8) + each.slice(9, 13), 16) % 60_000).toBe(0);
  });
});
