import { createHash, randomBytes } from 'node:crypto';
import { describeError, log } from '../../common/log.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { open, seal } from '../../common/sealed.js';
import type { PatientContext } from '../context.js';
import { type Inspector, inspector } from './content.rules.js';
import { sealedPlaces } from './document.entity.js';
import { FileRefused } from './document.errors.js';
import { DocumentRefusal, DocumentStatus } from './document.js';
import type { AwaitedDocument } from './document.loader.js';
import { contentDisposition, httpType, REFUSAL_TEXTS } from './document.rules.js';
import { newObjectKey } from './document-store.js';
import { DATA_KEY_BYTES, DamagedContent, decrypted, encrypted, encryptedSize } from './encrypted-chunks.js';

/** A file to be sent to somebody. */
export interface FileToSend {
  /** Of what is sent, and what a browser should do with it. */
  readonly headers: Readonly<Record<string, string>>;
  /** @throws {DamagedContent} while it is read, in place of what is damaged */
  readonly content: AsyncIterable<Uint8Array>;
}

export const noSuchFile = () =>
  new FileRefused(
    404,
    'There is no document behind this URL that you may see. Ask for a new URL, and use it as it is.',
  );

/** What was found in a file, thrown where it arrives so that nothing more of it is stored. */
class FileFound extends Error {
  constructor(readonly refusal: DocumentRefusal) {
    super(refusal);
  }
}

/** Passes a file on and looks at it. @throws {FileFound} */
async function* inspected(
  source: AsyncIterable<Uint8Array>,
  inspect: Inspector,
  sha256: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of source) {
    const found = inspect.feed(piece);
    if (found) throw new FileFound(found);
    hash.update(piece);
    yield piece;
  }
  const found = inspect.end() ?? (hash.digest('hex') === sha256 ? null : DocumentRefusal.WRONG_HASH);
  if (found) throw new FileFound(found);
}

/** The files of documents, as they come in and go out: in the name of who asked for the link, whose rights are looked at anew. */
export class FileService {
  constructor(private readonly context: PatientContext) {}

  /**
   * Takes in the file of a document, once. It is checked while it arrives and stored encrypted; unless all of it is as it was
   * announced, nothing of it stays.
   *
   * @param contentLength what the request says of its length; undefined when it does not
   * @throws {FileRefused} or what interrupted `source`
   */
  async receive(
    documentId: string,
    contentLength: number | undefined,
    source: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const { documents, documentStore, fieldKeys, session } = this.context;
    const document = await documents.awaited(documentId);
    session.release();
    if (!document) throw noSuchFile();
    ensureAllowed(document.mayChange, noSuchFile);
    refuseUnawaited(document.status);
    refuseLength(contentLength, document.byteSize);
    const objectKey = newObjectKey();
    const dataKey = randomBytes(DATA_KEY_BYTES);
    const checked = inspected(source, inspector(document.mediaType, document.byteSize), document.sha256);
    try {
      await documentStore.put(objectKey, encrypted(checked, dataKey, documentId), encryptedSize(document.byteSize));
    } catch (error) {
      if (!(error instanceof FileFound)) throw error;
      await this.refuse(document, error.refusal);
      throw new FileRefused(422, REFUSAL_TEXTS[error.refusal], error.refusal);
    }
    try {
      const sealed = seal(fieldKeys, sealedPlaces(documentId).dataKey, dataKey.toString('base64'));
      await this.settle(document, `status = 'STORED', object_key = ?, data_key_sealed = ?, uploaded_at = now()`, [
        objectKey,
        sealed,
      ]);
    } catch (error) {
      // should this fail too, it is collected later
      await documentStore
        .delete(objectKey)
        .catch((failed: unknown) =>
          log.warn(describeError(failed), 'a file that belongs to no document was left behind'),
        );
      throw error;
    }
  }

  /**
   * The file of a document, if the caller may see it now. That it was read is written down first. Its beginning is opened before
   * anything is given out, so that what was swapped or cut off gives nothing at all.
   *
   * @throws {FileRefused} {DamagedContent} {CannotOpen}
   */
  async read(documentId: string): Promise<FileToSend> {
    const { documents, documentStore, fieldKeys, session } = this.context;
    const file = await documents.toRead(documentId);
    session.release();
    if (!file) throw noSuchFile();
    const places = sealedPlaces(documentId);
    const fileName = open(fieldKeys, places.fileName, file.fileNameSealed);
    const dataKey = Buffer.from(open(fieldKeys, places.dataKey, file.dataKeySealed), 'base64');
    const stored = await documentStore.get(file.objectKey);
    if (!stored) throw new DamagedContent();
    if (stored.byteSize !== encryptedSize(file.byteSize)) {
      stored.content.on('error', () => undefined).destroy();
      throw new DamagedContent();
    }
    const content = decrypted(stored.content, dataKey, documentId);
    const first = await content.next();
    if (first.done) throw new DamagedContent();
    return {
      headers: {
        'content-type': httpType(file.mediaType),
        'content-length': String(file.byteSize),
        'content-disposition': contentDisposition(fileName, file.mediaType),
      },
      content: continued(first.value, content),
    };
  }

  private async refuse(document: AwaitedDocument, refusal: DocumentRefusal): Promise<void> {
    await this.settle(document, `status = 'REFUSED', refused_because = ?`, [refusal]);
  }

  /** Of several uploads at once one is the first to say what became of the document. @throws {FileRefused} for the others */
  private async settle({ id }: AwaitedDocument, change: string, values: unknown[]): Promise<void> {
    const { documents, session } = this.context;
    const settled = await session.decide((sql) =>
      sql.execute<object[]>(
        `update document set ${change}, version = version + 1 where id = ? and status = 'AWAITING_UPLOAD' returning id`,
        [...values, id],
      ),
    );
    if (settled.length > 0) return;
    const now = await documents.awaited(id);
    session.release();
    if (!now) throw noSuchFile();
    refuseUnawaited(now.status);
    // it is awaited, and yet not by this caller any more
    throw noSuchFile();
  }
}

async function* continued<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/** @throws {FileRefused} unless a file is awaited */
function refuseUnawaited(status: DocumentStatus): void {
  switch (status) {
    case DocumentStatus.AWAITING_UPLOAD:
      return;
    case DocumentStatus.EXPIRED:
      throw expired();
    case DocumentStatus.DELETED:
      throw noSuchFile();
    default:
      throw new FileRefused(
        409,
        'A file was sent to this URL before. Look at the status of the document; to send another file, announce a new document.',
      );
  }
}

export const expired = () => new FileRefused(410, 'This URL has expired. Ask for a new one; the file was not touched.');

/** @throws {FileRefused} */
function refuseLength(said: number | undefined, announced: number): void {
  if (said === undefined) throw new FileRefused(411, 'Say how long the file is: send a Content-Length.');
  if (said === announced) return;
  throw new FileRefused(
    said > announced ? 413 : 400,
    `The file was announced with ${announced} bytes, and this request has ${said}. Send the file that was announced, or announce the other one.`,
  );
}
