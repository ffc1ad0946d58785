import { type DigitRun, pickRuns } from './digits.rules.js';
import type { Finding } from './finding.js';
import type { Reading } from './reading.rules.js';
import { TextFindingKind } from './text-finding.js';

/** How far before a number a word tells what it is, and how far behind it a unit. */
const BEFORE = 18;
const BEHIND = 8;

const rest = '[^\\d。!?\\n]{0,10}$';
const PHONE_WORD = new RegExp(
  `(?:电话|手机|座机|固话|联系方式|联系我|打给我|打我|致电|来电|拨打|号码|短信|\\b(?:tele)?phone|\\btel\\b|\\bmobile|\\bcell\\b|\\bcall\\b|\\btext me|\\breach me|\\bcontact|\\bring me|\\bfax|传真|whats ?app|viber|\\bnumber is|\\bmy number|\\bdial|打过来|我的号|换号)${rest}`,
);
const PHONE_BEHIND = /^[^\d。!?\n]{0,3}(?:是)?(?:我的?)?(?:家里?|办公室)?(?:的)?(?:电话|手机号|座机)/;
const HOTLINE_WORD =
  /(?:热线|客服|急救|总机|服务台|报警|投诉|hotline|help ?line|toll[- ]free|emergency|customer service)[^\d。!?\n]{0,12}$/;
const MESSENGER_WORD = new RegExp(
  `(?:微信|威信|薇信|维信|徽信|v信|weixin|we ?chat|\\bvx|\\bwx|[+加][v薇微]|\\bqq|扣扣|扣群|企鹅|\\bq群|群号|加群|进群|入群|群\\s?:|\\bq(?=\\s?(?:号|:|是|$))|球球|蔻蔻|叩叩|telegram|whats ?app|skype|\\bline id|抖音|快手|小红书)${rest}`,
);
const CARD_WORD = new RegExp(
  `(?:银行卡|储蓄卡|信用卡|卡号|账号|账户|开户|打款|汇款|转账|捐款|工行|建行|农行|中行|招行|交行|邮储|银行|银联|农商|信用社|户名|打钱|打到|收款|visa|mastercard|debit|credit|bank|\\bcard|account|\\ba/c|iban|transfer|支付宝)${rest}`,
);
const ID_WORD = new RegExp(
  `(?:身份证|证件号|证号|社保号|社保卡|社会保障|医保号|医保卡|医保编号|驾驶证|驾照|残疾证|残疾人证|军官证|户口|\\bid (?:card|number|no)|identity|national id|citizen id|social security|\\bssn|resident id)${rest}`,
);
/** Numbers of things and records, which nobody can call or be known by. */
const RECORD_WORD =
  /(?:订单|单号|运单|快递|物流|流水|编号|批号|货号|型号|条码|发票|批准文号|准字|注册号|注册证|登记号|案号|序列号|受理号|版本|order|tracking|invoice|\blot\b|batch|serial|reference|\bref\b|\bdoi\b|isbn|issn|\bnct|pmid|orpha|omim|chictr|barcode|trial|accession|registration)[^\d。!?\n]{0,10}$/;
/** Something that is counted or measured, and so no number of anybody. */
const UNIT =
  /^\s?(?:元|块|万|亿|个|人|次|年|天|美元|欧元|%|‰|iu\b|u\b|u\/|mg|ml|μg|ug|g\b|kg|copies|cells|vg\b|dollars|rmb|yuan|usd|cny|people|patients|\/(?:l|ml|ul|μl|kg|m2)\b|[x×*]\s?10)/;

/** How numbers of mobile phones are written in groups, whatever stands between these. */
const MOBILE_SHAPES = new Set(
  '11 3-4-4 3-8 7-4 4-4-3 4-3-4 3-3-5 5-6 6-5 4-7 3-5-3 3-3-3-2 3-2-3-3 3-3-2-3 3-4-2-2 3-2-2-2-2 3-2-2-4 3-1-3-4 3-4-1-3 3-4-3-1 1-2-4-4 1-2-8 1-10 2-9 3-2-6 1-1-1-1-1-1-1-1-1-1-1 3-1-1-1-1-1-1-1-1 3-4-1-1-1-1'.split(
    ' ',
  ),
);
const MOBILE = /^1[3-9]\d{9}$/;
const MOBILE_ABROAD = /^(?:00)?861[3-9]\d{9}$/;
const LANDLINE = /^(?:0(?:10|2\d)[2-8]\d{7}|0[3-9]\d{2}[2-8]\d{6,7})$/;
const LANDLINE_ABROAD = /^(?:00)?86(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}$/;
const UK_MOBILE = /^07[1-9]\d{8}$/;
const TAIWAN_MOBILE = /^09\d{8}$/;
const AMERICAN = /^1?[2-9]\d\d[2-9]\d{6}$/;
/** Short numbers of services. */
const SERVICE = /^(?:95|96|12)\d{3}$/;
const TOLL_FREE = /^1?(?:400|800|833|844|855|866|877|888)/;

