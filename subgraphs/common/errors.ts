import { GraphQLError } from 'graphql';
import 'reflect-metadata';
import { Directive, Field, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, Public } from './access.js';
import { ConsentPurpose } from './consent-purpose.js';

/** Every code that a `UserError` can carry, over all subgraphs. A client may switch on it; new ones may be added. */
export enum UserErrorCode {
  NOT_FOUND = 'NOT_FOUND',
  INVALID_INPUT = 'INVALID_INPUT',
  STALE_VERSION = 'STALE_VERSION',
  IDEMPOTENCY_CONFLICT = 'IDEMPOTENCY_CONFLICT',
  WRONG_STATE = 'WRONG_STATE',
  NOT_ELIGIBLE = 'NOT_ELIGIBLE',
  ALREADY_REGISTERED = 'ALREADY_REGISTERED',
  NOT_ALLOWED = 'NOT_ALLOWED',
  ANNUAL_CAP_REACHED = 'ANNUAL_CAP_REACHED',
  NOT_SOLD_ONLINE = 'NOT_SOLD_ONLINE',
  PSEUDONYM_TAKEN = 'PSEUDONYM_TAKEN',
  EXPENSE_NOT_CLAIMABLE = 'EXPENSE_NOT_CLAIMABLE',
  ALREADY_REPORTED = 'ALREADY_REPORTED',
  NOTHING_TO_PAY = 'NOTHING_TO_PAY',
  ERASURE_BLOCKED = 'ERASURE_BLOCKED',
  SLOT_NOT_FREE = 'SLOT_NOT_FREE',
  TOO_MANY_ATTEMPTS = 'TOO_MANY_ATTEMPTS',
  CONSENT_MISSING = 'CONSENT_MISSING',
  CONSENT_TEXT_OUTDATED = 'CONSENT_TEXT_OUTDATED',
  EMERGENCY_LIMIT_REACHED = 'EMERGENCY_LIMIT_REACHED',
  PRESCRIPTION_NOT_USABLE = 'PRESCRIPTION_NOT_USABLE',
  STOCK_PROMISED = 'STOCK_PROMISED',
  OUT_OF_STOCK = 'OUT_OF_STOCK',
  TEXT_NOT_PUBLISHABLE = 'TEXT_NOT_PUBLISHABLE',
  MEMBER_SUSPENDED = 'MEMBER_SUSPENDED',
}

/** What a code tells a client's developer. */
export interface ToldCode {
  /** What happened: one sentence. */
  readonly means: string;
  /** What the client, or its user, does next: one or two sentences. */
  readonly whatToDo: string;
}

