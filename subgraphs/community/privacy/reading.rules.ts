/**
 * A text as its readers take it, whatever signs were chosen to write it with: small letters, ASCII digits and signs, simplified
 * characters, without what nobody sees. Each of its UTF-16 units knows where it stands in the text as given.
 */
export interface Reading {
  readonly text: string;
  /** The same, unit by unit, with capital letters where they were written. */
  readonly cased: string;
  /** Where in the given text the sign begins, and ends, that the unit stands for. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Marks, joiners, and control characters: not seen. A line's end is. */
const UNSEEN = /^(?:[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Mn}\p{Me}\p{Cs}]|[^\P{Cc}\t\n\r])$/u;

const DRAWN_AROUND = /^[\p{Me}\p{Mn}]$/u;

/** Digits in circles, in brackets, with a full stop or a comma: the first sign, the digit that it shows, and how many follow. */
const DRESSED_DIGITS: readonly (readonly [number, number, number])[] = [
  [0x2460, 1, 9],
  [0x2474, 1, 9],
  [0x2488, 1, 9],
  [0x24ea, 0, 1],
  [0x24f5, 1, 9],
  [0x24ff, 0, 1],
  [0x2776, 1, 9],
  [0x2780, 1, 9],
  [0x278a, 1, 9],
  [0x1f100, 0, 1],
  [0x1f101, 0, 10],
  [0x1f10b, 0, 1],
  [0x1f10c, 0, 1],
];

/** Traditional characters beside the simplified ones, as far as the rules here look for them. */
const SIMPLIFIED: ReadonlyMap<string, string> = new Map(
  (
    '電电話话號号樓楼縣县區区鎮镇鄉乡藥药轉转讓让賣卖買买單单針针劑剂膠胶購购貨货聯联繫系機机郵邮陸陆貳贰參叁門门衛卫處处價价銀银' +
    '帳账賬账戶户證证護护碼码東东莊庄園园灣湾廣广場场廈厦棟栋現现餘余開开無无發发給给換换試试療疗蘇苏維维環环羅罗嗎吗誰谁' +
    '兩两個个條条債债寄寄遞递網网訊讯聊聊離离醫医療疗診诊際际專专櫃柜內内'
  )
    .match(/../gu)!
    .map((pair) => [pair[0]!, pair[1]!]),
);

const DASH = /^\p{Pd}$/u;
const DIGIT = /^\p{Nd}$/u;

/** What somebody reads who sees this sign; empty for what is not seen. */
function asRead(sign: string): string {
  const code = sign.codePointAt(0)!;
  if (code < 0x7f && code >= 0x20) return sign;
  if (code === 0x0a) return sign;
  if (code === 0x09 || code === 0x0d) return ' ';
  if (code >= 0x4e00 && code <= 0x9fff) return SIMPLIFIED.get(sign) ?? sign;
  if (UNSEEN.test(sign)) return '';
  const dressed = DRESSED_DIGITS.find(([first, , count]) => code >= first && code < first + count);
  if (dressed) return String(dressed[1] + code - dressed[0]);
  if (code === 0x2028 || code === 0x2029) return '\n';
  if (code === 0x2795) return '+';
  if (DASH.test(sign) || code === 0x2212 || code === 0x30fc || code === 0x2500) return '-';
  const plain = sign.normalize('NFKC').replace(/\s/gu, ' ');
  if (code > 0x7f && DIGIT.test(plain) && !/\d/.test(plain)) {
    // the ten digits of a script stand together, from a code that ends in 0 or in 6
    const ofTen = plain.codePointAt(0)! & 0xf;
    return String(DIGIT.test(String.fromCodePoint(plain.codePointAt(0)! - ofTen)) ? ofTen : ofTen - 6);
  }
  return plain;
}

/** @returns how people read the text; linear in its length */
export function readingOf(given: string): Reading {
  const cased: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  let at = 0;
  for (const sign of given) {
    const read = asRead(sign);
    // what is drawn around a sign, as around the digits of a keypad, belongs to it
    if (read === '' && DRAWN_AROUND.test(sign) && to.length > 0) to[to.length - 1] = at + sign.length;
    for (let unit = 0; unit < read.length; unit++) {
      cased.push(read[unit]!);
      from.push(at);
      to.push(at + sign.length);
    }
    at += sign.length;
  }
  // unit by unit: some capital letters have a small form of another length
  const text = cased.map((unit) => {
    const small = unit.toLowerCase();
    return small.length === 1 ? small : unit;
  });
  return { text: text.join(''), cased: cased.join(''), from, to };
}
