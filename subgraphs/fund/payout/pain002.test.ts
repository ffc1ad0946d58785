import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  BadBankAnswer,
  type BankAnswer,
  type BankAnswerEntry,
  outcomeOf,
  type PaymentOutcome,
  pain002,
  readPain002,
} from './pain002.js';

const AT = new Date('2026-03-02T08:00:00Z');

const answer = (over: Partial<BankAnswer> = {}): BankAnswer => ({
  messageId: 'BANK-1',
  originalMessageId: 'FUND-20260301-1',
  wholeFile: null,
  wholeFileReason: null,
  entries: [
    { endToEndId: 'PAY-1', outcome: 'SETTLED', reasonCode: null },
    { endToEndId: 'PAY-2', outcome: 'REJECTED', reasonCode: 'AC04' },
  ],
  ...over,
});

const GOOD = pain002(answer(), AT);

/** A report as a bank may write it. */
const report = (group: string, information = '', header = '<MsgId>B</MsgId><CreDtTm>2026-03-02T08:00:00</CreDtTm>') =>
  `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr>${header}</GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>F</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>${group}</OrgnlGrpInfAndSts>
${information}</CstmrPmtStsRpt></Document>`;
const information = (content: string) =>
  `<OrgnlPmtInfAndSts><OrgnlPmtInfId>F</OrgnlPmtInfId>${content}</OrgnlPmtInfAndSts>`;
const transaction = (id: string, status: string, reason = '') =>
  `<TxInfAndSts><OrgnlEndToEndId>${id}</OrgnlEndToEndId><TxSts>${status}</TxSts>${because(reason)}</TxInfAndSts>`;
const because = (reason: string) => (reason ? `<StsRsnInf><Rsn><Cd>${reason}</Cd></Rsn></StsRsnInf>` : '');

const refused = (xml: string): Error => {
  try {
    readPain002(xml);
  } catch (error) {
    return error as Error;
  }
  throw new Error('the answer was taken');
};

