import { dirname, join } from 'node:path';
import { startCluster } from '../dist/tests/cluster.js';

/** Starts the PostgreSQL of this run; its address travels to the test files in the environment. */
export default async function setup() {
  const cluster = await startCluster();
  process.env.TEST_ADMIN_URL = cluster.adminUrl;
  process.env.TEST_KEYS_DIR = cluster.keysDir;
  process.env.DOCUMENTS_DIR = join(dirname(cluster.keysDir), 'documents');
  globalThis.__cluster = cluster;
}
