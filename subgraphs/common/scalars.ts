import { GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import { GraphQLDate } from 'graphql-scalars';
import { registerEnumType } from 'type-graphql';
import { badUserInput } from './errors.js';

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function parseDateTime(value: unknown): Date {
  if (typeof value !== 'string' || !RFC_3339.test(value) || Number.isNaN(Date.parse(value))) {
    throw badUserInput('A moment is written as in RFC 3339, for example 2026-03-14T09:26:53Z.');
  }
  return new Date(value);
}

/** A moment. Inside a `Date`, or PostgreSQL's text of a `timestamptz` as rows carry it. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment in UTC as in RFC 3339, for example `2026-03-14T09:26:53.589Z`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (value) => (value instanceof Date ? value : new Date(value as string)).toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

/** A day of the calendar, as text `YYYY-MM-DD` inside and outside. */
export const LocalDate = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: 'A day of the calendar as in RFC 3339, for example `2026-03-14`. It has no time and no zone.',
  specifiedByURL: GraphQLDate.specifiedByURL,
  serialize: String,
  parseValue: parseDate,
  parseLiteral: (node) => parseDate(node.kind === Kind.STRING ? node.value : undefined),
});

function parseDate(value: unknown): string {
  const day =
    typeof value === 'string' && /^[12]\d{3}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  // 2026-02-30 parses as a day in March: only a day that comes back the same exists
  if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value) {
    throw badUserInput(
      'A day is one that exists, from the year 1000 on, written as YYYY-MM-DD, for example 2026-03-14.',
    );
  }
  return value as string;
}

const DECIMAL = /^-?\d{1,15}(\.\d{1,6})?$/;

function parseDecimal(value: unknown): string {
  if (typeof value !== 'string' || !DECIMAL.test(value)) {
    throw badUserInput('A decimal number is written as a string, without exponent, for example "1234.50".');
  }
  return value;
}

/** An exact number, as text inside and outside: a float would lose fen. */
export const Decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description: 'An exact decimal number as a string, without exponent, for example `"1234.50"`.',
  serialize: String,
  parseValue: parseDecimal,
  parseLiteral: (node) => parseDecimal(valueFromASTUntyped(node)),
});

export enum Locale {
  EN = 'EN',
  ZH = 'ZH',
}
registerEnumType(Locale, {
  name: 'Locale',
  description: 'A language in which names are given.',
  valuesConfig: { EN: { description: 'English.' }, ZH: { description: 'Chinese (simplified).' } },
});

/** The language that `Accept-Language` asks for first among ours; English where it names neither. */
export function preferredLocale(acceptLanguage: string | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((each) => /^\s*q=([\d.]+)$/.exec(each)?.[1]).find((found) => found);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => quality > 0 && /^(en|zh)\b/.test(tag))
    .sort((one, other) => other.quality - one.quality)[0];
  return wanted?.tag.startsWith('zh') ? Locale.ZH : Locale.EN;
}
