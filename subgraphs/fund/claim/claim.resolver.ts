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
import {
  ConsentMissing,
  IdempotencyConflict,
  InvalidInput,
  NotAllowed,
  NotFound,
  StaleVersion,
} from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { MoneyInput } from '../../common/money.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import { Application } from '../application/application.js';
import type { FundContext } from '../context.js';
import { Fund } from '../policy/policy.js';
import type { Payer } from './award.rules.js';
import { ClaimAction, ClaimCheck, ClaimDecision, PayerName } from './claim.enums.js';
import { ClaimWrongState, ExpenseNotClaimable, GrantNotActive } from './claim.errors.js';
import { CLAIM_SCOPES, Claim, ClaimFilter } from './claim.js';
import type { LoadedClaim } from './claim.loader.js';
import { allowedActions } from './claim.rules.js';
import { ClaimService } from './claim.service.js';
import { ClawBack } from './claw-back.js';
import { ClawBackService } from './claw-back.service.js';

@InputType({ description: 'What somebody else paid of an expense.' })
class PaidByOtherInput {
  @Field(() => PayerName, { description: 'Who paid. Each at most once an expense.' })
  payer!: Payer;

  @Field(() => MoneyInput, { description: 'How much; above zero. Leave out who paid nothing.' })
  amount!: MoneyInput;
}

@InputType({ description: 'An invoice. It can be claimed once, however it is written.' })
class ExpenseInvoiceInput {
  @Field(() => String, { description: 'Who wrote it, for example the name of the hospital. 1 to 100 characters.' })
  issuer!: string;

  @Field(() => String, { description: "The issuer's number. 1 to 100 characters." })
  number!: string;

  @Field(() => LocalDate, { description: 'The day (in Shanghai) on which the expense was incurred.' })
  incurredOn!: string;

  @Field(() => MoneyInput, { description: 'What it cost.' })
  amount!: MoneyInput;
}

@InputType({ description: 'One expense: a line of an order or an invoice, and what others paid of it.' })
class ClaimExpenseInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'A line (`DrugOrderLine.id`) of a paid medicine order that is linked to the application. Or give `invoice`.',
  })
  orderLineId?: string;

  @Field(() => ExpenseInvoiceInput, { nullable: true, description: 'An invoice. Or give `orderLineId`.' })
  invoice?: ExpenseInvoiceInput;

  @Field(() => [PaidByOtherInput], {
    nullable: true,
    description: 'What others paid of it: they pay before the fund ("1+N"). Left out: nobody paid anything.',
  })
  paidByOthers?: PaidByOtherInput[];
}

@InputType({ description: 'What was spent, and on which grant it is claimed.' })
class EnterClaimInput {
  @Field(() => ID, { description: 'The application whose grant pays.' })
  applicationId!: string;

  @Field(() => [ClaimExpenseInput], { description: 'What was spent: 1 to 50.' })
  expenses!: ClaimExpenseInput[];

  @Field(() => ID, { description: 'A key of your making: sending the same again enters one claim.' })
  idempotencyKey!: string;
}

@InputType()
abstract class ClaimStepInput {
  @Field(() => ID, { description: 'The claim.' })
  claimId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again does it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which claim is taken back.' })
class WithdrawClaimInput extends ClaimStepInput {}

@InputType({ description: 'How the check of a claim ends.' })
class CheckClaimInput extends ClaimStepInput {
  @Field(() => ClaimCheck, { description: 'How it ends.' })
  decision!: ClaimCheck;

  @Field(() => String, { description: 'Why. The applicant reads it. 3 to 2,000 characters.' })
  reason!: string;
}

@InputType({ description: 'How a claim is decided.' })
class DecideClaimInput extends ClaimStepInput {
  @Field(() => ClaimDecision, { description: 'How it is decided.' })
  decision!: ClaimDecision;

