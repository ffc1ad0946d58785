import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { Fact } from '../../scripts/facts.js';
import { until } from '../until.js';
import { served } from './served.js';
import { assertAccessible, assertFitsWidth, type Looks, picture, visit } from './visit.js';

type Answer = { data?: Record<string, unknown> | null; errors?: { message: string }[] };

/** A pane of GraphiQL by the name that it has for those who cannot see it. */
const pane = (name: string): string =>
  `[...document.querySelectorAll('.CodeMirror')].map((each) => each.CodeMirror)
    .find((each) => each.getOption('screenReaderLabel') === '${name}')`;

/** The explorer, as soon as it can be used. */
async function explore(
  browser: Browser,
  path: string,
  looks: Looks,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const { url } = await served();
  await visit(browser, `${url}/explorer${path}`, looks, async (page) => {
    await opened(page);
    await use(page);
  });
}

const opened = (page: Page) => page.waitForSelector('#explorer:not([aria-busy])');
const whoAsks = (page: Page) => page.getByRole('combobox', { name: 'Ask as' });
const currentTab = (page: Page) => page.locator('.graphiql-tab-button[aria-current="true"]');
const textOf = (page: Page, name: string) => page.evaluate(`${pane(name)}.getValue()`) as Promise<string>;
const write = (page: Page, name: string, text: string) =>
  page.evaluate(`${pane(name)}.setValue(${JSON.stringify(text)})`);
const asker = (page: Page, name: string) => until(async () => (await whoAsks(page).inputValue()) === name);

/** What the headers hold, as soon as there is a token among them. */
const signedIn = (page: Page) =>
  until(
    () => textOf(page, 'Headers'),
    (text) => /Bearer \S+\./.test(text),
  );

/** Sends what stands in the panes, and waits for the answer. */
async function run(page: Page): Promise<Answer> {
  await page.getByRole('button', { name: 'Execute query (Ctrl-Enter)' }).click();
  return answered(page);
}

const answered = async (page: Page): Promise<Answer> => JSON.parse(await until(() => textOf(page, 'Answer')));

const numberIn = ({ data }: Answer): unknown => (data?.application as { number?: unknown } | null)?.number ?? null;

const NUMBER = 'RC-2026-000001';

