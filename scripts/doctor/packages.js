import * as fs from 'node:fs';
import { join } from 'node:path';
import { attempt, fine, wrong } from './finding.js';

const MOST_NAMED = 3;

/** Whether what is installed is what the lock file says. @param {{ root: string }} place */
export function checkPackages({ root }) {
  if (!fs.existsSync(join(root, 'node_modules')))
    return wrong('Nothing is installed: there is no node_modules.', 'Run `npm ci`.');
  const lock = attempt(() => JSON.parse(fs.readFileSync(join(root, 'package-lock.json'), 'utf8')));
  if (!lock) return wrong('package-lock.json cannot be read.', 'Bring it back: `git checkout package-lock.json`.');
  const others = Object.entries(lock.packages).flatMap(([path, wanted]) => {
    if (path === '' || wanted.link) return [];
    const found = attempt(() => JSON.parse(fs.readFileSync(join(root, path, 'package.json'), 'utf8')));
    // npm leaves out what is for other machines, and what only that needs
    if (!found && wanted.optional && !isForThisMachine(wanted)) return [];
    if (found?.version === wanted.version) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [`${name} (${found ? `${found.version} instead of ${wanted.version}` : 'missing'})`];
  });
  if (others.length === 0) return fine(`${Object.keys(lock.packages).length - 1} packages as in package-lock.json`);
  const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : '';
  return wrong(`Not as in package-lock.json: ${others.slice(0, MOST_NAMED).join(', ')}${more}.`, 'Run `npm ci`.');
}

/** @param {{ os?: string[], cpu?: string[], libc?: string[] }} wanted */
function isForThisMachine({ os, cpu, libc }) {
  if (!os && !cpu && !libc) return false;
  const isOf = (/** @type {string[] | undefined} */ list, /** @type {string} */ one) =>
    !list || (list.some((each) => each.startsWith('!')) ? !list.includes(`!${one}`) : list.includes(one));
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return (
    isOf(os, process.platform) && isOf(cpu, process.arch) && isOf(libc, header.glibcVersionRuntime ? 'glibc' : 'musl')
  );
}
