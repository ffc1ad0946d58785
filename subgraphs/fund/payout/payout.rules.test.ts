import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../common/ids.js';
import type { BankAnswer, BankAnswerEntry, PaymentOutcome } from './pain002.js';
import { PayoutBatchStatus, PayoutStatus } from './payout.enums.js';
import {
  askAgainAt,
  batchActions,
  batchIdOf,
  type Effect,
  effectOf,
  endToEndIdOf,
  messageIdOf,
  nextStepOf,
  reasonOf,
  weigh,
} from './payout.rules.js';

describe('what may be done with a batch', () => {
  test.each([
    [PayoutBatchStatus.OPEN, 2, false, ['RELEASE', 'CANCEL']],
    [PayoutBatchStatus.OPEN, 2, true, ['CANCEL']],
    [PayoutBatchStatus.OPEN, 0, false, ['CANCEL']],
    [PayoutBatchStatus.RELEASED, 2, false, []],
    [PayoutBatchStatus.SENT, 2, false, []],
    [PayoutBatchStatus.ANSWERED, 0, false, []],
    [PayoutBatchStatus.CANCELLED, 0, false, []],
  ])('%s with %i queued, involved %s: %j', (status, queued, involved, actions) => {
    expect(batchActions({ status, queued, involved })).toEqual(actions);
  });
});

describe('an answer for a payout', () => {
  const of = (status: PayoutStatus, agrees = true, sent = true) => ({ endToEndId: 'A', status, agrees, sent });
  test.each<[PayoutStatus, PaymentOutcome, Effect]>([
    [PayoutStatus.SENT, 'SETTLED', 'PAY'],
    [PayoutStatus.SENT, 'REJECTED', 'RETURN'],
    [PayoutStatus.SENT, 'PENDING', 'PENDING'],
    [PayoutStatus.PAID, 'SETTLED', 'UNCHANGED'],
    [PayoutStatus.PAID, 'REJECTED', 'RETURN_AFTER_PAYING'],
    [PayoutStatus.PAID, 'PENDING', 'UNCHANGED'],
    [PayoutStatus.RETURNED, 'SETTLED', 'CONFLICT'],
    [PayoutStatus.RETURNED, 'REJECTED', 'UNCHANGED'],
    [PayoutStatus.RETURNED, 'PENDING', 'UNCHANGED'],
    [PayoutStatus.QUEUED, 'SETTLED', 'CONFLICT'],
    [PayoutStatus.CANCELLED, 'REJECTED', 'CONFLICT'],
  ])('%s and %s: %s', (status, outcome, effect) => {
    expect(effectOf(of(status), outcome)).toBe(effect);
  });

  test('moves nothing where the claim is no longer what was paid, or the payout was never sent', () => {
    for (const outcome of ['SETTLED', 'REJECTED'] as const) {
      expect(effectOf(of(PayoutStatus.SENT, false), outcome)).toBe('CONFLICT');
      expect(effectOf(of(PayoutStatus.RETURNED, true, false), outcome)).toBe('CONFLICT');
    }
    expect(effectOf(of(PayoutStatus.PAID, false), 'REJECTED')).toBe('CONFLICT');
  });

  const payout = fc.record({
    endToEndId: fc.stringMatching(/^P[0-9]{1,3}$/),
    status: fc.constantFrom(...Object.values(PayoutStatus)),
    sent: fc.boolean(),
    agrees: fc.boolean(),
  });
  const entry: fc.Arbitrary<BankAnswerEntry> = fc.record({
    endToEndId: fc.stringMatching(/^P[0-9]{1,3}$/),
    outcome: fc.constantFrom<PaymentOutcome>('SETTLED', 'PENDING', 'REJECTED'),
    reasonCode: fc.constant(null),
  });
  const unique = { selector: ({ endToEndId }: { endToEndId: string }) => endToEndId, maxLength: 30 };

  test('is counted once in the report, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(payout, unique),
        fc.uniqueArray(entry, unique),
        fc.option(fc.constantFrom<PaymentOutcome>('SETTLED', 'PENDING', 'REJECTED')),
        (payouts, entries, wholeFile) => {
          const answer: BankAnswer = {
            messageId: 'A',
            originalMessageId: 'B',
            wholeFile,
            wholeFileReason: null,
            entries,
          };
          const { report } = weigh(answer, payouts, new Set());
          const { settled, returned, pending, unchanged, unknown, conflicting } = report;
          const named = new Set(entries.map(({ endToEndId }) => endToEndId));
          const concerned = payouts.filter(({ sent, endToEndId }) => named.has(endToEndId) || (wholeFile && sent));
          expect(settled + returned + pending + unchanged + conflicting.length).toBe(concerned.length);
          expect(concerned.length + unknown.length).toBeGreaterThanOrEqual(entries.length);
        },
      ),
    );
  });
});

test('an id of ours goes to the bank and comes back', () => {
  const id = newId();
  expect(batchIdOf(messageIdOf(id))).toBe(id);
  expect(endToEndIdOf(id)).toMatch(/^PO[0-9a-f]{32}$/);
  for (const foreign of ['', 'PB-2026-000001', id, `${messageIdOf(id)}0`]) expect(batchIdOf(foreign)).toBeNull();
});

test('a reason is told in words, also one that nobody knows', () => {
  expect(reasonOf('AC04')).toBe('The account is closed.');
  expect(reasonOf('XX99')).toBe('The bank gave the reason XX99.');
  expect(reasonOf('constructor')).toBe('The bank gave the reason constructor.');
  expect(reasonOf(null)).toBe('The bank gave no reason.');
  for (const code of ['AC04', 'XX99', 'NO_ACCOUNT', null]) expect(nextStepOf(code)).toContain('next batch');
});

test('the bank is asked again after as long as it has had, from a second to an hour', () => {
  const sent = new Date('2026-03-01T00:00:00Z');
  const waits = (after: number) => {
    const now = new Date(sent.getTime() + after);
    return askAgainAt(sent, now).getTime() - now.getTime();
  };
  expect([0, 1_500, 60_000, 3_600_000, 99_000_000].map(waits)).toEqual([1_000, 1_500, 60_000, 3_600_000, 3_600_000]);
  expect(waits(-5_000)).toBe(1_000);
});
