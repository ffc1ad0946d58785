import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkPain001, MOST_PAYMENTS, type Payment, type PaymentFile, pain001 } from './pain001.js';

const payment = (over: Partial<Payment> = {}): Payment => ({
  endToEndId: 'PAY-1',
  amountFen: 1_200_050n,
  creditorName: '王小明',
  creditorAccount: '6222020200012345678',
  creditorBankCode: '102100099996',
  remittance: 'CL-2026-000001',
  ...over,
});

const file = (over: Partial<PaymentFile> = {}): PaymentFile => ({
  messageId: 'FUND-20260301-1',
  createdAt: new Date('2026-03-01T08:00:00Z'),
  executeOn: '2026-03-02',
  debtor: { name: '罕见病援助基金', account: '110000000000001', bankCode: '105100000017' },
  payments: [payment(), payment({ endToEndId: 'PAY-2', amountFen: 5n })],
  ...over,
});

const GOOD = pain001(file());
const textOf = (xml: string, tag: string): string[] =>
  [...xml.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([^<]*)</${tag}>`, 'g'))].map((found) => found[1] as string);

/** A good file in which a text was replaced, once or everywhere. */
const broken = (from: string | RegExp, to: string): string => {
  const xml = GOOD.replace(from, to);
  expect(xml).not.toBe(GOOD);
  return xml;
};

describe('a file of payments', () => {
  test('passes its check', () => {
    expect(checkPain001(GOOD)).toEqual([]);
  });

  test('says in both headers how many payments it holds and what they come to', () => {
    expect(textOf(GOOD, 'NbOfTxs')).toEqual(['2', '2']);
    expect(textOf(GOOD, 'CtrlSum')).toEqual(['12000.55', '12000.55']);
    expect(textOf(GOOD, 'InstdAmt')).toEqual(['12000.50', '0.05']);
  });

  test('carries Chinese names as they are, and special characters of XML as references', () => {
    const xml = pain001(file({ payments: [payment({ creditorName: `王 & <O'Brien> "]]>` })] }));
    expect(textOf(xml, 'Nm')[2]).toBe('王 &amp; &lt;O&apos;Brien&gt; &quot;]]&gt;');
    expect(checkPain001(xml)).toEqual([]);
  });

  test('counts a rare character outside the basic plane as one', () => {
    expect(checkPain001(pain001(file({ payments: [payment({ creditorName: '𠮷'.repeat(140) })] })))).toEqual([]);
  });

  test('sums exactly where a float would not', () => {
    const payments = [payment({ amountFen: 900_719_925_474_099_301n }), payment({ endToEndId: 'B', amountFen: 2n })];
    const xml = pain001(file({ payments }));
    expect(textOf(xml, 'CtrlSum')[0]).toBe('9007199254740993.03');
    expect(checkPain001(xml)).toEqual([]);
  });

  test('may hold as many payments as one answer can name', () => {
    const payments = Array.from({ length: MOST_PAYMENTS }, (_, index) => payment({ endToEndId: `PAY-${index}` }));
    expect(checkPain001(pain001(file({ payments })))).toEqual([]);
    expect(() => pain001(file({ payments: [...payments, payment()] }))).toThrow('payments must be 1 to 10000');
  });
});

const ID_CHARACTERS = [..."ABCXYZabcxyz0189/-?:().,'+ "];
const id = fc
  .string({ unit: fc.constantFrom(...ID_CHARACTERS), minLength: 1, maxLength: 35 })
  .filter((text) => !/^[/ ]|[/ ]$|\/\//.test(text));
/** Any characters that may be sent, with those that XML gives a meaning more often than chance would. */
const text = (maxLength: number) =>
  fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('王', '𠮷', '&', '<', '>', '"', "'", ' ', '#', ']'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      minLength: 1,
      maxLength,
    })
    .filter((each) => each.trim() !== '' && !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(each));
const bankCode = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 });
const somePayment: fc.Arbitrary<Payment> = fc.record({
  endToEndId: id,
  amountFen: fc.bigInt(1n, 10n ** 16n),
  creditorName: text(140),
  creditorAccount: text(34),
  creditorBankCode: bankCode,
  remittance: text(140),
});
const someFile: fc.Arbitrary<PaymentFile> = fc.record({
  messageId: id,
  createdAt: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
  executeOn: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((at) => at.toISOString().slice(0, 10)),
  debtor: fc.record({ name: text(140), account: text(34), bankCode }),
  payments: fc.uniqueArray(somePayment, { minLength: 1, maxLength: 30, selector: ({ endToEndId }) => endToEndId }),
});

