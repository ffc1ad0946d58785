import { InvalidInput, NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import type { CommunityContext } from '../context.js';
import { checkPseudonym } from '../member/pseudonym.rules.js';
import { badgeOf, writerOf } from '../member/writer.step.js';
import { PostKind, PostStatus } from '../post/post.js';
import { checkBody, checkTitle, MAX_BODY } from '../post/post.rules.js';
import { addPost, ensureVersion, ownPost } from '../post/post.step.js';
import { refusePersonalData } from '../privacy/privacy.rules.js';
import { diseaseExists } from './disease.port.js';
import { StoryNotPublished } from './story.errors.js';

export interface PublishStory {
  readonly diseaseId: string;
  readonly title: string;
  readonly body: string;
  readonly pseudonym?: string | null;
  readonly idempotencyKey: string;
}

export interface WithdrawStory {
  readonly storyId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** Publishing a story, and taking it back. */
export class StoryService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * @returns the story's id
   * @throws {InvalidInput} {TextNotPublishable} {PseudonymTaken} {MemberSuspended} {PostingLimitReached} {IdempotencyConflict}
   */
  async publish(input: PublishStory): Promise<string> {
    const text = { title: checkTitle(input.title), body: checkBody(input.body, MAX_BODY.STORY) };
    const chosen = input.pseudonym == null ? null : checkPseudonym(input.pseudonym);
    refusePersonalData({ title: input.title, body: input.body, ...(chosen !== null && { pseudonym: chosen }) });
    if (!(await diseaseExists(this.context.ask, input.diseaseId))) {
      throw new InvalidInput('There is no disease with this id.', ['input', 'diseaseId']);
    }
    const badge = await badgeOf(this.context);
    return once(this.context, 'publishStory', input, async (em) => {
      const writer = await writerOf(em, this.context, chosen, 'POST');
      const { diseaseId } = input;
      return addPost(em, { ...text, kind: PostKind.STORY, writer, badge, diseaseId, status: PostStatus.PUBLISHED });
    });
  }

  /**
   * @returns the story's id
   * @throws {NotFound} {StoryNotPublished} {StaleVersion} {MemberSuspended} {InvalidInput} {IdempotencyConflict}
   */
  withdraw(input: WithdrawStory): Promise<string> {
    return once(this.context, 'withdrawStory', input, async (em) => {
      const writer = await writerOf(em, this.context, null, 'OTHER');
      const story = await ownPost(em, input.storyId, writer.id, 'story', 'storyId');
      if (story.kind !== PostKind.STORY) throw new NotFound('story', ['input', 'storyId']);
      if (story.status !== PostStatus.PUBLISHED) throw new StoryNotPublished(story.status);
      ensureVersion(story, input.expectedVersion);
      story.status = PostStatus.DRAFT;
      return story.id;
    });
  }
}
