import { badUserInput } from '../../common/errors.js';
import { lengthOf } from '../../common/plain-text.js';
import { PostKind } from '../post/post.js';

export const MAX_SEARCH = 100;
export const MAX_WORDS = 10;
/** Chinese two characters too: one alone is in too many posts. */
export const SHORTEST_WORD = 2;

/** What stands by itself in lists; the rest stands under it. */
export const LISTED_KINDS: readonly PostKind[] = [PostKind.STORY, PostKind.QUESTION, PostKind.ARTICLE];

/** The characters that are Chinese to the database too, see `search_form`. */
const CHINESE = /[\u3400-\u4dbf\u4e00-\u9fff]+/g;
const NO_WORD = /[^\p{Alphabetic}0-9]+/u;

/**
 * What is looked for, as words: Chinese ones stand apart from words of letters and digits, and full-width signs are plain ones. Words
 * of one character are left out.
 *
 * @returns null when nothing is looked for
 * @throws a `BAD_USER_INPUT` error for a text that is too long, has too many words, or none that can be looked for
 */
export function searchWords(text: string | null | undefined): string[] | null {
  const plain = (text ?? '').trim();
  if (plain === '') return null;
  if (lengthOf(plain) > MAX_SEARCH) throw badUserInput(`\`search\` takes at most ${MAX_SEARCH} characters.`);
  const parts = plain.normalize('NFKC').replace(CHINESE, ' $& ').split(NO_WORD);
  const words = parts.filter((word) => lengthOf(word) >= SHORTEST_WORD);
  if (words.length === 0) {
    throw badUserInput('`search` needs a word of two or more letters or digits, or of two or more Chinese characters.');
  }
  if (words.length > MAX_WORDS) throw badUserInput(`\`search\` takes at most ${MAX_WORDS} words.`);
  return words;
}

/** @returns all that are listed, where none are named @throws a `BAD_USER_INPUT` error for kinds that are not listed */
export function listedKinds(kinds: readonly PostKind[] | null | undefined): readonly PostKind[] {
  if (kinds == null) return LISTED_KINDS;
  if (!kinds.every((kind) => LISTED_KINDS.includes(kind))) {
    throw badUserInput(
      '`kinds` takes STORY, QUESTION and ARTICLE. Answers stand at their question, comments at what they are about.',
    );
  }
  return [...new Set(kinds)];
}
