import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import {
  ConsentMissing,
  IdempotencyConflict,
  InvalidInput,
  NotAllowed,
  NotFound,
  StaleVersion,
} from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PharmacyContext } from '../context.js';
import { Patient } from '../stubs.js';
import { PrescriptionAction, PrescriptionDecision, PrescriptionStatus } from './prescription.enums.js';
import { PrescriptionWrongState } from './prescription.errors.js';
import { PRESCRIPTION_SCOPES, Prescription } from './prescription.js';
import type { PrescriptionRow } from './prescription.loader.js';
import { MAX_QUANTITY, MAX_REFILLS, MAX_VALID_DAYS } from './prescription.rules.js';
import { PrescriptionService } from './prescription.service.js';

@InputType({ description: 'Which prescriptions to list. What you leave out does not matter.' })
class PrescriptionFilter {
  @Field(() => PrescriptionStatus, { nullable: true, description: 'Only those that stand so today.' })
  status?: PrescriptionStatus;

  @Field(() => ID, {
    nullable: true,
    description: 'Only those for this patient; for a pharmacist, those that are checked too.',
  })
  patientId?: string;
}

@ArgsType()
class PrescriptionsArgs extends PageArgs {
  @Field(() => PrescriptionFilter, { nullable: true, description: 'Which of them; all if left out.' })
  filter?: PrescriptionFilter;
}

@InputType({ description: 'What is prescribed, and to whom.' })
class IssuePrescriptionInput {
  @Field(() => ID, { description: 'The patient: one whom you treat now, with their consent.' })
  patientId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The consultation that it comes out of: yours, with this patient, and not cancelled.',
  })
  appointmentId?: string | null;

  @Field(() => ID, { description: 'The medicine, from `medicines`.' })
  medicineId!: string;

  @Field(() => String, { description: 'How it is to be taken. 1 to 500 characters.' })
  dose!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What you add for the patient and the pharmacist. At most 1,000 characters.',
  })
  note?: string | null;

  @Field(() => Int, { description: `Packages of one supply, from 1 to ${MAX_QUANTITY}.` })
  quantity!: number;

  @Field(() => Int, {
    nullable: true,
    description: `How often it may be supplied again, from 0 to ${MAX_REFILLS}; 0 if left out.`,
  })
  refills?: number | null;

  @Field(() => LocalDate, {
    description: `The last day, in Shanghai, on which can be ordered by it: today or later, at most ${MAX_VALID_DAYS} days away.`,
  })
  validUntil!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again prescribes once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'What a pharmacist finds of which prescription.' })
class CheckPrescriptionInput {
  @Field(() => ID, { description: 'The prescription: one that waits to be checked, neither yours nor written by you.' })
  prescriptionId!: string;

  @Field(() => PrescriptionDecision, { description: 'Whether it is in order.' })
  decision!: PrescriptionDecision;

  @Field(() => String, { description: 'Why; the patient and the physician read it. 1 to 500 characters.' })
  reason!: string;

  @Field(() => Int, { description: 'The `version` of the prescription that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again decides once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which prescription is taken back.' })
class WithdrawPrescriptionInput {
  @Field(() => ID, { description: 'The prescription: one that you wrote.' })
  prescriptionId!: string;

  @Field(() => String, { description: 'Why; the patient and the pharmacists read it. 1 to 500 characters.' })
  reason!: string;

  @Field(() => Int, { description: 'The `version` of the prescription that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again withdraws once.' })
  idempotencyKey!: string;
}

const IssuePrescriptionResult = resultUnion(
  'IssuePrescriptionResult',
  'The prescription, or why it was not written.',
  Prescription,
  [NotFound, NotAllowed, ConsentMissing, InvalidInput, IdempotencyConflict],
);
const CheckPrescriptionResult = resultUnion(
  'CheckPrescriptionResult',
  'The checked prescription, or why it was not done.',
  Prescription,
  [NotFound, NotAllowed, ConsentMissing, InvalidInput, StaleVersion, PrescriptionWrongState, IdempotencyConflict],
);
const WithdrawPrescriptionResult = resultUnion(
  'WithdrawPrescriptionResult',
  'The prescription that was taken back, or why it was not done.',
  Prescription,
  [NotFound, NotAllowed, InvalidInput, StaleVersion, PrescriptionWrongState, IdempotencyConflict],
);
const PrescriptionConnection = connectionType(Prescription, 'prescriptions');

@Resolver(() => Prescription)
export class PrescriptionResolver {
  @Query(() => Prescription, {
    nullable: true,
    description: 'One prescription by id; null when there is none that you may see.',
  })
  @RequiresScopes(...PRESCRIPTION_SCOPES)
  prescription(
    @Arg('id', () => ID, { description: 'The id of the prescription.' }) id: string,
    @Ctx() { prescriptions }: PharmacyContext,
  ): Promise<Prescription | null> {
    return prescriptions.byId(checkedId(id));
  }

