import {
  branch,
  checked,
  type Element,
  elementsAt,
  identifier,
  leaf,
  MOST_PAYMENTS,
  message,
  PAIN001,
  type Rule,
  readMessage,
  textOf,
} from './pain001.js';

/** What the bank says became of a file of payments: ISO 20022 pain.002.001.10, customer payment status report. */
const PAIN002 = 'pain.002.001.10';
const MOST_BYTES = 5_000_000;

export type PaymentOutcome = 'SETTLED' | 'PENDING' | 'REJECTED';

export interface BankAnswerEntry {
  readonly endToEndId: string;
  readonly outcome: PaymentOutcome;
  /** ISO external status reason code such as AC04, null where none is given */
  readonly reasonCode: string | null;
}

export interface BankAnswer {
  readonly messageId: string;
  readonly originalMessageId: string;
  /** set when the bank answered for the whole file */
  readonly wholeFile: PaymentOutcome | null;
  readonly wholeFileReason: string | null;
  readonly entries: readonly BankAnswerEntry[];
}

/** Says which part of the message is wrong and never quotes it. */
export class BadBankAnswer extends Error {
  override readonly name = 'BadBankAnswer';
}

/** ISO's external codes of a payment's and of a group's status; CANC: cancelled before it was paid. */
const OUTCOMES: ReadonlyMap<string, PaymentOutcome> = new Map([
  ...['ACSC', 'ACCC'].map((code) => [code, 'SETTLED'] as const),
  ...['RJCT', 'CANC'].map((code) => [code, 'REJECTED'] as const),
  ...['ACCP', 'ACTC', 'ACSP', 'ACWC', 'ACFC', 'PDNG', 'RCVD', 'PART', 'PATC'].map((code) => [code, 'PENDING'] as const),
]);

/** Which code the simulated bank writes. */
const CODES: Readonly<Record<PaymentOutcome, string>> = { SETTLED: 'ACSC', PENDING: 'ACSP', REJECTED: 'RJCT' };

interface Status {
  readonly outcome: PaymentOutcome;
  readonly reasonCode: string | null;
}

/** @throws {BadBankAnswer} for every text that is not an answer that can be acted on */
export function readPain002(xml: string): BankAnswer {
  if (Buffer.byteLength(xml) > MOST_BYTES) throw new BadBankAnswer(`the answer is longer than ${MOST_BYTES} bytes`);
  const report = only(documentOf(xml), 'CstmrPmtStsRpt');
  if (!needed(report, 'OrgnlGrpInfAndSts/OrgnlMsgNmId').startsWith('pain.001')) {
    throw new BadBankAnswer('OrgnlGrpInfAndSts/OrgnlMsgNmId must be a pain.001');
  }
  const whole = wholeFileStatus(report);
  const entries = entriesIn(report);
  if (!whole && !entries.length) throw new BadBankAnswer('the answer gives no status');
  return {
    messageId: needed(report, 'GrpHdr/MsgId'),
    originalMessageId: needed(report, 'OrgnlGrpInfAndSts/OrgnlMsgId'),
    wholeFile: whole?.outcome ?? null,
    wholeFileReason: whole?.reasonCode ?? null,
    entries,
  };
}

function documentOf(xml: string): Element {
  try {
    return readMessage(xml, PAIN002);
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadBankAnswer(error.message);
    throw error;
  }
}

/**
 * What is said of the group and of the payment information: a file has one, so both speak of the whole file. The latter
 * is the closer one and wins, unless one says settled and the other rejected.
 */
function wholeFileStatus(report: Element): Status | null {
  const group = statusAt(only(report, 'OrgnlGrpInfAndSts'), 'GrpSts', 'OrgnlGrpInfAndSts/');
  const informations = elementsAt(report, 'OrgnlPmtInfAndSts')
    .map((information) => statusAt(information, 'PmtInfSts', 'OrgnlPmtInfAndSts/'))
    .filter((status) => status !== null);
  const said = group ? [...informations, group] : informations;
  const final = said.filter(({ outcome }) => outcome !== 'PENDING');
  if (outcomesIn(informations) > 1 || outcomesIn(final) > 1) {
    throw new BadBankAnswer('GrpSts and PmtInfSts contradict each other');
  }
  const outcome = said[0]?.outcome;
  return said.find((status) => status.outcome === outcome && status.reasonCode) ?? said[0] ?? null;
}

const outcomesIn = (statuses: readonly Status[]): number => new Set(statuses.map(({ outcome }) => outcome)).size;

