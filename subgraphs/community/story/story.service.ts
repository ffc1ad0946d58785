import { LockMode } from '@mikro-orm/core';
import { v7 } from 'uuid';
import { InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import type { CommunityContext } from '../context.js';
import { authorOf } from '../member/member.service.js';
import { checkPseudonym } from '../member/pseudonym.rules.js';
import { diseaseExists } from './disease.port.js';
import { StoryEntity } from './story.entity.js';
import { StoryNotPublished } from './story.errors.js';
import { StoryAction, StoryStatus } from './story.js';
import { allowedActions, badgeOf, checkStory, publicMinute, type StoryText } from './story.rules.js';

export interface PublishStory extends StoryText {
  readonly diseaseId: string;
  readonly pseudonym?: string | null;
  readonly idempotencyKey: string;
}

export interface WithdrawStory {
  readonly storyId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** A story's id: unlike in other ids its time is a whole minute, as in all that is told of it; the rest is random. */
const storyId = (minute: Date): string => v7({ msecs: minute.getTime() });

/** Publishing a story, and taking it back. */
export class StoryService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * @returns the story's id
   * @throws {InvalidInput} {PseudonymTaken} {IdempotencyConflict}
   */
  async publish(input: PublishStory): Promise<string> {
    const { identity, ask, members } = this.context;
    const text = checkStory(input);
    const chosen = input.pseudonym == null ? null : checkPseudonym(input.pseudonym);
    if (!(await diseaseExists(ask, input.diseaseId))) {
      throw new InvalidInput('There is no disease with this id.', ['input', 'diseaseId']);
    }
    const published = await once(this.context, 'publishStory', input, async (em) => {
      const author = await authorOf(em, identity.subject, chosen);
      const publishedAt = publicMinute(new Date());
      const id = storyId(publishedAt);
      em.create(StoryEntity, {
        id,
        member: author.id,
        pseudonym: author.pseudonym,
        badge: badgeOf(identity.roles),
        diseaseId: input.diseaseId,
        ...text,
        status: StoryStatus.PUBLISHED,
        publishedAt,
      });
      return id;
    });
    members.forget();
    return published;
  }

  /**
   * @returns the story's id
   * @throws {NotFound} {StoryNotPublished} {StaleVersion} {InvalidInput} {IdempotencyConflict}
   */
  withdraw(input: WithdrawStory): Promise<string> {
    return once(this.context, 'withdrawStory', input, async (em) => {
      // locking needs the right to change: the row rules show an author nobody else's stories here
      const story = await em.findOne(StoryEntity, input.storyId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!story) throw new NotFound('story', ['input', 'storyId']);
      const status = story.status as StoryStatus;
      if (!allowedActions(status, true).includes(StoryAction.WITHDRAW)) throw new StoryNotPublished(status);
      if (story.version !== input.expectedVersion) throw new StaleVersion(story.version);
      story.status = StoryStatus.DRAFT;
      return story.id;
    });
  }
}
