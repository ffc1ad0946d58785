import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to an answer on its way; `NONE` and it comes as it was sent. */
export const FAULTS = ['NONE', 'DELAY', 'CUT', 'TRUNCATE', 'CORRUPT', 'SILENCE', 'REFUSE'] as const;
export type Fault = (typeof FAULTS)[number];

/** One byte of so many is turned, and always the last but two. */
const CORRUPT_EVERY = 97;

const isCorrupt = (at: number, length: number): boolean =>
  at % CORRUPT_EVERY === CORRUPT_EVERY - 1 || at === length - 3;

/** A line between two processes that can be disturbed. Whatever goes to the server gets there, unless nothing gets through. */
export class TcpProxy {
  /** Connections that were made to it. */
  connections = 0;
  /** Times somebody sent something: requests, where each is one packet. */
  sent = 0;
  private fault: Fault = 'NONE';
  private delayMs = 0;
  private listening: number;
  private readonly open = new Set<Socket>();
  private readonly server: Server;

  private constructor(
    private readonly target: number,
    port: number,
  ) {
    this.listening = port;
    this.server = createServer((socket) => this.serve(socket));
  }

  /** @param port of its own, 0 for any @param target port of the server behind it */
  static async start(target: number, port = 0): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, port);
    await proxy.listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.listening}/graphql`;
  }

  private async listen(): Promise<void> {
    // the same port again, once it is known
    this.server.listen(this.listening, '127.0.0.1');
    await once(this.server, 'listening');
    this.listening = (this.server.address() as { port: number }).port;
  }

  /** From now on, on connections that are open as well. @param delayMs for `DELAY`, of each packet of an answer */
  async disturb(fault: Fault, delayMs = 0): Promise<void> {
    const refused = this.fault === 'REFUSE';
    this.fault = fault;
    this.delayMs = delayMs;
    if (fault === 'REFUSE' && !refused) await this.close();
    if (fault !== 'REFUSE' && refused) await this.listen();
    // what was held back is not heard of again
    if (fault === 'NONE') this.breakOff();
  }

  /** Takes no connections any more and breaks off those that there are. */
  async close(): Promise<void> {
    this.breakOff();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private breakOff(): void {
    for (const socket of this.open) socket.resetAndDestroy();
  }

  private serve(client: Socket): void {
    this.connections++;
    const server = connect(this.target, '127.0.0.1');
    const both = [client, server];
    for (const socket of both) {
      this.open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.open.delete(socket);
        for (const other of both) other.destroy();
      });
    }
    client.on('data', (chunk) => {
      this.sent++;
      if (this.fault !== 'SILENCE') server.write(chunk);
    });
    server.on('data', (chunk: Buffer) => this.passOn(chunk, client));
  }

  private async passOn(chunk: Buffer, client: Socket): Promise<void> {
    switch (this.fault) {
      case 'NONE':
        client.write(chunk);
        return;
      case 'DELAY':
        await sleep(this.delayMs, undefined, { ref: false });
        if (!client.destroyed) client.write(chunk);
        return;
      case 'CUT':
        client.resetAndDestroy();
        return;
      case 'TRUNCATE':
        client.end(chunk.subarray(0, Math.floor(chunk.length / 2)));
        return;
      case 'CORRUPT':
        client.write(chunk.map((byte, at) => (isCorrupt(at, chunk.length) ? byte ^ 1 : byte)));
        return;
      default:
    }
  }
}
