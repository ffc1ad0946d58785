import { DataRightsPortsResolver } from '../common/data-rights.js';
import { localized, texts } from '../common/localized.js';
import type { SubgraphDefinition } from '../common/subgraph.js';
import type { CatalogApi } from './context.js';
import { DiseaseEntity } from './disease/disease.entity.js';
import { Disease } from './disease/disease.js';
import { DiseaseResolver } from './disease/disease.resolver.js';
import { HospitalEntity } from './hospital/hospital.entity.js';
import { Hospital } from './hospital/hospital.js';
import { HospitalResolver } from './hospital/hospital.resolver.js';
import { MedicineDiseaseEntity, MedicineEntity } from './medicine/medicine.entity.js';
import { Medicine } from './medicine/medicine.js';
import { MedicineResolver } from './medicine/medicine.resolver.js';
import { catalogTables } from './migrations/0001-catalog.js';
import { catalogDataRights } from './migrations/0002-data-rights.js';
import { OrganisationEntity } from './organisation/organisation.entity.js';
import { OrganisationResolver } from './organisation/organisation.resolver.js';
import { CatalogSnapshot } from './snapshot.js';

const NAME = 'Name in the language asked for, or that of `Accept-Language`.';

/** What is known: diseases, hospitals, medicines and organisations. Anybody may read it. */
export const catalog: SubgraphDefinition<CatalogApi> = {
  name: 'catalog',
  resolvers: [
    DiseaseResolver,
    HospitalResolver,
    MedicineResolver,
    OrganisationResolver,
    DataRightsPortsResolver,
    localized(Disease, 'name', NAME, ({ nameEn, nameZh }: Disease) => texts(nameEn, nameZh)),
    localized(Hospital, 'name', NAME, ({ nameEn, nameZh }: Hospital) => texts(nameEn, nameZh)),
    localized(Medicine, 'name', NAME, ({ genericNameEn, genericNameZh }: Medicine) =>
      texts(genericNameEn, genericNameZh),
    ),
  ],
  entities: [OrganisationEntity, DiseaseEntity, HospitalEntity, MedicineEntity, MedicineDiseaseEntity],
  migrations: [catalogTables, catalogDataRights],
  references: {
    Disease: async (id, { catalog }) => (await catalog()).diseases.get(id),
    Hospital: async (id, { catalog }) => (await catalog()).hospitals.get(id),
    Medicine: async (id, { catalog }) => (await catalog()).medicines.get(id),
    Organisation: async (id, { catalog }) => (await catalog()).organisations.get(id),
  },
  records: {
    Disease: { ANYONE: 'all' },
    Hospital: { ANYONE: 'all' },
    Medicine: { ANYONE: 'all' },
    Organisation: { ANYONE: 'all' },
  },
  open: CatalogSnapshot.open,
  api: (_, database, snapshot) => ({ database, catalog: () => (snapshot as CatalogSnapshot).read() }),
};
