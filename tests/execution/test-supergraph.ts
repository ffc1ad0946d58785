import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionResult,
  execute,
  type FieldNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  validate,
} from 'graphql';
import type { DataSource, Fetched } from '../../gateway/execution/steps.js';
import type { Asked } from './two-executors.js';

/** Something in a test's world. A field is a value, other things, or a function of its arguments whose `this` is the thing. */
export type Thing = { readonly __typename: string; readonly [field: string]: unknown };

/** What a request carries with it; fresh for each. */
export interface TestContext {
  /** What its mutations have done, in that order. */
  readonly done: string[];
  /** A subgraph that does not answer, and how. */
  readonly outage?: { readonly subgraph: string; readonly how: Outage };
}

export type Outage = 'throws' | 'says only errors' | 'says null' | 'finds nobody';
export const OUTAGES: readonly Outage[] = ['throws', 'says only errors', 'says null', 'finds nobody'];

/** Subgraphs over one world in memory. */
export interface TestSupergraph {
  readonly name: string;
  /** Each one's schema, without the link to the federation's. */
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly query: Thing;
  readonly mutation: Thing;
  /** All that has a key. */
  readonly entities: readonly Thing[];
  /** Entities that a subgraph does not find. None of them is in what its own fields give. */
  readonly absent: Readonly<Record<string, readonly Thing[]>>;
  /** How large operations get: the planner tries all ways, and what is deep costs it seconds. */
  readonly size: { readonly depth: number; readonly selections: number };
  /** What can be asked with, by the argument's name. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** A field that fails. */
export const fails =
  (message: string, code: string): (() => never) =>
  () => {
    throw new GraphQLError(message, { extensions: { code, hint: `of ${code}` } });
  };

/** What a thing says of a field, as another of its fields needs it: null where it fails. */
export function told(thing: Thing, field: string, args: object = {}): unknown {
  const value = thing[field];
  if (typeof value !== 'function') return value ?? null;
  try {
    return value.call(thing, args) ?? null;
  } catch {
    return null;
  }
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides",
  "@external", "@shareable", "@override", "@inaccessible", "@interfaceObject"])\n`;

/** @throws what composition says of the subgraphs */
export function compose({ name, subgraphs }: TestSupergraph): string {
  const composed = composeServices(
    Object.entries(subgraphs).map(([subgraph, sdl]) => ({
      name: subgraph,
      url: `http://${subgraph}`,
      typeDefs: parse(LINK + sdl),
    })),
  );
  if (!composed.supergraphSdl) throw new Error(`${name}: ${composed.errors?.join('\n')}`);
  return composed.supergraphSdl;
}

/** The fields of a type that have a directive, and the directives of the type. */
class Definition {
  readonly external = new Set<string>();
  readonly own = new Set<string>();
  readonly keys: SelectionSetNode[] = [];

  /** What a definition or an extension of the type says. */
  add(directives: readonly ConstDirectiveNode[], fields: readonly { name: { value: string }; directives?: unknown }[]) {
    for (const { name, arguments: given = [] } of directives) {
      const value = given.find((arg) => arg.name.value === 'fields')?.value;
      if (name.value !== 'key' || value?.kind !== Kind.STRING) continue;
      this.keys.push((parse(`{ ${value.value} }`).definitions[0] as OperationDefinitionNode).selectionSet);
    }
    for (const { name, directives: ofField } of fields) {
      const isExternal = (ofField as readonly ConstDirectiveNode[]).some((each) => each.name.value === 'external');
      (isExternal ? this.external : this.own).add(name.value);
    }
  }
}

function definitionsIn(document: DocumentNode): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>();
  for (const node of document.definitions) {
    if (!('fields' in node) || !('directives' in node) || !('name' in node) || !node.name) continue;
    const definition = definitions.get(node.name.value) ?? new Definition();
    definition.add((node.directives ?? []) as readonly ConstDirectiveNode[], (node.fields ?? []) as never);
    definitions.set(node.name.value, definition);
  }
  return definitions;
}

/** Whether what was sent of a key is what the thing says. */
function fits(thing: unknown, sent: unknown, { selections }: SelectionSetNode): boolean {
  return (selections as readonly FieldNode[]).every(({ name, selectionSet }) => {
    const given = (sent as Thing | null)?.[name.value];
    const value = told(thing as Thing, name.value);
    if (given === undefined || given === null || value === null) return false;
    return selectionSet ? fits(value, given, selectionSet) : given === value;
  });
}

/** One of the subgraphs, as it would answer over HTTP. */
export class TestSubgraph implements DataSource {
  readonly definitions: ReadonlyMap<string, Definition>;
  private readonly schema: GraphQLSchema;
  private readonly documents = new Map<string, DocumentNode | GraphQLError>();

