import type { Database, Statement } from '../common/database.js';
import { statement } from '../common/database.js';
import { describeError, log } from '../common/log.js';
import { money } from '../common/money.js';
import type { Disease } from './disease/disease.js';
import type { Hospital } from './hospital/hospital.js';
import type { Medicine, MedicinePrice } from './medicine/medicine.js';
import type { Organisation } from './organisation/organisation.js';

const ORGANISATIONS = statement('all-organisations', 'select id, kind, name, demo from organisation order by id');
const DISEASES = statement(
  'all-diseases',
  `select id, catalog_no as "catalogNo", batch, name_en as "nameEn", name_zh as "nameZh",
     name_en_as_published as "nameEnAsPublished", name_zh_as_published as "nameZhAsPublished",
     orpha_code as "orphaCode", orpha_match as "orphaMatch", icd10, codes_verified as "codesVerified"
   from disease order by catalog_no`,
);
const HOSPITALS = statement(
  'all-hospitals',
  `select id, name_en as "nameEn", name_zh as "nameZh", name_en_basis as "nameEnBasis", province,
     province_zh as "provinceZh", role, in_2024 as recognised, organisation_id as "organisationId"
   from hospital order by id`,
);
const MEDICINES = statement(
  'all-medicines',
  `select id, generic_name_en as "genericNameEn", generic_name_zh as "genericNameZh", brand_name_en as "brandNameEn",
     manufacturer, atc, form, strength, storage, nrdl_listed as "nrdlListed",
     approved_in_china_year as "approvedInChinaYear", note, label_verified as "labelVerified",
     sold_online as "soldOnline", price_fen as "priceFen", price_demo as "priceDemo",
     array(select disease_id::text from medicine_disease where medicine_id = medicine.id) as "diseaseIds"
   from medicine order by id`,
);

type HospitalRow = Omit<Hospital, 'organisation'> & { organisationId: string | null };
type MedicineRow = Omit<Medicine, 'price' | 'treats'> & {
  priceFen: string | null;
  priceDemo: boolean;
  diseaseIds: string[];
};

const byId = <T extends { id: string }>(rows: readonly T[]): ReadonlyMap<string, T> =>
  new Map(rows.map((row) => [row.id, row]));

/**
 * The whole catalog in memory: some 750 entries that everybody may read and that change a few times a year, but stand in
 * nearly every answer. PostgreSQL tells of every change, and it is then read anew.
 */
export interface Catalog {
  readonly organisations: ReadonlyMap<string, Organisation>;
  readonly diseases: ReadonlyMap<string, Disease>;
  readonly diseasesByNumber: ReadonlyMap<number, Disease>;
  readonly hospitals: ReadonlyMap<string, Hospital>;
  readonly medicines: ReadonlyMap<string, Medicine>;
}

async function readCatalog(database: Database): Promise<Catalog> {
  const read = <T extends object>(query: Statement) => database.publicRows<T>(query);
  const [organisationRows, diseaseRows, hospitalRows, medicineRows] = await Promise.all([
    read<Organisation>(ORGANISATIONS),
    read<Disease>(DISEASES),
    read<HospitalRow>(HOSPITALS),
    read<MedicineRow>(MEDICINES),
  ]);
  const organisations = byId(organisationRows);
  const diseases = byId(diseaseRows);
  return {
    organisations,
    diseases,
    diseasesByNumber: new Map(diseaseRows.map((disease) => [disease.catalogNo, disease])),
    hospitals: byId(
      hospitalRows.map(({ organisationId, ...row }) => ({
        ...row,
        organisation: (organisationId && organisations.get(organisationId)) || null,
      })),
    ),
    medicines: byId(
      medicineRows.map(({ priceFen, priceDemo, diseaseIds, ...row }) => ({
        ...row,
        price: priceFen === null ? null : ({ amount: money(priceFen), demo: priceDemo } satisfies MedicinePrice),
        treats: diseaseIds.flatMap((id) => diseases.get(id) ?? []),
      })),
    ),
  };
}

/** Keeps the catalog in memory as new as the database's. */
export class CatalogSnapshot {
  private current: Promise<Catalog>;
  private stopListening: () => void = () => undefined;
  private closed = false;

  private constructor(private readonly database: Database) {
    this.current = readCatalog(database);
    // a failed read is met by whoever asks for it
    this.current.catch(() => undefined);
  }

  static async open(database: Database): Promise<CatalogSnapshot> {
    const snapshot = new CatalogSnapshot(database);
    await snapshot.listen();
    return snapshot;
  }

  /** The catalog as it is; read anew, by the first who asks, when the last read failed. */
  read(): Promise<Catalog> {
    const { current } = this;
    return current.catch(() => (this.current === current ? this.refresh() : this.current));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stopListening();
  }

  private refresh(): Promise<Catalog> {
    const next = readCatalog(this.database);
    this.current = next;
    next.catch((error: unknown) => log.error(describeError(error), 'the catalog could not be read'));
    return next;
  }

  private async listen(): Promise<void> {
    this.stopListening = await this.database.listen(
      'catalog_changed',
      () => void this.refresh(),
      () => void this.listenAgain(),
    );
    if (this.closed) return this.stopListening();
    // what changed while nobody listened; a read that fails is tried again by whoever asks
    await this.refresh().catch(() => undefined);
  }

  private async listenAgain(): Promise<void> {
    while (!this.closed) {
      try {
        await this.listen();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }
}
