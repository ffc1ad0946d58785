// type-graphql's decorators need it, and every file that declares a type imports this one
import 'reflect-metadata';
import { type DocumentNode, type FieldDefinitionNode, Kind, type ListValueNode, type StringValueNode } from 'graphql';
import { Directive } from 'type-graphql';
import { type Identity, isSignedIn } from './identity.js';

/**
 * Who may touch a type or a field. Declared once, as a directive beside the resolver: it stands in the published schema,
 * where the gateway reads it, and in the subgraph's own, where `accessRules` reads it again.
 */
export type AccessRule =
  | { readonly kind: 'PUBLIC' }
  | { readonly kind: 'AUTHENTICATED' }
  /** Any one of the groups suffices; within a group every scope is needed. */
  | { readonly kind: 'SCOPES'; readonly anyOf: readonly (readonly string[])[] };

/** What is tagged so stands in the contract with partners. */
export const PARTNER_TAG = 'partner';

type Declaration = ClassDecorator & MethodDecorator & PropertyDecorator;

/** Anybody may read it, signed in or not. */
export const Public = (): Declaration => Directive('@public') as Declaration;

/** Anybody who has signed in; row rules decide the rest. */
export const Authenticated = (): Declaration => Directive('@authenticated') as Declaration;

/** A caller whose token holds one of these scopes. */
export const RequiresScopes = (...scopes: string[]): Declaration =>
  Directive(`@requiresScopes(scopes: ${JSON.stringify(scopes.map((scope) => [scope]))})`) as Declaration;

/**
 * In the smaller schema that partners' programs see, at `/partner/graphql`, as well: a field, or with a class all of its
 * fields. Its arguments, and the enums, scalars and unions that it takes or gives, go with it. Who may read it is said by
 * the rule beside it, here as there.
 */
export const ForPartners = (): Declaration => Directive(`@tag(name: "${PARTNER_TAG}")`) as Declaration;

/**
 * For the questions that subgraphs ask each other: not in the public schema, and only the signature of one of these
 * subgraphs carries the scope, whoever the caller is.
 */
export const ForSubgraphs = (...names: string[]): MethodDecorator => {
  const scoped = RequiresScopes(...names.map((name) => `service:${name}`));
  const hidden = Directive('@inaccessible') as Declaration;
  return (target, member, descriptor) => {
    scoped(target, member, descriptor);
    hidden(target, member, descriptor);
  };
};

export function permits(rule: AccessRule, identity: Identity): boolean {
  switch (rule.kind) {
    case 'PUBLIC':
      return true;
    case 'AUTHENTICATED':
      return isSignedIn(identity);
    case 'SCOPES':
      return rule.anyOf.some((group) => group.every((scope) => identity.scopes.includes(scope)));
  }
}

/** Rules by coordinate: `Query.application`, `Application.reviews`, or `Application` for a whole type. */
export type AccessRules = ReadonlyMap<string, AccessRule>;

function ruleOf(node: Pick<FieldDefinitionNode, 'directives'>): AccessRule | undefined {
  for (const directive of node.directives ?? []) {
    if (directive.name.value === 'public') return { kind: 'PUBLIC' };
    if (directive.name.value === 'authenticated') return { kind: 'AUTHENTICATED' };
    if (directive.name.value === 'requiresScopes') {
      const groups = directive.arguments?.[0]?.value as ListValueNode;
      const texts = (group: ListValueNode) => group.values.map((scope) => (scope as StringValueNode).value);
      return { kind: 'SCOPES', anyOf: groups.values.map((group) => texts(group as ListValueNode)) };
    }
  }
  return undefined;
}

/**
 * Reads the rules out of a subgraph's SDL.
 *
 * @throws when a field has neither a rule nor a type that has one (a bare `id` excepted: the key of another subgraph's
 *   entity): nothing is public by being forgotten
 */
export function accessRules(sdl: DocumentNode): AccessRules {
  const rules = new Map<string, AccessRule>();
  const missing: string[] = [];
  for (const type of sdl.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const whole = ruleOf(type);
    if (whole) rules.set(type.name.value, whole);
    // whoever may not see one kind of failure could not ask for any by `... on UserError`
    if (type.interfaces?.some(({ name }) => name.value === 'UserError') && whole?.kind !== 'PUBLIC') {
      throw new Error(`${type.name.value} is a failure that a client can meet: declare it @Public.`);
    }
    for (const field of type.fields ?? []) {
      const own = ruleOf(field);
      const coordinate = `${type.name.value}.${field.name.value}`;
      if (own) rules.set(coordinate, own);
      else if (!whole && field.name.value !== 'id') missing.push(coordinate);
    }
  }
  if (missing.length > 0) {
    throw new Error(
      `No access rule is declared for ${missing.join(', ')}. Add @Public, @Authenticated or @RequiresScopes.`,
    );
  }
  return rules;
}
