import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { AlreadyRegistered } from '../profile/patient.errors.js';
import { Me, Patient } from '../profile/patient.js';
import {
  CareCodeInvalid,
  CareEnded,
  CareInvitationClosed,
  MoreThanYouHave,
  OwnInvitation,
  TooManyCodes,
} from './care.errors.js';
import { CareInvitation, CareRelationship, CareScope, Handover } from './care.js';
import { CareService } from './care.service.js';

const LAST_DAY =
  'The last day in Shanghai on which they act for the patient; left out: as long as you may grant it, for a minor until the 18th birthday.';

@InputType({ description: 'Who is invited to do what for whom.' })
class InviteCaregiverInput {
  @Field(() => ID, { description: 'The patient: you, or somebody whom you care for.' })
  patientId!: string;

  @Field(() => [CareScope], { description: 'What they may do, VIEW among it; of a caregiver no more than they have.' })
  scopes!: CareScope[];

  @Field(() => LocalDate, { nullable: true, description: LAST_DAY })
  expiresOn?: string | null;

  @Field(() => ID, { description: 'A key of your making: sending the same again makes one invitation.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which patient is invited to take their own record over.' })
class InviteToTakeOverInput {
  @Field(() => ID, {
    description:
      'The patient: without a sign-in, and you care for them with all scopes, or did until they came of age (see `Me.handovers`).',
  })
  patientId!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again makes one invitation.' })
  idempotencyKey!: string;
}

@InputType({ description: 'The code of an invitation.' })
class AcceptCareInvitationInput {
  @Field(() => String, {
    description: 'As you were given it: 15 letters and digits. Case, spaces and hyphens do not matter.',
  })
  code!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'How the patient can tell you from others, for example “Aunt Li”. 1 to 50 characters. Needed by caregivers; left out by who takes their own record over.',
  })
  label?: string | null;

  @Field(() => ID, { description: 'A key of your making: sending the same again accepts it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which invitation is taken back.' })
class WithdrawCareInvitationInput {
  @Field(() => ID, { description: 'The invitation.' })
  careInvitationId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again takes it back once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Who no longer acts for the patient.' })
class RevokeCareInput {
  @Field(() => ID, { description: 'The relationship; one of your own you give up.' })
  careRelationshipId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again revokes it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'What a caregiver may do from now on.' })
class ChangeCareInput extends RevokeCareInput {
  @Field(() => [CareScope], {
    description: 'All that they may do, VIEW among it; of a caregiver no more than they have.',
  })
  scopes!: CareScope[];

  @Field(() => LocalDate, { nullable: true, description: LAST_DAY })
  expiresOn?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What came of accepting an invitation.' })
@RequiresScopes('patient:self')
class AcceptedCare {
  @Field(() => Patient, { nullable: true, description: 'Whom you act for now; after a handover, you.' })
  readonly patient!: Patient | null;

  @Field(() => CareRelationship, {
    nullable: true,
    description: 'What you may do for the patient; null after a handover: then the record is yours.',
  })
  readonly care!: CareRelationship | null;
}

const InviteCaregiverResult = resultUnion(
  'InviteCaregiverResult',
  'The invitation with its code, or why none was made.',
  CareInvitation,
  [NotFound, InvalidInput, MoreThanYouHave, IdempotencyConflict],
);
const InviteToTakeOverResult = resultUnion(
  'InviteToTakeOverResult',
  'The invitation with its code, or why none was made.',
  CareInvitation,
  [NotFound, InvalidInput, IdempotencyConflict],
);
const AcceptCareInvitationResult = resultUnion(
  'AcceptCareInvitationResult',
  'Whom you act for now, or why it was not accepted.',
  AcceptedCare,
  [InvalidInput, CareCodeInvalid, TooManyCodes, OwnInvitation, AlreadyRegistered, IdempotencyConflict],
);
const WithdrawCareInvitationResult = resultUnion(
  'WithdrawCareInvitationResult',
  'The invitation, taken back, or why not.',
  CareInvitation,
  [NotFound, InvalidInput, StaleVersion, CareInvitationClosed, IdempotencyConflict],
);
const RevokeCareResult = resultUnion('RevokeCareResult', 'The relationship, revoked, or why not.', CareRelationship, [
  NotFound,
  InvalidInput,
  StaleVersion,
  CareEnded,
  IdempotencyConflict,
]);
const ChangeCareResult = resultUnion(
  'ChangeCareResult',
  'The relationship as it is now, or why not.',
  CareRelationship,
  [NotFound, InvalidInput, MoreThanYouHave, StaleVersion, CareEnded, IdempotencyConflict],
);
const CareRelationshipConnection = connectionType(CareRelationship, 'care relationships');
const CareInvitationConnection = connectionType(CareInvitation, 'invitations');

@Resolver(() => Patient)
export class CareResolver {
  @FieldResolver(() => CareRelationshipConnection, {
    nullable: true,
    description: 'Who acts for the patient or did, newest first. For the patient and the caregivers.',
  })
  @RequiresScopes('patient:self')
  async caregivers(
    @Root() { id }: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { care }: PatientContext,
  ): Promise<ConnectionSource<CareRelationship>> {
    const page = pageOf(args);
    return connection(await care.ofPatient(id, page), page, () => care.count(id));
  }

