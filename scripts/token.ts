/** `npm run token -- NAME [--url U]`: prints an access token of a demo person or partner, and nothing else. */
import { parseArgs } from 'node:util';
import { DEMO_PARTNERS, DEMO_PEOPLE, keyClientOf } from '../gateway/identity/demo-people.js';
import { accessTokenFor, NotRunning, SignInFailed, UnknownName } from '../gateway/identity/sign-in.js';
import { readSettings } from '../subgraphs/common/settings.js';

const BY_KEY = DEMO_PARTNERS.map((partner) => ({
  ...partner,
  name: keyClientOf(partner),
  purpose: 'The same, with a key in place of a secret',
}));
const NAMES = `Names:\n${[...DEMO_PEOPLE, ...DEMO_PARTNERS, ...BY_KEY]
  .map(({ name, roles, purpose }) => `  ${name.padEnd(17)} ${roles.join(', ').padEnd(11)} ${purpose}`)
  .join('\n')}`;

function readArguments(): { name?: string; url: string } {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { url: { type: 'string' } } });
  return { name: positionals[0], url: values.url ?? `http://localhost:${process.env.PORT ?? 4000}` };
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

try {
  const { name, url } = readArguments();
  if (name === undefined) fail(`Say whose token: npm run token -- patient\n${NAMES}`);
  else if (!URL.canParse(url)) fail('The value of --url is not a URL, such as http://localhost:4000.');
  else console.log(await accessTokenFor(name, url, readSettings().keysDir));
} catch (error) {
  if (error instanceof UnknownName) fail(`${error.message}\n${NAMES}`);
  else if (error instanceof NotRunning || error instanceof SignInFailed) fail(error.message);
  else fail(error instanceof Error ? error.message : String(error));
}
