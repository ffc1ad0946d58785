import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes a file that is not there yet, whole or not at all. When two processes try at once, the first one's stays and
 * the other's is dropped: read the file afterwards.
 */
export function writeOnce(file: string, content: string, mode: number): void {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content, { mode });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function projectRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error('The folder of the project was not found');
  }
}

/** The folder with package.json: what is not compiled (the schema, reference data) lies under it. */
export const PROJECT_ROOT = projectRoot();