  @FieldResolver(() => CareInvitationConnection, {
    nullable: true,
    description:
      'Who was invited to act for the patient, newest first. For the patient, who made them, and caregivers with all scopes of a patient without a sign-in.',
  })
  @RequiresScopes('patient:self')
  async careInvitations(
    @Root() { id }: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { care }: PatientContext,
  ): Promise<ConnectionSource<CareInvitation>> {
    const page = pageOf(args);
    return connection(await care.invitationsOf(id, page), page, () => care.countInvitations(id));
  }

  @Mutation(() => InviteCaregiverResult, {
    nullable: true,
    description:
      'Invites somebody to act for a patient: give them the code. Nobody grants more than they have, nor for longer; that is asked again when it is accepted.',
  })
  @RequiresScopes('patient:self')
  inviteCaregiver(
    @Arg('input', () => InviteCaregiverInput, { description: 'To do what, for whom.' }) input: InviteCaregiverInput,
    @Ctx() context: PatientContext,
  ): Promise<CareInvitation | Failure> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(new CareService(context).invite(input));
  }

  @Mutation(() => InviteToTakeOverResult, {
    nullable: true,
    description:
      'Invites a patient without a sign-in to take over their own record, with one of their own. What was done for them stays theirs.',
  })
  @RequiresScopes('patient:self')
  inviteToTakeOver(
    @Arg('input', () => InviteToTakeOverInput, { description: 'Which patient.' }) input: InviteToTakeOverInput,
    @Ctx() context: PatientContext,
  ): Promise<CareInvitation | Failure> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(new CareService(context).inviteToTakeOver(input));
  }

  @Mutation(() => AcceptCareInvitationResult, {
    nullable: true,
    description:
      'Accepts an invitation by its code: as a caregiver you then act for the patient; as a patient the record is yours. Ten codes an hour can be tried.',
  })
  @RequiresScopes('patient:self')
  acceptCareInvitation(
    @Arg('input', () => AcceptCareInvitationInput, { description: 'The code.' }) input: AcceptCareInvitationInput,
    @Ctx() context: PatientContext,
  ): Promise<AcceptedCare | Failure> {
    return orFailure(new CareService(context).accept(input).then((id) => accepted(context, id)));
  }

  @Mutation(() => WithdrawCareInvitationResult, {
    nullable: true,
    description: 'Takes an invitation back that nobody has accepted.',
  })
  @RequiresScopes('patient:self')
  withdrawCareInvitation(
    @Arg('input', () => WithdrawCareInvitationInput, { description: 'Which one.' }) input: WithdrawCareInvitationInput,
    @Ctx() context: PatientContext,
  ): Promise<CareInvitation | Failure | null> {
    input.careInvitationId = checkedId(input.careInvitationId, 'careInvitationId');
    return orFailure(new CareService(context).withdrawInvitation(input).then((id) => context.care.invitation(id)));
  }

  @Mutation(() => RevokeCareResult, {
    nullable: true,
    description:
      'Ends what somebody may do for a patient, at once. By the patient; by the caregiver, who gives it up; for a patient without a sign-in also by a caregiver with all scopes.',
  })
  @RequiresScopes('patient:self')
  revokeCare(
    @Arg('input', () => RevokeCareInput, { description: 'Which relationship.' }) input: RevokeCareInput,
    @Ctx() context: PatientContext,
  ): Promise<CareRelationship | Failure | null> {
    input.careRelationshipId = checkedId(input.careRelationshipId, 'careRelationshipId');
    return orFailure(new CareService(context).revoke(input).then((id) => context.care.relationship(id)));
  }

  @Mutation(() => ChangeCareResult, {
    nullable: true,
    description:
      'Gives a caregiver other scopes or another end. By the patient, or for one without a sign-in by another caregiver with all scopes.',
  })
  @RequiresScopes('patient:self')
  changeCare(
    @Arg('input', () => ChangeCareInput, { description: 'Which relationship, and how.' }) input: ChangeCareInput,
    @Ctx() context: PatientContext,
  ): Promise<CareRelationship | Failure | null> {
    input.careRelationshipId = checkedId(input.careRelationshipId, 'careRelationshipId');
    return orFailure(new CareService(context).change(input).then((id) => context.care.relationship(id)));
  }
}

@Resolver(() => Me)
export class HandoverResolver {
  @FieldResolver(() => [Handover], {
    nullable: true,
    description:
      'Those who came of age in your care and have not taken their record over: for a year you can invite them to. As many as you cared for.',
  })
  @RequiresScopes('patient:self')
  handovers(@Root() _: Me, @Ctx() { care }: PatientContext): Promise<Handover[]> {
    return care.handovers();
  }
}

/** What came of it. @param id of the relationship, or of the patient who took their record over */
async function accepted({ care, patients }: PatientContext, id: string): Promise<AcceptedCare> {
  const relationship = await care.relationship(id);
  return { care: relationship, patient: await patients.byId(relationship?.patientId ?? id) };
}
