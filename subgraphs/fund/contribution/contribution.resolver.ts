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
import { ForPartners, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { MoneyInput } from '../../common/money.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { FundContext } from '../context.js';
import { Fund } from '../policy/policy.js';
import { ContributionAction, ContributionSource } from './contribution.enums.js';
import { AlreadyReported, ContributionWrongState } from './contribution.errors.js';
import { Contribution, ContributionFilter } from './contribution.js';
import type { LoadedContribution } from './contribution.loader.js';
import { allowedActions } from './contribution.rules.js';
import { ContributionService } from './contribution.service.js';

@InputType({ description: 'What is given, to which fund, and by whom.' })
class PledgeContributionInput {
  @Field(() => ID, { description: 'The fund, from `funds`. It must be open.' })
  @ForPartners()
  fundId!: string;

  @Field(() => MoneyInput, { description: 'How much.' })
  @ForPartners()
  amount!: MoneyInput;

  @Field(() => ContributionSource, {
    nullable: true,
    description: 'Which sort of giver it comes from. Finance says it; a partner gives as what it is and leaves it out.',
  })
  source?: ContributionSource | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The organisation that gives. Finance names it for a SPONSOR or MERCHANT; a partner gives for itself and leaves it out.',
  })
  organisationId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The giver's own reference, for example of the sale, at most 100 characters. One organisation's reference counts once.",
  })
  @ForPartners()
  reference?: string | null;

  @Field(() => ID, { description: 'A key of your making: sending the same again records one contribution.' })
  @ForPartners()
  idempotencyKey!: string;
}

@InputType()
abstract class ContributionStepInput {
  @Field(() => ID, { description: 'The contribution.' })
  contributionId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again does it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Whose money has arrived.' })
class ClearContributionInput extends ContributionStepInput {}

@InputType({ description: 'Whose money will not come, or was taken back, and why.' })
class BounceContributionInput extends ContributionStepInput {
  @Field(() => String, { description: 'Why. The giver reads it. 3 to 500 characters, in one line.' })
  reason!: string;
}

const PledgeContributionResult = resultUnion(
  'PledgeContributionResult',
  'The contribution, or why it was not recorded.',
  Contribution,
  [NotFound, InvalidInput, NotAllowed, AlreadyReported, IdempotencyConflict],
);
const ClearContributionResult = resultUnion(
  'ClearContributionResult',
  'The contribution, now cleared, or why not.',
  Contribution,
  [NotFound, ContributionWrongState, StaleVersion, IdempotencyConflict],
);
const BounceContributionResult = resultUnion(
  'BounceContributionResult',
  'The contribution, now bounced, or why not.',
  Contribution,
  [NotFound, ContributionWrongState, StaleVersion, InvalidInput, IdempotencyConflict],
);

@ArgsType()
class ContributionsArgs extends PageArgs {
  @Field(() => ContributionFilter, { nullable: true, description: 'Which ones; all if left out.' })
  filter?: ContributionFilter | null;
}

const ContributionConnection = connectionType(Contribution, 'contributions', ForPartners());

const step = <Input extends ContributionStepInput>(input: Input): Input => ({
  ...input,
  contributionId: checkedId(input.contributionId, 'contributionId'),
});

const isFinance = ({ identity }: FundContext): boolean => identity.scopes.includes('fund:finance');

@Resolver(() => Contribution)
export class ContributionResolver {
  @Query(() => Contribution, {
    nullable: true,
    description: 'One contribution by id; null when there is none that you may see.',
  })
  @RequiresScopes('fund:finance', 'sponsor:contribute')
  @ForPartners()
  contribution(
    @Arg('id', () => ID, { description: 'The id of the contribution.' }) id: string,
    @Ctx() { contributions }: FundContext,
  ): Promise<LoadedContribution | null> {
    return contributions.byId(checkedId(id));
  }

  @Query(() => ContributionConnection, {
    nullable: true,
    description: 'For finance: all contributions. For a partner: those of its own organisation. Newest first.',
  })
  @RequiresScopes('fund:finance', 'sponsor:contribute')
  @ForPartners()
  async contributions(
    @Args(() => ContributionsArgs) args: ContributionsArgs,
    @Ctx() context: FundContext,
  ): Promise<ConnectionSource<LoadedContribution>> {
    const { contributions } = context;
    const page = pageOf(args);
    const list = isFinance(context) ? 'all' : 'own';
    const { fundId, status = null, source = null } = args.filter ?? {};
    const match = { fundId: fundId == null ? null : checkedId(fundId, 'fundId'), status, source };
    return connection(await contributions.page(list, match, page), page, () => contributions.count(list, match));
  }

  @FieldResolver(() => Fund, { nullable: true, description: 'The fund that it is for.' })
  @ForPartners()
  fund(@Root() { fundId }: LoadedContribution, @Ctx() { policies }: FundContext): Promise<Fund | null> {
    return policies.fund(fundId);
  }

  @FieldResolver(() => [ContributionAction], { description: 'What you may do with it now: show these as buttons.' })
  allowedActions(@Root() { status }: LoadedContribution, @Ctx() context: FundContext): ContributionAction[] {
    return allowedActions(status, isFinance(context));
  }

  @Mutation(() => PledgeContributionResult, {
    nullable: true,
    description:
      'Records money that is promised to a fund. A partner gives in the name of its own organisation; finance records any. It can be granted once finance has cleared it.',
  })
  @RequiresScopes('fund:finance', 'sponsor:contribute')
  @ForPartners()
  pledgeContribution(
    @Arg('input', () => PledgeContributionInput, { description: 'What, for which fund, and from whom.' })
    input: PledgeContributionInput,
    @Ctx() context: FundContext,
  ): Promise<LoadedContribution | Failure | null> {
    input.fundId = checkedId(input.fundId, 'fundId');
    if (input.organisationId != null) input.organisationId = checkedId(input.organisationId, 'organisationId');
    return orFailure(changed(context, new ContributionService(context).pledge(input)));
  }

  @Mutation(() => ClearContributionResult, {
    nullable: true,
    description:
      'Says that the money of a pledge has arrived. It fills what the fund is short of first; the rest can be granted, and goes to the wait list in its order.',
  })
  @RequiresScopes('fund:finance')
  clearContribution(
    @Arg('input', () => ClearContributionInput, { description: 'Which one.' }) input: ClearContributionInput,
    @Ctx() context: FundContext,
  ): Promise<LoadedContribution | Failure | null> {
    return orFailure(changed(context, new ContributionService(context).clear(step(input))));
  }

  @Mutation(() => BounceContributionResult, {
    nullable: true,
    description:
      'Says that money will not come or was taken back. Grants made of it stay valid: what is missing is filled by the next money of the fund before anything is granted again.',
  })
  @RequiresScopes('fund:finance')
  bounceContribution(
    @Arg('input', () => BounceContributionInput, { description: 'Which one, and why.' }) input: BounceContributionInput,
    @Ctx() context: FundContext,
  ): Promise<LoadedContribution | Failure | null> {
    return orFailure(changed(context, new ContributionService(context).bounce(step(input))));
  }
}

/** The contribution as it is after the change: what was read before it is forgotten. */
async function changed({ contributions }: FundContext, work: Promise<string>): Promise<LoadedContribution | null> {
  const id = await work;
  contributions.forget(id);
  return contributions.byId(id);
}
