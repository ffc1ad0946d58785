import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { enqueue } from '../../common/jobs.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { blindIndex, fingerprint } from '../../common/sealed.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { AlreadyRegistered } from '../profile/patient.errors.js';
import {
  CareCodeInvalid,
  CareEnded,
  CareInvitationClosed,
  MoreThanYouHave,
  OwnInvitation,
  TooManyCodes,
} from './care.errors.js';
import { HAND_OVER } from './care.jobs.js';
import {
  CareAction,
  type CareInvitation,
  CareInvitationKind,
  CareInvitationState,
  type CareScope,
  CareState,
} from './care.js';
import type { LoadedCare } from './care.loader.js';
import { careUntil, checkLabel, checkScopes, covers, endOrOwn, invitationExpiry } from './care.rules.js';
import { codeOf, MOST_CODES_AN_HOUR, nextHour, readCode, shownCode } from './care-code.rules.js';
import { CareInvitationEntity } from './care-invitation.entity.js';
import { CareRelationshipEntity } from './care-relationship.entity.js';

export interface InviteCaregiver {
  readonly patientId: string;
  readonly scopes: readonly CareScope[];
  /** The last day, YYYY-MM-DD. */
  readonly expiresOn?: string | null;
  readonly idempotencyKey: string;
}

export interface InviteToTakeOver {
  readonly patientId: string;
  readonly idempotencyKey: string;
}

export interface AcceptCareInvitation {
  readonly code: string;
  readonly label?: string | null;
  readonly idempotencyKey: string;
}

