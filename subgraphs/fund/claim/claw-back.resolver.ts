import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { FundContext } from '../context.js';
import { Claim } from './claim.js';
import { ClawBackWrongState } from './claw-back.errors.js';
import { ClawBack, ClawBackAction, ClawBackFilter } from './claw-back.js';
import type { LoadedClawBack } from './claw-back.loader.js';
import { ClawBackService, clawBackActions } from './claw-back.service.js';

@InputType({ description: 'Which claw-back was paid back.' })
class RecordRepaymentInput {
  @Field(() => ID, { description: 'The claw-back.' })
  clawBackId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again records it once.' })
  idempotencyKey!: string;
}

const RecordRepaymentResult = resultUnion('RecordRepaymentResult', 'The settled claw-back, or why not.', ClawBack, [
  NotFound,
  NotAllowed,
  ClawBackWrongState,
  StaleVersion,
  InvalidInput,
  IdempotencyConflict,
]);

@ArgsType()
class ClawBacksArgs extends PageArgs {
  @Field(() => ClawBackFilter, { nullable: true, description: 'Which ones; all if left out.' })
  filter?: ClawBackFilter;
}

const ClawBackConnection = connectionType(ClawBack, 'claw-backs');

/** Aid that has to come back. Patients meet it on their claim. */
@Resolver(() => ClawBack)
export class ClawBackResolver {
  @Query(() => ClawBackConnection, { nullable: true, description: 'Aid that has to come back, oldest first.' })
  @RequiresScopes('fund:finance')
  async clawBacks(
    @Args(() => ClawBacksArgs) args: ClawBacksArgs,
    @Ctx() { clawBacks }: FundContext,
  ): Promise<ConnectionSource<ClawBack>> {
    const page = pageOf(args);
    const status = args.filter?.status ?? null;
    return connection(await clawBacks.page(status, page), page, () => clawBacks.count(status));
  }

  @FieldResolver(() => Claim, { nullable: true, description: 'The claim whose award it is of.' })
  claim(@Root() { claimId }: LoadedClawBack, @Ctx() { claims }: FundContext): Promise<Claim | null> {
    return claims.byId(claimId);
  }

  @FieldResolver(() => [ClawBackAction], { description: 'What you may do with it now: show these as buttons.' })
  async allowedActions(
    @Root() { claimId, status }: LoadedClawBack,
    @Ctx() { claims }: FundContext,
  ): Promise<ClawBackAction[]> {
    const claim = await claims.byId(claimId);
    if (!claim) return [];
    const { finance, concerned } = await claims.standing(claim);
    return clawBackActions(status, finance, concerned);
  }

  @Mutation(() => RecordRepaymentResult, {
    nullable: true,
    description: 'Says that the patient has paid back what was due, all of it.',
  })
  @RequiresScopes('fund:finance')
  recordRepayment(
    @Arg('input', () => RecordRepaymentInput, { description: 'Which one.' }) input: RecordRepaymentInput,
    @Ctx() context: FundContext,
  ): Promise<ClawBack | Failure | null> {
    input.clawBackId = checkedId(input.clawBackId, 'clawBackId');
    return orFailure(new ClawBackService(context).recordRepayment(input).then((id) => context.clawBacks.byId(id)));
  }
}
