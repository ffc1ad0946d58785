import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { DrugOrderStatus } from '../order/order.js';
import { PaymentRefusal, PaymentStatus } from './payment.js';
import {
  askAgainAt,
  checkToken,
  heard,
  judge,
  MOST_PAYMENTS,
  type PayableFacts,
  whyNotPayable,
} from './payment.rules.js';
import type { ProviderAnswer } from './provider.js';

const { PLACED, PAID, DISPENSED, CANCELLED, RETURNED } = DrugOrderStatus;
const { PENDING, REFUSED, NOT_ACCEPTED } = PaymentStatus;
const NOW = new Date('2026-03-14T09:00:00Z');

describe('a payment token', () => {
  test.each(['sim_pay', 'x', '!'.repeat(200)])('may be %s', (token) => {
    expect(() => checkToken(token)).not.toThrow();
  });

  test.each(['', ' ', 'two words', 'x'.repeat(201), 'tab\t', '卡', 'null\0'])('may not be %j', (token) => {
    expect(() => checkToken(token)).toThrow(InvalidInput);
  });
});

describe('an order can be paid', () => {
  const payable: PayableFacts = { status: PLACED, payBy: new Date(NOW.getTime() + 1), pending: false, tries: 0 };

  test('while it is placed and its time is not over', () => {
    expect(whyNotPayable(payable, NOW)).toBeNull();
    expect(whyNotPayable({ ...payable, tries: MOST_PAYMENTS - 1 }, NOW)).toBeNull();
  });

  test.each([
    ['it is paid', { status: PAID }, 'not paid yet'],
    ['it was cancelled', { status: CANCELLED }, 'not paid yet'],
    ['a payment waits for its answer', { pending: true }, 'under way'],
    ['its time is over', { payBy: NOW }, 'time to pay'],
    ['it is older than payments', { payBy: null }, 'Cancel it and place it again'],
    ['it was tried too often', { tries: MOST_PAYMENTS }, 'Cancel it and place it again'],
  ])('not when %s', (_, change, words) => {
    expect(whyNotPayable({ ...payable, ...change }, NOW)).toContain(words);
  });
});

describe('an answer of the provider', () => {
  const charged = (amountFen: bigint): ProviderAnswer => ({ outcome: 'CHARGED', amountFen });
  const refused: ProviderAnswer = { outcome: 'REFUSED', because: PaymentRefusal.DECLINED };
  const waiting = { status: PENDING, amountFen: 100n, chargedFen: null };

  test('pays an order that waits for it with the whole price', () => {
    expect(judge(charged(100n), waiting, { status: PLACED })).toEqual({ status: PaymentStatus.PAID, chargedFen: 100n });
  });

  test.each([99n, 101n])('of %s fen for 100 is not accepted', (fen) => {
    expect(judge(charged(fen), waiting, { status: PLACED })).toEqual({ status: NOT_ACCEPTED, chargedFen: fen });
  });

  test.each([CANCELLED, PAID, DISPENSED, RETURNED])('for an order that is %s is not accepted', (status) => {
    expect(judge(charged(100n), waiting, { status })).toEqual({ status: NOT_ACCEPTED, chargedFen: 100n });
  });

  test('after a refusal is not accepted: the payer was told to pay anew', () => {
    expect(judge(charged(100n), { ...waiting, status: REFUSED }, { status: PLACED })).toEqual({
      status: NOT_ACCEPTED,
      chargedFen: 100n,
    });
  });

  test('that refuses leaves the order to be paid anew', () => {
    expect(judge(refused, waiting, { status: PLACED })).toEqual({
      status: REFUSED,
      refusedBecause: PaymentRefusal.DECLINED,
    });
  });

  test.each([0n, -1n])('of %s fen says nothing that can be used', (fen) => {
    expect(judge(charged(fen), waiting, { status: PLACED })).toBe('UNCLEAR');
  });

  test.each([PaymentStatus.PAID, NOT_ACCEPTED])('that says again what made it %s changes nothing', (status) => {
    const known = { status, amountFen: 100n, chargedFen: 100n };
    expect(judge(charged(100n), known, { status: PAID })).toBe('KNOWN');
    expect(judge(charged(150n), known, { status: PAID })).toBe('UNCLEAR');
    expect(judge(refused, known, { status: PAID })).toBe('UNCLEAR');
  });
});

/** A small world by the rules: an order of 100 fen, payments for it, and what goes back. */
class World {
  status = PLACED;
  readonly payments: { status: PaymentStatus; chargedFen: bigint | null; backFen: bigint }[] = [];
  /** What the provider took first for each payment: what it says beside that later is its mistake. */
  readonly taken = new Map<number, bigint>();

