import { dirname, join } from 'node:path';
import { type Example, type ExampleGroup, readExamples } from '../../gateway/documents/examples.js';
import { startApi } from '../../tests/api.js';
import type { Answer } from '../../tests/client.js';
import { startCluster } from '../../tests/cluster.js';

/** An example with what was answered to it. */
export interface Answered {
  readonly example: Example;
  readonly answer: Pick<Answer, 'data' | 'errors'>;
}

/** Sends an example as whoever it names. */
export type AskExample = (example: Example) => Promise<Answered['answer']>;

export const isMutation = ({ text }: Example): boolean => /^mutation\b/m.test(text);

/**
 * Asks all examples, questions before changes: so every question is answered as a demo that has just been started answers it.
 *
 * @returns one for each example, in the order of the groups
 */
export async function answerExamples(groups: readonly ExampleGroup[], ask: AskExample): Promise<Answered[]> {
  const all = groups.flatMap(({ examples }) => examples);
  const answers = new Map<Example, Answered['answer']>();
  for (const changes of [false, true])
    for (const example of all) if (isMutation(example) === changes) answers.set(example, await ask(example));
  return all.map((example) => ({ example, answer: answers.get(example) as Answered['answer'] }));
}

/** Of a list of objects so many are shown; one of words is never long. */
const SHOWN = 3;
/** Longer texts are cut. */
const LONGEST = 240;
/** What fits is written on one line. */
const WIDTH = 110;

/** The answer with long lists and texts shortened, which is said where it was done. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string' && value.length > LONGEST)
    return `${value.slice(0, LONGEST)}… (${value.length - LONGEST} characters more)`;
  if (Array.isArray(value)) {
    const isLong = value.length > SHOWN + 1 && typeof value[0] === 'object';
    const shown = isLong ? value.slice(0, SHOWN) : value;
    const left = value.length - shown.length;
    return [...shown.map(shortened), ...(left > 0 ? [`… (${left} more)`] : [])];
  }
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortened(each)]));
  return value;
}

/** JSON in which whatever fits on a line stands on one. */
function jsonText(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = (nested: string): string[] =>
    isList
      ? value.map((each) => jsonText(each, nested))
      : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${jsonText(each, nested)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const pad = isList ? '' : ' ';
  const flat = parts('');
  if (flat.length === 0) return open + close;
  const line = `${open}${pad}${flat.join(', ')}${pad}${close}`;
  if (!line.includes('\n') && inner.length + line.length <= WIDTH) return line;
  return `${open}\n${parts(inner)
    .map((part) => inner + part)
    .join(',\n')}\n${indent}${close}`;
}

const block = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** What GitHub makes of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const headingOf = ({ name, need }: Example): string => `${need} (${name})`;

function entry({ example, answer }: Answered): string {
  const { name, as, endpoint, text, variables } = example;
  const who = as === undefined ? 'Anybody, without a token,' : `As \`${as}\``;
  const place = `/explorer?${new URLSearchParams({ ...(as !== undefined && { as }), example: name })}`;
  return [
    `### ${headingOf(example)}`,
    `${who} at \`${endpoint}\` ([open it in the explorer](http://localhost:4000${place})):`,
    block('graphql', text),
    ...(Object.keys(variables).length > 0 ? ['with the variables', block('json', jsonText(variables))] : []),
    'is answered by',
    block('json', jsonText(shortened(answer.data))),
  ].join('\n\n');
}

const INTRODUCTION = `# Cookbook

What people come for, each as an operation that can be copied, with what a demo that has just been started answers. Made by
\`npm run docs\` from [schema/operations](../schema/operations) and the answers of a throw-away server; a test asks all of them again.

- Try them in the browser at \`/explorer\`, where each is one click away, or by \`curl\` with \`npm run token -- NAME\`.
- All people, orders and prices are invented. Ids are the same on every machine; days and times are those of the day on which
  this page was made, and so are the days in the variables.
- Lists and texts that are long are cut here, where it says so: "… (17 more)". \`extensions\` (cost, trace) are left out.
- A change has an \`idempotencyKey\`. Sent again it is answered again and does nothing, so every example can be run twice. For your own
  changes make a new key each time: a UUID.
- A change answers a union. \`... on UserError { code message path }\` catches every way in which it can be refused, also those that come later.
`;

/** The page, as Markdown. */
export function cookbookPage(groups: readonly ExampleGroup[], answered: readonly Answered[]): string {
  const of = new Map(answered.map((each) => [each.example, each]));
  const contents = groups.map(({ who, examples }) =>
    [
      `- [${who}](#${anchor(who)})`,
      ...examples.map((example) => `  - [${example.need}](#${anchor(headingOf(example))})`),
    ].join('\n'),
  );
  const sections = groups.map(({ who, examples }) =>
    [`## ${who}`, ...examples.map((example) => entry(of.get(example) as Answered))].join('\n\n'),
  );
  return [INTRODUCTION.trimEnd(), contents.join('\n'), ...sections].join('\n\n').concat('\n');
}

/** The page with the answers of a server that is started for it. @throws when an example fails */
export async function cookbook(): Promise<string> {
  const cluster = await startCluster();
  try {
    Object.assign(process.env, {
      TEST_ADMIN_URL: cluster.adminUrl,
      TEST_KEYS_DIR: cluster.keysDir,
      DOCUMENTS_DIR: join(dirname(cluster.keysDir), 'documents'),
      LOG_LEVEL: 'silent',
    });
    const api = await startApi('one process', 'cookbook');
    try {
      const groups = readExamples(new Date());
      const answered = await answerExamples(groups, asker(api));
      for (const { example, answer } of answered)
        if (answer.errors.length > 0)
          throw new Error(`The example ${example.name} fails: ${JSON.stringify(answer.errors)}`);
      return cookbookPage(groups, answered);
    } finally {
      await api.stop();
    }
  } finally {
    await cluster.stop();
  }
}

/** Asks as the demo people and partners, each of whom signs in once. */
export function asker(api: Pick<Awaited<ReturnType<typeof startApi>>, 'person' | 'anyone'>): AskExample {
  const people = new Map<string, ReturnType<typeof api.person>>();
  return async ({ as, text, variables }) => {
    if (as !== undefined && !people.has(as)) people.set(as, api.person(as));
    const person = as === undefined ? api.anyone : await people.get(as);
    return (person ?? api.anyone).ask(text, { ...variables });
  };
}
