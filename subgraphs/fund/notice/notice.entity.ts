import { defineEntity } from '@mikro-orm/core';
import { ApplicationEntity, seenWithApplication } from '../application/application.entity.js';
import type { NoticeKind } from './notice.js';

/** That a deadline is near or has passed, told once. Only ever added. */
export const NoticeEntity = defineEntity({
  name: 'Notice',
  tableName: 'notice',
  uniques: [{ name: 'notice_once', properties: ['application', 'kind', 'deadlineAt'] }],
  properties: (p) => ({
    id: p.uuid().primary(),
    application: () => p.manyToOne(ApplicationEntity).ref(),
    kind: p.text().$type<NoticeKind>(),
    deadlineAt: p.datetime(),
    at: p.datetime(),
  }),
  policies: seenWithApplication('notice'),
});
