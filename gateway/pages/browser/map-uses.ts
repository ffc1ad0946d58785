import type { OwnedField, OwnedType } from '../ownership.js';
import { type Found, titleOf } from './map-search.js';

/** A field where a type is met: as what it answers, or as what it is asked with. */
export interface Use extends Found {
  readonly field: OwnedField;
}

/** What only stands between a field and what people look for. */
const BETWEEN: ReadonlySet<OwnedType['kind']> = new Set(['page', 'union', 'interface']);

/**
 * The fields by which one comes to a type, or hands it over: through pages and unions to what they are of. Those of the
 * roots come first, for there one begins.
 */
export function usesOf(types: readonly OwnedType[], name: string): readonly Use[] {
  const uses = new Map<string, Use>();
  const seen = new Set<string>();
  const look = (wanted: string): void => {
    if (seen.has(wanted)) return;
    seen.add(wanted);
    for (const type of types) {
      if (type.members.includes(wanted)) look(type.name);
      for (const field of type.fields) {
        if (field.of !== wanted && !field.args.some(({ of }) => of === wanted)) continue;
        if (BETWEEN.has(type.kind)) look(type.name);
        if (type.kind !== 'page') uses.set(`${type.name}.${field.name}`, { type, field });
      }
    }
  };
  look(name);
  return [...uses.values()].sort((a, b) => order(a.type) - order(b.type) || (titleOf(a) < titleOf(b) ? -1 : 1));
}

const order = ({ kind, name }: OwnedType): number => (kind === 'root' ? (name === 'Query' ? 0 : 1) : 2);
