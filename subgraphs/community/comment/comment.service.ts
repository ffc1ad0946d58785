import { once } from '../../common/idempotency.js';
import type { CommunityContext } from '../context.js';
import { badgeOf, writerOf } from '../member/writer.step.js';
import { PostKind } from '../post/post.js';
import { checkBody, MAX_BODY, MAX_DEPTH } from '../post/post.rules.js';
import { postToWriteUnder } from '../post/readable.step.js';
import { addReply } from '../post/reply.step.js';
import { checkWritten } from '../post/written.rules.js';
import { ThreadTooDeep } from './comment.errors.js';

export interface AddComment {
  readonly onId: string;
  readonly body: string;
  readonly pseudonym?: string | null;
  readonly idempotencyKey: string;
}

/** Commenting on posts of any kind. */
export class CommentService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * The author of what is commented on is told.
   *
   * @returns the comment's id
   * @throws {NotFound} {ThreadTooDeep} {InvalidInput} {TextNotPublishable} {PseudonymTaken} {MemberSuspended} {PostingLimitReached}
   *   {IdempotencyConflict}
   */
  async add(input: AddComment): Promise<string> {
    const { onId } = input;
    const body = checkBody(input.body, MAX_BODY.COMMENT);
    const chosen = checkWritten(input.pseudonym, { body: input.body });
    const badge = await badgeOf(this.context);
    const id = await once(this.context, 'addComment', input, async (em) => {
      const writer = await writerOf(em, this.context, chosen, 'REPLY');
      const above = await postToWriteUnder(em, onId, 'post', 'onId');
      if (above.depth >= MAX_DEPTH) throw new ThreadTooDeep();
      return addReply(em, { kind: PostKind.COMMENT, writer, badge, body, parentId: onId }, 'COMMENTED');
    });
    this.context.comments.changed();
    return id;
  }
}
