import { Args, ArgsType, Ctx, Field, ID, Mutation, Resolver } from 'type-graphql';
import { ForSubgraphs } from '../../common/access.js';
import { checkedId } from '../../common/ids.js';
import type { PharmacyContext } from '../context.js';

@ArgsType()
class TakenOverArgs {
  @Field(() => ID, { description: 'The patient.' })
  patientId!: string;

  @Field(() => ID, { description: 'The sign-in that the patient has now.' })
  subject!: string;
}

/** What the patient subgraph tells of a patient who took their record over. */
@Resolver()
export class HandoverPortsResolver {
  @Mutation(() => Boolean, {
    nullable: true,
    description:
      'The orders, prescriptions and notices of a patient who had no sign-in are shown to the one that they have now. For subgraphs.',
  })
  @ForSubgraphs('patient')
  async ordersTakenOver(
    @Args(() => TakenOverArgs) { patientId, subject }: TakenOverArgs,
    @Ctx() { session }: PharmacyContext,
  ): Promise<boolean> {
    const values = [checkedId(patientId, 'patientId'), subject];
    await session.transaction((em) => em.execute('select take_over(?, ?)', values));
    return true;
  }
}
