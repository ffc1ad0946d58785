import { dataRightsFunctions } from '../../common/data-rights.js';
import { sqlMigration } from '../../common/migrate.js';

/** The catalog knows nothing of patients, but for what a person's sign-in was used for. */
export const catalogDataRights = sqlMigration(
  '0002-data-rights',
  dataRightsFunctions('catalog', {
    data: `jsonb_build_object('requests', (select coalesce(jsonb_agg(jsonb_build_object('operation', operation, 'at', as_time(created_at)) order by created_at), '[]')
      from idempotency_key where client = of_subject))`,
    obstacles: {},
    deletes: ['delete from idempotency_key where client = of_subject'],
    pseudonymises: [],
    traces: ['select count(*) from idempotency_key where client = of_subject and created_at < erased_since'],
  }),
);
