import { badUserInput, InvalidInput } from '../../common/errors.js';
import { compact } from '../../common/written.js';
import { StockLotAction } from './stock.enums.js';

/** What a maker may print as a lot: signs of ASCII, here without small letters. */
const LOT = /^[!-`{-~]{1,50}$/;

/**
 * A lot's code as it is kept: in capitals, without spaces, so that the same lot is found however it was typed.
 *
 * @throws {InvalidInput} when it is not 1 to 50 letters, digits and signs then
 */
export function lotCode(typed: string, path: string[]): string {
  const code = compact(typed).toUpperCase();
  if (!LOT.test(code)) {
    throw new InvalidInput('A lot is what the maker printed on the package: 1 to 50 letters, digits and signs.', path);
  }
  return code;
}

/** What is looked for in lots' codes. @throws a `BAD_USER_INPUT` error for what cannot be a part of one */
export function partOfLotCode(typed: string): string {
  const code = compact(typed).toUpperCase();
  if (!LOT.test(code)) throw badUserInput('`lot` must be 1 to 50 letters, digits and signs of what is on the package.');
  return code;
}

const MAX_PACKAGES = 10_000;

/** @throws {InvalidInput} for a quantity outside 1–10,000 */
export function checkReceived(quantity: number): void {
  if (quantity < 1 || quantity > MAX_PACKAGES) {
    throw new InvalidInput(`1 to ${MAX_PACKAGES} packages can be received at once.`, ['input', 'quantity']);
  }
}

/** @throws {InvalidInput} for no change, or one by more than 10,000 packages */
export function checkChange(change: number): void {
  if (change === 0 || Math.abs(change) > MAX_PACKAGES) {
    throw new InvalidInput(
      `An adjustment adds 1 to ${MAX_PACKAGES} packages, or takes as many off with a minus sign.`,
      ['input', 'change'],
    );
  }
}

const DAY_MS = 86_400_000;
/** A lot is not sold in its last week: `sells` of migration 0005 says so too. */
const LAST_DAYS = 7;
/** No medicine keeps so long: it is a typing error. */
const MAX_YEARS = 20;

/**
 * @param expiresOn the last day of the lot
 * @param today the day in Shanghai
 * @throws {InvalidInput} when it could not be sold any more, or expires in more than 20 years
 */
export function checkExpiry(expiresOn: string, today: string): void {
  const days = (Date.parse(expiresOn) - Date.parse(today)) / DAY_MS;
  const path = ['input', 'expiresOn'];
  if (days <= LAST_DAYS) {
    throw new InvalidInput('This lot has expired, or does within a week: it cannot be sold. Send it back.', path);
  }
  if (days > MAX_YEARS * 366) {
    throw new InvalidInput(`No medicine keeps for more than ${MAX_YEARS} years. Check the day.`, path);
  }
}

/** What a pharmacist may do with a lot now. A recalled one is still counted until it has left the house. */
export const lotActions = (recalled: boolean): StockLotAction[] =>
  recalled ? [StockLotAction.ADJUST] : [StockLotAction.ADJUST, StockLotAction.RECALL];
