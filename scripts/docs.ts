import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { performanceChart, performancePage } from './bench/performance.js';
import { cookbook } from './docs/cookbook.js';
import { errorCatalogue } from './docs/errors.js';
import { ownershipDiagram } from './docs/ownership.js';
import { scopes } from './docs/scopes.js';
import { fail } from './process.js';

/** Pages of `docs/` that follow from the program. */
const GENERATED: Readonly<Record<string, () => string>> = {
  'errors.md': errorCatalogue,
  'scopes.md': scopes,
  'ownership.md': ownershipDiagram,
  'performance.md': performancePage,
  'pictures/performance.svg': performanceChart,
};

/**
 * `npm run docs`: writes the generated pages of `docs/`, the cookbook with the answers of a throw-away server.
 * `npm run docs -- --check` only says which of those that need no server have drifted.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const file = (name: string) => join(PROJECT_ROOT, 'docs', name);
  let drifted = 0;
  for (const [name, make] of Object.entries(GENERATED)) {
    const text = make();
    if (!values.check) writeFileSync(file(name), text);
    else if (readFileSync(file(name), 'utf8') !== text) {
      console.error(`docs/${name} is not what the program says. Run \`npm run docs\` and commit it.`);
      drifted++;
    }
  }
  if (!values.check) writeFileSync(file('cookbook.md'), await cookbook());
  return drifted > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  fail(error);
}
