import type { EntityManager } from '@mikro-orm/postgresql';
import { PostStatus } from './post.js';
import { addPost, type NewPost } from './post.step.js';

/** What is written under a post of somebody's, which is held (`postToWriteUnder`). */
export interface NewReply extends Pick<NewPost, 'kind' | 'writer' | 'badge' | 'body'> {
  readonly parentId: string;
}

/** Adds an answer or a comment, and tells the author of what it stands under. @returns its id */
export async function addReply(em: EntityManager, reply: NewReply, notice: 'ANSWERED' | 'COMMENTED'): Promise<string> {
  const id = await addPost(em, { ...reply, title: null, status: PostStatus.PUBLISHED });
  await em.flush();
  await em.execute('select tell_author(?, ?, ?)', [reply.parentId, notice, id]);
  return id;
}
