import type { Executes } from '../../common/database.js';
import { NotFound } from '../../common/errors.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { type PostKind, PostStatus } from './post.js';

/** A post of whomever, as the database tells of one that is held. Nothing of its text or its author. */
export interface HeldPost {
  readonly kind: PostKind;
  readonly status: PostStatus;
  /** False while what it stands under cannot be read. */
  readonly reachable: boolean;
  readonly depth: number;
  /** Of a question: takes no more answers. */
  readonly closed: boolean;
  readonly mine: boolean;
}

/**
 * A post that everybody can read, held until the transaction ends: it is not hidden, deleted or closed meanwhile. After the
 * caller's own member (`writerOf`), before anything is written.
 *
 * @param what how a message names it
 * @param field which field of the input names it
 * @throws {NotFound} for one that there is not, or that not everybody can read: of both alike
 */
export async function readablePost(sql: Executes, id: string, what: string, field: string): Promise<HeldPost> {
  const missing = () => new NotFound(what, ['input', field]);
  const [post] = await sql.execute<(HeldPost | { kind: null })[]>('select * from locked_post(?)', [id]);
  if (!post || post.kind === null) throw missing();
  ensureAllowed(post.status === PostStatus.PUBLISHED && post.reachable, missing);
  return post;
}

/**
 * The same for something to write under. The story, question or article that all of it stands under is held before it, as
 * everywhere.
 *
 * @throws {NotFound}
 */
export async function postToWriteUnder(sql: Executes, id: string, what: string, field: string): Promise<HeldPost> {
  const [place] = await sql.execute<{ top_id: string }[]>('select top_id from post where id = ?', [id]);
  if (place && place.top_id !== id) await sql.execute('select from locked_post(?)', [place.top_id]);
  return readablePost(sql, id, what, field);
}
