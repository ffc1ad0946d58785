import { Arg, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from '../../common/access.js';
import type { PatientContext } from '../context.js';
import { DiagnosisStatus } from '../diagnosis/diagnosis.js';
import type { CareStanding } from './care.loader.js';

@ObjectType('CareStanding', {
  simpleResolvers: true,
  description: 'What the caller may do for a patient. For subgraphs.',
})
@Directive('@inaccessible')
@Public()
class CareStandingType {
  @Field(() => ID, { description: 'The patient.' })
  readonly patientId!: string;

  @Field(() => String, { nullable: true, description: "The patient's own sign-in, where they have one." })
  readonly subject!: string | null;

  @Field(() => Boolean, { description: 'Whether the caller may see the record.' })
  readonly mayView!: boolean;

  @Field(() => Boolean, { description: 'Whether the caller may apply for aid for the patient.' })
  readonly mayApply!: boolean;

  @Field(() => Boolean, { description: 'Whether the caller may order medicine for the patient.' })
  readonly mayOrder!: boolean;
}

@ObjectType('VerifiedDiagnosis', {
  simpleResolvers: true,
  description: 'A diagnosis as the fund decides by it. For subgraphs.',
})
@Directive('@inaccessible')
@Public()
class VerifiedDiagnosisType {
  @Field(() => ID, { description: 'The diagnosis.' })
  readonly diagnosisId!: string;

  @Field(() => ID, { description: 'The hospital that found it.' })
  readonly hospitalId!: string;

  @Field(() => String, { description: 'The day of the diagnosis, YYYY-MM-DD.' })
  readonly diagnosedOn!: string;
}

/** What the other subgraphs may ask about the caller's patients. */
@Resolver()
export class CarePortsResolver {
  @Query(() => CareStandingType, {
    nullable: true,
    description: 'What the caller may do for a patient. For subgraphs.',
  })
  @ForSubgraphs('fund', 'pharmacy')
  careStanding(
    @Arg('patientId', () => ID, { description: 'The patient.' }) patientId: string,
    @Ctx() { care }: PatientContext,
  ): Promise<CareStanding | null> {
    return care.standing(patientId);
  }

  @Query(() => [ID], { nullable: true, description: 'Patients whom the caller cares for and may see. For subgraphs.' })
  @ForSubgraphs('fund', 'pharmacy')
  patientsInCare(@Ctx() { care }: PatientContext): Promise<string[]> {
    return care.inCare();
  }

  @Query(() => VerifiedDiagnosisType, {
    nullable: true,
    description: "The newest verified diagnosis of a disease among the caller's patient's. For subgraphs.",
  })
  @ForSubgraphs('fund')
  async verifiedDiagnosis(
    @Arg('patientId', () => ID, { description: 'The patient.' }) patientId: string,
    @Arg('diseaseId', () => ID, { description: 'The disease.' }) diseaseId: string,
    @Ctx() { diagnoses }: PatientContext,
  ): Promise<VerifiedDiagnosisType | null> {
    const found = (await diagnoses.ofPatient(patientId)).findLast(
      ({ disease, status }) => disease.id === diseaseId && status === DiagnosisStatus.VERIFIED,
    );
    return found ? { diagnosisId: found.id, hospitalId: found.hospital.id, diagnosedOn: found.diagnosedOn } : null;
  }
}