  @Field(() => String, { description: 'Why. The applicant reads it. 3 to 2,000 characters.' })
  reason!: string;
}

@InputType({ description: 'Which award was a mistake.' })
class ReverseClaimInput extends ClaimStepInput {
  @Field(() => String, { description: 'Why. The applicant reads it. 3 to 2,000 characters.' })
  reason!: string;
}

const EnterClaimResult = resultUnion('EnterClaimResult', 'The claim, or why it was not entered.', Claim, [
  NotFound,
  NotAllowed,
  InvalidInput,
  GrantNotActive,
  ExpenseNotClaimable,
  IdempotencyConflict,
]);
const WithdrawClaimResult = resultUnion('WithdrawClaimResult', 'The claim, or why not.', Claim, [
  NotFound,
  NotAllowed,
  ClaimWrongState,
  StaleVersion,
  InvalidInput,
  IdempotencyConflict,
]);
const CheckClaimResult = resultUnion('CheckClaimResult', 'The claim as checked, or why not.', Claim, [
  NotFound,
  NotAllowed,
  ConsentMissing,
  ClaimWrongState,
  StaleVersion,
  InvalidInput,
  IdempotencyConflict,
]);
const DecideClaimResult = resultUnion(
  'DecideClaimResult',
  'The claim as decided, or why not. A claim that was approved but comes to nothing is REJECTED, and its `reason` says why.',
  Claim,
  [NotFound, NotAllowed, ClaimWrongState, StaleVersion, InvalidInput, IdempotencyConflict],
);
const ReverseClaimResult = resultUnion('ReverseClaimResult', 'The claim as it stands then, or why not.', Claim, [
  NotFound,
  NotAllowed,
  ClaimWrongState,
  StaleVersion,
  InvalidInput,
  IdempotencyConflict,
]);

@ArgsType()
class ClaimsArgs extends PageArgs {
  @Field(() => ClaimFilter, { nullable: true, description: 'Which ones; all if left out.' })
  filter?: ClaimFilter;
}

const ClaimConnection = connectionType(Claim, 'claims');

const optionalId = (id: string | null | undefined, argument: string): string | null =>
  id == null ? null : checkedId(id, argument);

const step = <Input extends ClaimStepInput>(input: Input): Input => ({
  ...input,
  claimId: checkedId(input.claimId, 'claimId'),
});

/** Claims, and what is done with them. */
@Resolver(() => Claim)
export class ClaimResolver {
  @Query(() => Claim, { nullable: true, description: 'One claim by id; null when there is none that you may see.' })
  @RequiresScopes(...CLAIM_SCOPES)
  claim(
    @Arg('id', () => ID, { description: 'The id of the claim.' }) id: string,
    @Ctx() { claims }: FundContext,
  ): Promise<Claim | null> {
    return claims.byId(checkedId(id));
  }

  @Query(() => ClaimConnection, {
    nullable: true,
    description:
      'For applicants: their own and those of whom they care for, newest first. For reviewers: what waits to be checked, oldest first. For finance officers: all, oldest first.',
  })
  @RequiresScopes(...CLAIM_SCOPES)
  async claims(
    @Args(() => ClaimsArgs) args: ClaimsArgs,
    @Ctx() { claims }: FundContext,
  ): Promise<ConnectionSource<Claim>> {
    const page = pageOf(args);
    const { status = null, applicationId, fundId } = args.filter ?? {};
    const match = {
      status,
      applicationId: optionalId(applicationId, 'applicationId'),
      fundId: optionalId(fundId, 'fundId'),
    };
    const list = claims.listFor(match);
    return connection(await claims.page(list, match, page), page, () => claims.count(list, match));
  }

  @FieldResolver(() => Application, {
    nullable: true,
    description: 'What it rests on; null for those who may not see it, such as finance officers.',
  })
  @RequiresScopes('fund:apply', 'fund:review')
  application(@Root() claim: LoadedClaim, @Ctx() { applications }: FundContext): Promise<Application | null> {
    return applications.byId(claim.applicationId);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'For finance officers: how the patient is called, as `张*` or `L** Y**`; null where it was not told. No more of a patient is shown to them.',
  })
  @RequiresScopes('fund:finance')
  maskedPatientName(@Root() claim: LoadedClaim, @Ctx() { claims }: FundContext): Promise<string | null> {
    return claims.maskedName(claim);
  }

