import type { ConditionNode, FetchNode, PlanNode } from '@apollo/query-planner';
import { GraphQLError, type GraphQLSchema, isObjectType, OperationTypeNode } from 'graphql';
import { type Fields, isFields, merge, objectsAt, placesAt, type Way } from './data.js';
import { compileRepresentations, type Represented } from './representations.js';
import { compileRewrites } from './rewrites.js';

/** What a subgraph answers to one fetch. */
export interface Fetched {
  readonly data?: Fields | null;
  readonly errors?: readonly SubgraphError[];
  readonly extensions?: unknown;
}

type SubgraphError = Pick<GraphQLError, 'message' | 'path'> & { readonly extensions?: Record<string, unknown> };

/** Where a subgraph is asked. What it answers is the asker's own to write into. */
export interface DataSource {
  /** @throws when there is no answer */
  process(fetch: {
    readonly request: { readonly query: string; readonly variables: Fields };
    /** Whether it is a mutation's. */
    readonly isChange: boolean;
    readonly context: unknown;
  }): Promise<Fetched>;
}

/** One execution of a plan. */
export interface Run {
  readonly variables: Readonly<Fields>;
  readonly context: unknown;
  readonly errors: GraphQLError[];
  /** What has come until now. */
  readonly data: Fields;
}

/** A part of a plan, ready to be run. It fails by an error in the run, never by itself. */
export type Step = (run: Run) => Promise<unknown>;

/** What steps are made from. */
export interface Surroundings {
  /** The supergraph's, which knows what clients do not see. */
  readonly schema: GraphQLSchema;
  readonly sourceOf: (subgraph: string) => DataSource;
  /** The value of a variable that is left out. */
  readonly defaultOf: (variable: string) => unknown;
}

/**
 * Makes a plan's node ready to be run.
 *
 * @param way from the answer's root to where the node works
 * @throws for what no plan of ours holds: deferred parts and subscriptions
 */
export function compileStep(node: PlanNode, around: Surroundings, way: Way = []): Step {
  switch (node.kind) {
    case 'Sequence':
      return inSequence(node.nodes.map((each) => compileStep(each, around, way)));
    case 'Parallel':
      return inParallel(node.nodes.map((each) => compileStep(each, around, way)));
    case 'Flatten':
      return compileStep(node.node, around, [...way, ...node.path]);
    case 'Condition':
      return onCondition(node, around, way);
    case 'Fetch':
      return node.requires ? fetchEntities(node, around, way) : fetchFields(node, around, way);
    default:
      throw new Error(`A plan has a ${node.kind} node, which is not executed here`);
  }
}

function inSequence(steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) await step(run);
  };
}

function inParallel(steps: readonly Step[]): Step {
  return (run) => Promise.all(steps.map((step) => step(run)));
}

function onCondition({ condition, ifClause, elseClause }: ConditionNode, around: Surroundings, way: Way): Step {
  const yes = ifClause && compileStep(ifClause, around, way);
  const no = elseClause && compileStep(elseClause, around, way);
  const usual = around.defaultOf(condition);
  return async (run) => {
    await ((run.variables[condition] ?? usual) ? yes : no)?.(run);
  };
}

/** Asks for fields of the root, or of a root that a mutation's answer leads to. */
function fetchFields(node: FetchNode, around: Surroundings, way: Way): Step {
  const ask = asking(node, around);
  const rewrite = compileRewrites(around.schema, node.outputRewrites);
  return async (run) => {
    const objects = objectsAt(run.data, way);
    if (objects.length === 0) return;
    const { data, errors } = await ask(run, variablesOf(node, run));
    if (errors)
      for (const error of errors) run.errors.push(moved(error, node.serviceName, [...way, ...(error.path ?? [])]));
    if (!isFields(data)) return;
    rewrite?.(data);
    for (const object of objects) merge(object, data);
  };
}

/** Asks for more of entities that are in the answer already. */
function fetchEntities(node: FetchNode, around: Surroundings, way: Way): Step {
  const { schema } = around;
  const ask = asking(node, around);
  const represent = compileRepresentations(schema, node.requires ?? [], compileRewrites(schema, node.inputRewrites));
  const rewrite = compileRewrites(schema, node.outputRewrites);
  const isObject = (type: unknown) => isObjectType(schema.getType(String(type)));
  return async (run) => {
    const represented = represent(objectsAt(run.data, way));
    const { representations, objects } = represented;
    if (representations.length === 0) return;
    const variables = variablesOf(node, run);
    variables.representations = representations;
    const { data, errors } = await ask(run, variables);
    if (errors) for (const error of errors) tellAtPlaces(run, way, represented, error, node.serviceName);
    const entities = data?._entities;
    if (!Array.isArray(entities)) return;
    for (const [index, entity] of entities.entries()) {
      if (!isFields(entity)) continue;
      const known = objects[index]?.[0]?.__typename;
      // where an interface stands for it, the subgraph does not know what it is
      if (entity.__typename !== known && !isObject(entity.__typename)) entity.__typename = known;
      rewrite?.(entity);
      for (const object of objects[index] ?? []) merge(object, entity);
    }
  };
}

/** @returns what asks a subgraph; that it does not answer is an error like those it answers */
function asking({ serviceName, operation: query, operationKind }: FetchNode, { sourceOf }: Surroundings) {
  const source = sourceOf(serviceName);
  const isChange = operationKind === OperationTypeNode.MUTATION;
  return async ({ context }: Run, variables: Fields): Promise<Fetched> => {
    try {
      return await source.process({ request: { query, variables }, isChange, context });
    } catch (error) {
      return { errors: [error as SubgraphError] };
    }
  };
}

/** The variables that a fetch uses, as they were sent: what is left out has its default there too. */
function variablesOf({ variableUsages = [] }: FetchNode, { variables }: Run): Fields {
  const used: Fields = {};
  for (const name of variableUsages) if (variables[name] !== undefined) used[name] = variables[name];
  return used;
}

/** More places of one entity's error are not named one by one. */
const MOST_PLACES = 10;

/** An error of an entity is one at every place where it stands; one of all entities is one where they are looked for. */
function tellAtPlaces(run: Run, way: Way, { objects }: Represented, error: SubgraphError, subgraph: string): void {
  const [root, index, ...below] = error.path ?? [];
  if (root !== '_entities' || typeof index !== 'number') {
    const list = way.indexOf('@');
    run.errors.push(moved(error, subgraph, list === -1 ? way : way.slice(0, list)));
    return;
  }
  const places = placesAt(run.data, way, new Set(objects[index]));
  for (const place of places.slice(0, MOST_PLACES)) run.errors.push(moved(error, subgraph, [...place, ...below]));
}

function moved({ message, extensions }: SubgraphError, subgraph: string, path: Way): GraphQLError {
  return new GraphQLError(message || `The subgraph ${subgraph} did not answer`, {
    ...(path.length > 0 && { path }),
    extensions: { ...extensions, code: extensions?.code ?? 'DOWNSTREAM_SERVICE_ERROR', serviceName: subgraph },
  });
}
