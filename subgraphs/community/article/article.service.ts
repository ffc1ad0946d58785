import type { EntityManager } from '@mikro-orm/postgresql';
import { InvalidInput, NotAllowed } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { checkReason } from '../../common/plain-text.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { CommunityContext } from '../context.js';
import { tellFollowersLater } from '../follow/follow.step.js';
import { badgeOf, writerOf } from '../member/writer.step.js';
import { ensureDisease } from '../post/disease.port.js';
import { type AuthorBadge, PostStatus } from '../post/post.js';
import { minuteId, publicMinute } from '../post/post.rules.js';
import { ensureVersion } from '../post/post.step.js';
import { checkWritten } from '../post/written.rules.js';
import { refusePersonalData } from '../privacy/privacy.rules.js';
import { ArticleNotPublished, ArticleRevisionInOtherState } from './article.errors.js';
import { ArticleAuthorClass } from './article.js';
import { type ArticleText, checkArticle, isEditable, publicTexts, slugOf } from './article.rules.js';
import { heldArticle, heldRevision, isBeingRevised, isRemoved, ownRevision } from './article.step.js';
import { ArticleRevisionEntity } from './article-revision.entity.js';
import { ArticleRevisionState } from './article-revision.js';
import { organisationExists } from './organisation.port.js';

export interface SaveArticle extends ArticleText {
  /** The draft that is written anew. */
  readonly revisionId?: string | null;
  /** The article of which this is to be the next text. */
  readonly articleId?: string | null;
  readonly diseaseId?: string | null;
  readonly expectedVersion?: number | null;
  readonly pseudonym?: string | null;
  readonly idempotencyKey: string;
}

/** Which revision, and as which the caller looked at it. */
export interface ChosenRevision {
  readonly revisionId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface ReviewArticle extends ChosenRevision {
  readonly approve: boolean;
  readonly reason: string;
}

export interface WithdrawArticle {
  readonly articleId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

const { DRAFT, IN_REVIEW } = ArticleRevisionState;

/** Writing articles, and reviewing those of others. */
export class ArticleService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * Keeps a text without anybody reading it: of a new article, the next one of an article that there is, or a draft written anew.
   * A draft may hold anything.
   *
   * @returns the revision's id
   * @throws {NotFound} {NotAllowed} {ArticleRevisionInOtherState} {StaleVersion} {TextNotPublishable} {PseudonymTaken} {MemberSuspended}
   *   {InvalidInput} {IdempotencyConflict}
   */
  async save(input: SaveArticle): Promise<string> {
    const { revisionId, articleId, expectedVersion } = input;
    const text = { ...checkArticle(input), diseaseId: input.diseaseId ?? null };
    const chosen = checkWritten(input.pseudonym);
    if (revisionId != null && articleId != null) {
      throw new InvalidInput('A draft is named by `revisionId` alone.', ['input', 'articleId']);
    }
    if (revisionId != null && expectedVersion == null) {
      throw new InvalidInput('Say which `version` of the revision you looked at.', ['input', 'expectedVersion']);
    }
    await this.ensureTheseExist(text.diseaseId, text.sponsorOrganisationId);
    const badge = await this.badgeToWriteAs(text.authorClass);
    return once(this.context, 'saveArticle', input, async (em) => {
      const writer = isOfPhysician(text) ? await writerOf(em, this.context, chosen, 'OTHER') : null;
      const savedAt = publicMinute(new Date());
      if (revisionId != null) {
        const held = await heldRevision(em, revisionId, this.context.identity);
        const revision = await ownRevision(em, revisionId, held);
        if (!isEditable(held.state)) throw new ArticleRevisionInOtherState(held.state);
        ensureVersion(held, expectedVersion as number);
        ensureSameVoice(revision, text);
        Object.assign(revision, { ...text, state: DRAFT, savedAt });
        return revision.id;
      }
      if (articleId != null) await ensureRevisable(em, articleId, text);
      const id = minuteId(savedAt);
      em.create(ArticleRevisionEntity, {
        ...text,
        id,
        articleId: articleId ?? minuteId(savedAt),
        writtenBy: this.context.identity.subject,
        memberId: writer?.id ?? null,
        pseudonym: writer?.pseudonym ?? null,
        badge,
        state: DRAFT,
        savedAt,
      });
      return id;
    });
  }

  /**
   * Has a draft reviewed. From now on it must hold nothing that must not be published.
   *
   * @returns the revision's id
   * @throws {NotFound} {NotAllowed} {ArticleRevisionInOtherState} {StaleVersion} {TextNotPublishable} {MemberSuspended} {InvalidInput}
   *   {IdempotencyConflict}
   */
  async submit(input: ChosenRevision): Promise<string> {
    const verified = await badgeOf(this.context);
    return once(this.context, 'submitArticle', input, async (em) => {
      await this.holdWriter(em);
      const held = await heldRevision(em, input.revisionId, this.context.identity);
      const revision = await ownRevision(em, input.revisionId, held);
      if (!isEditable(held.state)) throw new ArticleRevisionInOtherState(held.state);
      ensureVersion(held, input.expectedVersion);
      const badge = isOfPhysician(revision) ? ensureVerified(verified) : null;
      refusePersonalData(publicTexts(revision));
      Object.assign(revision, { state: IN_REVIEW, badge, submittedAt: publicMinute(new Date()) });
      return revision.id;
    });
  }

