import type { PlanNode } from '@apollo/query-planner';
import {
  type DirectiveNode,
  type DocumentNode,
  type ExecutionResult,
  executeSync,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { Fields } from './data.js';
import { compileShape } from './shape.js';
import { compileStep, type DataSource, type Run, type Step } from './steps.js';

/** What a plan is made ready for. */
export interface Planned {
  /** As clients see it. */
  readonly api: GraphQLSchema;
  /** With what only subgraphs see. */
  readonly supergraph: GraphQLSchema;
  readonly sourceOf: (subgraph: string) => DataSource;
}

/** An operation with these values of what its `@skip` and `@include` look at. */
type ShapeOf = ReturnType<typeof compileShape>;

/** More would be somebody who tries all of them. */
const MOST_SHAPES = 32;
const MOST_ERRORS = 50;

/** An operation that is planned, ready to be run for any variables and caller. */
export class PlannedOperation {
  private readonly step?: Step;
  private readonly conditions: readonly string[];
  /** The part of it that asks for the schema, if any. */
  private readonly ofSchema?: DocumentNode;
  private readonly shapes = new Map<string, ShapeOf>();

  /**
   * @param document valid, with the fragments that the operation spreads
   * @param plan unset where no subgraph is to be asked
   */
  constructor(
    private readonly planned: Planned,
    private readonly document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    plan: PlanNode | undefined,
  ) {
    const { supergraph, sourceOf } = planned;
    const defaultOf = (name: string) => this.defaultOf(name);
    this.step = plan && compileStep(plan, { schema: supergraph, sourceOf, defaultOf });
    this.conditions = conditionsOf(document);
    this.ofSchema = schemaPart(document, operation);
  }

  /** The answer; without data when the variables do not fit, and then nothing has been done. */
  async run(variables: Readonly<Fields>, context: unknown): Promise<ExecutionResult> {
    const misfits = this.misfitsOf(variables);
    if (misfits) return { errors: misfits };
    const run: Run = { variables, context, errors: [], data: {} };
    await this.step?.(run);
    const { data, errors } = run;
    if (this.ofSchema) Object.assign(data, this.schemaFields(this.ofSchema, variables));
    const shaped = this.shapeFor(variables)(data);
    return errors.length > 0 ? { errors, data: shaped } : { data: shaped };
  }

  private misfitsOf(variables: Readonly<Fields>): readonly GraphQLError[] | undefined {
    const { variableDefinitions = [] } = this.operation;
    if (variableDefinitions.length === 0) return undefined;
    return getVariableValues(this.planned.api, variableDefinitions, variables, { maxErrors: MOST_ERRORS }).errors;
  }

  private defaultOf(name: string): unknown {
    const definition = this.operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
    return definition?.defaultValue && valueFromASTUntyped(definition.defaultValue);
  }

  private shapeFor(variables: Readonly<Fields>): ShapeOf {
    const key = this.conditions.length > 0 ? this.conditions.map((name) => this.isTrue(name, variables)).join() : '';
    let shape = this.shapes.get(key);
    if (!shape) {
      const included = (directives: readonly DirectiveNode[] | undefined) => this.isIncluded(directives, variables);
      shape = compileShape(this.planned.api, this.document, this.operation, included);
      if (this.shapes.size >= MOST_SHAPES) this.shapes.clear();
      this.shapes.set(key, shape);
    }
    return shape;
  }

  private isTrue(name: string, variables: Readonly<Fields>): boolean {
    return Boolean(variables[name] === undefined ? this.defaultOf(name) : variables[name]);
  }

  private isIncluded(directives: readonly DirectiveNode[] | undefined, variables: Readonly<Fields>): boolean {
    if (!directives?.length) return true;
    const isOn = (value: ValueNode | undefined): boolean =>
      value?.kind === Kind.VARIABLE
        ? this.isTrue(value.name.value, variables)
        : value?.kind === Kind.BOOLEAN && value.value;
    return directives.every(({ name, arguments: [condition] = [] }) => {
      if (name.value === 'skip') return !isOn(condition?.value);
      return name.value !== 'include' || isOn(condition?.value);
    });
  }

  /** What is asked of the schema itself, which no subgraph knows as a whole. */
  private schemaFields(document: DocumentNode, variableValues: Readonly<Fields>): Fields {
    const { data, errors } = executeSync({ schema: this.planned.api, document, variableValues });
    if (errors?.[0]) throw errors[0];
    return data as Fields;
  }
}

/** The variables that decide what is in the answer. */
function conditionsOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ name, arguments: [condition] = [] }) => {
      if (name.value !== 'skip' && name.value !== 'include') return;
      if (condition?.value.kind === Kind.VARIABLE) names.add(condition.value.name.value);
    },
  });
  return [...names];
}

const isOfSchema = (node: SelectionNode): boolean =>
  node.kind === Kind.FIELD && (node.name.value === '__schema' || node.name.value === '__type');

/** The operation with nothing but what it asks of the schema. */
function schemaPart(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode | undefined {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  let found = false;
  const only = ({ selections, ...set }: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: selections.flatMap((node): SelectionNode[] => {
      if (node.kind === Kind.INLINE_FRAGMENT) return [{ ...node, selectionSet: only(node.selectionSet) }];
      if (node.kind === Kind.FIELD) {
        found ||= isOfSchema(node);
        return isOfSchema(node) ? [node] : [];
      }
      const fragment = fragments.find(({ name }) => name.value === node.name.value);
      const { directives } = node;
      return fragment ? [{ kind: Kind.INLINE_FRAGMENT, directives, selectionSet: only(fragment.selectionSet) }] : [];
    }),
  });
  const selectionSet = only(operation.selectionSet);
  return found ? { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }, ...fragments] } : undefined;
}
