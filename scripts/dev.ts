import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from '../subgraphs/common/refusal.js';
import { readSettings, SUBGRAPH_NAMES, type SubgraphName } from '../subgraphs/common/settings.js';
import { bundle, checkTypes, transpile } from './dev/compile.js';
import { Programs, type Ready } from './dev/programs.js';
import { WATCHED, watchSources } from './dev/watch.js';
import { freePorts } from './ports.js';
import { keepPostgres } from './postgres.js';
import { explain, fail, runUntilStopped } from './process.js';

/**
 * `npm run dev [-- --only NAME …]`: everything as `npm start` does it, and again whenever a source is saved. PostgreSQL goes on
 * meanwhile, and the program before answers until the next one can. With `--only` the named subgraphs are real, on a database of
 * their own, and the others made up from their schemas.
 */
async function start(): Promise<() => Promise<void>> {
  const began = performance.now();
  const only = options();
  const given = readSettings();
  if (given.environment === 'production') throw new Refusal('`npm run dev` is for development: unset NODE_ENV.');
  // what mocks answer must not get into the data of `npm start`
  const dataDir = only.length > 0 ? join(given.dataDir, 'dev-only') : given.dataDir;
  const port = given.port || ((await freePorts(1))[0] as number);
  const embedded = given.databaseUrl ? undefined : await keepPostgres({ folder: join(dataDir, 'postgres') }, fail);
  const means = { adminUrl: given.databaseUrl ?? (embedded?.url as string), only, postgres: embedded?.pid };
  const environment = {
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, '../.compile-cache'),
    DATA_DIR: dataDir,
    PORT: String(port),
  };
  const programs = new Programs(environment, means, () =>
    console.log('✗ The program has ended. It is started again when you save a file.'),
  );
  try {
    const ready = await programs.replace(false, new AbortController().signal);
    console.log(welcome(ready as Ready, since(began), only));
  } catch (error) {
    await programs.stop();
    await embedded?.stop();
    throw error;
  }
  const unwatch = serveChanges(programs);
  return async () => {
    unwatch();
    await programs.stop();
    await embedded?.stop();
  };
}

/** Files that say nothing of what the database must hold, by their roles; all others may. */
const BESIDE_DATABASE =
  /^gateway\/(?!identity\/demo-people)|^schema\/|\.(resolver|service|loader|step|rules|errors|port|ports)\.ts$/;

/** Serves what is saved. A save that comes meanwhile begins anew, with what has changed since something was served last. */
function serveChanges(programs: Programs): () => void {
  let pending: readonly string[] = [];
  let attempt = new AbortController();
  let attempted: Promise<void> = Promise.resolve();
  const unwatch = watchSources((changed, at) => {
    attempt.abort();
    attempt = new AbortController();
    pending = [...new Set([...pending, ...changed])];
    const [files, { signal }] = [pending, attempt];
    attempted = attempted.then(() => {
      if (signal.aborted) return undefined;
      console.log(`\n↻ ${named(changed)} changed`);
      return serveNow(files, at, signal);
    });
  });
  async function serveNow(files: readonly string[], at: number, signal: AbortSignal): Promise<void> {
    try {
      await Promise.all([transpile(files), bundle(files, signal)]);
      const ready = await programs.replace(
        files.every((file) => BESIDE_DATABASE.test(file)),
        signal,
      );
      if (!ready) return;
      pending = pending.filter((file) => !files.includes(file));
      console.log(`✓ Served after ${since(at)} s${unpublished(ready)}`);
    } catch (error) {
      if (!signal.aborted) console.log(`${explain(error)}\n✗ Not served: the program from before goes on.`);
    }
    // types are looked at afterwards: on a small machine that takes as long as all the rest
    const complaint = await checkTypes(files, signal);
    if (complaint && !signal.aborted) console.log(`${complaint}\n✗ Mend these types: \`npm start\` would refuse them.`);
  }
  return () => {
    attempt.abort();
    unwatch();
  };
}

const since = (at: number): string => ((performance.now() - at) / 1_000).toFixed(1);

const named = (files: readonly string[]): string =>
  files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');

const unpublished = ({ unpublished: subgraphs }: Ready): string =>
  subgraphs.length > 0
    ? `. The schema of ${subgraphs.join(', ')} was composed anew: \`npm run schema\` writes it to schema/.`
    : '.';

function welcome(ready: Ready, seconds: string, only: readonly SubgraphName[]): string {
  const mocked = SUBGRAPH_NAMES.filter((name) => only.length > 0 && !only.includes(name));
  return `
Ready in ${seconds} s at ${ready.url}${unpublished(ready)}
${mocked.length > 0 ? `\nReal: ${only.join(', ')}. Made up from schema/, as \`extensions.mocked\` of each answer says: ${mocked.join(', ')}.\n` : ''}
A token for a demo person or partner: npm run token -- NAME
What you save in ${WATCHED.join(', ')} is served at once. Stop with Ctrl-C.`;
}

/** @throws {Refusal} saying what to write */
function options(): SubgraphName[] {
  const usage = new Refusal(
    `Usage: npm run dev [-- --only NAME …], where NAME is one of ${SUBGRAPH_NAMES.join(', ')}.`,
  );
  let only: readonly string[];
  try {
    only = parseArgs({ options: { only: { type: 'string', multiple: true } } }).values.only ?? [];
  } catch {
    throw usage;
  }
  const known = SUBGRAPH_NAMES.filter((name) => only.includes(name));
  if (known.length < new Set(only).size) throw usage;
  return known;
}

await runUntilStopped(start);
