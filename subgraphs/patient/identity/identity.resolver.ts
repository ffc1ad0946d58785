import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { NationalIdRegistered, TooManyAttempts } from './identity.errors.js';
import { InsuranceCover, PatientIdentity, PatientIdentityInClear } from './identity.js';
import { IdentityService } from './identity.service.js';

@InputType({ description: 'Who a patient is.' })
class SetPatientIdentityInput {
  @Field(() => ID, { description: 'The patient: you, or somebody whom you care for and may apply for.' })
  patientId!: string;

  @Field(() => String, { description: 'The name on the identity card. 1 to 140 characters on one line.' })
  legalName!: string;

  @Field(() => String, {
    description:
      "The national id: the 18 characters of the resident identity card (GB 11643-1999). Birth date and sex in it must be those of the patient's record. It cannot be changed once it is set, and one national id registers once.",
  })
  nationalId!: string;

  @Field(() => String, {
    description: 'A mobile number of mainland China: 11 digits; +86 before them, spaces and hyphens do not matter.',
  })
  phone!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Where medicine is to be sent to. 5 to 200 characters on one line; left out, there is none.',
  })
  address?: string | null;

  @Field(() => InsuranceCover, { description: 'The insurance that pays most of the treatment.' })
  insurance!: InsuranceCover;

  @Field(() => String, {
    nullable: true,
    description: 'What there is to say of the insurance. At most 200 characters on one line; left out, there is none.',
  })
  insuranceNote?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The `version` that you looked at; null the first time, when there is no identity yet.',
  })
  expectedVersion?: number | null;

  @Field(() => ID, { description: 'A key of your making: sending the same again changes it once.' })
  idempotencyKey!: string;
}

const SetPatientIdentityResult = resultUnion(
  'SetPatientIdentityResult',
  'The identity as it is now, masked, or why it was not set.',
  PatientIdentity,
  [NotFound, InvalidInput, NationalIdRegistered, TooManyAttempts, NotAllowed, StaleVersion, IdempotencyConflict],
);

@Resolver(() => Patient)
export class IdentityResolver {
  @FieldResolver(() => PatientIdentity, {
    nullable: true,
    description:
      'Who the patient is, masked; null while it was not told, and for all but the patient and their caregivers.',
  })
  @RequiresScopes('patient:self')
  identity(@Root() patient: Patient, @Ctx() { identities }: PatientContext): Promise<PatientIdentity | null> {
    return identities.ofPatient(patient.id);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The name on the identity card, as `张*` or `L** Y**`; null while it was not told. For the patient, their caregivers and who reviews an application of theirs.',
  })
  @RequiresScopes('patient:self', 'fund:review')
  maskedName(@Root() patient: Patient, @Ctx() { identities }: PatientContext): Promise<string | null> {
    return identities.maskedName(patient.id);
  }

  @Query(() => PatientIdentityInClear, {
    nullable: true,
    description:
      'Who one patient is, in clear: for the patient and their caregivers who may see the record. Null for anybody else, and while it was not told.',
  })
  @RequiresScopes('patient:self')
  patientIdentity(
    @Arg('patientId', () => ID, { description: 'The patient.' }) patientId: string,
    @Ctx() { identities }: PatientContext,
  ): Promise<PatientIdentityInClear | null> {
    return identities.inClear(checkedId(patientId, 'patientId'));
  }

  @Mutation(() => SetPatientIdentityResult, {
    nullable: true,
    description:
      'Says who a patient is. All of it but the kind of insurance is kept sealed. Lists show it masked. What is left out of it is no longer known.',
  })
  @RequiresScopes('patient:self')
  setPatientIdentity(
    @Arg('input', () => SetPatientIdentityInput, { description: 'Whose identity, and which.' })
    input: SetPatientIdentityInput,
    @Ctx() context: PatientContext,
  ): Promise<PatientIdentity | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(new IdentityService(context).set(input).then((id) => context.identities.changed(id)));
  }
}
