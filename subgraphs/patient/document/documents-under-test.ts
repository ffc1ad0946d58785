import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Person } from '../../../tests/client.js';
import { jpeg, pdf, sha256Of } from './samples-under-test.js';

/** What a test asks of a document. */
export const DOCUMENT =
  'id kind fileName mediaType byteSize sha256 status requestedAt uploadedAt refusedBecause downloadUrl version allowedActions';
export const UPLOAD = `... on DocumentUpload { uploadUrl expiresAt headers { name value } document { ${DOCUMENT} } }`;

/** A folder that the API of this test stores documents in. Say it before the API is started. */
export function ownDocumentsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'care-documents-'));
  process.env.DOCUMENTS_DIR = folder;
  return folder;
}
export const filesIn = (folder: string): string[] => readdirSync(folder).sort();

/** A PDF that no other is like. */
export const somePdf = (): Buffer => pdf(`% ${randomBytes(16).toString('hex')}`);
/** A JPEG of about this length, whose scan is noise without markers. */
export const largeJpeg = (bytes: number): Buffer =>
  jpeg(
    2_000,
    1_000,
    randomBytes(bytes).map((value) => (value === 0xff || value === 0x50 ? 0 : value)),
  );

export const announcement = (patientId: string, file: Uint8Array, change: Record<string, unknown> = {}) => ({
  patientId,
  kind: 'DIAGNOSIS_CERTIFICATE',
  fileName: '诊断证明.pdf',
  mediaType: 'PDF',
  byteSize: file.length,
  sha256: sha256Of(file),
  ...change,
});

/** Announces a file. @returns the union's member */
export const announce = (who: Person, patientId: string, file: Uint8Array, change: Record<string, unknown> = {}) =>
  who.does('requestDocumentUpload', announcement(patientId, file, change), UPLOAD);

/** An answer to a request for a file. */
export interface FileAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads an answer as a client without types would
  readonly body: any;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

async function answered(response: Response): Promise<FileAnswer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json');
  const { status, headers } = response;
  return { status, headers, bytes, body: isJson ? JSON.parse(bytes.toString()) : undefined };
}

export const put = async (
  api: { url: string },
  url: string,
  file: Uint8Array<ArrayBuffer> | Buffer,
  headers: Record<string, string> = {},
): Promise<FileAnswer> => answered(await fetch(api.url + url, { method: 'PUT', body: new Uint8Array(file), headers }));

export const get = async (
  api: { url: string },
  url: string,
  headers: Record<string, string> = {},
): Promise<FileAnswer> => answered(await fetch(api.url + url, { headers }));

/** Announces a file and sends it. @returns the document's id @throws when it is not stored */
export async function upload(
  api: { url: string },
  who: Person,
  patientId: string,
  file = somePdf(),
  change: Record<string, unknown> = {},
): Promise<string> {
  const { uploadUrl, document } = await announce(who, patientId, file, change);
  const { status, body } = await put(api, uploadUrl, file);
  if (status !== 201) throw new Error(`Not stored: ${status} ${JSON.stringify(body)}`);
  return document.id;
}

export const documentOf = async (who: Person, id: string) => {
  const { data, errors } = await who.ask(`query($id: ID!) { document(id: $id) { ${DOCUMENT} } }`, { id });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return data.document;
};

/** Begins to send a file, and does not end it. */
export async function begun(
  api: { url: string },
  url: string,
  length: number,
  part: Uint8Array,
): Promise<ClientRequest> {
  const sending = request(api.url + url, { method: 'PUT', headers: { 'content-length': length } });
  sending.on('error', () => undefined);
  await new Promise<void>((resolve) => sending.write(part, () => resolve()));
  return sending;
}
