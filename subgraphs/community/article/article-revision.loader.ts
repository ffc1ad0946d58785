import DataLoader from 'dataloader';
import { idAbove, idBelow, type Page, type PagedList } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { PostStatus } from '../post/post.js';
import type { ArticleRevision, ArticleRevisionState } from './article-revision.js';

/** A revision in the shape of the API, with what its fields are worked out from. */
export interface ArticleRevisionRow extends ArticleRevision {
  /** Some revision of the article is a draft, in review or returned. */
  readonly beingRevised: boolean;
  /** Who can read the article; null as long as there is none. */
  readonly articleStatus: PostStatus | null;
}

const COLUMNS = `id, article_id as "articleId",
  case when pseudonym is not null then json_build_object('postId', article_id, 'pseudonym', pseudonym, 'badge', badge) end as author,
  author_class as "authorClass",
  case when sponsor_organisation_id is not null then json_build_object('id', sponsor_organisation_id) end as sponsor,
  title_en as "titleEn", title_zh as "titleZh", body_en as "bodyEn", body_zh as "bodyZh",
  case when disease_id is not null then json_build_object('id', disease_id) end as disease, stages, sources, state, saved_at as "savedAt",
  submitted_at as "submittedAt", reviewed_at as "reviewedAt", review_reason as "reviewReason", version, wrote_revision(id) as mine,
  is_being_revised(article_id) as "beingRevised",
  (select p.status from post p where p.id = article_id) as "articleStatus"`;
const BY_ID = statement('article-revisions-by-id', `select ${COLUMNS} from article_revision where id = any($1)`);
const OLDEST = statement(
  'article-revisions',
  `select ${COLUMNS} from article_revision where ($1::text is null or state = $1) and ${idAbove('$2')} order by id limit $3`,
);
const COUNT = statement(
  'count-article-revisions',
  'select count(*)::int as count from article_revision where $1::text is null or state = $1',
);
const OWN = statement(
  'article-revisions-of-caller',
  `select ${COLUMNS} from article_revision where wrote_revision(id) and ${idBelow('$1')} order by id desc limit $2`,
);
const COUNT_OWN = statement(
  'count-article-revisions-of-caller',
  'select count(*)::int as count from article_revision where wrote_revision(id)',
);

/** Reads texts of articles as the caller: what they wrote, and moderators what was submitted. */
export class ArticleRevisionLoader {
  private readonly ids: DataLoader<string, ArticleRevisionRow | null>;

  constructor(private readonly session: Session) {
    this.ids = new DataLoader(async (ids) => {
      const rows = await session.rows<ArticleRevisionRow>(BY_ID, [ids]);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  byId(id: string): Promise<ArticleRevisionRow | null> {
    return this.ids.load(id);
  }

  /** As it is now, after it was made or changed. */
  changed(id: string): Promise<ArticleRevisionRow | null> {
    return this.ids.clear(id).load(id);
  }

  /** Those in a state, or all, oldest first. */
  inState(state: ArticleRevisionState | null, { after, first }: Page): PagedList<ArticleRevisionRow> {
    return {
      rows: () => this.session.rows(OLDEST, [state, after, first + 1]),
      count: () => this.session.count(COUNT, [state]),
    };
  }

  /** Those that the caller wrote, newest first. */
  own({ after, first }: Page): PagedList<ArticleRevisionRow> {
    return {
      rows: () => this.session.rows(OWN, [after, first + 1]),
      count: () => this.session.count(COUNT_OWN),
    };
  }
}
