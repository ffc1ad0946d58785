import type { Identity } from '../../common/identity.js';
import { CannotOpen, type FieldKeys, open, seal } from '../../common/sealed.js';
import { DocumentStatus, type DocumentUpload } from './document.js';
import type { DocumentRow } from './document.loader.js';
import { DOWNLOAD_MINUTES, httpType, minutesAfter } from './document.rules.js';

/** Below this path documents are sent and read. */
export const DOCUMENTS_PATH = '/documents/';

/** What a link is good for: one for reading sends nothing, and the other way round. */
export type LinkPurpose = 'upload' | 'download';

/** What a link says, to us alone: in whose name, of which document, until when. */
export interface DocumentLink {
  readonly documentId: string;
  /** Who asked for it. What they may see and do is asked anew when it is used. */
  readonly identity: Identity;
  readonly expiresAt: Date;
}

const placeOf = (purpose: LinkPurpose) => ({ table: 'document', column: `${purpose}_link`, row: '' });

interface Packed {
  readonly d: string;
  readonly u: string;
  readonly r: Identity['roles'];
  readonly s: Identity['scopes'];
  readonly o?: string;
  readonly e: number;
}

/** A path of this API that leads to a document's file. Whoever has it needs nothing else, and nobody can read what it says. */
function linkTo(keys: FieldKeys, purpose: LinkPurpose, { documentId, identity, expiresAt }: DocumentLink): string {
  const { subject, roles, scopes, organisation } = identity;
  const packed: Packed = { d: documentId, u: subject, r: roles, s: scopes, o: organisation, e: expiresAt.getTime() };
  return DOCUMENTS_PATH + seal(keys, placeOf(purpose), JSON.stringify(packed));
}

/** What a link says; undefined when it is none of ours for this purpose. Whether it has expired is for the caller to look at. */
export function readLink(keys: FieldKeys, purpose: LinkPurpose, path: string): DocumentLink | undefined {
  try {
    const { d, u, r, s, o, e } = JSON.parse(open(keys, placeOf(purpose), path.slice(DOCUMENTS_PATH.length))) as Packed;
    const identity: Identity = { subject: u, roles: r, scopes: s, ...(o !== undefined && { organisation: o }) };
    return { documentId: d, identity, expiresAt: new Date(e) };
  } catch (error) {
    if (error instanceof CannotOpen) return undefined;
    throw error;
  }
}

/** Where a stored document's file is read; null while there is none, and for who is no person: a subgraph has no use for it. */
export function downloadUrl(
  keys: FieldKeys,
  identity: Identity,
  { id, status }: DocumentRow,
  now: Date,
): string | null {
  if (status !== DocumentStatus.STORED || identity.via || identity.system) return null;
  return linkTo(keys, 'download', { documentId: id, identity, expiresAt: minutesAfter(now, DOWNLOAD_MINUTES) });
}

/** Where the file of an announced document is sent. */
export function uploadOf(keys: FieldKeys, identity: Identity, document: DocumentRow): DocumentUpload {
  const { id, status, mediaType, expiresAt } = document;
  if (status !== DocumentStatus.AWAITING_UPLOAD) return { document, uploadUrl: null, expiresAt: null, headers: [] };
  return {
    document,
    uploadUrl: linkTo(keys, 'upload', { documentId: id, identity, expiresAt: new Date(expiresAt) }),
    expiresAt,
    headers: [{ name: 'Content-Type', value: httpType(mediaType) }],
  };
}
