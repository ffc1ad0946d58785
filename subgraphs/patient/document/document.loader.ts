import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import { idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { DocumentKind } from '../../common/document-kind.js';
import { mayChange } from './document.entity.js';
import type { DocumentMediaType, DocumentStatus, PatientDocument } from './document.js';

/** When nothing can be sent any more it has expired, also before the job has come to write that down. */
const STATUS = `case when status = 'AWAITING_UPLOAD' and expires_at <= now() then 'EXPIRED' else status end`;
const COLUMNS = `id, patient_id as "patientId", kind, media_type as "mediaType", byte_size as "byteSize", sha256, ${STATUS} as status,
  file_name_sealed as "fileNameSealed", requested_at as "requestedAt", expires_at as "expiresAt", uploaded_at as "uploadedAt",
  refused_because as "refusedBecause", version, ${mayChange('patient_id')} as "mayChange"`;
const SHOWN = ['kind', 'fileName', 'mediaType', 'byteSize', 'sha256', 'status', 'requestedAt', 'uploadedAt'] as const;
const RECORD = 'PatientDocument';

const BY_ID = loggedStatement('documents-by-id', `select ${COLUMNS} from document where id = any($1)`, {
  record: RECORD,
  fields: SHOWN,
});
const OF_PATIENT = `patient_id = $1 and ($2::text is null or kind = $2) and status <> 'DELETED'`;
const PAGE = loggedStatement(
  'documents-of-patient',
  `select ${COLUMNS} from document where ${OF_PATIENT} and ${idBelow('$3')} order by id desc limit $4`,
  { record: RECORD, fields: SHOWN, page: { limit: '$4' } },
);
const COUNT = statement(
  'count-documents-of-patient',
  `select count(*)::int as count from document where ${OF_PATIENT}`,
);
const STORED_KINDS = loggedStatement(
  'document-kinds-stored',
  `select id, patient_id as "patientId", kind from document where patient_id = any($1) and status = 'STORED' order by id`,
  { record: RECORD, fields: ['kind'] },
);
const PATIENT_OF = statement(
  'patients-of-documents',
  'select distinct patient_of_document(id) as id from unnest($1::uuid[]) id',
);
const AWAITED = statement(
  'document-to-receive',
  `select id, patient_id as "patientId", media_type as "mediaType", byte_size as "byteSize", sha256, status, ${mayChange('patient_id')} as "mayChange"
   from document where id = $1`,
);
const TO_READ = loggedStatement(
  'document-to-read',
  `select id, patient_id as "patientId", media_type as "mediaType", byte_size as "byteSize", object_key as "objectKey",
     file_name_sealed as "fileNameSealed", data_key_sealed as "dataKeySealed"
   from document where id = $1 and status = 'STORED'`,
  { record: RECORD, fields: ['content'] },
);

/** A document with what its fields are worked out from. */
export type DocumentRow = PatientDocument & {
  readonly patientId: string;
  readonly fileNameSealed: string | null;
  readonly expiresAt: string;
  readonly mayChange: boolean;
};

/** A document whose file is being sent. */
export interface AwaitedDocument {
  readonly id: string;
  readonly patientId: string;
  readonly mediaType: DocumentMediaType;
  readonly byteSize: number;
  readonly sha256: string;
  /** As it is written down: an upload that began in time may end later. */
  readonly status: DocumentStatus;
  readonly mayChange: boolean;
}

/** A stored file, to be read. */
export interface StoredFile {
  readonly id: string;
  readonly mediaType: DocumentMediaType;
  readonly byteSize: number;
  readonly objectKey: string;
  readonly fileNameSealed: string;
  readonly dataKeySealed: string;
}

/** Reads documents as the caller may see them. */
export class DocumentLoader {
  private readonly ids: DataLoader<string, DocumentRow | null>;

  /** @param reveal asks for the patients that the caller works on, before their rows are read */
  constructor(
    private readonly session: Session,
    private readonly reveal: (patients: readonly string[]) => Promise<void>,
  ) {
    this.ids = new DataLoader(async (ids) => {
      await this.revealOf(ids);
      const found = new Map((await session.seen<DocumentRow>(BY_ID, [ids])).map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  byId(id: string): Promise<DocumentRow | null> {
    return this.ids.load(id);
  }

  /** As it is now, after it was changed. */
  changed(id: string): Promise<DocumentRow | null> {
    return this.ids.clear(id).load(id);
  }

  /** Newest first, without those that were deleted; one more than a page holds where there are more. */
  async ofPatient(patientId: string, kind: DocumentKind | null, { after, first }: Page): Promise<DocumentRow[]> {
    await this.reveal([patientId]);
    return this.session.seen<DocumentRow>(PAGE, [patientId, kind, after, first + 1]);
  }

  async countOfPatient(patientId: string, kind: DocumentKind | null): Promise<number> {
    await this.reveal([patientId]);
    return this.session.count(COUNT, [patientId, kind]);
  }

  /** Of which kinds there is a stored document, each once, by patient. */
  async storedKinds(patientIds: readonly string[]): Promise<{ patientId: string; kinds: DocumentKind[] }[]> {
    await this.reveal(patientIds);
    const rows = await this.session.seen<{ patientId: string; kind: DocumentKind }>(STORED_KINDS, [patientIds]);
    const found = Map.groupBy(rows, ({ patientId }) => patientId);
    return [...found].map(([patientId, of]) => ({ patientId, kinds: [...new Set(of.map(({ kind }) => kind))] }));
  }

  async awaited(id: string): Promise<AwaitedDocument | null> {
    const [row] = await this.session.rows<AwaitedDocument>(AWAITED, [id]);
    return row ?? null;
  }

  /** The file, if it is stored and the caller may see it now; that they read it is written down with it. */
  async toRead(id: string): Promise<StoredFile | null> {
    await this.revealOf([id]);
    const [row] = await this.session.seen<StoredFile>(TO_READ, [id]);
    return row ?? null;
  }

  /** Who only works on something of a patient is not asked about patients of their own. */
  private async revealOf(ids: readonly string[]): Promise<void> {
    if (!this.session.identity.roles.includes('REVIEWER')) return;
    const rows = await this.session.rows<{ id: string | null }>(PATIENT_OF, [ids]);
    await this.reveal(rows.flatMap(({ id }) => (id === null ? [] : [id])));
  }
}
