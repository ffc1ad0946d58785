import type { OwnedField, OwnedType } from '../ownership.js';

/** A type, or one of its fields, that a search has found. */
export interface Found {
  readonly type: OwnedType;
  readonly field?: OwnedField;
}

/** More than these nobody reads; what is left out is counted. */
const MOST = 60;

/**
 * Types and fields by their names, then by what is said of them: exact names first, then beginnings, then the rest;
 * entities before what is around them. `Application.orders` looks for fields of such types.
 *
 * @returns the best, and how many there are in all
 */
export function search(types: readonly OwnedType[], text: string): { found: readonly Found[]; all: number } {
  const words = text.trim().toLowerCase();
  if (words === '') return { found: [], all: 0 };
  const ranked = types.flatMap((type) => [
    { type, rank: rankOf(words, [type.name], type.description) },
    ...type.fields.map((field) => ({
      ...{ type, field },
      rank: rankOf(words, [field.name, `${type.name}.${field.name}`], field.description) + 0.5,
    })),
  ]);
  const hits = ranked.filter(({ rank }) => rank < NOWHERE);
  const found = hits.sort((a, b) => a.rank - b.rank || weight(a) - weight(b) || titleOf(a).length - titleOf(b).length);
  return { found: found.slice(0, MOST), all: found.length };
}

/** As people write it: `Application`, `Application.drugOrders`; also what stands behind `#` in the address. */
export const titleOf = ({ type, field }: Found): string => (field ? `${type.name}.${field.name}` : type.name);

const NOWHERE = 9;

function rankOf(words: string, names: readonly string[], description: string): number {
  const lower = names.map((name) => name.toLowerCase());
  if (lower.some((name) => name === words)) return 0;
  if (lower.some((name) => name.startsWith(words))) return 1;
  if (lower.some((name) => name.includes(words))) return 2;
  return description.toLowerCase().includes(words) ? 3 : NOWHERE;
}

const weight = ({ type }: Found): number => (type.kind === 'entity' ? 0 : type.kind === 'root' ? 1 : 2);
