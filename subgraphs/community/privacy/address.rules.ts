import type { Finding } from './finding.js';
import type { Reading } from './reading.rules.js';
import { TextFindingKind } from './text-finding.js';

const NUMBER = '(?:\\d{1,5}|[〇零一二三四五六七八九十百]{1,6})';
const ALSO = `(?:\\s?[-–之附]\\s?${NUMBER})?`;
/** Parts that follow the name of a street or a quarter: number, building, entrance, floor, room. */
const PART = new RegExp(
  `^[\\s,]{0,2}(?:第|附|no\\.?)?\\s?(?:${NUMBER}${ALSO}|[a-z甲乙丙丁])\\s?(?:号楼|号院|号|弄|支弄|栋|幢|座|单元|楼|层|室|户|门|房|组|队|社|村民小组|期|区|巷|#|-)?`,
);
const ROOM = /(?:室|户|单元|栋|幢|号楼|座|房|\d{3,4}|[〇零一二三四五六七八九]{3,4})\s?$/;

/** A street with its number. */
const STREET = new RegExp(
  `(?:路|街|大道|巷|胡同|弄|街道|条)(?:\\(?新\\)?|[甲乙丙丁附])?(?:[东南西北中]{1,2}|[东南西北中]?[一二三四五六七八九]?(?:段|里|巷|支路))?[\\s,]{0,2}(?:第|no\\.?)?\\s?${NUMBER}${ALSO}\\s?(?:号|弄|支弄|#)(?!染色|线|机|文|通知|公告|令|病|床|染|基因|外显)`,
  'g',
);
/** What ends in the sign for a street and is none. */
const NO_STREET = /[通旁思线电网回半走上这那条套铁水短离进出开迷弯问赶门]$|\d$|[^\u4e00-\u9fffa-z0-9]$|^$/;
/** A quarter or a block of flats with the number of a house. */
const QUARTER = new RegExp(
  `(?:小区|花园|家园|公寓|新村|社区|花苑|佳苑|嘉园|名苑|名城|新城|大厦|广场|大院|家属院|宿舍|苑|园|庭|府|里|居)[\\s,]{0,2}(?:[东南西北中]?[一二三四五六七八九a-z]?(?:区|期|苑)[\\s,]{0,2})?${NUMBER}${ALSO}\\s?(?:号楼|栋|幢|座|单元|#楼?|号[\\s,]?${NUMBER}\\s?(?:室|单元|楼)|楼?[\\s,]?\\d{3,4}\\s?室|-\\d{1,4}(?:-\\d{1,4})?(?![\\d年月岁]))`,
  'g',
);
/** A village with the number of a house or of a group of houses. */
const VILLAGE = new RegExp(
  `(?:村|镇|乡|屯|庄|寨|湾|坪|沟|社区|小区|花园|家园|公寓|新村)[\\s,]{0,2}(?:第)?${NUMBER}\\s?(?:号|组|队|社|户|村民小组)(?!线|文)`,
  'g',
);
/** Building and room alone. */
const BUILDING = new RegExp(
  `(?:${NUMBER}|[a-z])\\s?(?:号楼|栋|幢|号院|单元|座|#楼?)[\\s,\\-]{0,2}(?:(?:${NUMBER}|[a-z])\\s?(?:单元|门|层|楼|栋|幢|座)[\\s,\\-]{0,2}){0,2}(?:\\d{2,4}|${NUMBER})\\s?(?:室|户|号楼|栋|幢|座(?!位)|号(?!线|楼)|房(?!间)|单元|(?![\\d.%元块年月日天次个位张床号岁名人片粒盒支例]))`,
  'g',
);
/** Where many go, and nobody lives. */
const PUBLIC_BEFORE =
  /(?:医院|门诊|急诊|住院|病房|院区|科室|科|诊室|病区|会议|酒店|宾馆|教学|实验|地铁|机场|车站|航站|高铁)[^。!?\n]{0,8}$/;
const PUBLIC_BEHIND =
  /^[^。!?\n,]{0,4}(?:病房|病区|病床|床|诊室|门诊|检查|候诊|取药|窗口|会议|大厅|护士站|实验室|药房)/;

const LIVES =
  /(?:住在|家住|住址|地址|寄到|寄往|寄给|寄至|收货|收件|邮寄|快递到|送到|搬到|搬去|老家在|我家在|家在|家是|我家|户籍|籍贯|门牌|租住|现居|住)[^\d。!?\n]{0,6}$/;
