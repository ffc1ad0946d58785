import { defineEntity } from '@mikro-orm/core';
import { ApplicationEntity } from '../application/application.entity.js';
import { AidPolicyEntity, FundEntity } from '../policy/policy.entity.js';

/** What an approval gives: at most so much for one patient, disease and year. (`grant` is a word of SQL's own.) */
export const GrantEntity = defineEntity({
  name: 'Grant',
  tableName: 'aid_grant',
  properties: (p) => ({
    id: p.uuid().primary(),
    application: () => p.oneToOne(ApplicationEntity).ref().owner(),
    patientId: p.uuid(),
    diseaseId: p.uuid(),
    fund: () => p.manyToOne(FundEntity).ref(),
    aidYear: p.integer(),
    tier: p.text(),
    policy: () => p.manyToOne(AidPolicyEntity).ref(),
    maximumFen: p.bigint(),
    /** Approved claims, paid or not; what was taken back is not among it. */
    awardedFen: p.bigint(),
    paidFen: p.bigint(),
    /** What went back to the fund when it ended. */
    releasedFen: p.bigint(),
    status: p.text(),
    createdAt: p.datetime(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'aid_grant_concerned',
      using:
        '(select caller_is_finance()) or exists (select from application where application.id = application_id offset 0)',
    },
  ],
});

/** One patient's aid of one year over all funds: the row that the cap is held by. */
export const AnnualAidEntity = defineEntity({
  name: 'AnnualAid',
  tableName: 'annual_aid',
  properties: (p) => ({
    patientId: p.uuid().primary(),
    aidYear: p.integer().primary(),
    capFen: p.bigint(),
    grantedFen: p.bigint(),
    awardedFen: p.bigint(),
    paidFen: p.bigint(),
  }),
  policies: [
    {
      name: 'annual_aid_concerned',
      using:
        '(select caller_is_finance()) or exists (select from application where application.patient_id = annual_aid.patient_id offset 0)',
    },
  ],
});
