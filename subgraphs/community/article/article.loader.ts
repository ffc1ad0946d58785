import DataLoader from 'dataloader';
import type { CareStage } from '../../common/care-stage.js';
import { idBelow, type Page } from '../../common/connection.js';
import { type Database, statement } from '../../common/database.js';
import type { Article } from './article.js';

const COLUMNS = `id, slug, title_en as "titleEn", title_zh as "titleZh", body_en as "bodyEn", body_zh as "bodyZh",
  case when disease_id is not null then json_build_object('id', disease_id) end as disease, stages, author_class as "authorClass",
  sources, demo, published_at as "publishedAt"`;
/** About the disease or for all; without a disease, every one. */
const suits = (disease: string, stage: string): string => `published_at <= now()
  and (${disease} is null or disease_id = ${disease} or disease_id is null) and (${stage} is null or ${stage} = any(stages))`;

const BY_ID = statement(
  'articles-by-id',
  `select ${COLUMNS} from article where published_at <= now() and id = any($1)`,
);
const PAGES = statement(
  'articles-pages',
  `select n::int as page, found.* from unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[]) with ordinality
     as asked (disease, stage, after, size, n)
   cross join lateral (
     select ${COLUMNS} from article where ${suits('asked.disease', 'asked.stage')} and ${idBelow('asked.after')}
     order by id desc limit asked.size) found
   order by n, id desc`,
);
const COUNTS = statement(
  'count-articles',
  `select (select count(*)::int from article where ${suits('asked.disease', 'asked.stage')}) as count
   from unnest($1::uuid[], $2::text[]) with ordinality as asked (disease, stage, n) order by n`,
);
const SUITING = statement(
  'articles-suiting',
  `select id from article where ${suits('$1::uuid', '$2::text')} order by disease_id is null, author_class = 'SPONSORED', id desc limit $3`,
);

/** Which articles: null for whatever disease or stage. */
export interface ArticleFilter {
  readonly diseaseId: string | null;
  readonly stage: CareStage | null;
}

const keyOf = ({ diseaseId, stage }: ArticleFilter): string => `${diseaseId} ${stage}`;

/** Reads published articles, as anybody may. */
export class ArticleLoader {
  private readonly ids: DataLoader<string, Article | null>;
  private readonly pages: DataLoader<ArticleFilter & Page, Article[], string>;
  private readonly counts: DataLoader<ArticleFilter, number, string>;

  constructor(private readonly database: Database) {
    this.ids = new DataLoader(async (ids) => {
      const found = new Map((await database.publicRows<Article>(BY_ID, [ids])).map((row) => [row.id, row]));
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

  byId(id: string): Promise<Article | null> {
    return this.ids.load(id);
  }

  /** Newest first; one more than `first` where there are more. */
  page(filter: ArticleFilter, { after, first }: Page): Promise<Article[]> {
    return this.pages.load({ ...filter, after, first });
  }

  count(filter: ArticleFilter): Promise<number> {
    return this.counts.load(filter);
  }

  /** Ids, those about the disease first, what somebody paid for after the others, then newest first. */
  async suiting({ diseaseId, stage }: ArticleFilter, first: number): Promise<string[]> {
    return (await this.database.publicRows<{ id: string }>(SUITING, [diseaseId, stage, first])).map(({ id }) => id);
  }

  private async newest(asked: readonly (ArticleFilter & Page)[]): Promise<Article[][]> {
    const rows = await this.database.publicRows<Article & { page: number }>(PAGES, [
      asked.map(({ diseaseId }) => diseaseId),
      asked.map(({ stage }) => stage),
      asked.map(({ after }) => after),
      asked.map(({ first }) => first + 1),
    ]);
    const found = Map.groupBy(rows, ({ page }) => page);
    return asked.map((_, index) => found.get(index + 1) ?? []);
  }
}
