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
    /** Reads only until then. */
    suspendedUntil: p.datetime().nullable(),
    warnings: p.integer().default(0),
    /** Shown beside the pseudonym, as long as the patient agrees. */
    shownDiseaseId: p.uuid().nullable(),
  }),
  indexes: [
    {
      name: 'member_pseudonym_unique',
      expression: 'create unique index member_pseudonym_unique on member (lower(pseudonym))',
    },
  ],
  policies: [{ name: 'member_own', using: 'subject = caller_subject()' }],
});
