import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';

export interface Looks {
  /** As wide as a phone. */
  readonly phone?: boolean;
  readonly dark?: boolean;
  /** Beside its own, origins that the page may ask. */
  readonly mayAsk?: readonly string[];
}

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Opens a page, lets somebody use it, and fails when it asked anybody but its own server, when its policy had to refuse
 * something, or when one of its scripts failed.
 */
export async function visit(
  browser: Browser,
  address: string,
  { phone = false, dark = false, mayAsk = [] }: Looks,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: phone ? PHONE : DESK,
    colorScheme: dark ? 'dark' : 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const faults: string[] = [];
  const own = [new URL(address).origin, ...mayAsk];
  try {
    const page = await context.newPage();
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && !own.includes(origin)) faults.push(`asks ${request.url()}`);
    });
    page.on('pageerror', (error) => faults.push(`a script fails: ${error.message}`));
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) faults.push(message.text());
    });
    await page.goto(address, { waitUntil: 'load' });
    await use(page);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

/** A picture of the page as it is, in `screenshots/NAME.png`. */
export const picture = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: join(PROJECT_ROOT, 'screenshots', `${name}.png`) });

/** @throws with what hinders people who use the page without eyes, mouse or much contrast, where it is serious */
export async function assertAccessible(page: Page): Promise<void> {
  // evaluated by the test's own way in, which the page's policy does not concern
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
    violations: { id: string; impact: string | null; nodes: { html: string }[] }[];
  };
  const serious = found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  assert.deepEqual(serious, []);
}

/** @throws when the page is wider than the screen */
export async function assertFitsWidth(page: Page): Promise<void> {
  const [content, screen] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  assert.ok(content <= screen, `The page is ${content} px wide on a screen of ${screen}`);
}
