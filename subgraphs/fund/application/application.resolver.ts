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
import { Public, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { DocumentKind } from '../../common/document-kind.js';
import {
  badUserInput,
  ConsentMissing,
  IdempotencyConflict,
  InvalidInput,
  NotAllowed,
  NotFound,
  StaleVersion,
} from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { MoneyInput, money, positiveFen } from '../../common/money.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { FundContext } from '../context.js';
import { type AidTierName } from '../policy/policy.js';
import { ReviewDecision } from '../review/review.js';
import { ReviewService } from '../review/review.service.js';
import { ApplicationAction } from './application.enums.js';
import { AnnualCapReached, ApplicationExists, ApplicationWrongState, NotEligible } from './application.errors.js';
import { Application, ApplicationFilter } from './application.js';
import type { LoadedApplication } from './application.loader.js';
import { allowedActions } from './application.rules.js';
import { ApplicationService } from './application.service.js';
import { AidEligibility } from './eligibility.js';
import { missingDocuments, prospect } from './eligibility.service.js';

@InputType({ description: 'What an application is begun with.' })
class DraftApplicationInput {
  @Field(() => ID, { description: 'Whom the aid is for: you, or somebody you care for.' })
  patientId!: string;

  @Field(() => ID, { description: 'What the aid is for, from `diseases`.' })
  diseaseId!: string;

  @Field(() => MoneyInput, { description: 'What treatment will cost the patient this year, after what others pay.' })
  expectedExpense!: MoneyInput;

  @Field(() => ID, { description: 'A key of your making: sending the same again begins one application.' })
  idempotencyKey!: string;
}

@InputType()
abstract class ApplicationStepInput {
  @Field(() => ID, { description: 'The application.' })
  applicationId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again does it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which application is handed in.' })
class SubmitApplicationInput extends ApplicationStepInput {}

@InputType({ description: 'Which application is taken back.' })
class WithdrawApplicationInput extends ApplicationStepInput {}

@InputType({ description: 'Which rejection is appealed against, and why.' })
class AppealApplicationInput extends ApplicationStepInput {
  @Field(() => String, { description: 'What the reviewers overlooked. They read it. 3 to 2,000 characters.' })
  reason!: string;
}

@InputType({ description: 'Which application you want to review.' })
class TakeReviewInput extends ApplicationStepInput {}

@InputType({ description: 'How a review ends.' })
class DecideReviewInput extends ApplicationStepInput {
  @Field(() => ReviewDecision, { description: 'How it ends.' })
  decision!: ReviewDecision;

  @Field(() => String, { description: 'Why. The applicant reads it. 3 to 2,000 characters.' })
  reason!: string;
}

const DraftApplicationResult = resultUnion(
  'DraftApplicationResult',
  'The application, or why it was not begun.',
  Application,
  [NotFound, InvalidInput, NotEligible, ApplicationExists, IdempotencyConflict],
);
const SubmitApplicationResult = resultUnion(
  'SubmitApplicationResult',
  'The application, or why it was not handed in.',
  Application,
  [NotFound, NotEligible, ApplicationWrongState, StaleVersion, IdempotencyConflict],
);
const WithdrawApplicationResult = resultUnion(
  'WithdrawApplicationResult',
  'The application, or why not.',
  Application,
  [NotFound, ApplicationWrongState, StaleVersion, IdempotencyConflict],
);
const AppealApplicationResult = resultUnion(
  'AppealApplicationResult',
  'The application, in the queue of other reviewers, or why not.',
  Application,
  [NotFound, ApplicationWrongState, StaleVersion, InvalidInput, IdempotencyConflict],
);
const TakeReviewResult = resultUnion('TakeReviewResult', 'The application with your review, or why not.', Application, [
  NotFound,
  NotAllowed,
  ConsentMissing,
  ApplicationWrongState,
  StaleVersion,
  IdempotencyConflict,
]);
const DecideReviewResult = resultUnion('DecideReviewResult', 'The application as decided, or why not.', Application, [
  NotFound,
  ApplicationWrongState,
  StaleVersion,
  InvalidInput,
  NotAllowed,
  ConsentMissing,
  NotEligible,
  AnnualCapReached,
  IdempotencyConflict,
]);

@ArgsType()
class ApplicationsArgs extends PageArgs {
  @Field(() => ApplicationFilter, { nullable: true, description: 'Which ones; all if left out.' })
  filter?: ApplicationFilter;
}

@ArgsType()
class AidEligibilityArgs {
  @Field(() => ID, { description: 'The disease, from `diseases`.' })
  diseaseId!: string;

  @Field(() => MoneyInput, { description: 'What treatment will cost the patient this year, after what others pay.' })
  expectedExpense!: MoneyInput;

  @Field(() => ID, { nullable: true, description: 'The patient: you, or somebody you care for.' })
  patientId?: string;
}

/** @throws a `BAD_USER_INPUT` error: a query has no union to answer with */
function askedFen(amount: MoneyInput): bigint {
  try {
    return positiveFen(amount, ['expectedExpense']);
  } catch (error) {
    throw badUserInput((error as Error).message);
  }
}

export const ApplicationConnection = connectionType(Application, 'applications');

const step = <Input extends ApplicationStepInput>(input: Input): Input => ({
  ...input,
  applicationId: checkedId(input.applicationId, 'applicationId'),
});

@Resolver(() => Application)
export class ApplicationResolver {
  @Query(() => Application, {
    nullable: true,
    description: 'One application by id; null when there is none that you may see.',
  })
  @RequiresScopes('fund:apply', 'fund:review')
  application(
    @Arg('id', () => ID, { description: 'The id of the application.' }) id: string,
    @Ctx() { applications }: FundContext,
  ): Promise<Application | null> {
    return applications.byId(checkedId(id));
  }

  @Query(() => ApplicationConnection, {
    nullable: true,
    description:
      'For applicants: their own and those of whom they care for, newest first. For reviewers: what they have taken or can take, oldest first.',
  })
  @RequiresScopes('fund:apply', 'fund:review')
  async applications(
    @Args(() => ApplicationsArgs) args: ApplicationsArgs,
    @Ctx() { applications, identity }: FundContext,
  ): Promise<ConnectionSource<Application>> {
    const page = pageOf(args);
    const list = identity.roles.includes('REVIEWER') ? 'queue' : 'mine';
    const { status = null, patientId } = args.filter ?? {};
    const match = { status, patientId: patientId == null ? null : checkedId(patientId, 'patientId') };
    return connection(await applications.page(list, match, page), page, () => applications.count(list, match));
  }

  @FieldResolver(() => [ApplicationAction], { description: 'What you may do with it now: show these as buttons.' })
  async allowedActions(
    @Root() application: LoadedApplication,
    @Ctx() { standing }: FundContext,
  ): Promise<ApplicationAction[]> {
    return allowedActions(application.facts, await standing(application), new Date());
  }

  @FieldResolver(() => [DocumentKind], {
    nullable: true,
    description:
      'Papers that the policy asks for and that are not there yet: upload them by `requestDocumentUpload`. Empty when all are there.',
  })
  missingDocuments(@Root() application: LoadedApplication, @Ctx() context: FundContext): Promise<DocumentKind[]> {
    return missingDocuments(context, application);
  }

  @Mutation(() => DraftApplicationResult, {
    nullable: true,
    description: 'Begins an application for the aid of this year.',
  })
  @RequiresScopes('fund:apply')
  draftApplication(
    @Arg('input', () => DraftApplicationInput, { description: 'For whom, and for what.' }) input: DraftApplicationInput,
    @Ctx() context: FundContext,
  ): Promise<Application | Failure | null> {
    for (const key of ['patientId', 'diseaseId'] as const) input[key] = checkedId(input[key], key);
    return orFailure(changed(context, new ApplicationService(context).draft(input)));
  }

  @Mutation(() => SubmitApplicationResult, {
    nullable: true,
    description:
      'Hands an application in, or hands in again what a reviewer asked for. The conditions for aid must be met.',
  })
  @RequiresScopes('fund:apply')
  submitApplication(
    @Arg('input', () => SubmitApplicationInput, { description: 'Which one.' }) input: SubmitApplicationInput,
    @Ctx() context: FundContext,
  ): Promise<Application | Failure | null> {
    return orFailure(changed(context, new ApplicationService(context).submit(step(input))));
  }

  @Mutation(() => WithdrawApplicationResult, {
    nullable: true,
    description: 'Takes an application back that is not decided yet.',
  })
  @RequiresScopes('fund:apply')
  withdrawApplication(
    @Arg('input', () => WithdrawApplicationInput, { description: 'Which one.' }) input: WithdrawApplicationInput,
    @Ctx() context: FundContext,
  ): Promise<Application | Failure | null> {
    return orFailure(changed(context, new ApplicationService(context).withdraw(step(input))));
  }

  @Mutation(() => AppealApplicationResult, {
    nullable: true,
    description:
      'Asks other reviewers to look at a rejected application again, from the start. Once, and until `deadlineAt`.',
  })
  @RequiresScopes('fund:apply')
  appealApplication(
    @Arg('input', () => AppealApplicationInput, { description: 'Which one, and why.' }) input: AppealApplicationInput,
    @Ctx() context: FundContext,
  ): Promise<Application | Failure | null> {
    return orFailure(changed(context, new ApplicationService(context).appeal(step(input))));
  }

  @Query(() => AidEligibility, {
    nullable: true,
    description:
      'Whether aid could be had, with every reason against it. For anybody; with `patientId` (you, or somebody you care for) all conditions are looked at. Null for a patient who is not yours.',
  })
  @Public()
  async aidEligibility(
    @Args(() => AidEligibilityArgs) { diseaseId, expectedExpense, patientId }: AidEligibilityArgs,
    @Ctx() context: FundContext,
  ): Promise<AidEligibility | null> {
    const found = await prospect(context, {
      diseaseId: checkedId(diseaseId, 'diseaseId'),
      expenseFen: askedFen(expectedExpense),
      patientId: patientId == null ? null : checkedId(patientId, 'patientId'),
    });
    if (!found) return null;
    const { fundId, tier, maximumFen, reasons, patientChecked } = found;
    return {
      eligible: reasons.length === 0,
      reasons,
      patientChecked,
      fund: fundId === null ? null : await context.policies.fund(fundId),
      tier: tier && (tier.tier as AidTierName),
      sharePercent: tier?.sharePercent ?? null,
      upTo: reasons.length === 0 ? money(maximumFen) : null,
    };
  }

  @Mutation(() => TakeReviewResult, {
    nullable: true,
    description: 'Takes the open review of an application out of the queue.',
  })
  @RequiresScopes('fund:review')
  takeReview(
    @Arg('input', () => TakeReviewInput, { description: 'Which application.' }) input: TakeReviewInput,
    @Ctx() context: FundContext,
  ): Promise<Application | Failure | null> {
    return orFailure(changed(context, new ReviewService(context).take(step(input))));
  }

  @Mutation(() => DecideReviewResult, {
    nullable: true,
    description: 'Decides the review that you have taken. Approving the last stage makes the grant.',
  })
  @RequiresScopes('fund:review')
  decideReview(
    @Arg('input', () => DecideReviewInput, { description: 'How it ends, and why.' }) input: DecideReviewInput,
    @Ctx() context: FundContext,
  ): Promise<Application | Failure | null> {
    return orFailure(changed(context, new ReviewService(context).decide(step(input))));
  }
}

/** The application as it is after the change: what was read before it is forgotten. */
async function changed({ applications }: FundContext, work: Promise<string>): Promise<Application | null> {
  const id = await work;
  applications.forget(id);
  return applications.byId(id);
}
