import type { Executes } from '../../common/database.js';
import { InvalidInput, NotAllowed, NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import type { CommunityContext } from '../context.js';
import { tellFollowersLater } from '../follow/follow.step.js';
import { badgeOf, lockedMember, writerOf } from '../member/writer.step.js';
import { refusePersonalData } from '../privacy/privacy.rules.js';
import { ensureDisease } from './disease.port.js';
import { PostNotChangeable } from './post.errors.js';
import { type DraftKind, PostKind, PostStatus } from './post.js';
import {
  checkBody,
  checkTitle,
  checkTitleOf,
  isEditable,
  MAX_BODY,
  MAX_DRAFTS,
  publicMinute,
  publishedAgainAt,
} from './post.rules.js';
import { addPost, ensureVersion, type OwnPost, ownPost } from './post.step.js';
import { checkWritten } from './written.rules.js';

/** A story or question that everybody is to read. */
export interface PublishPost {
  readonly diseaseId: string;
  readonly title: string;
  readonly body: string;
  readonly pseudonym?: string | null;
  readonly idempotencyKey: string;
}

/** The mutations that publish at once: a key belongs to one of them. */
const PUBLISHED_BY: Readonly<Record<DraftKind, string>> = { STORY: 'publishStory', QUESTION: 'askQuestion' };

export interface SaveDraft {
  readonly postId?: string | null;
  readonly kind: DraftKind;
  readonly diseaseId: string;
  readonly title: string;
  readonly body: string;
  readonly expectedVersion?: number | null;
  readonly pseudonym?: string | null;
  readonly idempotencyKey: string;
}

/** Which post, and as which the caller looked at it. */
export interface ChosenPost {
  readonly postId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface EditPost extends ChosenPost {
  readonly title?: string | null;
  readonly body: string;
}

/** What an author does with posts of their own, whatever their kind. Articles are changed by mutations of their own. */
export class PostService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * @returns the id of the story or question
   * @throws {InvalidInput} {TextNotPublishable} {PseudonymTaken} {MemberSuspended} {PostingLimitReached} {IdempotencyConflict}
   */
  async publish(kind: DraftKind, input: PublishPost): Promise<string> {
    const { diseaseId } = input;
    const text = { title: checkTitle(input.title), body: checkBody(input.body, MAX_BODY[kind]) };
    const chosen = checkWritten(input.pseudonym, { title: input.title, body: input.body });
    await ensureDisease(this.context.ask, diseaseId);
    const badge = await badgeOf(this.context);
    return once(this.context, PUBLISHED_BY[kind], input, async (em) => {
      const writer = await writerOf(em, this.context, chosen, 'POST');
      return addPost(em, { ...text, kind: PostKind[kind], writer, badge, diseaseId, status: PostStatus.PUBLISHED });
    });
  }

  /**
   * Keeps a story or question without publishing it: a new one, or a draft written anew. A draft may hold anything.
   *
   * @returns the draft's id
   * @throws {NotFound} {PostNotChangeable} {StaleVersion} {TextNotPublishable} for the pseudonym {PseudonymTaken} {MemberSuspended}
   *   {NotAllowed} {InvalidInput} {IdempotencyConflict}
   */
  async saveDraft(input: SaveDraft): Promise<string> {
    const { diseaseId, postId, expectedVersion } = input;
    const kind = PostKind[input.kind];
    const title = checkTitleOf(kind, input.title);
    const body = checkBody(input.body, MAX_BODY[kind]);
    const chosen = checkWritten(input.pseudonym);
    if (postId != null && expectedVersion == null) {
      throw new InvalidInput('Say which `version` of the draft you looked at.', ['input', 'expectedVersion']);
    }
    await ensureDisease(this.context.ask, diseaseId);
    return once(this.context, 'saveDraft', input, async (em) => {
      const writer = await writerOf(em, this.context, chosen, 'OTHER');
      if (postId == null) {
        await ensureRoomForDraft(em, writer.id);
        return addPost(em, { kind, writer, badge: null, title, body, diseaseId, status: PostStatus.DRAFT });
      }
      const draft = await ownPost(em, postId, writer.id);
      if (draft.kind !== kind) throw new NotFound(kind.toLowerCase(), ['input', 'postId']);
      if (draft.status !== PostStatus.DRAFT) throw new PostNotChangeable(draft.status);
      ensureVersion(draft, expectedVersion as number);
      rewrite(draft, title, body);
      draft.diseaseId = diseaseId;
      return draft.id;
    });
  }

  /**
   * @returns the post's id
   * @throws {NotFound} {NotAllowed} {PostNotChangeable} {StaleVersion} {TextNotPublishable} {MemberSuspended} {PostingLimitReached}
   *   {InvalidInput} {IdempotencyConflict}
   */
  async publishDraft(input: ChosenPost): Promise<string> {
    const badge = await badgeOf(this.context);
    return once(this.context, 'publishDraft', input, async (em) => {
      const writer = await writerOf(em, this.context, null, 'POST');
      const draft = await ownPost(em, input.postId, writer.id);
      ensureNoArticle(draft);
      if (draft.status !== PostStatus.DRAFT) throw new PostNotChangeable(draft.status);
      ensureVersion(draft, input.expectedVersion);
      refusePersonalData({ title: draft.title ?? '', body: draft.body ?? '' });
      const publishedAt = publishedAgainAt(draft.publishedAt, new Date());
      Object.assign(draft, { status: PostStatus.PUBLISHED, publishedAt, badge });
      await tellFollowersLater(em, draft.id);
      return draft.id;
    });
  }

  /**
   * Writes a post anew; what it was is kept in its history once it had been published. What a moderator has hidden goes back to
   * them, to be looked at again.
   *
   * @returns the post's id
   * @throws {NotFound} {NotAllowed} {PostNotChangeable} {StaleVersion} {TextNotPublishable} {MemberSuspended} {InvalidInput}
   *   {IdempotencyConflict}
   */
  edit(input: EditPost): Promise<string> {
    return once(this.context, 'editPost', input, async (em) => {
      const writer = await writerOf(em, this.context, null, 'OTHER');
      const post = await ownPost(em, input.postId, writer.id);
      ensureNoArticle(post);
      if (!isEditable(post.status)) throw new PostNotChangeable(post.status);
      ensureVersion(post, input.expectedVersion);
      const title = checkTitleOf(post.kind, input.title ?? post.title);
      const body = checkBody(input.body, MAX_BODY[post.kind]);
      if (post.status !== PostStatus.DRAFT) refusePersonalData({ title: input.title ?? '', body: input.body });
      if (title === post.title && body === post.body) return post.id;
      rewrite(post, title, body);
      await em.flush();
      if (post.status === PostStatus.HIDDEN) await em.execute('select reopen_after_edit(?)', [post.id]);
      return post.id;
    });
  }

  /**
   * The text goes and with it its history; the row stays as an empty place for what stands under it. Who is suspended may do
   * this too.
   *
   * @returns the post's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {InvalidInput} {IdempotencyConflict}
   */
  delete(input: ChosenPost): Promise<string> {
    return once(this.context, 'deletePost', input, async (em) => {
      const member = await lockedMember(em);
      const post = await ownPost(em, input.postId, member?.id);
      ensureNoArticle(post);
      ensureVersion(post, input.expectedVersion);
      Object.assign(post, { status: PostStatus.DELETED, title: null, body: null });
      return post.id;
    });
  }
}

type ChangeablePost = OwnPost & { readonly kind: keyof typeof MAX_BODY };

/** @throws {NotAllowed} */
function ensureNoArticle(post: OwnPost): asserts post is ChangeablePost {
  if (post.kind === PostKind.ARTICLE) {
    throw new NotAllowed('Articles are changed by `saveArticle` and `withdrawArticle`.', ['input', 'postId']);
  }
}

function rewrite(post: OwnPost, title: string | null, body: string): void {
  Object.assign(post, { title, body });
  if (post.publishedAt) post.editedAt = publicMinute(new Date());
}

/** Under the member's lock. @throws {NotAllowed} */
async function ensureRoomForDraft(sql: Executes, memberId: string): Promise<void> {
  const [drafts] = await sql.execute<{ count: number }[]>(
    "select count(*)::int as count from post where member_id = ? and status = 'DRAFT'",
    [memberId],
  );
  if (drafts && drafts.count >= MAX_DRAFTS) {
    throw new NotAllowed(`You have ${MAX_DRAFTS} drafts. Publish or delete one of them first.`);
  }
}