export const FACTS: readonly Fact<Browser>[] = [
  {
    fact: 'An example stands in a tab, and its answer beside it, once it was sent as the person whom it is for',
    run: (browser) =>
      explore(browser, '', {}, async (page) => {
        assert.equal(await currentTab(page).innerText(), 'ApplicationOverview');
        assert.equal(await whoAsks(page).inputValue(), 'patient');
        assert.equal(numberIn(await run(page)), NUMBER);
        await page.getByText('ApplicationOverview: 200 from /graphql').waitFor();
        await picture(page, 'explorer-answer');
        await assertAccessible(page);
      }),
  },
  {
    fact: 'The same operation tells another patient nothing, and nobody who is not signed in',
    run: (browser) =>
      explore(browser, '', {}, async (page) => {
        for (const name of ['other-patient', '']) {
          await whoAsks(page).selectOption(name);
          assert.equal(numberIn(await run(page)), null, `asked as ${name}`);
        }
        await whoAsks(page).selectOption('reviewer');
        assert.equal(numberIn(await run(page)), NUMBER);
      }),
  },
  {
    fact: 'Whoever asks stands with a token in the headers, beside what else stands there',
    run: (browser) =>
      explore(browser, '', {}, async (page) => {
        await page.getByRole('button', { name: 'Headers' }).click();
        await write(page, 'Headers', '{ "accept-language": "zh" }');
        await asker(page, '');
        await whoAsks(page).selectOption('physician');
        const { authorization, ...others } = JSON.parse(await signedIn(page));
        const { sub } = JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url').toString());
        assert.deepEqual([sub, others], ['demo-physician', { 'accept-language': 'zh' }]);
      }),
  },
  {
    fact: "A partner's example is asked as the partner, at the partners' endpoint, with the docs of the partners' schema",
    run: (browser) =>
      explore(browser, '', {}, async (page) => {
        await page
          .getByRole('navigation', { name: 'Examples' })
          .getByRole('button', { name: /Contributions$/ })
          .click();
        await page.getByText('POST /partner/graphql').waitFor();
        const { data, errors } = await run(page);
        assert.deepEqual([Object.keys(data ?? {}), errors], [['funds', 'contributions'], undefined]);

        await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
        const docs = page.getByRole('region', { name: 'Documentation Explorer' });
        await docs.getByRole('link', { name: 'Query' }).click();
        await docs.getByRole('link', { name: 'diagnosesToDecide', exact: true }).waitFor();
        assert.equal(await docs.getByRole('link', { name: 'application', exact: true }).count(), 0);
        await picture(page, 'explorer-partner');

        await page.locator('.graphiql-tab-button', { hasText: 'ApplicationOverview' }).click();
        await docs.getByRole('link', { name: 'application', exact: true }).waitFor();
        assert.equal(await whoAsks(page).inputValue(), 'patient');
      }),
  },
  {
    fact: 'What a field is for can be read in the docs, by those who use no eyes as well',
    run: (browser) =>
      explore(browser, '', {}, async (page) => {
        await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
        const docs = page.getByRole('region', { name: 'Documentation Explorer' });
        await docs.getByRole('link', { name: 'Query' }).click();
        await docs.getByRole('link', { name: 'application', exact: true }).click();
        const { url } = await served();
        const described = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: '{ __type(name: "Query") { fields { name description } } }' }),
        });
        const { data } = (await described.json()) as {
          data: { __type: { fields: { name: string; description: string }[] } };
        };
        const { description = '' } = data.__type.fields.find(({ name }) => name === 'application') ?? {};
        assert.ok((await docs.innerText()).includes(description.replaceAll('`', '')), description);
        await picture(page, 'explorer-docs');
        await assertAccessible(page);
      }),
  },
  {
    fact: 'It is dark where the system is, and where its own switch says so, for as long as that does',
    run: async (browser) => {
      const background = 'getComputedStyle(document.body).backgroundColor';
      let dark: unknown;
      await explore(browser, '', { dark: true }, async (page) => {
        dark = await page.evaluate(background);
        await run(page);
        await picture(page, 'explorer-answer-dark');
        await assertAccessible(page);
      });
      await explore(browser, '', {}, async (page) => {
        assert.notEqual(await page.evaluate(background), dark);
        await page.getByRole('button', { name: 'Open settings dialog' }).click();
        await page.getByRole('button', { name: 'Dark' }).click();
        assert.equal(await page.evaluate(background), dark);
        await assertAccessible(page);
        await page.keyboard.press('Escape');
        await page.reload();
        await opened(page);
        assert.equal(await page.evaluate(background), dark);
      });
    },
  },
  {
    fact: 'A link opens an example as somebody, or what is there anyhow',
    run: async (browser) => {
      await explore(browser, '?as=other-patient', {}, async (page) => {
        assert.equal(await whoAsks(page).inputValue(), 'other-patient');
        assert.match(await signedIn(page), /Bearer/);
        assert.equal(await whoAsks(page).inputValue(), 'other-patient');
        assert.equal(await currentTab(page).innerText(), 'ApplicationOverview');
      });
      await explore(browser, '?as=carrier&example=Shipments', {}, async (page) => {
        assert.equal(await whoAsks(page).inputValue(), 'carrier');
        assert.equal(await currentTab(page).innerText(), 'Shipments');
        const { data, errors } = await run(page);
        assert.deepEqual([Object.keys(data ?? {}), errors], [['shipments'], undefined]);
      });
    },
  },
  {
    fact: 'A link to an example that does not exist, or as nobody whom one knows, says so',
    run: async (browser) => {
      await explore(browser, '?example=Nothing', {}, async (page) => {
        assert.match(await page.getByRole('alert').innerText(), /No example is called Nothing/);
      });
      await explore(browser, '?as=stranger&example=ApplicationOverview', {}, async (page) => {
        assert.match(await page.getByRole('alert').innerText(), /Nobody is called stranger/);
        assert.equal(await whoAsks(page).inputValue(), 'patient');
      });
    },
  },
  {
    fact: 'The browser keeps no token, and knows all the same who asked in each tab, and in what was sent before',
    run: (browser) =>
      explore(browser, '?as=reviewer&example=ApplicationOverview', {}, async (page) => {
        await run(page);
        const kept = () => page.evaluate('JSON.stringify({ ...localStorage })') as Promise<string>;
        await page.getByRole('button', { name: 'New tab' }).click();
        await write(page, 'Headers', '{ "authorization": "Bearer of.my.own" }');
        await page.getByRole('option', { name: 'The owner of the token in Headers' }).waitFor({ state: 'attached' });
        await run(page);
        // what is sent is kept as well, for the history
        await write(page, 'Operation', 'query Mine { __typename }');
        await run(page);
        const all = await until(kept, (text) => text.includes('query Mine'));
        assert.match(all, /graphiql:queries/);
        assert.doesNotMatch(all, /eyJ|of\.my\.own/);

        await page.reload();
        await opened(page);
        await page.locator('.graphiql-tab-button', { hasText: 'ApplicationOverview' }).click();
        assert.equal(await whoAsks(page).inputValue(), 'reviewer');
        assert.equal(numberIn(await run(page)), NUMBER);
        await whoAsks(page).selectOption('other-patient');
        await page.getByRole('button', { name: 'Show History' }).click();
        const history = page.getByRole('region', { name: 'History' });
        await history.getByText('ApplicationOverview').last().click();
        await asker(page, 'reviewer');
        await assertAccessible(page);
      }),
  },
  {
    fact: 'A token that is not good any more is replaced when it is used',
    run: (browser) =>
      explore(browser, '', {}, async (page) => {
        const good = await signedIn(page);
        const bad = good.replace(/\.[^."]+"/, '.AAAA"');
        assert.notEqual(bad, good);
        await write(page, 'Headers', bad);
        assert.equal(numberIn(await run(page)), NUMBER);
        await until(
          () => textOf(page, 'Headers'),
          (text) => text !== bad,
        );
        assert.equal(numberIn(await run(page)), NUMBER);
      }),
  },
  {
    fact: 'A server that does not answer is told of in words that say what to do',
    run: (browser) =>
      explore(browser, '', {}, async (page) => {
        await page.route('**/graphql', (route) => route.abort());
        const { errors } = await run(page);
        assert.match(errors?.[0]?.message ?? '', /does not answer/);
        await page.unroute('**/graphql');
        assert.equal(numberIn(await run(page)), NUMBER);
      }),
  },
  {
    fact: 'It can be used by the keyboard alone: Tab leads out of each pane, Ctrl-Enter sends',
    run: (browser) =>
      explore(browser, '', {}, async (page) => {
        await page.getByRole('textbox', { name: 'Operation' }).focus();
        await page.keyboard.press('Control+Enter');
        assert.equal(numberIn(await answered(page)), NUMBER);
        for (const name of ['Operation', 'Variables', 'Answer']) {
          const before = await textOf(page, name);
          await page.getByRole('textbox', { name }).focus();
          // by way of what scrolls the pane
          for (const key of ['Tab', 'Tab']) await page.keyboard.press(key);
          const inside = `document.activeElement.closest('.CodeMirror')?.CodeMirror === ${pane(name)}`;
          assert.equal(await page.evaluate(inside), false, `Tab stays in ${name}`);
          assert.equal(await textOf(page, name), before);
        }
      }),
  },
  {
    fact: 'On a phone the list of examples opens above the panes, and the answer is scrolled to',
    run: (browser) =>
      explore(browser, '', { phone: true }, async (page) => {
        const list = page.getByRole('navigation', { name: 'Examples' });
        assert.equal(await list.count(), 0);
        await page.getByRole('button', { name: 'Examples' }).click();
        await list.getByRole('searchbox').fill('sponsor contributions');
        await picture(page, 'explorer-phone-examples');
        await assertAccessible(page);
        await list.getByRole('button', { name: /Contributions$/ }).click();
        assert.equal(await list.count(), 0);
        await run(page);
        await page.getByText('Contributions: 200 from /partner/graphql').waitFor();
        await picture(page, 'explorer-phone-answer');
        const top = (await page.evaluate(
          "document.querySelector('.graphiql-response').getBoundingClientRect().top",
        )) as number;
        assert.ok(top < 200, `The answer begins at ${top} px`);
        await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
        await page.getByRole('link', { name: 'Query' }).waitFor();
        await assertFitsWidth(page);
        await assertAccessible(page);
      }),
  },
];
