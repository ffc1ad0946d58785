import { DocumentKind } from '../../common/document-kind.js';
import { InvalidInput } from '../../common/errors.js';
import { oneLine } from '../../common/written.js';
import { DocumentAction, DocumentMediaType, DocumentRefusal, DocumentStatus } from './document.js';

/** The longest file, in bytes: 20 MiB. */
export const MAX_BYTES = 20 * 1024 * 1024;
/** How many documents a patient can have, announced or stored: far more than any treatment makes. */
export const MAX_DOCUMENTS = 500;
const MAX_NAME = 200;

/** How long an upload may begin after it was asked for, and a link to a file can be used. */
export const UPLOAD_MINUTES = 15;
export const DOWNLOAD_MINUTES = 5;
/** After this nothing that is under way can still be going on, for no upload is let go on for so long. */
export const LEFT_BEHIND_MINUTES = 60;

export const minutesAfter = (time: Date, minutes: number): Date => new Date(time.getTime() + minutes * 60_000);

/** What somebody says of a file before they send it. */
export interface AnnouncedFile {
  readonly fileName: string;
  readonly byteSize: number;
  readonly sha256: string;
}

const PATH = /[/\\]/;

/**
 * Checks what was said and brings it into one form. What it says never quotes a value.
 *
 * @throws {InvalidInput} naming the field
 */
export function checkAnnounced({ fileName: given, byteSize, sha256: hash }: AnnouncedFile): AnnouncedFile {
  const fileName = oneLine(given, MAX_NAME);
  if (fileName === null) {
    throw new InvalidInput(
      `Give the file a name of 1 to ${MAX_NAME} characters on one line, without control characters.`,
      ['input', 'fileName'],
    );
  }
  if (PATH.test(fileName) || /^\.+$/.test(fileName)) {
    throw new InvalidInput('Give the name of the file alone, without the folder that it is in.', ['input', 'fileName']);
  }
  if (byteSize < 1 || byteSize > MAX_BYTES) {
    throw new InvalidInput(`A file has 1 to ${MAX_BYTES} bytes (20 MiB). Make it smaller, or send it in parts.`, [
      'input',
      'byteSize',
    ]);
  }
  const sha256 = hash.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new InvalidInput('Give the SHA-256 of the file as 64 hexadecimal digits.', ['input', 'sha256']);
  }
  return { fileName, byteSize, sha256 };
}

/** What a caller may do with a document, who may add and remove documents of this patient or not. */
export function allowedActions(status: DocumentStatus, mayChange: boolean): DocumentAction[] {
  if (!mayChange || status === DocumentStatus.DELETED) return [];
  return status === DocumentStatus.AWAITING_UPLOAD
    ? [DocumentAction.UPLOAD, DocumentAction.DELETE]
    : [DocumentAction.DELETE];
}

/** Kinds that an application for aid may be decided by: policies name among them what they need. */
export const AID_KINDS: readonly DocumentKind[] = Object.values(DocumentKind);
/** Kinds that whoever treats a patient may see. */
export const MEDICAL_KINDS: readonly DocumentKind[] = [
  DocumentKind.DIAGNOSIS_CERTIFICATE,
  DocumentKind.MEDICAL_RECORD,
  DocumentKind.PRESCRIPTION,
];

/** What HTTP calls a type of file, and how names of such files end; the first ending is given to a name that lacks one. */
const TYPES: Readonly<Record<DocumentMediaType, { readonly type: string; readonly endings: readonly string[] }>> = {
  [DocumentMediaType.PDF]: { type: 'application/pdf', endings: ['pdf'] },
  [DocumentMediaType.JPEG]: { type: 'image/jpeg', endings: ['jpg', 'jpeg'] },
  [DocumentMediaType.PNG]: { type: 'image/png', endings: ['png'] },
};
export const httpType = (mediaType: DocumentMediaType): string => TYPES[mediaType].type;

/** Saved under its own name, with an ending that says what it is: whatever the name says, nothing else will open it. */
export function contentDisposition(fileName: string, mediaType: DocumentMediaType): string {
  const { endings } = TYPES[mediaType];
  const ends = endings.some((ending) => fileName.toLowerCase().endsWith(`.${ending}`));
  const name = ends ? fileName : `${fileName}.${endings[0]}`;
  // RFC 8187 leaves fewer characters as they are than encodeURIComponent does
  const encoded = encodeURIComponent(name).replace(
    /['()*!]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="document.${endings[0]}"; filename*=UTF-8''${encoded}`;
}

const NEW_ONE = 'Then announce it anew by `requestDocumentUpload`.';

/** Why a file was not taken and what to do, for who sent it. */
export const REFUSAL_TEXTS: Readonly<Record<DocumentRefusal, string>> = {
  WRONG_HASH: `What arrived does not have the SHA-256 that was announced: the file was changed or damaged on its way. Work out the hash of the file that you send. ${NEW_ONE}`,
  WRONG_TYPE: `The file is not of the type that was announced, whatever its name says. Send a PDF, JPEG or PNG and announce it as what it is. ${NEW_ONE}`,
  DAMAGED: `The file is damaged or not complete. Open it and save it again. ${NEW_ONE}`,
  FOREIGN_CONTENT: `There is something else behind the end of the file or hidden in it. Open it and save it again without that. ${NEW_ONE}`,
  TOO_MANY_PIXELS: `The image is too large: at most 50 megapixels are taken. Make it smaller. ${NEW_ONE}`,
  ACTIVE_CONTENT: `The PDF holds scripts, actions or attached files. Print it to a new PDF. ${NEW_ONE}`,
  ENCRYPTED: `The PDF is protected by a password. Save it without one. ${NEW_ONE}`,
};
