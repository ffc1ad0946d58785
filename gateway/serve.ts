import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Refusal } from '../subgraphs/common/refusal.js';
import type { Settings } from '../subgraphs/common/settings.js';
import { readTrustedDocuments } from './documents/trusted-documents.js';
import { Editions, type OpenEndpoint } from './edition.js';
import { createGateway, type GatewayOptions } from './gateway.js';
import { Admission } from './http/admission.js';
import type { HealthReport } from './http/health.js';
import { Door } from './http/server.js';
import { DEMO_PARTNERS, DEMO_PEOPLE, keyClientOf } from './identity/demo-people.js';
import { discoverIssuer } from './identity/discovery.js';
import { createIssuer } from './identity/issuer.js';
import { CLIENT_KEYS, loadOrCreateClientKeys, loadOrCreateKeys } from './identity/keys.js';
import { accessTokenFor } from './identity/sign-in.js';
import { createVerifier } from './identity/verify.js';
import { createLimits } from './limits/inspect.js';
import { createMeter } from './limits/meter.js';
import { Pages } from './pages/pages.js';
import { admitPartners, admitPeople } from './partner/partners.js';
import { createQuota, type Quota } from './partner/quota.js';
import type { Source } from './sources/source.js';
import type { Supergraphs } from './supergraphs.js';
import { type Held, heldHere, type Together } from './workers/held.js';

/** An API that answers. */
export interface RunningApi {
  /** `http://localhost:<port>` */
  readonly url: string;
  /**
   * Serves other supergraphs from now on, without a pause: who is being answered gets the answer of those before. One at a time.
   *
   * @throws when they cannot be read or are not safe: then everything stays as it was
   */
  replace(supergraphs: Supergraphs): Promise<void>;
  /** How this process is. */
  health(): Promise<HealthReport>;
  /** Stops taking work, lets what is in flight end, and closes what is behind. */
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly settings: Settings;
  readonly supergraphs: Supergraphs;
  /** Called once for each subgraph that is met; what it returns is closed when nothing asks it any more. */
  readonly sourceOf: (subgraph: { name: string; url: string }) => Source;
  /** Closes what the program has opened behind, after the last answer. */
  readonly closeBehind?: () => Promise<void>;
  /** Where another process still answers at this port: it listens beside that one, last of all, and only when this has resolved. */
  readonly turn?: () => Promise<void>;
  /** What other processes at this port share with it: it listens beside them, last of all. */
  readonly together?: Together;
}

/** The port is taken; the message says what to do. */
export class PortTaken extends Refusal {
  constructor(port: number) {
    super(`Port ${port} is taken. Stop what listens there, or choose another with PORT=4010.`);
  }
}

/** @throws {PortTaken}, or what makes the supergraph or the issuer unusable */
export async function serve({
  settings,
  supergraphs,
  sourceOf,
  closeBehind,
  turn,
  together,
}: ServeOptions): Promise<RunningApi> {
  const door = new Door(new Admission(settings.maxInFlight), settings.drainDelayMs);
  const listensLast = turn !== undefined || together !== undefined;
  const port = listensLast ? settings.port : await listen(door, settings.port);
  const url = `http://localhost:${port}`;
  const held = together ?? heldHere(settings.limits);
  const { issuer, verifier } = await identity(settings, url, held);
  const meter = await createMeter(settings.limits, held);
  const quota = await createQuota(settings.limits, held.dayBook);
  const editions = new Editions((...of) => openEndpoints(settings, quota, ...of), sourceOf);
  await editions.replace(supergraphs);
  await turn?.();
  let served = supergraphs;
  const production = settings.environment === 'production';
  const desk = {
    verifier,
    meter,
    bodyTimeoutMs: settings.limits.bodyTimeoutMs,
    trustedProxies: settings.limits.trustedProxies,
    clientNameRequired: production,
    ...(!production && { explorer: '/explorer' }),
    requestLog: settings.requestLog,
  };
  const pages = new Pages({
    supergraphs: () => served,
    demoToken: issuer && ((name) => accessTokenFor(name, url, settings.keysDir)),
    production,
  });
  door.open({ editions, desk, pages, issuer, together });
  if (listensLast) await listen(door, port);
  return {
    url,
    replace: async (next) => {
      await editions.replace(next);
      served = next;
    },
    health: () => door.ownHealth(),
    close: async () => {
      await door.close();
      await editions.close();
      await Promise.all([meter.close(), quota.close()]);
      await closeBehind?.();
    },
  };
}

/** The API at `/graphql`, and what partners see of it at `/partner/graphql`. */
async function* openEndpoints(
  settings: Settings,
  quota: Quota,
  { api, partner }: Supergraphs,
  sourceOf: GatewayOptions['sourceOf'],
): AsyncIterable<OpenEndpoint> {
  const production = settings.environment === 'production';
  const { limits } = settings;
  const open = async (path: OpenEndpoint['path'], supergraphSdl: string, introspection: boolean) => {
    const joined = await createGateway({ supergraphSdl, sourceOf, production, introspection });
    const documents = readTrustedDocuments(settings, path);
    return { path, ...joined, limits: createLimits(joined.schema, limits), documents };
  };
  yield { ...(await open('/graphql', api, !production)), admit: admitPeople };
  if (!partner) return;
  // each takes the processor for some tenths of a second: in between, others get their turn
  await new Promise((resolve) => setImmediate(resolve));
  yield {
    ...(await open('/partner/graphql', partner, true)),
    admit: admitPartners,
    quota: (identity, points) => quota.spend(identity, points),
  };
}

/** Connections that wait to be accepted: who comes in a rush must not be turned away by the system, which tells them nothing. */
const BACKLOG = 4_096;

async function listen(door: Door, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    door.http.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTaken(port) : error);
    });
    door.http.listen({ port, backlog: BACKLOG }, resolve);
  });
  return (door.http.address() as AddressInfo).port;
}

/** Checks tokens of the configured issuer, or of the embedded one for development. */
async function identity(settings: Settings, url: string, { signIns }: Held) {
  const clock = { audience: settings.audience, clockToleranceSeconds: 30 };
  if (settings.issuerUrl) {
    const { issuer, jwksUri } = await discoverIssuer(settings.issuerUrl);
    return { issuer: undefined, verifier: createVerifier({ issuer, jwks: jwksUri, ...clock }) };
  }
  const issuerUrl = `${url}/oidc`;
  const keys = await loadOrCreateKeys(join(settings.keysDir, 'issuer'));
  const clientKeys = await loadOrCreateClientKeys(join(settings.keysDir, CLIENT_KEYS), DEMO_PARTNERS.map(keyClientOf));
  const known = { people: DEMO_PEOPLE, partners: DEMO_PARTNERS, clientKeys };
  const embedded = createIssuer({ issuerUrl, signIns, ...known, ...keys });
  return {
    issuer: embedded.handle.bind(embedded),
    verifier: createVerifier({ issuer: issuerUrl, jwks: embedded.jwks, ...clock }),
  };
}
