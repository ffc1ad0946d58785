import { defineEntity } from '@mikro-orm/core';
import { MemberEntity } from '../member/member.entity.js';

/** A member wants to know what is new about a disease. */
export const FollowEntity = defineEntity({
  name: 'Follow',
  tableName: 'follow',
  properties: (p) => ({
    member: () => p.manyToOne(MemberEntity).primary().deleteRule('cascade'),
    diseaseId: p.uuid().primary(),
    /** A whole minute. */
    since: p.datetime(),
  }),
  policies: [{ name: 'follow_own', using: 'member_id = (select caller_member())' }],
});
