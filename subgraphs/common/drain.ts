import type { Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long what is in flight may go on when nothing new is taken any more. */
const GRACE_MS = 10_000;
const LOOK_MS = 50;

/** Ends a server so that whoever it has begun to answer gets the answer, and nobody asks it in vain. */
export class Drain {
  private readonly answering = new Set<ServerResponse>();
  private begun = false;

  /**
   * @param server before it has heard its first request
   * @param delayMs how long new requests are still taken after the end has begun, while balancers look elsewhere
   */
  constructor(
    private readonly server: Server,
    private readonly delayMs: number,
  ) {
    const { answering } = this;
    // one for all: of each request as little as can be
    function forget(this: ServerResponse) {
      answering.delete(this);
    }
    server.prependListener('request', (_, response) => {
      if (this.begun) isLast(response);
      this.answering.add(response);
      response.on('close', forget);
    });
  }

  /** Whether the end has begun. Health says so. */
  get hasBegun(): boolean {
    return this.begun;
  }

  /** Resolves when the last connection is closed: what takes longer than ten seconds is broken off. */
  async run(): Promise<void> {
    this.begun = true;
    // a client that kept its connection would send the next request on it just when we close it
    for (const response of this.answering) isLast(response);
    await sleep(this.delayMs);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const closing = setInterval(() => this.server.closeIdleConnections(), LOOK_MS);
    const late = setTimeout(() => this.server.closeAllConnections(), GRACE_MS);
    await closed;
    clearInterval(closing);
    clearTimeout(late);
  }
}

/** Tells the client to send nothing more on this connection. */
function isLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
