import { defineEntity } from '@mikro-orm/core';
import { ApplicationEntity, seenWithApplication } from '../application/application.entity.js';
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
    paidFen: p.bigint(),
    status: p.text(),
    createdAt: p.datetime(),
    version: p.integer().version(),
  }),
  policies: seenWithApplication('aid_grant'),
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
    paidFen: p.bigint(),
  }),
  policies: [
    {
      name: 'annual_aid_concerned',
      using: 'exists (select from application where application.patient_id = annual_aid.patient_id offset 0)',
    },
  ],
});
