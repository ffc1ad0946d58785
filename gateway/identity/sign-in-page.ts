/** The two pages of the development issuer. Plain HTML: no script, nothing fetched from elsewhere. */
import { createHash } from 'node:crypto';
import { htmlText } from '../pages/page.js';
import type { DemoPerson } from './demo-people.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #16302b; --soft: #5b716c; --line: #d5e0dd; --paper: #f3f7f6; --card: #fff; --accent: #0f766e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6f0ee; --soft: #9db3ae; --line: #2b403c; --paper: #0e1816; --card: #15231f; --accent: #5eead4; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.warning { margin: 0; padding: .8rem 1rem; background: #facc15; color: #1c1917; font-weight: 700; text-align: center; }
main { max-width: 54rem; margin: 0 auto; padding: 2.5rem 1.25rem 3rem; }
h1 { margin: 0 0 .25rem; font-size: 1.75rem; letter-spacing: -.01em; }
p { margin: 0 0 1.5rem; color: var(--soft); }
p.warning { margin: 0; color: #1c1917; }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: .75rem; }
button { display: grid; grid-template-columns: 1fr auto; align-content: start; gap: .1rem .75rem; padding: .9rem 1.1rem; text-align: left; font: inherit;
  color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; cursor: pointer; }
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button strong { font-size: 1.05rem; }
button small { margin-left: .4rem; color: var(--soft); font-weight: 400; }
.role { align-self: center; color: var(--accent); font-size: .75rem; font-weight: 600; letter-spacing: .04em; }
.purpose { grid-column: 1 / -1; color: var(--soft); font-size: .9rem; }
code { font-size: .9em; }
footer { margin-top: 2rem; color: var(--soft); font-size: .9rem; }
`;

/**
 * Headers of both pages. `form-action` names the loopback addresses as well, since browsers hold the redirect back to the app
 * that follows the form against it.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "form-action 'self' http://localhost:* http://127.0.0.1:*",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** One button a person; it posts `person=NAME` back to the page's own address. */
export function signInPage(people: readonly DemoPerson[]): string {
  const buttons = people.map(
    ({ name, displayName, purpose, roles }) => `
    <button name="person" value="${htmlText(name)}">
      <strong>${htmlText(displayName)}<small>${htmlText(name)}</small></strong>
      <span class="role">${htmlText(roles.join(', '))}</span>
      <span class="purpose">${htmlText(purpose)}</span>
    </button>`,
  );
  return page(
    'Sign in',
    `<h1>Who would you like to be?</h1>
  <p>Choose a person to sign in as. There are no passwords here.</p>
  <form method="post">${buttons.join('')}
  </form>
  <footer>Partners’ programs do not sign in here; they use client credentials: <code>npm run token -- sponsor</code></footer>`,
  );
}

/** What went wrong in the sign-in, and what to do. */
export function errorPage(title: string, explanation: string): string {
  return page(title, `<h1>${htmlText(title)}</h1>\n  <p>${htmlText(explanation)}</p>`);
}

const page = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${htmlText(title)} – Rare disease care (development)</title>
  <style>${STYLE}</style>
</head>
<body>
<p class="warning" role="note">Development sign-in: demo people only</p>
<main>
  ${content}
</main>
</body>
</html>
`;