const isDay = (digits: string): boolean => {
  const [, year, month, day] = /^((?:18|19|20)\d\d)(\d\d)(\d\d)$/.exec(digits) ?? [];
  const date = year && new Date(Date.UTC(+year, +month! - 1, +day!));
  return Boolean(date) && (date as Date).getUTCMonth() === +month! - 1;
};
/** Groups of one length in rising order, not far from each other: a list of numbers, or of years. */
const isList = ({ digits, shape }: DigitRun): boolean => {
  const sizes = shape.split('-').map(Number);
  if (sizes.length < 3 || sizes[0]! < 2 || sizes.slice(0, -1).some((size) => size !== sizes[0])) return false;
  let at = 0;
  const values = sizes.map((size) => {
    at += size;
    return Number(digits.slice(at - size, at));
  });
  return values.slice(1).every((value, index) => value > values[index]! && value - values[index]! <= 50);
};
const isAlone = ({ gapBefore, gapAfter }: DigitRun): boolean => gapBefore === null && gapAfter === null;

const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
);
/** A check sign that is a letter. */
const CHECK_LETTER = /^[\s\-_.]{0,3}(?:x(?![a-z])|叉)/;
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Whether 17 digits and a check sign are one as GB 11643 makes them. */
const idChecks = (digits: string, check: string): boolean =>
  '10X98765432'[ID_WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11] === check;

/** Whether 17 digits begin as a resident's number does: a province, and a day of birth. */
const isOfResident = (digits: string): boolean =>
  PROVINCES.has(digits.slice(0, 2)) && isDay(digits.slice(6, 14)) && Number(digits.slice(6, 10)) <= 2099;

