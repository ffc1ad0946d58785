/** One digit as it stands in a reading: in ASCII, as a Chinese numeral, as a letter that looks like it, or as a word. */
interface Digit {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly style: 'ASCII' | 'CHINESE' | 'WORD';
}

/** Digits that somebody would read as one number, from `start` up to `end` in the reading. */
export interface DigitRun {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  /** How many digits stand together, in order: `3-4-4`. */
  readonly shape: string;
  /** All that stands between them. */
  readonly between: string;
  /** Whether nothing stands between them but spaces, dashes and brackets. */
  readonly soft: boolean;
  /** Whether the same stands between all of them. */
  readonly alike: boolean;
  /** What stands between it and the digits before it, null when there are none near; and behind it. */
  readonly gapBefore: string | null;
  readonly gapAfter: string | null;
}

const CHINESE: Readonly<Record<string, string>> = Object.fromEntries(
  ['〇零○◯洞', '一壹幺弌', '二贰两', '三叁', '四肆', '五伍', '六陆', '七柒拐', '八捌', '九玖勾'].flatMap(
    (signs, value) => [...signs].map((sign) => [sign, String(value)]),
  ),
);
const WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'zero oh ling',
    'one yi yao',
    'two er',
    'three san',
    'four si',
    'five wu',
    'six liu',
    'seven qi',
    'eight ba',
    'nine jiu',
  ].flatMap((words, value) => words.split(' ').map((word) => [word, String(value)])),
);
const LOOKS_LIKE: Readonly<Record<string, string>> = { o: '0', l: '1', i: '1', '|': '1' };
const LETTER = /[a-z]/;
const WORD = `(?:${Object.keys(WORDS).join('|')})`;
const DIGIT = new RegExp(
  `\\d|[${Object.keys(CHINESE).join('')}]|\\b(?:(?:double|triple)\\s)?${WORD}\\b|[oli|]{1,3}`,
  'g',
);

/** How often a number changes between ASCII digits and numerals, at most. */
const MOST_CHANGES = 10;
/** The longest number that anything here looks for, and the most that may stand between two of its digits. */
const MOST_DIGITS = 21;
const MOST_BETWEEN = 8;
/**
 * Nothing that is read aloud, or words for it; the numeral for one is a gap only where it was taken for a dash. The most is
 * four signs, and five with a word.
 */
const BETWEEN =
  /^(?:[^\p{L}\p{N}]{0,4}|一|[^\p{L}\p{N}]{0,3}(?:空格|横杠|横线|减号|然后|再|接着|后面是?|中间是?|最后|尾号|dash|space|then|hyphen|and)[^\p{L}\p{N}]{0,3})$/u;

const isDigit = (sign: string | undefined): boolean => sign !== undefined && sign >= '0' && sign <= '9';

/** The digits of `seven`, or of `double seven`. */
function spelled(words: string): string {
  const [times, word] = words.includes(' ') ? words.split(' ') : ['', words];
  return WORDS[word!]!.repeat(times === 'triple' ? 3 : times === 'double' ? 2 : 1);
}

/** Whether letters stand for digits: only inside of a number, or at its edge and part of no word. 20l are litres. */
function standsForDigits(letters: string, before: string | undefined, after: string | undefined): boolean {
  if (isDigit(before) && isDigit(after)) return true;
  if (letters.includes('|')) return false;
  if (isDigit(after)) return !LETTER.test(before ?? ' ');
  return isDigit(before) && !LETTER.test(after ?? ' ') && /^o+$/.test(letters);
}

function digitsOf(text: string): Digit[] {
  const found: Digit[] = [];
  for (const { 0: sign, index: start } of text.matchAll(DIGIT)) {
    const end = start + sign.length;
    if (isDigit(sign)) found.push({ value: sign, start, end, style: 'ASCII' });
    else if (CHINESE[sign] !== undefined) found.push({ value: CHINESE[sign], start, end, style: 'CHINESE' });
    else if (!/^[oli|]+$/.test(sign)) found.push({ value: spelled(sign), start, end, style: 'WORD' });
    else if (standsForDigits(sign, text[start - 1], text[end])) {
      for (let at = 0; at < sign.length; at++) {
        found.push({ value: LOOKS_LIKE[sign[at]!]!, start: start + at, end: start + at + 1, style: 'ASCII' });
      }
    }
  }
  return found;
}

interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

interface Gap {
  readonly text: string;
  readonly soft: boolean;
}

/** Groups that stand near each other, with what is between them. */
interface Chain {
  readonly groups: Group[];
  readonly gaps: Gap[];
}

const SOFT = /^[\s\-_~()[\]]*$/;

function chainsOf(text: string, digits: readonly Digit[]): Chain[] {
  const chains: Chain[] = [];
  let chain: Chain | undefined;
  let last: Digit | undefined;
  for (const digit of digits) {
    const gap = last && digit.start - last.end <= MOST_BETWEEN ? text.slice(last.end, digit.start) : null;
    const group = { digits: digit.value, start: digit.start, end: digit.end };
    if (chain && last && gap === '' && digit.style === last.style) {
      const whole = chain.groups.pop()!;
      chain.groups.push({ digits: whole.digits + digit.value, start: whole.start, end: digit.end });
    } else if (chain && gap !== null && BETWEEN.test(gap)) {
      chain.gaps.push({ text: gap, soft: SOFT.test(gap) });
      chain.groups.push(group);
    } else {
      chain = { groups: [group], gaps: [] };
      chains.push(chain);
    }
    last = digit;
  }
  return chains;
}

/** The runs that begin with this group: at most as long as the longest number. Groups that touch count as one. */
function eachRunFrom({ groups, gaps }: Chain, first: number, visit: (run: DigitRun) => void): void {
  const { start } = groups[first]!;
  let digits = '';
  let shape = '';
  let size = 0;
  let between = '';
  let soft = true;
  let alike = true;
  let gapSeen: string | undefined;
  let changes = 0;
  for (let last = first; last < groups.length; last++) {
    const group = groups[last]!;
    if (digits.length + group.digits.length > MOST_DIGITS) return;
    const gap = last > first ? gaps[last - 1]! : null;
    if (gap && gap.text !== '') {
      shape += `${size}-`;
      size = 0;
      between += gap.text;
      soft &&= gap.soft;
      alike &&= gapSeen === undefined || gap.text.trim() === gapSeen;
      gapSeen = gap.text.trim();
    }
    if (gap?.text === '') changes++;
    if (changes > MOST_CHANGES) return;
    digits += group.digits;
    size += group.digits.length;
    const gapBefore = gaps[first - 1]?.text ?? null;
    const gapAfter = gaps[last]?.text ?? null;
    visit({ digits, start, end: group.end, shape: shape + size, between, soft, alike, gapBefore, gapAfter });
  }
}

/**
 * Goes through all numbers of a reading, those in groups too, from left to right; at each place it takes the run that `judge`
 * ranks first (the smallest rank; of one rank the longest), and goes on behind it.
 *
 * @param judge what a run is, or null; is asked at most 21 times for each digit
 */
export function pickRuns<Judgement extends { readonly rank: number }>(
  text: string,
  judge: (run: DigitRun) => Judgement | null,
): (Judgement & { readonly run: DigitRun })[] {
  const digits = digitsOf(text);
  const picked: (Judgement & { readonly run: DigitRun })[] = [];
  const pick = (all: readonly Digit[]) => {
    for (const chain of chainsOf(text, all)) {
      for (let first = 0; first < chain.groups.length; first++) {
        let best: (Judgement & { readonly run: DigitRun }) | undefined;
        eachRunFrom(chain, first, (run) => {
          const judgement = judge(run);
          if (judgement && judgement.rank <= (best?.rank ?? judgement.rank)) best = { ...judgement, run };
        });
        if (!best) continue;
        picked.push(best);
        while (first + 1 < chain.groups.length && chain.groups[first + 1]!.start < best.run.end) first++;
      }
    }
  };
  pick(digits);
  // 138一1234一5678, 138|1234|5678: what can be a digit is a dash there
  const dashed = digits.filter(
    ({ start, end }) => !/[一|]/.test(text[start]!) || !isDigit(text[start - 1]) || !isDigit(text[end]),
  );
  if (dashed.length < digits.length) pick(dashed);
  return picked;
}
