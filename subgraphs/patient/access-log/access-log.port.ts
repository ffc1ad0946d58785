import type { Ask } from '../../common/context.js';

/** An entry of another subgraph's log. */
export interface ForeignEntry {
  readonly id: string;
  readonly at: string;
  readonly role: string;
  readonly purpose: string;
  readonly record: string;
  readonly fields: readonly string[];
}

/** Subgraphs that keep records of patients, and a log of who read them. */
export type LoggingSubgraph = 'fund' | 'pharmacy';
export const LOGGING_SUBGRAPHS: readonly LoggingSubgraph[] = ['fund', 'pharmacy'];

const ENTRIES = `query AccessLog($patientId: ID!, $before: ID, $first: Int!) {
  accessLogOf(patientId: $patientId, before: $before, first: $first) { id at role purpose record fields }
}`;
const COUNT = 'query AccessLogCount($patientId: ID!) { accessLogCount(patientId: $patientId) }';

/** Newest first. Asks the subgraph. @throws {SubgraphUnavailable} */
export async function foreignEntries(
  ask: Ask,
  subgraph: LoggingSubgraph,
  patientId: string,
  before: string | null,
  first: number,
): Promise<readonly ForeignEntry[]> {
  const data = await ask<{ accessLogOf: ForeignEntry[] | null }>(subgraph, ENTRIES, { patientId, before, first });
  return data.accessLogOf ?? [];
}

/** How many there are. Asks the subgraph. @throws {SubgraphUnavailable} */
export async function foreignCount(ask: Ask, subgraph: LoggingSubgraph, patientId: string): Promise<number> {
  return (await ask<{ accessLogCount: number | null }>(subgraph, COUNT, { patientId })).accessLogCount ?? 0;
}
