import { defineEntity } from '@mikro-orm/core';

/** Somebody who writes in the community. The only place that knows both the sign-in and the pseudonym. */
export const MemberEntity = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: (p) => ({
    id: p.uuid().primary(),
    subject: p.text().unique(),
    pseudonym: p.text(),
    createdAt: p.datetime(),
  }),
  indexes: [
    {
      name: 'member_pseudonym_unique',
      expression: 'create unique index member_pseudonym_unique on member (lower(pseudonym))',
    },
  ],
  policies: [{ name: 'member_own', using: 'subject = caller_subject()' }],
});
