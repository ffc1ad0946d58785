import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { ForSubgraphs } from '../../common/access.js';
import type { PatientContext } from '../context.js';
import { DocumentKind } from './document.js';

/** What the fund may ask about papers. It answers of what the caller may see. */
@Resolver()
export class DocumentPortsResolver {
  @Query(() => [DocumentKind], {
    nullable: true,
    description:
      'Of which kinds a document of the patient is stored that the caller may see, at most one entry a kind. For subgraphs.',
  })
  @ForSubgraphs('fund')
  documentKinds(
    @Arg('patientId', () => ID, { description: 'The patient.' }) patientId: string,
    @Ctx() { documents }: PatientContext,
  ): Promise<DocumentKind[]> {
    return documents.storedKinds(patientId);
  }
}
