import type { Browser } from 'playwright-core';
import type { Fact } from '../../scripts/facts.js';
import { served } from './served.js';
import { assertAccessible, assertFitsWidth, picture, visit } from './visit.js';

const PAGES = ['/', '/map', '/explorer'] as const;
const nameOf = (path: string): string => (path === '/' ? 'start' : path.slice(1));

/** What holds of every page of ours; of the sandbox, which needs somebody else's, see `sandbox.browser.ts`. */
const OURS: readonly Fact<Browser>[] = PAGES.flatMap((path) =>
  [
    { looks: {}, as: '' },
    { looks: { dark: true }, as: '-dark' },
    { looks: { phone: true }, as: '-phone' },
  ].map(({ looks, as }) => ({
    fact: `${path}${as} loads nothing from elsewhere, breaks no policy, can be used by everybody, and fits the screen`,
    run: async (browser: Browser) => {
      const { url } = await served();
      await visit(browser, `${url}${path}`, looks, async (page) => {
        await page.locator('[aria-busy]').waitFor({ state: 'detached' });
        await page.waitForLoadState('networkidle');
        await picture(page, `${nameOf(path)}${as}`);
        await assertFitsWidth(page);
        await assertAccessible(page);
      });
    },
  })),
);

export const FACTS: readonly Fact<Browser>[] = [
  ...OURS,
  {
    fact: 'the page of a server in production loads nothing from elsewhere, and can be used by everybody',
    run: async (browser) => {
      const { productionUrl } = await served();
      await visit(browser, `${productionUrl}/`, { phone: true }, async (page) => {
        await page.getByRole('heading', { name: 'Rare disease care API' }).waitFor();
        await picture(page, 'start-production');
        await assertFitsWidth(page);
        await assertAccessible(page);
      });
    },
  },
];