  /**
   * Takes what was submitted out of review, so that it can be changed.
   *
   * @returns the revision's id
   * @throws {NotFound} {ArticleRevisionInOtherState} {StaleVersion} {MemberSuspended} {InvalidInput} {IdempotencyConflict}
   */
  takeBack(input: ChosenRevision): Promise<string> {
    return once(this.context, 'takeBackArticle', input, async (em) => {
      await this.holdWriter(em);
      const held = await heldRevision(em, input.revisionId, this.context.identity);
      const revision = await ownRevision(em, input.revisionId, held);
      if (held.state !== IN_REVIEW) throw new ArticleRevisionInOtherState(held.state);
      ensureVersion(held, input.expectedVersion);
      revision.state = DRAFT;
      return revision.id;
    });
  }

  /**
   * Publishes what somebody else has submitted, or returns it. Nobody reviews what they wrote.
   *
   * @returns the revision's id
   * @throws {NotFound} {NotAllowed} {ArticleRevisionInOtherState} {StaleVersion} {InvalidInput} {IdempotencyConflict}
   */
  review(input: ReviewArticle): Promise<string> {
    const reason = checkReason(input.reason);
    return once(this.context, 'reviewArticle', input, async (em) => {
      const held = await heldRevision(em, input.revisionId, this.context.identity);
      ensureAllowed(
        !held.mine,
        () => new NotAllowed('You wrote this yourself. Another moderator reviews it.', ['input', 'revisionId']),
      );
      if (held.state !== IN_REVIEW) throw new ArticleRevisionInOtherState(held.state);
      ensureVersion(held, input.expectedVersion);
      if (input.approve && (await isRemoved(em, held.article_id)))
        throw new NotAllowed(REMOVED, ['input', 'revisionId']);
      const { titleEn } = await em.findOneOrFail(ArticleRevisionEntity, input.revisionId);
      const [reviewed] = await em.execute<{ published: boolean }[]>('select review_revision(?, ?, ?, ?) as published', [
        input.revisionId,
        input.approve,
        reason,
        slugOf(titleEn, held.article_id),
      ]);
      if (reviewed?.published) await tellFollowersLater(em, held.article_id);
      return input.revisionId;
    });
  }

  /**
   * Takes a published article out of everything, until another revision of it is approved.
   *
   * @returns the article's id
   * @throws {NotFound} {ArticleNotPublished} {StaleVersion} {MemberSuspended} {InvalidInput} {IdempotencyConflict}
   */
  withdraw(input: WithdrawArticle): Promise<string> {
    return once(this.context, 'withdrawArticle', input, async (em) => {
      await this.holdWriter(em);
      const article = await heldArticle(em, input.articleId);
      if (article.status !== PostStatus.PUBLISHED) throw new ArticleNotPublished();
      ensureVersion(article, input.expectedVersion);
      await em.execute('select withdraw_article(?)', [input.articleId]);
      return input.articleId;
    });
  }

  /** Physicians are members, who are held first and may be suspended; the foundation's staff need be none. */
  private async holdWriter(em: EntityManager): Promise<void> {
    if (this.context.identity.roles.includes('PHYSICIAN')) await writerOf(em, this.context, null, 'OTHER');
  }

  /** Who speaks must be who writes: a verified physician for themselves, the staff for the foundation and for who has paid it. */
  private async badgeToWriteAs(authorClass: ArticleAuthorClass): Promise<AuthorBadge | null> {
    if (authorClass === ArticleAuthorClass.PHYSICIAN) return ensureVerified(await badgeOf(this.context));
    ensureAllowed(
      this.context.identity.roles.includes('MODERATOR'),
      () => new NotAllowed('Only staff of the foundation write for it, and for sponsors.', ['input', 'authorClass']),
    );
    return null;
  }

  private async ensureTheseExist(diseaseId: string | null, sponsorId: string | null): Promise<void> {
    const { ask } = this.context;
    if (diseaseId !== null) await ensureDisease(ask, diseaseId);
    if (sponsorId !== null && !(await organisationExists(ask, sponsorId))) {
      throw new InvalidInput('There is no organisation with this id.', ['input', 'sponsorOrganisationId']);
    }
  }
}

const isOfPhysician = ({ authorClass }: { readonly authorClass: ArticleAuthorClass }): boolean =>
  authorClass === ArticleAuthorClass.PHYSICIAN;

/** @throws {NotAllowed} for somebody who is no physician, or one whom nobody has verified */
function ensureVerified(badge: AuthorBadge | null): AuthorBadge {
  if (badge === null) {
    throw new NotAllowed(
      'Articles are written by physicians whom an administrator has verified, and by the foundation.',
    );
  }
  return badge;
}

/** @throws {InvalidInput} when a physician's article would become the foundation's, or the other way round */
function ensureSameVoice(had: Pick<ArticleText, 'authorClass'>, text: ArticleText): void {
  if (isOfPhysician(had) !== isOfPhysician(text)) {
    throw new InvalidInput('What a physician writes stays theirs, and what the foundation writes the foundation’s.', [
      'input',
      'authorClass',
    ]);
  }
}

const REMOVED = 'Moderators have removed this article, so it gets no other text. Its author can appeal.';

/** Holds an article that is to get another text. @throws {NotFound} {NotAllowed} {InvalidInput} */
async function ensureRevisable(em: EntityManager, articleId: string, text: ArticleText): Promise<void> {
  const article = await heldArticle(em, articleId);
  ensureSameVoice({ authorClass: article.author_class }, text);
  if (article.status === PostStatus.REMOVED) throw new NotAllowed(REMOVED, ['input', 'articleId']);
  if (await isBeingRevised(em, articleId)) {
    throw new NotAllowed('Another revision of this article is being written or reviewed. Go on with that one.', [
      'input',
      'articleId',
    ]);
  }
}
