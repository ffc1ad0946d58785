import { defineEntity } from '@mikro-orm/core';
import { FundEntity } from '../policy/policy.entity.js';
import type { ContributionSource, ContributionStatus } from './contribution.enums.js';

/** Money that somebody gives to a fund, or has promised. */
export const ContributionEntity = defineEntity({
  name: 'Contribution',
  tableName: 'contribution',
  properties: (p) => ({
    id: p.uuid().primary(),
    number: p.text().unique(),
    fund: () => p.manyToOne(FundEntity).ref(),
    source: p.text().$type<ContributionSource>(),
    organisationId: p.uuid().nullable(),
    amountFen: p.bigint(),
    status: p.text().$type<ContributionStatus>(),
    /** The giver's own, for example of a sale: counted once an organisation. */
    reference: p.text().nullable(),
    reason: p.text().nullable(),
    recordedBy: p.text(),
    pledgedAt: p.datetime(),
    clearedAt: p.datetime().nullable(),
    bouncedAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'contribution_concerned',
      using: 'organisation_id = (select caller_organisation()) or (select caller_is_finance())',
    },
  ],
});
