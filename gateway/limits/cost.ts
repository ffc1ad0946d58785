/**
 * What an operation costs at most, in points: one for each object that may come back. Looked up in the schema and in the
 * lengths that are asked for, before anything is executed; what comes back can only be less.
 */
import {
  type ArgumentNode,
  type ASTNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { MAX_PAGE } from '../../subgraphs/common/connection.js';

/** A list that is bounded by nature, and has no `first`, is taken to be so long. */
export const ASSUMED_LENGTH = 5;
/** A change locks, writes and tells others: so much on top of what comes back of it. */
export const MUTATION_COST = 10;
/** The whole schema is some 10,000 objects, but they are at hand. */
export const SCHEMA_COST = 500;
const TYPE_COST = 50;

/** The sum of points, in which lengths that variables give are still open. */
export interface Cost {
  readonly fixed: number;
  readonly lists: readonly OpenList[];
  /** A `first` that stands in the text and that no list takes. */
  readonly impossible?: ImpossibleLength;
}

interface OpenList {
  readonly length: OpenLength;
  readonly each: Cost;
}

type OpenLength =
  | { readonly kind: 'first'; readonly variable: string; readonly otherwise: number; readonly node: ArgumentNode }
  | { readonly kind: 'ids'; readonly variable: string; readonly otherwise: number };

/** Outside of 1 to MAX_PAGE. */
export interface ImpossibleLength {
  readonly given: number;
  readonly node: ASTNode;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * What the text alone says of an operation's cost. Only for one whose form is within the limits: it is written out once.
 * What the schema does not have costs nothing, for it is not executed.
 */
export function costOf(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments): Cost {
  const root = schema.getRootType(operation.operation);
  if (!root) return NOTHING;
  const reader = new Reader(schema, fragments, defaultsOf(operation));
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  return reader.ofSet(operation.selectionSet, root, isMutation ? MUTATION_COST : 0, 1);
}

/** @returns points, or the length that no list takes */
export function pointsOf(cost: Cost, variables: Readonly<Record<string, unknown>>): number | ImpossibleLength {
  if (cost.impossible) return cost.impossible;
  let points = cost.fixed;
  for (const { length, each } of cost.lists) {
    const times = lengthGiven(length, variables);
    if (typeof times !== 'number') return times;
    const inside = pointsOf(each, variables);
    if (typeof inside !== 'number') return inside;
    points += times * inside;
  }
  return points;
}

function lengthGiven(length: OpenLength, variables: Readonly<Record<string, unknown>>): number | ImpossibleLength {
  const { kind, variable, otherwise } = length;
  const given = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
  if (given === undefined) return otherwise;
  if (kind === 'ids') return Array.isArray(given) ? given.length : 1;
  // what is no number does not fit the variable's type, so nothing will be executed
  if (typeof given !== 'number') return MAX_PAGE;
  return isPossible(given) ? given : { given, node: length.node };
}

const isPossible = (first: number): boolean => first >= 1 && first <= MAX_PAGE;

const NOTHING: Cost = { fixed: 0, lists: [] };
const INTROSPECTION: Readonly<Record<string, number>> = { __typename: 0, __schema: SCHEMA_COST, __type: TYPE_COST };

class Reader {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: Fragments,
    private readonly defaults: ReadonlyMap<string, ValueNode>,
  ) {}

  /**
   * @param extra points that each field costs beside its objects
   * @param page what is asked of the connection whose fields these are
   */
  ofSet({ selections }: SelectionSetNode, type: GraphQLCompositeType, extra: number, page: Length): Cost {
    let sum = NOTHING;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        sum = plus(sum, this.ofField(selection, type, extra, page));
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      if (!fragment) continue;
      const on = fragment.typeCondition ? this.schema.getType(fragment.typeCondition.name.value) : type;
      if (isCompositeType(on)) sum = plus(sum, this.ofSet(fragment.selectionSet, on, extra, page));
    }
    return sum;
  }

  private ofField(node: FieldNode, parent: GraphQLCompositeType, extra: number, page: Length): Cost {
    const name = node.name.value;
    const known = Object.hasOwn(INTROSPECTION, name) ? INTROSPECTION[name] : undefined;
    if (known !== undefined) return { fixed: known, lists: [] };
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (!field) return NOTHING;
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return { fixed: extra, lists: [] };
    const isPage = isConnection(type);
    const asked = this.lengthAsked(node, field, ASSUMED_LENGTH);
    const below = node.selectionSet ? this.ofSet(node.selectionSet, type, 0, isPage ? asked : 1) : NOTHING;
    const each = plus({ fixed: 1, lists: [] }, below);
    const own: Cost = { fixed: extra, lists: [] };
    // what is wrong with a length must be told although nothing of that length is selected
    if (!isListType(getNullableType(field.type))) return plus(plus(own, each), times(asked, NOTHING));
    const isOfPage = isConnection(parent) && (name === 'nodes' || name === 'edges');
    return plus(own, times(isOfPage ? page : asked, each));
  }

  /** How many a field is asked for: by `first`, or by the ids that it is given. */
  private lengthAsked(node: FieldNode, { args }: GraphQLField<unknown, unknown>, assumed: number): Length {
    const first = args.find(({ name }) => name === 'first');
    if (first) {
      const usual = typeof first.defaultValue === 'number' ? first.defaultValue : assumed;
      return this.first(given(node, 'first'), usual);
    }
    const ids = args.some(({ name, type }) => name === 'ids' && isListType(getNullableType(type)));
    return ids ? this.ids(given(node, 'ids')?.value) : assumed;
  }

  private first(argument: ArgumentNode | undefined, usual: number): Length {
    if (!argument) return usual;
    const { value } = argument;
    if (value.kind === Kind.VARIABLE) {
      const variable = value.name.value;
      const otherwise = this.first(withValue(argument, this.defaults.get(variable)), usual);
      return typeof otherwise === 'number' ? { kind: 'first', variable, otherwise, node: argument } : otherwise;
    }
    // of another kind it does not fit the argument's type, so nothing will be executed
    if (value.kind !== Kind.INT) return MAX_PAGE;
    return isPossible(Number(value.value)) ? Number(value.value) : { given: Number(value.value), node: argument };
  }

  private ids(value: ValueNode | undefined): Length {
    if (value?.kind === Kind.LIST) return value.values.length;
    if (value?.kind !== Kind.VARIABLE) return 1;
    const usual = this.defaults.get(value.name.value);
    return { kind: 'ids', variable: value.name.value, otherwise: usual?.kind === Kind.LIST ? usual.values.length : 1 };
  }
}

