/**
 * `npm run doctor`: looks at all that can keep the program from starting, and says how to mend it. Runs on a bare machine: nothing
 * is needed but Node and these files. Exit code 1 when something is wrong.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkServer, lookAtEmbedded, withDatabase } from './doctor/database.js';
import { unknown, wrong } from './doctor/finding.js';
import { checkKeys, checkSealed } from './doctor/keys.js';
import { checkClock, checkDisk, checkNode } from './doctor/machine.js';
import { checkPackages } from './doctor/packages.js';
import { checkPorts } from './doctor/ports.js';

/** @typedef {import('./doctor/finding.js').Finding} Finding */

const MARKS = { fine: '✓', wrong: '✗', unknown: '–' };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const set = (/** @type {string} */ name) => process.env[name] || undefined;
const dataDir = resolve(root, set('DATA_DIR') ?? '.data');
const place = {
  root,
  dataDir,
  keysDir: resolve(root, set('KEYS_DIR') ?? join(dataDir, 'keys')),
  port: Number(set('PORT') ?? 4000),
  subgraphPorts: subgraphPorts(),
};

/** Where subgraphs in processes of their own answer on this machine. @returns {number[]} */
function subgraphPorts() {
  try {
    const urls = Object.values(JSON.parse(set('SUBGRAPH_URLS') ?? '{}')).flat();
    if (urls.length > 0) return urls.map((url) => Number(new URL(String(url)).port));
  } catch {
    // what is wrong with it is said when it is read to start with
  }
  return [4001, 4002, 4003, 4004, 4005];
}

/** @returns {Promise<Finding[]>} */
async function checkDatabase() {
  const given = set('DATABASE_URL');
  const embedded = given === undefined ? lookAtEmbedded(join(dataDir, 'postgres')) : undefined;
  const url = given ?? embedded?.url;
  const asked = url
    ? await withDatabase(url, async (client) => [...(await checkServer(client)), await checkSealed(client, place)])
    : [unknown('Whether keys and database fit together is seen while the database runs')];
  return embedded ? [embedded.finding, ...asked] : asked;
}

/** What is checked, in the order in which it is needed. @type {[title: string, check: () => Finding | Finding[] | Promise<Finding | Finding[]>][]} */
const CHECKS = [
  ['Node', () => checkNode(place)],
  ['Packages', () => checkPackages(place)],
  ['Clock', () => checkClock(Date.now())],
  ['Disk', () => checkDisk(place)],
  ['Ports', () => checkPorts(place)],
  ['Keys', () => checkKeys(place)],
  ['Database', checkDatabase],
];

let mistakes = 0;
for (const [title, check] of CHECKS) {
  /** @type {Finding[]} */
  let findings;
  try {
    findings = [await check()].flat();
  } catch (error) {
    findings = [wrong(`This could not be looked at: ${error instanceof Error ? error.message : error}`, 'Tell us.')];
  }
  console.log(title);
  for (const { state, says, mend } of findings) {
    if (state === 'wrong') mistakes++;
    console.log(`  ${MARKS[state]} ${says}${mend ? `\n      → ${mend}` : ''}`);
  }
}
console.log(mistakes === 0 ? '\nNothing keeps it from starting: `npm start`.' : `\nTo mend: ${mistakes}.`);
process.exitCode = mistakes === 0 ? 0 : 1;
