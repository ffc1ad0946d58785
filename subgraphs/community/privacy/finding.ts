import type { TextFindingKind } from './text-finding.js';

/** A passage that must not be published: from `start` up to but not including `end`, in UTF-16 units of the text. */
export interface Finding {
  readonly kind: TextFindingKind;
  readonly start: number;
  readonly end: number;
}