/** Each code, as the schema and `docs/errors.md` tell of it. */
export const USER_ERRORS: Readonly<Record<UserErrorCode, ToldCode>> = {
  NOT_FOUND: {
    means: 'There is no such record, or it is not one you may see.',
    whatToDo: 'Check the id, and for whom you act; trying again does not help.',
  },
  INVALID_INPUT: {
    means: 'A value is outside what is allowed; `path` says which.',
    whatToDo: 'Show the message beside that field, and send it again when it is put right.',
  },
  STALE_VERSION: {
    means: 'Somebody changed the record since you read it.',
    whatToDo: 'Read it again, then decide.',
  },
  IDEMPOTENCY_CONFLICT: {
    means: 'This idempotency key was used before with another input.',
    whatToDo: 'Make a new key for what is new; send an old key with the same input only.',
  },
  WRONG_STATE: {
    means: 'The record is not in a state that allows this; where there is `permitted`, it names what is.',
    whatToDo: 'Read the record again, and offer what its `allowedActions` name.',
  },
  NOT_ELIGIBLE: {
    means: 'The conditions for aid are not met; `reasons` says which.',
    whatToDo: 'Show each reason; the schema says of each what to do. `aidEligibility` tells beforehand.',
  },
  ALREADY_REGISTERED: {
    means: 'This person is registered already.',
    whatToDo: 'Go on with the record that there is.',
  },
  NOT_ALLOWED: {
    means: 'You may see this record, but not do this with it.',
    whatToDo: 'Show the message, which says why and who may.',
  },
  ANNUAL_CAP_REACHED: {
    means: 'Nothing is left of the aid of this year; `remaining` says how much is.',
    whatToDo: 'Reject the application, or wait for the next year.',
  },
  NOT_SOLD_ONLINE: {
    means: 'This medicine may not be sold online.',
    whatToDo: 'Order the rest; the hospital has the medicines in `medicineIds`.',
  },
  PSEUDONYM_TAKEN: {
    means: 'Somebody else writes under this pseudonym.',
    whatToDo: 'Choose another, or leave it out and get one.',
  },
  EXPENSE_NOT_CLAIMABLE: {
    means: 'Some of the expenses cannot be claimed; `problems` says which and why.',
    whatToDo: 'Put them right or leave them out, and send the claim again.',
  },
  NOTHING_TO_PAY: {
    means: 'No approved claim waits to be paid.',
    whatToDo: 'Make a batch when claims have been approved.',
  },
  ERASURE_BLOCKED: {
    means: 'Something is under way that must end before the erasure; `reasons` says what.',
    whatToDo: 'Do what each reason says, then ask again.',
  },
  SLOT_NOT_FREE: {
    means: 'No free slot begins at that time; `next` offers others.',
    whatToDo: 'Let the patient choose one of those.',
  },
  TOO_MANY_ATTEMPTS: {
    means: 'You have tried this too often; `retryAt` says when you can go on.',
    whatToDo: 'Wait until then.',
  },
  ALREADY_REPORTED: {
    means: 'You have reported this before, and it has been recorded.',
    whatToDo: 'Nothing is left to do.',
  },
  CONSENT_MISSING: {
    means: 'The patient has not agreed to this, or no longer does; `purpose` says to what.',
    whatToDo: 'Ask the patient, or a caregiver with the scope CARE, to agree by `giveConsent`; then try again.',
  },
  EMERGENCY_LIMIT_REACHED: {
    means: 'No more records can be opened in an emergency today; `nextAt` says when.',
    whatToDo: 'Ask a colleague, or wait until then.',
  },
  CONSENT_TEXT_OUTDATED: {
    means: 'Another text is to be agreed to by now; `current` is it.',
    whatToDo: 'Show that text, and give the consent with its number.',
  },
  OUT_OF_STOCK: {
    means: 'There is not enough of some medicines at the moment; `medicineIds` names them.',
    whatToDo: 'Take fewer packages, or try again later: `Medicine.availability` says whether there is some.',
  },
  MEMBER_SUSPENDED: {
    means: 'Moderators have suspended you from writing in the community; `until` says until when.',
    whatToDo: 'Show `myModeration`, which says why and offers the appeal; reading goes on.',
  },
  TEXT_NOT_PUBLISHABLE: {
    means: 'The text holds what must not be published; `findings` says what and where.',
    whatToDo: 'Mark those passages, have them taken out, and send it again.',
  },
  STOCK_PROMISED: {
    means: 'Less would be left of a lot than is promised to orders.',
    whatToDo: 'Take off only what is free; for more, dispense or cancel orders of the lot first.',
  },
  PRESCRIPTION_NOT_USABLE: {
    means: 'Some lines have no prescription that they can go by; `problems` says which and why.',
    whatToDo: 'Put those lines right or leave them out, and order again.',
  },
};

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'What went wrong, for a program to act on. More codes may be added: treat an unknown one as a failure.',
  valuesConfig: Object.fromEntries(
    Object.entries(USER_ERRORS).map(([code, { means, whatToDo }]) => [code, { description: `${means} ${whatToDo}` }]),
  ),
});

