import { useLanguage } from '../language/language';
import type { ShownApplication } from './application-page';

type Aid = NonNullable<NonNullable<ShownApplication['patient']>['annualAid']>;

/** What is left of the year's aid, as a bar. For whoever does not see it, the same stands in the list below. */
export function AidBar({ aid: { cap, granted, paid, remaining } }: { readonly aid: Aid }) {
  const { words, format } = useLanguage();
  // for the drawing alone: amounts are shown as the API says them
  const [all, given, gone] = [cap, granted, paid].map(({ amount }) => Number(amount)) as [number, number, number];
  const share = (amount: number) => (all > 0 ? Math.min(1, amount / all) : 0);
  const open = { amount: (given - gone).toFixed(2), currency: cap.currency };
  return (
    <div className="aid">
      <p>
        <strong className="left">{words.aidLeft(format.money(remaining))}</strong> {words.aidOf(format.money(cap))}
      </p>
      <svg className="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect className="rest" width="100" height="8" />
        <rect className="granted" width={100 * share(given)} height="8" />
        <rect className="paid" width={100 * share(gone)} height="8" />
      </svg>
      <dl>
        <Part name="paid" word={words.aidPaid} amount={format.money(paid)} />
        <Part name="granted" word={words.aidGranted} amount={format.money(open)} />
        <Part name="rest" word={words.aidRest} amount={format.money(remaining)} />
      </dl>
    </div>
  );
}

function Part({ name, word, amount }: { readonly name: string; readonly word: string; readonly amount: string }) {
  return (
    <div>
      <dt className={name}>{word}</dt>
      <dd>{amount}</dd>
    </div>
  );
}
