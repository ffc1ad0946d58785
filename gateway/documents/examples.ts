import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { shanghaiDay } from '../../subgraphs/common/calendar.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import type { TrustedDocument } from './trusted-documents.js';

/** An operation of `schema/operations`, with what it needs to be run on the demo data. It stands alone: none needs another's answer. */
export interface Example {
  /** Of the operation and of its file. */
  readonly name: string;
  /** What somebody comes for, in their own words: `What is left for us this year?` */
  readonly need: string;
  /** The demo person or partner who asks; absent where nobody has to sign in. */
  readonly as?: string;
  readonly endpoint: TrustedDocument['endpoint'];
  /** As it stands in the file, with its comments. */
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The examples for one kind of people. */
export interface ExampleGroup {
  /** `A patient` */
  readonly who: string;
  readonly examples: readonly Example[];
}

/** `examples.json` of a folder of `schema/operations`: its operations, in the order in which they are shown and can be run. */
const groupFile = z.strictObject({
  who: z.string(),
  /** Groups are shown in this order. */
  place: z.int(),
  examples: z.array(
    z.strictObject({
      operation: z.string(),
      need: z.string(),
      as: z.string().optional(),
      /** In texts, `{{today}}`, `{{today+3}}`, `{{today-3}}` stand for days in Shanghai, `{{year}}` for the aid year. */
      variables: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

export const OPERATIONS = join(PROJECT_ROOT, 'schema/operations');
const DAY_MS = 86_400_000;

/** All examples, for this day. @throws when a file does not say what it should */
export function readExamples(now: Date): ExampleGroup[] {
  const folders = [
    '',
    ...readdirSync(OPERATIONS, { withFileTypes: true }).flatMap((f) => (f.isDirectory() ? [f.name] : [])),
  ];
  const groups = folders.flatMap((folder) => {
    const file = join(OPERATIONS, folder, 'examples.json');
    return existsSync(file) ? [{ folder, ...groupFile.parse(JSON.parse(readFileSync(file, 'utf8'))) }] : [];
  });
  return groups
    .sort((one, other) => one.place - other.place)
    .map(({ folder, who, examples }) => ({
      who,
      examples: examples.map(({ operation, need, as, variables }) => ({
        name: operation,
        need,
        ...(as !== undefined && { as }),
        endpoint: folder === 'partner' ? '/partner/graphql' : '/graphql',
        text: readFileSync(join(OPERATIONS, folder, `${operation}.graphql`), 'utf8'),
        variables: filled(variables, now) as Record<string, unknown>,
      })),
    }));
}

function filled(value: unknown, now: Date): unknown {
  if (typeof value === 'string') return filledText(value, now);
  if (Array.isArray(value)) return value.map((each) => filled(each, now));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, now)]));
  return value;
}

function filledText(text: string, now: Date): unknown {
  const today = shanghaiDay(now);
  if (text === '{{year}}') return Number(today.slice(0, 4));
  return text.replace(/\{\{today([+-]\d+)?\}\}/g, (_, days = '0') =>
    shanghaiDay(new Date(now.getTime() + Number(days) * DAY_MS)),
  );
}
