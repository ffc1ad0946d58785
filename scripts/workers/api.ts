import { startApi } from '../api.js';
import { runWorker } from './run-worker.js';

/** One of the processes of `WORKERS=n npm start`; the database is there and prepared. */
await runWorker((settings, together) => startApi(settings, settings.databaseUrl as string, { together }));
