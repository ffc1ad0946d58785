import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';

/** The programs are started many times: compiled once, each start takes a quarter less. */
const NODE_COMPILE_CACHE = join(PROJECT_ROOT, 'dist/.compile-cache');

/** One of our programs, built, in a process of its own. */
export class Program {
  /** All that it has written to stdout so far. */
  said = '';
  /** All that it has written to stderr so far. */
  complained = '';
  private static readonly started: Program[] = [];
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  /**
   * @param environment all that it sees, but for PATH
   * @param root the project's folder, or that of a copy
   */
  constructor(
    private readonly script: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
    root = PROJECT_ROOT,
  ) {
    this.child = spawn(process.execPath, [join(root, 'dist/scripts', script), ...args], {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.said += chunk;
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.complained += chunk;
    });
    Program.started.push(this);
    // 'close' follows the last output, 'exit' may come before it
    this.exited = once(this.child, 'close');
  }

  /** Runs a program to its end. */
  static async run(script: string, args: readonly string[], environment: NodeJS.ProcessEnv) {
    const program = new Program(script, args, environment);
    await program.exited;
    return { code: program.child.exitCode, said: program.said, complained: program.complained };
  }

  /** Ends at once what a failed test has left running. */
  static async endAll(): Promise<void> {
    await Promise.all(Program.started.map((program) => program.end('SIGKILL')));
  }

  /** Waits until it has said something on stdout. @throws when it ends before */
  async says(pattern: RegExp): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      const look = () => pattern.test(this.said) && resolve();
      this.child.stdout?.on('data', look);
      look();
    });
    await Promise.race([heard, this.exited]);
    if (!pattern.test(this.said))
      throw new Error(`${this.script} ended with ${this.child.exitCode}: ${this.said}${this.complained}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends a signal and waits for the end. @returns the exit code, null when the signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    await this.exited;
    return this.child.exitCode;
  }
}
