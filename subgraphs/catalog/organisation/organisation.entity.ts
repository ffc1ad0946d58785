import { defineEntity } from '@mikro-orm/core';

/** A maker, carrier, foundation, merchant or hospital group: whoever a partner's token can act for. */
export const OrganisationEntity = defineEntity({
  name: 'Organisation',
  tableName: 'organisation',
  properties: (p) => ({
    id: p.uuid().primary(),
    kind: p.text(),
    name: p.text().unique(),
    demo: p.boolean(),
    version: p.integer().version(),
    updatedAt: p.datetime(),
    updatedBy: p.text(),
  }),
});
