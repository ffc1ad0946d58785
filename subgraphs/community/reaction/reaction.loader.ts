import DataLoader from 'dataloader';
import { type Session, statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import type { ReactionKind } from './reaction.js';

const OWN = statement('reactions-of-caller', 'select post_id as "postId", kind from reaction where post_id = any($1)');

/** Reads how the caller reacted: row-level security shows nobody else's reactions. */
export class ReactionLoader {
  private readonly kinds: DataLoader<string, ReactionKind | null>;

  constructor(
    session: Session,
    private readonly identity: Identity,
  ) {
    this.kinds = new DataLoader(async (ids) => {
      const rows = await session.rows<{ postId: string; kind: ReactionKind }>(OWN, [ids]);
      const found = new Map(rows.map(({ postId, kind }) => [postId, kind]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  /** How the caller reacted to a post; null when they did not, or cannot. */
  async own(postId: string): Promise<ReactionKind | null> {
    return this.identity.scopes.includes('community:write') ? this.kinds.load(postId) : null;
  }

  /** To be said when the caller has reacted, or taken it back. */
  changed(postId: string): void {
    this.kinds.clear(postId);
  }
}
