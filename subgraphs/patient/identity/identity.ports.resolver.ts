import { Arg, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from '../../common/access.js';
import { badUserInput } from '../../common/errors.js';
import type { PatientContext } from '../context.js';
import type { DeliveryContact } from './identity.loader.js';

const MAX_NAMES = 500;

@ObjectType('DeliveryContact', {
  simpleResolvers: true,
  description: 'To whom and where medicine is sent, in clear. For subgraphs.',
})
@Directive('@inaccessible')
@Public()
class DeliveryContactType {
  @Field(() => String, { description: 'The name on the identity card.' })
  readonly name!: string;

  @Field(() => String, { description: 'The mobile number: 11 digits.' })
  readonly phone!: string;

  @Field(() => String, { nullable: true, description: 'The address; null when it was not told.' })
  readonly address!: string | null;
}

@ObjectType('MaskedName', { simpleResolvers: true, description: "A patient's name, masked. For subgraphs." })
@Directive('@inaccessible')
@Public()
class MaskedNameType {
  @Field(() => ID, { description: 'Whose name it is.' })
  readonly patientId!: string;

  @Field(() => String, { nullable: true, description: 'As `张*` or `L** Y**`; null when it cannot be read.' })
  readonly name!: string | null;
}

/** What others may ask about who a patient is. Each answer is a function of the database's own, which knows for whom. */
@Resolver()
export class IdentityPortsResolver {
  @Query(() => DeliveryContactType, {
    nullable: true,
    description:
      'To whom and where to send medicine; null unless a pharmacist asks and the patient shares it with the pharmacy. For subgraphs.',
  })
  @ForSubgraphs('pharmacy')
  deliveryContact(
    @Arg('patientId', () => ID, { description: 'Whose medicine it is.' }) patientId: string,
    @Ctx() { identities }: PatientContext,
  ): Promise<DeliveryContact | null> {
    return identities.deliveryContact(patientId);
  }

  @Query(() => [MaskedNameType], {
    nullable: true,
    description: `The names of up to ${MAX_NAMES} patients, masked, for finance; those who have not told theirs are left out. For subgraphs.`,
  })
  @ForSubgraphs('fund')
  maskedNames(
    @Arg('patientIds', () => [ID], { description: 'The patients.' }) patientIds: string[],
    @Ctx() { identities }: PatientContext,
  ): Promise<MaskedNameType[]> {
    if (patientIds.length > MAX_NAMES)
      throw badUserInput(`The names of at most ${MAX_NAMES} patients can be asked for at once.`);
    return identities.maskedNames(patientIds);
  }
}
