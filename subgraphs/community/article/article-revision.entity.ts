import { defineEntity } from '@mikro-orm/core';
import type { CareStage } from '../../common/care-stage.js';
import type { AuthorBadge } from '../post/post.js';
import type { ArticleAuthorClass } from './article.js';
import type { ArticleRevisionState } from './article-revision.js';

/** A text of an article, from its draft on. What a review makes of it, functions of the database write. */
export const ArticleRevisionEntity = defineEntity({
  name: 'ArticleRevision',
  tableName: 'article_revision',
  properties: (p) => ({
    id: p.uuid().primary(),
    articleId: p.uuid(),
    /** The sign-in of who wrote it. Only written, and compared by functions of the database. */
    writtenBy: p.text().lazy(),
    /** The same as a member, for physicians alone. */
    memberId: p.uuid().nullable().lazy(),
    pseudonym: p.text().nullable(),
    badge: p.text().$type<AuthorBadge>().nullable(),
    titleEn: p.text(),
    titleZh: p.text(),
    bodyEn: p.text(),
    bodyZh: p.text(),
    diseaseId: p.uuid().nullable(),
    stages: p.array().columnType('text[]').$type<CareStage[]>(),
    authorClass: p.text().$type<ArticleAuthorClass>(),
    sponsorOrganisationId: p.uuid().nullable(),
    sources: p.array().columnType('text[]'),
    state: p.text().$type<ArticleRevisionState>(),
    savedAt: p.datetime(),
    submittedAt: p.datetime().nullable(),
    reviewedAt: p.datetime().nullable().lazy(),
    reviewedBy: p.text().nullable().lazy(),
    reviewReason: p.text().nullable().lazy(),
    version: p.integer().version(),
  }),
  policies: [
    { name: 'article_revision_writer', using: 'written_by = (select caller_subject())' },
    {
      name: 'article_revision_staff',
      command: 'select',
      using: `state <> 'DRAFT' and (select caller_has_role('MODERATOR'))`,
    },
  ],
});
