import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { money } from '../../common/money.js';

/**
 * The file of payments that the fund sends to its bank: ISO 20022 pain.001.001.09, customer credit transfer initiation,
 * in yuan, within China. What it holds beyond ISO's schema is the fund's own form: one PmtInf, and no element that the
 * fund does not write, since one that nobody checks could change what the bank does.
 */
export const PAIN001 = 'pain.001.001.09';

/** How many payments a file may hold, so that one answer (pain002.ts) can name them all. */
export const MOST_PAYMENTS = 10_000;

export interface Payment {
  /**
   * Unique in its file. 1 to 35 of `A-Z a-z 0-9 / - ? : ( ) . , ' +` and space, without `//` and with neither `/` nor
   * space at an end.
   */
  readonly endToEndId: string;
  /** Above zero, at most 18 digits, as is the sum of a file. */
  readonly amountFen: bigint;
  /** 1 to 140 characters, not blank, without control characters; as is what the payee reads and the debtor's name. */
  readonly creditorName: string;
  /** 1 to 34 characters. */
  readonly creditorAccount: string;
  /** 12-digit CNAPS code of the creditor's bank */
  readonly creditorBankCode: string;
  /** what the payee reads, e.g. the claim's number */
  readonly remittance: string;
}

export interface PaymentFile {
  /** As an end-to-end id. */
  readonly messageId: string;
  readonly createdAt: Date;
  /** YYYY-MM-DD */
  readonly executeOn: string;
  readonly debtor: { readonly name: string; readonly account: string; readonly bankCode: string };
  /** 1 to 10,000 */
  readonly payments: readonly Payment[];
}

/** What is wrong with a text, in words that follow the name of a field and never quote it; null when nothing is. */
export type Rule = (text: string) => string | null;

const rule =
  (holds: (text: string) => boolean, otherwise: string): Rule =>
  (text) =>
    holds(text) ? null : otherwise;

