import { Arg, Args, ArgsType, Ctx, Directive, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from './access.js';
import { idBelow } from './connection.js';
import type { SubgraphContext } from './context.js';
import { statement } from './database.js';
import { checkedId } from './ids.js';
import { DateTime } from './scalars.js';

const OF_PATIENT = statement(
  'access-log-of-patient',
  `select id, at, role, purpose, record, fields from access_log
   where patient_id = $1 and ${idBelow('$2')} order by id desc limit $3`,
);
const COUNT = statement('count-access-log', 'select count(*)::int as count from access_log where patient_id = $1');

@ObjectType({ simpleResolvers: true, description: 'Somebody read a record of a patient. For subgraphs.' })
@Directive('@shareable')
@Directive('@inaccessible')
@Public()
export class AccessLogRecord {
  @Field(() => ID, { description: 'Identifies the entry; newer ones have a higher one.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'When it was read.' })
  readonly at!: string;

  @Field(() => String, { description: 'In which role.' })
  readonly role!: string;

  @Field(() => String, { description: 'Why.' })
  readonly purpose!: string;

  @Field(() => String, { description: 'The type of what was read.' })
  readonly record!: string;

  @Field(() => [String], { description: 'The fields of it that were filled.' })
  readonly fields!: readonly string[];
}

@ArgsType()
class AccessLogOfArgs {
  @Field(() => ID, { description: 'The patient.' })
  patientId!: string;

  @Field(() => ID, { nullable: true, description: 'Only entries older than this one.' })
  before?: string | null;

  @Field(() => Int, { description: 'How many at most, from 0 to 101.' })
  first!: number;
}

/** What the patient subgraph asks of each subgraph with a log. Row-level security answers the patient and who cares for them. */
@Resolver()
export class AccessLogPortsResolver {
  @Query(() => [AccessLogRecord], {
    nullable: true,
    description: "Who read a patient's records here, newest first. For subgraphs.",
  })
  @Directive('@shareable')
  @ForSubgraphs('patient')
  accessLogOf(
    @Args(() => AccessLogOfArgs) { patientId, before, first }: AccessLogOfArgs,
    @Ctx() { session }: SubgraphContext,
  ): Promise<AccessLogRecord[]> {
    return session.rows<AccessLogRecord>(OF_PATIENT, [checkedId(patientId), before ?? null, Math.min(first, 101)]);
  }

  @Query(() => Int, { nullable: true, description: 'How many entries `accessLogOf` has in all. For subgraphs.' })
  @Directive('@shareable')
  @ForSubgraphs('patient')
  async accessLogCount(
    @Arg('patientId', () => ID, { description: 'The patient.' }) patientId: string,
    @Ctx() { session }: SubgraphContext,
  ): Promise<number> {
    return session.count(COUNT, [checkedId(patientId)]);
  }
}
