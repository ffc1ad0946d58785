import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { endServed } from '../tests/browser/served.js';
import { tryFacts } from './facts.js';

/**
 * `npm run test:browser`: what must be true in a real browser, of every `tests/browser/*.browser.ts`. The browser is
 * the machine's Chromium, or the one that CHROMIUM names. Ends with a line `N passed, N failed`.
 */
const FOLDER = new URL('../tests/browser/', import.meta.url);
const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';

/** Without these Chromium asks for its maker's servers at every start, and does not start for root. */
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
/** The network is off: no name leads anywhere but to this machine. */
const OFFLINE = ['--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1'];
const NO_UPDATES = ['--disable-component-update', '--disable-sync'];

/** @returns how many were true, and how many not */
async function testInBrowser(): Promise<{ passed: number; failed: number }> {
  if (!existsSync(CHROMIUM)) {
    console.error(
      `There is no Chromium at ${CHROMIUM}. Install one (Debian: apt-get install chromium), or say where it is by CHROMIUM=/path/to/chromium.`,
    );
    return { passed: 0, failed: 1 };
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...QUIET, ...NO_UPDATES, ...OFFLINE] });
  try {
    return await tryFacts(FOLDER, '.browser.js', browser);
  } finally {
    await browser.close();
    await endServed();
  }
}

const { passed, failed } = await testInBrowser();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
