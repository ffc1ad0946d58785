import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { ForSubgraphs } from '../../common/access.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { checkedId } from '../../common/ids.js';
import type { PatientContext } from '../context.js';

/** What the other subgraphs may ask about consents, whoever their caller is. */
@Resolver()
export class ConsentPortsResolver {
  @Query(() => Boolean, {
    nullable: true,
    description: 'Whether a patient agrees to something now, without limit to one recipient. For subgraphs.',
  })
  @ForSubgraphs('fund', 'pharmacy', 'community')
  consentGiven(
    @Arg('purpose', () => ConsentPurpose, { description: 'What for.' }) purpose: ConsentPurpose,
    @Arg('patientId', () => ID, { description: 'The patient.' }) patientId: string,
    @Ctx() { consents }: PatientContext,
  ): Promise<boolean> {
    return consents.given(checkedId(patientId, 'patientId'), purpose);
  }
}
