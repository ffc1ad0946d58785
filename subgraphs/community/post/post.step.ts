import type { InferEntity } from '@mikro-orm/core';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager, Loaded } from '@mikro-orm/postgresql';
import { NotFound, StaleVersion } from '../../common/errors.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { tellFollowersLater } from '../follow/follow.step.js';
import type { Writer } from '../member/writer.step.js';
import { PostEntity } from './post.entity.js';
import { type AuthorBadge, type PostKind, PostStatus } from './post.js';
import { minuteId, publicMinute } from './post.rules.js';

/** What is written anew, its text checked. */
export interface NewPost {
  readonly kind: PostKind;
  readonly writer: Writer;
  readonly badge: AuthorBadge | null;
  readonly title: string | null;
  readonly body: string;
  /** Left out for what stands under something: it has the disease of that. */
  readonly diseaseId?: string;
  /** What an answer answers, and a comment is about. */
  readonly parentId?: string;
  readonly status: PostStatus.DRAFT | PostStatus.PUBLISHED;
}

/** A post of the caller's own, to be changed. */
export type OwnPost = Loaded<InferEntity<typeof PostEntity>>;

/** Adds a post at this minute; where it stands is worked out by the database. @returns its id */
export async function addPost(em: EntityManager, { writer, status, ...post }: NewPost): Promise<string> {
  const minute = publicMinute(new Date());
  const id = minuteId(minute);
  em.create(PostEntity, {
    ...post,
    id,
    member: writer.id,
    pseudonym: writer.pseudonym,
    topId: id,
    depth: 0,
    status,
    publishedAt: status === PostStatus.PUBLISHED ? minute : null,
  });
  if (status === PostStatus.PUBLISHED && post.parentId === undefined) await tellFollowersLater(em, id);
  return id;
}

/**
 * A post of the member's own, held until the transaction ends, as it was when the caller looked at it.
 *
 * @param what how a message names it
 * @param field which field of the input names it
 * @throws {NotFound} for one that is not theirs or was deleted
 */
export async function ownPost(
  em: EntityManager,
  id: string,
  memberId: string | undefined,
  what = 'post',
  field = 'postId',
): Promise<OwnPost> {
  const missing = () => new NotFound(what, ['input', field]);
  // locking needs the right to change: the row rules show an author nobody else's posts here
  const post = await em.findOne(PostEntity, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!post || post.status === PostStatus.DELETED) throw missing();
  ensureAllowed(memberId !== undefined && post.member?.id === memberId, missing);
  return post;
}

/** @throws {StaleVersion} when it was changed since the caller looked at it */
export function ensureVersion(post: { readonly version: number }, expected: number): void {
  if (post.version !== expected) throw new StaleVersion(post.version);
}
