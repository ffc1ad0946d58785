import { sqlMigration } from '../../common/migrate.js';

/** What waits for any reviewer, in the order in which it is shown: a null is no value by which an index would keep one. */
export const fundReviewQueue = sqlMigration(
  '0007-review-queue',
  'create index application_free on application (id) where open_stage is not null and open_reviewer is null;',
);