  @Query(() => PrescriptionConnection, {
    nullable: true,
    description:
      'Your prescriptions and those of whom you care for, newest first. For a physician those that they wrote for patients whom they treat now, newest first. For a pharmacist the working queue: those that wait to be checked and are still valid, oldest first.',
  })
  @RequiresScopes(...PRESCRIPTION_SCOPES)
  prescriptions(
    @Args(() => PrescriptionsArgs) { filter, ...pageArgs }: PrescriptionsArgs,
    @Ctx() { prescriptions }: PharmacyContext,
  ): Promise<ConnectionSource<Prescription>> {
    const page = pageOf(pageArgs);
    const wanted = { status: filter?.status ?? null };
    return paged(
      filter?.patientId == null
        ? prescriptions.ofCaller(wanted, page)
        : prescriptions.ofPatient(checkedId(filter.patientId, 'patientId'), wanted, page),
      page,
    );
  }

  @FieldResolver(() => [PrescriptionAction], { description: 'What you may do with it now.' })
  allowedActions(
    @Root() prescription: PrescriptionRow,
    @Ctx() context: PharmacyContext,
  ): Promise<PrescriptionAction[]> {
    return new PrescriptionService(context).allowedActions(prescription);
  }

  @Mutation(() => IssuePrescriptionResult, {
    nullable: true,
    description:
      'Prescribes a medicine, as a verified physician, to a patient whom you treat now. A pharmacist checks it before anything can be ordered by it.',
  })
  @RequiresScopes('prescription:write')
  issuePrescription(
    @Arg('input', () => IssuePrescriptionInput, { description: 'What is prescribed, and to whom.' })
    input: IssuePrescriptionInput,
    @Ctx() context: PharmacyContext,
  ): Promise<Prescription | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    input.medicineId = checkedId(input.medicineId, 'medicineId');
    input.appointmentId = input.appointmentId && checkedId(input.appointmentId, 'appointmentId');
    return orFailure(new PrescriptionService(context).issue(input).then((id) => context.prescriptions.afterChange(id)));
  }

  @Mutation(() => CheckPrescriptionResult, {
    nullable: true,
    description: 'A pharmacist finds a prescription in order, or not. It cannot be decided anew.',
  })
  @RequiresScopes('pharmacy:dispense')
  checkPrescription(
    @Arg('input', () => CheckPrescriptionInput, { description: 'What is found of which prescription.' })
    input: CheckPrescriptionInput,
    @Ctx() context: PharmacyContext,
  ): Promise<Prescription | Failure | null> {
    input.prescriptionId = checkedId(input.prescriptionId, 'prescriptionId');
    return orFailure(new PrescriptionService(context).check(input).then((id) => context.prescriptions.afterChange(id)));
  }

  @Mutation(() => WithdrawPrescriptionResult, {
    nullable: true,
    description:
      'The physician takes a prescription back: nothing can be ordered by it any more, and what was ordered and is not packed yet is not packed.',
  })
  @RequiresScopes('prescription:write')
  withdrawPrescription(
    @Arg('input', () => WithdrawPrescriptionInput, { description: 'Which prescription, and why.' })
    input: WithdrawPrescriptionInput,
    @Ctx() context: PharmacyContext,
  ): Promise<Prescription | Failure | null> {
    input.prescriptionId = checkedId(input.prescriptionId, 'prescriptionId');
    return orFailure(
      new PrescriptionService(context).withdraw(input).then((id) => context.prescriptions.afterChange(id)),
    );
  }
}

@Resolver(() => Patient)
export class PatientPrescriptionsResolver {
  @FieldResolver(() => PrescriptionConnection, {
    nullable: true,
    description: "The patient's prescriptions that you may see, newest first.",
  })
  @RequiresScopes(...PRESCRIPTION_SCOPES)
  prescriptions(
    @Root() patient: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { prescriptions }: PharmacyContext,
  ): Promise<ConnectionSource<Prescription>> {
    const page = pageOf(args);
    return paged(prescriptions.ofPatient(patient.id, { status: null }, page), page);
  }
}
