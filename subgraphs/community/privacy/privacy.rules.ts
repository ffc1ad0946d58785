import { badUserInput } from '../../common/errors.js';
import { lengthOf } from '../../common/plain-text.js';
import { findAddresses } from './address.rules.js';
import type { Finding } from './finding.js';
import { findMails } from './mail.rules.js';
import { findMedicineSales } from './medicine-sale.rules.js';
import { findMessengers } from './messenger.rules.js';
import { findLettered, findNumbers } from './number.rules.js';
import { TextNotPublishable } from './privacy.errors.js';
import { readingOf } from './reading.rules.js';
import { type TextFinding, TextFindingKind } from './text-finding.js';

const MAX_FINDINGS = 50;
const MAX_CHECKED = 20_000;

const FINDERS = [findNumbers, findLettered, findMails, findMessengers, findAddresses, findMedicineSales];

const isSale = ({ kind }: Finding): boolean => kind === TextFindingKind.MEDICINE_SALE;

/** The findings in the order of the text; of those that overlap, the one that was found first, or both as one when they are alike. */
function withoutOverlaps(found: readonly Finding[]): Finding[] {
  const ranked = found.map((finding, rank) => ({ finding, rank }));
  ranked.sort((one, other) => one.finding.start - other.finding.start || one.rank - other.rank);
  const kept: typeof ranked = [];
  for (const each of ranked) {
    const last = kept.at(-1);
    if (!last || last.finding.end <= each.finding.start) kept.push(each);
    else if (last.finding.kind === each.finding.kind) {
      kept[kept.length - 1] = {
        ...last,
        finding: { ...last.finding, end: Math.max(last.finding.end, each.finding.end) },
      };
    } else if (each.rank < last.rank) kept[kept.length - 1] = each;
  }
  return kept.map(({ finding }) => finding);
}

/**
 * What in a text must not be published, in the order of the text; passages do not overlap,
 * but for an offer of medicine and what stands in it. Takes time in proportion to the
 * text's length, whatever is in it.
 */
export function findPersonalData(text: string): Finding[] {
  const reading = readingOf(text);
  const found = FINDERS.flatMap((find) => find(reading));
  const apart: Finding[] = [];
  // what was found first, by the order of the finders, stands; a sale may have a number in it
  for (const sort of [found.filter(isSale), found.filter((finding) => !isSale(finding))])
    apart.push(...withoutOverlaps(sort));
  return apart
    .sort((one, other) => one.start - other.start || one.end - other.end)
    .map(({ kind, start, end }) => ({ kind, start: reading.from[start]!, end: reading.to[end - 1]! }));
}

/** The same of several texts by the names of their fields, in the order of the fields; at most 50. */
export function textFindings(fields: Readonly<Record<string, string>>): TextFinding[] {
  return Object.entries(fields)
    .flatMap(([field, text]) => findPersonalData(text).map((finding) => ({ field, ...finding })))
    .slice(0, MAX_FINDINGS);
}

/**
 * Refuses what must not be read by others.
 *
 * @param fields texts as the client sent them, before they are trimmed, by the names of the input's fields: places are counted in these
 * @throws {TextNotPublishable} with every passage, at most 50; it quotes none
 */
export function refusePersonalData(fields: Readonly<Record<string, string>>): void {
  const findings = textFindings(fields);
  if (findings.length > 0) throw new TextNotPublishable(findings);
}

/** @returns the text, empty when there is none @throws a `BAD_USER_INPUT` error when it is longer than any that is published */
export function checkableText(text: string | null | undefined, argument: string): string {
  if (lengthOf(text ?? '') > MAX_CHECKED) throw badUserInput(`\`${argument}\` has at most 20,000 characters.`);
  return text ?? '';
}
