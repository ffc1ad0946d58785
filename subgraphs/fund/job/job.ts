import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export const JOB_SCOPES = ['fund:finance', 'policy:write'] as const;

export enum JobStatus {
  WAITING = 'WAITING',
  RUNNING = 'RUNNING',
  RETRYING = 'RETRYING',
  FAILED = 'FAILED',
}
registerEnumType(JobStatus, {
  name: 'JobStatus',
  description: 'Where a job stands. What has succeeded is gone.',
  valuesConfig: {
    WAITING: { description: 'It has not begun; see `runAt`.' },
    RUNNING: { description: 'It is being worked on.' },
    RETRYING: { description: 'It failed and is tried again at `runAt`.' },
    FAILED: { description: 'It failed `maxAttempts` times and is not tried again: somebody has to look.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Something that the fund does by itself, later or at certain times. For whom it is, is not told.',
})
@RequiresScopes(...JOB_SCOPES)
export class Job {
  @Field(() => ID, { description: 'Identifies the job; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'What is done, for example `expire-grants`.' })
  readonly task!: string;

  @Field(() => JobStatus, { description: 'Where it stands.' })
  readonly status!: JobStatus;

  @Field(() => DateTime, { description: 'When it begins, or is tried again.' })
  readonly runAt!: string;

  @Field(() => Int, { description: 'How often it was begun.' })
  readonly attempts!: number;

  @Field(() => Int, { description: 'How often it is begun at most.' })
  readonly maxAttempts!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The kind of the last failure, with its code where it has one; never what it was about.',
  })
  readonly lastError!: string | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  readonly createdAt!: string;
}

@InputType({ description: 'Which jobs; everything left out means all.' })
export class JobFilter {
  @Field(() => [JobStatus], { nullable: true, description: 'Only those that stand here.' })
  status?: JobStatus[] | null;
}
