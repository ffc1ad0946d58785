import * as fs from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { attempt, fine, unknown, wrong } from './finding.js';

/** The API's port, and those of subgraphs in processes of their own. @param {{ port: number, subgraphPorts: number[] }} place */
export async function checkPorts({ port, subgraphPorts }) {
  const findings = [await checkMain(port)];
  const taken = [];
  for (const each of subgraphPorts) if (await isTaken(each)) taken.push(`${each}${holder(each)}`);
  findings.push(
    taken.length === 0
      ? fine(`Ports ${subgraphPorts.join(', ')} are free, for subgraphs in processes of their own`)
      : unknown(
          `Taken: ${taken.join('; ')}`,
          'Only subgraphs in processes of their own need these: start those elsewhere with SUBGRAPH_URLS.',
        ),
  );
  return findings;
}

/** @param {number} port */
async function checkMain(port) {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return wrong(`PORT is no port: ${process.env.PORT}.`, 'Set it to a number from 0 to 65535, or unset it.');
  if (port === 0) return fine('Any free port (PORT=0)');
  if (!(await isTaken(port))) return fine(`Port ${port} is free`);
  if (await isOurs(port)) return fine(`This API answers at port ${port}${holder(port)}`);
  return wrong(
    `Port ${port} is taken${holder(port)}.`,
    `Stop that program, or choose another port: PORT=${port + 10} npm start.`,
  );
}

/** @param {number} port @returns {Promise<boolean>} */
const isTaken = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE'));
    server.listen(port, () => server.close(() => resolve(false)));
  });

/** @param {number} port @returns {Promise<boolean>} whether what answers there is this API */
const isOurs = (port) =>
  new Promise((resolve) => {
    const request = get({ host: 'localhost', port, path: '/health/live', timeout: 1000 }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text.includes('"live"')));
    });
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });

/** ` by process 123 (its command)`, where the system tells. @param {number} port */
function holder(port) {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(table, port)));
  const pid = attempt(() => fs.readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, inodes)));
  const command = pid && attempt(() => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
  return pid ? ` by process ${pid} (${(command || '?').slice(0, 60)})` : '';
}

/** Sockets that listen at a port. @param {string} table @param {number} port */
function listeners(table, port) {
  const lines = attempt(() => fs.readFileSync(table, 'utf8').split('\n')) ?? [];
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port ? [`socket:[${inode}]`] : [];
  });
}

/** @param {string} pid @param {Set<string>} inodes */
const holds = (pid, inodes) =>
  (attempt(() => fs.readdirSync(`/proc/${pid}/fd`)) ?? []).some((fd) =>
    inodes.has(attempt(() => fs.readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? ''),
  );
