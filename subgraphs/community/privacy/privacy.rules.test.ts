import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DigitRun, pickRuns } from './digits.rules.js';
import { NOT_PUBLISHABLE, NOT_PUBLISHABLE_EITHER, PUBLISHABLE } from './lines-under-test.js';
import { TextNotPublishable } from './privacy.errors.js';
import { findPersonalData, refusePersonalData, textFindings } from './privacy.rules.js';
import { readingOf } from './reading.rules.js';
import { TextFindingKind } from './text-finding.js';

/** What is found, as `kind: passage`. */
const found = (text: string): string[] =>
  findPersonalData(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);
const { PHONE, NATIONAL_ID, BANK_CARD, MEDICINE_SALE } = TextFindingKind;

describe('what must not be published is found', () => {
  test.each(NOT_PUBLISHABLE.filter(([kind]) => kind !== MEDICINE_SALE))('%s, exactly: %s', (kind, line) => {
    const [, before, passage] = /^(.*)«(.*)»/s.exec(line)!;
    expect(findPersonalData(line.replace(/[«»]/g, ''))).toContainEqual({
      kind,
      start: before!.length,
      end: before!.length + passage!.length,
    });
  });

  test.each(NOT_PUBLISHABLE.filter(([kind]) => kind === MEDICINE_SALE))('%s, thereabouts: %s', (kind, line) => {
    const start = line.indexOf('«');
    const end = line.indexOf('»') - 1;
    const sales = findPersonalData(line.replace(/[«»]/g, '')).filter((finding) => finding.kind === kind);
    expect(sales.some((finding) => finding.start < end && finding.end > start)).toBe(true);
  });

  test.each(NOT_PUBLISHABLE_EITHER)('%s: %s', (kind, line) => {
    expect(findPersonalData(line).map((finding) => finding.kind)).toContain(kind);
  });

  test('every medicine of the catalogue, when it is offered', () => {
    const medicines: Record<string, string>[] = JSON.parse(
      readFileSync('subgraphs/catalog/data/medicines.json', 'utf8'),
    );
    // by a salt alone nobody knows what it is
    const common = new Set(['zinc acetate', 'interferon beta-1b']);
    const missed = medicines.flatMap(({ genericNameZh, genericNameEn, brandNameEn }) => [
      ...[genericNameZh].filter((name) => name && found(`转让两盒${name}`).length === 0),
      ...[genericNameEn, brandNameEn].filter((name) => name && found(`for sale: two boxes of ${name}`).length === 0),
    ]);
    expect(missed.filter((name) => !common.has(name!))).toEqual([]);
  });

  test('an offer in the sentence behind the one that names the medicine', () => {
    expect(found('我有两盒诺西那生没用完。需要的联系我。')).toEqual([
      expect.stringMatching(/^MEDICINE_SALE: .?诺西那生没用完。需要的联系我$/),
    ]);
    expect(found('我有两本书没看完。需要的联系我。')).toEqual([]);
  });

  test('several in one text, in its order, and in an offer too', () => {
    expect(found('出售诺西那生，电话13812345678，邮箱a@b.com')).toEqual([
      'MEDICINE_SALE: 出售诺西那生',
      'PHONE: 13812345678',
      'EMAIL: a@b.com',
    ]);
  });
});

describe('what anybody may publish is left alone', () => {
  test.each(PUBLISHABLE)('%s', (line) => expect(found(line)).toEqual([]));

  test('names of hospitals, diseases and medicines', () => {
    const names = ['hospitals', 'diseases', 'medicines'].flatMap((file) =>
      (JSON.parse(readFileSync(`subgraphs/catalog/data/${file}.json`, 'utf8')) as object[]).flatMap((entry) =>
        Object.values(entry).filter((value): value is string => typeof value === 'string'),
      ),
    );
    expect(names.length).toBeGreaterThan(1_000);
    expect(names.flatMap(found)).toEqual([]);
  });
});

/** Words that a number may stand between: none speaks of what numbers are, or counts. */
const clean = fc
  .array(fc.constantFrom('今天', '阳光', '很好', '，', '。', ' ', '\n', '😀', 'good day ', 'hello, ', '谢谢', '**'), {
    maxLength: 12,
  })
  .map((words) => words.join(''));
