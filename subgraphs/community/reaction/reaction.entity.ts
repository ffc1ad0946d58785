import { defineEntity } from '@mikro-orm/core';
import type { ReactionKind } from './reaction.js';

/** How a post reached a member: one a member and post. Triggers count them at the post, which is all that others see. */
export const ReactionEntity = defineEntity({
  name: 'Reaction',
  tableName: 'reaction',
  properties: (p) => ({
    postId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    kind: p.text().$type<ReactionKind>(),
  }),
  policies: [{ name: 'reaction_own', using: 'member_id = (select caller_member())' }],
});
