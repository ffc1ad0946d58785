import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, type GraphQLInterfaceType } from 'graphql';
import MarkdownIt from 'markdown-it';
import { ERROR_CODES, presentableResult } from '../gateway/errors.js';
import { isPartnerRole } from '../gateway/partner/partners.js';
import { errorCatalogue } from '../scripts/docs/errors.js';
import { readSchema } from '../scripts/docs/page.js';
import { openedBy } from '../scripts/docs/scopes.js';
import { USER_ERRORS } from '../subgraphs/common/errors.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { ROLE_SCOPES, ROLES, type Role } from '../subgraphs/common/identity.js';
import { SETTING_NAMES } from '../subgraphs/common/settings.js';

const read = (file: string): string => readFileSync(join(PROJECT_ROOT, file), 'utf8');

/** Files of the project below a folder, as paths from its root: what is made, installed or data of somebody is none. */
function filesBelow(folder: string, ending: RegExp): string[] {
  const skipped = /^(node_modules|dist|screenshots|\..*)$/;
  return readdirSync(join(PROJECT_ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (skipped.test(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path, ending) : ending.test(entry.name) ? [path] : [];
  });
}

describe('docs/errors.md', () => {
  const catalogue = errorCatalogue();

  test('tells of every code that a failure can carry, and what to do', () => {
    for (const [code, { means, whatToDo }] of Object.entries(USER_ERRORS)) {
      const section = catalogue.split(`\n### ${code}\n`)[1]?.split('\n### ')[0];
      expect(section).toContain(`${means} **What to do:** ${whatToDo}`);
      // a code without a kind of failure is one that nothing answers
      expect(section).toMatch(/^\| `\w+` \|/m);
    }
  });

  test('tells of every kind of failure of the API, with what it adds and which operations answer it', () => {
    const schema = buildSchema(readSchema('api.graphql'));
    const failures = schema.getPossibleTypes(schema.getType('UserError') as GraphQLInterfaceType);
    const rows = failures.map(({ name }) => catalogue.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)));
    expect(rows).not.toContain(undefined);
    for (const row of rows) expect(row?.split(' | ').at(-1)).toMatch(/^`\w+`/);
    expect(rows.find((row) => row?.includes('`SlotNotFree`'))).toContain('`next: [');
  });

  test('tells of every code of a top-level error, its statuses, and what to do', () => {
    for (const [code, { whatToDo, refusedWith }] of Object.entries(ERROR_CODES)) {
      const row = catalogue.split('\n').find((line) => line.startsWith(`| \`${code}\` |`));
      expect(row).toContain(whatToDo);
      for (const status of refusedWith) expect(row).toContain(String(status));
    }
  });

  test('leaves out no code that the program writes', () => {
    const sources = [...filesBelow('gateway', /(?<!test)\.ts$/), ...filesBelow('subgraphs', /(?<!test)\.ts$/)];
    // codes of other things, such as symptoms, stand elsewhere in an object
    const written = sources.flatMap((file) =>
      [...read(file).matchAll(/(?:extensions: \{|, \{)\s*code: '([A-Z_]+)'/g)].map(([, code]) => code),
    );
    expect(written).toContain('DATA_UNREADABLE');
    // said between our own parts only: clients are told INTERNAL
    const unknown = written.filter(
      (code) => code !== 'GRAPHQL_VALIDATION_FAILED' && !Object.hasOwn(ERROR_CODES, code ?? ''),
    );
    expect(unknown).toEqual([]);
  });

  test('and no other code reaches a client', () => {
    const told = (code: unknown) => {
      const context = { traceId: 'abc', replayed: false, mocked: new Set<string>(), errorCodes: [] };
      return presentableResult({ errors: [{ message: 'm', extensions: { code } }] }, context).errors?.[0]?.extensions
        ?.code;
    };
    for (const code of Object.keys(ERROR_CODES)) expect(told(code)).toBe(code);
    for (const code of ['GRAPHQL_PARSE_FAILED', 'toString', '__proto__', undefined, 7])
      expect(told(code)).toBe('INTERNAL');
  });
});

describe('docs/scopes.md', () => {
  const schema = buildSchema(readSchema('api.graphql'));
  const access = JSON.parse(read('schema/access.json')) as Record<string, string>;
  const mayUse = (role: Role | 'ANYONE', field: string) => access[field]?.split(' ').includes(role) ?? false;
  const everybody = ROLES.filter((role) => !isPartnerRole(role));
  const opened = (role: Role) =>
    ROLE_SCOPES[role].flatMap((scope) => {
      const { queries, mutations } = openedBy(scope, schema);
      return [...queries.map((name) => `Query.${name}`), ...mutations.map((name) => `Mutation.${name}`)];
    });

  test.each(everybody)('opens by the scopes of a %s what the table of access lets them ask for', (role) => {
    const isForSome = (field: string) => !everybody.every((each) => mayUse(each, field));
    const roots = Object.keys(access).filter((field) => /^(Query|Mutation)\./.test(field));
    const allowed = roots.filter((field) => isForSome(field) && mayUse(role, field));
    expect([...new Set(opened(role))].sort()).toEqual(allowed.sort());
  });
});

describe('docs/settings.md', () => {
  const named = new Set([...read('docs/settings.md').matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name));

  test('names every setting that the program reads', () => {
    expect(SETTING_NAMES.filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('Commands', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

  test('that there are stand in docs/commands.md', () => {
    const text = read('docs/commands.md');
    const isTold = (name: string) => new RegExp(`\`npm (run )?${name}( [^\`]*)?\``).test(text);
    expect(Object.keys(scripts).filter((name) => !isTold(name))).toEqual([]);
  });

  test('that a page names are there', () => {
    const own = [...filesBelow('docs', /\.md$/), 'README.md', 'ARCHITECTURE.md'];
    const unknown = own.flatMap((file) =>
      [...read(file).matchAll(/npm run ([\w:-]+)/g)].flatMap(([, name = '']) =>
        name in scripts ? [] : [`${file}: ${name}`],
      ),
    );
    expect(unknown).toEqual([]);
  });
});

describe('Links of the pages in the repository', () => {
  const markdown = new MarkdownIt({ html: true });
  const pages = filesBelow('.', /\.md$/);

  /** Where links lead that are none of the web, and the names of headings as GitHub makes them. */
  function readPage(file: string): { links: string[]; anchors: ReadonlySet<string> } {
    const links: string[] = [];
    const anchors = new Set<string>();
    const tokens = markdown.parse(read(file), {});
    for (const [index, { type, children }] of tokens.entries()) {
      for (const child of children ?? []) {
        const target = child.attrGet(child.type === 'link_open' ? 'href' : 'src');
        if (typeof target === 'string' && !/^[a-z]+:/.test(target)) links.push(target);
      }
      if (type !== 'heading_open') continue;
      const text = (tokens[index + 1]?.children ?? []).map(({ content }) => content).join('');
      const anchor = text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-');
      let name = anchor;
      for (let again = 1; anchors.has(name); again++) name = `${anchor}-${again}`;
      anchors.add(name);
    }
    return { links, anchors };
  }
  const pagesByPath = new Map(pages.map((file) => [resolve(PROJECT_ROOT, file), readPage(file)]));

  test('lead to a file and a heading that are there', () => {
    const broken = [...pagesByPath].flatMap(([page, { links }]) =>
      links.flatMap((link) => {
        const [path = '', anchor] = decodeURI(link).split('#');
        const target = path ? resolve(dirname(page), path) : page;
        const isThere = existsSync(target) && (!anchor || (pagesByPath.get(target)?.anchors.has(anchor) ?? false));
        return isThere ? [] : [`${relative(PROJECT_ROOT, page)}: ${link}`];
      }),
    );
    expect(broken).toEqual([]);
    expect(pagesByPath.size).toBeGreaterThan(15);
  });

  test('lead from docs/README.md to every page of docs', () => {
    const { links } = readPage('docs/README.md');
    const missing = filesBelow('docs', /\.md$/).filter(
      (file) => file !== 'docs/README.md' && !links.includes(relative('docs', file)),
    );
    expect(missing).toEqual([]);
  });
});
