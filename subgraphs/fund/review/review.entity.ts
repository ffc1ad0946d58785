import { defineEntity } from '@mikro-orm/core';
import { ApplicationEntity, seenWithApplication } from '../application/application.entity.js';
import type { ReviewDecision, ReviewStage } from './review.js';

/** One look at an application, by one reviewer, at one stage. Open until it is decided. */
export const ReviewEntity = defineEntity({
  name: 'Review',
  tableName: 'review',
  properties: (p) => ({
    id: p.uuid().primary(),
    application: () => p.manyToOne(ApplicationEntity).ref(),
    stage: p.text().$type<ReviewStage>(),
    round: p.integer().default(1),
    reviewerSubject: p.text().nullable(),
    decision: p.text().$type<ReviewDecision>().nullable(),
    reason: p.text().nullable(),
    openedAt: p.datetime(),
    takenAt: p.datetime().nullable(),
    decidedAt: p.datetime().nullable(),
  }),
  policies: seenWithApplication('review'),
});
