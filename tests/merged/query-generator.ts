import {
  type ArgumentNode,
  type ConstObjectFieldNode,
  type ConstValueNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  type NameNode,
  OperationTypeNode,
  parseType,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
  type ValueNode,
  type VariableDefinitionNode,
  validate,
  valueFromASTUntyped,
} from 'graphql';
import type { Dice } from './dice.js';

/** A valid query with its variables. */
export interface Question {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** What can be asked with. */
export interface Values {
  /** @returns undefined where nothing is known */
  valueFor(field: GraphQLField<unknown, unknown>, arg: string, scalar: string, dice: Dice): string | undefined;
}

/** What operations are made of. */
export interface Ground {
  readonly schema: GraphQLSchema;
  /** What they begin at; queries unless said otherwise. */
  readonly operation?: OperationTypeNode.QUERY | OperationTypeNode.MUTATION;
  /** Whether the one who will ask may select a field. */
  readonly mayRead: (parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>) => boolean;
  /** What is never selected. */
  readonly leavesOut: (field: GraphQLField<unknown, unknown>) => boolean;
  /** The names of types that are worth going to. */
  readonly joints: ReadonlySet<string>;
  readonly known: Values;
  readonly dice: Dice;
  /** How large one may get, where it may not get as large as others. */
  readonly size?: { readonly depth: number; readonly selections: number };
  /** Selections of the root that may stand beside the others. */
  readonly besides?: readonly SelectionNode[];
}

/** How large a query may get. */
const MAX_DEPTH = 7;
const MOST_SELECTIONS = 60;
/** What lists in lists may come to, by `first`. */
const MOST_OBJECTS = 120;
/** What a list without `first` is taken for. */
const SHORT_LIST = 10;
/** Lists of a page, as long as its `first` says. */
const PAGED = new Set(['nodes', 'edges']);

const name = (value: string): NameNode => ({ kind: Kind.NAME, value });

/** Makes valid operations out of all that GraphQL offers, one after the other. */
export class QueryGenerator {
  constructor(private readonly ground: Ground) {}

  next(): Question {
    // fields of two fragments may meet under one name: not often, and it is worth more that they may than that they never do
    for (let attempt = 0; attempt < 100; attempt++) {
      const draft = new Draft(this.ground);
      const document = draft.document();
      if (validate(this.ground.schema, document).length === 0)
        return { query: print(document), variables: draft.given };
    }
    throw new Error('Of a hundred queries none was valid');
  }
}

/** One query while it is made. */
class Draft {
  /** The values of its variables. */
  readonly given: Record<string, unknown> = {};
  private readonly variables: VariableDefinitionNode[] = [];
  private readonly fragments: FragmentDefinitionNode[] = [];
  private readonly dice: Dice;
  private readonly schema: GraphQLSchema;
  private names = 0;
  private left: number;

  constructor(private readonly ground: Ground) {
    this.dice = ground.dice;
    this.schema = ground.schema;
    this.left = 5 + this.dice.below((ground.size?.selections ?? MOST_SELECTIONS) - 5);
  }

  document(): DocumentNode {
    const { operation = OperationTypeNode.QUERY, besides = [] } = this.ground;
    const selectionSet = this.selectionSet(this.schema.getRootType(operation) as GraphQLObjectType, 0, 1);
    const selections = this.mixed(selectionSet.selections, besides);
    return {
      kind: Kind.DOCUMENT,
      definitions: [
        {
          kind: Kind.OPERATION_DEFINITION,
          operation,
          name: name('Generated'),
          variableDefinitions: this.variables,
          selectionSet: { kind: Kind.SELECTION_SET, selections },
        },
        ...this.fragments,
      ],
    };
  }

  /** The selections with, now and then, one of others among them. */
  private mixed(selections: readonly SelectionNode[], others: readonly SelectionNode[]): readonly SelectionNode[] {
    if (others.length === 0 || !this.dice.percent(8)) return selections;
    return selections.toSpliced(this.dice.below(selections.length + 1), 0, this.dice.one(others));
  }

  /** @param objects how many objects of this type there may be */
  private selectionSet(type: GraphQLCompositeType, depth: number, objects: number): SelectionSetNode {
    const wanted = 1 + this.dice.below(depth === 0 ? 3 : 6);
    const selections: SelectionNode[] = [];
    // what it is called by is asked for often, for other queries begin there
    if (depth > 0 && this.dice.percent(50)) selections.push(this.field('__typename'));
    if (depth > 0 && 'getFields' in type && type.getFields().id && this.dice.percent(60))
      selections.push(this.field('id'));
    for (let made = 0; made < wanted; made++) {
      const selection = this.selection(type, depth, objects);
      if (selection) selections.push(selection);
    }
    if (selections.length === 0) selections.push(this.field('__typename'));
    return { kind: Kind.SELECTION_SET, selections };
  }

