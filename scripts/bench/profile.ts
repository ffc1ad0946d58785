import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { Cleanup } from './cleanup.js';
import type { Ground } from './ground.js';
import { type Measurement, measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { start } from './programs.js';
import { startOne } from './variants.js';

/** As V8 writes it: a tree of calls, and at each sample the node that ran. Times in µs. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** Also what graphql-jit makes from text. */
const BUILT_IN = 'without a file';

/** To whom a function belongs: a package, one of our files, Node's own, or V8. */
function ownerOf({ callFrame: { url, functionName } }: ProfileNode): string {
  const inPackage = url.split('/node_modules/').at(-1);
  if (url.includes('/node_modules/') && inPackage) {
    const [scope = '', name] = inPackage.split('/');
    return scope.startsWith('@') ? `${scope}/${name}` : scope;
  }
  if (url.startsWith('node:')) return url.replace(/^node:internal\//, 'node:').split('/')[0] as string;
  if (url.startsWith('file:'))
    return decodeURIComponent(new URL(url).pathname).replace(join(PROJECT_ROOT, 'dist/'), '');
  if (url === '' && functionName.startsWith('(')) return functionName;
  return url === '' ? BUILT_IN : url;
}

/** A package or file that has chosen to do something, unlike Node and V8, which do it. */
const isCause = (owner: string): boolean =>
  !owner.startsWith('node:') && !owner.startsWith(BUILT_IN) && !owner.startsWith('(');

const nameOf = (node: ProfileNode): string => `${node.callFrame.functionName || '(anonymous)'}  ${ownerOf(node)}`;

class Costs {
  private readonly us = new Map<string, number>();

  add(name: string, us: number): void {
    this.us.set(name, (this.us.get(name) ?? 0) + us);
  }

  /** The dearest first, in µs a request. */
  lines(requests: number, count: number): string[] {
    const sorted = [...this.us].sort(([, one], [, other]) => other - one).slice(0, count);
    return sorted.map(([name, us]) => `${(us / requests).toFixed(1).padStart(9)}  ${name}`);
  }
}

/** What a request cost, by package and by function, from the profile that a process has left in a folder. */
function costs(folder: string, pid: number, measurement: Measurement): string {
  const { requests, fromUs, toUs, serversCpuUs, postgresCpuUs, disturbance } = measurement;
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile') && name.includes(`.${pid}.`));
  if (!file) throw new Error(`There is no CPU profile of process ${pid} in ${folder}`);
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const self = new Costs();
  const charged = new Costs();
  const functions = new Costs();
  const inclusive = new Costs();
  const inclusiveOwners = new Costs();
  let at = profile.startTime;
  for (const [index, sample] of profile.samples.entries()) {
    at += profile.timeDeltas[index] ?? 0;
    if (at < fromUs || at > toUs) continue;
    const us = profile.timeDeltas[index + 1] ?? 0;
    const top = nodes.get(sample) as ProfileNode;
    self.add(ownerOf(top), us);
    functions.add(nameOf(top), us);
    const seen = new Set<string>();
    const owners = new Set<string>();
    let cause: string | undefined;
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
      const node = nodes.get(id) as ProfileNode;
      const owner = ownerOf(node);
      seen.add(nameOf(node));
      owners.add(owner);
      if (isCause(owner)) cause ??= owner;
    }
    charged.add(cause ?? ownerOf(top), us);
    for (const name of seen) inclusive.add(name, us);
    for (const name of owners) inclusiveOwners.add(name, us);
  }
  const part = (title: string, of: Costs, count: number) => `\n${title}\n${of.lines(requests, count).join('\n')}`;
  return [
    `${requests} requests, ${((toUs - fromUs) / requests).toFixed(0)} µs each by the clock; processor time ${serversCpuUs.toFixed(0)} µs, of PostgreSQL ${postgresCpuUs.toFixed(0)} µs; disturbed ${disturbance.toFixed(2)}.`,
    'In µs a request, by the clock of the main thread:',
    part('By owner, with what Node and V8 do for it', charged, 45),
    part('By owner, itself', self, 30),
    part('By owner, with what it calls (without what it waits for)', inclusiveOwners, 45),
    part('By function, itself', functions, 60),
    part('By function, with what it calls', inclusive, 130),
  ].join('\n');
}

/** The one process alone under the main query, with a CPU profile of it. @param folder where the profile is left */
export async function profileOne(
  options: BenchOptions,
  folder: string,
  ground: Ground,
  cleanup: Cleanup,
): Promise<string> {
  const profiled = new Cleanup();
  cleanup.add(() => profiled.run());
  const node = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`];
  const variant = await startOne(ground, profiled, node);
  const generator = await start({ script: 'bench/load.js', environment: {}, talks: true }, cleanup);
  const found = await measure(variant, generator, options, ground.postgresPid);
  // the profile is written when the process ends
  await profiled.run();
  return costs(folder, variant.processes[0]?.pid ?? 0, found);
}
