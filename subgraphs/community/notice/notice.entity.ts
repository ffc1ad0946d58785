import { defineEntity } from '@mikro-orm/core';
import { MemberEntity } from '../member/member.entity.js';
import type { CommunityNoticeKind } from './notice.js';

/** What a member is told, by functions of the database alone. Its words are made when it is read. */
export const NoticeEntity = defineEntity({
  name: 'Notice',
  tableName: 'notice',
  properties: (p) => ({
    id: p.uuid().primary(),
    member: () => p.manyToOne(MemberEntity).deleteRule('cascade'),
    kind: p.text().$type<CommunityNoticeKind>(),
    /** What happened: the answer, the comment, the post that was decided about. */
    postId: p.uuid().nullable(),
    /** Which telling of the same it is, where it is told more than once. */
    occasion: p.text().default(''),
    /** A whole minute. */
    at: p.datetime(),
    readAt: p.datetime().nullable(),
  }),
  policies: [{ name: 'notice_own', using: 'member_id = (select caller_member())' }],
});
