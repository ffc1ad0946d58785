import DataLoader from 'dataloader';
import { idBelow, type Page } from '../../common/connection.js';
import type { Database, Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import type { Post, PostKind, PostStatus } from './post.js';

/** A post in the shape of the API, with what its fields are worked out from. `memberId` is in no field. */
export interface PostRow extends Post {
  readonly kind: PostKind;
  /** For telling whether it is the caller's. */
  readonly memberId: string | null;
  readonly parentId: string | null;
  readonly topId: string;
  readonly diseaseId: string | null;
  readonly depth: number;
  /** False while what it stands under cannot be read. */
  readonly reachable: boolean;
  readonly title: string | null;
  /** Of a question. */
  readonly acceptedId: string | null;
  readonly closedAt: string | null;
}

/** The row of a post that is known to be of this type. */
export type RowOf<Type extends Post> = PostRow & Type;

/** What a statement selects from `post` for a `PostRow`. */
export const POST_COLUMNS = `post.id, post.kind, post.member_id as "memberId", post.parent_id as "parentId", post.top_id as "topId",
  post.disease_id as "diseaseId", post.depth, post.reachable, post.accepted_id as "acceptedId", post.closed_at as "closedAt",
  case when post.pseudonym is not null and post.status <> 'DELETED'
    then json_build_object('postId', post.id, 'pseudonym', post.pseudonym, 'badge', post.badge) end as author,
  case when post.disease_id is not null then json_build_object('id', post.disease_id) end as disease, post.title, post.body, post.status,
  post.published_at as "publishedAt", post.edited_at as "editedAt",
  json_build_object('helpful', post.helpful, 'thanks', post.thanks, 'withYou', post.with_you) as reactions, post.version`;

const BY_ID = statement(
  'posts-by-id',
  `select ${POST_COLUMNS} from post where post.id = any($1) and post.status <> 'DELETED'`,
);

/**
 * Where the page begins that follows the cursor: an unknown one is followed by nothing. Worked out before the posts are
 * read: under row-level security PostgreSQL looks up in an index only what plain operators compare with ready values.
 */
export const place = (after: string): string =>
  `case when ${after} is null then 'infinity' else post_published_at(${after}) end`;
export const LAST_ID = `'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid`;

const NEWEST = statement(
  'posts-newest',
  `select ${POST_COLUMNS} from post
   where status = 'PUBLISHED' and depth = 0 and kind = $1
     and (published_at, id) < ((select ${place('$2::uuid')}), (select coalesce($2::uuid, ${LAST_ID})))
   order by published_at desc, id desc limit $3`,
);
const NEWEST_OF_DISEASES = statement(
  'posts-newest-of-diseases',
  `with asked as materialized (
     select n, kind, disease_id, size, ${place('after')} as before, coalesce(after, ${LAST_ID}) as before_id
     from unnest($1::text[], $2::uuid[], $3::uuid[], $4::int[]) with ordinality as page (kind, disease_id, after, size, n))
   select n::int as page, found.* from asked cross join lateral (
     select ${POST_COLUMNS} from post
     where status = 'PUBLISHED' and depth = 0 and kind = asked.kind and disease_id = asked.disease_id
       and (published_at, id) < (asked.before, asked.before_id)
     order by published_at desc, id desc limit asked.size) found
   order by n, "publishedAt" desc, id desc`,
);
const OWN_FILTER = `post.member_id = (select caller_member()) and post.status <> 'DELETED' and post.kind <> 'ARTICLE'
     and ($1::text[] is null or post.kind = any($1)) and ($2::text is null or post.status = $2)`;
const OWN = statement(
  'posts-of-caller',
  `select ${POST_COLUMNS} from post where ${OWN_FILTER} and ${idBelow('$3')} order by id desc limit $4`,
);
const COUNT = statement(
  'count-posts',
  `select count(*)::int as count from post where status = 'PUBLISHED' and depth = 0 and kind = $1`,
);
const COUNT_OF_DISEASES = statement(
  'count-posts-of-diseases',
  `select kind, disease_id as "diseaseId", count(*)::int as count from post
   where status = 'PUBLISHED' and depth = 0 and kind = any($1) and disease_id = any($2) group by kind, disease_id`,
);
const COUNT_OWN = statement('count-posts-of-caller', `select count(*)::int as count from post where ${OWN_FILTER}`);
const REVISIONS = statement(
  'post-revisions',
  `select post_id as "postId", version, title, body, written_at as "writtenAt" from post_revision
   where post_id = any($1) order by post_id, version desc`,
);
const APPEALABLE = statement('appealable-posts', 'select id from appealable_posts($1) id');
const SHOWN_DISEASES = statement('shown-diseases', 'select id, disease_id as "diseaseId" from shown_diseases($1)');

interface OfDisease {
  readonly kind: PostKind;
  readonly diseaseId: string;
}
const keyOf = ({ kind, diseaseId }: OfDisease): string => `${kind} ${diseaseId}`;

/** Which of one's own posts; null for whatever kind or status. */
export interface OwnFilter {
  readonly kinds: readonly PostKind[] | null;
  readonly status: PostStatus | null;
}

/** What the text of a post was before. */
export interface RevisionRow {
  readonly version: number;
  readonly title: string | null;
  readonly body: string;
  readonly writtenAt: string;
}

/** Reads posts: what is published as anybody, the rest as the caller. What was deleted is nowhere. */
export class PostLoader {
  private readonly ids: DataLoader<string, PostRow | null>;
  private readonly pages: DataLoader<OfDisease & Page, PostRow[], string>;
  private readonly counts: DataLoader<OfDisease, number, string>;
  private readonly revisions: DataLoader<string, RevisionRow[]>;
  private readonly appeals: DataLoader<string, boolean>;
  private readonly diseases: DataLoader<string, string | null>;

  /** @param articles reads an article with what only articles have */
  constructor(
    private readonly database: Database,
    private readonly session: Session,
    identity: Identity,
    private readonly articles: { byId(id: string): Promise<object | null> },
  ) {
    // the others see published posts only, so for them nothing needs to be looked up twice
    const mayReadMore = ['community:write', 'community:moderate'].some((scope) => identity.scopes.includes(scope));
    this.ids = new DataLoader(async (ids) => {
      const found = new Map((await database.publicRows<PostRow>(BY_ID, [ids])).map((row) => [row.id, row]));
      const missing = ids.filter((id) => !found.has(id));
      if (mayReadMore && missing.length > 0) {
        for (const row of await session.rows<PostRow>(BY_ID, [missing])) found.set(row.id, row);
      }
      return ids.map((id) => found.get(id) ?? null);
    });
    this.pages = new DataLoader((pages) => this.newestOfDiseases(pages), {
      cacheKeyFn: (page) => `${keyOf(page)} ${page.after} ${page.first}`,
    });
    this.counts = new DataLoader(
      async (asked) => {
        const rows = await database.publicRows<OfDisease & { count: number }>(COUNT_OF_DISEASES, [
          asked.map(({ kind }) => kind),
          asked.map(({ diseaseId }) => diseaseId),
        ]);
        const found = new Map(rows.map((row) => [keyOf(row), row.count]));
        return asked.map((each) => found.get(keyOf(each)) ?? 0);
      },
      { cacheKeyFn: keyOf },
    );
    this.revisions = new DataLoader(async (ids) => {
      const rows = await session.rows<RevisionRow & { postId: string }>(REVISIONS, [ids]);
      const found = Map.groupBy(rows, ({ postId }) => postId);
      return ids.map((id) => found.get(id) ?? []);
    });
    this.appeals = new DataLoader(async (ids) => {
      const found = new Set((await session.rows<{ id: string }>(APPEALABLE, [ids])).map(({ id }) => id));
      return ids.map((id) => found.has(id));
    });
    this.diseases = new DataLoader(async (ids) => {
      const rows = await database.publicRows<{ id: string; diseaseId: string }>(SHOWN_DISEASES, [ids]);
      const found = new Map(rows.map(({ id, diseaseId }) => [id, diseaseId]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  /** A post of any kind that the caller may read; null when there is none, or it was deleted. */
  byId(id: string): Promise<PostRow | null> {
    return this.ids.load(id);
  }

  /** The same for many, in their order. */
  byIds(ids: readonly string[]): Promise<(PostRow | null)[]> {
    return Promise.all(ids.map((id) => this.byId(id)));
  }

  /** A post of this kind alone. */
  async ofKind<Type extends Post>(kind: PostKind, id: string): Promise<RowOf<Type> | null> {
    const row = await this.byId(id);
    return row?.kind === kind ? (row as RowOf<Type>) : null;
  }

  /** A post of any kind with all that its type has: an article has more than the others. */
  async whole(id: string): Promise<Post | null> {
    const row = await this.byId(id);
    return row?.kind === 'ARTICLE' ? ((await this.articles.byId(id)) as Post | null) : row;
  }

  /** As it is now, after it was made or changed. */
  changed<Type extends Post = Post>(id: string): Promise<RowOf<Type> | null> {
    return this.ids.clear(id).load(id) as Promise<RowOf<Type> | null>;
  }

  /** Published posts of a kind, newest first; one more than `first` where there are more. */
  newest<Type extends Post>(kind: PostKind, { after, first }: Page): Promise<RowOf<Type>[]> {
    return this.database.publicRows<RowOf<Type>>(NEWEST, [kind, after, first + 1]);
  }

  /** Published posts of a kind about one disease; those of many diseases are read at once. */
  newestOfDisease<Type extends Post>(
    kind: PostKind,
    diseaseId: string,
    { after, first }: Page,
  ): Promise<RowOf<Type>[]> {
    return this.pages.load({ kind, diseaseId, after, first }) as Promise<RowOf<Type>[]>;
  }

  count(kind: PostKind): Promise<number> {
    return this.database.publicCount(COUNT, [kind]);
  }

  countOfDisease(kind: PostKind, diseaseId: string): Promise<number> {
    return this.counts.load({ kind, diseaseId });
  }

  /** The caller's own but for articles, newest first; one more than `first` where there are more. */
  own<Type extends Post = Post>({ kinds, status }: OwnFilter, { after, first }: Page): Promise<RowOf<Type>[]> {
    return this.session.rows<RowOf<Type>>(OWN, [kinds, status, after, first + 1]);
  }

  countOwn({ kinds, status }: OwnFilter): Promise<number> {
    return this.session.count(COUNT_OWN, [kinds, status]);
  }

  /** What its text was before, newest first; nothing for those who are neither its author nor a moderator. */
  history(id: string): Promise<RevisionRow[]> {
    return this.revisions.load(id);
  }

  /** Whether something was decided about a post of the caller's of which they can still appeal. */
  appealable(id: string): Promise<boolean> {
    return this.appeals.load(id);
  }

  /** The disease that a post's author shows beside their pseudonym. */
  shownDisease(id: string): Promise<string | null> {
    return this.diseases.load(id);
  }

  private async newestOfDiseases(pages: readonly (OfDisease & Page)[]): Promise<PostRow[][]> {
    const rows = await this.database.publicRows<PostRow & { page: number }>(NEWEST_OF_DISEASES, [
      pages.map(({ kind }) => kind),
      pages.map(({ diseaseId }) => diseaseId),
      pages.map(({ after }) => after),
      pages.map(({ first }) => first + 1),
    ]);
    const found = Map.groupBy(rows, ({ page }) => page);
    return pages.map((_, index) => found.get(index + 1) ?? []);
  }
}