const LEVELS: readonly (readonly [number, string])[] = [
  [1, '特别行政区'],
  [1, '自治区'],
  [1, '省'],
  [2, '自治州'],
  [2, '市'],
  [2, '盟'],
  [3, '新区'],
  [3, '区'],
  [3, '县'],
  [3, '旗'],
  [4, '街道'],
  [4, '镇'],
  [4, '乡'],
  [5, '小区'],
  [5, '社区'],
  [5, '花园'],
  [5, '家园'],
  [5, '公寓'],
  [5, '大道'],
  [5, '胡同'],
  [5, '新村'],
  [5, '村'],
  [5, '路'],
  [5, '街'],
  [5, '巷'],
  [5, '屯'],
  [5, '寨'],
  [5, '苑'],
];
const LEVEL = new RegExp(LEVELS.map(([, name]) => name).join('|'), 'g');
const levelOf = new Map(LEVELS.map(([level, name]) => [name, level]));
/** What stands before the sign of a level, by its number, where it names no place. */
const NO_PLACE: readonly RegExp[] = [
  /[各全本外]$/,
  /(?:[各全本外超都城股楼夜门上菜集花药入逛]|大城|小城)$/,
  /(?:[各全本社病疫院灾辖园山牧景专误盲禁特战时地城郊市县]|半山)$/,
  /(?:[各全本小乡城冰地故家外思老下]|一个)$/,
  /(?:[小农山乡渔城郊某全同本老旧走道出思一回通线网铁公马之条半手电水内前后私]|逛|上)$/,
];
/** What is no name, whatever follows. */
const NO_NAME = /(?:一个|一座|某个?|这个|那个|这座|附近|旁边|边远|偏远|我们|自己|病友|线上|整个|几个?|的|了|在|到|从)$/;
const HAN = /^[\u4e00-\u9fff]+$/;
const MOST_IN_NAME = 8;

const VILLAGE_NAME = /[县旗市区][^县旗市区]{1,8}[镇乡][^镇乡]{1,8}(?:村|屯|寨)$/;

/** How far before a street's sign its name, city and province may begin. */
const MOST_BEFORE = 28;
const PLACE_BEFORE = /[\u4e00-\u9fffa-z0-9\s]*$/;
const SAYS_SO =
  /^.*(?:住在|家住|住址|地址|寄到|寄往|寄给|寄至|收货|收件|邮寄|快递|送到|搬到|搬去|老家在|我家在|家在|家是|就在|位于|门牌|在|是|到|为|我家|住)\s?[::]?\s?/;

/** @returns where a place begins whose last name ends at `at` */
function beginOf(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - MOST_BEFORE), at);
  const place = PLACE_BEFORE.exec(before)![0];
  const said = SAYS_SO.exec(place)?.[0] ?? '';
  return at - place.slice(said.length).trimStart().length;
}

