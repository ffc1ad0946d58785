import { Field, Int, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { GrantStatus } from '../grant/grant.js';
import type { StoredClaimStatus } from './claim.entity.js';
import { ClaimAction, type ClaimProblem, ClaimStatus, ExpenseProblemName } from './claim.enums.js';

@ObjectType({ simpleResolvers: true, description: 'One reason why one expense cannot be claimed.' })
@Public()
export class NotClaimable {
  @Field(() => Int, { description: 'Which of the expenses that you sent, from 0.' })
  readonly expense!: number;

  @Field(() => ExpenseProblemName, { description: 'What is wrong with it, and so what to do.' })
  readonly problem!: ClaimProblem;
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Some of the expenses cannot be claimed; `problems` says which and why. Nothing was entered.',
})
@Public()
export class ExpenseNotClaimable extends UserError {
  @Field(() => [NotClaimable], { description: 'Everything that is wrong, by expense.' })
  readonly problems: readonly NotClaimable[];

  constructor(problems: readonly NotClaimable[]) {
    const named = problems.map(({ expense, problem }) => `expense ${expense}: ${problem}`).join(', ');
    super(
      UserErrorCode.EXPENSE_NOT_CLAIMABLE,
      `Some expenses cannot be claimed (${named}). Put them right or leave them out, and send the claim again.`,
      ['input', 'expenses'],
    );
    this.problems = problems;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The application has no grant that can be claimed from; `status` says how its grant stands.',
})
@Public()
export class GrantNotActive extends UserError {
  @Field(() => GrantStatus, { nullable: true, description: 'How the grant stands; null: nothing was granted yet.' })
  readonly status: GrantStatus | null;

  constructor(status: GrantStatus | null) {
    super(
      UserErrorCode.WRONG_STATE,
      status
        ? `The grant is ${status}, so nothing can be claimed from it. Apply for another year, or claim from another grant.`
        : 'Nothing was granted on this application yet, so nothing can be claimed. Claim once it is APPROVED.',
      ['input', 'applicationId'],
    );
    this.status = status;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The claim does not stand where this can be done; `permitted` says what you can do.',
})
@Public()
export class ClaimWrongState extends UserError {
  @Field(() => ClaimStatus, { description: 'Where it stands.' })
  readonly status: StoredClaimStatus;

  @Field(() => [ClaimAction], { description: 'What you may do with it now.' })
  readonly permitted: readonly ClaimAction[];

  constructor(status: StoredClaimStatus, permitted: readonly ClaimAction[]) {
    const now =
      permitted.length > 0 ? `You may ${permitted.join(' or ')}.` : 'There is nothing that you can do with it now.';
    super(UserErrorCode.WRONG_STATE, `The claim is ${status}, so this cannot be done. ${now}`);
    this.status = status;
    this.permitted = permitted;
  }
}
