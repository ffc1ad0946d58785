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
import { Claim } from '../claim/claim.js';
import type { FundContext } from '../context.js';
import { Fund } from '../policy/policy.js';
import { BankAnswerService } from './bank-answer.service.js';
import { PayoutBatchAction } from './payout.enums.js';
import { NothingToPay, PayoutBatchWrongState } from './payout.errors.js';
import { BankAnswerReport, ClaimsToPay, Payout, PayoutBatch, PayoutBatchFilter } from './payout.js';
import type { LoadedBatch, LoadedPayout } from './payout.loader.js';
import { batchActions } from './payout.rules.js';
import { PayoutBatchService } from './payout-batch.service.js';

@InputType({ description: 'Whose claims are put together.' })
class CreatePayoutBatchInput {
  @Field(() => ID, { description: 'The fund that pays.' })
  fundId!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again makes one batch.' })
  idempotencyKey!: string;
}

@InputType()
abstract class PayoutBatchStepInput {
  @Field(() => ID, { description: 'The batch.' })
  batchId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again does it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which batch is sent to the bank.' })
class ReleasePayoutBatchInput extends PayoutBatchStepInput {}

@InputType({ description: 'Which batch is given up.' })
class CancelPayoutBatchInput extends PayoutBatchStepInput {}

@InputType({ description: 'What the bank says became of a batch.' })
class RecordBankAnswerInput {
  @Field(() => String, {
    description:
      "The text of the bank's pain.002.001.10 file, as it came. At most 5,000,000 bytes and 10,000 payments.",
  })
  pain002!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again records it once.' })
  idempotencyKey!: string;
}

const CreatePayoutBatchResult = resultUnion(
  'CreatePayoutBatchResult',
  'The batch, or why there is none.',
  PayoutBatch,
  [NotFound, NothingToPay, InvalidInput, IdempotencyConflict],
);
const ReleasePayoutBatchResult = resultUnion(
  'ReleasePayoutBatchResult',
  'The batch as released, or why not.',
  PayoutBatch,
  [NotFound, PayoutBatchWrongState, StaleVersion, NotAllowed, InvalidInput, IdempotencyConflict],
);
const CancelPayoutBatchResult = resultUnion(
  'CancelPayoutBatchResult',
  'The batch as cancelled, or why not.',
  PayoutBatch,
  [NotFound, PayoutBatchWrongState, StaleVersion, InvalidInput, IdempotencyConflict],
);
const RecordBankAnswerResult = resultUnion(
  'RecordBankAnswerResult',
  'What became of the answer, or what is wrong with it.',
  BankAnswerReport,
  [InvalidInput, NotAllowed, IdempotencyConflict],
);

@ArgsType()
class PayoutBatchesArgs extends PageArgs {
  @Field(() => PayoutBatchFilter, { nullable: true, description: 'Which ones; all if left out.' })
  filter?: PayoutBatchFilter;
}

export const PayoutConnection = connectionType(Payout, 'payouts');
export const PayoutBatchConnection = connectionType(PayoutBatch, 'payout batches');

const step = <Input extends PayoutBatchStepInput>(input: Input): Input => ({
  ...input,
  batchId: checkedId(input.batchId, 'batchId'),
});

/** What finance does with payout batches. */
@Resolver(() => PayoutBatch)
export class PayoutBatchResolver {
  @Query(() => PayoutBatch, { nullable: true, description: 'One payout batch by id; null when there is none.' })
  @RequiresScopes('fund:finance')
  payoutBatch(
    @Arg('id', () => ID, { description: 'The id of the batch.' }) id: string,
    @Ctx() { payouts }: FundContext,
  ): Promise<PayoutBatch | null> {
    return payouts.batch(checkedId(id));
  }

  @Query(() => PayoutBatchConnection, { nullable: true, description: 'Payout batches, newest first.' })
  @RequiresScopes('fund:finance')
  async payoutBatches(
    @Args(() => PayoutBatchesArgs) args: PayoutBatchesArgs,
    @Ctx() { payouts }: FundContext,
  ): Promise<ConnectionSource<PayoutBatch>> {
    const page = pageOf(args);
    const { fundId, status } = args.filter ?? {};
    const match = { fundId: fundId == null ? null : checkedId(fundId, 'fundId'), status: status ?? null };
    return connection(await payouts.page(match, page), page, () => payouts.count(match));
  }

  @Query(() => ClaimsToPay, {
    nullable: true,
    description: 'Approved claims of a fund that are in no batch; `createPayoutBatch` puts up to 500 of them into one.',
  })
  @RequiresScopes('fund:finance')
  claimsToPay(
    @Arg('fundId', () => ID, { description: 'The fund.' }) fundId: string,
    @Ctx() { payouts }: FundContext,
  ): Promise<ClaimsToPay> {
    return payouts.toPay(checkedId(fundId, 'fundId'));
  }

