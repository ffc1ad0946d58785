import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { administratorUrl } from './administrator.js';
import { prepare } from './prepare.js';
import { fail } from './process.js';
import { loadDemo } from './seed.js';

/** `npm run migrate [-- --demo]`: roles, schemas and the catalog for a server that subgraphs in processes of their own will use. */
try {
  const settings = readSettings();
  const administrator = await administratorUrl(settings);
  try {
    await prepare(settings, administrator.url);
    if (process.argv.includes('--demo')) await loadDemo(administrator.url, readFieldKeys(settings.keysDir));
  } finally {
    await administrator.stop();
  }
  console.log('The database is ready for this version.');
} catch (error) {
  fail(error);
}
