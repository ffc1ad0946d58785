import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt, fine, unknown, wrong } from './finding.js';

/** Which runs `npm ci`, which brings the right one. */
const OLDEST_NODE = 20;
const NEEDED_BYTES = 1024 ** 3;
/** This program is no older. */
const SURELY_OVER = Date.UTC(2026, 0, 1);
const SURELY_TO_COME = Date.UTC(2100, 0, 1);

const majorOf = (/** @type {string} */ version) => Number(/^v?(\d+)/.exec(version)?.[1]);

/** The Node that npm was started with, and the one that the program brings. @param {{ root: string }} place */
export function checkNode({ root }) {
  const system = majorOf(process.version);
  if (system < OLDEST_NODE)
    return wrong(`Node ${process.version} is too old to install with.`, `Install Node ${OLDEST_NODE} or newer.`);
  const wanted = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8')).dependencies.node;
  const own = attempt(() =>
    execFileSync(join(root, 'node_modules/node/bin/node'), ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim(),
  );
  if (own === `v${wanted}`) return fine(`Node ${wanted}, the program's own`);
  if (own) return wrong(`The program's own Node is ${own} and should be v${wanted}.`, 'Run `npm ci`.');
  return wrong(
    `The program's own Node ${wanted} is not there.`,
    'Run `npm ci`, with install scripts allowed: that fetches it.',
  );
}

/** Whether data can be written, and how much. @param {{ dataDir: string }} place */
export function checkDisk({ dataDir }) {
  let folder = dataDir;
  while (!fs.existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const choose = 'Give this user the right, or choose another folder with DATA_DIR.';
  if (!fs.statSync(folder).isDirectory()) return wrong(`${folder} is no folder.`, 'Choose another one with DATA_DIR.');
  const trial = join(folder, `.doctor-${process.pid}`);
  try {
    fs.writeFileSync(trial, '');
  } catch (error) {
    return wrong(`${folder} cannot be written (${/** @type {NodeJS.ErrnoException} */ (error).code}).`, choose);
  } finally {
    fs.rmSync(trial, { force: true });
  }
  const disk = attempt(() => fs.statfsSync(folder));
  if (!disk) return unknown(`${folder} can be written; how much is free cannot be told`);
  const free = disk.bavail * disk.bsize;
  const said = `${(free / NEEDED_BYTES).toFixed(1)} GB free for ${dataDir}`;
  return free < NEEDED_BYTES
    ? wrong(`Only ${said}.`, 'Free at least 1 GB, or choose another disk with DATA_DIR.')
    : fine(`${said}, which can be written`);
}

/** Whether the time can be true: tokens and deadlines go by it. @param {number} now */
export function checkClock(now) {
  const said = new Date(now).toISOString();
  return now < SURELY_OVER || now > SURELY_TO_COME
    ? wrong(`The clock says ${said}.`, 'Set it, for example with `timedatectl set-ntp true`.')
    : fine(`The clock says ${said}`);
}
