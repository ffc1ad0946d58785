import { type FieldKeys, open, type Place } from '../../common/sealed.js';
import { sealedPlaces as documentPlaces } from '../document/document.entity.js';
import { identityPlaces } from '../identity/identity.entity.js';
import { sealedPlaces } from '../payout-account/payout-account.entity.js';

type Row = Record<string, unknown>;

/** A value that stands sealed in what `data_of_patient` gives, and where it was sealed. */
interface Sealed {
  readonly kind: string;
  readonly field: string;
  readonly openedAs: string;
  readonly place: (patientId: string, row: Row) => Place;
}

const SEALED: readonly Sealed[] = [
  { kind: 'payoutAccount', field: 'holderSealed', openedAs: 'holderName', place: (id) => sealedPlaces(id).holder },
  { kind: 'payoutAccount', field: 'accountSealed', openedAs: 'accountNumber', place: (id) => sealedPlaces(id).account },
  { kind: 'identity', field: 'legalNameSealed', openedAs: 'legalName', place: (id) => identityPlaces(id).legalName },
  { kind: 'identity', field: 'nationalIdSealed', openedAs: 'nationalId', place: (id) => identityPlaces(id).nationalId },
  { kind: 'identity', field: 'phoneSealed', openedAs: 'phone', place: (id) => identityPlaces(id).phone },
  { kind: 'identity', field: 'addressSealed', openedAs: 'address', place: (id) => identityPlaces(id).address },
  {
    kind: 'identity',
    field: 'insuranceNoteSealed',
    openedAs: 'insuranceNote',
    place: (id) => identityPlaces(id).insuranceNote,
  },
  {
    kind: 'documents',
    field: 'fileNameSealed',
    openedAs: 'fileName',
    place: (_, { id }) => documentPlaces(id as string).fileName,
  },
];

/**
 * Opens what is sealed in what this subgraph knows of a patient: it is the person's own data. Only where something is known to
 * be sealed: what somebody wrote opens nothing.
 *
 * @param data JSON text: an object of arrays by kind
 * @throws {CannotOpen}
 */
export function openOwnData(data: string, patientId: string, fieldKeys: FieldKeys): string {
  const kinds = JSON.parse(data) as Record<string, Row[]>;
  for (const { kind, field, openedAs, place } of SEALED) {
    for (const row of kinds[kind] ?? []) {
      const { [field]: sealed } = row;
      delete row[field];
      row[openedAs] = typeof sealed === 'string' ? open(fieldKeys, place(patientId, row), sealed) : null;
    }
  }
  return JSON.stringify(kinds);
}
