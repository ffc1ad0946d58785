import { createHash } from 'node:crypto';
import { type GraphQLLeafType, isEnumType } from 'graphql';

/** A number from 0 to below `below` that is always the same for the same seed. */
export const numberOf = (seed: string, below: number): number =>
  createHash('sha256').update(seed).digest().readUIntBE(0, 6) % below;

/** Of several, always the same one for the same seed. */
export const oneOf = <T>(items: readonly T[], seed: string): T => items[numberOf(seed, items.length)] as T;

const MINUTE_MS = 60_000;
const MINUTES_OF_A_YEAR = 365 * 24 * 60;

/** A moment of one and the same year, whenever it is asked for: else nothing could be compared with it. */
const moment = (seed: string): string =>
  new Date(Date.UTC(2026, 0, 1) + numberOf(seed, MINUTES_OF_A_YEAR) * MINUTE_MS).toISOString();

/** `displayName` as people write it: `Display name`. */
const inWords = (field: string): string => {
  const words = field.replace(/(En|Zh)$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};

/** Texts that have a form; others are the field's name in words, with a number. */
const FORMS: readonly (readonly [field: RegExp, text: (number: number) => string])[] = [
  [/url$/i, (number) => `https://mocked.example/${number}`],
  [/html$/i, (number) => `<p>Mocked ${number}</p>`],
  [/zh$/i, (number) => `示例 ${number}`],
  [/zone$/i, () => 'Asia/Shanghai'],
  [/subject$/i, (number) => `mocked-${number}`],
];

function text(field: string, seed: string): string {
  const number = 100 + numberOf(seed, 900);
  const form = FORMS.find(([names]) => names.test(field));
  return form ? form[1](number) : `${inWords(field)} ${number}`;
}

const SCALARS: Readonly<Record<string, (field: string, seed: string) => unknown>> = {
  Int: (_, seed) => 1 + numberOf(seed, 30),
  Float: (_, seed) => numberOf(seed, 1_000) / 10,
  Boolean: (_, seed) => numberOf(seed, 2) === 1,
  DateTime: (_, seed) => moment(seed),
  Date: (_, seed) => moment(seed).slice(0, 10),
  Decimal: (_, seed) => `${1 + numberOf(seed, 9_000)}.${10 + numberOf(`${seed}.`, 90)}`,
};

/**
 * A value of a scalar or an enum in the form in which a subgraph answers it: always the same for the same seed.
 *
 * @param field whose value it is; texts are made of its name
 */
export function leafValue(type: GraphQLLeafType, field: string, seed: string): unknown {
  if (isEnumType(type)) return oneOf(type.getValues(), seed).name;
  return (SCALARS[type.name] ?? text)(field, seed);
}
