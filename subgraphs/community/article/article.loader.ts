import DataLoader from 'dataloader';
import type { CareStage } from '../../common/care-stage.js';
import type { Page } from '../../common/connection.js';
import { type Database, type Session, statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import { POST_COLUMNS, type RowOf } from '../post/post.loader.js';
import type { Article } from './article.js';

export type ArticleRow = RowOf<Article>;

const COLUMNS = `${POST_COLUMNS}, slug, title_en as "titleEn", title_zh as "titleZh", body_en as "bodyEn", body_zh as "bodyZh", stages,
  author_class as "authorClass",
  case when sponsor_organisation_id is not null then json_build_object('id', sponsor_organisation_id) end as sponsor, sources, demo`;
const ARTICLES = 'article join post on post.id = article.id';
/** Published, about the disease or for all, and for the stage; without a disease or stage, every one. */
const suits = (disease: string, stage: string): string => `post.status = 'PUBLISHED' and article.published_at <= now()
  and (${disease} is null or article.disease_id = ${disease} or article.disease_id is null) and (${stage} is null or ${stage} = any(stages))`;

const BY_ID = statement('articles-by-id', `select ${COLUMNS} from ${ARTICLES} where article.id = any($1)`);
const PAGES = statement(
  'articles-pages',
  `with asked as materialized (
     select n, disease, stage, size, case when after is null then 'infinity' else post_published_at(after) end as before,
       coalesce(after, 'ffffffff-ffff-ffff-ffff-ffffffffffff') as before_id
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[]) with ordinality as page (disease, stage, after, size, n))
   select n::int as page, found.* from asked cross join lateral (
     select ${COLUMNS} from ${ARTICLES}
     where ${suits('asked.disease', 'asked.stage')} and (post.published_at, post.id) < (asked.before, asked.before_id)
     order by post.published_at desc, post.id desc limit asked.size) found
   order by n, "publishedAt" desc, id desc`,
);
const COUNTS = statement(
  'count-articles',
  `select (select count(*)::int from ${ARTICLES} where ${suits('asked.disease', 'asked.stage')}) as count
   from unnest($1::uuid[], $2::text[]) with ordinality as asked (disease, stage, n) order by n`,
);
const SUITING = statement(
  'articles-suiting',
  `select article.id from ${ARTICLES} where ${suits('$1::uuid', '$2::text')}
   order by article.disease_id is null, author_class = 'SPONSORED', post.published_at desc, article.id desc limit $3`,
);

/** Which articles: null for whatever disease or stage. */
export interface ArticleFilter {
  readonly diseaseId: string | null;
  readonly stage: CareStage | null;
}

const keyOf = ({ diseaseId, stage }: ArticleFilter): string => `${diseaseId} ${stage}`;

/** Reads articles: what is published as anybody, the rest as the caller. */
export class ArticleLoader {
  private readonly ids: DataLoader<string, ArticleRow | null>;
  private readonly pages: DataLoader<ArticleFilter & Page, ArticleRow[], string>;
  private readonly counts: DataLoader<ArticleFilter, number, string>;

  constructor(
    private readonly database: Database,
    session: Session,
    { scopes }: Identity,
  ) {
    // the others see published articles only, so for them nothing needs to be looked up twice
    const mayReadMore = ['community:write', 'community:moderate'].some((scope) => scopes.includes(scope));
    this.ids = new DataLoader(async (ids) => {
      const found = new Map((await database.publicRows<ArticleRow>(BY_ID, [ids])).map((row) => [row.id, row]));
      const missing = ids.filter((id) => !found.has(id));
      if (mayReadMore && missing.length > 0) {
        for (const row of await session.rows<ArticleRow>(BY_ID, [missing])) found.set(row.id, row);
      }
      return ids.map((id) => found.get(id) ?? null);
    });
    this.pages = new DataLoader((asked) => this.newest(asked), {
      cacheKeyFn: (asked) => `${keyOf(asked)} ${asked.after} ${asked.first}`,
    });
    this.counts = new DataLoader(
      async (asked) => {
        const values = [asked.map(({ diseaseId }) => diseaseId), asked.map(({ stage }) => stage)];
        return (await database.publicRows<{ count: number }>(COUNTS, values)).map(({ count }) => count);
      },
      { cacheKeyFn: keyOf },
    );
  }

  byId(id: string): Promise<ArticleRow | null> {
    return this.ids.load(id);
  }

  /** As it is now, after it was changed. */
  changed(id: string): Promise<ArticleRow | null> {
    return this.ids.clear(id).load(id);
  }

  /** Published ones, newest first; one more than `first` where there are more. */
  page(filter: ArticleFilter, { after, first }: Page): Promise<ArticleRow[]> {
    return this.pages.load({ ...filter, after, first });
  }

  count(filter: ArticleFilter): Promise<number> {
    return this.counts.load(filter);
  }

  /** Ids, those about the disease first, what somebody paid for after the others, then newest first. */
  async suiting({ diseaseId, stage }: ArticleFilter, first: number): Promise<string[]> {
    return (await this.database.publicRows<{ id: string }>(SUITING, [diseaseId, stage, first])).map(({ id }) => id);
  }

  private async newest(asked: readonly (ArticleFilter & Page)[]): Promise<ArticleRow[][]> {
    const rows = await this.database.publicRows<ArticleRow & { page: number }>(PAGES, [
      asked.map(({ diseaseId }) => diseaseId),
      asked.map(({ stage }) => stage),
      asked.map(({ after }) => after),
      asked.map(({ first }) => first + 1),
    ]);
    const found = Map.groupBy(rows, ({ page }) => page);
    return asked.map((_, index) => found.get(index + 1) ?? []);
  }
}
