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
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { DiagnosisDecided } from './diagnosis.errors.js';
import { Diagnosis, DiagnosisAction } from './diagnosis.js';
import type { DiagnosisRow } from './diagnosis.loader.js';
import { allowedActions, decides, decidingRole } from './diagnosis.rules.js';
import { DiagnosisService } from './diagnosis.service.js';

@InputType({ description: 'What a hospital has found.' })
class ReportDiagnosisInput {
  @Field(() => ID, { description: 'The patient: you, or somebody you care for.' })
  patientId!: string;

  @Field(() => ID, { description: 'The disease, from `diseases`.' })
  diseaseId!: string;

  @Field(() => ID, { description: 'The hospital, from `hospitals`. Aid needs a recognised one.' })
  hospitalId!: string;

  @Field(() => LocalDate, { description: 'The day of the diagnosis.' })
  diagnosedOn!: string;

  @Field(() => String, { nullable: true, description: 'Who found it. At most 100 characters.' })
  physicianName?: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again reports once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'What is decided about a reported diagnosis.' })
@ForPartners()
class DecideDiagnosisInput {
  @Field(() => ID, { description: 'The diagnosis.' })
  diagnosisId!: string;

  @Field(() => DiagnosisAction, { description: 'Whether it is right.' })
  decision!: DiagnosisAction;

  @Field(() => String, {
    nullable: true,
    description: 'Why; needed for a refusal. The patient reads it. At most 1,000 characters.',
  })
  reason?: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again decides once.' })
  idempotencyKey!: string;
}

const ReportDiagnosisResult = resultUnion(
  'ReportDiagnosisResult',
  'The reported diagnosis, or why it was not done.',
  Diagnosis,
  [NotFound, InvalidInput, IdempotencyConflict],
);
const DecideDiagnosisResult = resultUnion(
  'DecideDiagnosisResult',
  'The decided diagnosis, or why it was not done.',
  Diagnosis,
  [NotFound, NotAllowed, InvalidInput, StaleVersion, DiagnosisDecided, IdempotencyConflict],
);
const DiagnosisConnection = connectionType(Diagnosis, 'diagnoses', ForPartners());

@Resolver(() => Diagnosis)
export class DiagnosisResolver {
  @Query(() => DiagnosisConnection, {
    nullable: true,
    description:
      'For a hospital partner and for the physicians of a hospital: diagnoses that name it and wait for its answer, oldest first.',
  })
  @RequiresScopes('diagnosis:verify')
  @ForPartners()
  async diagnosesToDecide(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { diagnoses }: PatientContext,
  ): Promise<ConnectionSource<Diagnosis>> {
    const page = pageOf(args);
    return connection(await diagnoses.toDecide(page.after, page.first), page, () => diagnoses.countToDecide());
  }

  @FieldResolver(() => [DiagnosisAction], { description: 'What you may do with it now.' })
  @ForPartners()
  async allowedActions(
    @Root() diagnosis: DiagnosisRow,
    @Ctx() { identity, diagnoses }: PatientContext,
  ): Promise<DiagnosisAction[]> {
    if (!decides(identity.roles)) return [];
    const { patientId, hospital, organisationId } = diagnosis;
    const role = decidingRole(await diagnoses.decider(), { patientId, hospitalId: hospital.id, organisationId });
    return allowedActions(diagnosis.status, role);
  }

  @Mutation(() => ReportDiagnosisResult, {
    nullable: true,
    description: 'Reports what a hospital has found. The hospital answers.',
  })
  @RequiresScopes('patient:self')
  reportDiagnosis(
    @Arg('input', () => ReportDiagnosisInput, { description: 'What was found, where and when.' })
    input: ReportDiagnosisInput,
    @Ctx() context: PatientContext,
  ): Promise<Diagnosis | Failure | null> {
    for (const key of ['patientId', 'diseaseId', 'hospitalId'] as const) input[key] = checkedId(input[key], key);
    return orFailure(new DiagnosisService(context).report(input).then((id) => context.diagnoses.byId(id)));
  }

  @Mutation(() => DecideDiagnosisResult, { nullable: true, description: 'Verifies or refuses a reported diagnosis.' })
  @RequiresScopes('diagnosis:verify')
  @ForPartners()
  decideDiagnosis(
    @Arg('input', () => DecideDiagnosisInput, { description: 'What is decided.' }) input: DecideDiagnosisInput,
    @Ctx() context: PatientContext,
  ): Promise<Diagnosis | Failure | null> {
    input.diagnosisId = checkedId(input.diagnosisId, 'diagnosisId');
    return orFailure(new DiagnosisService(context).decide(input).then((id) => context.diagnoses.changed(id)));
  }
}

@Resolver(() => Patient)
export class PatientDiagnosesResolver {
  @FieldResolver(() => [Diagnosis], { nullable: true, description: "The patient's diagnoses, oldest first." })
  @RequiresScopes('patient:self', 'diagnosis:verify')
  diagnoses(@Root() patient: Patient, @Ctx() { diagnoses }: PatientContext): Promise<Diagnosis[]> {
    return diagnoses.ofPatient(patient.id);
  }
}
