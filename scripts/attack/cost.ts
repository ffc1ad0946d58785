import { gzipSync } from 'node:zlib';
import { type Attack, type AttackClass, holds, refused } from './attack.js';
import { MISSING } from './target.js';

/** Costs more than anybody may ask for: told so at once, nothing executed. */
const tooMuch = (name: string, query: string | (() => string), variables: unknown = {}): Attack => ({
  name,
  run: async (target) => {
    const text = typeof query === 'string' ? query : query();
    refused(await target.ask(text, variables, { as: 'patient' }), { status: 400, errors: 1 });
  },
});

/** Each fragment spreads the next one twice: 2^n of them in a text of some hundred bytes. */
function doubled(n: number, type: string, inner: string): string {
  const fragment = (i: number) => (i < n ? `...f${i + 1} ...f${i + 1}` : inner);
  return Array.from({ length: n + 1 }, (_, i) => `fragment f${i} on ${type} { ${fragment(i)} }`).join(' ');
}

/** As before, with a field around each spread: as deep as it is wide. */
function doubledAndDeep(n: number): string {
  const below = (i: number) => (i < n ? `stories { nodes { disease { ...d${i + 1} ...d${i + 1} } } }` : 'id');
  return Array.from({ length: n + 1 }, (_, i) => `fragment d${i} on Disease { ${below(i)} }`).join(' ');
}

