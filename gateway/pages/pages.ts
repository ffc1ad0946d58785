import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { extname, join } from 'node:path';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { describeError, log } from '../../subgraphs/common/log.js';
import { UnknownName } from '../identity/sign-in.js';
import type { Supergraphs } from '../supergraphs.js';
import { explorerPage } from './explorer.js';
import { homePage } from './home.js';
import { mapPage } from './map.js';
import { type Page, type PageLink, pageHeaders, pageHtml } from './page.js';
import { sandboxPage } from './sandbox.js';

/** What the pages tell of. */
export interface Shown {
  /** What is served just now. */
  readonly supergraphs: () => Supergraphs;
  /** Of demo people and partners, by name; absent where people sign in at an issuer of their own. */
  readonly demoToken?: (name: string) => Promise<string>;
  /** In production there is the first page alone: the others show the schema. */
  readonly production: boolean;
}

/** Where `scripts/build-pages.ts` puts what runs in browsers. */
const BUILT = join(PROJECT_ROOT, 'dist/pages');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All that a page without a script needs. */
const FRAME: ReadonlySet<string> = new Set(['page.css', 'icon.svg']);
const TOKEN_HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

interface Asset {
  readonly type: string;
  readonly content: Buffer;
  readonly tag: string;
}

interface Served extends PageLink {
  readonly make: (shown: Shown) => Page;
}

const HOME: Served = { path: '/', name: 'Start', make: homePage };
const DEVELOPMENT: readonly Served[] = [
  HOME,
  { path: '/explorer', name: 'Explorer', make: explorerPage },
  { path: '/map', name: 'Map', make: mapPage },
  { path: '/sandbox', name: 'Apollo Sandbox', make: sandboxPage },
];

/** The pages for people with a browser: `/`, and in development `/explorer`, `/map`, `/sandbox` and demo people's tokens. */
export class Pages {
  private readonly served: readonly Served[];
  private readonly assets: ReadonlyMap<string, Asset>;

  constructor(private readonly shown: Shown) {
    this.served = shown.production ? [HOME] : DEVELOPMENT;
    this.assets = readAssets((name) => !shown.production || FRAME.has(name));
  }

  /** Answers when there is something at this path. @returns false when there is not */
  async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const { demoToken, production } = this.shown;
    if (path === '/demo/token' && demoToken && !production) {
      await tellToken(demoToken, request, response);
      return true;
    }
    if (path.startsWith('/pages/')) return this.sendAsset(path.slice('/pages/'.length), request, response);
    const page = this.served.find((each) => each.path === path);
    if (!page) return false;
    const made = page.make(this.shown);
    const styles = ['page', made.script ?? ''].filter((name) => this.assets.has(`${name}.css`));
    response.writeHead(200, pageHeaders(made));
    response.end(pageHtml(made, this.served, page.path, styles));
    return true;
  }

  private sendAsset(name: string, request: IncomingMessage, response: ServerResponse): boolean {
    const asset = this.assets.get(name);
    if (!asset) return false;
    const headers = { etag: asset.tag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
    if (request.headers['if-none-match'] === asset.tag) response.writeHead(304, headers).end();
    else response.writeHead(200, { ...headers, 'content-type': asset.type }).end(asset.content);
    return true;
  }
}

/** `GET /demo/token?name=patient`: the token as text. Only pages of ours read it: no other origin is allowed to. */
async function tellToken(
  tokenOf: (name: string) => Promise<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, text: string) => void response.writeHead(status, TOKEN_HEADERS).end(text);
  const from = request.headers['sec-fetch-site'] ?? 'none';
  // a name of somebody's own that leads here would make their page ours
  const isOurs = isLocalHost(request.headers.host) && (from === 'same-origin' || from === 'none');
  if (!isOurs) return say(403, 'Ask from a page of this server.');
  const name = new URL(request.url ?? '/', 'http://localhost').searchParams.get('name') ?? '';
  try {
    say(200, await tokenOf(name));
  } catch (error) {
    if (error instanceof UnknownName) return say(404, `${error.message} There are ${error.names.join(', ')}.`);
    log.error(describeError(error), 'no demo token could be made');
    say(503, 'The sign-in does not answer just now. Try again in a moment.');
  }
}

/** Whether it is `localhost` or an address, which is no name that leads anywhere else. */
function isLocalHost(host = ''): boolean {
  const hostname = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  return hostname === 'localhost' || isIP(hostname) !== 0;
}

function readAssets(isServed: (name: string) => boolean): ReadonlyMap<string, Asset> {
  const names = readdirSync(BUILT).filter((name) => extname(name) in TYPES && isServed(name));
  return new Map(
    names.map((name) => {
      const content = readFileSync(join(BUILT, name));
      const tag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
      return [name, { type: TYPES[extname(name)] as string, content, tag }];
    }),
  );
}
