import { defineEntity } from '@mikro-orm/core';
import type { CareStage } from '../../common/care-stage.js';
import type { ArticleAuthorClass } from './article.js';

/** Something written to inform. */
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
  }),
  policies: [{ name: 'article_published', command: 'select', using: 'published_at <= now()' }],
});
