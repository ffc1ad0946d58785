import type { CareStage } from '../../common/care-stage.js';
import { InvalidInput } from '../../common/errors.js';
import type { Role } from '../../common/identity.js';
import { checkedText, lengthOf, plainLine } from '../../common/plain-text.js';
import { PostStatus } from '../post/post.js';
import { ArticleAuthorClass } from './article.js';
import { ArticleRevisionAction, ArticleRevisionState } from './article-revision.js';

const MAX_TITLE = 120;
const MAX_BODY = 20_000;
const MAX_SOURCES = 20;
const MAX_SOURCE = 200;

/** What somebody wants an article to say. */
export interface ArticleText {
  readonly titleEn: string;
  readonly titleZh: string;
  readonly bodyEn: string;
  readonly bodyZh: string;
  readonly stages: readonly CareStage[];
  readonly sources: readonly string[];
  readonly authorClass: ArticleAuthorClass;
  readonly sponsorOrganisationId?: string | null;
}

/** What of an article everybody will read, by the names under which the privacy check tells of it: `sources.0` is the first source. */
export const publicTexts = ({
  titleEn,
  titleZh,
  bodyEn,
  bodyZh,
  sources,
}: Pick<ArticleText, 'titleEn' | 'titleZh' | 'bodyEn' | 'bodyZh' | 'sources'>): Record<string, string> => ({
  titleEn,
  titleZh,
  bodyEn,
  bodyZh,
  ...Object.fromEntries(sources.map((source, index) => [`sources.${index}`, source])),
});

function checkLine(text: string, max: number, field: string, what: string): string {
  const line = plainLine(text);
  if (line === '' || lengthOf(line) > max) {
    throw new InvalidInput(`${what} has 1 to ${max} characters.`, ['input', field]);
  }
  return line;
}

function checkSources(sources: readonly string[]): string[] {
  const kept = [...new Set(sources.map((source) => checkLine(source, MAX_SOURCE, 'sources', 'A source')))];
  if (kept.length < 1 || kept.length > MAX_SOURCES) {
    throw new InvalidInput(`An article names 1 to ${MAX_SOURCES} sources: what it says must rest on something.`, [
      'input',
      'sources',
    ]);
  }
  return kept;
}

/**
 * @returns what an article says, as it is kept: titles and sources on one line, stages and sources once each
 * @throws {InvalidInput} for a text that is empty or too long, no stage, no source, a sponsor of what is not sponsored, or none of what is
 */
export function checkArticle(text: ArticleText) {
  const sponsored = text.authorClass === ArticleAuthorClass.SPONSORED;
  if (sponsored !== (text.sponsorOrganisationId != null)) {
    throw new InvalidInput('A SPONSORED article names who has paid for it, and no other article does.', [
      'input',
      'sponsorOrganisationId',
    ]);
  }
  if (text.stages.length === 0) {
    throw new InvalidInput('An article is written for one stage at least.', ['input', 'stages']);
  }
  return {
    titleEn: checkLine(text.titleEn, MAX_TITLE, 'titleEn', 'A title'),
    titleZh: checkLine(text.titleZh, MAX_TITLE, 'titleZh', 'A title'),
    bodyEn: checkedText(text.bodyEn, MAX_BODY, 'bodyEn', 'A text'),
    bodyZh: checkedText(text.bodyZh, MAX_BODY, 'bodyZh', 'A text'),
    stages: [...new Set(text.stages)],
    sources: checkSources(text.sources),
    authorClass: text.authorClass,
    sponsorOrganisationId: text.sponsorOrganisationId ?? null,
  };
}

/** Its name in addresses, from its English title; the end of its id keeps it apart from others. */
export function slugOf(titleEn: string, id: string): string {
  const words = titleEn
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .match(/[a-z0-9]+/g);
  const name = (words ?? ['article']).join('-').slice(0, 80).replace(/-$/, '');
  return `${name}-${id.slice(-8)}`;
}

/** What is known of a revision, and of who looks at it. */
export interface RevisionFacts {
  readonly state: ArticleRevisionState;
  readonly authorClass: ArticleAuthorClass;
  readonly mine: boolean;
  /** Some revision of the article is a draft, in review or returned. */
  readonly beingRevised: boolean;
  /** Who can read the article; null as long as there is none. */
  readonly articleStatus: PostStatus | null;
}

const { DRAFT, RETURNED, IN_REVIEW, APPROVED, WITHDRAWN } = ArticleRevisionState;

/** A revision that who wrote it may still change. */
export const isEditable = (state: ArticleRevisionState): boolean => state === DRAFT || state === RETURNED;

/** What somebody may do with a revision now: nobody reviews what they wrote, and the staff has the foundation's articles in common. */
export function revisionActions(
  { state, authorClass, mine, beingRevised, articleStatus }: RevisionFacts,
  roles: readonly Role[],
): ArticleRevisionAction[] {
  const staff = roles.includes('MODERATOR');
  const ours = authorClass === ArticleAuthorClass.PHYSICIAN ? mine && roles.includes('PHYSICIAN') : staff;
  const canFollow = ours && (state === APPROVED || state === WITHDRAWN) && articleStatus !== PostStatus.REMOVED;
  const permitted: readonly [ArticleRevisionAction, boolean][] = [
    [ArticleRevisionAction.EDIT, mine && ours && isEditable(state)],
    [ArticleRevisionAction.SUBMIT, mine && ours && isEditable(state)],
    [ArticleRevisionAction.TAKE_BACK, mine && ours && state === IN_REVIEW],
    [ArticleRevisionAction.REVIEW, staff && !mine && state === IN_REVIEW],
    [ArticleRevisionAction.REVISE, canFollow && !beingRevised],
    [ArticleRevisionAction.WITHDRAW, ours && state === APPROVED && articleStatus === PostStatus.PUBLISHED],
  ];
  return permitted.flatMap(([action, allowed]) => (allowed ? [action] : []));
}
