import { catalog } from './catalog/index.js';
import type { SubgraphDefinition } from './common/subgraph.js';
import { community } from './community/index.js';
import { fund } from './fund/index.js';
import { patient } from './patient/index.js';
import { pharmacy } from './pharmacy/index.js';

/** The five subgraphs, in the order of SUBGRAPH_NAMES. */
export const SUBGRAPHS = [catalog, patient, fund, pharmacy, community] as unknown as readonly SubgraphDefinition[];
