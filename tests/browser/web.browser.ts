import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Target } from '../../scripts/attack/target.js';
import { end } from '../../scripts/bench/programs.js';
import { Example } from '../../scripts/examples/example.js';
import type { Fact } from '../../scripts/facts.js';
import { freePorts } from '../../scripts/ports.js';
import { until } from '../until.js';
import { endWithServed, servedApart } from './served.js';
import { assertAccessible, assertFitsWidth, type Looks, picture, visit } from './visit.js';

const WEB = new Example('web');
const APPROVED = 'RC-2026-000001';
const IN_REVIEW = 'RC-2026-000002';

interface ServedWeb {
  readonly url: string;
  readonly apiUrl: string;
}
let serving: Promise<ServedWeb> | undefined;

/** `examples/web`, built for the API under test, as `npm run preview` serves it. */
function servedWeb(): Promise<ServedWeb> {
  serving ??= serveWeb();
  return serving;
}

async function serveWeb(): Promise<ServedWeb> {
  const { url: apiUrl } = await servedApart();
  if (!WEB.isInstalled) await WEB.mustNpm(['ci']);
  const folder = await mkdtemp(join(tmpdir(), 'care-web-'));
  endWithServed(() => rm(folder, { recursive: true, force: true }));
  await WEB.mustNpm(['run', 'build', '--', '--outDir', folder, '--emptyOutDir'], { VITE_API_URL: apiUrl });
  const [port] = await freePorts(1);
  const url = `http://localhost:${port}`;
  const vite = ['node_modules/vite/bin/vite.js', 'preview', '--outDir', folder, '--port', String(port), '--strictPort'];
  const preview = WEB.start(process.execPath, vite);
  endWithServed(() => end(preview));
  const early = once(preview, 'exit').then(([code]) => {
    throw new Error(`vite preview ended with ${code}`);
  });
  const answers = until(() =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  await Promise.race([answers, early]);
  early.catch(() => undefined);
  return { url, apiUrl };
}

/** Opens the page and signs somebody in. @param hash the application that the address names */
async function signedIn(
  browser: Browser,
  { as = 'patient', hash = APPROVED, ...looks }: Looks & { readonly as?: string; readonly hash?: string },
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const { url, apiUrl } = await servedWeb();
  await visit(browser, `${url}/#${hash}`, { ...looks, mayAsk: [apiUrl] }, async (page) => {
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator(`button[value="${as}"]`).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await use(page);
  });
}

const section = (page: Page, name: string) => page.getByRole('region', { name });
const curve = (page: Page) => page.getByRole('img', { name: /°C/ });

/** What holds of `examples/web`, against the API in many processes. */
export const FACTS: readonly Fact<Browser>[] = [
  {
    fact: 'whoever has not signed in is asked to, and everybody can use that page',
    run: async (browser) => {
      const { url, apiUrl } = await servedWeb();
      await visit(browser, url, { mayAsk: [apiUrl], phone: true }, async (page) => {
        await page.getByRole('heading', { name: 'See where your application stands' }).waitFor();
        await assertFitsWidth(page);
        await assertAccessible(page);
      });
    },
  },
  {
    fact: 'signs in by PKCE, and keeps neither the code in the address nor the token where other tabs see it',
    run: async (browser) => {
      const { url, apiUrl } = await servedWeb();
      await visit(browser, `${url}/#${APPROVED}`, { mayAsk: [apiUrl] }, async (page) => {
        const asked = page.waitForRequest((request) => request.url().startsWith(`${apiUrl}/oidc/auth?`));
        await page.getByRole('button', { name: 'Sign in' }).click();
        const { searchParams } = new URL((await asked).url());
        assert.equal(searchParams.get('code_challenge_method'), 'S256');
        assert.equal(searchParams.get('response_type'), 'code');
        await page.locator('button[value="patient"]').click();
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
        assert.equal(page.url(), `${url}/#${APPROVED}`);
        assert.doesNotMatch(await page.evaluate<string>('JSON.stringify(localStorage)'), /access_token/);
      });
    },
  },
  {
    fact: 'shows what is left this year as the API says it, what happened, and the orders',
    run: async (browser) => {
      const { apiUrl } = await servedWeb();
      const { body } = await new Target({ url: apiUrl }).ask(
        '{ applications { nodes { number patient { annualAid(year: 2026) { remaining { amount } } } } } }',
        {},
        { as: 'patient' },
      );
      const told = body.data.applications.nodes.find(({ number }: { number: string }) => number === APPROVED);
      const { amount } = told.patient.annualAid.remaining;
      await signedIn(browser, {}, async (page) => {
        const left = `¥${Number(amount).toLocaleString('en-GB')}`;
        await section(page, 'Aid in 2026').getByText(`${left} left`).waitFor();
        const steps = await section(page, 'How far it has come').getByRole('listitem').allInnerTexts();
        assert.deepEqual(
          steps.slice(0, 4).map((step) => step.split(/ {2}|\d/)[0]?.trim()),
          ['Draft', 'Handed in', 'In review', 'Approved'],
        );
        const orders = await section(page, 'Medicine').innerText();
        for (const number of ['RX-2026-000004', 'RX-2026-000003', 'RX-2026-000002'])
          assert.ok(orders.includes(number), number);
      });
    },
  },
  {
    fact: 'draws how cold a parcel was, with what follows from it in words, and as a table for whoever does not see it',
    run: async (browser) =>
      signedIn(browser, {}, async (page) => {
        await curve(page).first().waitFor();
        assert.match((await curve(page).first().getAttribute('aria-label')) ?? '', /Between 4\.0 °C and 9\.4 °C/);
        const medicine = section(page, 'Medicine');
        await medicine.getByText('Outside of 2 to 8 °C for 30 minutes; the medicine bears 60').waitFor();
        await medicine.getByText('The readings as a table').first().click();
        await medicine.getByRole('cell', { name: '9.4 °C' }).first().waitFor();
        assert.equal(await medicine.getByRole('row').count(), 50);
      }),
  },
  {
    fact: 'says what to do next of each of several applications, and the address leads to each',
    run: async (browser) =>
      signedIn(browser, {}, async (page) => {
        await page.getByRole('heading', { level: 1, name: 'Gaucher' }).waitFor();
        await page.locator(`a[href="#${IN_REVIEW}"]`).click();
        await page.getByRole('heading', { level: 1, name: 'Osteogenesis' }).waitFor();
        const next = section(page, 'What to do next');
        await next.getByText('Nothing for now: the reviewers are at work.').waitFor();
        await next.getByText('take the application back').waitFor();
        await section(page, 'Medicine').getByText('No order is linked').waitFor();
        await page.goBack();
        await page.getByRole('heading', { level: 1, name: 'Gaucher' }).waitFor();
        assert.ok(page.url().endsWith(`#${APPROVED}`));
      }),
  },
  {
    fact: 'speaks Chinese, and still does after the page was loaded anew, without another sign-in',
    run: async (browser) =>
      signedIn(browser, {}, async (page) => {
        await page.getByRole('button', { name: '中文' }).click();
        await page.getByRole('heading', { level: 1, name: '戈谢病' }).waitFor();
        await page.reload();
        await section(page, '下一步').waitFor();
        await section(page, '药品订单').getByText('维拉苷酶β').first().waitFor();
        assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
        await assertAccessible(page);
        await picture(page, 'web-zh');
      }),
  },
  ...[
    { name: 'web', looks: {} },
    { name: 'web-dark', looks: { dark: true } },
    { name: 'web-phone', looks: { phone: true } },
  ].map(({ name, looks }) => ({
    fact: `${name} can be used by everybody, and fits the screen`,
    run: (browser: Browser) =>
      signedIn(browser, looks, async (page) => {
        await curve(page).first().waitFor();
        const setOpen = (which: string, isOpen: boolean) =>
          page.evaluate(`for (const each of document.querySelectorAll('${which}')) each.open = ${isOpen}`);
        await setOpen('details', true);
        await assertFitsWidth(page);
        await assertAccessible(page);
        await setOpen('.readings', false);
        await picture(page, name);
      }),
  })),
  {
    fact: 'shows the rest while the pharmacy is down and says what is missing, and all of it when it is back',
    run: async (browser) => {
      const api = await servedApart();
      await api.stop('pharmacy');
      await signedIn(browser, {}, async (page) => {
        const medicine = section(page, 'Medicine');
        await medicine.getByText('that part of the service does not answer').waitFor();
        await section(page, 'Aid in 2026')
          .getByText(/¥[\d,.]+ left/)
          .waitFor();
        await page.getByRole('alert').getByText('Some of this page cannot be shown').waitFor();
        await assertAccessible(page);
        await picture(page, 'web-partly');
        await api.restart('pharmacy');
        const again = page.getByRole('button', { name: 'Try again' });
        // the gateway asks a part that was down anew only after a moment
        await until(async () => {
          if (await curve(page).first().isVisible()) return true;
          await again.click({ timeout: 1_000 }).catch(() => undefined);
          return false;
        });
        await again.waitFor({ state: 'detached' });
      });
    },
  },
  {
    fact: 'says that the service does not answer when it cannot be reached, and goes on when it can',
    run: async (browser) =>
      signedIn(browser, {}, async (page) => {
        await page.getByRole('heading', { level: 1, name: 'Gaucher' }).waitFor();
        await page.context().setOffline(true);
        await page.locator(`a[href="#${IN_REVIEW}"]`).click();
        await page.getByText('The service does not answer.').waitFor();
        await page.context().setOffline(false);
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.getByRole('heading', { level: 1, name: 'Osteogenesis' }).waitFor();
      }),
  },
  {
    fact: 'ends the session when the API no longer takes the token, and says so',
    run: async (browser) =>
      signedIn(browser, {}, async (page) => {
        await page.evaluate(`for (const key of Object.keys(sessionStorage)) {
          const user = JSON.parse(sessionStorage[key]);
          sessionStorage[key] = JSON.stringify({ ...user, access_token: user.access_token + 'x' });
        }`);
        await page.reload();
        await page.getByText('Your sign-in has ended.').waitFor();
        await page.getByRole('button', { name: 'Sign in' }).waitFor();
      }),
  },
  {
    fact: 'shows nobody what is another’s, and who does not apply for aid is told so',
    run: async (browser) => {
      await signedIn(browser, { as: 'other-patient' }, async (page) => {
        await page.getByText('There is no such application, or it is not one of yours.').waitFor();
        assert.doesNotMatch(await page.locator('main').innerText(), /Gaucher/);
      });
      await signedIn(browser, { as: 'moderator', hash: '' }, async (page) => {
        await page.getByText('You have signed in as somebody who does not apply for aid.').waitFor();
      });
    },
  },
];
