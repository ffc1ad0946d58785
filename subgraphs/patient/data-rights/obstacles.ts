import { type ErasedPerson, erasureObstacles } from '../../common/data-rights.js';
import { SUBGRAPH_NAMES } from '../../common/settings.js';
import type { PatientContext } from '../context.js';
import { obstaclesElsewhere } from './data-rights.port.js';
import type { ErasureObstacleKind } from './erasure.js';
import type { ObstacleFound } from './erasure.rules.js';

/** Why a person cannot be erased now, as every subgraph says; empty when they can. @throws {SubgraphUnavailable} */
export async function findObstacles(
  { session, ask }: PatientContext,
  person: ErasedPerson,
): Promise<readonly ObstacleFound[]> {
  const own = await erasureObstacles(session, person);
  const each = await Promise.all(
    SUBGRAPH_NAMES.map(async (subgraph) => {
      const kinds = subgraph === 'patient' ? own : await obstaclesElsewhere(ask, subgraph, person.patientId);
      return kinds.map((kind) => ({ subgraph, kind: kind as ErasureObstacleKind }));
    }),
  );
  return each.flat();
}
