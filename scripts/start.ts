import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_PARTNERS, DEMO_PEOPLE } from '../gateway/identity/demo-people.js';
import { accessTokenFor } from '../gateway/identity/sign-in.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { applicationId } from '../subgraphs/common/seed.js';
import { readSettings, type Settings } from '../subgraphs/common/settings.js';
import { startApi } from './api.js';
import { keepPostgres } from './postgres.js';
import { prepare } from './prepare.js';
import { fail, requireIssuer, runUntilStopped } from './process.js';
import { loadDemo } from './seed.js';
import { Workers } from './workers/workers.js';

/**
 * `npm start`: the whole API, in as many processes as `WORKERS` says, with a database of its own unless `DATABASE_URL` names one.
 */
await runUntilStopped(async () => {
  const began = performance.now();
  const settings = readSettings();
  requireIssuer(settings);
  if (!settings.databaseUrl) mkdirSync(settings.dataDir, { recursive: true, mode: 0o711 });
  const demo = settings.environment !== 'production';
  const embedded = settings.databaseUrl
    ? undefined
    : await keepPostgres({ folder: join(settings.dataDir, 'postgres') }, fail);
  try {
    const adminUrl = settings.databaseUrl ?? (embedded?.url as string);
    await prepare(settings, adminUrl);
    if (demo) await loadDemo(adminUrl, readFieldKeys(settings.keysDir));
    const api = await start(settings, adminUrl);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(demo ? await welcome(api.url, seconds) : `Ready in ${seconds} s at ${api.url}/graphql`);
    return async () => {
      await api.stop();
      await embedded?.stop();
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
});

/** Serves a database that is prepared, in this process or in several. */
async function start(settings: Settings, adminUrl: string): Promise<{ url: string; stop(): Promise<void> }> {
  if (settings.workers > 1) {
    const environment = { DATABASE_URL: adminUrl };
    return Workers.start({ program: 'api.js', settings, environment, giveUp: fail });
  }
  const { url, close } = await startApi(settings, adminUrl);
  return { url, stop: close };
}

/** What somebody who has just started it wants to know: the main query's real answer, and below it, where the terminal ends, where to go. */
async function welcome(url: string, seconds: string): Promise<string> {
  const query = readFileSync(join(PROJECT_ROOT, 'schema/operations/ApplicationOverview.graphql'), 'utf8');
  const token = await accessTokenFor('patient', url);
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { id: applicationId(0, 0) } }),
  });
  const names = (people: readonly { name: string }[]) => people.map(({ name }) => name).join(', ');
  return `
The main query (schema/operations/ApplicationOverview.graphql) as the patient:
  variables  {"id": "${applicationId(0, 0)}"}
${JSON.stringify(await response.json(), null, 2)}

Rare disease care API, ready in ${seconds} s. Demo data: all people and prices are invented.

  Open in a browser        ${url}
  Explorer                 ${url}/explorer
  GraphQL                  ${url}/graphql
  Health, metrics          ${url}/health/ready, ${url}/metrics
  Sign-in (development)    ${url}/oidc

A token for a demo person or partner:   npm run token -- NAME
  people     ${names(DEMO_PEOPLE)}
  partners   ${names(DEMO_PARTNERS)}

Stop with Ctrl-C.`;
}
