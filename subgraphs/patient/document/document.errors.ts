import { ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import type { DocumentRefusal } from './document.js';
import { MAX_DOCUMENTS } from './document.rules.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The document was deleted before. Nothing was changed.',
})
@Public()
export class DocumentDeleted extends UserError {
  constructor() {
    super(UserErrorCode.WRONG_STATE, 'This document was deleted before. There is nothing left to do.', [
      'input',
      'documentId',
    ]);
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The patient has as many documents as are kept. Delete some that are not needed any more.',
})
@Public()
export class TooManyDocuments extends UserError {
  constructor() {
    super(
      UserErrorCode.WRONG_STATE,
      `${MAX_DOCUMENTS} documents of a patient are kept. Delete some that are not needed any more.`,
      ['input', 'patientId'],
    );
  }
}

/** A request for a file that is refused, with the HTTP status it gets and what to do. */
export class FileRefused extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Set when the file itself is what was refused. */
    readonly because?: DocumentRefusal,
  ) {
    super(message);
    this.name = 'FileRefused';
  }
}
