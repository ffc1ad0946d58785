import { defineEntity } from '@mikro-orm/core';
import { OrganisationEntity } from '../organisation/organisation.entity.js';

/** A hospital of the National Rare Disease Diagnosis and Treatment Network, now or in 2019. */
export const HospitalEntity = defineEntity({
  name: 'Hospital',
  tableName: 'hospital',
  properties: (p) => ({
    id: p.uuid().primary(),
    nameEn: p.text(),
    nameZh: p.text().unique(),
    /** COMMON_USAGE, or PATTERN where the English name was built and nobody has checked it. */
    nameEnBasis: p.text(),
    province: p.text(),
    provinceZh: p.text(),
    role: p.text(),
    in2024: p.boolean().name('in_2024'),
    in2019: p.boolean().name('in_2019'),
    organisation: () => p.manyToOne(OrganisationEntity).nullable().ref(),
    version: p.integer().version(),
    updatedAt: p.datetime(),
    updatedBy: p.text(),
  }),
});