  /** @param api what clients see: which types are of which interface is known there alone */
  constructor(
    private readonly name: string,
    private readonly whole: TestSupergraph,
    private readonly api: GraphQLSchema,
  ) {
    const typeDefs = parse(LINK + whole.subgraphs[name]);
    this.definitions = definitionsIn(typeDefs);
    const entities = [...this.definitions].filter(([, { keys }]) => keys.length > 0);
    const resolvers = Object.fromEntries(
      entities.map(([type]) => [type, { __resolveReference: (sent: Thing) => this.entity(type, sent) }]),
    );
    this.schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
  }

  async process({ request, context }: Parameters<DataSource['process']>[0]): Promise<Fetched> {
    const { done, outage } = context as TestContext;
    const down = outage?.subgraph === this.name ? outage.how : undefined;
    const error = new GraphQLError(`${this.name} is down`, { extensions: { code: 'DOWN' } });
    if (down === 'throws') throw error;
    if (down === 'says only errors') return { errors: [error] };
    if (down === 'says null') return { data: null, errors: [error] };
    const { representations } = request.variables;
    if (down === 'finds nobody' && Array.isArray(representations)) {
      return { data: { _entities: representations.map(() => null) } };
    }
    const document = this.documentOf(request.query);
    if (document instanceof GraphQLError) return { errors: [document] };
    const answer = await execute({
      schema: this.schema,
      document,
      rootValue: getOperationAST(document)?.operation === 'mutation' ? this.whole.mutation : this.whole.query,
      contextValue: { done },
      variableValues: request.variables,
    });
    return JSON.parse(JSON.stringify(answer)) as Fetched;
  }

  /** An error where the planner has written what does not fit the schema. */
  private documentOf(query: string): DocumentNode | GraphQLError {
    let document = this.documents.get(query);
    if (!document) {
      const parsed = parse(query);
      const [error] = validate(this.schema, parsed);
      document = error ? new GraphQLError(error.message, { extensions: { code: 'INVALID' } }) : parsed;
      this.documents.set(query, document);
    }
    return document;
  }

  /** What it knows of an entity: what others know it has been sent, or does not have. */
  private entity(type: string, sent: Thing): Thing | null {
    const { keys = [], external } = this.definitions.get(type) ?? {};
    const found = this.whole.entities.find(
      (thing) => isOf(this.api, thing, type) && keys.some((key) => fits(thing, sent, key)),
    );
    if (!found || this.whole.absent[this.name]?.includes(found)) return null;
    const own = Object.entries(found).filter(([field]) => !external?.has(field));
    const isInterface = isInterfaceType(this.schema.getType(type));
    return { ...sent, ...Object.fromEntries(own), __typename: isInterface ? found.__typename : type };
  }
}

function isOf(api: GraphQLSchema, { __typename }: Thing, name: string): boolean {
  if (__typename === name) return true;
  const type = api.getType(name);
  const own = api.getType(__typename);
  return isAbstractType(type) && isObjectType(own) && api.isSubType(type, own);
}

/** The same world behind one schema that graphql-js runs. */
export class MergedWorld {
  /** The subgraphs that know a field, by coordinate. */
  private readonly owners = new Map<string, readonly string[]>();

  constructor(
    private readonly whole: TestSupergraph,
    private readonly api: GraphQLSchema,
    subgraphs: ReadonlyMap<string, TestSubgraph>,
  ) {
    for (const type of Object.values(api.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__')) continue;
      for (const field of Object.keys(type.getFields())) {
        this.owners.set(`${type.name}.${field}`, this.ownersOf(type, field, subgraphs));
      }
    }
  }

  private ownersOf(type: GraphQLObjectType, field: string, subgraphs: ReadonlyMap<string, TestSubgraph>): string[] {
    const names = [type.name, ...type.getInterfaces().map(({ name }) => name)];
    const owners = [...subgraphs].filter(([, { definitions }]) =>
      names.some((name) => definitions.get(name)?.own.has(field)),
    );
    return owners.map(([name]) => name);
  }

  async run({ query, variables, operationName }: Asked): Promise<ExecutionResult> {
    const document = parse(query);
    const operation = getOperationAST(document, operationName)?.operation;
    return execute({
      schema: this.api,
      document,
      operationName,
      rootValue: operation === 'mutation' ? this.whole.mutation : this.whole.query,
      contextValue: { done: [] } satisfies TestContext,
      variableValues: variables,
      fieldResolver: (thing: Thing, args, context, info) => {
        const owners = this.owners.get(`${info.parentType.name}.${info.fieldName}`) ?? [];
        if (owners.every((owner) => this.whole.absent[owner]?.includes(thing))) return null;
        return defaultFieldResolver(thing, args, context, info);
      },
    });
  }
}