export const identifier = rule(
  (text) => /^[A-Za-z0-9/\-?:().,'+ ]{1,35}$/.test(text) && !/^[/ ]|[/ ]$|\/\//.test(text),
  "must be 1 to 35 of A-Z a-z 0-9 / - ? : ( ) . , ' + and space, without // and with neither / nor space at an end",
);

/** Any script: China's banks take UTF-8. A character is a code point, as the schema counts. */
export const textOf = (most: number): Rule =>
  rule(
    (text) => text.trim() !== '' && [...text].length <= most && !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(text),
    `must be 1 to ${most} characters, not blank, without control characters and halves of characters`,
  );

const name = textOf(140);
const account = textOf(34);
const bankCode = rule((text) => /^\d{12}$/.test(text), 'must be a CNAPS code of 12 digits');
const count = rule((text) => /^[1-9]\d{0,14}$/.test(text), 'must be a number above zero');
const amount = rule(
  (text) => /^(?:0|[1-9]\d{0,15})\.\d\d$/.test(text) && text !== '0.00',
  'must be above zero, with exactly two decimals and at most 18 digits',
);
const time = rule(
  (text) => /^(?!0000)\d{4}-/.test(text) && isoTime(new Date(text)) === text,
  'must be a time in UTC such as 2026-03-01T08:00:00.000Z',
);
const date = rule((text) => time(`${text}T00:00:00.000Z`) === null, 'must be a date such as 2026-03-01');
const exactly = (value: string): Rule => rule((text) => text === value, `must be ${value}`);

/** Empty for a Date that is none. */
const isoTime = (at: Date): string => (Number.isNaN(at.getTime()) ? '' : at.toISOString());

/** The text, if a rule lets it pass. @throws {RangeError} naming the field, never its value */
export function checked(field: string, text: string, must: Rule): string {
  const wrong = must(text);
  if (wrong) throw new RangeError(`${field} ${wrong}`);
  return text;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** An element that holds elements. */
export const branch = (tag: string, ...children: readonly string[]): string => `<${tag}>${children.join('')}</${tag}>`;

/** An element that holds text. */
export const leaf = (tag: string, text: string): string =>
  branch(
    tag,
    text.replace(/[&<>"']/g, (character) => ESCAPES[character] as string),
  );

/** A message of a namespace that ISO gave it, as it is sent. */
export const message = (id: string, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${namespaceOf(id)}">${content}</Document>\n`;

const namespaceOf = (id: string): string => `urn:iso:std:iso:20022:tech:xsd:${id}`;

/**
 * The file as a pain.001.001.09 message
 *
 * @throws {RangeError} for what cannot be sent, naming the field and never its value, which is personal
 */
export function pain001({ messageId, createdAt, executeOn, debtor, payments }: PaymentFile): string {
  if (payments.length < 1 || payments.length > MOST_PAYMENTS) {
    throw new RangeError(`payments must be 1 to ${MOST_PAYMENTS}`);
  }
  const ids = new Set<string>();
  for (const [index, { endToEndId }] of payments.entries()) {
    if (ids.has(endToEndId)) throw new RangeError(`payments[${index}].endToEndId stands in the file twice`);
    ids.add(endToEndId);
  }
  const sum = payments.reduce((total, { amountFen }) => total + amountFen, 0n);
  const transactions = payments.map((payment, index) => transaction(payment, `payments[${index}]`));
  const id = checked('messageId', messageId, identifier);
  const totals = [
    leaf('NbOfTxs', String(payments.length)),
    leaf('CtrlSum', checked('the sum of payments', money(sum).amount, amount)),
  ];
  const party = leaf('Nm', checked('debtor.name', debtor.name, name));
  return message(
    PAIN001,
    branch(
      'CstmrCdtTrfInitn',
      branch(
        'GrpHdr',
        leaf('MsgId', id),
        leaf('CreDtTm', checked('createdAt', isoTime(createdAt), time)),
        ...totals,
        branch('InitgPty', party),
      ),
      branch(
        'PmtInf',
        leaf('PmtInfId', id),
        leaf('PmtMtd', 'TRF'),
        ...totals,
        branch('ReqdExctnDt', leaf('Dt', checked('executeOn', executeOn, date))),
        branch('Dbtr', party),
        branch('DbtrAcct', accountAt('debtor.account', debtor.account)),
        branch('DbtrAgt', bankAt('debtor.bankCode', debtor.bankCode)),
        ...transactions,
      ),
    ),
  );
}

function transaction(payment: Payment, field: string): string {
  const id = checked(`${field}.endToEndId`, payment.endToEndId, identifier);
  const yuan = checked(`${field}.amountFen`, money(payment.amountFen).amount, amount);
  return branch(
    'CdtTrfTxInf',
    branch('PmtId', leaf('InstrId', id), leaf('EndToEndId', id)),
    branch('Amt', `<InstdAmt Ccy="CNY">${yuan}</InstdAmt>`),
    branch('CdtrAgt', bankAt(`${field}.creditorBankCode`, payment.creditorBankCode)),
    branch('Cdtr', leaf('Nm', checked(`${field}.creditorName`, payment.creditorName, name))),
    branch('CdtrAcct', accountAt(`${field}.creditorAccount`, payment.creditorAccount)),
    branch('RmtInf', leaf('Ustrd', checked(`${field}.remittance`, payment.remittance, name))),
  );
}

const accountAt = (field: string, text: string): string =>
  branch('Id', branch('Othr', leaf('Id', checked(field, text, account))));

const bankAt = (field: string, code: string): string =>
  branch(
    'FinInstnId',
    branch('ClrSysMmbId', branch('ClrSysId', leaf('Cd', 'CNAPS')), leaf('MmbId', checked(field, code, bankCode))),
  );

/** An element as it was read. Its name is without a prefix, or `FOREIGN` where its namespace is not the message's. */
export interface Element {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly Element[];
  readonly text: string;
}

const FOREIGN = '(element of another namespace)';

/** Nothing is made of what it reads: no numbers, no entities, no trimming. */
const PARSER = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: '#cdata',
  maxNestedTags: 50,
});

const NO_CHARACTER_OF_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * The Document of a message, read without expanding anything.
 *
 * @param id which message, such as pain.001.001.09
 * @throws {SyntaxError} for what is no such message, in words that quote nothing of it
 */
export function readMessage(xml: string, id: string): Element {
  if (/<!(?!--|\[CDATA\[)/.test(xml)) throw new SyntaxError('a DOCTYPE or another declaration is refused');
  if (NO_CHARACTER_OF_XML.test(xml)) throw new SyntaxError('a character that XML does not allow');
  const roots = parsed(xml.replace(/^\uFEFF/, '')).filter((node) => !('#text' in node));
  const root = roots.length === 1 ? elementOf(roots[0] as Parsed, () => '', namespaceOf(id)) : null;
  if (root?.name !== 'Document') throw new SyntaxError(`not one Document of ${namespaceOf(id)}`);
  return root;
}

/** As the parser makes it: the element's name with its content, and `:@` with its attributes. */
type Parsed = Readonly<Record<string, unknown>>;

function parsed(xml: string): Parsed[] {
  try {
    // the parser alone takes tags that are not closed
    if (XMLValidator.validate(xml) === true) return PARSER.parse(xml);
  } catch {
    // its words quote the text
  }
  throw new SyntaxError('not well-formed XML');
}

/** Which namespace a prefix stands for. A chain and no copies, since each element may declare its own. */
type Scope = (prefix: string) => string | undefined;

const declares = ([attribute]: readonly [string, string]): boolean => /^xmlns(:|$)/.test(attribute);

function elementOf(node: Parsed, outer: Scope, namespace: string): Element {
  const [tag, content] = Object.entries(node).find(([key]) => key !== ':@') as [string, readonly Parsed[]];
  const attributes = Object.entries((node[':@'] ?? {}) as Record<string, string>).map(
    ([attribute, value]) => [attribute, decoded(value)] as const,
  );
  const declared = new Map(attributes.filter(declares).map(([attribute, uri]) => [attribute.slice(6), uri]));
  const scope: Scope = declared.size ? (prefix) => declared.get(prefix) ?? outer(prefix) : outer;
  const colon = tag.indexOf(':');
  return {
    name: scope(tag.slice(0, Math.max(colon, 0))) === namespace ? tag.slice(colon + 1) : FOREIGN,
    attributes: attributes.filter((attribute) => !declares(attribute)),
    children: content
      .filter((child) => !('#text' in child || '#cdata' in child))
      .map((child) => elementOf(child, scope, namespace)),
    text: content.map(textIn).join(''),
  };
}

function textIn(node: Parsed): string {
  if ('#text' in node) return decoded(node['#text'] as string);
  return '#cdata' in node ? (node['#cdata'] as Record<'#text', string>[]).map((part) => part['#text']).join('') : '';
}

const CHARACTERS = new Map(Object.entries(ESCAPES).map(([character, reference]) => [reference, character]));

/** A text with its references replaced. Only XML's own five entities are known, since none can be declared. */
function decoded(text: string): string {
  return text.replace(/&[^;]*;?/g, (reference) => {
    const [, hex, decimal] = /^&#(?:x([0-9A-Fa-f]{1,8})|(\d{1,8}));$/.exec(reference) ?? [];
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal ?? Number.NaN);
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : CHARACTERS.get(reference);
    if (character === undefined || NO_CHARACTER_OF_XML.test(character)) {
      throw new SyntaxError('a reference to what XML does not know');
    }
    return character;
  });
}

/** The elements at a path below another, in the order of the message. */
export const elementsAt = (from: Element, path: string): readonly Element[] =>
  path
    .split('/')
    .reduce<readonly Element[]>(
      (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [from],
    );

/** What an element must hold: text that a rule lets pass, or these elements, each once and in the schema's order. */
type Shape = Rule | { readonly [element: string]: Shape };

const TRANSACTION = 'CdtTrfTxInf';
const PARTY: Shape = { Nm: name };
const ACCOUNT: Shape = { Id: { Othr: { Id: account } } };
const BANK: Shape = { FinInstnId: { ClrSysMmbId: { ClrSysId: { Cd: exactly('CNAPS') }, MmbId: bankCode } } };

const MESSAGE: Shape = {
  CstmrCdtTrfInitn: {
    GrpHdr: { MsgId: identifier, CreDtTm: time, NbOfTxs: count, CtrlSum: amount, InitgPty: PARTY },
    PmtInf: {
      PmtInfId: identifier,
      PmtMtd: exactly('TRF'),
      NbOfTxs: count,
      CtrlSum: amount,
      ReqdExctnDt: { Dt: date },
      Dbtr: PARTY,
      DbtrAcct: ACCOUNT,
      DbtrAgt: BANK,
      [TRANSACTION]: {
        PmtId: { InstrId: identifier, EndToEndId: identifier },
        Amt: { InstdAmt: amount },
        CdtrAgt: BANK,
        Cdtr: PARTY,
        CdtrAcct: ACCOUNT,
        RmtInf: { Ustrd: name },
      },
    },
  },
};

/** every rule of the message that a text breaks, in words; empty when it may be sent */
export function checkPain001(xml: string): string[] {
  try {
    const document = readMessage(xml, PAIN001);
    return [...problemsOfShape(document, MESSAGE, 'Document'), ...problemsOfTotals(document)];
  } catch (error) {
    if (error instanceof SyntaxError) return [error.message];
    throw error;
  }
}

function problemsOfShape(element: Element, shape: Shape, path: string): string[] {
  const problems = problemsOfAttributes(element, path);
  if (typeof shape === 'function') {
    const wrong = element.children.length ? 'must hold text and no elements' : shape(element.text);
    return wrong ? [...problems, `${path} ${wrong}`] : problems;
  }
  const order = Object.keys(shape);
  const places = element.children.map((child) => order.indexOf(child.name));
  if (element.text.trim()) problems.push(`${path} must hold elements and no text`);
  if (places.includes(-1)) problems.push(`${path} holds an element that does not belong there`);
  for (const [place, name] of order.entries()) {
    const times = places.filter((each) => each === place).length;
    if (times === 0) problems.push(`${path}/${name} is missing`);
    if (times > 1 && name !== TRANSACTION) problems.push(`${path}/${name} stands more than once`);
  }
  if (places.some((place, index) => place < (places[index - 1] ?? 0) && place !== -1)) {
    problems.push(`${path} holds its elements in another order than the schema`);
  }
  const first = places.indexOf(order.indexOf(TRANSACTION));
  const below = element.children.map((child, index) => {
    const inner = Object.hasOwn(shape, child.name) ? (shape[child.name] as Shape) : null;
    const number = child.name === TRANSACTION ? `[${index - first + 1}]` : '';
    return inner ? problemsOfShape(child, inner, `${path}/${child.name}${number}`) : [];
  });
  return [...problems, ...below.flat()];
}

function problemsOfAttributes({ name, attributes }: Element, path: string): string[] {
  const found = attributes.map(([attribute, value]) => `${attribute}="${value}"`).join(' ');
  if (name === 'InstdAmt') return found === 'Ccy="CNY"' ? [] : [`${path} must have Ccy="CNY" and no other attribute`];
  return found ? [`${path} has an attribute that does not belong there`] : [];
}

/** What the message says of its payments against what is counted and summed. */
function problemsOfTotals(document: Element): string[] {
  const problems: string[] = [];
  const textsAt = (path: string): string[] => elementsAt(document, `CstmrCdtTrfInitn/${path}`).map(({ text }) => text);
  const ids = textsAt(`PmtInf/${TRANSACTION}/PmtId/EndToEndId`);
  const amounts = textsAt(`PmtInf/${TRANSACTION}/Amt/InstdAmt`).map(fenIn);
  const payments = elementsAt(document, `CstmrCdtTrfInitn/PmtInf/${TRANSACTION}`).length;
  const sum = amounts.reduce<bigint>((total, fen) => total + (fen ?? 0n), 0n);
  for (const part of ['GrpHdr', 'PmtInf']) {
    if (textsAt(`${part}/NbOfTxs`).some((text) => text !== String(payments))) {
      problems.push(`${part}/NbOfTxs is not the number of the payments`);
    }
    if (textsAt(`${part}/CtrlSum`).some((text) => fenIn(text) !== sum)) {
      problems.push(`${part}/CtrlSum is not the sum of the payments`);
    }
  }
  if (payments > MOST_PAYMENTS) problems.push(`PmtInf holds more than ${MOST_PAYMENTS} payments`);
  if (new Set(ids).size < ids.length) problems.push('an EndToEndId stands in the file twice');
  return problems;
}

/** Null where an amount cannot be read, which its own rule reports. */
const fenIn = (text: string): bigint | null => (amount(text) === null ? BigInt(text.replace('.', '')) : null);
