import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { Fact } from '../../scripts/facts.js';
import { served } from './served.js';
import { assertAccessible, assertFitsWidth, type Looks, picture, visit } from './visit.js';

const CDN = 'https://sandbox.embed.apollographql.com';

/** Speaks as Apollo's page does: says that it is there, and has what is asked for sent by ours, to an address of its own. */
const THEIRS = `<!doctype html><title>Theirs</title><button>Ask</button><pre></pre><script>
  addEventListener('message', ({ data }) => {
    if (data.name === 'ExplorerResponse') document.querySelector('pre').textContent = JSON.stringify(data.response);
  });
  document.querySelector('button').onclick = () => {
    const operation = '{ applications(first: 1) { nodes { number } } }';
    const endpointUrl = 'https://elsewhere.example/graphql';
    parent.postMessage({ name: 'ExplorerRequest', operation, operationId: '1', endpointUrl, headers: {}, variables: {} }, '*');
  };
  parent.postMessage({ name: 'ExplorerListeningForHandshake' }, '*');
</script>`;

const at = async (browser: Browser, looks: Looks, use: (page: Page) => Promise<void>) => {
  const { url } = await served();
  await visit(browser, `${url}/sandbox`, { ...looks, mayAsk: [CDN] }, use);
};
const unreachable = (page: Page) => page.getByRole('heading', { name: 'Apollo Sandbox cannot be reached' });

export const FACTS: readonly Fact<Browser>[] = [
  ...[
    { looks: {}, as: '' },
    { looks: { phone: true, dark: true }, as: '-phone-dark' },
  ].map(({ looks, as }) => ({
    fact: `without the network the sandbox says within seconds that it cannot be reached, and what to use instead${as}`,
    run: (browser: Browser) =>
      at(browser, looks, async (page) => {
        await unreachable(page).waitFor({ timeout: 20_000 });
        await picture(page, `sandbox-unreachable${as}`);
        assert.equal(await page.locator('iframe').count(), 0);
        await assertFitsWidth(page);
        await assertAccessible(page);
        await page.locator('main').getByRole('link', { name: 'explorer' }).press('Enter');
        await page.waitForURL('**/explorer');
      }),
  })),
  {
    fact: 'once it can be reached the sandbox opens, and its requests go to this API alone, as whom one chooses',
    run: (browser) =>
      at(browser, {}, async (page) => {
        await unreachable(page).waitFor();
        await page.route(`${CDN}/**`, (route) => route.fulfill({ contentType: 'text/html', body: THEIRS }));
        await page.getByRole('button', { name: 'Try again' }).press('Enter');
        const theirs = page.frameLocator('iframe[title="Apollo Sandbox"]');
        const ask = () => theirs.getByRole('button', { name: 'Ask' }).click();
        await ask();
        await theirs.getByText('UNAUTHENTICATED').waitFor();
        await page.getByLabel('Ask as').selectOption('patient');
        await ask();
        await theirs.getByText(/RC-\d{4}-\d{6}/).waitFor();
        assert.equal(await unreachable(page).isVisible(), false);
        const address = (await page.locator('iframe').getAttribute('src')) ?? '';
        assert.ok(!/bearer|eyJ/i.test(address), 'A token goes to somebody else');
        await assertAccessible(page);
        await page.getByLabel('Ask as').selectOption('sponsor');
        await page.locator('iframe[src*="/partner/graphql"]').waitFor();
        await ask();
        await theirs.getByText('Cannot query field').waitFor();
      }),
  },
  {
    fact: 'a page that comes and then says nothing counts as one that cannot be reached',
    run: (browser) =>
      at(browser, {}, async (page) => {
        await unreachable(page).waitFor();
        await page.route(`${CDN}/**`, (route) => route.fulfill({ contentType: 'text/html', body: 'Blocked.' }));
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.locator('iframe').waitFor();
        await unreachable(page).waitFor();
        assert.equal(await page.locator('iframe').count(), 0);
      }),
  },
];
