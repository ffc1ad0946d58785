import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePorts } from '../../scripts/ports.js';

/** A Redis in the hand of a test: it can hang, end and come back at the same address. */
export class RedisServer {
  private child?: ChildProcess;

  private constructor(
    private readonly program: string,
    readonly port: number,
  ) {}

  static async start(program: string): Promise<RedisServer> {
    const [port = 0] = await freePorts(1);
    const server = new RedisServer(program, port);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it anew, with nothing in it. */
  async restart(): Promise<void> {
    await this.stop();
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn(this.program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    for await (const line of child.stdout) if (String(line).includes('Ready to accept connections')) break;
  }

  /** Lets it hang until what is returned is called. */
  pause(): () => void {
    this.child?.kill('SIGSTOP');
    return () => this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