  @FieldResolver(() => Fund, { nullable: true, description: 'The fund that pays.' })
  fund(@Root() claim: LoadedClaim, @Ctx() { policies }: FundContext): Promise<Fund | null> {
    return policies.fund(claim.fundId);
  }

  @FieldResolver(() => [ClawBack], { description: 'What of the award was taken back or has to be, oldest first.' })
  clawBacks(@Root() claim: LoadedClaim): readonly ClawBack[] {
    return claim.clawBacks;
  }

  @FieldResolver(() => [ClaimAction], { description: 'What you may do with it now: show these as buttons.' })
  async allowedActions(@Root() claim: LoadedClaim, @Ctx() { claims }: FundContext): Promise<ClaimAction[]> {
    return allowedActions(claim.facts, await claims.standing(claim));
  }

  @Mutation(() => EnterClaimResult, {
    nullable: true,
    description:
      'Asks for the share that was granted of what was spent. An order line or an invoice counts once, ever.',
  })
  @RequiresScopes('fund:apply')
  enterClaim(
    @Arg('input', () => EnterClaimInput, { description: 'What was spent.' }) input: EnterClaimInput,
    @Ctx() context: FundContext,
  ): Promise<Claim | Failure | null> {
    input.applicationId = checkedId(input.applicationId, 'applicationId');
    for (const expense of input.expenses) {
      if (expense.orderLineId != null) expense.orderLineId = checkedId(expense.orderLineId, 'orderLineId');
    }
    return changed(context, new ClaimService(context).enter(input));
  }

  @Mutation(() => WithdrawClaimResult, {
    nullable: true,
    description: 'Takes a claim back that nobody has checked. Its expenses may be claimed again.',
  })
  @RequiresScopes('fund:apply')
  withdrawClaim(
    @Arg('input', () => WithdrawClaimInput, { description: 'Which one.' }) input: WithdrawClaimInput,
    @Ctx() context: FundContext,
  ): Promise<Claim | Failure | null> {
    return changed(context, new ClaimService(context).withdraw(step(input)));
  }

  @Mutation(() => CheckClaimResult, { nullable: true, description: "Says whether a claim's papers are right." })
  @RequiresScopes('fund:review')
  checkClaim(
    @Arg('input', () => CheckClaimInput, { description: 'How the check ends, and why.' }) input: CheckClaimInput,
    @Ctx() context: FundContext,
  ): Promise<Claim | Failure | null> {
    return changed(context, new ClaimService(context).check(step(input)));
  }

  @Mutation(() => DecideClaimResult, {
    nullable: true,
    description: 'Decides a claim that was checked by somebody else. The rules say how much is awarded.',
  })
  @RequiresScopes('fund:finance')
  decideClaim(
    @Arg('input', () => DecideClaimInput, { description: 'How it is decided, and why.' }) input: DecideClaimInput,
    @Ctx() context: FundContext,
  ): Promise<Claim | Failure | null> {
    return changed(context, new ClaimService(context).decide(step(input)));
  }

  @Mutation(() => ReverseClaimResult, {
    nullable: true,
    description:
      'Takes back all that is left of an award that was a mistake. What was paid has to be paid back by the patient.',
  })
  @RequiresScopes('fund:finance')
  reverseClaim(
    @Arg('input', () => ReverseClaimInput, { description: 'Which one, and why.' }) input: ReverseClaimInput,
    @Ctx() context: FundContext,
  ): Promise<Claim | Failure | null> {
    return changed(context, new ClawBackService(context).reverse(step(input)));
  }
}

/** What claims add to an application. */
@Resolver(() => Application)
export class ApplicationClaimsResolver {
  @FieldResolver(() => [Claim], {
    nullable: true,
    description: 'What was claimed on its grant, newest first; of more than 200 the newest.',
  })
  claims(@Root() application: Application, @Ctx() { claims }: FundContext): Promise<Claim[]> {
    return claims.ofApplication(application.id);
  }
}

/** The claim as it is after the change, or the failure. */
const changed = ({ claims }: FundContext, work: Promise<string>): Promise<Claim | Failure | null> =>
  orFailure(work.then((id) => claims.readAnew(id)));
