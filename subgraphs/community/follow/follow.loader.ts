import DataLoader from 'dataloader';
import { idAbove, type Page } from '../../common/connection.js';
import { type Session, statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import type { FollowedDisease } from './follow.js';

const FOLLOWED = statement('diseases-followed', 'select disease_id as id from follow where disease_id = any($1)');
const PAGE = statement(
  'follows-page',
  `select id, json_build_object('id', id) as disease, since from (select disease_id as id, since from follow) own
   where ${idAbove('$1')} order by id limit $2`,
);
const COUNT = statement('count-follows', 'select count(*)::int as count from follow');

/** What the caller follows, with the disease's id as the place in the list. */
export type FollowRow = FollowedDisease & { readonly id: string };

/** Reads which diseases the caller follows: row-level security shows nobody else's. */
export class FollowLoader {
  private readonly diseases: DataLoader<string, boolean>;

  constructor(
    private readonly session: Session,
    private readonly identity: Identity,
  ) {
    this.diseases = new DataLoader(async (ids) => {
      const found = new Set((await session.rows<{ id: string }>(FOLLOWED, [ids])).map(({ id }) => id));
      return ids.map((id) => found.has(id));
    });
  }

  /** Whether the caller follows it; null for who cannot follow anything. */
  async follows(diseaseId: string): Promise<boolean | null> {
    return this.identity.scopes.includes('community:write') ? this.diseases.load(diseaseId) : null;
  }

  /** To be said when the caller has begun or ended to follow it. */
  changed(diseaseId: string): void {
    this.diseases.clear(diseaseId);
  }

  /** By the disease's id; one more than the page holds, where there are more. */
  page({ after, first }: Page): Promise<FollowRow[]> {
    return this.session.rows<FollowRow>(PAGE, [after, first + 1]);
  }

  count(): Promise<number> {
    return this.session.count(COUNT);
  }
}
