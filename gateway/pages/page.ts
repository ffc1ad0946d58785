/** What every page of ours has: its frame, and the headers that let it load nothing from elsewhere. */

/** A page as its own module makes it. */
export interface Page {
  readonly title: string;
  /** HTML between the header with the links and the end. Everything variable in it went through `htmlText`. */
  readonly body: string;
  /** The bundle in `dist/pages` that it runs, without `.js`; its style, if it has one of its own, has the same name. */
  readonly script?: string;
  /** What the script reads by `pageData()`. */
  readonly data?: unknown;
  /** The one origin that it may show in a frame. */
  readonly frame?: string;
}

/** Where the links of the header lead; only those that are served here. */
export interface PageLink {
  readonly path: string;
  readonly name: string;
}

/** Text as HTML, in an element or in a quoted attribute. */
export const htmlText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** Nothing from elsewhere, no inline script or style, no frame around it. */
export function pageHeaders({ frame }: Pick<Page, 'frame'>): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self' data:",
      `connect-src 'self'${frame ? ` ${frame}` : ''}`,
      ...(frame ? [`frame-src ${frame}`] : []),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  };
}

/** JSON that cannot end the element it stands in. */
const embedded = (data: unknown): string => JSON.stringify(data).replaceAll('<', '\\u003c');

/** @param here the path of this page, which is marked among the links */
export function pageHtml(page: Page, links: readonly PageLink[], here: string, styles: readonly string[]): string {
  const { title, body, script, data } = page;
  const navigation = links.map(
    ({ path, name }) => `<a href="${path}"${path === here ? ' aria-current="page"' : ''}>${htmlText(name)}</a>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${htmlText(title)} – Rare disease care</title>
  ${styles.map((name) => `<link rel="stylesheet" href="/pages/${name}.css">`).join('\n  ')}
  <link rel="icon" href="/pages/icon.svg" type="image/svg+xml">
  ${script ? `<script type="module" src="/pages/${script}.js"></script>` : ''}
</head>
<body${script ? ` class="${script}"` : ''}>
<header class="site">
  <a class="brand" href="/">Rare disease care</a>
  ${links.length > 1 ? `<nav aria-label="Pages">${navigation.join('')}</nav>` : ''}
</header>
${body}
${data === undefined ? '' : `<script type="application/json" id="data">${embedded(data)}</script>`}
</body>
</html>
`;
}
