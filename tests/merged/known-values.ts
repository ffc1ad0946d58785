import { type GraphQLField, getNamedType } from 'graphql';
import type { Dice } from './dice.js';

/** So many values of a kind are enough to ask with. */
const MOST_OF_A_KIND = 60;
/** A record that is not there. */
const NOWHERE = '01934a3c-5800-7000-8000-00000000ffff';

/** What answers have shown that can be asked with: ids by type, cursors by the type of the edge, other texts by the field's name. */
export class KnownValues {
  private readonly kinds = new Map<string, string[]>();

  /** @param others what others have seen: for a part of the questions, so that strangers' records are asked for too */
  constructor(private readonly others?: KnownValues) {}

  /** Takes from an answer what can be asked with. */
  learn(data: unknown): void {
    if (Array.isArray(data)) for (const item of data) this.learn(item);
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return;
    const type = '__typename' in data ? String(data.__typename) : '';
    for (const [key, value] of Object.entries(data)) {
      if (typeof value === 'object') this.learn(value);
      else if (typeof value === 'string') this.add(key === 'id' || key === 'cursor' ? `${type}.${key}` : key, value);
    }
  }

  /** @returns undefined where nothing is known */
  valueFor(field: GraphQLField<unknown, unknown>, arg: string, scalar: string, dice: Dice): string | undefined {
    const of = getNamedType(field.type).name;
    if (scalar === 'ID') {
      if (arg === 'after') return this.oneOf(`${of.replace(/Connection$/, 'Edge')}.cursor`, dice);
      const type = /^ids?$/.test(arg) ? of : `${arg.charAt(0).toUpperCase()}${arg.slice(1).replace(/Ids?$/, '')}`;
      return dice.percent(4) ? NOWHERE : this.oneOf(`${type}.id`, dice);
    }
    if (scalar === 'Date') return `2026-${dice.one(['01', '06', '11', '12'])}-${10 + dice.below(18)}`;
    if (scalar === 'DateTime')
      return `2026-${dice.one(['10', '11', '12'])}-${10 + dice.below(18)}T0${dice.below(10)}:00:00Z`;
    if (scalar === 'Decimal') return `${1 + dice.below(90_000)}.${10 + dice.below(90)}`;
    if (arg === 'zone') return dice.one(['Asia/Shanghai', 'Europe/Berlin', 'UTC']);
    if (arg === 'search')
      return this.oneOf(dice.one(['nameEn', 'nameZh', 'name']), dice)
        ?.split(' ')[0]
        ?.slice(0, 20);
    return this.oneOf(arg, dice);
  }

  private oneOf(kind: string, dice: Dice): string | undefined {
    const own = this.kinds.get(kind) ?? [];
    const all = dice.percent(15) || own.length === 0 ? (this.others?.kinds.get(kind) ?? own) : own;
    return all.length === 0 ? undefined : dice.one(all);
  }

  private add(kind: string, value: string): void {
    const values = this.kinds.get(kind) ?? [];
    if (values.length < MOST_OF_A_KIND && !values.includes(value)) this.kinds.set(kind, [...values, value]);
    this.others?.add(kind, value);
  }
}
