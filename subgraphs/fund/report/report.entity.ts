import { defineEntity } from '@mikro-orm/core';
import { FundEntity } from '../policy/policy.entity.js';

/** A month of a fund as sponsors may see it. Never changed: what is hidden was never kept. */
export const ReportMonthEntity = defineEntity({
  name: 'ReportMonth',
  tableName: 'report_month',
  properties: (p) => ({
    fund: () => p.manyToOne(FundEntity).primary().ref(),
    year: p.integer().primary(),
    month: p.integer().primary(),
    contributionsFen: p.bigint().nullable(),
    applicants: p.integer().nullable(),
    approved: p.integer().nullable(),
    grantedFen: p.bigint().nullable(),
    madeAt: p.datetime().defaultRaw('now()'),
  }),
  policies: [{ name: 'report_month_readers', using: `caller_has_role('SPONSOR') or (select caller_is_finance())` }],
});
