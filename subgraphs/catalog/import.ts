import type { Client } from 'pg';
import { fixedId } from '../common/ids.js';
import { maySellOnline } from './medicine/medicine.rules.js';
import {
  type DiseaseRow,
  type HospitalRow,
  type MedicineRow,
  type ReferenceData,
  readReferenceData,
} from './reference-data.js';

export const diseaseId = (catalogNo: number): string => fixedId('disease', catalogNo);
export const hospitalId = (nameZh: string): string => fixedId('hospital', nameZh);
/** @param brandNameEn null for one that is sold under its generic name only */
export const medicineId = (genericNameEn: string, brandNameEn: string | null): string =>
  fixedId('medicine', `${genericNameEn}/${brandNameEn ?? ''}`);

/** How many entries were made or changed. */
export interface Imported {
  readonly diseases: number;
  readonly hospitals: number;
  readonly medicines: number;
}

interface ImportOptions {
  /** Who changes the catalog, for the record. */
  readonly by?: string;
  readonly data?: ReferenceData;
}

/**
 * Brings the catalog to what the reference data says. Doing it again changes nothing; an entry that differs gets a new
 * version. Prices, organisations and entries that the data does not know are left alone.
 *
 * @param client a connection of the catalog's owner or an administrator, without a transaction
 * @throws {BadReferenceData} before anything is written
 */
export async function importCatalog(client: Client, { by = 'import', data }: ImportOptions = {}): Promise<Imported> {
  const { diseases, hospitals, medicines } = data ?? readReferenceData();
  return inTransaction(client, async () => ({
    diseases: await upsert(client, 'disease', DISEASE, diseases.map(storedDisease), by),
    hospitals: await upsert(client, 'hospital', HOSPITAL, hospitals.map(storedHospital), by),
    medicines:
      (await upsert(client, 'medicine', MEDICINE, medicines.map(storedMedicine), by)) +
      (await treat(client, medicines, by)),
  }));
}

/** Runs `work` as one transaction, one such at a time. */
export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query("select pg_advisory_xact_lock(hashtext('care-catalog-import'))");
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** A table's columns that the data decides, with their types. */
type Columns = Readonly<Record<string, string>>;

const DISEASE: Columns = {
  catalog_no: 'int',
  batch: 'int',
  name_en: 'text',
  name_zh: 'text',
  name_en_as_published: 'text',
  name_zh_as_published: 'text',
  orpha_code: 'text',
  orpha_match: 'text',
  icd10: 'text[]',
  codes_verified: 'boolean',
};

const storedDisease = (row: DiseaseRow) => ({
  id: diseaseId(row.catalogNo),
  catalog_no: row.catalogNo,
  batch: row.batch,
  name_en: row.nameEn,
  name_zh: row.nameZh,
  name_en_as_published: row.nameEnAsPublished,
  name_zh_as_published: row.nameZhAsPublished,
  orpha_code: row.orphaCode,
  orpha_match: row.orphaMatch,
  icd10: row.icd10,
  // nobody has checked them: see data/PROVENANCE.md
  codes_verified: false,
});

const HOSPITAL: Columns = {
  name_en: 'text',
  name_zh: 'text',
  name_en_basis: 'text',
  province: 'text',
  province_zh: 'text',
  role: 'text',
  in_2024: 'boolean',
  in_2019: 'boolean',
};

const storedHospital = (row: HospitalRow) => ({
  id: hospitalId(row.nameZh),
  name_en: row.nameEn,
  name_zh: row.nameZh,
  name_en_basis: row.nameEnBasis,
  province: row.province,
  province_zh: row.provinceZh,
  role: row.role,
  in_2024: row.in2024,
  in_2019: row.in2019,
});

const MEDICINE: Columns = {
  generic_name_en: 'text',
  generic_name_zh: 'text',
  brand_name_en: 'text',
  manufacturer: 'text',
  atc: 'text',
  form: 'text',
  strength: 'text',
  storage: 'text',
  nrdl_listed: 'boolean',
  approved_in_china_year: 'int',
  note: 'text',
  label_verified: 'boolean',
  sold_online: 'boolean',
};

const storedMedicine = (row: MedicineRow) => ({
  id: medicineId(row.genericNameEn, row.brandNameEn),
  generic_name_en: row.genericNameEn,
  generic_name_zh: row.genericNameZh,
  brand_name_en: row.brandNameEn,
  manufacturer: row.manufacturer,
  atc: row.atc,
  form: row.form,
  strength: row.strength,
  storage: row.coldChain ? 'COLD_2_8' : 'ROOM',
  nrdl_listed: row.nrdlListed,
  approved_in_china_year: row.approvedInChinaYear,
  note: row.note,
  // nobody has compared them with the label: see data/PROVENANCE.md
  label_verified: false,
  sold_online: maySellOnline({ ...row, atc: row.atc ?? null }),
});

/** Makes what is missing and changes what differs; says how many that were. */
export async function upsert(
  client: Client,
  table: 'disease' | 'hospital' | 'medicine' | 'organisation',
  columns: Columns,
  rows: readonly object[],
  by: string,
): Promise<number> {
  const names = Object.keys(columns);
  const types = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  const { rowCount } = await client.query(
    `insert into catalog.${table} as stored (id, ${names}, updated_at, updated_by)
     select id, ${names}, now(), $2 from jsonb_to_recordset($1::jsonb) as given (id uuid, ${types})
     on conflict (id) do update set (${names}, version, updated_at, updated_by) =
       (${names.map((name) => `excluded.${name}`)}, stored.version + 1, excluded.updated_at, excluded.updated_by)
     where (${names.map((name) => `stored.${name}`)}) is distinct from (${names.map((name) => `excluded.${name}`)})`,
    [JSON.stringify(rows), by],
  );
  return rowCount ?? 0;
}

/** Brings what the medicines treat to what the data says. @returns how many others than those just changed were changed */
async function treat(client: Client, medicines: readonly MedicineRow[], by: string): Promise<number> {
  const pairs = medicines.flatMap(({ genericNameEn, brandNameEn, catalogNos }) =>
    catalogNos.map((number) => ({
      medicine_id: medicineId(genericNameEn, brandNameEn),
      disease_id: diseaseId(number),
    })),
  );
  const { rowCount } = await client.query(
    `with given as (select * from jsonb_to_recordset($1::jsonb) as given (medicine_id uuid, disease_id uuid)),
     gone as (
       delete from catalog.medicine_disease where medicine_id in (select medicine_id from given)
         and (medicine_id, disease_id) not in (select medicine_id, disease_id from given) returning medicine_id),
     come as (
       insert into catalog.medicine_disease (medicine_id, disease_id) select medicine_id, disease_id from given
       on conflict do nothing returning medicine_id)
     update catalog.medicine set version = version + 1, updated_at = now(), updated_by = $2
     where id in (select medicine_id from gone union select medicine_id from come)
       -- one that this transaction has made or changed has its new version already
       and updated_at <> now()`,
    [JSON.stringify(pairs), by],
  );
  return rowCount ?? 0;
}
