/** What is said of a document, or of variables, that do not fit the schema. */
import {
  coerceInputValue,
  type DocumentNode,
  FieldsOnCorrectTypeRule,
  FragmentsOnCompositeTypesRule,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  KnownArgumentNamesRule,
  KnownDirectivesRule,
  KnownFragmentNamesRule,
  KnownTypeNamesRule,
  LoneAnonymousOperationRule,
  NoFragmentCyclesRule,
  NoSchemaIntrospectionCustomRule,
  NoUndefinedVariablesRule,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  type OperationDefinitionNode,
  OverlappingFieldsCanBeMergedRule,
  PossibleFragmentSpreadsRule,
  ProvidedRequiredArgumentsRule,
  print,
  ScalarLeafsRule,
  specifiedRules,
  typeFromAST,
  UniqueArgumentNamesRule,
  UniqueFragmentNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationNamesRule,
  UniqueVariableNamesRule,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  type VariableDefinitionNode,
  VariablesAreInputTypesRule,
  VariablesInAllowedPositionRule,
  validate,
} from 'graphql';

/** More do not help to put the first one right. */
const MAX_FAULTS = 10;

const COMPARE = 'Compare it with the schema that you have been given.';

/** Said instead of the library's words where those would tell a guesser what the schema is. */
const WITHOUT_NAMES: ReadonlyMap<ValidationRule, string> = new Map([
  [FieldsOnCorrectTypeRule, `There is no such field here. ${COMPARE}`],
  [FragmentsOnCompositeTypesRule, `A fragment cannot be on this. ${COMPARE}`],
  [KnownArgumentNamesRule, `There is no such argument here. ${COMPARE}`],
  [KnownTypeNamesRule, `There is no such type. ${COMPARE}`],
  [
    OverlappingFieldsCanBeMergedRule,
    'Two different things have the same name in the answer. Give one of them an alias.',
  ],
  [PossibleFragmentSpreadsRule, `Nothing that can stand here fits this fragment. ${COMPARE}`],
  [ProvidedRequiredArgumentsRule, `An argument is missing that is required here. ${COMPARE}`],
  [ScalarLeafsRule, `Either this needs a selection of fields, or it cannot have one. ${COMPARE}`],
  [ValuesOfCorrectTypeRule, `This value is not of the type that is expected here. ${COMPARE}`],
  [VariablesAreInputTypesRule, `A variable cannot be of this type. ${COMPARE}`],
  [VariablesInAllowedPositionRule, `The variable is not of the type that is expected here. ${COMPARE}`],
]);

/** These speak of nothing but what the client has written. */
const OWN_WORDS: ReadonlySet<ValidationRule> = new Set([
  KnownDirectivesRule,
  KnownFragmentNamesRule,
  LoneAnonymousOperationRule,
  NoFragmentCyclesRule,
  NoUndefinedVariablesRule,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  UniqueArgumentNamesRule,
  UniqueFragmentNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationNamesRule,
  UniqueVariableNamesRule,
]);

/** Whatever rule the library may have besides. */
const INVALID = `The document does not fit the API. ${COMPARE}`;
const NO_INTROSPECTION = 'What the schema is cannot be asked for here. Use the schema that you have been given.';

const said = (message: string, { nodes }: Pick<GraphQLError, 'nodes'>): GraphQLError =>
  new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } });

/** The rule, with what it reports said in other words. */
const inWords =
  (rule: ValidationRule, words: string): ValidationRule =>
  (context) => {
    const reportError = (error: GraphQLError) => context.reportError(said(words, error));
    return rule(Object.create(context, { reportError: { value: reportError } }) as ValidationContext);
  };

/** Says what is wrong with documents and variables, for one schema. */
export class Faults {
  private readonly rules: readonly ValidationRule[];

  /** @param tellsSchema whether clients may ask what the schema is; where not, no message names what stands in it alone */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly tellsSchema: boolean,
  ) {
    this.rules = tellsSchema
      ? specifiedRules
      : [
          inWords(NoSchemaIntrospectionCustomRule, NO_INTROSPECTION),
          ...specifiedRules.map((rule) =>
            OWN_WORDS.has(rule) ? rule : inWords(rule, WITHOUT_NAMES.get(rule) ?? INVALID),
          ),
        ];
  }

  /** @returns none for a document that can be executed */
  ofDocument(document: DocumentNode): GraphQLFormattedError[] {
    const options = { maxErrors: MAX_FAULTS, hideSuggestions: !this.tellsSchema };
    const errors = validate(this.schema, document, this.rules, options);
    return errors.map((error) => said(error.message, error).toJSON());
  }

  /**
   * Why variables do not fit, once the execution was refused for it. No value is repeated: it may be somebody's name.
   *
   * @param variables of the request
   */
  ofVariables(
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): GraphQLFormattedError[] {
    const faults = (operation.variableDefinitions ?? []).flatMap((definition) =>
      this.ofVariable(definition, variables).map((message) => said(message, { nodes: [definition] }).toJSON()),
    );
    return faults.slice(0, MAX_FAULTS);
  }

  private ofVariable(definition: VariableDefinitionNode, variables: Readonly<Record<string, unknown>>): string[] {
    const name = definition.variable.name.value;
    const type = typeFromAST(this.schema, definition.type);
    if (!isInputType(type)) return [];
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) {
      const isRequired = isNonNullType(type) && !definition.defaultValue;
      return isRequired ? [`The variable $${name} is required. Send a value for it.`] : [];
    }
    const places: string[] = [];
    coerceInputValue(value, type, (path, _, error) => {
      if (places.length < MAX_FAULTS) places.push(placeOf(path, type, error));
    });
    if (places.length === 0) return [];
    const unfit = `The value of the variable $${name} does not fit its type`;
    if (!this.tellsSchema) return [`${unfit}. ${COMPARE}`];
    return places.map((place) => `${unfit} ${print(definition.type)}: ${place}`);
  }
}

/** These two say names of the schema, and what the client calls a field. */
const OF_A_FIELD = /^Field "\w{1,100}" (of required type "[^"]+" was not provided|is not defined by type "[^"]+")/;

function placeOf(path: readonly (string | number)[], type: GraphQLInputType, error: GraphQLError): string {
  const where = path.length > 0 ? `at ${path.join('.')} ` : '';
  // our own scalars say what they take, and no more
  if (error.extensions.code === 'BAD_USER_INPUT') return `${where}${error.message}`;
  const ofField = OF_A_FIELD.exec(error.message)?.[0];
  return ofField
    ? `${where}the ${ofField.replace(/^F/, 'f')}.`
    : `${where}a value of ${typeAt(path, type)} is expected.`;
}

function typeAt(path: readonly (string | number)[], whole: GraphQLInputType): string {
  let type = whole;
  for (const key of path) {
    const nullable: GraphQLInputType = getNullableType(type);
    if (isListType(nullable)) type = nullable.ofType;
    else if (isInputObjectType(nullable)) type = nullable.getFields()[key]?.type ?? type;
  }
  return String(type);
}
