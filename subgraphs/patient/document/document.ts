import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DocumentKind } from '../../common/document-kind.js';
import { DateTime } from '../../common/scalars.js';

export enum DocumentMediaType {
  PDF = 'PDF',
  JPEG = 'JPEG',
  PNG = 'PNG',
}
registerEnumType(DocumentMediaType, {
  name: 'DocumentMediaType',
  description: 'What a file is. It is checked by what is in the file, never by its name.',
  valuesConfig: {
    PDF: { description: '`application/pdf`, without scripts, attached files or a password.' },
    JPEG: { description: '`image/jpeg`, of at most 50 megapixels.' },
    PNG: { description: '`image/png`, of at most 50 megapixels.' },
  },
});

export enum DocumentStatus {
  AWAITING_UPLOAD = 'AWAITING_UPLOAD',
  STORED = 'STORED',
  REFUSED = 'REFUSED',
  EXPIRED = 'EXPIRED',
  DELETED = 'DELETED',
}
registerEnumType(DocumentStatus, {
  name: 'DocumentStatus',
  description: 'How far a document has come.',
  valuesConfig: {
    AWAITING_UPLOAD: { description: 'It was announced; its file has not arrived.' },
    STORED: { description: 'Its file arrived, was checked and can be read.' },
    REFUSED: { description: 'Its file arrived and was not taken; `refusedBecause` says why. Announce it anew.' },
    EXPIRED: { description: 'Its file did not arrive in time. Announce it anew.' },
    DELETED: { description: 'It was deleted: its file and its name are gone.' },
  },
});

export enum DocumentRefusal {
  WRONG_HASH = 'WRONG_HASH',
  WRONG_TYPE = 'WRONG_TYPE',
  DAMAGED = 'DAMAGED',
  FOREIGN_CONTENT = 'FOREIGN_CONTENT',
  TOO_MANY_PIXELS = 'TOO_MANY_PIXELS',
  ACTIVE_CONTENT = 'ACTIVE_CONTENT',
  ENCRYPTED = 'ENCRYPTED',
}
registerEnumType(DocumentRefusal, {
  name: 'DocumentRefusal',
  description: 'Why a file was not taken.',
  valuesConfig: {
    WRONG_HASH: { description: 'What arrived does not have the SHA-256 that was announced.' },
    WRONG_TYPE: { description: 'It is not of the announced type, whatever its name says.' },
    DAMAGED: {
      description: 'It begins as the announced type, but its parts do not fit together or its end is missing.',
    },
    FOREIGN_CONTENT: { description: 'Something else stands behind the end of the file or is hidden in it.' },
    TOO_MANY_PIXELS: {
      description: 'The image has more than 50 megapixels, or says that it is far larger than its file.',
    },
    ACTIVE_CONTENT: { description: 'The PDF holds scripts, actions or attached files. Print it to a new PDF.' },
    ENCRYPTED: { description: 'The PDF is protected by a password. Save it without one.' },
  },
});

export enum DocumentAction {
  UPLOAD = 'UPLOAD',
  DELETE = 'DELETE',
}
registerEnumType(DocumentAction, {
  name: 'DocumentAction',
  description: 'What may be done with a document.',
  valuesConfig: {
    UPLOAD: { description: 'Send its file to the `uploadUrl` that `requestDocumentUpload` gave.' },
    DELETE: { description: '`deleteDocument`: remove its file for good.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'A paper of a patient. Seen by the patient and their caregivers; the kinds that aid is decided by also by a reviewer who works on an application of the patient, and the medical kinds by the physicians who treat the patient.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('patient:self', 'fund:review', 'care:provide')
export class PatientDocument {
  @Field(() => ID, { description: 'Identifies the document; says nothing about it.' })
  readonly id!: string;

  @Field(() => DocumentKind, { description: 'What it proves, as said by who announced it.' })
  readonly kind!: DocumentKind;

  @Field(() => DocumentMediaType, { description: 'What the file is.' })
  readonly mediaType!: DocumentMediaType;

  @Field(() => Int, { description: 'How long the file is, in bytes: 1 to 20,971,520 (20 MiB).' })
  readonly byteSize!: number;

  @Field(() => String, { description: 'The SHA-256 of the file, as 64 hexadecimal digits.' })
  readonly sha256!: string;

  @Field(() => DocumentStatus, { description: 'How far it has come.' })
  readonly status!: DocumentStatus;

  @Field(() => DateTime, { description: 'When it was announced.' })
  readonly requestedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When its file was stored; null while there is none.' })
  readonly uploadedAt!: string | null;

  @Field(() => DocumentRefusal, {
    nullable: true,
    description: 'Why its file was not taken; null unless it was REFUSED.',
  })
  readonly refusedBecause!: DocumentRefusal | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you delete the document.' })
  readonly version!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A header to send with an HTTP request.' })
@RequiresScopes('patient:self')
export class HttpHeader {
  @Field(() => String, { description: 'Its name, for example `Content-Type`.' })
  readonly name!: string;

  @Field(() => String, { description: 'Its value.' })
  readonly value!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Where to send the file of a document: PUT its bytes, as they are, to `uploadUrl`. The answer is 201; 422 when the file was refused; 409 when the URL was used before; 410 when it has expired; each failure as JSON that says what to do.',
})
@RequiresScopes('patient:self')
export class DocumentUpload {
  @Field(() => PatientDocument, { description: 'The announced document.' })
  readonly document!: PatientDocument;

  @Field(() => String, {
    nullable: true,
    description:
      'Where to PUT the file, once: a path on the host of this API, for example `/documents/…`. It needs no token: do not show it to anybody. Null when no file is awaited any more.',
  })
  readonly uploadUrl!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when the upload may begin: 15 minutes from the request.',
  })
  readonly expiresAt!: string | null;

  @Field(() => [HttpHeader], {
    description:
      'Headers to send with it, at most three. `Content-Length` must be right; most clients set it themselves.',
  })
  readonly headers!: HttpHeader[];
}
