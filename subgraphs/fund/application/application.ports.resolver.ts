import { Arg, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from '../../common/access.js';
import type { FundContext } from '../context.js';

@ObjectType({
  simpleResolvers: true,
  description: 'An application that a medicine order can be linked to. For subgraphs.',
})
@Directive('@inaccessible')
@Public()
class ApplicationForOrder {
  @Field(() => ID, { description: 'The application.' })
  readonly id!: string;

  @Field(() => ID, { description: 'Whom it is for.' })
  readonly patientId!: string;
}

/** What the other subgraphs may ask about applications. Row-level security answers as it does to the caller. */
@Resolver()
export class ApplicationPortsResolver {
  @Query(() => [ID], {
    nullable: true,
    description: 'Those of these patients whose application the caller may see. For subgraphs.',
  })
  @ForSubgraphs('patient')
  patientsWorkedOn(
    @Arg('ids', () => [ID], { description: 'Patients.' }) ids: string[],
    @Ctx() { applications }: FundContext,
  ): Promise<string[]> {
    return applications.visiblePatients(ids);
  }

  @Query(() => [ID], {
    nullable: true,
    description: 'Those of these applications that the caller may see. For subgraphs.',
  })
  @ForSubgraphs('pharmacy')
  applicationsWorkedOn(
    @Arg('ids', () => [ID], { description: 'Applications.' }) ids: string[],
    @Ctx() { applications }: FundContext,
  ): Promise<string[]> {
    return applications.visible(ids);
  }

  @Query(() => ApplicationForOrder, {
    nullable: true,
    description: 'The application, when the caller may act on it for its patient. For subgraphs.',
  })
  @ForSubgraphs('pharmacy')
  async applicationForOrder(
    @Arg('id', () => ID, { description: 'The application.' }) id: string,
    @Ctx() { applications, standing }: FundContext,
  ): Promise<ApplicationForOrder | null> {
    const found = await applications.byId(id);
    return found && (await standing(found)).applicant ? { id: found.id, patientId: found.patient.id } : null;
  }
}
