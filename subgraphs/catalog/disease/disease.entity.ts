import { defineEntity } from '@mikro-orm/core';

/** A disease of China's two National Rare Disease Lists, with what is known of its codes. */
export const DiseaseEntity = defineEntity({
  name: 'Disease',
  tableName: 'disease',
  properties: (p) => ({
    id: p.uuid().primary(),
    catalogNo: p.integer().unique(),
    batch: p.integer(),
    nameEn: p.text(),
    nameZh: p.text(),
    nameEnAsPublished: p.text().nullable(),
    nameZhAsPublished: p.text().nullable(),
    orphaCode: p.text().nullable(),
    orphaMatch: p.text().nullable(),
    icd10: p.array().columnType('text[]'),
    /** Whether somebody has checked the codes; the published lists carry none. */
    codesVerified: p.boolean(),
    version: p.integer().version(),
    updatedAt: p.datetime(),
    updatedBy: p.text(),
  }),
});
