import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { Fact } from '../../scripts/facts.js';
import { served, servedApart } from './served.js';
import { assertAccessible, assertFitsWidth, type Looks, picture, visit } from './visit.js';

const at = async (browser: Browser, use: (page: Page, url: string) => Promise<void>, looks: Looks = {}) => {
  const { url } = await served();
  await visit(browser, `${url}/`, looks, (page) => use(page, url));
};

/** As somebody does who has no mouse. */
const press = (page: Page, button: string) => page.locator(button).press('Enter');
const told = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor();
/** The page asks anew when somebody comes back to it. */
const comeBack = (page: Page) => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

export const FACTS: readonly Fact<Browser>[] = [
  ...[
    { looks: {}, as: '' },
    { looks: { phone: true, dark: true }, as: '-phone-dark' },
  ].map(({ looks, as }) => ({
    fact: `the main query is run as the patient, and each part of its answer stands beside the subgraph that gave it${as}`,
    run: (browser: Browser) =>
      at(
        browser,
        async (page) => {
          if (!as) await page.setViewportSize({ width: 1280, height: 1040 });
          await told(page, 'Every part answers.');
          assert.equal(await page.locator('.answer').count(), 0, 'Nothing is asked before somebody wants it');
          await press(page, '#run');
          const part = (name: string) => page.locator(`.answer [data-of=${name}]`).innerText();
          assert.match(await part('fund'), /RC-\d{4}-\d{6}\s*Approved[\s\S]*¥[\d,]+ of ¥[\d,]+ still to be had/);
          assert.match(await part('patient'), /Demo Patient/);
          assert.match(await part('catalog'), /Gaucher/);
          assert.match(await part('pharmacy'), /RX-\d{4}-\d{6}[\s\S]*velaglucerase/);
          assert.match(await part('community'), /How Gaucher's Disease got its name/);
          assert.match(await page.locator('#took').innerText(), /^\d+ ms, \d+ points$/);
          if (!as) await picture(page, 'start-answer');
          await page.locator('.answer summary').click();
          assert.ok(JSON.parse(await page.locator('.answer pre').innerText()).data.application.aidYear);
          await assertFitsWidth(page);
          await assertAccessible(page);
        },
        looks,
      ),
  })),
  {
    fact: 'a token is copied that the API takes, and the page says so aloud',
    run: (browser) =>
      at(browser, async (page, url) => {
        await press(page, '[data-token-of=pharmacist]');
        await told(page, /^A token of pharmacist is copied\. It is good until \d\d:\d\d\.$/);
        await page.getByRole('button', { name: 'Copied for pharmacist' }).waitFor();
        assert.equal(await page.locator('.told').getAttribute('role'), 'status');
        const token = await page.evaluate<string>('navigator.clipboard.readText()');
        const answer = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ query: '{ drugOrders(first: 1) { nodes { status } } }' }),
        });
        assert.equal(answer.status, 200);
        assert.equal(((await answer.json()) as { errors?: unknown }).errors, undefined);
        await assertAccessible(page);
      }),
  },
  {
    fact: 'where the browser does not let a page copy, the token stands there to be taken',
    run: (browser) =>
      at(browser, async (page) => {
        await page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("no"))');
        await press(page, '[data-token-of=carrier]');
        const field = page.getByRole('textbox', { name: 'Token of carrier' });
        assert.match(await field.inputValue(), /^[\w-]+\.[\w-]+\.[\w-]+$/);
        const isSelected = await page.evaluate('getSelection().toString() === document.activeElement.value');
        assert.ok(isSelected, 'It is not selected');
        await assertAccessible(page);
      }),
  },
  {
    fact: 'a part that stops is named, in the answer too, where the rest is shown; when it is back the page says so by itself',
    run: async (browser) => {
      const api = await servedApart();
      await visit(browser, `${api.url}/`, {}, async (page) => {
        const pharmacy = page.locator('[data-part=pharmacy]');
        await told(page, 'Every part answers.');
        assert.equal(await pharmacy.innerText(), 'Answers');
        await api.stop('pharmacy');
        try {
          await comeBack(page);
          await told(page, 'Not answering: pharmacy. The rest goes on.');
          assert.equal(await pharmacy.innerText(), 'Does not answer');
          assert.equal(await page.locator('[data-part=catalog]').innerText(), 'Answers');
          await press(page, '#run');
          await told(page, /^SUBGRAPH_UNAVAILABLE: /);
          assert.match(await page.locator('.answer [data-of=pharmacy]').innerText(), /Nothing came/);
          assert.match(await page.locator('.answer [data-of=fund]').innerText(), /Approved/);
          await picture(page, 'start-pharmacy-down');
          await assertAccessible(page);
        } finally {
          await api.restart('pharmacy');
        }
        await told(page, 'Every part answers.');
      });
    },
  },
  {
    fact: 'when the server itself is gone the page says so, and goes on once it is back',
    run: (browser) =>
      at(browser, async (page) => {
        await told(page, 'Every part answers.');
        await page.route('**/*', (route) => route.abort());
        await comeBack(page);
        await told(page, 'The server does not answer. Is it still running?');
        await press(page, '#run');
        await page.locator('#took').getByText('The server does not answer.').waitFor();
        await page.unrouteAll();
        await comeBack(page);
        await told(page, 'Every part answers.');
      }),
  },
  {
    fact: 'every link of the first page leads to something',
    run: (browser) =>
      at(browser, async (page, url) => {
        const links = await page.evaluate<string[]>('[...document.links].map((link) => link.getAttribute("href"))');
        const paths = [...new Set(links.map((link) => link.split('#')[0] ?? ''))];
        assert.ok(paths.length > 20, 'There are few links');
        for (const path of paths) assert.equal((await fetch(url + path)).status, 200, path);
      }),
  },
];