  @FieldResolver(() => Fund, { nullable: true, description: 'The fund that pays.' })
  fund(@Root() { fundId }: LoadedBatch, @Ctx() { policies }: FundContext): Promise<Fund | null> {
    return policies.fund(fundId);
  }

  @FieldResolver(() => PayoutConnection, {
    nullable: true,
    description: 'Its payouts, in the order in which they were put into it.',
  })
  async payouts(
    @Root() { id }: LoadedBatch,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { payouts }: FundContext,
  ): Promise<ConnectionSource<Payout>> {
    const page = pageOf(args);
    return connection(await payouts.ofBatch(id, page), page, () => payouts.countOfBatch(id));
  }

  @FieldResolver(() => [PayoutBatchAction], {
    description:
      'What you may do with it now: show these as buttons. Who approved one of its claims may not release it.',
  })
  allowedActions(@Root() { facts }: LoadedBatch): PayoutBatchAction[] {
    return batchActions(facts);
  }

  @Mutation(() => CreatePayoutBatchResult, {
    nullable: true,
    description:
      'Puts up to 500 approved claims of a fund that are in no batch into a new one, oldest first; those whose payout came back follow after those that were never tried.',
  })
  @RequiresScopes('fund:finance')
  createPayoutBatch(
    @Arg('input', () => CreatePayoutBatchInput, { description: 'Of which fund.' }) input: CreatePayoutBatchInput,
    @Ctx() context: FundContext,
  ): Promise<PayoutBatch | Failure | null> {
    input.fundId = checkedId(input.fundId, 'fundId');
    return orFailure(changed(context, new PayoutBatchService(context).create(input)));
  }

  @Mutation(() => ReleasePayoutBatchResult, {
    nullable: true,
    description:
      'Sends a batch to the bank, by somebody who approved none of its claims. A payout whose patient has no payout account comes back at once; where that is all of them, the batch is ANSWERED thereby.',
  })
  @RequiresScopes('fund:finance')
  releasePayoutBatch(
    @Arg('input', () => ReleasePayoutBatchInput, { description: 'Which one.' }) input: ReleasePayoutBatchInput,
    @Ctx() context: FundContext,
  ): Promise<PayoutBatch | Failure | null> {
    return orFailure(changed(context, new PayoutBatchService(context).release(step(input))));
  }

  @Mutation(() => CancelPayoutBatchResult, {
    nullable: true,
    description: 'Gives up a batch that is not released; its claims can be put into another one.',
  })
  @RequiresScopes('fund:finance')
  cancelPayoutBatch(
    @Arg('input', () => CancelPayoutBatchInput, { description: 'Which one.' }) input: CancelPayoutBatchInput,
    @Ctx() context: FundContext,
  ): Promise<PayoutBatch | Failure | null> {
    return orFailure(changed(context, new PayoutBatchService(context).cancel(step(input))));
  }

  @Mutation(() => RecordBankAnswerResult, {
    nullable: true,
    description:
      'Records by hand what the bank says became of a batch. The bank is also asked by itself, so this is for answers that come on another way. What is known already changes nothing.',
  })
  @RequiresScopes('fund:finance')
  recordBankAnswer(
    @Arg('input', () => RecordBankAnswerInput, { description: "The bank's answer." }) input: RecordBankAnswerInput,
    @Ctx() context: FundContext,
  ): Promise<BankAnswerReport | Failure | null> {
    return orFailure(new BankAnswerService(context).record(input) as Promise<BankAnswerReport>);
  }
}

/** What a payout points to. */
@Resolver(() => Payout)
export class PayoutResolver {
  @FieldResolver(() => Claim, { nullable: true, description: 'The claim that it pays.' })
  claim(@Root() { claimId }: LoadedPayout, @Ctx() { claims }: FundContext): Promise<Claim | null> {
    return claims.byId(claimId);
  }

  @FieldResolver(() => PayoutBatch, { nullable: true, description: 'The batch that it is in.' })
  @RequiresScopes('fund:finance')
  batch(@Root() { batchId }: LoadedPayout, @Ctx() { payouts }: FundContext): Promise<PayoutBatch | null> {
    return payouts.batch(batchId);
  }
}

/** What payouts add to a claim. */
@Resolver(() => Claim)
export class ClaimPayoutsResolver {
  @FieldResolver(() => [Payout], {
    nullable: true,
    description: 'The attempts to pay it, oldest first: several when payouts came back.',
  })
  @RequiresScopes('fund:apply', 'fund:finance')
  payouts(@Root() { id }: Claim, @Ctx() { payouts }: FundContext): Promise<Payout[]> {
    return payouts.ofClaim(id);
  }
}

/** The batch as it is after the change: what was read before it is forgotten. */
async function changed({ payouts }: FundContext, work: Promise<string>): Promise<PayoutBatch | null> {
  const id = await work;
  payouts.forget(id);
  return payouts.batch(id);
}