type Length = number | OpenLength | ImpossibleLength;

const given = (node: FieldNode, name: string): ArgumentNode | undefined =>
  node.arguments?.find((argument) => argument.name.value === name);

const withValue = (argument: ArgumentNode, value: ValueNode | undefined): ArgumentNode | undefined =>
  value && { ...argument, value };

const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode): ReadonlyMap<string, ValueNode> =>
  new Map(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, defaultValue]] : [],
    ),
  );

/** By Relay's specification, a page of a list. */
function isConnection(type: GraphQLNamedType): boolean {
  if (!isObjectType(type)) return false;
  const { pageInfo, nodes, edges } = type.getFields();
  return pageInfo !== undefined && (nodes !== undefined || edges !== undefined);
}

const isImpossible = (length: Length): length is ImpossibleLength => typeof length !== 'number' && 'given' in length;

function plus(a: Cost, b: Cost): Cost {
  const impossible = a.impossible ?? b.impossible;
  return { fixed: a.fixed + b.fixed, lists: [...a.lists, ...b.lists], ...(impossible && { impossible }) };
}

function times(length: Length, each: Cost): Cost {
  if (isImpossible(length)) return { ...NOTHING, impossible: length };
  if (typeof length !== 'number') return { fixed: 0, lists: [{ length, each }] };
  const lists = each.lists.map((list) => ({ length: list.length, each: times(length, list.each) }));
  return { fixed: length * each.fixed, lists, ...(each.impossible && { impossible: each.impossible }) };
}
