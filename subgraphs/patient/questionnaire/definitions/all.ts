import type { Definition } from '../questionnaire.rules.js';
import { earlyIbd1, earlyIbd2 } from './early-ibd.js';
import { wellbeing1 } from './wellbeing.js';

/** Every version that was ever published: results were scored by them. */
export const DEFINITIONS: readonly Definition[] = [earlyIbd1, earlyIbd2, wellbeing1];

/** The newest version of each, by code. */
const NEWEST = new Map(
  DEFINITIONS.toSorted((one, other) => one.version - other.version).map((each) => [each.code, each]),
);

export const newestDefinitions = (): readonly Definition[] => [...NEWEST.values()];

/** @param version the newest when it is left out */
export function definitionOf(code: string, version?: number | null): Definition | undefined {
  if (version === undefined || version === null) return NEWEST.get(code);
  return DEFINITIONS.find((each) => each.code === code && each.version === version);
}
