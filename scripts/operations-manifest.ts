import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DocumentNode, type GraphQLSchema, Kind, parse, print, validate } from 'graphql';
import { documentIdOf, type OperationsManifest, type TrustedDocument } from '../gateway/documents/trusted-documents.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';

/** One file of `schema/operations`. */
export interface OperationFile {
  /** Below that folder: `ApplicationOverview.graphql`, `partner/FundReport.graphql`. */
  readonly name: string;
  readonly text: string;
}

/** What our own clients run. Files below `partner/` are for partners. */
export function readOperations(folder = join(PROJECT_ROOT, 'schema/operations')): OperationFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

const endpointOf = (name: string): TrustedDocument['endpoint'] =>
  name.startsWith('partner/') ? '/partner/graphql' : '/graphql';

/**
 * The documents that can be run by their ids. Their texts are without comments and spaced in one way, so that an id stays
 * when nothing but those has changed.
 *
 * @throws for a file that holds something else than one operation of its own name, with its fragments, or does not fit its schema
 */
export function operationsManifest(
  files: readonly OperationFile[],
  schemas: Readonly<Record<TrustedDocument['endpoint'], GraphQLSchema>>,
): OperationsManifest {
  const documents = files.map(({ name: file, text: source }) => {
    const endpoint = endpointOf(file);
    const document = parse(source);
    const name = nameOf(document);
    if (!name || basename(file) !== `${name}.graphql`)
      throw new Error(`schema/operations/${file}: write one operation into it, which has the name of the file.`);
    const errors = validate(schemas[endpoint], document);
    if (errors.length > 0)
      throw new Error(`schema/operations/${file}: ${errors.map(({ message }) => message).join('\n')}`);
    const text = print(document);
    return [documentIdOf(text), { name, endpoint, text }] as const;
  });
  return Object.fromEntries(documents);
}

/** The name of the only operation. */
function nameOf({ definitions }: DocumentNode): string | undefined {
  const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operations.length === 1 ? operations[0]?.name?.value : undefined;
}
