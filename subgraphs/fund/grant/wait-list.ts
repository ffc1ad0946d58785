import type { EntityManager } from '@mikro-orm/postgresql';
import { enqueue } from '../../common/jobs.js';

export const PROMOTE = 'promote-wait-list';

/** Money may have come in, or somebody has begun to wait: the list is gone through once this transaction has ended. */
export const promoteLater = (em: EntityManager, fundId: string): Promise<void> =>
  enqueue(em, PROMOTE, { fundId }, { key: `${PROMOTE}:${fundId}` });
