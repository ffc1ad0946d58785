import { NotAllowed, NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { optionalText } from '../../common/plain-text.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { CommunityContext } from '../context.js';
import { writerOf } from '../member/writer.step.js';
import { PostStatus } from '../post/post.js';
import { minuteId, publicMinute } from '../post/post.rules.js';
import type { ReportReason } from './moderation.enums.js';
import { PostAlreadyReported } from './moderation.errors.js';
import { MAX_NOTE } from './moderation.rules.js';

export interface ReportPost {
  readonly postId: string;
  readonly reason: ReportReason;
  readonly note?: string | null;
  readonly idempotencyKey: string;
}

interface LockedPost {
  readonly status: PostStatus | null;
  readonly reachable: boolean;
  readonly mine: boolean;
}

const REPORTED = `select from report where post_id = ? and member_id = ? and post_version = text_version(?)`;
const INSERT = 'insert into report (id, post_id, member_id, reason, note) values (?, ?, ?, ?, ?)';

/** Tells the moderators that something is wrong with a post. What follows from it a trigger does. */
export class ReportService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * @returns the report's id
   * @throws {NotFound} {NotAllowed} {@link PostAlreadyReported} {MemberSuspended} {PostingLimitReached} {InvalidInput} {IdempotencyConflict}
   */
  async report(input: ReportPost): Promise<string> {
    const { postId, reason } = input;
    const missing = () => new NotFound('post', ['input', 'postId']);
    const note = optionalText(input.note, MAX_NOTE, 'note', 'A note');
    return once(this.context, 'reportPost', input, async (em) => {
      const reporter = await writerOf(em, this.context, null, 'REPORT');
      const [post] = await em.execute<LockedPost[]>('select status, reachable, mine from locked_post(?)', [postId]);
      if (!post?.status || post.status === PostStatus.DELETED) throw missing();
      const { status, reachable, mine } = post;
      ensureAllowed(!mine, () => new NotAllowed('You wrote this yourself. Edit or delete it.', ['input', 'postId']));
      ensureAllowed(status === PostStatus.PUBLISHED && reachable, missing);
      const before = await em.execute<object[]>(REPORTED, [postId, reporter.id, postId]);
      if (before.length > 0) throw new PostAlreadyReported();
      const id = minuteId(publicMinute(new Date()));
      await em.execute(INSERT, [id, postId, reporter.id, reason, note]);
      return id;
    });
  }
}
