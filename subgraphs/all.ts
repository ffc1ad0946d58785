import { catalog } from './catalog/index.js';
import { askInProcess } from './common/asking.js';
import { Database } from './common/database.js';
import type { FieldKeys } from './common/sealed.js';
import type { SubgraphName } from './common/settings.js';
import { type LocalSubgraph, Subgraph, type SubgraphDefinition } from './common/subgraph.js';
import { community } from './community/index.js';
import { fund } from './fund/index.js';
import { patient } from './patient/index.js';
import { pharmacy } from './pharmacy/index.js';

/** The five subgraphs, in the order of SUBGRAPH_NAMES. */
export const SUBGRAPHS = [catalog, patient, fund, pharmacy, community] as unknown as readonly SubgraphDefinition[];

/**
 * Opens all of them in this process, where they ask each other without HTTP. Their jobs are not begun.
 *
 * @param urlOf the database's URL for each subgraph, with its serving role
 * @param maxConnections that each may hold
 * @param sqlComments whether each statement names its request
 * @param played subgraphs that something else answers for: they are not opened, and asked there
 */
export async function openSubgraphs(
  urlOf: (name: SubgraphName) => string,
  maxConnections: number,
  fieldKeys: FieldKeys,
  sqlComments = false,
  played: ReadonlyMap<string, LocalSubgraph> = new Map(),
): Promise<ReadonlyMap<string, Subgraph>> {
  const subgraphs = new Map<string, Subgraph>();
  const asked = new Map(played);
  const ask = askInProcess(asked);
  for (const definition of SUBGRAPHS) {
    const { name, entities } = definition;
    if (played.has(name)) continue;
    const database = await Database.open({ name, url: urlOf(name), entities, maxConnections, sqlComments });
    const subgraph = await Subgraph.open(definition, database, ask, fieldKeys);
    subgraphs.set(name, subgraph);
    asked.set(name, subgraph);
  }
  return subgraphs;
}

/** Closes all of them, after the jobs of any that may still ask another. */
export async function closeSubgraphs(subgraphs: ReadonlyMap<string, Subgraph>): Promise<void> {
  const each = [...subgraphs.values()];
  await Promise.all(each.map((subgraph) => subgraph.stopJobs()));
  await Promise.all(each.map((subgraph) => subgraph.close()));
}
