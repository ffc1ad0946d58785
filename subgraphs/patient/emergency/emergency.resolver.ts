import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Physician } from '../physician/physician.js';
import { Patient } from '../profile/patient.js';
import { EmergencyLimitReached } from './emergency.errors.js';
import { EmergencyAccess } from './emergency.js';
import type { EmergencyAccessRow } from './emergency.loader.js';
import { EmergencyService } from './emergency.service.js';

@InputType({ description: 'Whose record is opened in an emergency, and why.' })
class OpenRecordInEmergencyInput {
  @Field(() => ID, { description: 'The patient: somebody whom you do not treat.' })
  patientId!: string;

  @Field(() => String, {
    description: 'Why you must see the record now. 20 to 1,000 characters; the patient reads it.',
  })
  reason!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again opens the record once.' })
  idempotencyKey!: string;
}

const OpenRecordInEmergencyResult = resultUnion(
  'OpenRecordInEmergencyResult',
  'What was opened and until when, or why it was not done.',
  EmergencyAccess,
  [NotFound, NotAllowed, InvalidInput, EmergencyLimitReached, IdempotencyConflict],
);
const EmergencyAccessConnection = connectionType(EmergencyAccess, 'emergency accesses');

@Resolver(() => EmergencyAccess)
export class EmergencyResolver {
  @FieldResolver(() => Patient, { nullable: true, description: 'Whose record it is.' })
  patient(@Root() { patientId }: EmergencyAccessRow, @Ctx() { patients }: PatientContext): Promise<Patient | null> {
    return patients.byId(patientId);
  }

  @FieldResolver(() => Physician, { nullable: true, description: 'Who opened it.' })
  physician(
    @Root() { physicianId }: EmergencyAccessRow,
    @Ctx() { physicians }: PatientContext,
  ): Promise<Physician | null> {
    return physicians.byId(physicianId);
  }

  @Mutation(() => OpenRecordInEmergencyResult, {
    nullable: true,
    description:
      'Lets a verified physician see the record of a patient whom they do not treat, for 24 hours. The patient is told at once and reads the reason. At most 5 records a physician within 24 hours.',
  })
  @RequiresScopes('care:provide')
  openRecordInEmergency(
    @Arg('input', () => OpenRecordInEmergencyInput, { description: 'Whose record, and why.' })
    input: OpenRecordInEmergencyInput,
    @Ctx() context: PatientContext,
  ): Promise<EmergencyAccess | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(new EmergencyService(context).open(input).then((id) => context.emergencies.byId(id)));
  }
}

@Resolver(() => Patient)
export class PatientEmergenciesResolver {
  @FieldResolver(() => EmergencyAccessConnection, {
    nullable: true,
    description:
      'Who opened the record in an emergency, when and why, newest first. For the patient and their caregivers.',
  })
  @RequiresScopes('patient:self')
  async emergencyAccesses(
    @Root() { id }: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { emergencies }: PatientContext,
  ): Promise<ConnectionSource<EmergencyAccess>> {
    const page = pageOf(args);
    return connection(await emergencies.ofPatient(id, page), page, () => emergencies.countOfPatient(id));
  }
}