describe('whatever is within the limits', () => {
  test('is written as a file that passes its check, with the right count and sum', () => {
    fc.assert(
      fc.property(someFile, (written) => {
        const xml = pain001(written);
        expect(checkPain001(xml)).toEqual([]);
        expect(textOf(xml, 'NbOfTxs')).toEqual([1, 2].map(() => String(written.payments.length)));
        const sum = written.payments.reduce((total, { amountFen }) => total + amountFen, 0n);
        expect(textOf(xml, 'CtrlSum').map((yuan) => BigInt(yuan.replace('.', '')))).toEqual([sum, sum]);
      }),
      { numRuns: 300 },
    );
  });

  test('does not pass with one digit put before a count, a sum or an amount', () => {
    fc.assert(
      fc.property(someFile, fc.nat(), fc.constantFrom('NbOfTxs', 'CtrlSum', 'InstdAmt'), (written, which, tag) => {
        const xml = pain001(written);
        const places = [...xml.matchAll(new RegExp(`<${tag}[^>]*>`, 'g'))];
        const place = places[which % places.length] as RegExpExecArray;
        const at = place.index + place[0].length;
        const changed = `${xml.slice(0, at)}9${xml.slice(at)}`;
        expect(checkPain001(changed)).not.toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what cannot be sent is refused by the name of its field, and its value is not told', () => {
  const one = (over: Partial<Payment>): Partial<PaymentFile> => ({
    payments: [payment({ endToEndId: 'A' }), payment(over)],
  });
  const debtor = file().debtor;
  test.each<[string, Partial<PaymentFile>, string]>([
    ['no payments', { payments: [] }, 'payments '],
    ['an empty message id', { messageId: '' }, 'messageId '],
    ['a message id of 36', { messageId: 'x'.repeat(36) }, 'messageId '],
    ['a message id with an underscore', { messageId: 'a_b' }, 'messageId '],
    ['a time that is none', { createdAt: new Date(Number.NaN) }, 'createdAt '],
    ['a time after the year 9999', { createdAt: new Date('+010000-01-01T00:00:00Z') }, 'createdAt '],
    ['a day that is none', { executeOn: '2026-02-30' }, 'executeOn '],
    ['a day with a time', { executeOn: '2026-02-28T00:00:00.000Z' }, 'executeOn '],
    ['a debtor without a name', { debtor: { ...debtor, name: '' } }, 'debtor.name '],
    ['a debtor without an account', { debtor: { ...debtor, account: '' } }, 'debtor.account '],
    ['a debtor with a foreign bank', { debtor: { ...debtor, bankCode: 'DEUTDEFF' } }, 'debtor.bankCode '],
    ['an id that begins with a slash', one({ endToEndId: '/secret' }), 'payments[1].endToEndId '],
    ['an id that ends with a slash', one({ endToEndId: 'secret/' }), 'payments[1].endToEndId '],
    ['an id with two slashes', one({ endToEndId: 'sec//ret' }), 'payments[1].endToEndId '],
    ['an id that ends with a space', one({ endToEndId: 'secret ' }), 'payments[1].endToEndId '],
    ['an id in Chinese', one({ endToEndId: '秘' }), 'payments[1].endToEndId '],
    ['an id twice', one({ endToEndId: 'A' }), 'payments[1].endToEndId '],
    ['nothing to pay', one({ amountFen: 0n }), 'payments[1].amountFen '],
    ['a debt', one({ amountFen: -5n }), 'payments[1].amountFen '],
    ['19 digits', one({ amountFen: 10n ** 18n }), 'payments[1].amountFen '],
    ['a sum of 19 digits', one({ amountFen: 10n ** 18n - 1n }), 'the sum of payments '],
    ['a name of 141', one({ creditorName: '秘'.repeat(141) }), 'payments[1].creditorName '],
    ['a blank name', one({ creditorName: ' \u3000' }), 'payments[1].creditorName '],
    ['a name with a line break', one({ creditorName: 'secret\n' }), 'payments[1].creditorName '],
    ['a name with half a character', one({ creditorName: 'secret\ud842' }), 'payments[1].creditorName '],
    ['a name with what is no character', one({ creditorName: 'secret\uffff' }), 'payments[1].creditorName '],
    ['an account of 35', one({ creditorAccount: '1'.repeat(35) }), 'payments[1].creditorAccount '],
    ['a bank code of 11', one({ creditorBankCode: '1'.repeat(11) }), 'payments[1].creditorBankCode '],
    ['a bank code in other digits', one({ creditorBankCode: '１'.repeat(12) }), 'payments[1].creditorBankCode '],
    ['nothing for the payee to read', one({ remittance: '' }), 'payments[1].remittance '],
  ])('%s', (_, over, field) => {
    const refused = (() => {
      try {
        return pain001(file(over));
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(RangeError);
    const { message } = refused as RangeError;
    expect(message.startsWith(field)).toBe(true);
    expect(message).not.toMatch(/secret|秘/);
  });
});

describe('the check finds', () => {
  const header = 'Document/CstmrCdtTrfInitn/GrpHdr';
  const info = 'Document/CstmrCdtTrfInitn/PmtInf';
  const first = `${info}/CdtTrfTxInf[1]`;
  const second = `${info}/CdtTrfTxInf[2]`;
  const ids = 'must be 1 to 35 of A-Z';
  const control = 'without control characters';

  test.each<[string, string | RegExp, string, string]>([
    ['another version of the message', 'pain.001.001.09', 'pain.001.001.03', 'not one Document of'],
    ['no namespace', / xmlns="[^"]*"/, '', 'not one Document of'],
    ['another root', /Document/g, 'Dokument', 'not one Document of'],
    ['two roots', /$/, '<Document/>', 'not one Document of'],
    ['another message in the Document', /CstmrCdtTrfInitn/g, 'CstmrDrctDbtInitn', 'CstmrCdtTrfInitn is missing'],
    ['an element of another namespace', '<MsgId>', '<MsgId xmlns="urn:other">', `${header}/MsgId is missing`],
    ['a prefix that stands for nothing', /(<\/?)MsgId/g, '$1p:MsgId', `${header}/MsgId is missing`],
    ['a missing message id', /<MsgId>.*?<\/MsgId>/, '', `${header}/MsgId is missing`],
    ['a missing count', /<NbOfTxs>.*?<\/NbOfTxs>/, '', `${header}/NbOfTxs is missing`],
    ['a missing sum', /(<PmtInf>.*?)<CtrlSum>.*?<\/CtrlSum>/, '$1', `${info}/CtrlSum is missing`],
    ['a missing name', /<Cdtr>.*?<\/Cdtr>/, '<Cdtr></Cdtr>', `${first}/Cdtr/Nm is missing`],
    ['a missing bank', /<CdtrAgt>.*?<\/CdtrAgt>/, '', `${first}/CdtrAgt is missing`],
    ['no payments', /<CdtTrfTxInf>.*<\/CdtTrfTxInf>/, '', `${info}/CdtTrfTxInf is missing`],
    [
      'an element twice',
      '<PmtMtd>TRF</PmtMtd>',
      '<PmtMtd>TRF</PmtMtd><PmtMtd>TRF</PmtMtd>',
      `${info}/PmtMtd stands more`,
    ],
    ['two payment informations', /(<PmtInf>.*<\/PmtInf>)/, '$1$1', `${info} stands more than once`],
    [
      'an element that we do not send',
      '<PmtMtd>',
      '<BtchBookg>true</BtchBookg><PmtMtd>',
      `${info} holds an element that`,
    ],
    ['text between elements', '<PmtMtd>', 'TRF<PmtMtd>', `${info} must hold elements and no text`],
    ['elements within text', '<PmtMtd>TRF', '<PmtMtd><b>TRF</b>', `${info}/PmtMtd must hold text`],
    [
      'an order that is not the schema’s',
      /(<MsgId>.*<\/MsgId>)(<CreDtTm>.*?<\/CreDtTm>)/,
      '$2$1',
      `${header} holds its elements in another order`,
    ],
    [
      'a payment before the debtor',
      /(<Dbtr>.*?<\/DbtrAgt>)(<CdtTrfTxInf>.*?<\/CdtTrfTxInf>)/,
      '$2$1',
      `${info} holds its elements in another order`,
    ],
    [
      'the name before the bank',
      /(<CdtrAgt>.*?<\/CdtrAgt>)(<Cdtr>.*?<\/Cdtr>)/,
      '$2$1',
      `${first} holds its elements in another order`,
    ],
    ['a payment taken out', /<CdtTrfTxInf>.*?<\/CdtTrfTxInf>/, '', 'GrpHdr/NbOfTxs is not the number'],
    ['a wrong count of the group', '<NbOfTxs>2', '<NbOfTxs>3', 'GrpHdr/NbOfTxs is not the number'],
    ['a wrong count of the payment information', /(<PmtInf>.*<NbOfTxs>)2/, '$13', 'PmtInf/NbOfTxs is not the number'],
    ['a count with a zero before it', '<NbOfTxs>2', '<NbOfTxs>02', `${header}/NbOfTxs must be a number`],
    ['a wrong sum of the group', '<CtrlSum>12000.55', '<CtrlSum>12000.56', 'GrpHdr/CtrlSum is not the sum'],
    [
      'a wrong sum of the payment information',
      /(<PmtInf>.*<CtrlSum>)12000.55/,
      '$112000.54',
      'PmtInf/CtrlSum is not the sum',
    ],
    ['an amount that the sum does not hold', '>0.05<', '>0.06<', 'GrpHdr/CtrlSum is not the sum'],
    ['one decimal', '>12000.50<', '>12000.5<', `${first}/Amt/InstdAmt must be above zero`],
    ['three decimals', '>12000.50<', '>12000.500<', `${first}/Amt/InstdAmt must be above zero`],
    ['no decimals', '>0.05<', '>5<', `${second}/Amt/InstdAmt must be above zero`],
    ['nothing to pay', '>0.05<', '>0.00<', `${second}/Amt/InstdAmt must be above zero`],
    ['a negative amount', '>0.05<', '>-0.05<', `${second}/Amt/InstdAmt must be above zero`],
    ['an amount as an exponent', '>0.05<', '>5e-2<', `${second}/Amt/InstdAmt must be above zero`],
    ['19 digits', '>0.05<', '>12345678901234567.00<', `${second}/Amt/InstdAmt must be above zero`],
    ['another currency', 'Ccy="CNY"', 'Ccy="USD"', `${first}/Amt/InstdAmt must have Ccy="CNY"`],
    ['no currency', ' Ccy="CNY"', '', `${first}/Amt/InstdAmt must have Ccy="CNY"`],
    ['an attribute too many', '<PmtMtd>', '<PmtMtd a="1">', `${info}/PmtMtd has an attribute`],
    ['a message id of 36', /<MsgId>.*?</, `<MsgId>${'x'.repeat(36)}<`, `${header}/MsgId ${ids}`],
    ['an empty message id', /<MsgId>.*?</, '<MsgId><', `${header}/MsgId ${ids}`],
    ['a payment information id in Chinese', /<PmtInfId>.*?</, '<PmtInfId>付<', `${info}/PmtInfId ${ids}`],
    ['an instruction id with an underscore', '<InstrId>PAY-1', '<InstrId>PAY_1', `${first}/PmtId/InstrId ${ids}`],
    [
      'an end-to-end id of 36',
      '<EndToEndId>PAY-1',
      `<EndToEndId>${'x'.repeat(36)}`,
      `${first}/PmtId/EndToEndId ${ids}`,
    ],
    [
      'an end-to-end id that begins with a slash',
      '<EndToEndId>P',
      '<EndToEndId>/P',
      `${first}/PmtId/EndToEndId ${ids}`,
    ],
    ['an end-to-end id that ends with a slash', '1</EndToEndId>', '/</EndToEndId>', `${first}/PmtId/EndToEndId ${ids}`],
    ['an end-to-end id with two slashes', '<EndToEndId>PAY-', '<EndToEndId>PAY//', `${first}/PmtId/EndToEndId ${ids}`],
    ['an end-to-end id twice', '<EndToEndId>PAY-2', '<EndToEndId>PAY-1', 'an EndToEndId stands in the file twice'],
    ['a name of 141', /<Cdtr><Nm>.*?</, `<Cdtr><Nm>${'王'.repeat(141)}<`, `${first}/Cdtr/Nm must be 1 to 140`],
    ['an empty name', /<Dbtr><Nm>.*?</, '<Dbtr><Nm><', `${info}/Dbtr/Nm must be 1 to 140`],
    ['a line break in a name', '王小明', '王\n小明', control],
    ['a tabulator in a name, as a reference', '王小明', '王&#x9;小明', control],
    ['a control character of the second kind in a name', '王小明', '王\u0085小明', control],
    ['a control character that XML does not know', '王小明', '王\u0001小明', 'a character that XML does not allow'],
    ['the same as a reference', '王小明', '王&#1;小明', 'a reference to what XML does not know'],
    ['half a character', '王小明', '王\ud842', 'a character that XML does not allow'],
    ['half a character as a reference', '王小明', '王&#xD842;', 'a reference to what XML does not know'],
    ['an entity that XML does not know', '王小明', '&nbsp;', 'a reference to what XML does not know'],
    ['an ampersand that is no reference', '王小明', '王 & 小明', 'not well-formed XML'],
    ['a CNAPS code of 11', /<MmbId>\d/, '<MmbId>', 'MmbId must be a CNAPS code of 12 digits'],
    ['a CNAPS code with a letter', /<MmbId>\d/, '<MmbId>A', 'MmbId must be a CNAPS code of 12 digits'],
    [
      'another clearing system',
      '<Cd>CNAPS<',
      '<Cd>USABA<',
      `${info}/DbtrAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd must be CNAPS`,
    ],
    ['an account of 35', /<Othr><Id>/, `<Othr><Id>${'1'.repeat(20)}`, `${info}/DbtrAcct/Id/Othr/Id must be 1 to 34`],
    ['an account as IBAN', /<Othr><Id>(.*?)<\/Id><\/Othr>/, '<IBAN>$1</IBAN>', `${info}/DbtrAcct/Id/Othr is missing`],
    ['another method of payment', '<PmtMtd>TRF', '<PmtMtd>CHK', `${info}/PmtMtd must be TRF`],
    ['a time without its zone', '08:00:00.000Z', '08:00:00', `${header}/CreDtTm must be a time in UTC`],
    ['a day that is none', '<Dt>2026-03-02', '<Dt>2026-02-29', `${info}/ReqdExctnDt/Dt must be a date`],
    ['a day of the message’s version 3', /<Dt>(.*?)<\/Dt>/, '$1', `${info}/ReqdExctnDt/Dt is missing`],
    ['nothing for the payee to read', /<Ustrd>.*?</, '<Ustrd><', `${first}/RmtInf/Ustrd must be 1 to 140`],
    ['a DOCTYPE', '<Document', '<!DOCTYPE Document [<!ENTITY a "b">]><Document', 'a DOCTYPE or another declaration'],
    ['a file cut off', '</Document>\n', '', 'not well-formed XML'],
    ['an empty file', /^.*$/s, '', 'not well-formed XML'],
  ])('%s', (_, from, to, problem) => {
    expect(checkPain001(broken(from, to))).toContainEqual(expect.stringContaining(problem));
  });

  test('every broken rule of a file, not only the first', () => {
    const xml = GOOD.replace('<PmtMtd>TRF', '<PmtMtd>CHK').replace('Ccy="CNY"', 'Ccy="USD"').replace('>2</', '>3</');
    expect(checkPain001(xml)).toHaveLength(3);
  });

  test('nothing wrong in the same message written with a prefix, line breaks, comments and CDATA', () => {
    const prefixed = GOOD.replace(/<(\/?)([A-Z])/g, '<$1p:$2')
      .replace('xmlns=', 'xmlns:p=')
      .replace('<p:PmtInf>', '\r\n  <p:PmtInf><!-- the only one -->\n')
      .replace('王小明', '王<![CDATA[小]]>&#26126;');
    expect(checkPain001(`\uFEFF${prefixed}`)).toEqual([]);
  });

  test('what is wrong without telling whom it concerns', () => {
    const xml = broken('6222020200012345678', '6222020200012345678'.repeat(2)).replace('王小明', '王小明\t');
    expect(checkPain001(xml)).toHaveLength(2);
    expect(checkPain001(xml).join()).not.toMatch(/6222|王/);
  });
});