  private selection(type: GraphQLCompositeType, depth: number, objects: number): SelectionNode | undefined {
    if (this.left-- <= 0) return undefined;
    const narrow = isAbstractType(type) ? 60 : 12;
    if (this.dice.percent(narrow)) return this.fragment(type, depth, objects);
    if (!('getFields' in type)) return this.field('__typename', this.aliasOrNot());
    const fields = Object.values(type.getFields()).filter((field) => this.fits(field, depth, objects));
    const wanted = this.dice.percent(97);
    const allowed = fields.filter((field) => this.ground.mayRead(type, field) === wanted);
    if (allowed.length === 0) return undefined;
    const towards = [
      (type: GraphQLNamedType) => this.ground.joints.has(type.name),
      // most fields are leaves
      (type: GraphQLNamedType) => !isLeafType(type),
    ];
    const chosen = this.dice.percent(25) ? towards[0] : this.dice.percent(50) ? towards[1] : undefined;
    const better = chosen ? allowed.filter((field) => chosen(getNamedType(field.type))) : [];
    return this.selectField(this.dice.one(better.length > 0 ? better : allowed), depth, objects);
  }

  private fits(field: GraphQLField<unknown, unknown>, depth: number, objects: number): boolean {
    if (this.ground.leavesOut(field)) return false;
    const { type } = field;
    return (
      isLeafType(getNamedType(type)) || (depth < (this.ground.size?.depth ?? MAX_DEPTH) && objects <= MOST_OBJECTS)
    );
  }

  /** Undefined where nothing is known that the field could be asked with. */
  private selectField(field: GraphQLField<unknown, unknown>, depth: number, objects: number): FieldNode | undefined {
    const args = field.args.flatMap((arg) => this.argument(field, arg) ?? []);
    const isGiven = ({ name: wanted }: GraphQLArgument) => args.some((arg) => arg.name.value === wanted);
    if (!field.args.every((arg) => isGiven(arg) || !isRequiredArgument(arg))) return undefined;
    // with the same arguments under one name fields merge; with others they must not
    const alias = args.length > 0 && this.dice.percent(80) ? `a${this.names++}` : this.aliasOrNot();
    const of = getNamedType(field.type);
    const many = this.manyIn(field, args);
    return {
      ...this.field(field.name, alias),
      ...(args.length > 0 && { arguments: args }),
      directives: this.directives(),
      ...(isCompositeType(of) && { selectionSet: this.selectionSet(of, depth + 1, objects * many) }),
    };
  }

  /** How many objects a field may give. */
  private manyIn(
    { name: called, type, args: defined }: GraphQLField<unknown, unknown>,
    args: readonly ArgumentNode[],
  ): number {
    const first = args.find((arg) => arg.name.value === 'first')?.value;
    if (first)
      return Number(first.kind === Kind.VARIABLE ? this.given[first.name.value] : valueFromASTUntyped(first)) || 20;
    if (defined.some((arg) => arg.name === 'first')) return 20;
    return isListType(getNullableType(type)) && !PAGED.has(called) ? SHORT_LIST : 1;
  }

  private aliasOrNot(): string | undefined {
    if (!this.dice.percent(12)) return undefined;
    // under some names several fields meet, where the types are such that they may
    return this.dice.percent(30) ? `b${this.dice.below(3)}` : `a${this.names++}`;
  }

  private field(of: string, alias?: string): FieldNode {
    return { kind: Kind.FIELD, name: name(of), ...(alias && { alias: name(alias) }) };
  }

  private fragment(type: GraphQLCompositeType, depth: number, objects: number): SelectionNode | undefined {
    const on = this.dice.one(this.overlapping(type));
    const directives = this.directives();
    if (this.dice.percent(40)) {
      const used = this.fragments.filter(({ typeCondition }) => typeCondition.name.value === on.name);
      if (used.length > 0 && objects === 1 && this.dice.percent(40))
        return { kind: Kind.FRAGMENT_SPREAD, name: this.dice.one(used).name, directives };
      const selectionSet = this.selectionSet(on, depth + 1, objects);
      const made = name(`F${this.names++}`);
      this.fragments.push({
        kind: Kind.FRAGMENT_DEFINITION,
        name: made,
        typeCondition: { kind: Kind.NAMED_TYPE, name: name(on.name) },
        selectionSet,
      });
      return { kind: Kind.FRAGMENT_SPREAD, name: made, directives };
    }
    const bare = on === type && this.dice.percent(50);
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(!bare && { typeCondition: { kind: Kind.NAMED_TYPE, name: name(on.name) } }),
      directives,
      selectionSet: this.selectionSet(on, depth + (depth === 0 ? 0 : 1), objects),
    };
  }

