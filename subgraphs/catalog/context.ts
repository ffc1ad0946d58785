import type { SubgraphContext } from '../common/context.js';
import type { Database } from '../common/database.js';
import type { Catalog } from './snapshot.js';

/** What the catalog's resolvers work with: everything here may be read by anybody. */
export interface CatalogApi {
  readonly catalog: () => Promise<Catalog>;
  readonly database: Database;
}

export type CatalogContext = SubgraphContext & CatalogApi;