const STYLES: readonly (readonly string[])[] = [
  [...'0123456789'],
  [...'０１２３４５６７８９'],
  [...'〇一二三四五六七八九'],
  [...'零壹贰叁肆伍陆柒捌玖'],
  [...'⓪①②③④⑤⑥⑦⑧⑨'],
  [...'𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗'],
];
const digitsOf = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''));

/** The digits in one style or a mixture, split in groups, with what is not seen between them. */
const written = (digits: string, sizes: readonly number[]) =>
  fc
    .record({
      styles: fc.array(fc.constantFrom(...STYLES), { minLength: digits.length, maxLength: digits.length }),
      gap: fc.constantFrom('', ' ', '-', ' - ', '\u3000', '—', '_', '－'),
      unseen: fc.constantFrom('', '\u200b', '\u2060', '\u202e', '\ufeff'),
    })
    .map(({ styles, gap, unseen }) => {
      const signs = [...digits].map((digit, at) => styles[at]![Number(digit)]!);
      let at = 0;
      return sizes
        .map((size) => {
          at += size;
          return signs.slice(at - size, at).join(unseen);
        })
        .join(gap);
    });

const mobile = fc
  .tuple(fc.constantFrom('3', '4', '5', '6', '7', '8', '9'), digitsOf(9))
  .map(([second, rest]) => `1${second}${rest}`);

