import { texts } from '../../../common/localized.js';
import type { Option, Steps } from '../questionnaire.rules.js';

/** Yes, with so many points, or no. */
export const yesNo = (points: number): readonly Option[] => [
  { value: 'NO', text: texts('No', '否'), points: 0 },
  { value: 'YES', text: texts('Yes', '是'), points },
];

/** From nothing at all to as bad as can be, 0 to 10. */
export const ZERO_TO_TEN = { kind: 'SCALE', min: 0, max: 10 } as const;

/** Each number counts as itself. */
export const asItIs = (min: number, max: number): Steps =>
  Array.from({ length: max - min + 1 }, (_, index) => ({ from: min + index, points: min + index }));

/** The lowest number counts most. */
export const turnedRound = (min: number, max: number): Steps =>
  Array.from({ length: max - min + 1 }, (_, index) => ({ from: min + index, points: max - min - index }));
