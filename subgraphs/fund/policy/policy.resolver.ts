import {
  Arg,
  Args,
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
import { ForPartners, Public, RequiresScopes } from '../../common/access.js';
import { shanghaiDay } from '../../common/calendar.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { DocumentKind } from '../../common/document-kind.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { MoneyInput } from '../../common/money.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { FundContext } from '../context.js';
import { Disease } from '../stubs.js';
import { AidPolicyDayTaken, FundWrongState } from './policy.errors.js';
import { AidPolicy, AidTierName, Fund, FundAction, FundStatus } from './policy.js';
import { fundActions } from './policy.rules.js';
import { PolicyService } from './policy.service.js';

@InputType({ description: 'What a new fund is.' })
class CreateFundInput {
  @Field(() => String, {
    description: 'Short name that no other fund has: 1 to 40 capital letters A to Z, digits and hyphens.',
  })
  code!: string;

  @Field(() => String, { description: 'Name in English, 1 to 200 characters.' })
  nameEn!: string;

  @Field(() => String, { description: 'Name in Chinese, 1 to 200 characters.' })
  nameZh!: string;

  @Field(() => [ID], {
    description: 'Which diseases it is for, from `diseases`: at least one. A fund is never for a medicine.',
  })
  diseaseIds!: string[];

  @Field(() => ID, { description: 'A key of your making: sending the same again makes one fund.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which fund is opened or closed.' })
class SetFundStatusInput {
  @Field(() => ID, { description: 'The fund.' })
  fundId!: string;

  @Field(() => FundStatus, { description: 'What it becomes.' })
  status!: FundStatus;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again does it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'How much of which yearly expense is to be paid.' })
class AidTierInput {
  @Field(() => AidTierName, { description: 'Which tier.' })
  tier!: AidTierName;

  @Field(() => MoneyInput, {
    description: 'From which yearly self-paid treatment expense on; more than for the tier below.',
  })
  fromExpense!: MoneyInput;

  @Field(() => Int, { description: 'The share that is paid, 1 to 100 percent; not less than in the tier below.' })
  sharePercent!: number;

  @Field(() => MoneyInput, {
    description: 'At most so much a year; more than in the tier below, and not above the annual cap.',
  })
  yearlyMaximum!: MoneyInput;
}

@InputType({ description: 'Rules of aid from a day on. Once published they are never changed.' })
class PublishAidPolicyInput {
  @Field(() => LocalDate, { description: 'The first day (in Shanghai) on which they hold: tomorrow or later.' })
  effectiveFrom!: string;

  @Field(() => MoneyInput, { description: 'The most that a patient gets in a calendar year, over all funds.' })
  annualCap!: MoneyInput;

  @Field(() => Int, { description: 'How many days back an expense may lie when it is claimed, 0 to 730.' })
  lookBackDays!: number;

  @Field(() => Int, { description: 'How many days after a rejection one may still appeal, 0 to 365.' })
  appealDays!: number;

  @Field(() => [DocumentKind], { description: 'The papers that an application needs, each once.' })
  requiredDocuments!: DocumentKind[];

  @Field(() => MoneyInput, { description: 'A grant above this needs a second financial reviewer.' })
  secondReviewAbove!: MoneyInput;

  @Field(() => [AidTierInput], { description: 'The tiers I, II and III.' })
  tiers!: AidTierInput[];

  @Field(() => Boolean, { description: 'True: figures of the demo.' })
  demo!: boolean;

  @Field(() => ID, { description: 'A key of your making: sending the same again publishes one version.' })
  idempotencyKey!: string;
}

const CreateFundResult = resultUnion('CreateFundResult', 'The fund, or why it was not made.', Fund, [
  InvalidInput,
  IdempotencyConflict,
]);
const SetFundStatusResult = resultUnion('SetFundStatusResult', 'The fund as it is now, or why not.', Fund, [
  NotFound,
  FundWrongState,
  StaleVersion,
  IdempotencyConflict,
]);
const PublishAidPolicyResult = resultUnion(
  'PublishAidPolicyResult',
  'The rules as published, or why they were not.',
  AidPolicy,
  [InvalidInput, AidPolicyDayTaken, IdempotencyConflict],
);

const FundConnection = connectionType(Fund, 'funds', ForPartners());
const AidPolicyConnection = connectionType(AidPolicy, 'versions of the rules of aid');

@Resolver(() => Fund)
export class PolicyResolver {
  @Query(() => Fund, { nullable: true, description: 'One fund by its id; null when there is none.' })
  @Public()
  @ForPartners()
  fund(
    @Arg('id', () => ID, { description: 'The id of the fund.' }) id: string,
    @Ctx() { policies }: FundContext,
  ): Promise<Fund | null> {
    return policies.fund(checkedId(id));
  }

  @Query(() => FundConnection, { nullable: true, description: 'All funds, oldest first.' })
  @Public()
  @ForPartners()
  async funds(@Args(() => PageArgs) args: PageArgs, @Ctx() { policies }: FundContext): Promise<ConnectionSource<Fund>> {
    const page = pageOf(args);
    return connection(await policies.fundPage(page), page, () => policies.countFunds());
  }

  @FieldResolver(() => [Disease], { description: 'The diseases that it is for: some hundred at most.' })
  async diseases(@Root() fund: Fund, @Ctx() { policies }: FundContext): Promise<Disease[]> {
    return (await policies.diseasesOf(fund.id)).map((id) => ({ id }));
  }

  @FieldResolver(() => [FundAction], { description: 'What you may do with it now: show these as buttons.' })
  allowedActions(@Root() { status }: Fund, @Ctx() { identity }: FundContext): FundAction[] {
    return identity.scopes.includes('policy:write') ? fundActions(status) : [];
  }

  @Query(() => AidPolicy, { nullable: true, description: 'The rules of aid in force on a day; null before the first.' })
  @Public()
  async aidPolicy(
    @Arg('on', () => LocalDate, { nullable: true, description: 'The day, in Shanghai; today if left out.' }) on:
      | string
      | undefined,
    @Ctx() { policies }: FundContext,
  ): Promise<AidPolicy | null> {
    return (await policies.inForce(on ?? shanghaiDay(new Date())))?.shown ?? null;
  }

  @Query(() => AidPolicyConnection, {
    nullable: true,
    description: 'Every version of the rules of aid, newest first; also those that are yet to come into force.',
  })
  @Public()
  async aidPolicies(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { policies }: FundContext,
  ): Promise<ConnectionSource<AidPolicy>> {
    const page = pageOf(args);
    return connection(await policies.policyPage(page), page, () => policies.countPolicies());
  }

  @Mutation(() => CreateFundResult, {
    nullable: true,
    description:
      'Makes a fund, open and without money. New applications for a disease go to the open fund that is for fewest diseases: until this one has money, they wait.',
  })
  @RequiresScopes('policy:write')
  createFund(
    @Arg('input', () => CreateFundInput, { description: 'What it is.' }) input: CreateFundInput,
    @Ctx() context: FundContext,
  ): Promise<Fund | Failure | null> {
    const diseaseIds = input.diseaseIds.map((id) => checkedId(id, 'diseaseIds'));
    return orFailure(changedFund(context, new PolicyService(context).createFund({ ...input, diseaseIds })));
  }

  @Mutation(() => SetFundStatusResult, {
    nullable: true,
    description: 'Opens or closes a fund. A closed one takes no applications and no pledges; what was granted is paid.',
  })
  @RequiresScopes('policy:write')
  setFundStatus(
    @Arg('input', () => SetFundStatusInput, { description: 'Which one, and what it becomes.' })
    input: SetFundStatusInput,
    @Ctx() context: FundContext,
  ): Promise<Fund | Failure | null> {
    const fundId = checkedId(input.fundId, 'fundId');
    return orFailure(changedFund(context, new PolicyService(context).setFundStatus({ ...input, fundId })));
  }

  @Mutation(() => PublishAidPolicyResult, {
    nullable: true,
    description:
      'Publishes the rules of aid that hold from a day on. They are never changed: to correct them, publish others.',
  })
  @RequiresScopes('policy:write')
  publishAidPolicy(
    @Arg('input', () => PublishAidPolicyInput, { description: 'The rules.' }) input: PublishAidPolicyInput,
    @Ctx() context: FundContext,
  ): Promise<AidPolicy | Failure | null> {
    const published = new PolicyService(context).publish(input).then((id) => context.policies.policy(id));
    return orFailure(published);
  }
}

/** The fund as it is after the change: what was read before it is forgotten. */
async function changedFund({ policies }: FundContext, work: Promise<string>): Promise<Fund | null> {
  const id = await work;
  policies.forgetFund(id);
  return policies.fund(id);
}
