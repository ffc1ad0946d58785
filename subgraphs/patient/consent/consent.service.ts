import { LockMode } from '@mikro-orm/core';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import type { Executes } from '../../common/database.js';
import { InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PatientContext } from '../context.js';
import { organisationExists } from './catalog.port.js';
import { hideShownDiseaseLater } from './community.step.js';
import { ConsentEntity } from './consent.entity.js';
import { ConsentWithdrawn } from './consent.errors.js';
import type { ConsentText } from './consent.js';
import { checkText, currentTexts, recipientKind } from './consent.rules.js';

export interface GiveConsent {
  readonly patientId: string;
  readonly purpose: ConsentPurpose;
  readonly recipientId?: string | null;
  /** Of the text that was shown. */
  readonly textNumber: number;
  readonly idempotencyKey: string;
}

export interface WithdrawConsent {
  readonly consentId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** Agreeing that a patient's data is used for something, and no longer agreeing. */
export class ConsentService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the consent's id: of the one that holds already, where it is to the same text
   * @throws {NotFound} {InvalidInput} {@link ConsentTextOutdated} {IdempotencyConflict}
   */
  async give(input: GiveConsent): Promise<string> {
    const { patientId, purpose, recipientId = null } = input;
    const standing = await this.context.care.standing(patientId);
    ensureAllowed(standing?.mayCare === true, () => new NotFound('patient', ['input', 'patientId']));
    await this.checkRecipient(purpose, recipientId);
    const text = await this.current(purpose);
    return once(this.context, 'giveConsent', input, (em) => {
      checkText(text, input.textNumber);
      return agree(em, this.context.identity.subject, { patientId, purpose, recipientId, textNumber: text.number });
    });
  }

  /**
   * @returns the consent's id
   * @throws {NotFound} {StaleVersion} {@link ConsentWithdrawn} {IdempotencyConflict}
   */
  async withdraw(input: WithdrawConsent): Promise<string> {
    const missing = () => new NotFound('consent', ['input', 'consentId']);
    const seen = await this.context.consents.byId(input.consentId);
    if (!seen) throw missing();
    ensureAllowed(seen.mayCare, missing);
    return once(this.context, 'withdrawConsent', input, async (em) => {
      const consent = await em.findOne(ConsentEntity, input.consentId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!consent) throw missing();
      if (consent.withdrawnAt) throw new ConsentWithdrawn();
      if (consent.version !== input.expectedVersion) throw new StaleVersion(consent.version);
      // somebody may have given it a moment ahead of this machine's clock
      consent.withdrawnAt = new Date(Math.max(Date.now(), consent.givenAt.getTime() + 1));
      consent.withdrawnBy = this.context.identity.subject;
      if (consent.purpose === ConsentPurpose.COMMUNITY_PROFILE) await hideShownDiseaseLater(em, consent.patient.id);
      return consent.id;
    });
  }

  private async checkRecipient(purpose: ConsentPurpose, recipientId: string | null): Promise<void> {
    const kind = recipientKind(purpose, recipientId);
    if (kind === null || recipientId === null) return;
    const there =
      kind === 'physician'
        ? await this.context.consents.isVerifiedPhysician(recipientId)
        : await organisationExists(this.context.ask, recipientId);
    if (there) return;
    const what = kind === 'physician' ? 'verified physician' : 'organisation';
    throw new InvalidInput(`There is no ${what} with this id.`, ['input', 'recipientId']);
  }

  private async current(purpose: ConsentPurpose): Promise<ConsentText> {
    const text = currentTexts(await this.context.consents.texts(), new Date()).find((each) => each.purpose === purpose);
    if (!text) throw new InvalidInput('There is no text yet to agree to for this purpose.', ['input', 'purpose']);
    return text;
  }
}

interface Agreed {
  readonly patientId: string;
  readonly purpose: ConsentPurpose;
  readonly recipientId: string | null;
  readonly textNumber: number;
}

const ACTIVE = `
  select id, text_number as "textNumber" from consent
  where patient_id = ? and purpose = ? and recipient_id is not distinct from ?::uuid and withdrawn_at is null for update`;
const END = `
  update consent set withdrawn_at = greatest(now(), given_at), withdrawn_by = ?, version = version + 1 where id = ?`;
const GIVE = `
  insert into consent (id, patient_id, purpose, recipient_id, text_number, given_at, given_by) values (?, ?, ?, ?, ?, now(), ?)
  on conflict do nothing returning id`;

/**
 * Writes down that somebody agrees. One to the same text that holds is left as it is; one to an older text ends as the new
 * one begins, so at every moment one holds, and what was shown then is kept.
 *
 * @returns the id of the consent that holds
 */
export async function agree(sql: Executes, by: string, agreed: Agreed): Promise<string> {
  const { patientId, purpose, recipientId, textNumber } = agreed;
  // again only when another was given, or ended, between two of these statements
  for (;;) {
    const [active] = await sql.execute<{ id: string; textNumber: number }[]>(ACTIVE, [patientId, purpose, recipientId]);
    if (active?.textNumber === textNumber) return active.id;
    if (active) await sql.execute(END, [by, active.id]);
    const values = [newId(), patientId, purpose, recipientId, textNumber, by];
    const [given] = await sql.execute<{ id: string }[]>(GIVE, values);
    if (given) return given.id;
  }
}
