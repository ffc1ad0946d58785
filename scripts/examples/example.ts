import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';

/** What came of a program that has ended. */
export interface Ended {
  readonly code: number | null;
  /** All that it has written. */
  readonly said: string;
}

/** One of `examples/`, run as its README says: by npm, in its folder. */
export class Example {
  readonly folder: string;

  constructor(readonly name: 'client' | 'web') {
    this.folder = join(PROJECT_ROOT, 'examples', name);
  }

  get isInstalled(): boolean {
    return existsSync(join(this.folder, 'node_modules'));
  }

  /** Runs npm to its end. */
  async npm(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const child = this.start('npm', args, environment);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, said }));
    });
  }

  /** As `npm`. @throws with all that it said, when it fails */
  async mustNpm(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, said } = await this.npm(args, environment);
    if (code !== 0) throw new Error(`npm ${args.join(' ')} in examples/${this.name} ended with ${code}:\n${said}`);
    return said;
  }

  /** A module of it, as it is written. */
  // biome-ignore lint/suspicious/noExplicitAny: it is none of ours to the compiler, which has settings of its own for it
  module(path: string): Promise<any> {
    return import(join(this.folder, path));
  }

  /** Starts a program in its folder. */
  start(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(program, args, {
      cwd: this.folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
