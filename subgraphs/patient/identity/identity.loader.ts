import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import { log } from '../../common/log.js';
import { CannotOpen, type FieldKeys, open, type Place } from '../../common/sealed.js';
import { identityPlaces } from './identity.entity.js';
import type { InsuranceCover, PatientIdentity, PatientIdentityInClear } from './identity.js';
import { maskedAddress, maskedName, maskedNationalId, maskedPhone } from './identity.rules.js';

const COLUMNS = `patient_id as "patientId", legal_name_sealed as "legalName", national_id_sealed as "nationalId", phone_sealed as phone,
  address_sealed as address, insurance, insurance_note_sealed as "insuranceNote", changed_at as "changedAt", version`;
const FIELDS = ['legalName', 'nationalId', 'phone', 'address', 'insurance'];

const MASKED = loggedStatement(
  'identities-by-patient',
  `select ${COLUMNS} from patient_identity where patient_id = any($1)`,
  { record: 'PatientIdentity', id: '"patientId"', fields: FIELDS },
);
const IN_CLEAR = loggedStatement('identity-in-clear', `select ${COLUMNS} from patient_identity where patient_id = $1`, {
  record: 'PatientIdentityInClear',
  id: '"patientId"',
  fields: [...FIELDS, 'insuranceNote'],
});
const NAMES = loggedStatement(
  'masked-names',
  'select patient_id as "patientId", legal_name_sealed as "legalName" from legal_names($1)',
  { record: 'Patient', id: '"patientId"', fields: ['maskedName'] },
);
const DELIVERY = loggedStatement(
  'delivery-contact',
  `select patient_id as "patientId", legal_name_sealed as "legalName", phone_sealed as phone, address_sealed as address
   from delivery_contact($1)`,
  { record: 'DeliveryContact', id: '"patientId"', fields: ['name', 'phone', 'address'] },
);

interface NameRow {
  readonly patientId: string;
  readonly legalName: string;
}
interface DeliveryRow extends NameRow {
  readonly phone: string;
  readonly address: string | null;
}
interface IdentityRow extends DeliveryRow {
  readonly nationalId: string;
  readonly insurance: InsuranceCover;
  readonly insuranceNote: string | null;
  readonly changedAt: string;
  readonly version: number;
}

/** To whom and where medicine is sent. */
export interface DeliveryContact {
  readonly name: string;
  readonly phone: string;
  readonly address: string | null;
}

/** Reads who patients are, as the caller may see it. */
export class IdentityLoader {
  private readonly identities: DataLoader<string, PatientIdentity | null>;
  private readonly names: DataLoader<string, string | null>;

  /** @param reveal asks for the patients that the caller works on, before their names are read */
  constructor(
    private readonly session: Session,
    private readonly fieldKeys: FieldKeys,
    reveal: (ids: readonly string[]) => Promise<void>,
  ) {
    this.identities = new DataLoader(async (ids) =>
      inOrder(ids, await session.seen<IdentityRow>(MASKED, [ids]), (row) => this.masked(row)),
    );
    this.names = new DataLoader(async (ids) => {
      await reveal(ids);
      const rows = await session.seen<NameRow>(NAMES, [ids]);
      return inOrder(ids, rows, ({ patientId, legalName }) =>
        maskedName(open(fieldKeys, identityPlaces(patientId).legalName, legalName)),
      );
    });
  }

  /** Masked. @throws {CannotOpen} */
  ofPatient(id: string): Promise<PatientIdentity | null> {
    return this.identities.load(id);
  }

  /** As it is now, after it was set. */
  changed(patientId: string): Promise<PatientIdentity | null> {
    return this.identities.clear(patientId).load(patientId);
  }

  /** @throws {CannotOpen} */
  maskedName(patientId: string): Promise<string | null> {
    return this.names.load(patientId);
  }

  /** Of many, for another subgraph: null for a name that cannot be read, which costs the others nothing. */
  async maskedNames(patientIds: readonly string[]): Promise<{ patientId: string; name: string | null }[]> {
    const names = await this.names.loadMany(patientIds);
    return names.flatMap((name, index): { patientId: string; name: string | null }[] => {
      const patientId = patientIds[index] as string;
      if (name === null) return [];
      if (!(name instanceof Error)) return [{ patientId, name }];
      if (!(name instanceof CannotOpen)) throw name;
      log.error(name.place, 'a sealed value cannot be opened');
      return [{ patientId, name: null }];
    });
  }

  /** @throws {CannotOpen} */
  async inClear(patientId: string): Promise<PatientIdentityInClear | null> {
    const [row] = await this.session.seen<IdentityRow>(IN_CLEAR, [patientId]);
    return row ? this.opened(row) : null;
  }

  /** For a pharmacist, when the pharmacy asks and the patient agrees. @throws {CannotOpen} */
  async deliveryContact(patientId: string): Promise<DeliveryContact | null> {
    const [row] = await this.session.seen<DeliveryRow>(DELIVERY, [patientId]);
    if (!row) return null;
    const places = identityPlaces(patientId);
    return {
      name: open(this.fieldKeys, places.legalName, row.legalName),
      phone: open(this.fieldKeys, places.phone, row.phone),
      address: this.openedOr(places.address, row.address),
    };
  }

  private opened(row: IdentityRow): PatientIdentityInClear {
    const places = identityPlaces(row.patientId);
    return {
      ...row,
      legalName: open(this.fieldKeys, places.legalName, row.legalName),
      nationalId: open(this.fieldKeys, places.nationalId, row.nationalId),
      phone: open(this.fieldKeys, places.phone, row.phone),
      address: this.openedOr(places.address, row.address),
      insuranceNote: this.openedOr(places.insuranceNote, row.insuranceNote),
    };
  }

  private masked(row: IdentityRow): PatientIdentity {
    const { legalName, nationalId, phone, address, insurance, changedAt, version } = this.opened(row);
    return {
      legalName: maskedName(legalName),
      nationalId: maskedNationalId(nationalId),
      phone: maskedPhone(phone),
      address: address === null ? null : maskedAddress(address),
      insurance,
      changedAt,
      version,
    };
  }

  private openedOr(place: Place, sealed: string | null): string | null {
    return sealed === null ? null : open(this.fieldKeys, place, sealed);
  }
}

/** What each row shows, in the order of the ids. One that cannot be read costs the others nothing. */
function inOrder<Row extends NameRow, Shown>(
  ids: readonly string[],
  rows: readonly Row[],
  show: (row: Row) => Shown,
): (Shown | Error | null)[] {
  const found = new Map(rows.map((row) => [row.patientId, row]));
  return ids.map((id) => {
    const row = found.get(id);
    if (!row) return null;
    try {
      return show(row);
    } catch (error) {
      return error as Error;
    }
  });
}
