import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { Refusal } from '../../subgraphs/common/refusal.js';

const BROWSER = 'gateway/pages/browser';

/** What runs in browsers, which is bundled and has types of its own. */
const isForBrowsers = (file: string): boolean => file.startsWith(`${BROWSER}/`);

/**
 * Writes these files to `dist` without looking at their types, which takes a moment only. What TypeScript writes there afterwards
 * does the same.
 *
 * @throws when one of them is no TypeScript
 */
export async function transpile(files: readonly string[]): Promise<void> {
  const entryPoints = files.filter((file) => file.endsWith('.ts') && existsSync(join(PROJECT_ROOT, file)));
  await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints,
    outdir: 'dist',
    outbase: '.',
    format: 'esm',
    platform: 'node',
    tsconfig: 'tsconfig.json',
    sourcemap: true,
    logLevel: 'silent',
  });
}

/** Bundles what runs in browsers, where some of these files do. @throws {Refusal} with what is wrong */
export async function bundle(files: readonly string[], signal: AbortSignal): Promise<void> {
  if (!files.some(isForBrowsers)) return;
  const complaint = await run('dist/scripts/build-pages.js', [], signal);
  if (complaint) throw new Refusal(complaint);
}

/**
 * Looks at the types of all that these files belong to, and writes `dist` as the compiler does.
 *
 * @returns what is wrong, as the compiler says it; nothing when all is well
 */
export async function checkTypes(files: readonly string[], signal: AbortSignal): Promise<string> {
  const ours = files.some((file) => file.endsWith('.ts') && !isForBrowsers(file));
  const said = await Promise.all([
    ours && typescript(['-p', 'tsconfig.build.json'], signal),
    files.some(isForBrowsers) && typescript(['-p', BROWSER], signal),
  ]);
  return said.filter((each) => each).join('\n');
}

const typescript = (args: readonly string[], signal: AbortSignal): Promise<string> =>
  run('node_modules/typescript/bin/tsc', [...args, '--pretty', String(process.stdout.isTTY === true)], signal);

/** @returns nothing when it succeeds, else what it said; what was given up has nothing to say either */
function run(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: PROJECT_ROOT, signal });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk;
      });
    child.once('error', (error) => resolve(signal.aborted ? '' : error.message));
    child.once('close', (code) =>
      resolve(code === 0 || signal.aborted ? '' : said.trim() || `${program}: exit ${code}`),
    );
  });
}
