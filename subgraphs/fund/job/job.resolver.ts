import { Args, ArgsType, Ctx, Field, Query, Resolver } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { countJobs, readJobs } from '../../common/jobs.js';
import type { FundContext } from '../context.js';
import { JOB_SCOPES, Job, JobFilter } from './job.js';

@ArgsType()
class JobsArgs extends PageArgs {
  @Field(() => JobFilter, { nullable: true, description: 'Which ones; all if left out.' })
  filter?: JobFilter | null;
}

const JobConnection = connectionType(Job, 'jobs');

@Resolver(() => Job)
export class JobResolver {
  @Query(() => JobConnection, {
    nullable: true,
    description: 'What the fund still has to do by itself, newest first: to see what waits and what went wrong.',
  })
  @RequiresScopes(...JOB_SCOPES)
  async jobs(@Args(() => JobsArgs) args: JobsArgs, @Ctx() { session }: FundContext): Promise<ConnectionSource<Job>> {
    const page = pageOf(args);
    const status = args.filter?.status ?? null;
    const rows = (await readJobs(session, 'fund', status, page)) as Job[];
    return connection(rows, page, () => countJobs(session, 'fund', status));
  }
}
