import type { IncomingMessage, ServerResponse } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import type { Migration } from '@mikro-orm/migrations';
import {
  type ExecutionResult,
  GraphQLScalarType,
  type GraphQLSchema,
  GraphQLUnionType,
  isObjectType,
  parse,
} from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray } from 'type-graphql';
import { type AccessRules, accessRules } from './access.js';
import { MAX_REFERENCES } from './answer.js';
import type { ConnectionSource } from './connection.js';
import type { Ask, SubgraphContext } from './context.js';
import type { Database, StoredEntity } from './database.js';
import { badUserInput } from './errors.js';
import { Executor, type Operation } from './executor.js';
import { type Identity, systemIdentity } from './identity.js';
import { isUuid } from './ids.js';
import { type Jobs, type RunningJobs, runJobs } from './jobs.js';
import type { RecordsOf } from './records.js';
import { Locale } from './scalars.js';
import type { FieldKeys, SealedColumn } from './sealed.js';
import type { SubgraphName } from './settings.js';
import type { Caller } from './signature.js';
import { currentTrace, withinTrace } from './trace.js';
import { typeResolvers } from './unions.js';

type AnyClass = abstract new (...args: never[]) => object;

/** How an entity is found from the key that another subgraph gave: its fields, or null when it is not for this caller. */
export type ReferenceResolver<Context> = (id: string, context: Context) => unknown;

/** A request that is no GraphQL, which the gateway has handed on: files, which stream in and out. */
export interface HttpExchange<Context> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Who knocked at the gateway: nobody, unless they sent a token. */
  readonly caller: Caller;
  /** Works as a request of this identity does, whose rights the database then looks at. */
  readonly as: <T>(identity: Identity, work: (context: Context) => Promise<T>) => Promise<T>;
}

/** What a subgraph is made of; `index.ts` of each says it and nothing else. */
export interface SubgraphDefinition<Api extends object = object> {
  readonly name: SubgraphName;
  readonly resolvers: NonEmptyArray<AnyClass>;
  /** Types that no root field reaches: stubs of other subgraphs' entities that this one adds fields to. */
  readonly orphanedTypes?: readonly AnyClass[];
  readonly entities: readonly StoredEntity[];
  readonly migrations: readonly { name: string; class: new (...args: never[]) => Migration }[];
  /** Columns whose values are sealed with the keys of fields: all of them, so that the keys can be rotated. */
  readonly sealed?: readonly SealedColumn[];
  readonly references: Readonly<Record<string, ReferenceResolver<SubgraphContext & Api>>>;
  /** Whose records of a type somebody reads: for every entity that is this subgraph's own, and whatever else is asked for by id. */
  readonly records: Readonly<Record<string, RecordsOf>>;
  /** Patients that the caller may see beyond their own; asked once a request, before its first statement. */
  readonly patientsInCare?: (context: Pick<SubgraphContext, 'identity' | 'ask'>) => Promise<readonly string[]>;
  /** What lives as long as the process, opened at its start. */
  readonly open?: (database: Database, fieldKeys: FieldKeys) => Promise<{ close(): Promise<void> }>;
  /** Answers requests that are no GraphQL, by the path that theirs begin with; `HANDED_ON` in `gateway/http` names them too. */
  readonly http?: Readonly<Record<string, (exchange: HttpExchange<SubgraphContext & Api>) => Promise<void>>>;
  /** What is done later, or at certain times, in the subgraph's own name. */
  readonly jobs?: Jobs<SubgraphContext & Api>;
  /** The loaders and services of one request. */
  readonly api: (context: SubgraphContext, database: Database, opened: unknown, fieldKeys: FieldKeys) => Api;
}

/** A mutation's or query's answer, with whether an idempotency key was met again, and whether nothing of it is real. */
export type SubgraphResult = ExecutionResult & { replayed?: boolean; mocked?: boolean };

