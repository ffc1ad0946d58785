import { defineEntity } from '@mikro-orm/core';

/** A pot of money for certain diseases. */
export const FundEntity = defineEntity({
  name: 'Fund',
  tableName: 'fund',
  properties: (p) => ({
    id: p.uuid().primary(),
    code: p.text().unique(),
    nameEn: p.text(),
    nameZh: p.text(),
    status: p.text(),
    version: p.integer().version(),
  }),
});

/** Which diseases a fund is for. */
export const FundDiseaseEntity = defineEntity({
  name: 'FundDisease',
  tableName: 'fund_disease',
  properties: (p) => ({
    fund: () => p.manyToOne(FundEntity).primary().ref(),
    diseaseId: p.uuid().primary(),
  }),
});

/** The rules of aid from a day on. Never changed once in force: a new version replaces it. */
export const AidPolicyEntity = defineEntity({
  name: 'AidPolicy',
  tableName: 'aid_policy',
  properties: (p) => ({
    id: p.uuid().primary(),
    number: p.integer().unique(),
    effectiveFrom: p.date().unique(),
    annualCapFen: p.bigint(),
    lookBackDays: p.integer(),
    requiredDocuments: p.array().columnType('text[]'),
    secondReviewAboveFen: p.bigint(),
    appealDays: p.integer().default(30),
    demo: p.boolean(),
  }),
});

/** How much of which expense a policy pays. */
export const AidTierEntity = defineEntity({
  name: 'AidTier',
  tableName: 'aid_tier',
  properties: (p) => ({
    policy: () => p.manyToOne(AidPolicyEntity).primary().ref(),
    tier: p.text().primary(),
    fromExpenseFen: p.bigint(),
    sharePercent: p.integer(),
    yearlyMaximumFen: p.bigint(),
  }),
});
