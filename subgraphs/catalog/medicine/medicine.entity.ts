import { defineEntity } from '@mikro-orm/core';
import { DiseaseEntity } from '../disease/disease.entity.js';

/** A medicine marketed in China for one of the diseases. */
export const MedicineEntity = defineEntity({
  name: 'Medicine',
  tableName: 'medicine',
  properties: (p) => ({
    id: p.uuid().primary(),
    genericNameEn: p.text(),
    genericNameZh: p.text(),
    /** Null: sold under its generic name by several makers. */
    brandNameEn: p.text().nullable(),
    manufacturer: p.text(),
    atc: p.text().nullable(),
    form: p.text(),
    strength: p.text().nullable(),
    storage: p.text(),
    /** Null: not known. */
    nrdlListed: p.boolean().nullable(),
    approvedInChinaYear: p.integer().nullable(),
    note: p.text().nullable(),
    labelVerified: p.boolean(),
    soldOnline: p.boolean(),
    priceFen: p.bigint().nullable(),
    priceDemo: p.boolean().default(false),
    version: p.integer().version(),
    updatedAt: p.datetime(),
    updatedBy: p.text(),
  }),
  uniques: [{ name: 'medicine_names_unique', properties: ['genericNameEn', 'brandNameEn'] }],
});

/** Which diseases a medicine treats. */
export const MedicineDiseaseEntity = defineEntity({
  name: 'MedicineDisease',
  tableName: 'medicine_disease',
  properties: (p) => ({
    medicine: () => p.manyToOne(MedicineEntity).primary().ref(),
    disease: () => p.manyToOne(DiseaseEntity).primary().ref(),
  }),
});