  pay(): void {
    const pending = this.payments.some(({ status }) => status === PENDING);
    const facts = { status: this.status, payBy: new Date(NOW.getTime() + 1), pending, tries: this.payments.length };
    if (whyNotPayable(facts, NOW) === null) this.payments.push({ status: PENDING, chargedFen: null, backFen: 0n });
  }

  answer(which: number, answer: ProviderAnswer): void {
    const index = which % Math.max(1, this.payments.length);
    const payment = this.payments[index];
    if (!payment) return;
    if (answer.outcome === 'CHARGED' && !this.taken.has(index)) this.taken.set(index, answer.amountFen);
    const judgement = judge(answer, { ...payment, amountFen: 100n }, { status: this.status });
    if (typeof judgement === 'string') return;
    Object.assign(payment, judgement);
    if (judgement.status === PaymentStatus.PAID) this.status = PAID;
    if (judgement.status === NOT_ACCEPTED) payment.backFen += judgement.chargedFen;
  }

  cancel(): void {
    if (this.status !== PLACED && this.status !== PAID) return;
    this.status = CANCELLED;
    for (const payment of this.payments) if (payment.status === PaymentStatus.PAID) payment.backFen += 100n;
  }
}

const answers = fc.oneof(
  fc.constant<ProviderAnswer>({ outcome: 'REFUSED', because: PaymentRefusal.DECLINED }),
  fc.constantFrom(100n, 100n, 99n, 250n).map((amountFen): ProviderAnswer => ({ outcome: 'CHARGED', amountFen })),
);
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant((world: World) => world.pay()) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.nat(5), answers).map(
        ([which, answer]) =>
          (world: World) =>
            world.answer(which, answer),
      ),
    },
    { weight: 1, arbitrary: fc.constant((world: World) => world.cancel()) },
  ),
  { maxLength: 30 },
);

test('whatever comes in whatever order: one payment at most is accepted, all other money goes back, and an order is paid if and only if one was', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const world = new World();
      for (const step of all) step(world);
      const accepted = world.payments.filter(({ status }) => status === PaymentStatus.PAID);
      expect(accepted.length).toBeLessThanOrEqual(1);
      const kept = world.payments.map(({ chargedFen, backFen }) => (chargedFen ?? 0n) - backFen);
      expect(kept.reduce((sum, fen) => sum + fen, 0n)).toBe(world.status === PAID ? 100n : 0n);
      if (world.status !== CANCELLED) expect(world.status === PAID).toBe(accepted.length === 1);
      for (const [index, { chargedFen }] of world.payments.entries()) {
        expect(chargedFen).toBe(world.taken.get(index) ?? null);
      }
    }),
    { numRuns: 500 },
  );
});

test('the same said again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(answers, { minLength: 1, maxLength: 5 }), (said) => {
      const once = new World();
      const twice = new World();
      for (const world of [once, twice]) world.pay();
      for (const answer of said) {
        once.answer(0, answer);
        twice.answer(0, answer);
        twice.answer(0, answer);
      }
      expect([twice.status, twice.payments]).toEqual([once.status, once.payments]);
    }),
  );
});

describe('the provider is asked again', () => {
  const since = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
  const secondsUntil = (status: PaymentStatus, seconds: number) => {
    const at = askAgainAt({ status, requestedAt: since(seconds) }, NOW);
    return at && (at.getTime() - NOW.getTime()) / 1_000;
  };

  test('about a payment without an answer after as long again, from a second to an hour, for ever', () => {
    expect([0, 1, 60, 3_600, 86_400, 8_640_000].map((age) => secondsUntil(PENDING, age))).toEqual([
      1, 1, 60, 3_600, 3_600, 3_600,
    ]);
  });

  test('and calls one refused of which nothing was heard in a week', () => {
    const charged: ProviderAnswer = { outcome: 'CHARGED', amountFen: 1n };
    const week = 7 * 86_400;
    expect(heard([], { status: PENDING, requestedAt: since(week - 1) }, NOW)).toEqual([]);
    expect(heard([], { status: PENDING, requestedAt: since(week) }, NOW)).toEqual([
      { outcome: 'REFUSED', because: PaymentRefusal.OTHER },
    ]);
    expect(heard([charged], { status: PENDING, requestedAt: since(week) }, NOW)).toEqual([charged]);
    expect(heard([], { status: PaymentStatus.PAID, requestedAt: since(week) }, NOW)).toEqual([]);
  });

  test('about a refused one for a day, since money may be taken all the same', () => {
    expect([60, 86_399, 86_400].map((age) => secondsUntil(REFUSED, age))).toEqual([60, 3_600, null]);
  });

  test('about no other', () => {
    expect([PaymentStatus.PAID, NOT_ACCEPTED].map((status) => secondsUntil(status, 60))).toEqual([null, null]);
  });
});
