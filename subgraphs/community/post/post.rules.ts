import { v7 } from 'uuid';
import { InvalidInput } from '../../common/errors.js';
import { checkedText, lengthOf, plainLine } from '../../common/plain-text.js';
import { PostAction, PostKind, PostStatus } from './post.js';

/** How deep comments may stand: under a story, question or article they begin at 1, under its answers at 2. */
export const MAX_DEPTH = 6;
const MAX_TITLE = 120;
/** How many drafts a member may keep. */
export const MAX_DRAFTS = 100;

/** How many characters a text may have, by what it is. */
export const MAX_BODY: Readonly<Record<Exclude<PostKind, PostKind.ARTICLE>, number>> = {
  STORY: 20_000,
  QUESTION: 20_000,
  ANSWER: 10_000,
  COMMENT: 5_000,
};

/** @returns the title as it is kept, on one line @throws {InvalidInput} when it is empty or longer than 120 characters */
export function checkTitle(title: string): string {
  const kept = plainLine(title);
  if (kept === '' || lengthOf(kept) > MAX_TITLE) {
    throw new InvalidInput(`A title has 1 to ${MAX_TITLE} characters.`, ['input', 'title']);
  }
  return kept;
}

/** The same for whatever kind: answers and comments have none. @throws {InvalidInput} */
export function checkTitleOf(kind: PostKind, title: string | null | undefined): string | null {
  if (kind === PostKind.STORY || kind === PostKind.QUESTION) return checkTitle(title ?? '');
  if (title == null) return null;
  throw new InvalidInput('Answers and comments have no title. Leave it out.', ['input', 'title']);
}

/** @returns the text as it is kept @throws {InvalidInput} when it is empty or longer than `max` characters */
export const checkBody = (text: string, max: number): string => checkedText(text, max, 'body', 'A text');

/** The whole minute before: what is told of a time, so that it cannot be laid beside the times of other records. */
export const publicMinute = (moment: Date): Date => new Date(Math.floor(moment.getTime() / 60_000) * 60_000);

const DAY_MS = 24 * 60 * 60_000;

/**
 * The minute as which a post counts as published when it is published now. What was withdrawn less than a day ago keeps the time
 * that it had: it does not come first again, nor count as another.
 *
 * @param before when it was published the last time; null when never
 */
export const publishedAgainAt = (before: Date | null | undefined, now: Date): Date =>
  before && before.getTime() > now.getTime() - DAY_MS ? before : publicMinute(now);

/**
 * A new id: unlike in other ids its time is a whole minute, as in all that is told here; the rest is random.
 *
 * @param minute from `publicMinute`
 */
export const minuteId = (minute: Date): string => v7({ msecs: minute.getTime() });

/** Whether its author may write it anew. */
export const isEditable = (status: PostStatus): boolean =>
  status !== PostStatus.REMOVED && status !== PostStatus.DELETED;

/** Whether there can have been a decision that still stands. */
export const isHeldBack = (status: PostStatus): boolean =>
  status === PostStatus.HIDDEN || status === PostStatus.REMOVED;

/** What is known of a post when it is said what may be done with it. */
export interface PostFacts {
  readonly kind: PostKind;
  readonly status: PostStatus;
  /** False while what it stands under cannot be read. */
  readonly reachable: boolean;
  readonly depth: number;
  /** Of a question: when it took no more answers. */
  readonly closedAt: unknown;
}

/** What is known of who looks at it. */
export interface ReaderFacts {
  readonly mine: boolean;
  /** May write here at all, and is not suspended. */
  readonly mayWrite: boolean;
  /** Something was decided about it of which its author can still appeal. */
  readonly appealable: boolean;
}

/**
 * What somebody may do with a post now. Who is suspended may still delete what is theirs, and appeal. Articles are changed by
 * mutations of their own.
 */
export function allowedActions(post: PostFacts, reader: ReaderFacts): PostAction[] {
  const { kind, status } = post;
  const { mine, mayWrite } = reader;
  const published = status === PostStatus.PUBLISHED && post.reachable;
  const own = mine && kind !== PostKind.ARTICLE && status !== PostStatus.DELETED;
  const question = kind === PostKind.QUESTION && published && mayWrite;
  const permitted: readonly [PostAction, boolean][] = [
    [PostAction.EDIT, own && mayWrite && isEditable(status)],
    [PostAction.PUBLISH, own && mayWrite && status === PostStatus.DRAFT],
    [PostAction.WITHDRAW, own && mayWrite && status === PostStatus.PUBLISHED && kind === PostKind.STORY],
    [PostAction.DELETE, own],
    [PostAction.COMMENT, published && mayWrite && post.depth < MAX_DEPTH],
    [PostAction.ANSWER, question && post.closedAt === null],
    [PostAction.ACCEPT, question && mine],
    [PostAction.CLOSE, question && mine && post.closedAt === null],
    [PostAction.REACT, published && mayWrite && !mine],
    [PostAction.REPORT, published && mayWrite && !mine],
    [PostAction.APPEAL, mine && reader.appealable],
  ];
  return permitted.flatMap(([action, allowed]) => (allowed ? [action] : []));
}