export interface WithdrawCareInvitation {
  readonly careInvitationId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface RevokeCare {
  readonly careRelationshipId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface ChangeCare extends RevokeCare {
  readonly scopes: readonly CareScope[];
  /** The last day, YYYY-MM-DD. */
  readonly expiresOn?: string | null;
}

const CODE = { table: 'care_invitation', column: 'code_index' };
const ACCEPT = 'select outcome, of_patient as "patientId" from accept_care_invitation(?, ?, ?)';
type Outcome = 'ACCEPTED' | 'HANDED_OVER' | 'INVALID' | 'LABEL' | 'OWN' | 'ALREADY' | 'REGISTERED';
const COUNT_ATTEMPT = 'select count_care_code_attempt() as attempts';
/** What another subgraph had begun to write for the patient when the record was handed over, is there by then. */
const HAND_OVER_AGAIN_MS = 10 * 60_000;

const noPatient = () => new NotFound('patient', ['input', 'patientId']);

/** Who acts for a patient: inviting, accepting, changing, revoking; and a patient taking over their own record. */
export class CareService {
  constructor(private readonly context: PatientContext) {}

  /**
   * Invites somebody to act for a patient. Nobody grants more than they have, nor for longer; when the invitation is
   * accepted that is asked again.
   *
   * @returns the invitation with its code
   * @throws {NotFound} {InvalidInput} {@link MoreThanYouHave} {IdempotencyConflict}
   */
  async invite(input: InviteCaregiver): Promise<CareInvitation> {
    const { care, patients } = this.context;
    const standing = await care.standing(input.patientId);
    ensureAllowed(standing?.mayView === true, noPatient);
    const scopes = checkScopes(input.scopes);
    const [holding, patient] = [await care.holding(input.patientId), await patients.byId(input.patientId)];
    if (!holding || !patient?.birthDate) throw noPatient();
    const asked = careUntil(input.expiresOn ?? null, patient.birthDate, new Date());
    const until = endOrOwn(asked, holding);
    return this.made('inviteCaregiver', input, () => {
      ensureAllowed(covers(holding, scopes, until), () => new MoreThanYouHave(holding));
      return { kind: CareInvitationKind.CAREGIVER, scopes, careUntil: until };
    });
  }

  /**
   * Invites a patient without a sign-in to take their own record over. By a caregiver who may do everything; also for a year
   * after that one's care ended because the patient came of age.
   *
   * @returns the invitation with its code
   * @throws {NotFound} {IdempotencyConflict}
   */
  async inviteToTakeOver(input: InviteToTakeOver): Promise<CareInvitation> {
    const allowed = await this.context.care.handsOver(input.patientId);
    return this.made('inviteToTakeOver', input, () => {
      ensureAllowed(allowed, noPatient);
      return { kind: CareInvitationKind.SELF, scopes: [], careUntil: null };
    });
  }

  private async made(
    operation: string,
    input: { readonly patientId: string; readonly idempotencyKey: string },
    decide: () => { kind: CareInvitationKind; scopes: CareScope[]; careUntil: Date | null },
  ): Promise<CareInvitation> {
    const { fieldKeys, identity } = this.context;
    const id = await once(this.context, operation, input, async (em) => {
      const now = new Date();
      const invitation = newId();
      em.create(CareInvitationEntity, {
        id: invitation,
        patient: input.patientId,
        ...decide(),
        codeIndex: blindIndex(fieldKeys, CODE, this.codeFor(invitation)),
        invitedBy: identity.subject,
        createdAt: now,
        expiresAt: invitationExpiry(now),
      });
      return invitation;
    });
    const made = await this.context.care.invitation(id);
    if (!made) throw noPatient();
    const isOpen = made.state === CareInvitationState.OPEN;
    return { ...made, invitationCode: isOpen ? shownCode(this.codeFor(id)) : null };
  }

  /** The code is made from the id with a secret: so it is nowhere, and who sends the same request again gets it again. */
  private codeFor(invitationId: string): string {
    const place = { table: 'care_invitation', column: 'code', row: invitationId };
    return codeOf(Buffer.from(fingerprint(this.context.fieldKeys, place, 'code'), 'base64url'));
  }

  /**
   * @returns the relationship's id; for who took their own record over, the patient's
   * @throws {InvalidInput} {@link TooManyCodes} {@link CareCodeInvalid} {@link OwnInvitation} {AlreadyRegistered}
   *   {IdempotencyConflict}
   */
  async accept(input: AcceptCareInvitation): Promise<string> {
    const { fieldKeys, session } = this.context;
    const code = blindIndex(fieldKeys, CODE, readCode(input.code));
    const label = input.label == null ? null : checkLabel(input.label);
    // counted by itself: it stays counted when what follows fails
    const attempts = await session.transaction(async (em) => {
      const [counted] = await em.execute<{ attempts: number }[]>(COUNT_ATTEMPT);
      return counted?.attempts ?? 0;
    });
    if (attempts > MOST_CODES_AN_HOUR) throw new TooManyCodes(nextHour(new Date()));
    // a hash of the input is kept with the key: it never sees the code
    const comparable = { code, label, idempotencyKey: input.idempotencyKey };
    try {
      return await once(this.context, 'acceptCareInvitation', comparable, async (em) => {
        const relationshipId = newId();
        const [answer] = await em.execute<{ outcome: Outcome; patientId: string }[]>(ACCEPT, [
          code,
          relationshipId,
          label,
        ]);
        switch (answer?.outcome) {
          case 'ACCEPTED':
            await tell(em, {
              patientId: answer.patientId,
              kind: CareNoticeKind.CARE_INVITATION_ACCEPTED,
              aboutId: relationshipId,
            });
            return relationshipId;
          case 'HANDED_OVER': {
            const { patientId } = answer;
            await enqueue(em, 'patient', HAND_OVER, { patientId });
            await enqueue(
              em,
              'patient',
              HAND_OVER,
              { patientId },
              { runAt: new Date(Date.now() + HAND_OVER_AGAIN_MS) },
            );
            return patientId;
          }
          case 'LABEL':
            return checkLabel(null);
          case 'OWN':
          case 'ALREADY':
            throw new OwnInvitation();
          case 'REGISTERED':
            throw new AlreadyRegistered();
          default:
            throw new CareCodeInvalid();
        }
      });
    } catch (error) {
      // two records at the same time
      if (error instanceof UniqueConstraintViolationException) throw new AlreadyRegistered();
      throw error;
    }
  }

  /**
   * @returns the invitation's id
   * @throws {NotFound} {@link CareInvitationClosed} {StaleVersion} {IdempotencyConflict}
   */
  async withdrawInvitation(input: WithdrawCareInvitation): Promise<string> {
    const missing = () => new NotFound('invitation', ['input', 'careInvitationId']);
    const seen = await this.context.care.invitation(input.careInvitationId);
    if (!seen) throw missing();
    return once(this.context, 'withdrawCareInvitation', input, async (em) => {
      if (seen.state !== CareInvitationState.OPEN) throw new CareInvitationClosed(seen.state);
      const lockMode = LockMode.PESSIMISTIC_WRITE;
      const invitation = await em.findOne(CareInvitationEntity, input.careInvitationId, { lockMode });
      if (!invitation) {
        // what was accepted meanwhile cannot be locked any more
        const accepted = await em.findOne(CareInvitationEntity, {
          id: input.careInvitationId,
          acceptedAt: { $ne: null },
        });
        throw accepted ? new CareInvitationClosed(CareInvitationState.ACCEPTED) : missing();
      }
      if (invitation.withdrawnAt) throw new CareInvitationClosed(CareInvitationState.WITHDRAWN);
      if (invitation.version !== input.expectedVersion) throw new StaleVersion(invitation.version);
      invitation.withdrawnAt = new Date();
      return invitation.id;
    });
  }

  /**
   * Ends what somebody may do for a patient; their next request is refused.
   *
   * @returns the relationship's id
   * @throws {NotFound} {@link CareEnded} {StaleVersion} {IdempotencyConflict}
   */
  async revoke(input: RevokeCare): Promise<string> {
    const seen = await this.seen(input);
    return once(this.context, 'revokeCare', input, async (em) => {
      const care = await this.lock(em, input, seen, CareAction.REVOKE);
      care.revokedAt = new Date();
      await tell(em, { patientId: seen.patientId, kind: CareNoticeKind.CARE_ENDED, aboutId: care.id });
      return care.id;
    });
  }

  /**
   * Gives somebody other scopes, or another end, as who may grant those.
   *
   * @returns the relationship's id
   * @throws {NotFound} {@link CareEnded} {StaleVersion} {InvalidInput} {@link MoreThanYouHave} {IdempotencyConflict}
   */
  async change(input: ChangeCare): Promise<string> {
    const { care, patients } = this.context;
    const seen = await this.seen(input);
    const scopes = checkScopes(input.scopes);
    const [holding, patient] = [await care.holding(seen.patientId), await patients.byId(seen.patientId)];
    if (!holding || !patient?.birthDate) throw new NotFound('care relationship', ['input', 'careRelationshipId']);
    const until = endOrOwn(careUntil(input.expiresOn ?? null, patient.birthDate, new Date()), holding);
    return once(this.context, 'changeCare', input, async (em) => {
      const held = await this.lock(em, input, seen, CareAction.CHANGE);
      ensureAllowed(covers(holding, scopes, until), () => new MoreThanYouHave(holding));
      held.scopes = scopes;
      held.expiresAt = until;
      return held.id;
    });
  }

  private async seen({ careRelationshipId }: RevokeCare): Promise<LoadedCare> {
    const seen = await this.context.care.relationship(careRelationshipId);
    if (!seen) throw new NotFound('care relationship', ['input', 'careRelationshipId']);
    return seen;
  }

  /** The relationship, locked until the transaction ends. @throws {NotFound} {CareEnded} {StaleVersion} */
  private async lock(em: EntityManager, input: RevokeCare, seen: LoadedCare, action: CareAction) {
    if (seen.state !== CareState.ACTIVE) throw new CareEnded(seen.state);
    const missing = () => new NotFound('care relationship', ['input', 'careRelationshipId']);
    ensureAllowed(seen.allowedActions.includes(action), missing);
    const lockMode = LockMode.PESSIMISTIC_WRITE;
    const care = await em.findOne(CareRelationshipEntity, input.careRelationshipId, { lockMode });
    if (!care) {
      // one that was revoked meanwhile cannot be locked any more
      const revoked = await em.findOne(CareRelationshipEntity, {
        id: input.careRelationshipId,
        revokedAt: { $ne: null },
      });
      throw revoked ? new CareEnded(CareState.REVOKED) : missing();
    }
    if (care.version !== input.expectedVersion) throw new StaleVersion(care.version);
    return care;
  }
}
