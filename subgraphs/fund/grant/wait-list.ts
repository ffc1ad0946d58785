import type { Executes } from '../../common/database.js';
import { enqueue } from '../../common/jobs.js';

export const PROMOTE = 'promote-wait-list';

/** Money may have come in, or somebody has begun to wait: the list is gone through once this transaction has ended. */
export const promoteLater = (sql: Executes, fundId: string): Promise<void> =>
  enqueue(sql, 'fund', PROMOTE, { fundId }, { key: `${PROMOTE}:${fundId}` });
