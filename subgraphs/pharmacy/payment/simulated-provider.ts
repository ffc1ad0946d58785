import type { Session } from '../../common/database.js';
import { PaymentRefusal } from './payment.js';
import type { Charge, PaymentProvider, ProviderAnswer, RefundToSend } from './provider.js';

/** What becomes of a charge, by its token, so that every case can be played through. */
const CASES = {
  sim_pay: 'CHARGED',
  sim_refuse: 'REFUSED',
  sim_timeout: 'TIMEOUT',
  sim_twice: 'CHARGED_SAID_TWICE',
  sim_late: 'CHARGED_SAID_LATE',
  sim_other_amount: 'CHARGED_OTHER_AMOUNT',
  sim_contradict: 'REFUSED_AND_CHARGED',
} as const;

/**
 * TIMEOUT: the first try arrives nowhere, the second takes the money and says nothing, the third is heard.
 * CHARGED_SAID_LATE: only when it is asked for the third time.
 */
type Outcome = (typeof CASES)[keyof typeof CASES] | 'UNKNOWN_TOKEN';

const outcomeOf = (token: string): Outcome =>
  Object.hasOwn(CASES, token) ? CASES[token as keyof typeof CASES] : 'UNKNOWN_TOKEN';

/** What is taken for so much at the first try. */
function firstTaken(outcome: Outcome, amountFen: bigint): bigint | null {
  if (outcome === 'REFUSED' || outcome === 'UNKNOWN_TOKEN' || outcome === 'TIMEOUT') return null;
  return outcome === 'CHARGED_OTHER_AMOUNT' ? amountFen + 1n : amountFen;
}

const TOLD = `
  insert into simulated_charge as known (payment_id, outcome, amount_fen, charged_fen) values (?, ?, ?::bigint, ?::bigint)
  on conflict (payment_id) do update set times_told = known.times_told + 1,
    charged_fen = case known.outcome when 'TIMEOUT' then known.amount_fen else known.charged_fen end
  returning times_told as times`;

const ASKED = `
  update simulated_charge set times_asked = times_asked + 1 where payment_id = ?
  returning outcome, charged_fen::text as "chargedFen", times_asked as times`;

/** Locks the charge, so that two refunds of it are counted one after the other. */
const CHARGED = 'select charged_fen::text as "chargedFen" from simulated_charge where payment_id = ? for update';

const GIVEN = `
  insert into simulated_refund as known (refund_id, payment_id, amount_fen) values (?, ?, ?::bigint)
  on conflict (refund_id) do update set times_told = known.times_told + 1`;

const GIVEN_IN_ALL = `
  select coalesce(sum(amount_fen), 0)::text as "givenFen" from simulated_refund where payment_id = ?`;

/**
 * **A simulation. No money moves.** It stands for the world outside in development and tests, and remembers what it was told
 * in transactions of its own, so that it knows of a payment although this program may have been killed before it could write
 * down that it had told it. Of payments that were made before it, as those of the demo, it gives back whatever it is told to.
 */
export class SimulatedProvider implements PaymentProvider {
  /** @param session the system's: nobody else sees the provider's tables */
  constructor(private readonly session: Session) {}

  async charge({ paymentId, amountFen, token }: Charge): Promise<void> {
    const outcome = outcomeOf(token);
    const taken = firstTaken(outcome, amountFen);
    const values = [paymentId, outcome, amountFen.toString(), taken?.toString() ?? null];
    const [told] = await this.session.transaction((em) => em.execute<{ times: number }[]>(TOLD, values));
    if (outcome === 'TIMEOUT' && (told?.times ?? 0) < 3) throw new Error('The simulated provider does not answer');
  }

  async answersTo(paymentId: string): Promise<readonly ProviderAnswer[]> {
    const [asked] = await this.session.transaction((em) =>
      em.execute<{ outcome: Outcome; chargedFen: string | null; times: number }[]>(ASKED, [paymentId]),
    );
    if (!asked) return [];
    const { outcome, chargedFen, times } = asked;
    if (outcome === 'UNKNOWN_TOKEN') return [{ outcome: 'REFUSED', because: PaymentRefusal.UNKNOWN_TOKEN }];
    const refused: ProviderAnswer = { outcome: 'REFUSED', because: PaymentRefusal.DECLINED };
    if (outcome === 'REFUSED') return [refused];
    if (chargedFen === null || (outcome === 'CHARGED_SAID_LATE' && times < 3)) return [];
    const charged: ProviderAnswer = { outcome: 'CHARGED', amountFen: BigInt(chargedFen) };
    if (outcome === 'CHARGED_SAID_TWICE') return [charged, charged];
    return outcome === 'REFUSED_AND_CHARGED' ? [refused, charged] : [charged];
  }

  async refund({ refundId, paymentId, amountFen }: RefundToSend): Promise<void> {
    await this.session.transaction(async (em) => {
      const [charge] = await em.execute<{ chargedFen: string | null }[]>(CHARGED, [paymentId]);
      await em.execute(GIVEN, [refundId, paymentId, amountFen.toString()]);
      const [all] = await em.execute<{ givenFen: string }[]>(GIVEN_IN_ALL, [paymentId]);
      if (charge && BigInt(all?.givenFen ?? 0) > BigInt(charge.chargedFen ?? 0)) {
        throw new Error('The simulated provider gives back no more than it took');
      }
    });
  }
}
