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
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { DocumentKind } from '../../common/document-kind.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { open } from '../../common/sealed.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { sealedPlaces } from './document.entity.js';
import { DocumentDeleted, TooManyDocuments } from './document.errors.js';
import { DocumentAction, DocumentMediaType, DocumentUpload, PatientDocument } from './document.js';
import type { DocumentRow } from './document.loader.js';
import { allowedActions } from './document.rules.js';
import { DocumentService } from './document.service.js';
import { downloadUrl, uploadOf } from './document-link.js';

@InputType({ description: 'A file that is to be sent.' })
class RequestDocumentUploadInput {
  @Field(() => ID, { description: 'The patient: you, or somebody whom you take part in the care of or may apply for.' })
  patientId!: string;

  @Field(() => DocumentKind, { description: 'What it proves.' })
  kind!: DocumentKind;

  @Field(() => String, { description: "The file's name without its folder. 1 to 200 characters. It is kept sealed." })
  fileName!: string;

  @Field(() => DocumentMediaType, { description: 'What the file is: checked when it arrives.' })
  mediaType!: DocumentMediaType;

  @Field(() => Int, { description: 'How long the file is, in bytes: 1 to 20,971,520 (20 MiB).' })
  byteSize!: number;

  @Field(() => String, { description: 'The SHA-256 of the file, as 64 hexadecimal digits.' })
  sha256!: string;

  @Field(() => ID, {
    description:
      'A key of your making: sending the same again gives the same document, with a new URL while nothing was sent to it.',
  })
  idempotencyKey!: string;
}

@InputType({ description: 'Which document is to be deleted.' })
class DeleteDocumentInput {
  @Field(() => ID, { description: 'The document.' })
  documentId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again deletes it once.' })
  idempotencyKey!: string;
}

@ArgsType()
class DocumentPageArgs extends PageArgs {
  @Field(() => DocumentKind, { nullable: true, description: 'Only those of this kind; all if left out.' })
  kind?: DocumentKind | null;
}

const RequestDocumentUploadResult = resultUnion(
  'RequestDocumentUploadResult',
  'Where to send the file, or why it cannot be sent.',
  DocumentUpload,
  [NotFound, InvalidInput, TooManyDocuments, IdempotencyConflict],
);
const DeleteDocumentResult = resultUnion(
  'DeleteDocumentResult',
  'The deleted document, or why it was not deleted.',
  PatientDocument,
  [NotFound, InvalidInput, DocumentDeleted, StaleVersion, IdempotencyConflict],
);
const PatientDocumentConnection = connectionType(PatientDocument, 'documents');

@Resolver(() => PatientDocument)
export class DocumentResolver {
  @Query(() => PatientDocument, {
    nullable: true,
    description: 'One document by id; null when there is none that you may see.',
  })
  @RequiresScopes('patient:self', 'fund:review', 'care:provide')
  document(
    @Arg('id', () => ID, { description: 'The id of the document.' }) id: string,
    @Ctx() { documents }: PatientContext,
  ): Promise<PatientDocument | null> {
    return documents.byId(checkedId(id));
  }

  @FieldResolver(() => String, { nullable: true, description: "The file's name; null when the document was deleted." })
  fileName(@Root() { id, fileNameSealed }: DocumentRow, @Ctx() { fieldKeys }: PatientContext): string | null {
    return fileNameSealed && open(fieldKeys, sealedPlaces(id).fileName, fileNameSealed);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Where to GET the file, for 5 minutes: a path on the host of this API, for example `/documents/…`. It needs no token and works only while you may see the document: do not show it to anybody. Null while no file is stored.',
  })
  downloadUrl(@Root() document: DocumentRow, @Ctx() { fieldKeys, identity }: PatientContext): string | null {
    return downloadUrl(fieldKeys, identity, document, new Date());
  }

  @FieldResolver(() => [DocumentAction], { description: 'What you may do with it now.' })
  allowedActions(@Root() { status, mayChange }: DocumentRow): DocumentAction[] {
    return allowedActions(status, mayChange);
  }

  @Mutation(() => RequestDocumentUploadResult, {
    nullable: true,
    description: 'Announces a file of a patient and gives the URL to send it to, which is good for one file.',
  })
  @RequiresScopes('patient:self')
  requestDocumentUpload(
    @Arg('input', () => RequestDocumentUploadInput, { description: 'Whose file, and what it is.' })
    input: RequestDocumentUploadInput,
    @Ctx() context: PatientContext,
  ): Promise<DocumentUpload | Failure | null> {
    const { documents, fieldKeys, identity } = context;
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(
      new DocumentService(context)
        .requestUpload(input)
        .then((id) => documents.changed(id))
        .then((document) => document && uploadOf(fieldKeys, identity, document)),
    );
  }

  @Mutation(() => DeleteDocumentResult, {
    nullable: true,
    description: 'Deletes a document for good: nobody can read its file or its name from now on.',
  })
  @RequiresScopes('patient:self')
  deleteDocument(
    @Arg('input', () => DeleteDocumentInput, { description: 'Which document.' }) input: DeleteDocumentInput,
    @Ctx() context: PatientContext,
  ): Promise<PatientDocument | Failure | null> {
    input.documentId = checkedId(input.documentId, 'documentId');
    return orFailure(new DocumentService(context).delete(input).then((id) => context.documents.changed(id)));
  }
}

@Resolver(() => Patient)
export class PatientDocumentsResolver {
  @FieldResolver(() => PatientDocumentConnection, {
    nullable: true,
    description:
      "The patient's documents, newest first, without those that were deleted. Those who only work on an application or treat the patient see the stored ones of the kinds that they need.",
  })
  @RequiresScopes('patient:self', 'fund:review', 'care:provide')
  async documents(
    @Root() { id }: Patient,
    @Args(() => DocumentPageArgs) args: DocumentPageArgs,
    @Ctx() { documents }: PatientContext,
  ): Promise<ConnectionSource<PatientDocument>> {
    const page = pageOf(args);
    const kind = args.kind ?? null;
    return connection(await documents.ofPatient(id, kind, page), page, () => documents.countOfPatient(id, kind));
  }
}
