import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import {
  checkAgrees,
  checkDigit,
  checkIdentity,
  maskedAddress,
  maskedName,
  maskedNationalId,
  maskedPhone,
  nextAttemptAt,
} from './identity.rules.js';

const withCheckDigit = (digits: string): string => digits + checkDigit(digits);
/** Region 999999 is nobody's. */
const NATIONAL_ID = withCheckDigit('99999919910520103');
const identity = { legalName: '张伟', nationalId: NATIONAL_ID, phone: '13800001234' };

const refusalOf = (check: () => unknown): InvalidInput | undefined => {
  try {
    check();
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  return undefined;
};
const refusal = (change: Partial<Parameters<typeof checkIdentity>[0]>) =>
  refusalOf(() => checkIdentity({ ...identity, ...change }));

const otherThan = (sign: string) => (sign === '0' ? '1' : String(Number(sign) - 1));

describe('a national id', () => {
  test('ends with the check digit of GB 11643', () => {
    // the standard's own examples
    expect(checkDigit('11010519491231002')).toBe('X');
    expect(checkDigit('44052418800101001')).toBe('4');
  });

  test('is taken in groups, full-width and with a small x, and kept in one form', () => {
    const written = [
      '11010519491231002X',
      '110105 19491231 002x',
      '１１０１０５１９４９１２３１００２Ｘ',
      ' 110105-19491231-002ｘ\u3000',
    ];
    for (const nationalId of written) {
      expect(checkIdentity({ ...identity, nationalId }).nationalId).toBe('11010519491231002X');
    }
  });

  const digits = fc
    .tuple(fc.constantFrom('11', '44', '65', '83', '99'), fc.stringMatching(/^\d{15}$/))
    .map((two) => two.join(''));

  test('is refused when any one digit is another, and when two neighbours have changed places', () => {
    fc.assert(
      fc.property(digits, fc.nat(16), (of, at) => {
        const id = withCheckDigit(of);
        expect(refusal({ nationalId: id })).toBeUndefined();
        const slip = id.slice(0, at) + otherThan(id[at] as string) + id.slice(at + 1);
        expect(refusal({ nationalId: slip })?.path).toEqual(['input', 'nationalId']);
        const swapped = id.slice(0, at) + id[at + 1] + id[at] + id.slice(at + 2);
        if (swapped !== id) expect(refusal({ nationalId: swapped })?.path).toEqual(['input', 'nationalId']);
      }),
    );
  });

  test.each([
    '',
    '1101051949123100',
    '11010519491231002X1',
    '1101051949123100XX',
    'X1010519491231002X',
    '²1010519491231002X',
    '١١٠١٠٥١٩٤٩١٢٣١٠٠٢X',
    withCheckDigit('00010519491231002'),
    withCheckDigit('77010519491231002'),
  ])('is refused without being quoted: %j', (nationalId) => {
    const refused = refusal({ nationalId });
    expect(refused?.path).toEqual(['input', 'nationalId']);
    if (nationalId) expect(refused?.message).not.toContain(nationalId);
  });

  test('agrees with the record in birth date and sex, and is told which does not', () => {
    const born = { birthDate: '1991-05-20', sex: 'MALE' };
    const disagreement = (record: typeof born) => refusalOf(() => checkAgrees(NATIONAL_ID, record))?.message;
    expect(disagreement(born)).toBeUndefined();
    expect(disagreement({ ...born, sex: 'OTHER' })).toBeUndefined();
    expect(disagreement({ ...born, sex: 'FEMALE' })).toMatch(/^The sex in the national id is not the one/);
    expect(disagreement({ ...born, birthDate: '1991-05-21' })).toMatch(
      /^The birth date in the national id is not the one/,
    );
    expect(disagreement({ ...born, birthDate: '1991-05-21' })).not.toMatch(/1991|0520|9999/);
  });
});

describe('a phone number', () => {
  test.each([
    '13800001234',
    '+86 138 0000 1234',
    '0086-138-0000-1234',
    '＋８６１３８００００１２３４',
    ' (138) 0000–1234 ',
    '+8613800001234',
  ])('is kept in one form: %s', (phone) => expect(checkIdentity({ ...identity, phone }).phone).toBe('13800001234'));

  test.each([
    '',
    '1380000123',
    '138000012345',
    '12800001234',
    '+1 13800001234',
    '01013800001234',
    '1380000123x',
    '+86',
    '٠١٣٨٠٠٠٠١٢٣',
  ])('is refused without being quoted: %j', (phone) => {
    const refused = refusal({ phone });
    expect(refused?.path).toEqual(['input', 'phone']);
    if (phone.length > 3) expect(refused?.message).not.toContain(phone);
  });
});

describe('an identity', () => {
  test('needs neither address nor note, and nothing but spaces is none', () => {
    expect(checkIdentity(identity)).toEqual({ ...identity, address: null, insuranceNote: null });
    expect(checkIdentity({ ...identity, address: '  ', insuranceNote: '' })).toMatchObject({
      address: null,
      insuranceNote: null,
    });
    expect(checkIdentity({ ...identity, address: ' 演示市演示路1号 ' }).address).toBe('演示市演示路1号');
  });

  test.each([
    ['legalName', '  '],
    ['legalName', 'x'.repeat(141)],
    ['legalName', 'Wei\u202eZhang'],
    ['address', '路1号'],
    ['address', 'x'.repeat(201)],
    ['address', 'Road 1\nCity of invention'],
    ['insuranceNote', 'x'.repeat(201)],
    ['insuranceNote', 'note\u0000note'],
  ])('is refused for its %s, which is not quoted: %j', (field, value) => {
    const refused = refusal({ [field]: value });
    expect(refused?.path).toEqual(['input', field]);
    expect(refused?.message).not.toContain(value.trim() || 'nothing to quote');
  });
});

describe('a masked value', () => {
  test.each([
    ['张伟', '张*'],
    ['欧阳娜娜', '欧*'],
    ['李', '李*'],
    ['Lin Yue', 'L** Y**'],
    ['X', 'X**'],
    ['买买提·吐尔逊', '买*·吐*'],
    ['𠮷田', '𠮷*'],
  ])('of the name %s is %s', (name, mask) => expect(maskedName(name)).toBe(mask));

  test('of an id, a phone and an address shows its ends, or where it begins', () => {
    expect(maskedNationalId('11010519491231002X')).toBe('110***********002X');
    expect(maskedPhone('13800001234')).toBe('138****1234');
    expect(maskedAddress('浙江省演示市演示路1号')).toBe('浙江省****');
  });

  test('of a name says nothing of how long it is', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{1,20}$/), (rest) => expect(maskedName(`L${rest}`)).toBe('L**')));
  });
});

test('attempts go on at midnight in Shanghai', () => {
  expect(nextAttemptAt(new Date('2026-03-01T15:59:59.999Z'))).toEqual(new Date('2026-03-01T16:00:00Z'));
  expect(nextAttemptAt(new Date('2026-03-01T16:00:00Z'))).toEqual(new Date('2026-03-02T16:00:00Z'));
});
