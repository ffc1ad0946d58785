import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { Fact } from '../../scripts/facts.js';
import { served } from './served.js';
import { assertAccessible, assertFitsWidth, type Looks, picture, visit } from './visit.js';

/** Opens the map, at a type or field where one is named, when it has been drawn. */
async function visitMap(browser: Browser, at: string, looks: Looks, use: (page: Page) => Promise<void>): Promise<void> {
  const { url } = await served();
  await visit(browser, `${url}/map${at}`, looks, async (page) => {
    await page.locator('.land').first().waitFor();
    await use(page);
  });
}

const place = (page: Page, name: string) => page.locator(`#place-${name}`);
const panel = (page: Page) => page.getByRole('complementary');
const titled = (page: Page, name: string) => panel(page).getByRole('heading', { name, exact: true }).waitFor();
/** Names of the places that stand out now. */
const lit = (page: Page) => page.locator('.place.lit .name').allTextContents();
const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).boundingBox();
  assert.ok(box, `${selector} is not to be seen`);
  return box;
};

export const FACTS: readonly Fact<Browser>[] = [
  {
    fact: 'each entity lies in the territory of the subgraph that owns it, at the same place every time',
    run: async (browser) => {
      const seen: string[] = [];
      for (let time = 0; time < 2; time++) {
        await visitMap(browser, '', {}, async (page) => {
          for (const [entity, subgraph] of [
            ...[['Patient', 'patient'] as const, ['Application', 'fund'] as const, ['DrugOrder', 'pharmacy'] as const],
            ...[['Disease', 'catalog'] as const, ['Story', 'community'] as const],
          ]) {
            await page.getByRole('region', { name: subgraph }).locator(`#place-${entity}`).waitFor();
          }
          const all = await page.locator('.place').all();
          assert.ok(all.length > 50, `${all.length} entities are drawn`);
          seen.push(JSON.stringify(await Promise.all(all.map((each) => each.boundingBox()))));
        });
      }
      assert.equal(seen[0], seen[1]);
    },
  },
  {
    fact: 'who chooses an entity reads its fields and whose they are, and sees its neighbours and the seam between them',
    run: (browser) =>
      visitMap(browser, '', {}, async (page) => {
        await place(page, 'Application').click();
        await titled(page, 'Application');
        await page.mouse.move(0, 0);
        const field = panel(page).getByRole('listitem').filter({ hasText: 'drugOrders' });
        assert.match((await field.textContent()) ?? '', /DrugOrder.*pharmacy/);
        assert.match((await panel(page).getByText('pharmacy 1 field').textContent()) ?? '', /pharmacy/);
        const near = await lit(page);
        for (const name of ['Patient', 'Disease', 'Review', 'DrugOrder']) assert.ok(near.includes(name), near.join());
        assert.ok(!near.includes('StockLot'), near.join());
        assert.match((await place(page, 'DrugOrder').textContent()) ?? '', /→ drugOrders/);
        const drawn = await page.evaluate(
          `[...document.querySelectorAll('path.seam.lit')].map((line) => getComputedStyle(line).stroke)`,
        );
        assert.equal(new Set(drawn as string[]).size, 2, 'seams are drawn in the colours of fund and pharmacy');
        await picture(page, 'map-chosen');
        await assertAccessible(page);
      }),
  },
  {
    fact: 'a field’s type leads on, the address says where one is, and Back leads back',
    run: (browser) =>
      visitMap(browser, '#Application.drugOrders', {}, async (page) => {
        await panel(page).locator('.marked').getByText('drugOrders').waitFor();
        await panel(page).locator('.marked').getByRole('link', { name: 'DrugOrder' }).click();
        // the page of orders stands between
        await page.waitForURL('**#DrugOrder*');
        await page.goBack();
        await titled(page, 'Application');
        await page.getByRole('button', { name: 'Close' }).click();
        await titled(page, 'How to read it');
        await page.goto(`${page.url().split('#')[0]}#Nothing`);
        await panel(page).getByText('The schema has no type Nothing').waitFor();
      }),
  },
  {
    fact: 'a search finds entities, fields, inputs and failures, shows where on the map they are, and leads there',
    run: (browser) =>
      visitMap(browser, '', {}, async (page) => {
        const box = page.getByRole('searchbox');
        await box.fill('temperature');
        await panel(page)
          .getByRole('link', { name: /^Shipment\.temperatures/ })
          .waitFor();
        await panel(page)
          .getByRole('link', { name: /^TemperatureLogInput input/ })
          .waitFor();
        assert.deepEqual(await lit(page), ['Shipment']);
        await picture(page, 'map-search');
        await assertAccessible(page);
        await box.fill('staleversion');
        await panel(page)
          .getByRole('link', { name: /^StaleVersion/ })
          .first()
          .click();
        await titled(page, 'StaleVersion');
        await panel(page).getByRole('heading', { name: 'What can fail so' }).waitFor();
        assert.equal(await box.inputValue(), '');
        await box.fill('no such thing');
        await panel(page).getByText('Nothing found').waitFor();
      }),
  },
  {
    fact: 'the map can be used by the keyboard alone',
    run: (browser) =>
      visitMap(browser, '#Fund', {}, async (page) => {
        await page.getByRole('searchbox').focus();
        await page.keyboard.press('Tab');
        const focused = () => page.evaluate('document.activeElement.id') as Promise<string>;
        assert.equal(await focused(), 'place-Fund');
        await page.keyboard.press('ArrowRight');
        const next = await focused();
        assert.notEqual(next, 'place-Fund');
        await page.keyboard.press('ArrowLeft');
        assert.equal((await boxOf(page, `#${await focused()}`)).x < (await boxOf(page, `#${next}`)).x, true);
        await page.keyboard.press('ArrowRight');
        const chosen = (await focused()).slice('place-'.length);
        await page.keyboard.press('Enter');
        await titled(page, chosen);
        await page.keyboard.press('Escape');
        await titled(page, 'How to read it');
      }),
  },
  {
    fact: 'on a phone the territories stand one below the other, and what is chosen comes up under its place',
    run: (browser) =>
      visitMap(browser, '', { phone: true }, async (page) => {
        const lands = await page.locator('.land').all();
        const tops = await Promise.all(lands.map(async (each) => (await each.boundingBox())?.y ?? 0));
        assert.equal(new Set(tops).size, 5);
        await place(page, 'Application').click();
        await titled(page, 'Application');
        const [above, sheet] = [await boxOf(page, '#place-Application'), await boxOf(page, '.panel')];
        assert.ok(above.y > 0 && above.y + above.height <= sheet.y, 'the place lies under what tells of it');
        assert.ok(sheet.y + sheet.height <= 845, 'the panel ends below the screen');
        await picture(page, 'map-chosen-phone');
        await assertFitsWidth(page);
        await assertAccessible(page);
      }),
  },
  {
    fact: 'in the dark everything can still be told apart',
    run: (browser) =>
      visitMap(browser, '#Patient', { dark: true }, async (page) => {
        await titled(page, 'Patient');
        await picture(page, 'map-chosen-dark');
        await assertAccessible(page);
      }),
  },
];
