import { Field, ID, ObjectType } from 'type-graphql';
import { ForPartners, Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { ContributionAction, ContributionStatus } from './contribution.enums.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The organisation has reported a contribution under this reference before: it counts once. Nothing was recorded.',
})
@Public()
@ForPartners()
export class AlreadyReported extends UserError {
  @Field(() => ID, { description: 'The contribution that was recorded under the reference: see `contribution`.' })
  readonly contributionId: string;

  constructor(contributionId: string) {
    super(
      UserErrorCode.ALREADY_REPORTED,
      'The organisation has reported a contribution under this reference before. See that one, or use another reference.',
      ['input', 'reference'],
    );
    this.contributionId = contributionId;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The contribution does not stand where this can be done; `permitted` says what can.',
})
@Public()
export class ContributionWrongState extends UserError {
  @Field(() => ContributionStatus, { description: 'Where it stands.' })
  readonly status: ContributionStatus;

  @Field(() => [ContributionAction], { description: 'What you may do with it now.' })
  readonly permitted: ContributionAction[];

  constructor(status: ContributionStatus, permitted: ContributionAction[]) {
    const now =
      permitted.length > 0 ? `You may ${permitted.join(' or ')}.` : 'There is nothing that can be done with it now.';
    super(UserErrorCode.WRONG_STATE, `The contribution is ${status}, so this cannot be done. ${now}`);
    this.status = status;
    this.permitted = permitted;
  }
}
