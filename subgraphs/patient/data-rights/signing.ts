import { createHash } from 'node:crypto';
import { blindIndex, type FieldKeys, fingerprint } from '../../common/sealed.js';
import { ASKED_BY, certificatePlace } from './erasure.entity.js';

/** Who asked for an erasure, so that nobody without the keys can tell who it was. */
export const askedByIndex = (keys: FieldKeys, subject: string): string => blindIndex(keys, ASKED_BY, subject);

export const sha256Of = (content: string): string => createHash('sha256').update(content).digest('hex');

/** What only this installation can make of a certificate, in any year to come. */
export const signCertificate = (keys: FieldKeys, erasureId: string, content: string): string =>
  fingerprint(keys, certificatePlace(erasureId), content);
