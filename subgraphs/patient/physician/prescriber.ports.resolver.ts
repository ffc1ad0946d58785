import { Arg, Args, ArgsType, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from '../../common/access.js';
import { badUserInput } from '../../common/errors.js';
import { checkedId, isUuid } from '../../common/ids.js';
import type { PatientContext } from '../context.js';

const MAX_PATIENTS = 1_000;

@ObjectType({ simpleResolvers: true, description: 'The caller as somebody who may prescribe. For subgraphs.' })
@Directive('@inaccessible')
@Public()
export class Prescriber {
  @Field(() => ID, { description: 'The caller, a verified physician.' })
  readonly physicianId!: string;

  @Field(() => Boolean, {
    description: 'Whether they treat the patient now, with the consent TREATMENT; an emergency is not enough.',
  })
  readonly treats!: boolean;

  @Field(() => String, {
    nullable: true,
    description: "The patient's own sign-in; null where they have none, and where they are not treated.",
  })
  readonly patientSubject!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The appointment, where it is theirs with this patient, and is booked, confirmed or completed.',
  })
  readonly appointmentId!: string | null;
}

@ArgsType()
class PrescriberArgs {
  @Field(() => ID, { description: 'The patient.' })
  patientId!: string;

  @Field(() => ID, { nullable: true, description: 'The consultation, if it is about one.' })
  appointmentId?: string | null;
}

/** What the pharmacy may ask about physicians and whom they treat. */
@Resolver()
export class PrescriberPortsResolver {
  @Query(() => Prescriber, {
    nullable: true,
    description: 'What the caller is to a patient; null for who is no verified physician. For subgraphs.',
  })
  @ForSubgraphs('pharmacy')
  prescriberFor(
    @Args(() => PrescriberArgs) { patientId, appointmentId }: PrescriberArgs,
    @Ctx() { physicians }: PatientContext,
  ): Promise<Prescriber | null> {
    return physicians.prescriber(checkedId(patientId, 'patientId'), appointmentId ?? null);
  }

  @Query(() => [ID], {
    nullable: true,
    description: 'Which of these patients the caller, a physician, treats now, with consent. For subgraphs.',
  })
  @ForSubgraphs('pharmacy')
  treatedAmong(
    @Arg('patientIds', () => [ID], { description: `Patients, at most ${MAX_PATIENTS}.` }) patientIds: string[],
    @Ctx() { physicians }: PatientContext,
  ): Promise<string[]> {
    if (patientIds.length > MAX_PATIENTS)
      throw badUserInput(`At most ${MAX_PATIENTS} patients can be asked for at once.`);
    return physicians.treated(patientIds.filter(isUuid));
  }
}
