import { sqlMigration } from '../../common/migrate.js';

/** What is still to be done is found without passing by all that ever came back. */
export const pharmacyOrderQueue = sqlMigration(
  '0012-order-queue',
  `
create index drug_order_to_do on drug_order (id) where status not in ('DELIVERED', 'CANCELLED', 'RETURNED');
drop index drug_order_queue;
`,
);
