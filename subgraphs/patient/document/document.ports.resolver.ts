import { Arg, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from '../../common/access.js';
import { DocumentKind } from '../../common/document-kind.js';
import { badUserInput } from '../../common/errors.js';
import type { PatientContext } from '../context.js';

const MAX_PATIENTS = 500;

@ObjectType({ simpleResolvers: true, description: "Of which kinds a patient's papers are. For subgraphs." })
@Directive('@inaccessible')
@Public()
class StoredKinds {
  @Field(() => ID, { description: 'The patient.' })
  readonly patientId!: string;

  @Field(() => [DocumentKind], { description: 'Each kind once.' })
  readonly kinds!: readonly DocumentKind[];
}

/** What the fund may ask about papers. It answers of what the caller may see. */
@Resolver()
export class DocumentPortsResolver {
  @Query(() => [StoredKinds], {
    nullable: true,
    description: `Of which kinds documents are stored that the caller may see, of up to ${MAX_PATIENTS} patients; those without any are left out. For subgraphs.`,
  })
  @ForSubgraphs('fund')
  documentKinds(
    @Arg('patientIds', () => [ID], { description: 'The patients.' }) patientIds: string[],
    @Ctx() { documents }: PatientContext,
  ): Promise<StoredKinds[]> {
    if (patientIds.length > MAX_PATIENTS)
      throw badUserInput(`The papers of at most ${MAX_PATIENTS} patients can be asked for at once.`);
    return documents.storedKinds(patientIds);
  }
}
