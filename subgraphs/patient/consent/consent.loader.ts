import { loggedStatement } from '../../common/access-log.js';
import { idBelow, type Page } from '../../common/connection.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { type Database, type Session, statement } from '../../common/database.js';
import type { Consent, ConsentText } from './consent.js';
import { allowedActions } from './consent.rules.js';

const TEXT = `'purpose', t.purpose, 'number', t.number, 'textEn', t.text_en, 'textZh', t.text_zh, 'effectiveFrom', t.effective_from`;
const COLUMNS = `id, patient_id as "patientId", c.purpose, recipient_id as "recipientId", json_build_object(${TEXT}) as text,
  exists (select from consent_text newer where newer.purpose = c.purpose and newer.number > c.text_number
    and newer.effective_from <= now()) as "textOutdated",
  given_by is distinct from (select subject from patient where patient.id = patient_id) as "byCaregiver",
  given_at as "givenAt", withdrawn_at as "withdrawnAt", version, caller_acts_for(patient_id, 'CARE') as "mayCare"`;
const FROM = 'from consent c join consent_text t on t.purpose = c.purpose and t.number = c.text_number';

const SHOWS = { record: 'Consent', fields: ['purpose', 'recipientId', 'text', 'givenAt', 'withdrawnAt'] };
const BY_ID = loggedStatement('consent-by-id', `select ${COLUMNS} ${FROM} where id = $1`, SHOWS);
const OF_PATIENT = loggedStatement(
  'consents-of-patient',
  `select ${COLUMNS} ${FROM} where patient_id = $1 and ${idBelow('$2')} order by id desc limit $3`,
  { ...SHOWS, page: { limit: '$3' } },
);
const COUNT = statement(
  'count-consents-of-patient',
  'select count(*)::int as count from consent where patient_id = $1',
);
const GIVEN = statement('consent-given', 'select has_consent($1, $2, null) as given');
const TEXTS = statement(
  'consent-texts',
  `select purpose, number, text_en as "textEn", text_zh as "textZh", effective_from as "effectiveFrom" from consent_text`,
);
const IS_VERIFIED = statement('physician-is-verified', `select from physician where id = $1 and status = 'VERIFIED'`);

type Row = Omit<Consent, 'allowedActions'> & { readonly mayCare: boolean };

/** A consent, with whether the caller may give and withdraw for its patient. */
export type LoadedConsent = Consent & Pick<Row, 'mayCare'>;

const loaded = (row: Row): LoadedConsent => ({ ...row, allowedActions: allowedActions(row.withdrawnAt, row.mayCare) });

/** In the order in which they are named. */
const PURPOSES = Object.values(ConsentPurpose);

/** Reads consents as the caller may see them, and the texts, which anybody may. */
export class ConsentLoader {
  constructor(
    private readonly session: Session,
    private readonly database: Database,
  ) {}

  /** As it is now. */
  async byId(id: string): Promise<LoadedConsent | null> {
    const [row] = await this.session.seen<Row>(BY_ID, [id]);
    return row ? loaded(row) : null;
  }

  /** Newest first; one more than the page holds where there are more. */
  async ofPatient(patientId: string, { after, first }: Page): Promise<LoadedConsent[]> {
    return (await this.session.seen<Row>(OF_PATIENT, [patientId, after, first + 1])).map(loaded);
  }

  async count(patientId: string): Promise<number> {
    return this.session.count(COUNT, [patientId]);
  }

  /** Every text there is, those to come included. */
  async texts(): Promise<ConsentText[]> {
    const texts = await this.database.publicRows<ConsentText>(TEXTS);
    return texts.sort((one, other) => PURPOSES.indexOf(one.purpose) - PURPOSES.indexOf(other.purpose));
  }

  /** Whether the patient agrees, whoever the caller is: to be told to subgraphs alone. */
  async given(patientId: string, purpose: ConsentPurpose): Promise<boolean> {
    const [row] = await this.session.rows<{ given: boolean }>(GIVEN, [patientId, purpose]);
    return row?.given === true;
  }

  async isVerifiedPhysician(id: string): Promise<boolean> {
    return (await this.session.rows(IS_VERIFIED, [id])).length > 0;
  }
}
