import { InvalidInput } from '../../common/errors.js';
import type { Role } from '../../common/identity.js';
import { lengthOf, plainLine, plainText } from '../../common/plain-text.js';
import { AuthorBadge, StoryAction, StoryStatus } from './story.js';

const MAX_TITLE = 120;
const MAX_BODY = 20_000;

/** What somebody wants to tell. */
export interface StoryText {
  readonly title: string;
  readonly body: string;
}

/** @returns the text as it is kept @throws {InvalidInput} when title or body is empty or too long */
export function checkStory({ title, body }: StoryText): StoryText {
  const kept = { title: plainLine(title), body: plainText(body) };
  if (kept.title === '' || lengthOf(kept.title) > MAX_TITLE) {
    throw new InvalidInput(`A title has 1 to ${MAX_TITLE} characters.`, ['input', 'title']);
  }
  if (kept.body === '' || lengthOf(kept.body) > MAX_BODY) {
    throw new InvalidInput('A story has 1 to 20,000 characters.', ['input', 'body']);
  }
  return kept;
}

/** The whole minute before: what is told of a time, so that it cannot be laid beside the times of other records. */
export const publicMinute = (moment: Date): Date => new Date(Math.floor(moment.getTime() / 60_000) * 60_000);

export const badgeOf = (roles: readonly Role[]): AuthorBadge | null =>
  roles.includes('PHYSICIAN') ? AuthorBadge.PHYSICIAN : null;

export const allowedActions = (status: StoryStatus, mine: boolean): StoryAction[] =>
  mine && status === StoryStatus.PUBLISHED ? [StoryAction.WITHDRAW] : [];
