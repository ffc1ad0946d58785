import MarkdownIt, { type StateCore, type Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';

/** How deep quotes, lists and emphasis may stand in one another; what is deeper keeps its text at most. */
export const MAX_NESTING = 20;

/** Every element that a rendered text can hold, with its attributes: nothing that loads, runs, submits, or gives style. */
export const ALLOWED_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'rel', 'target'],
  ...Object.fromEntries(
    'p br hr h1 h2 h3 h4 h5 h6 strong em s code pre blockquote ul li'.split(' ').map((element) => [element, []]),
  ),
  ol: ['start'],
};

/** Tells search engines and browsers that we do not stand for the page, and that it learns nothing of where it was opened. */
export const LINK_REL = 'nofollow ugc noopener noreferrer';

/**
 * What nobody sees: control characters, what turns the direction of writing, and characters without width. Kept are the variants of
 * Chinese characters and of emoji, and what joins emoji to one picture.
 */
const UNSEEN =
  /[\p{Bidi_Control}\p{Cs}]|[^\P{Cc}\n\t]|[^\P{Default_Ignorable_Code_Point}\p{Variation_Selector}\u200D]/gu;
const LONE_JOINER =
  /(?<!\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)\u200D|\u200D(?!\p{Extended_Pictographic})/gu;
const visible = (text: string): string =>
  text
    .replace(/[\u2028\u2029\u0085]/g, '\n')
    .replace(UNSEEN, '')
    .replace(LONE_JOINER, '');

/** @returns an absolute address on the web; null for every other scheme, and where a name stands before an @: it looks like the host */
function webAddress(text: string): URL | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username === '' && url.password === '' ? url : null;
}

/** Something with a dot between letters, as in the name of a host, however the dot is written; or what begins an address. */
const LOOKS_LIKE_ADDRESS = /[\p{L}\p{N}]\p{M}*[.。．｡․‧·∙⋅][\p{L}\p{N}]|:\s*\/\s*\/|^\s*www\b/u;

/** Whether the text of a link leaves open where it leads, or could be taken for another address. */
function hidesHost(text: string, { host, href }: URL): boolean {
  const label = text.normalize('NFKC').trim();
  if (label === '' || label === href) return label === '';
  // letters of other scripts can look like those of a host that everybody knows
  if (host.split('.').some((part) => part.startsWith('xn--'))) return true;
  if (!LOOKS_LIKE_ADDRESS.test(label)) return false;
  const named = /\s/.test(label) ? null : webAddress(/^https?:\/\//i.test(label) ? label : `https://${label}`);
  return named?.host !== host;
}

function textToken(content: string, { Token }: StateCore): Token {
  return Object.assign(new Token('text', '', 0), { content });
}

/** Pictures become links: whoever reads would otherwise tell their address to wherever a picture lies. */
function linkToImage(image: Token, state: StateCore): Token[] {
  const open = new state.Token('link_open', 'a', 1);
  open.attrs = [['href', image.attrGet('src') ?? '']];
  return [open, textToken(image.content, state), new state.Token('link_close', 'a', -1)];
}

/** The end of a link, with the host where its text hides that: after it, so that nobody takes it for a part of the text. */
function endOfLink(end: Token, inside: readonly Token[], href: string, state: StateCore): Token[] {
  const label = inside.map(({ content }) => content).join('');
  const url = webAddress(href);
  if (!url || !hidesHost(label, url)) return [end];
  return label.trim() === '' ? [textToken(url.host, state), end] : [end, textToken(` (${url.host})`, state)];
}

/** Rewrites the parts of one paragraph: unseen characters out, pictures to links, and beside a link its host where the text hides it. */
function plainParts(parts: readonly Token[], state: StateCore): Token[] {
  const made: Token[] = [];
  let opened = -1;
  const put = (part: Token): void => {
    part.content = visible(part.content);
    if (part.type === 'link_open') opened = made.length;
    if (part.type !== 'link_close') {
      made.push(part);
      return;
    }
    made.push(...endOfLink(part, made.slice(opened + 1), String(made[opened]?.attrGet('href')), state));
    opened = -1;
  };
  for (const part of parts) {
    if (part.type !== 'image') put(part);
    else if (opened < 0) linkToImage(part, state).forEach(put);
    else put(textToken(part.content, state));
  }
  return made;
}

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true, maxNesting: MAX_NESTING });
// both make much of little: one long address named a thousand times, a row of a thousand columns for every letter
markdown.disable(['reference', 'table']);
markdown.validateLink = (address) => webAddress(address) !== null;
markdown.normalizeLink = (address) => webAddress(address)?.href ?? '';
markdown.normalizeLinkText = visible;
markdown.core.ruler.push('plain_parts', (state) => {
  for (const token of state.tokens) {
    if (token.children) token.children = plainParts(token.children, state);
  }
});

const SAFE: sanitizeHtml.IOptions = {
  allowedTags: Object.keys(ALLOWED_ATTRIBUTES),
  allowedAttributes: Object.fromEntries(Object.entries(ALLOWED_ATTRIBUTES).map(([tag, names]) => [tag, [...names]])),
  allowedSchemes: ['http', 'https'],
  allowProtocolRelative: false,
  nestingLimit: 3 * MAX_NESTING,
  transformTags: {
    a: (tagName, { href = '' }): sanitizeHtml.Tag =>
      webAddress(href)
        ? { tagName, attribs: { href, rel: LINK_REL, target: '_blank' } }
        : // it leads nowhere on the web, so it is its text alone: `span` is none of ours
          { tagName: 'span', attribs: {} },
  },
};

/**
 * A text in Markdown as HTML that can be put into any page: CommonMark and ~~strikethrough~~, a line break stays one. HTML in it is
 * shown as it was typed; links lead to `http` and `https` alone and are marked; a picture becomes a link to it; where the text of a
 * link could be taken for another address, the host stands beside it. Characters that nobody sees are left out.
 *
 * Not in it: tables, links by reference, addresses made to links by themselves.
 */
export const renderMarkdown = (text: string): string => sanitizeHtml(markdown.render(visible(text)), SAFE);
