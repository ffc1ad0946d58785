import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { DocumentStoreSettings } from '../../common/settings.js';
import { DiskStore } from './disk-store.js';
import { S3Store } from './s3-store.js';

/** One thing in the store, for tidying up. */
export interface StoredObject {
  readonly key: string;
  /** When it was last written to. */
  readonly changedAt: Date;
}

/** What is read from the store. */
export interface ObjectContent {
  readonly byteSize: number;
  /** To be read to its end or destroyed: it holds a file or a connection open. */
  readonly content: Readable;
}

/** Where encrypted files lie. It knows neither what they are nor whose. */
export interface DocumentStore {
  /** Stores all of `content` or nothing of it. @param byteSize its length */
  put(key: string, content: AsyncIterable<Uint8Array>, byteSize: number): Promise<void>;
  /** Null when there is nothing under this key. */
  get(key: string): Promise<ObjectContent | null>;
  /** Removes what is there; that nothing is there is no failure. */
  delete(key: string): Promise<void>;
  /** All that lies there, what was begun and never finished included: that has a key under which nothing is ever stored. */
  list(): AsyncIterable<StoredObject>;
  close(): Promise<void>;
}

/** A key says nothing of what is stored under it. */
export const newObjectKey = (): string => randomUUID();

/** The store that the settings name. Nothing is asked of it before it is used. */
export const openDocumentStore = (settings: DocumentStoreSettings): DocumentStore =>
  settings.kind === 's3' ? new S3Store(settings) : new DiskStore(settings.folder);
