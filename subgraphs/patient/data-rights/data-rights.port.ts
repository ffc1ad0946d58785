import type { Ask } from '../../common/context.js';
import type { ErasedPerson, ErasedRows } from '../../common/data-rights.js';
import type { SubgraphName } from '../../common/settings.js';

/** A subgraph that knows something of patients and is asked for it. */
export type OtherSubgraph = Exclude<SubgraphName, 'patient'>;

const DATA =
  'query DataOfPatient($patientId: ID!, $subject: String) { dataOfPatient(patientId: $patientId, subject: $subject) }';
const OBSTACLES = 'query ErasureObstacles($patientId: ID!) { erasureObstacles(patientId: $patientId) }';
const CLOSE = `mutation ClosePatient($patientId: ID!, $closed: Boolean!) { closePatient(patientId: $patientId, closed: $closed) }`;
const ERASE = `mutation ErasePatient($patientId: ID!, $subject: String) {
  erasePatient(patientId: $patientId, subject: $subject) { deleted pseudonymised }
}`;
const TRACES = `query TracesOfPatient($patientId: ID!, $subject: String, $erasedSince: DateTime!) {
  tracesOfPatient(patientId: $patientId, subject: $subject, erasedSince: $erasedSince)
}`;

/** A null from a port says that it failed: it never says that nothing was found. */
function answered<T>(value: T | null, subgraph: string): T {
  if (value === null) throw new Error(`The ${subgraph} subgraph has not answered`);
  return value;
}

/** @returns JSON text @throws {SubgraphUnavailable} */
export async function dataElsewhere(ask: Ask, subgraph: OtherSubgraph, person: ErasedPerson): Promise<string> {
  return answered((await ask<{ dataOfPatient: string | null }>(subgraph, DATA, { ...person })).dataOfPatient, subgraph);
}

/** @throws {SubgraphUnavailable} */
export async function obstaclesElsewhere(ask: Ask, subgraph: OtherSubgraph, patientId: string): Promise<string[]> {
  const { erasureObstacles } = await ask<{ erasureObstacles: string[] | null }>(subgraph, OBSTACLES, { patientId });
  return answered(erasureObstacles, subgraph);
}

/** @throws {SubgraphUnavailable} */
export async function closeElsewhere(
  ask: Ask,
  subgraph: OtherSubgraph,
  patientId: string,
  closed: boolean,
): Promise<void> {
  answered((await ask<{ closePatient: true | null }>(subgraph, CLOSE, { patientId, closed })).closePatient, subgraph);
}

/** @throws {SubgraphUnavailable} */
export async function eraseElsewhere(ask: Ask, subgraph: OtherSubgraph, person: ErasedPerson): Promise<ErasedRows> {
  return answered(
    (await ask<{ erasePatient: ErasedRows | null }>(subgraph, ERASE, { ...person })).erasePatient,
    subgraph,
  );
}

/** @throws {SubgraphUnavailable} */
export async function tracesElsewhere(
  ask: Ask,
  subgraph: OtherSubgraph,
  person: ErasedPerson,
  erasedSince: Date,
): Promise<number> {
  const variables = { ...person, erasedSince: erasedSince.toISOString() };
  return answered(
    (await ask<{ tracesOfPatient: number | null }>(subgraph, TRACES, variables)).tracesOfPatient,
    subgraph,
  );
}