/** A resident's number with its check sign, as GB 11643 says. */
const residentNumber = fc
  .record({
    province: fc.constantFrom('11', '31', '44', '51', '65'),
    county: digitsOf(4),
    year: fc.integer({ min: 1920, max: 2025 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    order: digitsOf(3),
  })
  .map(({ province, county, year, month, day, order }) => {
    const two = (number: number) => String(number).padStart(2, '0');
    const body = `${province}${county}${year}${two(month)}${two(day)}${order}`;
    const sum = [...body].reduce((all, digit, at) => all + Number(digit) * (2 ** (17 - at) % 11), 0);
    return body + '10X98765432'[sum % 11];
  });

/** A card's number that passes Luhn's check. */
const cardNumber = digitsOf(16).map((rest) => {
  const body = `62${rest}`;
  const check = [...'0123456789'].find((last) => {
    const sum = [...(body + last)].reverse().reduce((all, digit, at) => {
      const value = Number(digit) * (1 + (at % 2));
      return all + (value > 9 ? value - 9 : value);
    }, 0);
    return sum % 10 === 0;
  });
  return body + check;
});

describe('for whatever is written', () => {
  test('a telephone number is found where it stands, and nothing else, in any style and grouping', () => {
    const number = fc
      .tuple(mobile, fc.constantFrom([11], [3, 4, 4], [3, 8], [7, 4]))
      .chain(([digits, sizes]) => written(digits, sizes));
    fc.assert(
      fc.property(clean, number, clean, (before, passage, behind) => {
        expect(findPersonalData(`${before} ${passage} ${behind}`)).toEqual([
          { kind: PHONE, start: before.length + 1, end: before.length + 1 + passage.length },
        ]);
      }),
      { numRuns: 500 },
    );
  });

  test('so is a number of an identity card', () => {
    fc.assert(
      fc.property(clean, residentNumber, fc.constantFrom('', ' ', '-'), clean, (before, id, gap, behind) => {
        const passage = [id.slice(0, 6), id.slice(6, 14), id.slice(14)].join(gap);
        expect(findPersonalData(`${before} ${passage} ${behind}`)).toEqual([
          { kind: NATIONAL_ID, start: before.length + 1, end: before.length + 1 + passage.length },
        ]);
      }),
    );
  });

  test('the number of an order that only looks like one is told by its check sign', () => {
    fc.assert(
      fc.property(residentNumber, fc.integer({ min: 1, max: 9 }), (id, step) => {
        fc.pre(!id.endsWith('X'));
        expect(found(`订单号 ${id}`)).toEqual([`NATIONAL_ID: ${id}`]);
        expect(found(`订单号 ${id.slice(0, 17)}${(Number(id[17]) + step) % 10}`)).toEqual([]);
      }),
    );
  });

  test('a card is told by its check digit, and by the words before it', () => {
    fc.assert(
      fc.property(cardNumber, fc.integer({ min: 1, max: 9 }), (card, step) => {
        const wrong = card.slice(0, 18) + ((Number(card[18]) + step) % 10);
        expect(found(`这是 ${card}`)).toEqual([`${BANK_CARD}: ${card}`]);
        expect(found(`这是 ${wrong}`)).toEqual([]);
        expect(found(`银行卡 ${wrong}`)).toEqual([`${BANK_CARD}: ${wrong}`]);
      }),
    );
  });

  test('passages lie inside of the text, in its order, and cut no character in two', () => {
    const pieces = fc.constantFrom(
      ...[...'一1３⑧-— .@#(（:：号路室药出V微信q盒a\u200b\u0301😀\n元', '转让', '.com', '+86', '138', ' at ', ' dot '],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(pieces, { maxLength: 80 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (written) => {
        let last = 0;
        for (const { start, end } of findPersonalData(written)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(written.length);
          expect(written.slice(start, end)).toBe(written.slice(start, end).toWellFormed());
          last = start;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('each unit of a reading knows the sign that it was read from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const { text, cased, from, to } = readingOf(given);
        expect([cased.length, from.length, to.length]).toEqual([text.length, text.length, text.length]);
        from.forEach((start, at) => {
          expect(start).toBeLessThan(to[at]!);
          expect(to[at]!).toBeLessThanOrEqual(given.length);
          expect(start).toBeGreaterThanOrEqual(from[at - 1] ?? 0);
        });
      }),
    );
  });
});

/** How many characters are given to regular expressions while `work` runs. */
function scannedBy(work: () => void): number {
  const { exec } = RegExp.prototype;
  let scanned = 0;
  RegExp.prototype.exec = function (this: RegExp, text: string) {
    const begin = this.global ? this.lastIndex : 0;
    const match = exec.call(this, text);
    scanned += (match ? match.index + match[0].length : text.length) - begin;
    return match;
  };
  try {
    work();
  } finally {
    RegExp.prototype.exec = exec;
  }
  return scanned;
}

describe('the work is in proportion to the length', () => {
  const HOSTILE =
    '1|1 |1-|一1|一|o|1o|@|a@|a@a.|a |省|北市|省市区县镇乡村|路1号|1号楼|Ab |12 Ab Street |1 ab ab |room 1 building 1 |药|转让|转让药|出药,|谁有|多余|微信|微信:|vx |anyone |leftover |one |🌸|\n|。|\u200b|13812345678 |电话13812345678,|ab12 |家住北京市|6222 0212 3456 7890 128 '.split(
      '|',
    );

  test.each(HOSTILE)('of %j again and again', (piece) => {
    const ofLength = (length: number) => {
      const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
      return scannedBy(() => findPersonalData(text));
    };
    const short = ofLength(5_000);
    expect(short).toBeLessThan(5_000 * 2_000);
    // twice is in proportion; a little more for what begins and ends once
    expect(ofLength(10_000)).toBeLessThan(2.1 * short + 5_000);
  });

  test.each(['1', '1 ', '一1', '1-', 'one '])('of %j, each digit begins at most 21 numbers', (piece) => {
    let asked = 0;
    const text = piece.repeat(2_000);
    pickRuns(text, (_: DigitRun) => {
      asked++;
      return null;
    });
    expect(asked).toBeLessThanOrEqual(2 * 21 * 4_000);
  });
});

describe('a refusal', () => {
  test('says the fields, kinds and places, and quotes nothing', () => {
    const fields = { title: '打13812345678', pseudonym: 'Quiet River', body: '好\n\n lily@example.com ' };
    expect(() => refusePersonalData(fields)).toThrow(
      expect.objectContaining({
        constructor: TextNotPublishable,
        code: 'TEXT_NOT_PUBLISHABLE',
        path: ['input', 'title'],
        message:
          'The text holds what must not be published (PHONE, EMAIL); `findings` says where. Take it out, and try again.',
        findings: [
          { field: 'title', kind: 'PHONE', start: 1, end: 12 },
          { field: 'body', kind: 'EMAIL', start: 4, end: 20 },
        ],
      }) as unknown as Error,
    );
  });

  test('is not made of what may be published', () => {
    expect(() => refusePersonalData({ title: '我的故事', body: '每次 200 mg，热线 12320' })).not.toThrow();
    expect(() => refusePersonalData({})).not.toThrow();
  });

  test('names 50 passages at most', () => {
    expect(textFindings({ title: '', body: '13812345678，\n'.repeat(80) })).toHaveLength(50);
  });
});
