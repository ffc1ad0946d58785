import type { Finding } from './finding.js';
import type { Reading } from './reading.rules.js';
import { TextFindingKind } from './text-finding.js';

/** Names of messengers and networks, and how they are spelled to go unnoticed. */
const MESSENGER =
  /微 ?信|威信|薇信|维信|徽信|溦信|违信|微芯|[vw]信|wei信|绿泡泡|we ?chat|wei ?xin|\b[vw]x|(?:\+|加)\s?(?:vx|wx|微信|薇信|v信|[v薇微卫威])|\b[vw]\s?(?=[:\u2764\u2665\u{1f49a}+])|[薇微威]\s?(?=[:\u2764\u2665\u{1f49a}+])|qq|扣扣|企鹅号?|telegram|\btg(?=\s?[:@])|whats ?app|\bline(?=\s?(?:id|:|@))|skype|kakao ?(?:talk)?|snapchat|discord|\bsignal(?=\s?[:@])|加我|加好友|\badd me/gu;
/** Where people show themselves to everybody: only one's own is a way to somebody. */
const NETWORK =
  /抖音|快手|小红书|微博|b站|知乎|instagram|\big\b|\binsta\b|facebook|\bfb\b|twitter|tiktok|linkedin|youtube/g;
/** What makes the name of a messenger one of something that is not a person. */
const NOT_PERSONAL =
  /^\s?(?:公众|公号|支付|小程序|朋友圈|视频号|群(?!号)|pay\b|official|mini|group|account of|服务号|订阅号|版|里|上)/;
/** What may stand between the name of a messenger and a handle. */
const LINK =
  /^(?:[^\p{L}\p{N}\n。!?;]|号码?|好友|为好友|id\b|账号|名|是|为|叫|就|也|加|我|的|搜索?|s\b|is\b|my\b|me\b|handle\b|username\b|user\b|name\b|on\b|at\b|under\b|as\b|it\b|contact\b|account\b|live:){0,14}/u;
const HANDLE = /^(?:[a-z][a-z0-9_.-]{2,29}#\d{4}|[a-z](?: [a-z0-9_]){4,20}(?![a-z0-9])|[a-z][a-z0-9_.-]{4,29})/;
/** What no common word has in it. */
const TELLING = /[\d_]/;
/** What says that a name follows. */
const STRONG_LINK = /[:=@#号账搜叫加+\u2764\u2665]|\bid\b|handle|username|user|name/;
/** Words that would be handles by their letters. */
const COMMON =
  /^(?:wechat|weixin|whatsapp|telegram|android|iphone|online|official|video|groups?|messages?|and|friends?|please|about|there|where|which|after|before|under|support|account|accounts|https?|www\..*)$/;

interface Place {
  readonly start: number;
  readonly end: number;
}

/** @param strong whether the name before says enough for any word behind it to be a handle */
function handleAfter(text: string, at: number, strong: boolean): Place | null {
  const behind = text.slice(at, at + 60);
  if (NOT_PERSONAL.test(behind)) return null;
  const link = LINK.exec(behind)![0];
  const handle = HANDLE.exec(behind.slice(link.length))?.[0].replace(/[.-]+$/, '');
  if (!handle || handle.length < 5 || COMMON.test(handle)) return null;
  if (!TELLING.test(handle) && !strong && !STRONG_LINK.test(link)) return null;
  const start = at + link.length;
  return { start, end: start + handle.length };
}

const HANDLE_BEFORE = /(?<![a-z0-9_@.-])([a-z][a-z0-9_-]{4,24})[\s,(]{0,3}((?:on|via|是我的?|我的?)\s?)?$/;
const ASKS_TO_ADD = /(?:加|联系|找|搜|私|add|contact|find|reach|message|text)[^a-z]{0,8}$/;

/** `add lily_88 on WeChat`: the handle that stands before the name of a messenger. */
function handleBefore(text: string, at: number, behind: number): Place | null {
  const before = text.slice(Math.max(0, at - 40), at);
  const match = HANDLE_BEFORE.exec(before);
  if (!match || !TELLING.test(match[1]!) || NOT_PERSONAL.test(text.slice(behind, behind + 12))) return null;
  if (match[2] === undefined && !ASKS_TO_ADD.test(before.slice(0, match.index))) return null;
  const start = at - before.length + match.index;
  return { start, end: start + match[1]!.length };
}

/** Addresses in the web that lead to one person. */
const PERSONAL_LINK =
  /\b(?:t\.me|wa\.me|line\.me|u\.wechat\.com|chat\.whatsapp\.com|discord\.gg|m\.me|qm\.qq\.com)\/[a-z0-9_~/+-]{3,40}|\bwxid_[a-z0-9]{5,30}/g;

/** Names in messengers: letters and digits behind, or just before, the name of a messenger. */
export function findMessengers({ text }: Reading): Finding[] {
  const found: Finding[] = [];
  const add = (place: Place | null) => {
    if (place) found.push({ kind: TextFindingKind.MESSENGER, ...place });
  };
  for (const { 0: name, index } of text.matchAll(MESSENGER)) {
    const behind = index + name.length;
    add(handleAfter(text, behind, /\p{Script=Han}/u.test(name) && !/^(?:加我|加好友)/.test(name)));
    add(handleBefore(text, index, behind));
  }
  for (const { 0: link, index } of text.matchAll(PERSONAL_LINK)) add({ start: index, end: index + link.length });
  for (const { 0: name, index } of text.matchAll(NETWORK)) {
    if (/^号\s?[::是]?\s?[a-z]/.test(text.slice(index + name.length, index + name.length + 6))) {
      add(handleAfter(text, index + name.length, true));
    } else if (/(?:我|\bmy\b|\bme\b|本人)[^。!?\n]{0,12}$/.test(text.slice(Math.max(0, index - 16), index))) {
      add(handleAfter(text, index + name.length, false));
    }
  }
  return found;
}
