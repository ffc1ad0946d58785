import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export enum CareScope {
  VIEW = 'VIEW',
  APPLY = 'APPLY',
  ORDER = 'ORDER',
  CARE = 'CARE',
}
registerEnumType(CareScope, {
  name: 'CareScope',
  description: 'What a caregiver may do for a patient.',
  valuesConfig: {
    VIEW: { description: 'See the record. Every caregiver may: nobody acts on what they do not see.' },
    APPLY: { description: 'Apply for aid, claim expenses, and say where the money is paid to.' },
    ORDER: { description: 'Order medicine.' },
    CARE: { description: 'Take part in care: diagnoses, appointments, diary, documents, consents.' },
  },
});

export enum CareState {
  ACTIVE = 'ACTIVE',
  ENDED = 'ENDED',
  REVOKED = 'REVOKED',
}
registerEnumType(CareState, {
  name: 'CareState',
  description: 'Whether somebody acts for a patient.',
  valuesConfig: {
    ACTIVE: { description: 'They do.' },
    ENDED: { description: 'No longer: `expiresAt` has come.' },
    REVOKED: { description: 'No longer: it was revoked, or given up.' },
  },
});

export enum CareAction {
  CHANGE = 'CHANGE',
  REVOKE = 'REVOKE',
}
registerEnumType(CareAction, {
  name: 'CareAction',
  description: 'What may be done with a care relationship.',
  valuesConfig: {
    CHANGE: { description: '`changeCare`: other scopes, another end.' },
    REVOKE: { description: '`revokeCare`: it ends at once. Of your own: you give it up.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Somebody acts for a patient: delegated, limited to scopes, revocable at once, and for a minor at most until the 18th birthday. Seen by the patient and the caregivers.',
})
@RequiresScopes('patient:self')
export class CareRelationship {
  @Field(() => ID, { description: 'Identifies the relationship.' })
  readonly id!: string;

  @Field(() => CareState, { description: 'Whether it holds.' })
  readonly state!: CareState;

  @Field(() => [CareScope], { description: 'What the caregiver may do. At most 4.' })
  readonly scopes!: readonly CareScope[];

  @Field(() => String, {
    nullable: true,
    description:
      'How the caregiver called themselves when they accepted, for example “Aunt Li”. 1 to 50 characters; null for who registered the patient.',
  })
  readonly label!: string | null;

  @Field(() => Boolean, { description: 'Whether you are the caregiver.' })
  readonly mine!: boolean;

  @Field(() => DateTime, { description: 'When it began.' })
  readonly grantedAt!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it ends by itself; for a minor at midnight in Shanghai of the 18th birthday at the latest.',
  })
  readonly expiresAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was revoked; null if it was not.' })
  readonly revokedAt!: string | null;

  @Field(() => [CareAction], { description: 'What you may do with it now.' })
  readonly allowedActions!: readonly CareAction[];

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion`.' })
  readonly version!: number;
}

export enum CareInvitationKind {
  CAREGIVER = 'CAREGIVER',
  SELF = 'SELF',
}
registerEnumType(CareInvitationKind, {
  name: 'CareInvitationKind',
  description: 'What an invitation is to.',
  valuesConfig: {
    CAREGIVER: { description: 'To act for the patient.' },
    SELF: { description: 'To the patient: to take over their own record, with a sign-in of their own.' },
  },
});

export enum CareInvitationState {
  OPEN = 'OPEN',
  ACCEPTED = 'ACCEPTED',
  WITHDRAWN = 'WITHDRAWN',
  EXPIRED = 'EXPIRED',
}
registerEnumType(CareInvitationState, {
  name: 'CareInvitationState',
  description: 'Where an invitation stands.',
  valuesConfig: {
    OPEN: { description: 'Who has the code can accept it, as long as who made it may still grant what it grants.' },
    ACCEPTED: { description: 'Somebody did, once.' },
    WITHDRAWN: { description: 'Taken back.' },
    EXPIRED: { description: 'Seven days went by.' },
  },
});

export enum CareInvitationAction {
  WITHDRAW = 'WITHDRAW',
}
registerEnumType(CareInvitationAction, {
  name: 'CareInvitationAction',
  description: 'What may be done with an invitation.',
  valuesConfig: { WITHDRAW: { description: '`withdrawCareInvitation`: its code opens nothing any more.' } },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'An invitation to act for a patient, or to take the record over. Seen by the patient, who made it, and caregivers with all scopes of a patient without a sign-in.',
})
@RequiresScopes('patient:self')
export class CareInvitation {
  @Field(() => ID, { description: 'Identifies the invitation. It is not the code.' })
  readonly id!: string;

  @Field(() => CareInvitationKind, { description: 'What it is to.' })
  readonly kind!: CareInvitationKind;

  @Field(() => CareInvitationState, { description: 'Where it stands.' })
  readonly state!: CareInvitationState;

  @Field(() => String, {
    nullable: true,
    description:
      'What to give to whom you invite, 15 letters and digits, for `acceptCareInvitation`. Only in the answer to the mutation that made it; null anywhere else.',
  })
  readonly invitationCode!: string | null;

  @Field(() => [CareScope], { description: 'What it grants. At most 4; empty for SELF.' })
  readonly scopes!: readonly CareScope[];

  @Field(() => DateTime, {
    nullable: true,
    description: 'When what it grants will end; null when nothing was said: for a minor, with the 18th birthday.',
  })
  readonly careUntil!: string | null;

  @Field(() => Boolean, { description: 'Whether you made it.' })
  readonly mine!: boolean;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt!: string;

  @Field(() => DateTime, { description: 'Until when it can be accepted: seven days.' })
  readonly expiresAt!: string;

  @Field(() => [CareInvitationAction], { description: 'What you may do with it now.' })
  readonly allowedActions!: readonly CareInvitationAction[];

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion`.' })
  readonly version!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Somebody whose care for a patient ended because the patient came of age can still invite the patient to take the record over, and nothing else.',
})
@RequiresScopes('patient:self')
export class Handover {
  @Field(() => ID, { description: 'The patient, for `inviteToTakeOver`. The record itself is no longer shown to you.' })
  readonly patientId!: string;

  @Field(() => DateTime, { description: 'Until when: a year after the 18th birthday.' })
  readonly until!: string;
}