/** A failure that a client is expected to meet and to handle. Thrown inside a use case: its transaction rolls back. */
@InterfaceType('UserError', {
  description:
    'A failure you should expect and handle. Write `... on UserError { code message path }` in every mutation.',
  autoRegisterImplementations: false,
})
@Public()
@ForPartners()
export abstract class UserError extends Error {
  @Field(() => UserErrorCode, { description: 'What went wrong, for a program to act on.' })
  readonly code: UserErrorCode;

  @Field(() => String, { description: 'What went wrong and what to do next, in one or two English sentences.' })
  override readonly message!: string;

  @Field(() => [String], { nullable: true, description: 'Which input field it is about, from the outside in.' })
  readonly path?: string[];

  constructor(code: UserErrorCode, message: string, path?: string[]) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'There is no such record, or it is not one you may see: the two answer alike.',
})
@Directive('@shareable')
@Public()
@ForPartners()
export class NotFound extends UserError {
  constructor(what: string, path: string[]) {
    super(UserErrorCode.NOT_FOUND, `There is no ${what} with this id that you may see. Check the id.`, path);
  }
}

@ObjectType({ implements: UserError, simpleResolvers: true, description: 'A value is outside what is allowed.' })
@Directive('@shareable')
@Public()
@ForPartners()
export class InvalidInput extends UserError {
  constructor(message: string, path: string[]) {
    super(UserErrorCode.INVALID_INPUT, message, path);
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'You may see this record, but not do this with it; the message says why.',
})
@Directive('@shareable')
@Public()
@ForPartners()
export class NotAllowed extends UserError {
  constructor(message: string, path?: string[]) {
    super(UserErrorCode.NOT_ALLOWED, message, path);
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The record changed since you read it. Read it again, look, and send `currentVersion` if you still want to.',
})
@Directive('@shareable')
@Public()
@ForPartners()
export class StaleVersion extends UserError {
  @Field(() => Int, { description: 'The version that the record has now.' })
  readonly currentVersion: number;

  constructor(currentVersion: number) {
    super(
      UserErrorCode.STALE_VERSION,
      `The record has changed since you read it and is now at version ${currentVersion}. Read it again before you decide.`,
      ['input', 'expectedVersion'],
    );
    this.currentVersion = currentVersion;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The idempotency key was used before, with another input. Nothing was done. Use a new key for a new request.',
})
@Directive('@shareable')
@Public()
@ForPartners()
export class IdempotencyConflict extends UserError {
  constructor() {
    super(
      UserErrorCode.IDEMPOTENCY_CONFLICT,
      'This idempotency key was used before with another input. Nothing was done. Make a new key for a new request.',
      ['input', 'idempotencyKey'],
    );
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The patient has not agreed to this, or no longer does. Nothing was done. The patient, or a caregiver with the scope CARE, can agree by `giveConsent`.',
})
@Directive('@shareable')
@Public()
export class ConsentMissing extends UserError {
  @Field(() => ConsentPurpose, { description: 'What has to be agreed to.' })
  readonly purpose: ConsentPurpose;

  constructor(purpose: ConsentPurpose, path?: string[]) {
    super(
      UserErrorCode.CONSENT_MISSING,
      `The patient does not agree to ${purpose}. The patient, or a caregiver with the scope CARE, can agree by \`giveConsent\`; then try again.`,
      path,
    );
    this.purpose = purpose;
  }
}

/** A request that is wrong in form: answered as a top-level error with the code `BAD_USER_INPUT`. */
export const badUserInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

/** A stored value that cannot be opened, or was changed by somebody: a top-level error with the code `DATA_UNREADABLE`. */
export class DataUnreadable extends GraphQLError {
  constructor(path?: GraphQLError['path']) {
    super(
      'This value cannot be read at the moment. It has not been changed. Tell the operator, with the trace id; trying again does not help.',
      { path, extensions: { code: 'DATA_UNREADABLE' } },
    );
  }
}
