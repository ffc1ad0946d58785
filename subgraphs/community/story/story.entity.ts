import { defineEntity } from '@mikro-orm/core';
import { MemberEntity } from '../member/member.entity.js';

/** What a member tells about a disease. */
export const StoryEntity = defineEntity({
  name: 'Story',
  tableName: 'story',
  properties: (p) => ({
    id: p.uuid().primary(),
    member: () => p.manyToOne(MemberEntity).ref(),
    /** The member's, so that everybody can read a story without being able to read members. */
    pseudonym: p.text(),
    /** What was verified of the author when it was published. */
    badge: p.text().nullable(),
    diseaseId: p.uuid(),
    title: p.text(),
    body: p.text(),
    status: p.text(),
    publishedAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'story_readable',
      command: 'select',
      using: `status = 'PUBLISHED' or caller_has_role('MODERATOR')`,
    },
    {
      name: 'story_author',
      using: 'member_id = (select m.id from member m where m.subject = caller_subject())',
    },
  ],
});
