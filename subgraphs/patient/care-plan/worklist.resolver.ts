import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { PatientToLookAt } from './worklist.js';
import type { PatientToLookAtRow } from './worklist.loader.js';
import { pageBehind } from './worklist.rules.js';

const PatientToLookAtConnection = connectionType(PatientToLookAt, 'patients to look at');

@Resolver(() => PatientToLookAt)
export class WorklistResolver {
  @Query(() => PatientToLookAtConnection, {
    nullable: true,
    description:
      'For a physician: the patients whom you treat and who should be looked at, worst first: red flags of questionnaires, then how far the diary got worse, then tasks overdue.',
  })
  @RequiresScopes('care:provide')
  async patientsToLookAt(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { worklist }: PatientContext,
  ): Promise<ConnectionSource<PatientToLookAtRow>> {
    const page = pageOf(args);
    const all = await worklist.worstFirst();
    const shown = await worklist.shown(pageBehind(all, page.after, page.first), page.first);
    return connection(shown, page, async () => all.length);
  }

  @FieldResolver(() => Patient, { nullable: true, description: 'The patient.' })
  patient(@Root() { id }: PatientToLookAtRow, @Ctx() { patients }: PatientContext): Promise<Patient | null> {
    return patients.byId(id);
  }
}