/** A schema as this subgraph publishes it and as it executes it. */
export interface BuiltSchema {
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  readonly rules: AccessRules;
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible", "@authenticated", "@requiresScopes", "@tag"])
"Readable by anybody. Said aloud so that nothing is public by being forgotten."
directive @public on OBJECT | INTERFACE | FIELD_DEFINITION
`;

/** Builds a subgraph's schema from its resolver classes. @throws when a field lacks an access rule */
export async function buildSubgraph<Api extends object>(definition: SubgraphDefinition<Api>): Promise<BuiltSchema> {
  const source = await buildSchema({
    resolvers: definition.resolvers as unknown as NonEmptyArray<() => void>,
    orphanedTypes: [...(definition.orphanedTypes ?? [])] as never,
    skipCheck: true,
    validate: false,
  });
  const sdl = LINK + printSchemaWithDirectives(source);
  const resolvers = createResolversMap(source) as Record<string, unknown>;
  const typeDefs = parse(sdl);
  const rules = accessRules(typeDefs);
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: withoutTypeChecks(resolvers) as never }]);
  wire(schema, definition as unknown as SubgraphDefinition);
  return { sdl, schema, rules };
}

/** Rows are plain objects, so "is it an instance of the class" would refuse every one of them. */
function withoutTypeChecks(resolvers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(resolvers).map(([name, type]) => {
      if (type instanceof GraphQLScalarType || typeof type !== 'object' || type === null) return [name, type];
      const { __isTypeOf: _, ...rest } = type as Record<string, unknown>;
      return [name, rest];
    }),
  );
}

/** Sets what type-graphql has no words for: synchronous type resolution, counted connections, entities by reference. */
function wire(schema: GraphQLSchema, definition: SubgraphDefinition): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const typeOf = typeResolvers.get(type.name);
    if (typeOf) Object.assign(type, { resolveType: typeOf });
    if (isObjectType(type) && type.name.endsWith('Connection')) {
      const total = type.getFields().totalCount;
      if (total) total.resolve = (source: ConnectionSource<object>) => source.totalCount();
    }
  }
  const entity = schema.getType('_Entity');
  if (entity instanceof GraphQLUnionType) {
    entity.resolveType = (value: { __typename: string }) => value.__typename;
    const entities = schema.getQueryType()?.getFields()._entities;
    if (entities)
      entities.resolve = (_, { representations }, context) => resolveEntities(representations, context, definition);
  }
}

function resolveEntities(
  representations: readonly Record<string, unknown>[],
  context: SubgraphContext,
  { references }: SubgraphDefinition,
): Promise<unknown[]> {
  if (representations.length > MAX_REFERENCES)
    throw badUserInput(`At most ${MAX_REFERENCES} references can be asked for at once.`);
  return Promise.all(
    representations.map(async ({ __typename, id }) => {
      const resolve = Object.hasOwn(references, String(__typename)) ? references[String(__typename)] : undefined;
      if (!resolve || typeof id !== 'string' || !isUuid(id)) return null;
      const found = (await resolve(id, context)) as object | null | undefined;
      return found ? { ...found, __typename } : null;
    }),
  );
}

/** How a running subgraph reaches the others. */
export type AskOthers = (asking: SubgraphName, caller: Caller) => Ask;

/** What answers in this process in a subgraph's name: the subgraph itself, or what plays it while others are worked on. */
export interface LocalSubgraph {
  readonly name: SubgraphName;
  /** What one caller's request needs here: made once for all its fetches, so that they share loaders. */
  request(caller: Caller): SubgraphRequest;
  /** Answers a request that is no GraphQL. Only for paths that begin as its definition's `http` says. */
  http(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>;
  /** Whether it can answer now. */
  ready(): Promise<boolean>;
}

/** A subgraph that answers. */
export class Subgraph implements LocalSubgraph {
  readonly name: SubgraphName;
  /** As it publishes its schema. */
  readonly sdl: string;
  private readonly executor: Executor;
  private jobs?: RunningJobs;

  private constructor(
    private readonly definition: SubgraphDefinition,
    built: BuiltSchema,
    readonly database: Database,
    private readonly opened: { close(): Promise<void> } | undefined,
    private readonly askOthers: AskOthers,
    private readonly fieldKeys: FieldKeys,
  ) {
    this.name = definition.name;
    this.sdl = built.sdl;
    this.executor = new Executor(built.schema, built.rules, definition.name);
  }

  static async open(
    definition: SubgraphDefinition,
    database: Database,
    askOthers: AskOthers,
    fieldKeys: FieldKeys,
  ): Promise<Subgraph> {
    const built = await buildSubgraph(definition);
    const opened = await definition.open?.(database, fieldKeys);
    return new Subgraph(definition, built, database, opened, askOthers, fieldKeys);
  }

  request(caller: Caller): SubgraphRequest {
    const { context, session, replayed } = this.contextOf(caller);
    return {
      execute: async (operation) => {
        session.enter();
        try {
          const result: SubgraphResult = await withinTrace(caller.trace, () =>
            this.executor.execute(operation, context),
          );
          return replayed() ? { ...result, replayed: true } : result;
        } finally {
          session.leave();
        }
      },
    };
  }

  /** Works on what this subgraph has to do later. The subgraphs that its jobs ask must be open. */
  async startJobs(): Promise<void> {
    const { jobs } = this.definition;
    if (jobs) this.jobs = await runJobs(this.name, this.database.url, jobs, (work) => this.asItself(work));
  }

  /** Whether requests for this path are answered here, beside GraphQL. */
  answersHttp(path: string): boolean {
    return this.httpAnswer(path) !== undefined;
  }

  ready(): Promise<boolean> {
    return this.database.answers();
  }

  async http(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    await this.httpAnswer(request.url ?? '')?.({
      request,
      response,
      caller,
      as: (identity, work) => this.within({ ...caller, identity }, work),
    });
  }

  private httpAnswer(path: string) {
    return Object.entries(this.definition.http ?? {}).find(([prefix]) => path.startsWith(prefix))?.[1];
  }

  /** Does something in the subgraph's own name: it sees what its policies show to the system. */
  asItself<T>(work: (context: SubgraphContext) => Promise<T>): Promise<T> {
    return this.within({ identity: systemIdentity(this.name), locale: Locale.EN, trace: currentTrace() }, work);
  }

  /** Works as a request of this caller does: with its loaders, its view of the database and its way to ask others. */
  async within<T>(caller: Caller, work: (context: SubgraphContext) => Promise<T>): Promise<T> {
    const { context, session } = this.contextOf(caller);
    session.enter();
    try {
      return await work(context);
    } finally {
      session.leave();
    }
  }

  private contextOf(caller: Caller) {
    let replayed = false;
    const askOthers = this.askOthers(this.name, caller);
    const { identity, locale } = caller;
    // a request reads a patient's rows with its own connection, and gives it back before it waits for another subgraph
    const ask: Ask = (subgraph, document, variables) => {
      session.release();
      return askOthers(subgraph, document, variables);
    };
    const session = this.database.session(
      identity,
      async () => (await this.definition.patientsInCare?.({ identity, ask })) ?? [],
    );
    const base: SubgraphContext = {
      identity,
      locale,
      session,
      ask,
      markReplayed: () => {
        replayed = true;
      },
    };
    const context = Object.assign(base, this.definition.api(base, this.database, this.opened, this.fieldKeys));
    return { context, session, replayed: () => replayed };
  }

  isMutation(query: string): boolean {
    return this.executor.isMutation(query);
  }

  /** Lets the jobs at work end; to be awaited before any subgraph is closed that they may ask. */
  async stopJobs(): Promise<void> {
    await this.jobs?.close();
    this.jobs = undefined;
  }

  async close(): Promise<void> {
    await this.stopJobs();
    await this.opened?.close();
    await this.database.close();
  }
}

export interface SubgraphRequest {
  execute(operation: Operation): Promise<SubgraphResult>;
}