  /** The types that a fragment may be on there: the type itself, those behind it, and whatever one of these is too. */
  private overlapping(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    if (!isAbstractType(type)) return [type, ...type.getInterfaces()];
    const possible = this.schema.getPossibleTypes(type);
    if (this.dice.percent(75)) return [type, ...possible];
    const others = Object.values(this.schema.getTypeMap()).filter(
      (other) => isAbstractType(other) && other !== type && possible.some((each) => this.schema.isSubType(other, each)),
    );
    return [type, ...possible, ...(others as GraphQLAbstractType[])];
  }

  private directives(): DirectiveNode[] {
    if (!this.dice.percent(10)) return [];
    const yes = this.dice.percent(50);
    const skips = this.dice.percent(50);
    const value: ValueNode = this.dice.percent(60)
      ? this.variable({ kind: Kind.NON_NULL_TYPE, type: { kind: Kind.NAMED_TYPE, name: name('Boolean') } }, yes)
      : { kind: Kind.BOOLEAN, value: yes };
    return [
      {
        kind: Kind.DIRECTIVE,
        name: name(skips ? 'skip' : 'include'),
        arguments: [{ kind: Kind.ARGUMENT, name: name('if'), value }],
      },
    ];
  }

  private variable(type: TypeNode, value: unknown, defaultValue?: ConstValueNode): ValueNode {
    const variable = { kind: Kind.VARIABLE, name: name(`v${this.names++}`) } as const;
    this.variables.push({ kind: Kind.VARIABLE_DEFINITION, variable, type, ...(defaultValue && { defaultValue }) });
    if (value !== undefined) this.given[variable.name.value] = value;
    return variable;
  }

  /** An argument, or none where it may be left out. */
  private argument(field: GraphQLField<unknown, unknown>, arg: GraphQLArgument): ArgumentNode | undefined {
    // short pages; and without an id most questions have no answer
    const often = arg.name === 'first' ? 95 : arg.name === 'id' ? 90 : 35;
    if (!isRequiredArgument(arg) && !this.dice.percent(often)) return undefined;
    const value = this.value(field, arg.name, arg.type);
    if (value === undefined) return undefined;
    return { kind: Kind.ARGUMENT, name: name(arg.name), value: this.asGiven(arg, value) };
  }

  /** The value as it stands, or as a variable; a variable may have a default, which may be all there is of it. */
  private asGiven(arg: GraphQLArgument, value: ConstValueNode): ValueNode {
    if (!this.dice.percent(50)) return value;
    const plain = valueFromASTUntyped(value);
    const type = parseType(String(arg.type));
    if (!this.dice.percent(25)) return this.variable(type, plain);
    const nullable = type.kind === Kind.NON_NULL_TYPE && this.dice.percent(50) ? type.type : type;
    return this.variable(nullable, this.dice.percent(50) ? plain : undefined, value);
  }

  /** @returns undefined where nothing is known that could be asked with */
  private value(field: GraphQLField<unknown, unknown>, of: string, type: GraphQLInputType): ConstValueNode | undefined {
    if (isNonNullType(type)) return this.value(field, of, type.ofType);
    if (isListType(type)) {
      const item = type.ofType;
      const values = Array.from({ length: this.dice.below(4) }, () => this.value(field, of, item));
      return { kind: Kind.LIST, values: values.filter((value) => value !== undefined) };
    }
    if (isEnumType(type)) return { kind: Kind.ENUM, value: this.dice.one(type.getValues()).name };
    if (isInputObjectType(type)) {
      const fields: ConstObjectFieldNode[] = [];
      for (const each of Object.values(type.getFields())) {
        if (!isRequiredInputField(each) && !this.dice.percent(30)) continue;
        const value = this.value(field, each.name, each.type);
        if (value) fields.push({ kind: Kind.OBJECT_FIELD, name: name(each.name), value });
        else if (isRequiredInputField(each)) return undefined;
      }
      return { kind: Kind.OBJECT, fields };
    }
    switch (type.name) {
      case 'Boolean':
        return { kind: Kind.BOOLEAN, value: this.dice.percent(50) };
      case 'Int':
        return { kind: Kind.INT, value: String(this.number(of)) };
      default: {
        const value = this.ground.known.valueFor(field, of, type.name, this.dice);
        return value === undefined ? undefined : { kind: Kind.STRING, value };
      }
    }
  }

  private number(of: string): number {
    if (of === 'first') return 1 + this.dice.below(6);
    if (of === 'year') return 2025 + this.dice.below(3);
    return 1 + this.dice.below(121);
  }
}
