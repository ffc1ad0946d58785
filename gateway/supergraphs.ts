import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { Refusal } from '../subgraphs/common/refusal.js';

/** What is joined: the supergraph of the API, and the smaller one that partners see. Their texts, or their files' names. */
export interface Supergraphs {
  readonly api: string;
  /** Without it there is no `/partner/graphql`. */
  readonly partner?: string;
}

const SCHEMA = join(PROJECT_ROOT, 'schema');

/** Where `npm run schema` puts them. */
export const SUPERGRAPH_FILES: Supergraphs = {
  api: join(SCHEMA, 'supergraph.graphql'),
  partner: join(SCHEMA, 'partner-supergraph.graphql'),
};

/**
 * The texts in these files: those that `npm run schema` has composed, unless others are named.
 *
 * @throws {Refusal} for one that is missing or no GraphQL
 */
export const readSupergraphs = ({ api, partner }: Supergraphs = SUPERGRAPH_FILES): Supergraphs => ({
  api: read(api),
  ...(partner !== undefined && { partner: read(partner) }),
});

function read(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    parse(text);
    return text;
  } catch {
    throw new Refusal(`The supergraph ${file} cannot be read. Check the path, or run \`npm run schema\`.`);
  }
}
