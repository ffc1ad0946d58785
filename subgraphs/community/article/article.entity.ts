import { defineEntity } from '@mikro-orm/core';
import type { CareStage } from '../../common/care-stage.js';
import type { AuthorBadge } from '../post/post.js';
import type { ArticleAuthorClass } from './article.js';

/** Something written to inform. Written by functions of the database, when one of its revisions is approved. */
export const ArticleEntity = defineEntity({
  name: 'Article',
  tableName: 'article',
  properties: (p) => ({
    id: p.uuid().primary(),
    slug: p.text().unique(),
    titleEn: p.text(),
    titleZh: p.text(),
    bodyEn: p.text(),
    bodyZh: p.text(),
    /** Null when it is for all diseases. */
    diseaseId: p.uuid().nullable(),
    stages: p.array().columnType('text[]').$type<CareStage[]>(),
    authorClass: p.text().$type<ArticleAuthorClass>(),
    /** Names of organisations and guidelines. */
    sources: p.array().columnType('text[]'),
    demo: p.boolean(),
    publishedAt: p.datetime().nullable(),
    version: p.integer().version(),
    /** The physician who wrote it. Null: the foundation, an import, or they have been erased. */
    memberId: p.uuid().nullable(),
    pseudonym: p.text().nullable(),
    badge: p.text().$type<AuthorBadge>().nullable(),
    sponsorOrganisationId: p.uuid().nullable(),
  }),
  policies: [
    {
      name: 'article_published',
      command: 'select',
      using: `published_at <= now() and exists (select from post p where p.id = article.id and p.status = 'PUBLISHED' offset 0)`,
    },
    { name: 'article_of_author', command: 'select', using: 'member_id = (select caller_member())' },
    { name: 'article_of_staff', command: 'select', using: `(select caller_has_role('MODERATOR'))` },
  ],
});
