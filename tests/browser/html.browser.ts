import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import type { Fact } from '../../scripts/facts.js';
import { HOSTILE } from '../../subgraphs/community/html/hostile.js';
import { ALLOWED_ATTRIBUTES, renderMarkdown } from '../../subgraphs/community/html/html.rules.js';

/** HTML that does something, and by which of what was seen that is noticed. */
const ACTIVE: readonly (readonly [name: string, html: string, noticed: string])[] = [
  ['a script', '<script>fired()</script>', 'fired'],
  ['a handler', '<img src="data:," onerror="fired()">', 'fired'],
  ['a handler of a pointer', '<p onmouseover="fired()">x</p>', 'fired'],
  ['a link that runs', '<a href="javascript:fired()">x</a>', 'fired'],
  ['a form', '<form action="https://evil.example/"><button>x</button></form>', 'fired'],
  ['a field that takes the focus', '<input autofocus onfocus="fired()">', 'fired'],
  ['a frame', '<iframe srcdoc="<script>parent.fired()</script>"></iframe>', 'fired'],
  ['a dialog', '<svg onload="alert(1)"></svg>', 'fired'],
  ['a picture from elsewhere', '<img src="https://evil.example/a.png">', 'request for https://evil.example/a.png'],
  [
    'a style sheet from elsewhere',
    '<link rel="stylesheet" href="//evil.example/b">',
    'request for http://evil.example/b',
  ],
  [
    'a background from elsewhere',
    '<p style="background:url(https://evil.example/c)">x</p>',
    'request for https://evil.example/c',
  ],
  [
    'a refresh',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    'request for https://evil.example/',
  ],
  ['a link within the site', '<a href="/account/delete">x</a>', 'a link within the site'],
  ['a link to a file', '<a href="file:///etc/passwd">x</a>', 'a link that is none of the web'],
  ['an element of a foreign kind', '<custom-x></custom-x>', 'element custom-x'],
  ['a drawing', '<svg><a></a></svg>', 'element svg'],
  ['an attribute that is not ours', '<p class="x">x</p>', 'attribute class of p'],
  ['an element outside', '</main><p>x</p>', 'something outside'],
];

/** What runs in the page. Whatever the text does leaves `fired` in the title: scripts of the page and of its frames reach that, and no text does. */
const IN_PAGE = `
window.fired = () => { document.title = 'fired'; };
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = window.fired;
addEventListener('submit', (event) => { event.preventDefault(); window.fired(); });
// a link may be followed, by whoever wants to: that is no deed of the text
addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (link && /^(https?|file):$/.test(link.protocol)) event.preventDefault();
});

// touches every element as a reader would, and says what stands there that is not allowed
window.touchEverything = async (allowed) => {
  const main = document.querySelector('main');
  const foreign = new Set();
  const look = () => {
    if (document.body.children.length !== 1 || document.head.children.length !== 3) foreign.add('something outside');
    for (const element of main.querySelectorAll('*')) {
      const name = element.localName;
      if (!Object.hasOwn(allowed, name) || element.namespaceURI !== 'http://www.w3.org/1999/xhtml') foreign.add('element ' + name);
      for (const attribute of element.getAttributeNames()) {
        if (!allowed[name]?.includes(attribute)) foreign.add('attribute ' + attribute + ' of ' + name);
      }
      if (name === 'a' && !/^https?:$/.test(element.protocol)) foreign.add('a link that is none of the web');
      if (name === 'a' && element.host === location.host) foreign.add('a link within the site');
    }
  };
  const touch = async () => {
    for (const element of main.querySelectorAll('*')) {
      for (const type of ['pointerover', 'pointerenter', 'mouseover', 'mouseenter', 'mousedown', 'toggle', 'error', 'load']) {
        element.dispatchEvent(new Event(type, { bubbles: true }));
      }
      element.focus?.();
      element.click?.();
    }
    // what fails to load says so a little later
    await new Promise((done) => setTimeout(done));
    await new Promise((done) => requestAnimationFrame(done));
  };
  look();
  await touch();
  // as clients put it in, and again as a browser writes down what it has read
  for (let time = 0; time < 2; time++) {
    main.innerHTML = main.innerHTML;
    look();
    await touch();
  }
  return [...foreign];
};`;

const page = (html: string): string => `<!doctype html><html><head><meta charset="utf-8"><title>quiet</title>
<script>${IN_PAGE}</script></head><body><main>${html}</main></body></html>`;

/**
 * Opens a page with this HTML in it.
 *
 * @returns what happened, and what stands in the page that is not among ours: nothing, for a text that is inert
 */
async function noticed(browser: Browser, html: string): Promise<string[]> {
  const happened: string[] = [];
  const server = createServer((_, answer) => answer.end(page(html))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const context = await browser.newContext();
  try {
    const tab = await context.newPage();
    await context.route('**/*', (route) => {
      const url = route.request().url();
      if (url === address && tab.url() === 'about:blank') return route.continue();
      happened.push(`request for ${url}`);
      return route.abort();
    });
    context.on('page', () => happened.push('a window'));
    tab.on('framenavigated', (frame) => {
      if (frame.url() !== address) happened.push(`page ${frame.url()}`);
    });
    await tab.goto(address, { waitUntil: 'load' });
    // a page that leads away takes the script with it
    const foreign = await tab
      .evaluate<string[]>(`touchEverything(${JSON.stringify(ALLOWED_ATTRIBUTES)})`)
      .catch(() => ['another page']);
    if ((await tab.title()) !== 'quiet') happened.push('fired');
    return [...happened, ...foreign];
  } finally {
    await context.close();
    server.close();
  }
}

/** Texts of members are inert in a browser, whatever stands in them; and what is not inert would be noticed. */
export const FACTS: readonly Fact<Browser>[] = [
  ...ACTIVE.map(([name, html, by]) => ({
    fact: `is noticed: ${name}`,
    run: async (browser: Browser) => {
      const seen = await noticed(browser, html);
      assert.ok(seen.includes(by), `Only this was noticed: ${seen.join(', ')}`);
    },
  })),
  ...HOSTILE.map(({ name, text }) => ({
    fact: `does nothing: ${name}`,
    run: async (browser: Browser) => assert.deepEqual(await noticed(browser, renderMarkdown(text)), []),
  })),
];
