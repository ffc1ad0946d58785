import { hash } from '../../subgraphs/common/seed.js';

/**
 * Stories like those that people write, as many as one wants: words come about as often as in real text (the n-th word a n-th as
 * often as the first), two thirds of the stories are Chinese, a quarter English, the rest both. Number i is always the same.
 */

/** How many different words there are in each language. */
const WORDS = 60_000;
/** Characters that Chinese words are made of. */
const CHARACTERS = 3_500;

/** The most common ones, so that what is looked for can be read. */
const CHINESE = [
  ...[
    '我们',
    '的',
    '孩子',
    '医生',
    '治疗',
    '医院',
    '药',
    '了',
    '以后',
    '一年',
    '疼痛',
    '检查',
    '确诊',
    '基因',
    '家人',
    '罕见病',
  ],
  ...[
    '希望',
    '生活',
    '酶',
    '输液',
    '复查',
    '北京',
    '上海',
    '朋友',
    '饮食',
    '运动',
    '骨头',
    '血小板',
    '脾',
    '走路',
    '睡眠',
    '帮助',
  ],
  ...[
    '报销',
    '医保',
    '基金会',
    '病友',
    '日记',
    '坚持',
    '谢谢',
    '慢慢',
    '学校',
    '工作',
    '心情',
    '发烧',
    '手术',
    '激素',
    '呼吸',
    '康复',
  ],
];
const ENGLISH = [
  ...[
    'the',
    'and',
    'we',
    'of',
    'to',
    'doctor',
    'it',
    'in',
    'treatment',
    'hospital',
    'was',
    'my',
    'pain',
    'years',
    'child',
    'family',
  ],
  ...[
    'diagnosis',
    'gene',
    'medicine',
    'infusion',
    'enzyme',
    'blood',
    'friends',
    'school',
    'work',
    'sleep',
    'diary',
    'help',
    'thank',
  ],
];
const STARTS = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'f',
  'g',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'ph',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'w',
  'z',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'ia', 'oo', 'y'];
const ENDS = ['', 'n', 'r', 's', 'st', 'l', 'm', 'nd', 'tion', 'ose'];

/** A number from 0 to 1, and always the same. */
const share = (what: string, i: number): number => hash(what, i) / 2 ** 32;
/** The place of a word or character: the n-th comes a n-th as often as the first. */
const place = (of: number, drawn: number): number => Math.floor(of ** drawn) - 1;

const character = (drawn: number): string =>
  String.fromCharCode(0x4e00 + ((place(CHARACTERS, drawn) * 5_309) % 20_900));

function chineseWord(n: number): string {
  const length = share('length', n) < 0.75 ? 2 : 3;
  return Array.from({ length }, (_, at) => character(share('character', n * 4 + at))).join('');
}

function englishWord(n: number): string {
  const syllables = 1 + Math.floor(share('syllables', n) * 3);
  const of = (parts: readonly string[], at: number) => parts[hash('part', n * 16 + at) % parts.length] as string;
  return Array.from(
    { length: syllables },
    (_, at) => of(STARTS, at * 4) + of(VOWELS, at * 4 + 1) + of(ENDS, at * 4 + 2),
  ).join('');
}

const chinese = [...CHINESE, ...Array.from({ length: WORDS - CHINESE.length }, (_, n) => chineseWord(n))];
const english = [...ENGLISH, ...Array.from({ length: WORDS - ENGLISH.length }, (_, n) => englishWord(n))];

/** The n-th most common words, from 0. */
export const chineseAt = (n: number): string => chinese[n] as string;
export const englishAt = (n: number): string => english[n] as string;

interface Writing {
  readonly title: string;
  readonly body: string;
}

/** Half have less than about 90 words, one in a hundred more than 500. */
const lengthOf = (i: number): number => {
  const spread = share('long', i) + share('long too', i) + share('longer', i) - 1.5;
  return Math.max(8, Math.min(1_800, Math.round(90 * Math.exp(1.6 * spread))));
};

/** Story number i. */
export function storyOf(i: number): Writing {
  const kind = share('language', i);
  const count = lengthOf(i);
  const words: string[] = [];
  for (let at = 0; at < count; at++) {
    const n = place(WORDS, share('word', i * 2_048 + at));
    const inChinese = kind < 0.67 || (kind >= 0.92 && Math.floor(at / 12) % 2 === 0);
    const stop = at % 11 === 10;
    words.push(inChinese ? `${chinese[n]}${stop ? '。' : ''}` : `${english[n]}${stop ? '. ' : ' '}`);
  }
  const titled = words.splice(0, 6).join('').trim();
  return { title: titled.slice(0, 120), body: words.join('').trim() };
}
