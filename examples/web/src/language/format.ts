/** An amount as the API gives it: a decimal in text, which no float touches. */
interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** Numbers and times in one language, in the zone of the reader. */
export interface Format {
  readonly money: (money: Money) => string;
  readonly day: (at: string | Date) => string;
  readonly time: (at: string | Date) => string;
  readonly degrees: (celsius: number) => string;
}

/** @param tag of the language, for example `en-GB` */
export function formatFor(tag: string): Format {
  const day = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', year: 'numeric' });
  const time = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const degrees = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return {
    // whole yuan where there are no fen: easier to read
    money: ({ amount, currency }) =>
      new Intl.NumberFormat(tag, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        trailingZeroDisplay: 'stripIfInteger',
      }).format(amount as Intl.StringNumericLiteral),
    day: (at) => day.format(new Date(at)),
    time: (at) => time.format(new Date(at)),
    degrees: (celsius) => `${degrees.format(celsius)} °C`,
  };
}
