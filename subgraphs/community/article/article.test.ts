import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { importDemoArticles } from '../demo.js';

describe('articles', () => {
  let api: SubgraphsUnderTest;
  let gaucher: string;
  beforeAll(async () => {
    api = await openSubgraphs('article');
    gaucher = (await api.admin.query('select id from catalog.disease where catalog_no = 31')).rows[0].id;
  });
  afterAll(() => api?.stop());

  const ask = async (query: string, variables: object = {}, who: Identity = ANONYMOUS): Promise<Answer> => {
    const { data, errors } = await api.execute('community', who, query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  const PAGE = `query ($disease: ID, $stage: CareStage, $first: Int! = 100, $after: ID) { articles(diseaseId: $disease, stage: $stage, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id slug disease { id } stages } } }`;

  test('are read by anybody, in two languages, with who speaks and what they rest on', async () => {
    const { articles } = await ask(
      '{ articles(first: 100) { nodes { title titleZh: title(locale: ZH) body(locale: ZH) bodyEn authorClass sources demo publishedAt } } }',
    );
    expect(articles.nodes.length).toBeGreaterThanOrEqual(6);
    for (const each of articles.nodes) {
      expect(each).toMatchObject({
        titleZh: expect.stringMatching(/[一-鿿]/),
        demo: true,
        bodyEn: expect.stringContaining('This is demo text'),
      });
      expect(each.body).toContain('本文为演示内容');
      expect(each.sources.length).toBeGreaterThan(0);
    }
    expect(new Set(articles.nodes.map(({ authorClass }: Answer) => authorClass))).toEqual(
      new Set(['PHYSICIAN', 'FOUNDATION', 'SPONSORED']),
    );
  });

  test('are chosen by disease, with those for all, and by stage', async () => {
    const { articles } = await ask(PAGE, { disease: gaucher, stage: 'NEWLY_DIAGNOSED' });
    const diseases = articles.nodes.map(({ disease }: Answer) => disease?.id ?? null);
    expect(new Set(diseases)).toEqual(new Set([gaucher, null]));
    expect(articles.nodes.every(({ stages }: Answer) => stages.includes('NEWLY_DIAGNOSED'))).toBe(true);
    expect(articles.totalCount).toBe(articles.nodes.length);
    const { articles: general } = await ask(PAGE, { disease: newId() });
    expect(general.nodes.every(({ disease }: Answer) => disease === null)).toBe(true);
  });

  test('are listed newest first, page by page', async () => {
    const { articles: all } = await ask(PAGE);
    const ids = all.nodes.map(({ id }: Answer) => id);
    expect(ids).toEqual(ids.toSorted().reverse());
    const { articles: first } = await ask(PAGE, { first: 4 });
    const { articles: second } = await ask(PAGE, { first: 100, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes]).toEqual(all.nodes);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  test('stand beside their disease', async () => {
    const { _entities } = await ask(
      `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on Disease { id articles(first: 2) { totalCount nodes { disease { id } } } } ... on Article { slug } } }`,
      {
        ids: [
          { __typename: 'Disease', id: gaucher },
          { __typename: 'Article', id: newId() },
        ],
      },
      person('demo-patient', 'PATIENT'),
    );
    expect(_entities[0].articles.nodes).toHaveLength(2);
    expect([gaucher, undefined]).toContain(_entities[0].articles.nodes[0].disease?.id);
    expect(_entities[0].articles.totalCount).toBeGreaterThan(2);
    expect(_entities[1]).toBeNull();
  });

  test('that are not published are nobody’s', async () => {
    const id = newId();
    await api.admin.query(
      `insert into community.article (id, slug, title_en, title_zh, body_en, body_zh, stages, author_class, sources, demo, published_at)
       values ($1, 'not-yet', 'x', 'x', 'x', 'x', '{ACTIVE}', 'PHYSICIAN', '{}', true, now() + interval '1 day')`,
      [id],
    );
    expect((await ask('query ($id: ID!) { article(id: $id) { id } }', { id })).article).toBeNull();
    const client = await api.serving('community');
    expect((await client.query('select from article where id = $1', [id])).rowCount).toBe(0);
    for (const text of [
      `update article set title_en = 'x'`,
      'delete from article',
      `insert into article (id) values (uuidv7())`,
    ]) {
      await expect(client.query(text)).rejects.toThrow('permission denied');
    }
  });

  test('are chosen for subgraphs that ask, and for nobody else', async () => {
    const query = 'query ($id: ID!) { articlesFor(diseaseId: $id, stage: ACTIVE, first: 3) }';
    const { errors } = await api.execute('community', person('demo-patient', 'PATIENT'), query, { id: gaucher });
    expect(errors?.[0].extensions.code).toBe('FORBIDDEN');
  });

  test('of the demo are made once', async () => {
    const count = async () =>
      (await api.admin.query('select count(*)::int as count from community.article')).rows[0].count;
    const before = await count();
    await importDemoArticles(api.admin, [{ id: gaucher, catalogNo: 31 }]);
    expect(await count()).toBe(before);
  });
});
