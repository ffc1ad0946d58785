import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { ConsentText } from './consent.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'There is another text to agree to by now, or this one never was. Show `current`, and ask again.',
})
@Public()
export class ConsentTextOutdated extends UserError {
  @Field(() => ConsentText, { description: 'The text that is to be agreed to now.' })
  readonly current: ConsentText;

  constructor(current: ConsentText) {
    super(
      UserErrorCode.CONSENT_TEXT_OUTDATED,
      `The text to agree to now is number ${current.number}. Show it, and give the consent with that number.`,
      ['input', 'textNumber'],
    );
    this.current = current;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The consent was withdrawn before. Nothing was changed.',
})
@Public()
export class ConsentWithdrawn extends UserError {
  constructor() {
    super(
      UserErrorCode.WRONG_STATE,
      'This consent was withdrawn before. To agree again, give a new one by `giveConsent`.',
      ['input', 'consentId'],
    );
  }
}
