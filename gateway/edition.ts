import { describeError, log } from '../subgraphs/common/log.js';
import { SupergraphRefused } from './access/supergraph-rules.js';
import type { GatewayOptions, JoinedApi } from './gateway.js';
import type { Endpoint } from './http/graphql.js';
import { exceptRehearsals, rehearse } from './rehearsal.js';
import type { Source } from './sources/source.js';
import type { Supergraphs } from './supergraphs.js';

/** An endpoint, with what must be known of it to replace it. */
export type OpenEndpoint = Endpoint & JoinedApi;

/** Makes the endpoints of a pair of supergraphs, one after the other. @throws when one of them cannot be read or is not safe */
export type OpenEndpoints = (
  supergraphs: Supergraphs,
  sourceOf: GatewayOptions['sourceOf'],
) => AsyncIterable<OpenEndpoint>;

/** An endpoint, for one request. */
export interface Used {
  readonly endpoint: Endpoint;
  /** The request has been answered. */
  leave(): void;
}

/** At most so many texts are prepared for the next edition: those asked last. */
const REHEARSED = 200;

/** What one pair of supergraphs makes: schemas, rules, limits, documents and plans, which belong together. */
class Edition {
  private readonly endpoints = new Map<string, OpenEndpoint>();
  /** Where each subgraph is asked, by its name. */
  readonly sources = new Map<string, Source>();
  /** All that it asks; more than one of a name only where its supergraphs disagree about the address. */
  readonly asked = new Set<Source>();
  private inUse = 0;
  private whenUnused?: () => void;
  private ending?: Promise<void>;

  /** @throws what `openEndpoints` does */
  async open(
    supergraphs: Supergraphs,
    openEndpoints: OpenEndpoints,
    sourceOf: (name: string, url: string) => Source,
  ): Promise<void> {
    const asked: GatewayOptions['sourceOf'] = ({ name, url }) => {
      const source = sourceOf(name, url);
      this.sources.set(name, source);
      this.asked.add(source);
      return exceptRehearsals(source);
    };
    for await (const endpoint of openEndpoints(supergraphs, asked)) this.endpoints.set(endpoint.path, endpoint);
  }

  use(path: string): Used | undefined {
    const endpoint = this.endpoints.get(path);
    if (!endpoint) return undefined;
    this.inUse++;
    return {
      endpoint,
      leave: () => {
        if (--this.inUse === 0) this.whenUnused?.();
      },
    };
  }

  /** @throws {SupergraphRefused} when something is open in it that was guarded in the former one */
  ensureAsGuardedAs(former: Edition): void {
    for (const [path, { rules, schema }] of this.endpoints) {
      for (const coordinate of former.endpoints.get(path)?.rules.keys() ?? []) {
        const [name = '', field] = coordinate.split('.');
        const type = schema.getType(name);
        const isThere = field && type && 'getFields' in type ? Object.hasOwn(type.getFields(), field) : type;
        if (isThere && !rules.has(coordinate) && !rules.has(name))
          throw new SupergraphRefused(
            `${coordinate} has lost its access rule and would be open to anybody. Restart the gateway if that is meant.`,
          );
      }
    }
  }

  /** Prepares it for what the former one was asked, before anybody asks. */
  async rehearse(former: Edition): Promise<void> {
    for (const [path, endpoint] of this.endpoints) {
      const texts = [...(former.endpoints.get(path)?.operations.texts() ?? [])];
      await rehearse(endpoint, texts.slice(0, REHEARSED));
    }
  }

  /** Ends it after the last request. */
  end(): Promise<void> {
    this.ending ??= this.endUnused();
    return this.ending;
  }

  private async endUnused(): Promise<void> {
    if (this.inUse > 0) {
      await new Promise<void>((resolve) => {
        this.whenUnused = resolve;
      });
    }
    await Promise.all([...this.endpoints.values()].map(({ apollo }) => apollo.stop()));
  }
}

/** The edition that is served, and its replacement by another while requests go on. */
export class Editions {
  private current?: Edition;
  /** The one that is being opened, the current one, and former ones that somebody is still answered by. */
  private readonly alive = new Set<Edition>();
  /** By name and address. Kept over editions, with their connections and what is known of the subgraphs. */
  private readonly kept = new Map<string, Source>();

  constructor(
    private readonly openEndpoints: OpenEndpoints,
    private readonly newSource: (subgraph: { name: string; url: string }) => Source,
  ) {}

  /** The endpoint at this path, until the request `leave`s it. */
  use(path: string): Used | undefined {
    return this.current?.use(path);
  }

  /** Where each subgraph is asked, by its name. */
  get sources(): ReadonlyMap<string, Source> {
    return this.current?.sources ?? new Map();
  }

  /**
   * Serves another pair of supergraphs from now on; who is being answered still gets the former one's answer. One at a time.
   *
   * @throws when it cannot be read or is not safe: then everything stays as it was
   */
  async replace(supergraphs: Supergraphs): Promise<void> {
    const former = this.current;
    const next = new Edition();
    this.alive.add(next);
    try {
      await next.open(supergraphs, this.openEndpoints, (name, url) => this.source(name, url));
      if (former) {
        next.ensureAsGuardedAs(former);
        await next.rehearse(former);
      }
    } catch (error) {
      await this.end(next);
      throw error;
    }
    this.current = next;
    if (former) this.end(former).catch((error: unknown) => log.error(describeError(error), 'an edition did not end'));
  }

  /** Ends all of them, each after its last request. */
  async close(): Promise<void> {
    await Promise.all([...this.alive].map((edition) => this.end(edition)));
  }

  private source(name: string, url: string): Source {
    const key = `${name} ${url}`;
    const source = this.kept.get(key) ?? this.newSource({ name, url });
    this.kept.set(key, source);
    return source;
  }

  /** Ends an edition, and what only it has asked. */
  private async end(edition: Edition): Promise<void> {
    await edition.end();
    this.alive.delete(edition);
    const inUse = new Set([...this.alive].flatMap(({ asked }) => [...asked]));
    const unused = [...this.kept].filter(([, source]) => !inUse.has(source));
    for (const [key] of unused) this.kept.delete(key);
    await Promise.all(unused.map(([, source]) => source.close()));
  }
}
