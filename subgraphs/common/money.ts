import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, Public } from './access.js';
import { InvalidInput } from './errors.js';
import { Decimal } from './scalars.js';

export enum CurrencyCode {
  CNY = 'CNY',
}
registerEnumType(CurrencyCode, {
  name: 'CurrencyCode',
  description: 'A currency by its ISO 4217 code.',
  valuesConfig: { CNY: { description: 'Renminbi yuan; its smallest unit is the fen, a hundredth.' } },
});

@ObjectType({ simpleResolvers: true, description: 'An amount of money, exact to the smallest unit of its currency.' })
@Directive('@shareable')
@Public()
@ForPartners()
export class Money {
  @Field(() => Decimal, { description: 'The amount with two places, for example `"50000.00"`.' })
  readonly amount!: string;

  @Field(() => CurrencyCode, { description: 'The currency of the amount.' })
  readonly currency!: CurrencyCode;
}

@InputType({ description: 'An amount of money.' })
@ForPartners()
export class MoneyInput {
  @Field(() => Decimal, { description: 'The amount with at most two places, above zero, for example `"1234.50"`.' })
  amount!: string;

  @Field(() => CurrencyCode, { description: 'The currency of the amount.' })
  currency!: CurrencyCode;
}

/** @param fen a whole number of fen: a bigint, or its text as rows carry it */
export function money(fen: bigint | string): Money {
  const value = BigInt(fen);
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return { amount: `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`, currency: CurrencyCode.CNY };
}

/**
 * The fen in an amount that a client sent.
 *
 * @param path which input field it is, for the error
 * @throws {InvalidInput} for zero, a negative amount, more than two places, or more than ten thousand million yuan
 */
export function positiveFen({ amount }: MoneyInput, path: string[]): bigint {
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(amount);
  const fen = match ? BigInt(match[1] as string) * 100n + BigInt((match[2] ?? '').padEnd(2, '0')) : 0n;
  if (fen <= 0n)
    throw new InvalidInput('Give an amount above zero with at most two places, for example "1234.50".', path);
  return fen;
}
