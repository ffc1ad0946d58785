import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import { Authenticated, RequiresScopes } from '../../common/access.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { IdempotencyConflict, InvalidInput, NotAllowed } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { AlreadyRegistered } from './patient.errors.js';
import { Me, Patient, Sex } from './patient.js';
import { PatientService } from './patient.service.js';

enum PatientRelation {
  SELF = 'SELF',
  DEPENDANT = 'DEPENDANT',
}
registerEnumType(PatientRelation, {
  name: 'PatientRelation',
  description: 'Whom you register.',
  valuesConfig: {
    SELF: { description: 'Yourself. You sign in as a patient.' },
    DEPENDANT: { description: 'A child or relative whom you care for. You sign in as a caregiver.' },
  },
});

@InputType({ description: 'Who is to be registered.' })
class RegisterPatientInput {
  @Field(() => PatientRelation, { description: 'Yourself, or somebody you care for.' })
  relation!: PatientRelation;

  @Field(() => String, { description: 'The name that others will see. 1 to 50 characters.' })
  displayName!: string;

  @Field(() => LocalDate, { description: 'Birthday.' })
  birthDate!: string;

  @Field(() => Sex, { description: 'Sex as registered.' })
  sex!: Sex;

  @Field(() => String, { description: 'Province or city. 1 to 100 characters.' })
  region!: string;

  @Field(() => [ConsentPurpose], {
    nullable: true,
    description:
      'What you agree to at once, each to its text in `consentTexts`, which you have shown; none if left out. Others follow by `giveConsent`.',
  })
  consents?: ConsentPurpose[] | null;

  @Field(() => ID, {
    description: 'A key of your making, for example a new UUID: sending the same again registers once.',
  })
  idempotencyKey!: string;
}

const RegisterPatientResult = resultUnion(
  'RegisterPatientResult',
  'The registered patient, or why it was not done.',
  Patient,
  [AlreadyRegistered, NotAllowed, InvalidInput, IdempotencyConflict],
);

@Resolver(() => Patient)
export class PatientResolver {
  @Query(() => Patient, { nullable: true, description: 'One patient by id; null when there is none that you may see.' })
  @RequiresScopes(
    'patient:self',
    'fund:review',
    'fund:finance',
    'pharmacy:dispense',
    'care:provide',
    'diagnosis:verify',
  )
  patient(
    @Arg('id', () => ID, { description: 'The id of the patient.' }) id: string,
    @Ctx() { patients }: PatientContext,
  ): Promise<Patient | null> {
    return patients.byId(checkedId(id));
  }

  @Mutation(() => RegisterPatientResult, {
    nullable: true,
    description: 'Registers you, or somebody whom you care for.',
  })
  @RequiresScopes('patient:self')
  registerPatient(
    @Arg('input', () => RegisterPatientInput, { description: 'Who is to be registered.' }) input: RegisterPatientInput,
    @Ctx() context: PatientContext,
  ): Promise<Patient | Failure | null> {
    return orFailure(new PatientService(context).register(input).then((id) => context.patients.byId(id)));
  }
}

@Resolver(() => Me)
export class MeResolver {
  @Query(() => Me, {
    nullable: true,
    description: 'The caller: your roles, your own record, and those whom you care for.',
  })
  @Authenticated()
  me(@Ctx() { identity }: PatientContext): Me {
    return { roles: identity.roles, scopes: identity.scopes };
  }

  @FieldResolver(() => Patient, {
    nullable: true,
    description: 'Your own record; null until you register as a patient.',
  })
  patient(@Root() _: Me, @Ctx() { patients }: PatientContext): Promise<Patient | null> {
    return patients.own();
  }

  @FieldResolver(() => [Patient], {
    nullable: true,
    description: 'Those whom you care for and may see; empty when nobody.',
  })
  patients(@Root() _: Me, @Ctx() { patients }: PatientContext): Promise<Patient[]> {
    return patients.inCare();
  }
}