function entriesIn(report: Element): BankAnswerEntry[] {
  const transactions = elementsAt(report, 'OrgnlPmtInfAndSts/TxInfAndSts');
  if (transactions.length > MOST_PAYMENTS) throw new BadBankAnswer(`more than ${MOST_PAYMENTS} TxInfAndSts`);
  const entries = new Map<string, BankAnswerEntry>();
  for (const [index, transaction] of transactions.entries()) {
    const where = `TxInfAndSts[${index + 1}]/`;
    const endToEndId = needed(transaction, 'OrgnlEndToEndId', where);
    const status = statusAt(transaction, 'TxSts', where);
    if (!status) throw new BadBankAnswer(`${where}TxSts is missing`);
    const before = entries.get(endToEndId);
    if (before && before.outcome !== status.outcome) {
      throw new BadBankAnswer(`${where}OrgnlEndToEndId stands twice with different statuses`);
    }
    entries.set(endToEndId, { endToEndId, ...status, reasonCode: before?.reasonCode ?? status.reasonCode });
  }
  return [...entries.values()];
}

function statusAt(from: Element, tag: string, where: string): Status | null {
  const code = textAt(from, tag, where);
  if (code === null) return null;
  const outcome = OUTCOMES.get(code);
  if (!outcome) throw new BadBankAnswer(`${where}${tag} is a status that is not known`);
  const reasonCode = elementsAt(from, 'StsRsnInf/Rsn/Cd')[0]?.text ?? null;
  const wrong = reasonCode === null ? null : reason(reasonCode);
  if (wrong) throw new BadBankAnswer(`${where}StsRsnInf/Rsn/Cd ${wrong}`);
  return { outcome, reasonCode };
}

const reason: Rule = (text) => (/^[A-Z0-9]{1,4}$/.test(text) ? null : 'must be 1 to 4 of A-Z 0-9');

function only(from: Element, tag: string): Element {
  const [found, ...more] = elementsAt(from, tag);
  if (!found || more.length) throw new BadBankAnswer(`${tag} must stand once`);
  return found;
}

function needed(from: Element, path: string, where = ''): string {
  const text = textAt(from, path, where);
  const wrong = text === null ? 'is missing' : textOf(35)(text);
  if (text === null || wrong) throw new BadBankAnswer(`${where}${path} ${wrong}`);
  return text;
}

function textAt(from: Element, path: string, where = ''): string | null {
  const found = elementsAt(from, path);
  if (found.length > 1 || found[0]?.children.length) {
    throw new BadBankAnswer(`${where}${path} must stand once and hold text`);
  }
  return found[0]?.text ?? null;
}

/**
 * written by the simulated bank
 *
 * @throws {RangeError} for an answer that says nothing, and for ids and reasons that a message cannot carry
 */
export function pain002(answer: BankAnswer, createdAt: Date): string {
  const { wholeFile, wholeFileReason, entries } = answer;
  if (!wholeFile && (wholeFileReason !== null || !entries.length)) throw new RangeError('wholeFile is missing');
  const original = checked('originalMessageId', answer.originalMessageId, identifier);
  return message(
    PAIN002,
    branch(
      'CstmrPmtStsRpt',
      branch(
        'GrpHdr',
        leaf('MsgId', checked('messageId', answer.messageId, identifier)),
        leaf('CreDtTm', createdAt.toISOString()),
      ),
      branch(
        'OrgnlGrpInfAndSts',
        leaf('OrgnlMsgId', original),
        leaf('OrgnlMsgNmId', PAIN001),
        ...(wholeFile ? statusLines('GrpSts', wholeFile, 'wholeFileReason', wholeFileReason) : []),
      ),
      ...(entries.length
        ? [branch('OrgnlPmtInfAndSts', leaf('OrgnlPmtInfId', original), ...entries.map(entryLine))]
        : []),
    ),
  );
}

const entryLine = ({ endToEndId, outcome, reasonCode }: BankAnswerEntry, index: number): string =>
  branch(
    'TxInfAndSts',
    leaf('OrgnlEndToEndId', checked(`entries[${index}].endToEndId`, endToEndId, identifier)),
    ...statusLines('TxSts', outcome, `entries[${index}].reasonCode`, reasonCode),
  );

const statusLines = (tag: string, outcome: PaymentOutcome, field: string, code: string | null): string[] => [
  leaf(tag, CODES[outcome]),
  ...(code === null ? [] : [branch('StsRsnInf', branch('Rsn', leaf('Cd', checked(field, code, reason))))]),
];

/** what a payment's outcome is according to an answer: entry first, else whole file, else null */
export function outcomeOf(answer: BankAnswer, endToEndId: string): BankAnswerEntry | null {
  const entry = answer.entries.find((each) => each.endToEndId === endToEndId);
  if (entry || !answer.wholeFile) return entry ?? null;
  return { endToEndId, outcome: answer.wholeFile, reasonCode: answer.wholeFileReason };
}
