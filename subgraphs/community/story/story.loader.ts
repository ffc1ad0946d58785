import DataLoader from 'dataloader';
import { idBelow, type Page } from '../../common/connection.js';
import type { Database, Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import type { Story } from './story.js';

/** `memberId` is for telling whether it is the caller's, and is in no field. */
export type StoryRow = Story & { readonly memberId: string };

const COLUMNS = `id, member_id as "memberId", json_build_object('pseudonym', pseudonym, 'badge', badge) as author,
  json_build_object('id', disease_id) as disease, title, body, status, published_at as "publishedAt", version`;

const BY_ID = statement('stories-by-id', `select ${COLUMNS} from story where id = any($1)`);

/**
 * Where the page begins that follows the cursor: an unknown one is followed by nothing. Worked out before the stories are
 * read: under row-level security PostgreSQL looks up in an index only what plain operators compare with ready values.
 */
const place = (after: string) => `case when ${after} is null then 'infinity' else story_published_at(${after}) end`;
const LAST_ID = `'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid`;

const NEWEST = statement(
  'stories-newest',
  `select ${COLUMNS} from story
   where status = 'PUBLISHED' and (published_at, id) < ((select ${place('$1::uuid')}), (select coalesce($1::uuid, ${LAST_ID})))
   order by published_at desc, id desc limit $2`,
);
const NEWEST_OF_DISEASES = statement(
  'stories-newest-of-diseases',
  `with asked as materialized (
     select n, disease_id, size, ${place('after')} as before, coalesce(after, ${LAST_ID}) as before_id
     from unnest($1::uuid[], $2::uuid[], $3::int[]) with ordinality as page (disease_id, after, size, n))
   select n::int as page, found.* from asked cross join lateral (
     select ${COLUMNS} from story
     where status = 'PUBLISHED' and disease_id = asked.disease_id and (published_at, id) < (asked.before, asked.before_id)
     order by published_at desc, id desc limit asked.size) found
   order by n, "publishedAt" desc, id desc`,
);
const OWN = statement(
  'stories-of-caller',
  `select ${COLUMNS} from story
   where member_id = (select m.id from member m where m.subject = caller_subject()) and ${idBelow('$1')}
   order by id desc limit $2`,
);
const COUNT = statement('count-stories', `select count(*)::int as count from story where status = 'PUBLISHED'`);
const COUNT_OF_DISEASES = statement(
  'count-stories-of-diseases',
  `select disease_id as id, count(*)::int as count from story
   where status = 'PUBLISHED' and disease_id = any($1) group by disease_id`,
);
const COUNT_OWN = statement(
  'count-stories-of-caller',
  `select count(*)::int as count from story where member_id = (select m.id from member m where m.subject = caller_subject())`,
);

interface DiseasePage extends Page {
  readonly diseaseId: string;
}

/** Reads stories: what is published as anybody, the rest as the caller. */
export class StoryLoader {
  private readonly ids: DataLoader<string, StoryRow | null>;
  private readonly pages: DataLoader<DiseasePage, StoryRow[], string>;
  private readonly counts: DataLoader<string, number>;

  constructor(
    private readonly database: Database,
    private readonly session: Session,
    identity: Identity,
  ) {
    // the others see published stories only, so for them nothing needs to be looked up twice
    const mayReadMore = ['community:write', 'community:moderate'].some((scope) => identity.scopes.includes(scope));
    this.ids = new DataLoader(async (ids) => {
      const found = new Map((await database.publicRows<StoryRow>(BY_ID, [ids])).map((row) => [row.id, row]));
      const missing = ids.filter((id) => !found.has(id));
      if (mayReadMore && missing.length > 0) {
        for (const row of await session.rows<StoryRow>(BY_ID, [missing])) found.set(row.id, row);
      }
      return ids.map((id) => found.get(id) ?? null);
    });
    this.pages = new DataLoader((pages) => this.newestOfDiseases(pages), {
      cacheKeyFn: ({ diseaseId, after, first }) => `${diseaseId} ${after} ${first}`,
    });
    this.counts = new DataLoader(async (diseases) => {
      const rows = await database.publicRows<{ id: string; count: number }>(COUNT_OF_DISEASES, [diseases]);
      const found = new Map(rows.map(({ id, count }) => [id, count]));
      return diseases.map((id) => found.get(id) ?? 0);
    });
  }

  byId(id: string): Promise<StoryRow | null> {
    return this.ids.load(id);
  }

  /** As it is now, after it was made or changed. */
  changed(id: string): Promise<StoryRow | null> {
    return this.ids.clear(id).load(id);
  }

  /** Published stories, newest first; one more than `first` where there are more. */
  newest({ after, first }: Page): Promise<StoryRow[]> {
    return this.database.publicRows<StoryRow>(NEWEST, [after, first + 1]);
  }

  /** Published stories about one disease; those of many diseases are read at once. */
  newestOfDisease(diseaseId: string, { after, first }: Page): Promise<StoryRow[]> {
    return this.pages.load({ diseaseId, after, first });
  }

  async count(): Promise<number> {
    return this.database.publicCount(COUNT);
  }

  countOfDisease(diseaseId: string): Promise<number> {
    return this.counts.load(diseaseId);
  }

  /** The caller's own in every state, newest first; one more than `first` where there are more. */
  own({ after, first }: Page): Promise<StoryRow[]> {
    return this.session.rows<StoryRow>(OWN, [after, first + 1]);
  }

  async countOwn(): Promise<number> {
    return this.session.count(COUNT_OWN);
  }

  private async newestOfDiseases(pages: readonly DiseasePage[]): Promise<StoryRow[][]> {
    const rows = await this.database.publicRows<StoryRow & { page: number }>(NEWEST_OF_DISEASES, [
      pages.map(({ diseaseId }) => diseaseId),
      pages.map(({ after }) => after),
      pages.map(({ first }) => first + 1),
    ]);
    const found = Map.groupBy(rows, ({ page }) => page);
    return pages.map((_, index) => found.get(index + 1) ?? []);
  }
}
