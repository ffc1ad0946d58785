import type { InferEntity } from '@mikro-orm/core';
import type { EntityManager, Loaded } from '@mikro-orm/postgresql';
import type { Executes } from '../../common/database.js';
import { NotFound } from '../../common/errors.js';
import type { Identity } from '../../common/identity.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { PostStatus } from '../post/post.js';
import type { ArticleAuthorClass } from './article.js';
import { ArticleRevisionEntity } from './article-revision.entity.js';
import { ArticleRevisionState } from './article-revision.js';

/** What the database says of a revision that it holds. */
export interface HeldRevision {
  readonly article_id: string;
  readonly author_class: ArticleAuthorClass;
  readonly state: ArticleRevisionState;
  readonly version: number;
  readonly mine: boolean;
}

/** What the database says of an article that it holds. */
export interface HeldArticle {
  readonly author_class: ArticleAuthorClass;
  readonly status: PostStatus;
  /** That of its post. */
  readonly version: number;
  /** Of the caller, or of the staff that they are of. */
  readonly mine: boolean;
}

const missingRevision = () => new NotFound('revision', ['input', 'revisionId']);

/**
 * A revision that the caller may see, held until the transaction ends.
 *
 * @throws {NotFound}
 */
export async function heldRevision(sql: Executes, id: string, { roles }: Identity): Promise<HeldRevision> {
  const [held] = await sql.execute<(HeldRevision | { state: null })[]>('select * from locked_revision(?)', [id]);
  if (!held || held.state === null) throw missingRevision();
  const submitted = held.state !== ArticleRevisionState.DRAFT;
  ensureAllowed(held.mine || (submitted && roles.includes('MODERATOR')), missingRevision);
  return held;
}

/**
 * A revision that is held, to be changed by who wrote it.
 *
 * @throws {NotFound} for somebody else's
 */
export async function ownRevision(
  em: EntityManager,
  id: string,
  held: HeldRevision,
): Promise<Loaded<InferEntity<typeof ArticleRevisionEntity>>> {
  ensureAllowed(held.mine, missingRevision);
  const revision = await em.findOne(ArticleRevisionEntity, id);
  if (!revision) throw missingRevision();
  return revision;
}

/**
 * An article that the caller wrote, or the staff that they are of, held until the transaction ends.
 *
 * @throws {NotFound}
 */
export async function heldArticle(sql: Executes, id: string): Promise<HeldArticle> {
  const missing = () => new NotFound('article', ['input', 'articleId']);
  const [held] = await sql.execute<(HeldArticle | { status: null })[]>('select * from locked_article(?)', [id]);
  if (!held || held.status === null) throw missing();
  ensureAllowed(held.mine, missing);
  return held;
}

/** Whether some revision of an article is a draft, in review or returned. To be asked when the article is held. */
export async function isBeingRevised(sql: Executes, articleId: string): Promise<boolean> {
  const [row] = await sql.execute<{ being: boolean }[]>('select is_being_revised(?) as being', [articleId]);
  return row?.being ?? false;
}

/** Whether moderators have taken the article out for good. A revision may be of one that there is not yet. */
export async function isRemoved(sql: Executes, articleId: string): Promise<boolean> {
  const [held] = await sql.execute<{ status: PostStatus | null }[]>('select status from locked_article(?)', [
    articleId,
  ]);
  return held?.status === PostStatus.REMOVED;
}