/** Luhn's check, which the numbers of bank cards pass. */
function luhnChecks(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
const CARD = /^(?:(?:62|4\d|5[0-9]|60|65|35|955[89])\d{14,17}|3[47]\d{13})$/;
const CARD_SHAPES =
  /^(?:\d{2}|4-4-4-[2-4](?:-[1-4])?|4-4-4-4-[1-3]|6-\d{1,2}|4-6-5|4-\d{2}|6-4-4-\d(?:-\d)?|4-4-\d{1,2}|(?:1-)+1|6-\d-\d|8-\d{1,2})$/;

const OWN_ACCOUNT = new RegExp(`(?:银行账号|银行账户|开户行|对公账户|银行卡号|account (?:no|number)|acct)${rest}`);

interface Judgement {
  readonly rank: number;
  readonly kind: TextFindingKind;
  /** How many units more belong to it behind its digits, and before. */
  readonly more?: number;
  readonly less?: number;
}

/** What stands around a run. */
interface Around {
  readonly before: string;
  readonly behind: string;
  /** The letters that touch it. */
  readonly letters: string;
  /** Whether the words before it say so. */
  readonly says: (words: RegExp) => boolean;
}

const PLUS = /\(?\+\s?\(?$/;
const SPLIT_FREELY = /^(?:3-4-4|3-8|7-4|(?:1-)+1)$/;

/** How sure it is that the run is a telephone number: 1 for what looks like one anywhere, up to 4 for what words make one; null for none. */
function phoneRank(run: DigitRun, { behind, says }: Around): number | null {
  const { digits, shape, between, soft, alike } = run;
  const { length } = digits;
  const hotline = says(HOTLINE_WORD);
  const said = !hotline && (says(PHONE_WORD) || (length <= 8 && PHONE_BEHIND.test(behind)));
  const plus = says(PLUS);
  if (length === 11 && MOBILE.test(digits)) {
    const listed = /[.,、/;\n]/.test(between) && !SPLIT_FREELY.test(shape);
    const amongOthers = shape.startsWith('1-1-') && [run.gapBefore, run.gapAfter].includes(between[0]!);
    if (MOBILE_SHAPES.has(shape) && !listed && !amongOthers) return 1;
    // in no usual groups: only where nothing else is near, and no days, years or values
    const values =
      isDay(digits.slice(0, Number.parseInt(shape, 10))) || /^(?:19|20)/.test(digits) || /[.,]/.test(between);
    const tollFree = shape === '1-3-3-4' && TOLL_FREE.test(digits);
    if (!tollFree && (said || (isAlone(run) && soft && alike && !values))) return 2;
  }
  if (length >= 13 && MOBILE_ABROAD.test(digits) && (soft || plus)) {
    if (/^(?:[24]-|\d+$)/.test(shape) || plus || said) return 1;
  }
  if (length >= 10 && length <= 12 && soft) {
    const area = /^0(?:10|2)/.test(digits) ? '3' : '4';
    if (LANDLINE.test(digits) && !hotline && (!shape.includes('-') || shape[0] === area || said || alike)) return 2;
    if (UK_MOBILE.test(digits) && /^(?:11|5-6|5-3-3|4-3-4|3-4-4|4-7)$/.test(shape)) return 2;
    if (TAIWAN_MOBILE.test(digits) && /^(?:10|4-3-3|4-6)$/.test(shape)) return 2;
  }
  if (soft && (plus || said || digits.startsWith('00')) && LANDLINE_ABROAD.test(digits)) return 2;
  if (plus && length >= 8 && length <= 15 && digits[0] !== '0' && (soft || alike)) return 2;
  if ((shape === '3-3-4' || shape === '1-3-3-4') && AMERICAN.test(digits) && !TOLL_FREE.test(digits)) {
    if (said || /^[\s\-.()]*[-.)][\s\-.()]*$/.test(between)) return 3;
  }
  if (said && length >= 7 && length <= 15 && (soft || alike) && !/[\n,、;]|\*{3}/.test(between)) {
    if (!TOLL_FREE.test(digits) && !isDay(digits.slice(0, 8)) && !SERVICE.test(digits)) return 4;
  }
  return null;
}

function phone(run: DigitRun, around: Around): Judgement | null {
  const rank = phoneRank(run, around);
  if (rank === null || UNIT.test(around.behind) || isList(run)) return null;
  const bracket = /\($/.test(around.before) && run.between.includes(')') ? 1 : 0;
  return { rank, kind: TextFindingKind.PHONE, less: PLUS.exec(around.before)?.[0].length ?? bracket };
}

function nationalId({ digits, shape, between }: DigitRun, { before, behind, says }: Around): Judgement | null {
  const { length } = digits;
  if (length < 8) return null;
  const found = (more = 0): Judgement => ({ rank: 0, kind: TextFindingKind.NATIONAL_ID, more });
  const said = says(ID_WORD);
  const letter = length === 17 ? CHECK_LETTER.exec(behind)?.[0].length : undefined;
  const check = letter === undefined ? digits[17] : 'X';
  if ((length === 18 || letter !== undefined) && (said || isOfResident(digits))) {
    if (said || idChecks(digits, check!) || !says(RECORD_WORD)) return found(letter);
  }
  // the number of a card for the disabled: the resident's number and two digits
  if (length === 20 && isOfResident(digits) && (said || idChecks(digits, digits[17]!))) return found();
  if (shape === '3-2-4' && between === '--') return found();
  if (!said) return null;
  if (length === 15 || length === 17) return found();
  if (length <= 12 && /社保|医保|社会/.test(before)) return found();
  return (shape === '9' || shape === '3-2-4') && /social security|ssn/.test(before) ? found() : null;
}

const isWrittenAsCard = (run: DigitRun): boolean => CARD_SHAPES.test(run.shape) || (run.alike && isAlone(run));
/** What stands in groups of four as on a card is one, mistyped or not. */
const isGroupedAsCard = ({ digits, shape }: DigitRun): boolean =>
  digits.startsWith('62') && /^4-4-4-4-[1-3]$/.test(shape);

function card(run: DigitRun, { behind, letters, says }: Around): Judgement | null {
  const { digits, soft, alike } = run;
  const { length } = digits;
  if (length < 8 || letters.length > 1 || !(soft || (alike && length >= 16)) || says(RECORD_WORD)) return null;
  const ofMonth = says(CARD_WORD) && /^(?:19|20)\d\d(?:0\d|1[0-2])/.test(digits);
  const said = says(OWN_ACCOUNT) || (length >= 12 && !ofMonth && says(CARD_WORD));
  const checked =
    length >= 15 && CARD.test(digits) && isWrittenAsCard(run) && (isGroupedAsCard(run) || luhnChecks(digits));
  if (!(said || checked) || UNIT.test(behind) || isList(run)) return null;
  return { rank: said ? 1 : 3, kind: TextFindingKind.BANK_CARD };
}

function messenger(run: DigitRun, { before, behind, says }: Around): Judgement | null {
  const { digits, between, soft, alike } = run;
  if (digits.length > 15 || !(soft || alike) || !says(MESSENGER_WORD) || /公众号|支付|pay|版本?\s?$/.test(before))
    return null;
  if (UNIT.test(behind) || /^[a-z@.]/.test(behind) || isDay(digits) || (between !== '' && isList(run))) return null;
  const mailbox = /邮箱[^\d]{0,6}$/.test(before);
  return { rank: 5, kind: mailbox ? TextFindingKind.EMAIL : TextFindingKind.MESSENGER };
}

/** Prefixes that are written without a space before a telephone number; other capital letters make it a number of a parcel or a study. */
const PHONE_LETTERS =
  /^(?:t|p|m|h|v|w|q|tel|phone|mob|mobile|cell|call|vx|wx|qq|wechat|weixin|whatsapp|tell|dial|sms|x|o)$/;

/** Anything but digits and signs. */
const WORDS = /[a-z+]|(?![一二三四五六七八九])[\u4e00-\u9fff]/;
/** As short as this are only numbers that words tell. */
const TOLD = 8;

/** What stands before the digits at `start`; asks for each kind of words once. */
function lookBefore(text: string, start: number): Omit<Around, 'behind'> & { readonly worded: boolean } {
  const before = text.slice(Math.max(0, start - BEFORE), start);
  const worded = WORDS.test(before);
  const answers = new Map<RegExp, boolean>();
  return {
    before,
    worded,
    letters: /[a-z]*$/.exec(before)![0],
    says: (words) => {
      if (!worded) return false;
      const answer = answers.get(words) ?? words.test(before);
      answers.set(words, answer);
      return answer;
    },
  };
}

/** Telephone numbers, numbers of identity documents, bank cards and messengers, as far as they are made of digits. */
export function findNumbers({ text, cased }: Reading): Finding[] {
  let at = -1;
  let look = lookBefore(text, 0);
  return pickRuns(text, (run): Judgement | null => {
    if (run.digits.length < 5) return null;
    if (run.start !== at) {
      at = run.start;
      look = lookBefore(text, at);
    }
    const behind = text.slice(run.end, run.end + BEHIND);
    if (run.digits.length <= TOLD && !look.worded && !PHONE_BEHIND.test(behind)) return null;
    const around: Around = { ...look, behind };
    const id = nationalId(run, around);
    if (id) return id;
    const { letters, says } = around;
    // the fraction of a decimal number; the number of a parcel, an article or a study
    if (run.gapBefore === '.' && !run.shape.includes('-')) return null;
    const capitals = letters !== '' && cased.slice(at - letters.length, at) === letters.toUpperCase();
    if ((capitals && !PHONE_LETTERS.test(letters)) || (says(RECORD_WORD) && !says(PHONE_WORD))) return null;
    return phone(run, around) ?? messenger(run, around) ?? card(run, around);
  }).map(({ kind, run, more = 0, less = 0 }) => ({ kind, start: run.start - less, end: run.end + more }));
}

const LETTERED: readonly (readonly [RegExp, TextFindingKind])[] = [
  [
    /(?:护照|passport)[^\da-z。!?\n]{0,10}(?:(?:no|number|is)\b[^\da-z\n]{0,4}){0,2}([a-z]{1,2}(?:[\s-]?\d){7,8})(?![\da-z])/g,
    TextFindingKind.NATIONAL_ID,
  ],
  [
    /(?:通行证|回乡证|台胞证|居留|身份证|\bid (?:card|number|no))[^\da-z。!?\n]{0,10}([a-z]{1,3}\s?\d{6,15}(?:\(\w\))?)(?![\da-z])/g,
    TextFindingKind.NATIONAL_ID,
  ],
  [/\b([a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){2,7}(?:\s?[a-z0-9]{1,3})?)(?![a-z0-9])/g, TextFindingKind.BANK_CARD],
  [/\b([a-z]{1,2}\d{6}\([\da]\))/g, TextFindingKind.NATIONAL_ID],
  [/national insurance[^\d.!?\n]{0,14}\b([a-z]{2}(?:\s?\d{2}){3}\s?[a-d])\b/g, TextFindingKind.NATIONAL_ID],
];

/** Whether the sign string is an IBAN: ISO 13616, rest 1 when divided by 97. */
function ibanChecks(written: string): boolean {
  const sign = written.replace(/\s/g, '');
  if (sign.length < 15 || sign.length > 34) return false;
  let remainder = 0;
  for (const each of sign.slice(4) + sign.slice(0, 4)) {
    const value = Number.parseInt(each, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Numbers of documents and accounts that begin with letters: passports, permits, IBANs. */
export function findLettered({ text }: Reading): Finding[] {
  return LETTERED.flatMap(([pattern, kind]) =>
    [...text.matchAll(pattern)]
      .filter(({ 1: number }) => kind === TextFindingKind.NATIONAL_ID || ibanChecks(number!))
      .map(({ 0: whole, 1: number, index }) => {
        const start = index + whole.lastIndexOf(number!);
        return { kind, start, end: start + number!.length };
      }),
  );
}
