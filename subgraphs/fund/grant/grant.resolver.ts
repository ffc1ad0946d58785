import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { FundContext } from '../context.js';
import { GrantWrongState } from './grant.errors.js';
import { Grant, GrantAction } from './grant.js';
import { grantActions } from './grant-end.rules.js';
import { revokeGrant } from './grant-end.service.js';

@InputType({ description: 'Which grant is taken back, and why.' })
class RevokeGrantInput {
  @Field(() => ID, { description: 'The grant.' })
  grantId!: string;

  @Field(() => String, { description: 'Why. The applicant reads it. 3 to 2,000 characters.' })
  reason!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again does it once.' })
  idempotencyKey!: string;
}

const RevokeGrantResult = resultUnion('RevokeGrantResult', 'The grant as it is now, or why not.', Grant, [
  NotFound,
  GrantWrongState,
  StaleVersion,
  InvalidInput,
  NotAllowed,
  IdempotencyConflict,
]);

@Resolver(() => Grant)
export class GrantResolver {
  @Query(() => Grant, { nullable: true, description: 'One grant by id; null when there is none that you may see.' })
  @RequiresScopes('fund:apply', 'fund:review', 'fund:finance')
  grant(
    @Arg('id', () => ID, { description: 'The id of the grant.' }) id: string,
    @Ctx() { grants }: FundContext,
  ): Promise<Grant | null> {
    return grants.byId(checkedId(id));
  }

  @FieldResolver(() => [GrantAction], { description: 'What you may do with it now: show these as buttons.' })
  async allowedActions(
    @Root() { id, status }: Grant,
    @Ctx() { grants, identity }: FundContext,
  ): Promise<GrantAction[]> {
    // nobody else may do anything, so nothing is asked for them
    if (!identity.scopes.includes('fund:finance')) return [];
    return grantActions({ status, openClaims: await grants.openClaims(id) });
  }

  @Mutation(() => RevokeGrantResult, {
    nullable: true,
    description:
      'Takes back what is left of an active grant. What was awarded is paid all the same; what is left goes to the fund and to the year of the patient.',
  })
  @RequiresScopes('fund:finance')
  revokeGrant(
    @Arg('input', () => RevokeGrantInput, { description: 'Which one, and why.' }) input: RevokeGrantInput,
    @Ctx() context: FundContext,
  ): Promise<Grant | Failure | null> {
    return orFailure(revoked(context, { ...input, grantId: checkedId(input.grantId, 'grantId') }));
  }
}

async function revoked(context: FundContext, input: RevokeGrantInput): Promise<Grant | null> {
  const id = await revokeGrant(context, input);
  context.grants.forget(id);
  return context.grants.byId(id);
}
