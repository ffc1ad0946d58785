import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { aidYear } from '../../common/calendar.js';
import { type ConnectionSource, connection, PageArgs, pageOf } from '../../common/connection.js';
import { badUserInput } from '../../common/errors.js';
import type { Application } from '../application/application.js';
import { ApplicationConnection } from '../application/application.resolver.js';
import type { FundContext } from '../context.js';
import { Patient } from '../stubs.js';
import { AnnualAid } from './annual-aid.js';

/** What the fund adds to a patient. */
@Resolver(() => Patient)
export class PatientAidResolver {
  @FieldResolver(() => AnnualAid, {
    nullable: true,
    description: 'Aid of one year: the cap, what was granted and paid, what is left.',
  })
  @RequiresScopes('fund:apply', 'fund:review', 'fund:finance')
  annualAid(
    @Root() patient: Patient,
    @Arg('year', () => Int, {
      nullable: true,
      description: 'The calendar year in Shanghai, 2020 to 2200; this one if left out.',
    })
    year: number | undefined,
    @Ctx() { annualAid }: FundContext,
  ): Promise<AnnualAid | null> {
    if (year != null && (year < 2020 || year > 2200)) throw badUserInput('`year` is from 2020 to 2200.');
    return annualAid.of(patient.id, year ?? aidYear(new Date()));
  }

  @FieldResolver(() => ApplicationConnection, {
    nullable: true,
    description: "The patient's applications, newest first.",
  })
  @RequiresScopes('fund:apply')
  async applications(
    @Root() patient: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { applications }: FundContext,
  ): Promise<ConnectionSource<Application>> {
    const page = pageOf(args);
    const match = { status: null, patientId: patient.id };
    return connection(await applications.page('mine', match, page), page, () => applications.count('mine', match));
  }
}
