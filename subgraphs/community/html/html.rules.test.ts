import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE } from './hostile.js';
import { ALLOWED_ATTRIBUTES, LINK_REL, MAX_NESTING, renderMarkdown } from './html.rules.js';

const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)( \/)?>/g;
const UNSEEN =
  /[\p{Bidi_Control}\u200B\u200C\u00AD\u2060-\u2064\uFEFF\u180E\u115F\u3164\uFFA0\u{E0000}-\u{E007F}]|[^\P{Cc}\n\t]|\p{Cs}/u;

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The elements of a rendering. @throws when there is anything in it that is neither one of ours nor plain text */
function elementsOf(html: string): { elements: Element[]; depth: number } {
  const elements: Element[] = [];
  const open: string[] = [];
  let depth = 0;
  const text = html.replace(TAG, (_, closes: string, name: string, attributes: string, single?: string) => {
    expect(Object.keys(ALLOWED_ATTRIBUTES)).toContain(name);
    if (closes) expect(open.pop()).toBe(name);
    else {
      const given = Object.fromEntries(
        [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
      );
      elements.push({ name, attributes: given });
      if (!single) depth = Math.max(depth, open.push(name));
    }
    return '';
  });
  expect(open).toEqual([]);
  expect(text).not.toMatch(/[<>]/);
  return { elements, depth };
}

/** What is true of every rendering, whatever was written. */
function expectInert(html: string): void {
  const { elements, depth } = elementsOf(html);
  expect(depth).toBeLessThanOrEqual(3 * MAX_NESTING);
  for (const { name, attributes } of elements) {
    for (const key of Object.keys(attributes)) expect(ALLOWED_ATTRIBUTES[name]).toContain(key);
    if (name !== 'a') continue;
    expect(attributes).toMatchObject({ rel: LINK_REL, target: '_blank' });
    expect(attributes.href).toMatch(/^https?:\/\/[^/@]+\//);
  }
  expect(html).not.toMatch(UNSEEN);
}

const link = (href: string, text: string) => `<a href="${href}" rel="${LINK_REL}" target="_blank">${text}</a>`;

describe('Markdown becomes', () => {
  test.each([
    ['plain text', 'a & b', '<p>a &amp; b</p>'],
    ['paragraphs, in which a line break stays one', 'a\nb\n\nc', '<p>a<br />\nb</p>\n<p>c</p>'],
    ['emphasis', '*a* **b** ~~c~~ `d`', '<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>'],
    ['headings', '## 症状', '<h2>症状</h2>'],
    ['lists', '3. a\n4. b', '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'],
    ['quotes', '> a', '<blockquote>\n<p>a</p>\n</blockquote>'],
    ['code', '```js\na < b\n```', '<pre><code>a &lt; b\n</code></pre>'],
    ['a line', 'a\n\n---', '<p>a</p>\n<hr />'],
  ])('%s', (_, text, html) => {
    expect(renderMarkdown(text).trim()).toBe(html);
  });

  test.each([
    [
      'a link',
      '[the guideline](https://example.org/a?b=1&c=2)',
      link('https://example.org/a?b=1&amp;c=2', 'the guideline'),
    ],
    ['an address in angles', '<https://example.org/x>', link('https://example.org/x', 'https://example.org/x')],
    [
      'an address that is its own text',
      '[example.org/x.html](http://example.org/x.html)',
      link('http://example.org/x.html', 'example.org/x.html'),
    ],
    [
      'a picture, as a link to it',
      '![the chart](https://example.org/a.png)',
      link('https://example.org/a.png', 'the chart'),
    ],
    ['a picture without a text', '![](https://example.org/a.png)', link('https://example.org/a.png', 'example.org')],
    ['a picture within a link', '[![x](https://a.example/1)](https://b.example/2)', link('https://b.example/2', 'x')],
    ['a link without a text', '[](https://evil.example/)', link('https://evil.example/', 'evil.example')],
  ])('%s', (_, text, html) => {
    expect(renderMarkdown(text).trim()).toBe(`<p>${html}</p>`);
  });

  test.each([
    ['another address', 'bank.example'],
    ['another address with its scheme', 'https://bank.example/sign-in'],
    ['another address after the name of this one', 'evil.example.bank.example'],
    ['this host as the name of a person at another', 'https://evil.example@bank.example'],
    ['another address in a sentence', 'see bank.example now'],
    ['another address behind entities', 'bank&#46;example'],
    ['another address with a full-width dot', 'bank．example'],
    ['another address with an ideographic dot', '银行。中国'],
    ['another address in full-width letters', 'ｂａｎｋ．ｅｘａｍｐｌｅ'],
    ['another address cut by what is not seen', 'bank\u200B.\u200Bexample'],
    ['another address in parts', '*bank*.example'],
    ['another address in code', '`bank.example`'],
    ['a scheme', 'https://bank'],
    ['what begins as an address', 'www bank'],
  ])('a link with its host, when the text is %s', (_, text) => {
    expect(renderMarkdown(`[${text}](https://evil.example/x)`)).toContain('</a> (evil.example)');
  });

  test('a link with its host as it is asked for, when that is in letters that look like others', () => {
    expect(renderMarkdown('[аpple.example](https://аpple.example)')).toContain('</a> (xn--pple-43d.example)');
  });

  test('a link without its host, when the text is a word or a sentence', () => {
    for (const text of ['here', '指南（2026年）', 'Dr. Wang writes']) {
      expect(renderMarkdown(`[${text}](https://example.org/)`)).not.toContain('(example.org)');
    }
  });

  test('the same whoever wrote HTML in it: that is text', () => {
    expect(renderMarkdown('a <b>c</b> &copy;').trim()).toBe('<p>a &lt;b&gt;c&lt;/b&gt; ©</p>');
  });

  test('text without what is not seen, and with emoji and variants of characters as they were', () => {
    expect(renderMarkdown('👨‍👩‍👧 ❤️ 👩🏽‍⚕️ 邊󠄀 a\u200Db\u202Ec&#x202E;d').trim()).toBe('<p>👨‍👩‍👧 ❤️ 👩🏽‍⚕️ 邊󠄀 abcd</p>');
  });
});

describe('what is hostile', () => {
  test('there are at least sixty of', () => {
    expect(new Set(HOSTILE.map(({ text }) => text)).size).toBeGreaterThanOrEqual(60);
  });

  test.each(HOSTILE)('holds nothing that could do anything: $name', ({ text }) => {
    expectInert(renderMarkdown(text));
  });

  test('holds nothing either when it is put together by chance', () => {
    const piece = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(...HOSTILE.map(({ text }) => text).filter(({ length }) => length < 200)),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          ...'[ ]( ) ![ < > " \' ` * _ ~~ \n \n\n \t # - 1. > \\ & ; https:// javascript: a.b'.split(' '),
        ),
      },
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => expectInert(renderMarkdown(pieces.join('')))),
      { numRuns: 500 },
    );
  });

  test.each(
    [
      '>',
      '- ',
      '*',
      '*a',
      '**a',
      '[',
      '![',
      '[a](',
      '![[',
      '<',
      '<a ',
      '&amp',
      '`',
      '~~a',
      '_',
      '\n',
      'a\n',
      '- a\n',
      '---\n',
      '\\',
      '[](http://a)',
      '![](http://a)',
      '<http://a>',
      '[a.b](http://a)',
      '|a',
      '|-\n',
      '\u200D',
      '❤️\u200D',
      '[a]: http://b\n',
      '[a]',
      ' ',
      '\t',
      '# \n',
    ].map((piece) => [piece]),
  )('does not grow to much, of 20,000 characters of %j', (piece) => {
    const html = renderMarkdown(piece.repeat(20_000 / piece.length));
    expect(html.length).toBeLessThan(200_000);
    expectInert(html);
  });

  test('does not grow by one long address that is named often', () => {
    const html = renderMarkdown(`[a]: https://a.example/${'x'.repeat(9_000)}\n\n${'[a] '.repeat(2_500)}`);
    expect(html.length).toBeLessThan(100_000);
  });
});
