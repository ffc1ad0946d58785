import { composeSchemaContract, transformSupergraphToPublicSchema } from '@theguild/federation-composition';
import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  lexicographicSortSchema,
  printSchema,
  type TypeNode,
  visit,
} from 'graphql';
import { PARTNER_TAG } from '../subgraphs/common/access.js';

interface Service {
  readonly name: string;
  readonly url: string;
  readonly typeDefs: DocumentNode;
}

/** The smaller schema that partners see, and the supergraph behind it, in which everything else is inaccessible. */
export interface PartnerContract {
  readonly schema: string;
  readonly supergraph: string;
}

/** `@tag(name: "partner")` */
export const TAG = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'tag' },
  arguments: [
    { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'name' }, value: { kind: Kind.STRING, value: PARTNER_TAG } },
  ],
} as const satisfies ConstDirectiveNode;

interface Taggable {
  readonly directives?: readonly ConstDirectiveNode[];
}

const isTagged = ({ directives = [] }: Taggable): boolean =>
  directives.some(
    ({ name, arguments: [argument] = [] }) =>
      name.value === 'tag' && argument?.value.kind === Kind.STRING && argument.value.value === PARTNER_TAG,
  );

const tagged = <Node extends Taggable>(node: Node): Node =>
  isTagged(node) ? node : { ...node, directives: [...(node.directives ?? []), TAG] };

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));

/** Tags what cannot be declared beside a resolver: arguments, enums, scalars and unions of what is tagged. */
function completed(services: readonly Service[]): Service[] {
  const used = new Set<string>();
  const use = (field: FieldDefinitionNode | InputValueDefinitionNode) => {
    used.add(nameOf(field.type));
    if (field.kind === Kind.FIELD_DEFINITION) for (const each of field.arguments ?? []) used.add(nameOf(each.type));
  };
  for (const { typeDefs } of services) {
    for (const type of typeDefs.definitions) {
      if (!('fields' in type)) continue;
      for (const field of type.fields ?? []) if (isTagged(type) || isTagged(field)) use(field);
    }
  }
  const taggedIfUsed = <Node extends Taggable & { name: { value: string } }>(node: Node): Node =>
    used.has(node.name.value) ? tagged(node) : node;
  return services.map((service) => ({
    ...service,
    typeDefs: visit(service.typeDefs, {
      FieldDefinition: (node) => (isTagged(node) ? { ...node, arguments: node.arguments?.map(tagged) } : undefined),
      EnumTypeDefinition: taggedIfUsed,
      ScalarTypeDefinition: taggedIfUsed,
      UnionTypeDefinition: taggedIfUsed,
    }),
  }));
}

/**
 * Composes what is declared `@ForPartners` into a contract.
 *
 * @throws when it does not compose, for example because a tagged field gives a type of which nothing is tagged
 */
export function composePartnerContract(services: readonly Service[]): PartnerContract {
  const composed = composeSchemaContract(completed(services), { include: new Set([PARTNER_TAG]), exclude: new Set() });
  if (composed.errors) throw new Error(composed.errors.map(({ message }) => `partners: ${message}`).join('\n'));
  const { supergraphDocumentNode, supergraphSdl } = composed;
  const shown = buildASTSchema(transformSupergraphToPublicSchema(supergraphDocumentNode));
  return { schema: printSchema(lexicographicSortSchema(shown)), supergraph: supergraphSdl };
}
