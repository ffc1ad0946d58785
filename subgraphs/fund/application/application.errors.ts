import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { Money, money } from '../../common/money.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from './application.enums.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The conditions for aid are not met; `reasons` says which and so what to do.',
})
@Public()
export class NotEligible extends UserError {
  @Field(() => [EligibilityReason], { description: 'Every condition that is not met.' })
  readonly reasons: EligibilityReason[];

  constructor(reasons: EligibilityReason[]) {
    super(
      UserErrorCode.NOT_ELIGIBLE,
      `The conditions for aid are not met: ${reasons.join(', ')}. See what each means in the schema.`,
    );
    this.reasons = reasons;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The application does not stand where this can be done, or not by you; `permitted` says what can.',
})
@Public()
export class ApplicationWrongState extends UserError {
  @Field(() => ApplicationStatus, { description: 'Where it stands.' })
  readonly status: ApplicationStatus;

  @Field(() => [ApplicationAction], { description: 'What you may do with it now.' })
  readonly permitted: ApplicationAction[];

  constructor(status: ApplicationStatus, permitted: ApplicationAction[]) {
    const now =
      permitted.length > 0 ? `You may ${permitted.join(' or ')}.` : 'There is nothing that you can do with it now.';
    super(UserErrorCode.WRONG_STATE, `The application is ${status}, so this cannot be done by you. ${now}`);
    this.status = status;
    this.permitted = permitted;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'There is an application for this patient, disease and year already, which is not finished.',
})
@Public()
export class ApplicationExists extends UserError {
  constructor() {
    super(
      UserErrorCode.WRONG_STATE,
      'There is an application for this patient, disease and year already. Go on with that one, or withdraw it.',
    );
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: "Nothing is left of the patient's aid of this year, so nothing can be granted.",
})
@Public()
export class AnnualCapReached extends UserError {
  @Field(() => Money, { description: 'What is left of the year.' })
  readonly remaining: Money;

  constructor(remainingFen: bigint) {
    super(
      UserErrorCode.ANNUAL_CAP_REACHED,
      "Nothing is left of the patient's aid of this year. Reject, or wait for the next year.",
    );
    this.remaining = money(remainingFen);
  }
}
