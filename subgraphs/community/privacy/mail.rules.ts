import type { Finding } from './finding.js';
import type { Reading } from './reading.rules.js';
import { TextFindingKind } from './text-finding.js';

/** Whose mailboxes are known by the name alone. */
const PROVIDER =
  '(?:gmail|googlemail|qq|vip\\.qq|163|126|139|189|yeah|outlook|hotmail|live|msn|yahoo|ymail|foxmail|icloud|me|sina|sohu|aliyun|proton|protonmail|gmx|aol|mail|tom|21cn|wo|naver|web|zoho|hey|duck)';
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?';
const ENDING =
  '(?:com|cn|net|org|edu|gov|io|co|info|me|uk|de|fr|hk|tw|jp|kr|us|au|ca|eu|nl|ch|it|es|in|ru|br|sg|cc|top|vip|xyz|dev|app)';
/** What stands before the sign, plain or in words. */
const LOCAL = /[a-z0-9][a-z0-9._%+-]{0,63}$/;
const SPELLED_LOCAL =
  /[a-z0-9][a-z0-9_%+-]{0,30}(?:\s?(?:\(|\[|\{)?(?:dot|underscore|点|下划线)(?:\)|\]|\})?\s?[a-z0-9_%+-]{1,30}){0,3}$/;
/** The sign itself, or what is written for it. */
const AT = /@|[([{<]\s?(?:at|@|a|艾特)\s?[)\]}>]|艾特|爱特|圈a|小老鼠|(?<![a-z])at(?![a-z])|#|★|☆|&/g;
const DOT_SIGN = '(?:\\s{0,2}[.。,·]\\s{0,2})';
const DOT_WORD = '(?:[\\s_]{0,2}[([{<]?\\s?(?:dot|点|小数点|punkt)\\s?[)\\]}>]?[\\s_]{0,2})';
/** What stands behind it: a domain with dots, one in words, and a known provider's. */
const AFTER_SIGN = new RegExp(`^[\\s_]{0,3}(?:${LABEL}(?:${DOT_SIGN}|${DOT_WORD})){1,4}${ENDING}(?![a-z0-9])`);
const AFTER_WORD = new RegExp(`^[\\s_]{0,3}(?:${LABEL}${DOT_WORD}){1,3}${ENDING}(?![a-z0-9])`);
const PROVIDER_AFTER = new RegExp(
  `^[\\s_]{0,3}${PROVIDER}(?:${DOT_SIGN}|${DOT_WORD})(?:com|cn|net|org|me|de|co)(?:\\.cn|\\.uk)?(?![a-z0-9])`,
);
const PROVIDER_ALONE = new RegExp(`^\\s{0,2}${PROVIDER}(?:邮箱)?(?![a-z0-9.])`);
const MAIL_WORD = /(?:邮箱|邮件|e-?mail|\bmail|write to|reach me|contact me|联系我)[^\n]{0,40}$/;

/** One written letter by letter. */
const SPACED_OUT = /(?:[a-z0-9_.-] ){3,30}@ ?(?:[a-z0-9-] ){1,20}[.,。点] ?[a-z](?: [a-z]){1,5}(?![a-z])/g;
/** A mailbox told by its provider's name, and an address run together. */
const MAILBOX =
  /(?:gmail|hotmail|outlook|foxmail|163邮箱|126邮箱|qq邮箱|邮箱)\s?(?:账号|地址|前缀|名)?\s?(?:[:=]|是|为|is)\s?([a-z0-9][a-z0-9._-]{4,40})(?![a-z0-9@＠])/g;
const RUN_TOGETHER = new RegExp(`\\b[a-z0-9._-]{2,30}at${PROVIDER}dot(?:com|cn|net|org)\\b`, 'g');

/** E-mail addresses, with their signs or in words. */
export function findMails({ text }: Reading): Finding[] {
  const found: Finding[] = [];
  for (const { 0: sign, index } of text.matchAll(AT)) {
    const before = text.slice(Math.max(0, index - 70), index);
    const behind = text.slice(index + sign.length, index + sign.length + 90);
    const near = before.replace(/[\s_]{1,3}$/, '');
    const local =
      (/\w(?:\s?(?:dot|underscore|点|下划线)\s?|[([{])/.test(near) && SPELLED_LOCAL.exec(near)) || LOCAL.exec(near);
    const plain = sign === '@';
    // `lily88, then @163.com`
    const named = plain && /[a-z0-9._]{4,40}[^a-z0-9\n。!?]{1,12}$/.test(before) && PROVIDER_AFTER.test(behind);
    if (!local && !named) continue;
    const bracketed = /[([{<艾爱圈小]/.test(sign[0]!);
    const telling = sign !== 'at' || /[\d._]/.test(local?.[0] ?? '') || MAIL_WORD.test(before);
    const domain =
      (plain || bracketed ? AFTER_SIGN.exec(behind) : null) ??
      AFTER_WORD.exec(behind) ??
      (plain || telling ? PROVIDER_AFTER.exec(behind) : null) ??
      (plain ? PROVIDER_ALONE.exec(behind) : null);
    if (!domain) continue;
    const start = local ? index - before.length + local.index : index;
    found.push({ kind: TextFindingKind.EMAIL, start, end: index + sign.length + domain[0].length });
  }
  for (const { 0: match, 1: local, index } of text.matchAll(MAILBOX)) {
    const start = index + match.lastIndexOf(local!);
    if (/[\d._]/.test(local!)) found.push({ kind: TextFindingKind.EMAIL, start, end: start + local!.length });
  }
  for (const pattern of [RUN_TOGETHER, SPACED_OUT]) {
    for (const { 0: match, index } of text.matchAll(pattern)) {
      found.push({ kind: TextFindingKind.EMAIL, start: index, end: index + match.length });
    }
  }
  return found;
}
