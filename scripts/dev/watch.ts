import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';

/** Of what the program is made. */
export const WATCHED = ['gateway', 'subgraphs', 'scripts', 'schema'] as const;

const COUNTS = /\.(ts|tsx|css|svg|graphql|json)$/;
const DOES_NOT = /\.test\.ts$/;
/** Files that are saved together are one change; editors write some in two steps. */
const TOGETHER_MS = 40;

/**
 * Calls `changed` with the files that were written, made or removed, as their paths in the project, and with when that began.
 * Folders are watched one by one: Node's own way to watch whole trees loses files that editors replace.
 *
 * @returns what ends it
 */
export function watchSources(changed: (files: readonly string[], at: number) => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  let files = new Set<string>();
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    const told = [...files].sort();
    files = new Set();
    changed(told, since);
  };
  const heard = (folder: string, name: string | null) => {
    if (name === null) return;
    const path = `${folder}/${name}`;
    if (!COUNTS.test(name)) return watchBelow(path);
    if (DOES_NOT.test(name)) return;
    if (files.size === 0) since = performance.now();
    files.add(path);
    clearTimeout(timer);
    timer = setTimeout(tell, TOGETHER_MS);
  };
  const watchOne = (folder: string) => {
    if (watchers.has(folder)) return;
    const watcher = watch(join(PROJECT_ROOT, folder), (_, name) => heard(folder, name));
    watchers.set(
      folder,
      watcher.on('error', () => forget(folder)),
    );
  };
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const watchBelow = (folder: string) => {
    const found = foldersIn(folder);
    if (found.length === 0) forget(folder);
    for (const each of found) watchOne(each);
  };
  WATCHED.forEach(watchBelow);
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** A folder and all below it; none when it is no folder, or gone. */
function foldersIn(folder: string): string[] {
  try {
    const below = readdirSync(join(PROJECT_ROOT, folder), { recursive: true, withFileTypes: true });
    const inner = below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    return [folder, ...inner.map((path) => path.slice(PROJECT_ROOT.length + 1).replaceAll('\\', '/'))];
  } catch {
    return [];
  }
}
