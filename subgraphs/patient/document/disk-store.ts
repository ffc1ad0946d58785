import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUuid } from '../../common/ids.js';
import type { DocumentStore, ObjectContent, StoredObject } from './document-store.js';

/** What is being written has this ending until all of it is on the disk. */
const UNFINISHED = '.part';
const isNoFile = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Files in one folder, readable by this user alone. Several processes may share it. */
export class DiskStore implements DocumentStore {
  constructor(private readonly folder: string) {}

  async put(key: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const file = this.fileOf(key);
    const draft = file + UNFINISHED;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    try {
      await written(draft, content);
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    // the name is on the disk only when the folder is
    await synced(await open(this.folder, 'r'));
  }

  async get(key: string): Promise<ObjectContent | null> {
    const file = this.fileOf(key);
    try {
      const { size } = await stat(file);
      return { byteSize: size, content: createReadStream(file) };
    } catch (error) {
      if (isNoFile(error)) return null;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.fileOf(key), { force: true });
  }

  async *list(): AsyncGenerator<StoredObject> {
    try {
      for await (const { name: key } of await opendir(this.folder)) {
        // it may be gone by now
        const found = await stat(join(this.folder, key)).catch(() => undefined);
        if (found?.isFile() && isOurs(key)) yield { key, changedAt: found.mtime };
      }
    } catch (error) {
      // nothing was ever stored
      if (!isNoFile(error)) throw error;
    }
  }

  async close(): Promise<void> {}

  /** No key can lead out of the folder. */
  private fileOf(key: string): string {
    if (!isOurs(key)) throw new Error('Not a key of this store');
    return join(this.folder, key);
  }
}

const isOurs = (key: string): boolean => isUuid(key.endsWith(UNFINISHED) ? key.slice(0, -UNFINISHED.length) : key);

async function written(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const piece of content) await handle.writeFile(piece);
  } catch (error) {
    await handle.close();
    throw error;
  }
  await synced(handle);
}

async function synced(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
