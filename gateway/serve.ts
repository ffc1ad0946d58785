import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Refusal } from '../subgraphs/common/refusal.js';
import type { Settings } from '../subgraphs/common/settings.js';
import { readTrustedDocuments } from './documents/trusted-documents.js';
import { createGateway, type GatewayOptions } from './gateway.js';
import { Admission } from './http/admission.js';
import type { Endpoint } from './http/graphql.js';
import { Door } from './http/server.js';
import { DEMO_PARTNERS, DEMO_PEOPLE } from './identity/demo-people.js';
import { discoverIssuer } from './identity/discovery.js';
import { createIssuer } from './identity/issuer.js';
import { loadOrCreateKeys } from './identity/keys.js';
import { createVerifier } from './identity/verify.js';
import { createLimits } from './limits/inspect.js';
import { createMeter } from './limits/meter.js';
import { admitPartners, admitPeople } from './partner/partners.js';
import { createQuota, type Quota } from './partner/quota.js';
import type { Source } from './sources/source.js';

/** An API that answers. */
export interface RunningApi {
  /** `http://localhost:<port>` */
  readonly url: string;
  /** Stops taking work, lets what is in flight end, and closes what is behind. */
  close(): Promise<void>;
}

/** What is joined: the supergraph of the API, and the smaller one that partners see. */
export interface Supergraphs {
  readonly api: string;
  /** Without it there is no `/partner/graphql`. */
  readonly partner?: string;
}

export interface ServeOptions {
  readonly settings: Settings;
  readonly supergraphs: Supergraphs;
  readonly sourceOf: (subgraph: { name: string; url: string }) => Source;
  readonly ready: () => Promise<Readonly<Record<string, boolean>>>;
  /** Closes the subgraphs or the connections to them, after the last answer. */
  readonly closeBehind: () => Promise<void>;
}

/** The port is taken; the message says what to do. */
export class PortTaken extends Refusal {
  constructor(port: number) {
    super(`Port ${port} is taken. Stop what listens there, or choose another with PORT=4010.`);
  }
}

/** How long a request in flight may go on after SIGTERM. */
const DRAIN_MS = 10_000;

/** @throws {PortTaken}, or what makes the supergraph or the issuer unusable */
export async function serve({
  settings,
  supergraphs,
  sourceOf,
  ready,
  closeBehind,
}: ServeOptions): Promise<RunningApi> {
  const door = new Door(new Admission(settings.maxInFlight));
  const port = await listen(door, settings.port);
  const url = `http://localhost:${port}`;
  const { issuer, verifier } = await identity(settings, url);
  const sources = new Map<string, Source>();
  const keptSource: GatewayOptions['sourceOf'] = (subgraph) => {
    const source = sources.get(subgraph.name) ?? sourceOf(subgraph);
    sources.set(subgraph.name, source);
    return source;
  };
  const meter = await createMeter(settings.limits);
  const quota = await createQuota(settings.limits);
  const endpoints = await openEndpoints(settings, supergraphs, keptSource, quota);
  const desk = {
    verifier,
    meter,
    bodyTimeoutMs: settings.limits.bodyTimeoutMs,
    trustedProxies: settings.limits.trustedProxies,
    clientNameRequired: settings.environment === 'production',
  };
  door.open({ endpoints, desk, source: (subgraph) => sources.get(subgraph), issuer, ready });
  return {
    url,
    close: async () => {
      await door.close(DRAIN_MS);
      await Promise.all([...endpoints.values()].map(({ apollo }) => apollo.stop()));
      await Promise.all([meter.close(), quota.close()]);
      await closeBehind();
    },
  };
}

/** The API at `/graphql`, and what partners see of it at `/partner/graphql`. */
async function openEndpoints(
  settings: Settings,
  { api, partner }: Supergraphs,
  sourceOf: GatewayOptions['sourceOf'],
  quota: Quota,
): Promise<ReadonlyMap<string, Endpoint>> {
  const production = settings.environment === 'production';
  const { automaticPersistedQueries, limits } = settings;
  const documents = readTrustedDocuments(settings);
  const open = async (supergraphSdl: string, introspection: boolean) => {
    const joined = await createGateway({
      supergraphSdl,
      sourceOf,
      production,
      introspection,
      automaticPersistedQueries,
    });
    return { ...joined, limits: createLimits(joined.schema, limits, production), documents };
  };
  const endpoints: Endpoint[] = [{ path: '/graphql', ...(await open(api, !production)), admit: admitPeople }];
  if (partner) {
    endpoints.push({
      path: '/partner/graphql',
      ...(await open(partner, true)),
      admit: admitPartners,
      quota: (identity, points) => quota.spend(identity, points),
    });
  }
  return new Map(endpoints.map((endpoint) => [endpoint.path, endpoint]));
}

async function listen(door: Door, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    door.http.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTaken(port) : error);
    });
    door.http.listen(port, resolve);
  });
  return (door.http.address() as AddressInfo).port;
}

/** Checks tokens of the configured issuer, or of the embedded one for development. */
async function identity(settings: Settings, url: string) {
  const clock = { audience: settings.audience, clockToleranceSeconds: 30 };
  if (settings.issuerUrl) {
    const { issuer, jwksUri } = await discoverIssuer(settings.issuerUrl);
    return { issuer: undefined, verifier: createVerifier({ issuer, jwks: jwksUri, ...clock }) };
  }
  const issuerUrl = `${url}/oidc`;
  const keys = await loadOrCreateKeys(join(settings.keysDir, 'issuer'));
  const embedded = createIssuer({ issuerUrl, people: DEMO_PEOPLE, partners: DEMO_PARTNERS, ...keys });
  return {
    issuer: embedded.handle.bind(embedded),
    verifier: createVerifier({ issuer: issuerUrl, jwks: embedded.jwks, ...clock }),
  };
}
