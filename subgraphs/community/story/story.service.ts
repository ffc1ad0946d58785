import { NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import type { CommunityContext } from '../context.js';
import { writerOf } from '../member/writer.step.js';
import { PostKind, PostStatus } from '../post/post.js';
import { ensureVersion, ownPost } from '../post/post.step.js';
import { StoryNotPublished } from './story.errors.js';

export interface WithdrawStory {
  readonly storyId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** Taking a story back. */
export class StoryService {
  constructor(private readonly context: CommunityContext) {}

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
