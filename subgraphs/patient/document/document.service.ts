import { LockMode } from '@mikro-orm/core';
import type { DocumentKind } from '../../common/document-kind.js';
import { NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { enqueue } from '../../common/jobs.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { fingerprint, seal } from '../../common/sealed.js';
import type { PatientContext } from '../context.js';
import { PatientEntity } from '../profile/patient.entity.js';
import { DocumentEntity, mayChange, sealedPlaces } from './document.entity.js';
import { DocumentDeleted, TooManyDocuments } from './document.errors.js';
import { REMOVE_OBJECT, type RemoveObject } from './document.jobs.js';
import { type DocumentMediaType, DocumentStatus } from './document.js';
import { type AnnouncedFile, checkAnnounced, MAX_DOCUMENTS, minutesAfter, UPLOAD_MINUTES } from './document.rules.js';

export interface RequestUpload extends AnnouncedFile {
  readonly patientId: string;
  readonly kind: DocumentKind;
  readonly mediaType: DocumentMediaType;
  readonly idempotencyKey: string;
}

export interface DeleteDocument {
  readonly documentId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** Announcing documents, and deleting them. */
export class DocumentService {
  constructor(private readonly context: PatientContext) {}

  /**
   * Announces a file. Asked again with the same key, its upload may begin anew until then, while nothing was sent.
   *
   * @returns the document's id
   * @throws {NotFound} {InvalidInput} {TooManyDocuments} {IdempotencyConflict}
   */
  async requestUpload(input: RequestUpload): Promise<string> {
    const { care, fieldKeys, session } = this.context;
    const { patientId, kind, mediaType, idempotencyKey } = input;
    const standing = await care.standing(patientId);
    const mayAdd = standing !== null && (standing.mayCare || standing.mayApply);
    ensureAllowed(mayAdd, () => new NotFound('patient', ['input', 'patientId']));
    const { fileName, byteSize, sha256 } = checkAnnounced(input);
    // a hash of the input is kept with the key: names of files name people
    const name = fingerprint(fieldKeys, sealedPlaces(patientId).fileName, fileName);
    const comparable = { patientId, kind, mediaType, byteSize, sha256, fileName: name, idempotencyKey };
    const requestedAt = new Date();
    const expiresAt = minutesAfter(requestedAt, UPLOAD_MINUTES);
    let isNew = false;
    const id = await once(this.context, 'requestDocumentUpload', comparable, async (em) => {
      // held so that of many at once each counts those before it
      const patient = await em.findOne(PatientEntity, patientId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!patient) throw new NotFound('patient', ['input', 'patientId']);
      const kept = { status: { $in: [DocumentStatus.AWAITING_UPLOAD, DocumentStatus.STORED] } };
      if ((await em.count(DocumentEntity, { patient, ...kept })) >= MAX_DOCUMENTS) throw new TooManyDocuments();
      isNew = true;
      const made = newId();
      em.create(DocumentEntity, {
        id: made,
        patient,
        kind,
        mediaType,
        byteSize,
        sha256,
        status: DocumentStatus.AWAITING_UPLOAD,
        fileNameSealed: seal(fieldKeys, sealedPlaces(made).fileName, fileName),
        requestedAt,
        expiresAt,
      });
      return made;
    });
    if (!isNew) {
      await session.decide(async (sql) => {
        sql.send(`update document set expires_at = ? where id = ? and status = 'AWAITING_UPLOAD'`, [expiresAt, id]);
      });
    }
    return id;
  }

  /**
   * Deletes a document for good: its name and the key to its file at once, the file soon after.
   *
   * @returns the document's id
   * @throws {NotFound} {DocumentDeleted} {StaleVersion} {IdempotencyConflict}
   */
  async delete(input: DeleteDocument): Promise<string> {
    const { documentId, expectedVersion } = input;
    return once(this.context, 'deleteDocument', input, async (em) => {
      const missing = () => new NotFound('document', ['input', 'documentId']);
      const [seen] = await em.execute<{ mayChange: boolean }[]>(
        `select ${mayChange('patient_id')} as "mayChange" from document where id = ?`,
        [documentId],
      );
      ensureAllowed(seen?.mayChange === true, missing);
      const document = await em.findOne(DocumentEntity, documentId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!document) throw missing();
      if (document.status === DocumentStatus.DELETED) throw new DocumentDeleted();
      if (document.version !== expectedVersion) throw new StaleVersion(document.version);
      const { objectKey } = document;
      em.assign(document, {
        status: DocumentStatus.DELETED,
        fileNameSealed: null,
        objectKey: null,
        dataKeySealed: null,
        refusedBecause: null,
      });
      if (objectKey) await enqueue(em, 'patient', REMOVE_OBJECT, { objectKey } satisfies RemoveObject);
      return documentId;
    });
  }
}