/** @returns where a place ends of which a part ends at `at`: behind all the numbers that follow */
function endOf(text: string, at: number): number {
  let end = at;
  for (let parts = 0; parts < 5; parts++) {
    const part = PART.exec(text.slice(end, end + 20));
    if (
      !part ||
      !/\d|[一二三四五六七八九十]/.test(part[0]) ||
      !/(?:[号弄栋幢座元楼层室户门房组队社#]|\d{3,4})$/.test(part[0].trim())
    )
      break;
    end += part[0].trimEnd().length;
  }
  return end;
}

function chinese(text: string): Finding[] {
  const found: Finding[] = [];
  const add = (start: number, end: number) =>
    found.push({ kind: TextFindingKind.ADDRESS, start, end: endOf(text, end) });
  for (const { 0: match, index } of text.matchAll(STREET)) {
    const before = text.slice(Math.max(0, index - 2), index).trimEnd();
    if (!/^[大街]/.test(match) && NO_STREET.test(before)) continue;
    add(beginOf(text, index), index + match.length);
  }
  for (const pattern of [QUARTER, VILLAGE]) {
    for (const { 0: match, index } of text.matchAll(pattern)) {
      const before = text.slice(Math.max(0, index - 12), index);
      if (!/[\u4e00-\u9fff]$/.test(before) || PUBLIC_BEFORE.test(before)) continue;
      if (PUBLIC_BEHIND.test(text.slice(index + match.length, index + match.length + 12))) continue;
      add(beginOf(text, index), index + match.length);
    }
  }
  for (const { 0: match, index } of text.matchAll(BUILDING)) {
    const before = text.slice(Math.max(0, index - 14), index);
    if (!ROOM.test(match) || PUBLIC_BEFORE.test(before) || /[a-z\d]$/.test(before)) continue;
    if (PUBLIC_BEHIND.test(text.slice(index + match.length, index + match.length + 12))) continue;
    add(beginOf(text, index), index + match.length);
  }
  return [...found, ...chainsOfPlaces(text)];
}

/** Names of places from large to small: four of them, or two after words such as `I live in`, lead to a home without a number. */
function chainsOfPlaces(text: string): Finding[] {
  const found: Finding[] = [];
  let start = 0;
  let end = -1;
  let count = 0;
  let lowest = 0;
  const close = () => {
    if (lowest < 5 || count < 2) return;
    const said = LIVES.test(text.slice(Math.max(0, start - 14), start)) || LIVES.test(text.slice(start, start + 6));
    const village = VILLAGE_NAME.test(text.slice(start, end));
    if (count >= 4 || said || (count === 3 && village))
      found.push({ kind: TextFindingKind.ADDRESS, start, end: endOf(text, end) });
  };
  for (const { 0: name, index } of text.matchAll(LEVEL)) {
    const level = levelOf.get(name)!;
    // 镇雄 is a county's name: what follows a level at once is no level itself
    if (index === end) continue;
    const near = end >= 0 && index - end <= MOST_IN_NAME;
    const own = text.slice(near ? end : Math.max(0, index - MOST_IN_NAME), index).replace(/[\s,]/g, '');
    if (!own || !HAN.test(own.slice(-1)) || NO_NAME.test(own) || NO_PLACE[level - 1]!.test(own)) continue;
    if (near && HAN.test(own) && level >= lowest && (level > lowest || level === 2 || level === 5)) {
      count += level > lowest || level === 2 ? 1 : 0;
      lowest = level;
    } else {
      close();
      start = beginOf(text, index);
      count = 1;
      lowest = level;
    }
    end = index + name.length;
  }
  close();
  return found;
}

const WORD = "[A-Z0-9][A-Za-z0-9'.]{0,20}";
const STREETS_WRITTEN = new RegExp(
  `\\b(?:No\\.? ?)?\\d{1,5}[A-Za-z]?(?:-\\d{1,4})?,? (?:(?:North|South|East|West|[NSEW])\\.? )?(?:${WORD} ){0,3}?${WORD} (?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Terrace|Square|Crescent|Close|Highway|Hwy|Parkway|Gardens|Grove|Lu|Jie|Dajie|Dadao|Hutong|Xiang|Nong)\\b\\.?`,
  'g',
);
const STREETS_SMALL =
  /\b(?:no\.? ?)?\d{1,5}[a-z]?,? ((?:(?!the|of|down|on|in|a|an|to|and|my|miles?|km|hours?|minutes?|mins?|days?|weeks?|months?|years?|mg|ml|times|people|patients|meters?|metres?|degrees|steps|more|other|busy|such|different|major|main)[a-z']{2,15} ){1,3})(?:street|road|avenue|lane|boulevard|rd|ave|blvd|st(?=[.,;\n]|$))\b/g;
const ROOM_WRITTEN =
  /\b(?:room|rm\.?|apt\.?|apartment|flat|unit|suite) ?#?(?:no\.? ?)?\d{1,5}[a-z]?\b(?! ?(?:mg|ml|%|doses?|per))/g;
const BUILDING_WRITTEN =
  /\b(?:building|bldg\.?|block|tower|entrance|(?:street|road|avenue|lane|st|rd|ave)\b)(?: ?(?:no\.? ?)?\d{1,4}[a-z]?\b)?/g;
const PUBLIC_WRITTEN =
  /hospital|clinic|ward|outpatient|inpatient|department|hotel|conference|airport|station|meeting|lab\b/;
/** The number behind, as on an envelope in Shanghai or Berlin. */
const STREETS_BEFORE =
  /\b[A-Z][a-z]{2,15} (?:[A-Z][a-z]{2,15} )?(?:Road|Street|Avenue|Lu|Jie|Dajie|Dadao),? (?:No\.? ?)?\d{1,4}\b(?! ?(?:mg|ml|km|m\b|years?|days?|hours?))|\b[A-ZÄÖÜ][a-zäöüß]{2,20}(?:straße|strasse|str\.|weg|platz|gasse|allee) \d{1,3}[a-z]?\b|\b\d{1,3},? (?:rue|avenue|boulevard|place) (?:(?:de|du|la|le|des) ){0,2}[A-Z][a-z]{2,20}|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b/g;
const STATE_AND_CODE = /\b[A-Z][a-zA-Z. ]{2,25}, ?[A-Z]{2} \d{5}(?:-\d{4})?\b/g;
const POST_BOX = /\bp\.? ?o\.? box \d{1,6}\b/g;
const NEAR = 45;

function english({ text, cased }: Reading): Finding[] {
  const found: Finding[] = [];
  const add = (start: number, end: number) => found.push({ kind: TextFindingKind.ADDRESS, start, end });
  for (const pattern of [STREETS_WRITTEN, STREETS_BEFORE, STATE_AND_CODE]) {
    for (const { 0: match, index } of cased.matchAll(pattern)) add(index, index + match.length);
  }
  for (const pattern of [STREETS_SMALL, POST_BOX]) {
    for (const { 0: match, index } of text.matchAll(pattern)) add(index, index + match.length);
  }
  const buildings = [...text.matchAll(BUILDING_WRITTEN)].filter(({ 0: match }) =>
    /\d|street|road|avenue|lane|^st|^rd|^ave/.test(match),
  );
  let next = 0;
  for (const { 0: match, index } of text.matchAll(ROOM_WRITTEN)) {
    while (next < buildings.length && buildings[next]!.index < index - NEAR) next++;
    const building = buildings[next];
    if (!building || building.index > index + match.length + NEAR) continue;
    const start = Math.min(index, building.index);
    const end = Math.max(index + match.length, building.index + building[0].length);
    if (PUBLIC_WRITTEN.test(text.slice(Math.max(0, start - 40), end + 40))) continue;
    add(start, end);
  }
  return found;
}

/** Where somebody lives, in Chinese or English: with a street and number, a house or a room, or down to the village. */
export const findAddresses = (reading: Reading): Finding[] => [...chinese(reading.text), ...english(reading)];
