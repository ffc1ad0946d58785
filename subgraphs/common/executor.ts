import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  Kind,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { type AccessRule, type AccessRules, permits } from './access.js';
import type { SubgraphContext } from './context.js';
import { DataUnreadable } from './errors.js';
import { describeError, log } from './log.js';
import { CannotOpen } from './sealed.js';

/** One operation for a subgraph. */
export interface Operation {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

interface Prepared {
  /** Every rule of every field that the operation selects. */
  readonly rules: readonly AccessRule[];
  readonly isMutation: boolean;
  /** It asks for entities by reference or for the schema. */
  readonly isForGateway: boolean;
  readonly run: (
    context: SubgraphContext,
    variables: Record<string, unknown>,
  ) => ExecutionResult | PromiseLike<ExecutionResult>;
}

const failure = (message: string, code: string): ExecutionResult => ({
  errors: [new GraphQLError(message, { extensions: { code } })],
});

/** graphql-jit refuses `$first: Int! = 2` when the variable is left out, which GraphQL allows, and leaves a default a text where it should become a `Date`. */
const hasDefaults = (document: DocumentNode): boolean =>
  getOperationAST(document)?.variableDefinitions?.some(({ defaultValue }) => defaultValue !== undefined) ?? false;

/**
 * Whether something may be left out of a text with named fragments. graphql-jit notes at a fragment's fields what leaves them
 * out at one place, and leaves them out wherever else the fragment stands.
 */
function leavesOutAndHasFragments(document: DocumentNode): boolean {
  if (!document.definitions.some(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)) return false;
  let leavesOut = false;
  visit(document, {
    [Kind.DIRECTIVE]: () => {
      leavesOut = true;
      return BREAK;
    },
  });
  return leavesOut;
}

/** Root fields that only the gateway asks for. */
const FOR_GATEWAY: ReadonlySet<string> = new Set(['_entities', '_service', '__schema', '__type']);

/** Whether a field of one of these names is anywhere in a document; none of ours is called so. */
function selectsAnyOf(document: DocumentNode, names: ReadonlySet<string>): boolean {
  let found = false;
  visit(document, {
    [Kind.FIELD]: ({ name }) => {
      if (!names.has(name.value)) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

/**
 * Executes operations of one subgraph. Each text is parsed, validated, compiled and its access rules collected once; at
 * most 1,000 texts are kept.
 */
export class Executor {
  private readonly prepared = new LRUCache<string, Prepared | ExecutionResult>({ max: 1_000 });

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly rules: AccessRules,
    private readonly name: string,
  ) {}

  isMutation(query: string): boolean {
    const prepared = this.prepare(query);
    return 'run' in prepared && prepared.isMutation;
  }

  /**
   * The operation's answer. A caller who lacks the scope of any field in it gets `FORBIDDEN` and nothing is run: the
   * gateway has taken out what is forbidden before, so this is met only by a mistake there or a call around it. So does
   * another subgraph that asks for what only the gateway does: it has questions of its own (`@ForSubgraphs`).
   */
  async execute({ query, variables = {} }: Operation, context: SubgraphContext): Promise<ExecutionResult> {
    const prepared = this.prepare(query);
    if (!('run' in prepared)) return prepared;
    if (prepared.isForGateway && context.identity.via !== undefined) {
      return failure('Only the gateway asks this.', 'FORBIDDEN');
    }
    if (!prepared.rules.every((rule) => permits(rule, context.identity))) {
      return failure('The operation selects a field that this caller may not read.', 'FORBIDDEN');
    }
    const result = await prepared.run(context, variables);
    return result.errors ? { ...result, errors: result.errors.map((error) => this.presentable(error)) } : result;
  }

  private prepare(query: string): Prepared | ExecutionResult {
    let prepared = this.prepared.get(query);
    if (!prepared) {
      prepared = this.compile(query);
      this.prepared.set(query, prepared);
    }
    return prepared;
  }

  private compile(query: string): Prepared | ExecutionResult {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: 10_000 });
    } catch (error) {
      return failure((error as Error).message, 'GRAPHQL_PARSE_FAILED');
    }
    const errors = validate(this.schema, document);
    if (errors.length > 0) return { errors: errors.map((error) => this.presentable(error)) };
    const compilable = !hasDefaults(document) && !leavesOutAndHasFragments(document);
    const compiled = compilable ? compileQuery(this.schema, document) : undefined;
    return {
      rules: this.rulesOf(document),
      isForGateway: selectsAnyOf(document, FOR_GATEWAY),
      isMutation: getOperationAST(document)?.operation === 'mutation',
      run:
        compiled && isCompiledQuery(compiled)
          ? (context, variables) => compiled.query(undefined, context, variables)
          : (context, variables) =>
              execute({ schema: this.schema, document, contextValue: context, variableValues: variables }),
    };
  }

  private rulesOf(document: DocumentNode): AccessRule[] {
    const found = new Set<AccessRule>();
    const add = (coordinate: string) => {
      const rule = this.rules.get(coordinate);
      if (rule) found.add(rule);
    };
    const types = new TypeInfo(this.schema);
    visit(
      document,
      visitWithTypeInfo(types, {
        [Kind.FIELD]: (node) => {
          const parent = types.getParentType();
          const type = getNamedType(types.getType());
          if (!parent || node.name.value.startsWith('__')) return;
          add(`${parent.name}.${node.name.value}`);
          // a bare key of another subgraph's entity says nothing that the reference did not
          if (parent.name !== this.schema.getQueryType()?.name) add(parent.name);
          if (type) add(type.name);
        },
      }),
    );
    return [...found];
  }

  /** What may be shown of an error: its own words when we wrote them for a client, otherwise that something failed. */
  private presentable(error: GraphQLError): GraphQLError {
    const original = error.originalError;
    // first, for around a scalar's own words the library repeats the value that was sent
    if (original instanceof GraphQLError && typeof original.extensions?.code === 'string') {
      return new GraphQLError(original.message, { path: error.path, extensions: original.extensions });
    }
    // errors of the compiled executor may come without extensions
    if (typeof error.extensions?.code === 'string') return error;
    const failed = { subgraph: this.name, path: error.path?.join('.') };
    if (original instanceof CannotOpen) {
      log.error({ ...failed, ...original.place }, 'a sealed value cannot be opened');
      return new DataUnreadable(error.path);
    }
    log.error({ ...failed, ...describeError(original ?? error) }, 'resolver failed');
    return new GraphQLError('Something went wrong on our side. Try again; if it goes on, tell us the trace id.', {
      path: error.path,
      extensions: { code: 'INTERNAL' },
    });
  }
}
