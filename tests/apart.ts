import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** In front of a program: each request goes on by a connection of its own, so that one worker after the other gets one. */
export class Apart {
  private constructor(private readonly server: Server) {}

  /** @param url of the program */
  static async before(url: string): Promise<Apart> {
    const { port } = new URL(url);
    const server = createServer((request, response) => {
      const { method, url: path, headers } = request;
      const onward = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      // nobody answers any more: neither does this
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Apart(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
