import { loggedStatement } from '../../common/access-log.js';
import { idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { CareInvitation, CareRelationship, CareScope, Handover } from './care.js';
import {
  type CareFacts,
  careActions,
  careState,
  type Holding,
  type InvitationFacts,
  invitationActions,
  invitationState,
} from './care.rules.js';

/** What the caller is to a patient. */
export interface CareStanding {
  readonly patientId: string;
  /** The patient's own sign-in; null for somebody whom only caregivers act for. */
  readonly subject: string | null;
  readonly mayView: boolean;
  readonly mayApply: boolean;
  readonly mayOrder: boolean;
  readonly mayCare: boolean;
}

const may = (scope: string) => `(own or (caller_has_role('CAREGIVER') and '${scope}' = any(scopes)))`;
/** Also of a caregiver who has signed in as something else, who may do nothing then: nobody decides about those they care for. */
const STANDING = statement(
  'care-standing',
  `select $1::text as "patientId", subject, ${may('VIEW')} as "mayView", ${may('APPLY')} as "mayApply",
     ${may('ORDER')} as "mayOrder", ${may('CARE')} as "mayCare"
   from care_standing($1::uuid)`,
);
const IN_CARE = statement(
  'patient-ids-in-care',
  `select patient_id as id from care_relationship
   where caregiver_subject = caller_subject() and 'VIEW' = any(scopes) and revoked_at is null
     and (expires_at is null or expires_at > now()) order by patient_id`,
);
const HOLDING = statement(
  'care-holding',
  `select own as self, scopes, (select expires_at from care_relationship
     where patient_id = $1 and caregiver_subject = caller_subject() and revoked_at is null) as until
   from care_standing($1::uuid)`,
);

const CARE = `id, patient_id as "patientId", scopes, label, granted_at as "grantedAt", expires_at as "expiresAt",
  revoked_at as "revokedAt", caregiver_subject = caller_subject() as mine, caller_governs(patient_id) as governs, version`;
const CARE_BY_ID = statement('care-by-id', `select ${CARE} from care_relationship where id = $1`);
const CARE_OF_PATIENT = loggedStatement(
  'care-of-patient',
  `select ${CARE} from care_relationship where patient_id = $1 and ${idBelow('$2')} order by id desc limit $3`,
  {
    record: 'CareRelationship',
    fields: ['scopes', 'label', 'grantedAt', 'expiresAt', 'revokedAt'],
    page: { limit: '$3' },
  },
);
const COUNT_CARE = statement(
  'count-care-of-patient',
  'select count(*)::int as count from care_relationship where patient_id = $1',
);

const INVITATION = `id, patient_id as "patientId", kind, scopes, care_until as "careUntil", created_at as "createdAt",
  expires_at as "expiresAt", accepted_at as "acceptedAt", withdrawn_at as "withdrawnAt", invited_by = caller_subject() as mine, version`;
const INVITATION_BY_ID = statement('care-invitation-by-id', `select ${INVITATION} from care_invitation where id = $1`);
const INVITATIONS_OF_PATIENT = statement(
  'care-invitations-of-patient',
  `select ${INVITATION} from care_invitation where patient_id = $1 and ${idBelow('$2')} order by id desc limit $3`,
);
const COUNT_INVITATIONS = statement(
  'count-care-invitations-of-patient',
  'select count(*)::int as count from care_invitation where patient_id = $1',
);
const HANDS_OVER = statement(
  'hands-over',
  `select caller_has_role('CAREGIVER') and hands_over(caller_subject(), $1) as is`,
);
const HANDOVERS = statement(
  'handovers-of-caller',
  'select patient_id as "patientId", until from handovers_of_caller()',
);

type CareRow = Omit<CareRelationship, 'state' | 'allowedActions'> & CareFacts & { readonly patientId: string };
type InvitationRow = Omit<CareInvitation, 'state' | 'allowedActions' | 'invitationCode'> &
  InvitationFacts & { readonly patientId: string };

/** A relationship, with whom it is about and what the caller is to that patient. */
export type LoadedCare = CareRelationship & Pick<CareRow, 'patientId' | 'governs'>;
export type LoadedInvitation = CareInvitation & Pick<InvitationRow, 'patientId'>;

const loadedCare = (row: CareRow): LoadedCare => {
  const now = new Date();
  return { ...row, state: careState(row, now), allowedActions: careActions(row, now) };
};

const loadedInvitation = (row: InvitationRow): LoadedInvitation => {
  const now = new Date();
  return {
    ...row,
    invitationCode: null,
    state: invitationState(row, now),
    allowedActions: invitationActions(row, now),
  };
};

/** Reads what the caller may do for whom, who acts for a patient, and who is invited to. */
export class CareLoader {
  constructor(private readonly session: Session) {}

  /** Null when the patient is nothing to the caller. */
  async standing(patientId: string): Promise<CareStanding | null> {
    const [row] = await this.session.rows<CareStanding>(STANDING, [patientId]);
    return row ?? null;
  }

  /** Ids of the patients whom the caller cares for and may see, whatever they have signed in as. */
  async inCare(): Promise<string[]> {
    return (await this.session.rows<{ id: string }>(IN_CARE)).map(({ id }) => id);
  }

  /** What the caller has, and so can give to others. */
  async holding(patientId: string): Promise<Holding | null> {
    const [row] = await this.session.rows<{ self: boolean; scopes: CareScope[]; until: string | null }>(HOLDING, [
      patientId,
    ]);
    return row ? { ...row, until: row.until === null ? null : new Date(row.until) } : null;
  }

  /** As it is now. */
  async relationship(id: string): Promise<LoadedCare | null> {
    const [row] = await this.session.rows<CareRow>(CARE_BY_ID, [id]);
    return row ? loadedCare(row) : null;
  }

  /** Newest first; one more than the page holds where there are more. */
  async ofPatient(patientId: string, { after, first }: Page): Promise<LoadedCare[]> {
    return (await this.session.seen<CareRow>(CARE_OF_PATIENT, [patientId, after, first + 1])).map(loadedCare);
  }

  async count(patientId: string): Promise<number> {
    return this.session.count(COUNT_CARE, [patientId]);
  }

  /** As it is now. */
  async invitation(id: string): Promise<LoadedInvitation | null> {
    const [row] = await this.session.rows<InvitationRow>(INVITATION_BY_ID, [id]);
    return row ? loadedInvitation(row) : null;
  }

  /** Newest first; one more than the page holds where there are more. */
  async invitationsOf(patientId: string, { after, first }: Page): Promise<LoadedInvitation[]> {
    const rows = await this.session.rows<InvitationRow>(INVITATIONS_OF_PATIENT, [patientId, after, first + 1]);
    return rows.map(loadedInvitation);
  }

  async countInvitations(patientId: string): Promise<number> {
    return this.session.count(COUNT_INVITATIONS, [patientId]);
  }

  /** Whether the caller can hand the record of a patient over to that patient. */
  async handsOver(patientId: string): Promise<boolean> {
    const [row] = await this.session.rows<{ is: boolean }>(HANDS_OVER, [patientId]);
    return row?.is === true;
  }

  /** Those whose care by the caller ended with their age, and who can still take their record over. */
  handovers(): Promise<Handover[]> {
    return this.session.rows<Handover>(HANDOVERS);
  }
}
