const SHANGHAI_DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' });

/** The day in Shanghai, YYYY-MM-DD: what is a day or a year for the fund is so there. */
export const shanghaiDay = (moment: Date): string => SHANGHAI_DAY.format(moment);

/** The aid year of a moment: the calendar year in Shanghai. */
export const aidYear = (moment: Date): number => Number(shanghaiDay(moment).slice(0, 4));
