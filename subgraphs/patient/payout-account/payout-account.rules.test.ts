import { describe, expect, test } from '@jest/globals';
import { InvalidInput } from '../../common/errors.js';
import { checkBankAccount, masked } from './payout-account.rules.js';

const account = { holderName: '张伟', accountNumber: '6222000000000000001', bankCode: '999000000001' };
const refusal = (change: Partial<typeof account>): InvalidInput | undefined => {
  try {
    checkBankAccount({ ...account, ...change });
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  return undefined;
};

describe('a payout account', () => {
  test('is taken in groups, full-width and with spaces around, and kept in one form', () => {
    expect(
      checkBankAccount({
        holderName: '  张伟 ',
        accountNumber: ' ６２２２ 0000\u30000000 0000001 ',
        bankCode: '9990 0000 ０００１',
      }),
    ).toEqual(account);
  });

  test.each(['12345678', '1'.repeat(32)])('has a number of 8 to 32 digits: %s', (accountNumber) => {
    expect(refusal({ accountNumber })).toBeUndefined();
  });

  test.each([
    ['accountNumber', '1234567'],
    ['accountNumber', '1'.repeat(33)],
    ['accountNumber', '6222-0000-0000'],
    ['accountNumber', '6222 0000 000x'],
    ['accountNumber', '²²²²²²²²'],
    ['accountNumber', '٠١٢٣٤٥٦٧'],
    ['accountNumber', ''],
    ['bankCode', '99900000001'],
    ['bankCode', '9990000000012'],
    ['bankCode', '99900000000x'],
    ['holderName', '   '],
    ['holderName', 'x'.repeat(141)],
    ['holderName', 'Wei\u0007Zhang'],
    ['holderName', 'Wei\nZhang'],
    ['holderName', 'Wei\u202eZhang'],
    ['holderName', 'Wei\ud800Zhang'],
  ])('is refused for its %s, which is not quoted: %j', (field, value) => {
    const refused = refusal({ [field]: value });
    expect(refused?.path).toEqual(['input', field]);
    if (value.trim().length > 3) expect(refused?.message).not.toContain(value);
  });

  test('has a holder of up to 140 characters, counted as one sees them', () => {
    expect(refusal({ holderName: '𠮷'.repeat(140) })).toBeUndefined();
    expect(refusal({ holderName: '𠮷'.repeat(141) })?.path).toEqual(['input', 'holderName']);
  });

  test('shows the last four digits of its number', () => {
    expect(masked('6222000000000001234')).toBe('**** 1234');
  });
});