const many = (count: number, part: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');

const DISEASE = 'disease(catalogNo: 31)';

/** A level is two fields. */
const deep = (levels: number): string => {
  const step = 'stories { nodes { disease { ';
  return `{ ${DISEASE} { ${step.repeat(Math.ceil(levels / 3))} id ${' } } }'.repeat(Math.ceil(levels / 3))} } }`;
};

const circularIntrospection = (): string => {
  const step = 'fields { type { ';
  return `{ __schema { types { ${step.repeat(12)} name ${' } }'.repeat(12)} } } }`;
};

const overlap = (): string => {
  const inner = many(60, (i) => `... on Disease { a${i}: nameEn }`);
  return `{ ${many(60, () => `... on Query { ${DISEASE} { ${inner} } }`)} }`;
};

export const cost: AttackClass = {
  name: 'Cost',
  attacks: [
    ...[8, 12, 16, 20, 24, 40].map((n) =>
      tooMuch(
        `nested fragments, each spread twice, ${n} deep`,
        `{ ${DISEASE} { ...f0 } } ${doubled(n, 'Disease', 'id')}`,
      ),
    ),
    ...[8, 20].map((n) =>
      tooMuch(`nested fragments with fields between, ${n} deep`, `{ ${DISEASE} { ...d0 } } ${doubledAndDeep(n)}`),
    ),
    tooMuch('flat spreads doubling to 2^40', `{ ...f0 } ${doubled(40, 'Query', '__typename')}`),
    tooMuch(
      '2,000 inline fragments in each other',
      `{ ${DISEASE} { ${'... { '.repeat(2_000)} id ${' }'.repeat(2_000)} } }`,
    ),
    tooMuch('100 root aliases', `{ ${many(100, (i) => `a${i}: ${DISEASE} { id }`)} }`),
    tooMuch('1,000 aliases of a field', `{ ${DISEASE} { ${many(1_000, (i) => `a${i}: nameEn`)} } }`),
    tooMuch(
      '1,000 aliases of a field of another part',
      `{ ${DISEASE} { ${many(1_000, (i) => `a${i}: stories(first: 1) { totalCount }`)} } }`,
    ),
    tooMuch('the same field 10,000 times', `{ ${DISEASE} { ${'nameEn '.repeat(10_000)} } }`),
    tooMuch('the same field 3,000 times', `{ ${DISEASE} { ${'nameEn '.repeat(3_000)} } }`),
    tooMuch('5,000 unknown directives', `{ ${DISEASE} { id ${'@nothing '.repeat(5_000)} } }`),
    tooMuch('500 unknown directives', `{ ${DISEASE} { id ${'@nothing '.repeat(500)} } }`),
    tooMuch('1,000 times @skip', `{ ${DISEASE} { ${many(1_000, () => 'id @skip(if: false)')} } }`),
    tooMuch('1,000 unknown fields', `{ ${many(1_000, (i) => `nothing${i}`)} }`),
    tooMuch('50 levels', deep(50)),
    tooMuch('3,000 levels', deep(3_000)),
    tooMuch('100,000 levels of braces', '{a'.repeat(100_000)),
    tooMuch('20,000 nested list brackets', `{ disease(id: ${'['.repeat(20_000)}${']'.repeat(20_000)}) { id } }`),
    tooMuch('2,000 nested objects', `{ posts(filter: ${'{a:'.repeat(2_000)}1${'}'.repeat(2_000)}) { totalCount } }`),
    tooMuch(
      'a variable of a type with 2,000 brackets',
      `query($a: ${'['.repeat(2_000)}Int${']'.repeat(2_000)}) { ${DISEASE} { id } }`,
    ),
    ...[99_999_999, -1, 0, 101, 2 ** 31, -(2 ** 31) - 1].flatMap((first) => [
      tooMuch(`a page of ${first}`, `{ diseases(first: ${first}) { nodes { id } } }`),
      tooMuch(`a page of ${first}, as a variable`, 'query($first: Int!) { diseases(first: $first) { nodes { id } } }', {
        first,
      }),
    ]),
    tooMuch(
      'pages of 100 in pages of 100 in pages of 100',
      '{ diseases(first: 100) { nodes { stories(first: 20) { nodes { comments(first: 100) { nodes { replies(first: 100) { nodes { id } } } } } } } } }',
    ),
    tooMuch('inline fragments that overlap, 60 × 60', overlap),
    tooMuch('a fragment that spreads itself', `{ ...A } fragment A on Query { ...A }`),
    tooMuch(
      'fragments in a circle',
      `{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }`,
    ),
    tooMuch(
      'a circle that nobody spreads',
      `{ ${DISEASE} { id } } fragment A on Query { ...B } fragment B on Query { ...A }`,
    ),
    tooMuch(
      '1,000 fragments that nobody spreads',
      `{ ${DISEASE} { id } } ${many(1_000, (i) => `fragment u${i} on Query { __typename }`)}`,
    ),
    tooMuch('introspection in a circle', circularIntrospection),
    tooMuch('10,000 variables', `query(${many(10_000, (i) => `$v${i}: Int`)}) { ${DISEASE} { id } }`),
    tooMuch('1,000 variables', `query(${many(1_000, (i) => `$v${i}: Int`)}) { ${DISEASE} { id } }`),
    tooMuch('a list of 5,000 ids', 'query($ids: [ID!]!) { medicinesById(ids: $ids) { id } }', {
      ids: Array(5_000).fill(MISSING),
    }),
    tooMuch('a list of 5,000 ids, inline', `{ medicinesById(ids: [${Array(5_000).fill('"a"').join()}]) { id } }`),
    tooMuch('1,000 operations', `${many(1_000, (i) => `query q${i} { __typename }`)}`),
    tooMuch(
      'a text of 200 kB of commas and comments',
      `{ ${DISEASE} { id ${','.repeat(100_000)} } } #${'x'.repeat(100_000)}\n {`,
    ),
    {
      name: 'a body above the limit',
      run: async (target) => {
        const body = JSON.stringify({ query: '{ me { roles } }', variables: { x: 'x'.repeat(300 * 1024) } });
        refused(await target.post(body), { status: 413, code: 'BAD_USER_INPUT' });
      },
    },
    {
      name: 'a gzip bomb: 50 MB of zeros in 50 kB',
      run: async (target) => {
        const body = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '));
        refused(await target.post(body, { headers: { 'content-encoding': 'gzip' } }), { status: 413 });
      },
    },
    ...['deflate', 'br', 'gzip, gzip', 'zip'].map((encoding) => ({
      name: `a body said to be ${encoding}`,
      run: async (target: Parameters<Attack['run']>[0]) =>
        refused(await target.post('{}', { headers: { 'content-encoding': encoding } }), { status: 415 }),
    })),
    {
      name: 'a body that is said to be gzip and is none',
      run: async (target) =>
        refused(await target.post('{"query":"{me{roles}}"}', { headers: { 'content-encoding': 'gzip' } }), {
          status: 400,
        }),
    },
    {
      name: 'slow-loris: a head that never ends',
      withinMs: 20_000,
      run: async (target) => {
        const parts = [
          'POST /graphql HTTP/1.1\r\nHost: a\r\n',
          ...Array.from({ length: 100 }, (_, i) => `x-${i}: 1\r\n`),
        ];
        const { status } = await target.raw(parts, 500, 25_000);
        holds(status === 408, `status ${status}`);
      },
    },
    {
      name: 'slow-loris: a body that never ends',
      withinMs: 20_000,
      run: async (target) => {
        const head =
          'POST /graphql HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{';
        refused(await target.raw([head, ...Array(100).fill(' ')], 500, 25_000), {
          status: 408,
          code: 'BAD_USER_INPUT',
        });
      },
    },
  ],
};
