import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const text = z.string().trim().min(1);
const catalogNo = z.int().min(1).max(999);

const diseaseRow = z.strictObject({
  catalogNo,
  batch: z.union([z.literal(1), z.literal(2)]),
  nameEn: text,
  nameZh: text,
  nameEnAsPublished: text.optional(),
  nameZhAsPublished: text.optional(),
  orphaCode: z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .optional(),
  orphaMatch: z.enum(['EXACT', 'SUBSET']).optional(),
  icd10: z.array(z.string().regex(/^[A-Z]\d\d(\.\d{1,2})?$/)).default([]),
});

const networkRole = z.enum(['NATIONAL_LEAD', 'PROVINCIAL_LEAD', 'MEMBER']);
const hospitalRow = z.strictObject({
  nameEn: text,
  nameZh: text,
  nameZh2019: text.optional(),
  nameEnBasis: z.enum(['COMMON_USAGE', 'PATTERN']),
  province: text,
  provinceZh: text,
  role: networkRole,
  role2019: networkRole.optional(),
  no2019: z.int().min(1).optional(),
  in2024: z.boolean(),
  in2019: z.boolean(),
});

const medicineRow = z.strictObject({
  genericNameEn: text,
  genericNameZh: text,
  brandNameEn: text.nullable(),
  manufacturer: text,
  atc: z
    .string()
    .regex(/^[A-Z]\d\d[A-Z]{2}\d\d$/)
    .optional(),
  coldChain: z.boolean(),
  form: text,
  strength: text.optional(),
  nrdlListed: z.boolean().nullable(),
  approvedInChinaYear: z.int().min(1950).max(2100).optional(),
  note: text.optional(),
  catalogNos: z.array(catalogNo).min(1),
});

export type DiseaseRow = z.output<typeof diseaseRow>;
export type HospitalRow = z.output<typeof hospitalRow>;
export type MedicineRow = z.output<typeof medicineRow>;

export interface ReferenceData {
  readonly diseases: readonly DiseaseRow[];
  readonly hospitals: readonly HospitalRow[];
  readonly medicines: readonly MedicineRow[];
}

/** A file of reference data cannot be used: the message says which one, which row and which field. */
export class BadReferenceData extends Error {}

/** Where the files are: in the project, also when the program runs out of `dist`, into which they are not copied. */
export function referenceFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, 'subgraphs/catalog/data');
    if (folder === dirname(folder)) throw new BadReferenceData('The folder subgraphs/catalog/data is missing.');
  }
}

/**
 * Reads diseases, hospitals and medicines and checks every row, and that no two are the same and medicines name diseases
 * that there are.
 *
 * @throws {BadReferenceData}
 */
export function readReferenceData(folder = referenceFolder()): ReferenceData {
  const read = <Row>(file: string, schema: z.ZodType<Row>, key: (row: Row) => string | number) =>
    checkedRows(file, readFile(join(folder, file)), schema, key);
  const diseases = read('diseases.json', diseaseRow, (row) => row.catalogNo);
  const hospitals = read('hospitals.json', hospitalRow, (row) => row.nameZh);
  const medicines = read('medicines.json', medicineRow, (row) => `${row.genericNameEn} / ${row.brandNameEn}`);
  const numbers = new Set(diseases.map((row) => row.catalogNo));
  for (const [index, row] of medicines.entries()) {
    const missing = row.catalogNos.find((number) => !numbers.has(number));
    if (missing) throw bad('medicines.json', index, 'catalogNos', `there is no disease with the number ${missing}`);
  }
  return { diseases, hospitals, medicines };
}

const bad = (file: string, index: number, field: string, what: string) =>
  new BadReferenceData(`${file}, row ${index + 1}, ${field}: ${what}`);

function readFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BadReferenceData(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function checkedRows<Row>(
  file: string,
  rows: unknown,
  schema: z.ZodType<Row>,
  key: (row: Row) => string | number,
): Row[] {
  if (!Array.isArray(rows)) throw new BadReferenceData(`${file} is not a list of rows.`);
  const seen = new Map<string | number, number>();
  return rows.map((row, index) => {
    const read = schema.safeParse(row);
    if (!read.success) {
      const issue = read.error.issues[0];
      throw bad(file, index, issue?.path.join('.') || 'row', issue?.message ?? 'wrong');
    }
    const name = key(read.data);
    const before = seen.get(name);
    if (before !== undefined) throw bad(file, index, 'row', `${name} stands in row ${before + 1} already`);
    seen.set(name, index);
    return read.data;
  });
}
