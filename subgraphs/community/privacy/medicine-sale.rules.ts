import { CHINESE_PHRASES, CHINESE_WORDS, ENGLISH_PHRASES, ENGLISH_WORDS } from './deal.words.js';
import type { Finding } from './finding.js';
import { CHINESE_ENDINGS, CHINESE_KINDS, CHINESE_NAMES, LATIN_ENDINGS, LATIN_NAMES } from './medicine.words.js';
import type { Reading } from './reading.rules.js';
import { TextFindingKind } from './text-finding.js';

/** Names of medicines, in Chinese mostly by the endings that kinds of them share, and what they come in. */
const MEDICINE = new RegExp(
  [
    ...CHINESE_NAMES,
    ...CHINESE_KINDS,
    `[\\u4e00-\\u9fff]{1,3}(?:${CHINESE_ENDINGS.join('|')})`,
    // 药 in a word of its own, and not a pharmacy, a dose, or the taking of it
    /(?:病|患者)用药|(?<![用吃停服换医制开喂上敷中火农弹炸试新配断麻毒发嗑忘换])药(?![量费代理学企监效价师房店厂典敏瘾局业物浴膳香材盒箱农检])/
      .source,
    /[八九]因子|因子[八九]|因子 ?(?:viii|ix|8|9)/.source,
    `\\b(?:${LATIN_NAMES.join('|')})`,
    `\\b[a-z]{3,14}(?:${LATIN_ENDINGS.join('|')})\\b`,
    /\b(?:medicines?|medications?|meds?|drugs?|pills?|tablets?|capsules?|vials?|syringes?|injections?|infusions?|doses)\b/
      .source,
    /\b(?:insulin|steroids?|factor (?:viii|ix|8|9)|immunoglobulin|ivig|growth hormone|opioids?|painkillers?|enzyme|epipens?|auto-?injectors?|ampoules?|prefilled pens?)\b/
      .source,
  ].join('|'),
  'g',
);
/** What is bought and sold here too, and may be. */
const OTHER_GOODS =
  /奶粉|口罩|纸尿裤|轮椅|制氧机|呼吸机|血糖仪|试纸|特医食品|图书|书籍|玩具|衣服|病床|护理床|拐杖|车位|手工|wheelchair|walker|crutch|books?\b|stroller|nebuli[sz]er|oxygen machine|toys?\b|clothes|药盒|pill ?box|handmade|cards\b|cakes|cookies|raise money/;

/** An offer or a wish to deal, strong enough beside a medicine. */
const OFFER = new RegExp(
  [
    ...CHINESE_WORDS,
    ...CHINESE_PHRASES.map(({ source }) => source),
    `\\b(?:${ENGLISH_WORDS.join('|')})\\b`,
    ...ENGLISH_PHRASES.map(({ source }) => source),
  ].join('|'),
  'g',
);
/** Talk about dealing: warnings, rules, and those who may sell. */
const TALK =
  /警惕|小心|当心|骗|假药|违法|犯法|非法|严禁|禁止|请勿|切勿|千万别|千万不要|不要(?:买|信|从|购|轻信|相信|通过|找|私下|随便|出|转|卖|在)|别(?:买|信|从|卖|转|出|再|去|轻信|找|私下)|不得|不能|不可以|不允许|不敢|不建议|不支持|不会(?:卖|转|出)|举报|风险|安全吗|靠谱吗|可靠吗|合法吗|可以吗|犯罪|判刑|拒绝|谢绝|慈善|基金会|援助项目|赠药项目|捐赠给医院|药店|药房|医院|药企|厂家|厂商|公司|政策|规定|法律|药监局|\bnever\b|don.?t\b|do not\b|not to\b|illegal|unlawful|scam|fraud|beware|avoid|report(?:ed|ing)?\b|banned|forbidden|prohibit|warn|not allowed|refuse|counterfeit|fake|pharmac(?:y|ies|ists?)\b|compan(?:y|ies)|manufacturers?|hospitals?|insurance|insurer|against the law|dangerous|risk|is it safe|regulat|\blaw\b|charity|foundation|programme?\b/;