describe('an answer of the bank', () => {
  test('is read as it was written', () => {
    expect(readPain002(GOOD)).toEqual(answer());
  });

  const id = fc.stringMatching(/^[A-Za-z0-9?:().,'+-]{1,35}$/);
  const outcome = fc.constantFrom<PaymentOutcome>('SETTLED', 'PENDING', 'REJECTED');
  const reasonCode = fc.option(fc.stringMatching(/^[A-Z]{2}[0-9]{2}$/));
  const entry: fc.Arbitrary<BankAnswerEntry> = fc.record({ endToEndId: id, outcome, reasonCode });
  const someAnswer: fc.Arbitrary<BankAnswer> = fc
    .record({
      messageId: id,
      originalMessageId: id,
      wholeFile: fc.option(outcome),
      wholeFileReason: reasonCode,
      entries: fc.uniqueArray(entry, { maxLength: 20, selector: ({ endToEndId }) => endToEndId }),
    })
    .filter(({ wholeFile, entries }) => wholeFile !== null || entries.length > 0)
    .map((each) => ({ ...each, wholeFileReason: each.wholeFile && each.wholeFileReason }));

  test('is read as it was written, whatever it says', () => {
    fc.assert(
      fc.property(someAnswer, (each) => {
        expect(readPain002(pain002(each, AT))).toEqual(each);
      }),
    );
  });

  test('cut off anywhere is no answer', () => {
    fc.assert(
      fc.property(fc.nat({ max: GOOD.trimEnd().length - 1 }), (at) => {
        expect(refused(GOOD.slice(0, at))).toBeInstanceOf(BadBankAnswer);
      }),
    );
  });

  test('with anything put in anywhere is an answer or a BadBankAnswer, nothing else', () => {
    const noise = fc.oneof(
      fc.string({ maxLength: 10 }),
      fc.constantFrom('<a>', '</TxSts>', '&a;', '<!', '<?', ']]>', '"', '<b:c/>'),
    );
    fc.assert(
      fc.property(fc.nat({ max: GOOD.length }), noise, (at, put) => {
        try {
          readPain002(GOOD.slice(0, at) + put + GOOD.slice(at));
        } catch (error) {
          expect(error).toBeInstanceOf(BadBankAnswer);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('that says nothing, or what a message cannot carry, is not written', () => {
    expect(() => pain002(answer({ entries: [] }), AT)).toThrow(RangeError);
    expect(() => pain002(answer({ wholeFileReason: 'AC04' }), AT)).toThrow(RangeError);
    expect(() => pain002(answer({ messageId: '王' }), AT)).toThrow('messageId ');
    expect(() => pain002(answer({ wholeFile: 'REJECTED', wholeFileReason: 'toolong' }), AT)).toThrow(
      'wholeFileReason ',
    );
  });
});

describe('the statuses', () => {
  const SETTLED = ['ACSC', 'ACCC'];
  const REJECTED = ['RJCT', 'CANC'];
  const PENDING = ['ACCP', 'ACTC', 'ACSP', 'ACWC', 'PDNG', 'RCVD', 'PART', 'PATC', 'ACFC'];
  const cases = Object.entries({ SETTLED, REJECTED, PENDING }).flatMap(([outcome, codes]) =>
    codes.map((code) => [code, outcome] as const),
  );

  test.each(cases)('%s means %s, of a payment, of the payment information and of the group', (code, outcome) => {
    const of = (xml: string) => outcomeOf(readPain002(xml), 'PAY-1')?.outcome;
    expect(of(report('', information(transaction('PAY-1', code))))).toBe(outcome);
    expect(of(report('', information(`<PmtInfSts>${code}</PmtInfSts>`)))).toBe(outcome);
    expect(of(report(`<GrpSts>${code}</GrpSts>`))).toBe(outcome);
  });

  test.each(['XXXX', 'acsc', ' ACSC', '', 'constructor'])('a status %j is not guessed', (code) => {
    const part = (xml: string) => refused(xml).message;
    expect(part(report('', information(transaction('P', code))))).toBe(
      'TxInfAndSts[1]/TxSts is a status that is not known',
    );
    expect(part(report('', information(`<PmtInfSts>${code}</PmtInfSts>`)))).toMatch(/^OrgnlPmtInfAndSts\/PmtInfSts is/);
    expect(part(report(`<GrpSts>${code}</GrpSts>`))).toMatch(/^OrgnlGrpInfAndSts\/GrpSts is/);
  });

  test('a reason stands beside the status that it explains', () => {
    const xml = report(
      `<GrpSts>PART</GrpSts>${because('NARR')}`,
      information(transaction('A', 'RJCT', 'AC04') + transaction('B', 'ACSC')),
    );
    expect(readPain002(xml)).toMatchObject({
      wholeFile: 'PENDING',
      wholeFileReason: 'NARR',
      entries: [{ reasonCode: 'AC04' }, { reasonCode: null }],
    });
  });

  test('a reason in the bank’s own words is none, and what is no code is refused', () => {
    const own = '<StsRsnInf><Rsn><Prtry>account closed</Prtry></Rsn></StsRsnInf>';
    expect(readPain002(report(`<GrpSts>RJCT</GrpSts>${own}`)).wholeFileReason).toBeNull();
    expect(refused(report('', information(transaction('A', 'RJCT', '王小明')))).message).toBe(
      'TxInfAndSts[1]/StsRsnInf/Rsn/Cd must be 1 to 4 of A-Z 0-9',
    );
  });

  test.each([
    ['ACTC', 'ACSC', 'SETTLED'],
    ['PART', 'RJCT', 'REJECTED'],
    ['ACSC', 'PDNG', 'PENDING'],
    ['RJCT', 'RJCT', 'REJECTED'],
    ['RJCT', 'ACSC', null],
    ['ACSC', 'RJCT', null],
  ])('the group says %s and the payment information %s: %p', (group, inner, outcome) => {
    const xml = report(`<GrpSts>${group}</GrpSts>`, information(`<PmtInfSts>${inner}</PmtInfSts>`));
    if (outcome) expect(readPain002(xml).wholeFile).toBe(outcome);
    else expect(refused(xml)).toBeInstanceOf(BadBankAnswer);
  });

  test('the reason of the group does not explain another status of the payment information', () => {
    const rejected = information('<PmtInfSts>RJCT</PmtInfSts>');
    expect(readPain002(report(`<GrpSts>PART</GrpSts>${because('NARR')}`, rejected)).wholeFileReason).toBeNull();
    expect(readPain002(report(`<GrpSts>RJCT</GrpSts>${because('AM04')}`, rejected)).wholeFileReason).toBe('AM04');
  });

  test('the same payment twice with one outcome is one entry, with two it is refused', () => {
    const twice = (one: string, other: string) => report('', information(one + transaction('B', 'ACSC') + other));
    const explained = transaction('A', 'CANC', 'DS02');
    const bare = transaction('A', 'RJCT');
    expect(readPain002(twice(bare, explained)).entries).toEqual(readPain002(twice(explained, bare)).entries);
    expect(readPain002(twice(bare, explained)).entries).toEqual([
      { endToEndId: 'A', outcome: 'REJECTED', reasonCode: 'DS02' },
      { endToEndId: 'B', outcome: 'SETTLED', reasonCode: null },
    ]);
    expect(refused(twice(transaction('A', 'ACSC'), transaction('A', 'RJCT'))).message).toBe(
      'TxInfAndSts[3]/OrgnlEndToEndId stands twice with different statuses',
    );
  });
});

describe('what became of one payment', () => {
  const both = answer({ wholeFile: 'PENDING', wholeFileReason: 'NARR' });
  test.each<[string, BankAnswer, string, BankAnswerEntry | null]>([
    [
      'its own entry goes before the whole file',
      both,
      'PAY-2',
      { endToEndId: 'PAY-2', outcome: 'REJECTED', reasonCode: 'AC04' },
    ],
    [
      'without an entry it is that of the whole file',
      both,
      'PAY-3',
      { endToEndId: 'PAY-3', outcome: 'PENDING', reasonCode: 'NARR' },
    ],
    ['without either it is not known', answer(), 'PAY-3', null],
  ])('%s', (_, given, id, outcome) => {
    expect(outcomeOf(given, id)).toEqual(outcome);
  });
});

describe('what is no answer is refused as a BadBankAnswer that quotes nothing of it', () => {
  const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  const named = report('', information(transaction('王小明', 'ACSC')));
  const many = report('', information(Array.from({ length: 10_001 }, (_, i) => transaction(`P${i}`, 'ACSC')).join('')));
  test.each<[string, string]>([
    ['an empty text', ''],
    ['blanks', ' \n'],
    ['no XML', '王小明'],
    ['JSON', '{"GrpSts":"ACSC"}'],
    ['a DOCTYPE', `<!DOCTYPE Document>${GOOD}`],
    ['a DOCTYPE in small letters', `<!doctype Document>${GOOD}`],
    [
      'a file asked for by an entity',
      named.replace(/^/, '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>').replace('王小明', '&b;'),
    ],
    ['a billion laughs', `<!DOCTYPE a [<!ENTITY l0 "ha">${laughs}]>${named.replace('王小明', '&l9;')}`],
    ['an entity that nobody declared', named.replace('王小明', '&l9;')],
    ['another namespace', GOOD.replace('pain.002.001.10', 'pain.002.001.03')],
    ['no namespace', GOOD.replace(/ xmlns="[^"]*"/, '')],
    ['a prefix that stands for nothing', named.replace(/(<\/?)(TxSts)/g, '$1p:$2')],
    ['our own message', GOOD.replace(/pain\.002\.001\.10/, 'pain.001.001.09')],
    ['a text cut off', named.slice(0, -20)],
    ['two answers', GOOD + GOOD.slice(GOOD.indexOf('<Document'))],
    ['two reports', report('<GrpSts>ACSC</GrpSts>').replace(/(<CstmrPmtStsRpt>.*<\/CstmrPmtStsRpt>)/s, '$1$1')],
    ['two groups', report('<GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts><OrgnlGrpInfAndSts><GrpSts>RJCT</GrpSts>')],
    ['two statuses of the group', report('<GrpSts>ACSC</GrpSts><GrpSts>ACSC</GrpSts>')],
    ['a status within a status', report('<GrpSts>ACSC<GrpSts>ACSC</GrpSts></GrpSts>')],
    [
      'two payment informations that differ',
      report('', information('<PmtInfSts>ACSC</PmtInfSts>') + information('<PmtInfSts>PDNG</PmtInfSts>')),
    ],
    ['no status', report('')],
    [
      'a payment without a status',
      report('', information('<TxInfAndSts><OrgnlEndToEndId>王小明</OrgnlEndToEndId></TxInfAndSts>')),
    ],
    ['a payment without an id', report('', information('<TxInfAndSts><TxSts>ACSC</TxSts></TxInfAndSts>'))],
    ['an id of 36', report('', information(transaction('王'.repeat(36), 'ACSC')))],
    ['an answer without an id', report('<GrpSts>ACSC</GrpSts>', '', '<CreDtTm>2026-03-02T08:00:00</CreDtTm>')],
    [
      'an answer to another kind of message',
      report('<GrpSts>ACSC</GrpSts>').replace('pain.001.001.09', 'pain.008.001.08'),
    ],
    ['a character that XML does not know', named.replace('王小明', '王\u0000')],
    ['half a character', named.replace('王小明', '\ud842')],
    ['10,001 entries', many],
    ['5 MB of blanks', named.replace('\n', ' '.repeat(5_000_000))],
    ['5 MB in fewer characters', named.replace('\n', `<!--${'王'.repeat(1_700_000)}-->`)],
    ['elements in elements without end', '<a>'.repeat(1_000_000)],
    ['elements in elements, closed', '<a>'.repeat(600_000) + '</a>'.repeat(600_000)],
    ['names of JavaScript', report('<__proto__><GrpSts>ACSC</GrpSts></__proto__>')],
    [
      'a great many namespaces',
      `<a ${Array.from({ length: 100_000 }, (_, i) => `xmlns:n${i}="u"`).join(' ')}>${'<b xmlns:c=""/>'.repeat(100_000)}</a>`,
    ],
  ])('%s', (_, xml) => {
    const started = performance.now();
    const error = refused(xml);
    expect(error).toBeInstanceOf(BadBankAnswer);
    expect(error.message.length).toBeLessThan(150);
    expect(error.message).not.toMatch(/王|passwd/);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('10,000 entries are taken', () => {
    expect(readPain002(many.replace(transaction('P0', 'ACSC'), '')).entries).toHaveLength(10_000);
  });

  test('an answer with a prefix, line breaks and parts that we do not read is taken', () => {
    const xml = GOOD.replace(/<(?=[A-Z])/g, '\r\n<p:')
      .replace(/<\/(?=[A-Z])/g, '</p:')
      .replace('xmlns=', 'xmlns:p=')
      .replace(/<p:TxInfAndSts>/g, '<p:TxInfAndSts><p:StsId>1</p:StsId><o:TxSts xmlns:o="urn:o">RJCT</o:TxSts>');
    expect(readPain002(xml)).toEqual(answer());
  });
});
