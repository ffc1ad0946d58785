import { connect } from 'node:net';
import { accessTokenFor } from '../../gateway/identity/sign-in.js';
import { applicationId, patientId } from '../../subgraphs/common/seed.js';

/** An answer, as it came. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** Empty when it is no JSON. */
  readonly body: {
    // biome-ignore lint/suspicious/noExplicitAny: looked at field by field
    readonly data?: any;
    readonly errors?: { message: string; path?: unknown[]; extensions?: Record<string, unknown> }[];
    readonly extensions?: Record<string, unknown>;
  };
  readonly headers: Headers;
  /** From the first byte sent to the last one read. */
  readonly ms: number;
  /** 503 is the right answer to it. */
  readonly isOverload?: boolean;
}

export interface TargetOptions {
  /** `http://localhost:4000` */
  readonly url: string;
  /** Where the servers' keys lie, for tokens and signatures that only an insider could make; without it those attacks are left out. */
  readonly keysDir?: string;
  /** Where the subgraphs answer, where each is a process. */
  readonly subgraphUrls?: Readonly<Record<string, string>>;
  /** The same API started for production. */
  readonly productionUrl?: string;
}

/** A question that any ordinary client may ask. */
const ORDINARY = '{ disease(catalogNo: 31) { nameEn nameZh } me { roles } }';

/** The demo's own and other's records. */
export const OWN = { patient: patientId(0), application: applicationId(0, 0) };
export const STRANGER = { patient: patientId(1), application: applicationId(1, 0) };
export const MISSING = '01934a3c-5800-7000-8000-00000000ffff';

/** A running API that is attacked, and what came back. */
export class Target {
  readonly url: string;
  readonly keysDir?: string;
  readonly subgraphUrls: Readonly<Record<string, string>>;
  readonly productionUrl?: string;
  private replies: Reply[] = [];
  private readonly tokens = new Map<string, string>();
  private startedAt?: string;

  constructor({ url, keysDir, subgraphUrls = {}, productionUrl }: TargetOptions) {
    this.url = url;
    this.keysDir = keysDir;
    this.subgraphUrls = subgraphUrls;
    this.productionUrl = productionUrl;
  }

  /** The access token of a demo person or partner. */
  async token(name: string): Promise<string> {
    const token = this.tokens.get(name) ?? (await accessTokenFor(name, this.url));
    this.tokens.set(name, token);
    return token;
  }

  /** What is answered while `attack` runs. */
  async repliesTo(attack: () => Promise<void>): Promise<readonly Reply[]> {
    this.replies = [];
    await attack();
    return this.replies;
  }

  /** Sends a request to the API, or to another address. */
  async send(path: string, init: RequestInit & { readonly isOverload?: boolean } = {}): Promise<Reply> {
    const began = performance.now();
    const response = await fetch(new URL(path, this.url), {
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
      ...init,
    });
    const text = await response.text();
    return this.keep({
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      text,
      body: parsed(text),
      headers: response.headers,
      ms: performance.now() - began,
      isOverload: init.isOverload,
    });
  }

  /** A query by POST, as `name`, or as nobody. */
  async ask(
    query: string,
    variables: unknown = {},
    { as, headers = {}, path = '/graphql' }: { as?: string; headers?: Record<string, string>; path?: string } = {},
  ): Promise<Reply> {
    return this.post(JSON.stringify({ query, variables }), { as, headers, path });
  }

  /** A body by POST, as it is. */
  async post(
    body: string | Uint8Array<ArrayBuffer>,
    { as, headers = {}, path = '/graphql' }: { as?: string; headers?: Record<string, string>; path?: string } = {},
  ): Promise<Reply> {
    const authorization = as ? { authorization: `Bearer ${await this.token(as)}` } : {};
    return this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...CLIENT, ...authorization, ...headers },
      body,
    });
  }

  /** A mutation with one `input`. */
  mutate(
    name: string,
    input: object,
    { as, path = '/graphql', selection = '' }: { as: string; path?: string; selection?: string },
  ) {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    return this.ask(
      `mutation($input: ${type}!) { ${name}(input: $input) { __typename ... on UserError { code message } ${selection} } }`,
      { input },
      { as, path },
    );
  }

  /** Bytes on a connection of its own, written one after the other with `pauseMs` between; what is answered until it closes. */
  async raw(parts: readonly string[], pauseMs: number, giveUpMs: number): Promise<Reply> {
    const { hostname, port } = new URL(this.url);
    const began = performance.now();
    const text = await new Promise<string>((resolve, reject) => {
      let heard = '';
      const socket = connect(Number(port), hostname);
      let next = 0;
      const writing = setInterval(() => {
        const part = parts[next++];
        if (part !== undefined && socket.writable) socket.write(part);
      }, pauseMs);
      const late = setTimeout(() => socket.destroy(), giveUpMs);
      socket.on('data', (chunk: Buffer) => {
        heard += chunk;
        // answered: what else we have to say is of no interest
        if (/\r\n\r\n/.test(heard)) socket.end();
      });
      socket.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
      );
      socket.on('close', () => {
        clearInterval(writing);
        clearTimeout(late);
        resolve(heard);
      });
    });
    const [head = '', ...rest] = text.split('\r\n\r\n');
    const type = /content-type: *([^\r\n]*)/i.exec(head)?.[1] ?? '';
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0);
    // what comes in chunks has their lengths between
    const body = parsed(/\{.*\}/s.exec(rest.join('\r\n\r\n'))?.[0] ?? '');
    return this.keep({ status, type, text, body, headers: new Headers(), ms: performance.now() - began });
  }

  /** Whether the process is there, and is the one that it was. */
  async lives(): Promise<boolean> {
    try {
      const live = await fetch(`${this.url}/health/live`, { signal: AbortSignal.timeout(2_000) });
      const metrics = await (await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
      const startedAt = /^process_start_time_seconds (\S+)/m.exec(metrics)?.[1];
      this.startedAt ??= startedAt;
      return live.status === 200 && startedAt === this.startedAt;
    } catch {
      return false;
    }
  }

  async ordinary(): Promise<unknown> {
    const { status, body } = await this.ask(ORDINARY, {}, { as: 'patient' });
    return { status, data: body.data, errors: body.errors };
  }

  private keep(reply: Reply): Reply {
    this.replies.push(reply);
    return reply;
  }
}

/** A client says who it is, as production asks for. */
export const CLIENT = { 'apollographql-client-name': 'attack', 'apollographql-client-version': '1' };

function parsed(text: string): Reply['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