/** What a dealer adds: then a warning, or a pharmacy's name beside it, changes nothing. */
const DEALS =
  /私聊|私信|加我|加微|加v|\+v|vx|联系我|滴滴|包邮|面交|到付|直邮|代购联系|货到|\bdm\b|\bpm me|message me|inbox me|contact me|whats ?app|\b(?:i|we)(?: can| will|.ll)? (?:ship|post|mail)|free shipping|worldwide|cash only|代购价|(?:药店|药房|医院|pharmacy)(?:的)?(?:价|半价| price)|比(?:药店|药房|医院)|cheaper than|无需处方|不用处方|免处方|(?:no|without) (?:a )?prescription/;
/** Other things that are sold, for the sake of the medicine. */
const SOLD_FOR_IT =
  /(?:卖|出售|转让|变卖)(?:了|掉)?(?:家里的?|自己的|老家的?|唯一的?|婚|我们的?)?(?:房|车|地|牛|店|股|首饰|老屋|祖)|房子|(?:sell|sold|selling) (?:my |our |the |his |her |their )?(?:house|home|flat|apartment|car|land|farm|cow|jewell?ery|business|shop|cookies|cakes|crafts)/;

const SENTENCE_END = /[。!?\n;]|\.(?=\s|$)/g;
/** How far apart the offer and the medicine may stand. */
const NEAR = 40;

/** What can only be about a deal, and so also about a medicine that was named in the sentence before. */
const SURELY =
  /出售|转让|转卖|(?:低价|便宜|原价|半价|有偿)\s?(?:出|转|卖|让)|包邮|面交|(?:需要|想要|要|有意)的?[^。!?\n]{0,6}(?:联系我|私|加我|加v|加微|滴|留言)|价格?(?:可谈|面议|好商量|私聊)|for sale|\bselling\b|(?:dm|pm|message|inbox) me|(?:can|will) ship|price negotiable|(?:i.?ll|will) pay/;

interface Passage {
  readonly start: number;
  readonly end: number;
}

const passagesOf = (pattern: RegExp, text: string, { start, end }: Passage): Passage[] =>
  [...text.slice(start, end).matchAll(pattern)].map(({ 0: match, index }) => ({
    start: start + index,
    end: start + index + match.length,
  }));

/** @param medicines in the sentence, or the last of the one before @returns from the offer to the medicine, for each offer near one */
function offersIn(text: string, sentence: Passage, medicines: readonly Passage[]): Passage[] {
  const context = text.slice(Math.min(sentence.start, medicines[0]!.start), sentence.end);
  if (OTHER_GOODS.test(context) || SOLD_FOR_IT.test(context) || (TALK.test(context) && !DEALS.test(context))) return [];
  let next = 0;
  return passagesOf(OFFER, text, sentence).flatMap((offer) => {
    while (next < medicines.length - 1 && medicines[next]!.end < offer.start - NEAR) next++;
    const medicine = medicines[next]!;
    if (medicine.end < offer.start - NEAR || medicine.start > offer.end + NEAR) return [];
    return [{ start: Math.min(offer.start, medicine.start), end: Math.max(offer.end, medicine.end) }];
  });
}

/** Offers and wishes to sell, buy, exchange or give away medicine, sentence by sentence; talk about prices, or warnings, are none. */
export function findMedicineSales({ text }: Reading): Finding[] {
  const found: Finding[] = [];
  let last: Passage | undefined;
  let start = 0;
  for (const end of [...[...text.matchAll(SENTENCE_END)].map(({ index }) => index), text.length]) {
    const sentence = { start, end };
    // the shortest that could be an offer
    if (end - start < 3) {
      start = end + 1;
      continue;
    }
    const own = passagesOf(MEDICINE, text, sentence);
    const medicines = own.length > 0 || !last || !SURELY.test(text.slice(start, end)) ? own : [last];
    if (medicines.length > 0) {
      found.push(
        ...offersIn(text, sentence, medicines).map((passage) => ({ kind: TextFindingKind.MEDICINE_SALE, ...passage })),
      );
    }
    last = own.at(-1);
    start = end + 1;
  }
  return found;
}
