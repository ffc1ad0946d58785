import { InvalidInput } from '../../common/errors.js';
import { lengthOf, plainLine, plainText } from '../../common/plain-text.js';
import { PhysicianAction, PhysicianStatus } from './physician.js';

const { CHANGE, SET_HOURS, VERIFY, REFUSE } = PhysicianAction;

const MAX_NAME = 100;
const MAX_REASON = 1000;
const MAX_DISEASES = 20;
const MAX_LANGUAGES = 10;
const LANGUAGE = /^[a-z]{2}$/;
const LICENCE = /^[A-Z0-9]{6,30}$/;

/** What a physician says of themselves. What is undefined was not said. */
export interface PhysicianEntry {
  readonly nameZh?: string;
  readonly nameEn?: string | null;
  readonly title?: string;
  readonly licenceNumber?: string;
  readonly hospitalId?: string;
  readonly diseaseIds?: readonly string[];
  readonly languages?: readonly string[];
}

function line(text: string, field: string): string {
  const plain = plainLine(text);
  const length = lengthOf(plain);
  if (length < 1 || length > MAX_NAME) {
    throw new InvalidInput(`Enter 1 to ${MAX_NAME} characters.`, ['input', field]);
  }
  return plain;
}

/** In one form, however it was typed. */
function licence(text: string): string {
  const plain = text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
  if (!LICENCE.test(plain)) {
    throw new InvalidInput('Enter the number of the licence: 6 to 30 letters and digits.', ['input', 'licenceNumber']);
  }
  return plain;
}

function list(values: readonly string[], max: number, field: string): string[] {
  const once = [...new Set(values)];
  if (once.length < 1 || once.length > max) throw new InvalidInput(`Give 1 to ${max} of them.`, ['input', field]);
  return once;
}

function languages(codes: readonly string[]): string[] {
  const given = list(
    codes.map((code) => code.trim().toLowerCase()),
    MAX_LANGUAGES,
    'languages',
  );
  if (!given.every((code) => LANGUAGE.test(code))) {
    throw new InvalidInput('Give languages as ISO 639-1 codes of two letters, for example `zh`.', [
      'input',
      'languages',
    ]);
  }
  return given;
}

/**
 * Checks what was said and brings it into one form; what was not said stays so. Never quotes a value.
 *
 * @throws {InvalidInput} naming the field
 */
export function checkEntry<Entry extends PhysicianEntry>(entry: Entry): Entry {
  const { nameZh, nameEn, title, licenceNumber, diseaseIds } = entry;
  return {
    ...entry,
    ...(nameZh !== undefined && { nameZh: line(nameZh, 'nameZh') }),
    ...(nameEn !== undefined && { nameEn: nameEn === null ? null : line(nameEn, 'nameEn') }),
    ...(title !== undefined && { title: line(title, 'title') }),
    ...(licenceNumber !== undefined && { licenceNumber: licence(licenceNumber) }),
    ...(diseaseIds !== undefined && { diseaseIds: list(diseaseIds, MAX_DISEASES, 'diseaseIds') }),
    ...(entry.languages !== undefined && { languages: languages(entry.languages) }),
  };
}

/** What an administrator looks at: a change of it has to be looked at again. */
export const mustBeLookedAtAgain = ({ nameZh, nameEn, licenceNumber, hospitalId }: PhysicianEntry): boolean =>
  [nameZh, nameEn, licenceNumber, hospitalId].some((value) => value !== undefined);

/** What the caller is to a physician's entry. */
export interface PhysicianStanding {
  readonly own: boolean;
  readonly administrator: boolean;
}

const DECISIONS: Readonly<Record<PhysicianStatus, readonly PhysicianAction[]>> = {
  [PhysicianStatus.PENDING]: [VERIFY, REFUSE],
  [PhysicianStatus.VERIFIED]: [REFUSE],
  [PhysicianStatus.REFUSED]: [],
};

/** What the caller may do with an entry now; nothing where they see none. Nobody decides about themselves. */
export function allowedActions(
  status: PhysicianStatus | undefined,
  { own, administrator }: PhysicianStanding,
): PhysicianAction[] {
  if (own) return status === PhysicianStatus.VERIFIED ? [CHANGE, SET_HOURS] : [CHANGE];
  return administrator && status ? [...DECISIONS[status]] : [];
}

/** @returns the reason, trimmed @throws {InvalidInput} when a refusal has none or one is too long */
export function checkReason(decision: PhysicianAction, text: string | null | undefined): string | null {
  const reason = plainText(text ?? '') || null;
  if (decision === REFUSE && reason === null) {
    throw new InvalidInput('Say why you refuse: the physician reads it.', ['input', 'reason']);
  }
  if (reason !== null && lengthOf(reason) > MAX_REASON) {
    throw new InvalidInput('A reason has at most 1,000 characters.', ['input', 'reason']);
  }
  return reason;
}

/** What may be shown of a licence's number to whoever checks it: its last four. */
export const maskedLicence = (licenceNumber: string): string => `**** ${licenceNumber.slice(-4)}`;
