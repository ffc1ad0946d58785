import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getIntrospectionQuery, parse } from 'graphql';
import { type Excess, excessOf, excessOfText } from './shape.js';

const excess = (text: string): Excess | undefined => excessOfText(text) ?? excessOf(parse(text));
const many = (count: number, part: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
/** `a { a { … { a } } }`, so many objects deep. */
const deep = (levels: number): string => `{ ${'a { '.repeat(levels - 1)} a ${'}'.repeat(levels - 1)} }`;
/** Each fragment spreads the next one twice. */
const doubling = (n: number, on = 'Query'): string =>
  `{ ...f0 } ${many(n, (i) => `fragment f${i} on ${on} { ...f${i + 1} ...f${i + 1} }`)} fragment f${n} on ${on} { __typename }`;

describe('the form of a document', () => {
  test.each<[string, string]>([
    ['what the tools ask to learn a schema', getIntrospectionQuery()],
    ['16 levels', deep(16)],
    ['50 fields at the top', `{ ${many(50, (i) => `a${i}`)} }`],
    ['1,000 fields', `{ a { ${many(999, (i) => `b${i}`)} } }`],
    [
      'a fragment that is spread twenty times',
      `{ a { ${many(20, (i) => `b${i} { ...F }`)} } } fragment F on T { c d e }`,
    ],
    [
      'the same three fields for each of 50 members of a union',
      `{ a { ${many(50, (i) => `... on M${i} { b c d }`)} } }`,
    ],
  ])('%s are within the limits', (_, text) => {
    expect(excess(text)).toBeUndefined();
  });

  test.each<[string, string, Excess]>([
    ...[10, 16, 40, 90].map((n): [string, string, Excess] => [
      `fragments doubling ${n} times`,
      doubling(n),
      'selections',
    ]),
    ['doubling fragments that nobody spreads', `{ a } ${doubling(40).slice('{ ...f0 } '.length)}`, 'selections'],
    ['doubling fragments that end in none that there is', doubling(40).replace('__typename', '...gone'), 'selections'],
    ['100 fields at the top', `{ ${many(100, (i) => `a${i}: b`)} }`, 'rootFields'],
    [
      '100 fields at the top, in fragments',
      `{ ${many(10, () => '...F')} } fragment F on Query { ${'a '.repeat(10)} }`,
      'rootFields',
    ],
    ['1,000 aliases', `{ a { ${many(1_000, (i) => `a${i}: b`)} } }`, 'selections'],
    ['300 aliases', `{ a { ${many(300, (i) => `a${i}: b`)} } }`, 'aliases'],
    ['the same field 10,000 times', `{ a { ${'b '.repeat(10_000)} } }`, 'tokens'],
    ['the same field 500 times', `{ a { ${'b '.repeat(500)} } }`, 'sameNames'],
    [
      'the same field 500 times, in fragments',
      `{ a { ${'...F '.repeat(50)} } } fragment F on T { ${'b '.repeat(10)} }`,
      'sameNames',
    ],
    ['the same fields of the same fields', `{ a { ${'b { c c c c } '.repeat(40)} } }`, 'sameNames'],
    ['5,000 directives', `{ a ${'@x '.repeat(5_000)} }`, 'tokens'],
    ['500 directives', `{ a ${'@x '.repeat(500)} }`, 'directives'],
    ['500 directives on the operation', `query ${'@x '.repeat(500)} { a }`, 'directives'],
    ['500 directives on variables', `query($a: Int ${'@x '.repeat(500)}) { a }`, 'directives'],
    ['directives on a fragment', `{ ${'...F '.repeat(20)} } fragment F on Query @x @x @x @x @x @x { a }`, 'directives'],
    ['17 levels', deep(17), 'depth'],
    ['17 levels over fragments', `{ a { ...F } } fragment F on T ${deep(16)}`, 'depth'],
    ['1,000 levels', deep(1_000), 'nesting'],
    ['1,000 levels of inline fragments', `{ ${'... { '.repeat(1_000)} a ${'}'.repeat(1_000)} }`, 'nesting'],
    ['a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', 'circle'],
    ['a circle that nobody spreads', '{ a } fragment A on Query { b { ...A } }', 'circle'],
    ['20,000 nested lists', `{ a(b: ${'['.repeat(20_000)}${']'.repeat(20_000)}) }`, 'nesting'],
    ['nested objects', `{ a(b: ${'{c:'.repeat(100)}1${'}'.repeat(100)}) }`, 'nesting'],
    ['a nested type', `query($a: ${'['.repeat(100)}Int${']'.repeat(100)}) { a }`, 'nesting'],
    ['10,000 variables', `query(${many(10_000, (i) => `$v${i}: Int`)}) { a }`, 'tokens'],
    ['200 variables', `query(${many(200, (i) => `$v${i}: Int`)}) { a }`, 'variables'],
    ['a list of 5,000 ids', `{ a(ids: [${'"x" '.repeat(5_000)}]) }`, 'tokens'],
    [
      '60 × 60 inline fragments',
      `{ ${many(60, () => `... on Query { a { ${many(60, (i) => `... on T { a${i}: b }`)} } }`)} }`,
      'tokens',
    ],
    [
      '25 × 25 inline fragments',
      `{ ${many(25, () => `... on Query { a { ${many(25, (i) => `... on T { b${i} }`)} } }`)} }`,
      'selections',
    ],
    ['200 fragments', `{ a } ${many(200, (i) => `fragment F${i} on Query { a }`)}`, 'fragments'],
    ['200 operations', many(200, (i) => `query Q${i} { a }`), 'operations'],
    [
      'a hundred operations worth of fields',
      many(20, (i) => `query Q${i} { a { ${many(60, (j) => `b${j}`)} } }`),
      'selections',
    ],
    ['a type', '{ a } type T { a: Int }', 'kind'],
  ])('%s are too much', (_, text, what) => {
    expect(excess(text)).toBe(what);
  });

  test('a document is as large as the one in which every fragment is written out', () => {
    const LAST = 8;
    const part = (fragment: number) =>
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom('a', 'b'.padEnd(40, ' b'), 'c: a d: a e: a f: a', 'd @skip(if: true)'),
        },
        { weight: 2, arbitrary: fc.constantFrom('a { b }', 'b { x: c { d { e } } }') },
        { weight: 4, arbitrary: fc.integer({ min: Math.min(fragment + 1, LAST), max: LAST }).map((to) => `...F${to}`) },
        {
          weight: 2,
          arbitrary: fc.integer({ min: Math.min(fragment + 1, LAST), max: LAST }).map((to) => `e { ...F${to} }`),
        },
      );
    const body = (fragment: number) =>
      fragment === LAST
        ? fc.constantFrom('a', 'b { c }')
        : fc.array(part(fragment), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(' '));
    const bodies = fc.tuple(...Array.from({ length: LAST + 1 }, (_, i) => body(i - 1)), body(LAST));
    const found = new Set<Excess | undefined>();
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 49 }), (parts, times) => {
        const [once = '', ...fragments] = parts;
        const operation = many(times, (i) => `r${i} { ${once} }`);
        const out = fragments.reduceRight<string[]>((done, each, i) => {
          done[i] = each.replace(/\.\.\.F(\d)/g, (_, to) => `... { ${done[Number(to)]} }`);
          return done;
        }, []);
        const written = `{ ${operation.replace(/\.\.\.F(\d)/g, (_, to) => `... { ${out[Number(to)]} }`)} }`;
        const spread = new Set<number>();
        const follow = (text: string) => {
          for (const [, to] of text.matchAll(/\.\.\.F(\d)/g)) {
            if (spread.has(Number(to))) continue;
            spread.add(Number(to));
            follow(fragments[Number(to)] ?? '');
          }
        };
        follow(operation);
        const used = [...spread].map((i) => `fragment F${i} on T { ${fragments[i]} }`);
        const one = excessOf(parse(`{ ${operation} } ${used.join(' ')}`));
        found.add(one);
        expect(one).toBe(excessOf(parse(written)));
      }),
      { seed: 7, numRuns: 200 },
    );
    // within the limits and beyond several of them
    expect([...found].sort()).toEqual(['aliases', 'directives', 'sameNames', 'selections', undefined]);
  });
});
