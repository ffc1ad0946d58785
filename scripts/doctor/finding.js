// Plain JavaScript without packages, as all of the doctor: it must run where nothing is installed or compiled yet.

/**
 * What a check found.
 * @typedef {object} Finding
 * @property {'fine' | 'wrong' | 'unknown'} state `unknown`: cannot be told now, and hinders nothing
 * @property {string} says
 * @property {string} [mend] what to do
 */

/** @param {string} says @returns {Finding} */
export const fine = (says) => ({ state: 'fine', says });

/** @param {string} says @param {string} mend @returns {Finding} */
export const wrong = (says, mend) => ({ state: 'wrong', says, mend });

/** @param {string} says @param {string} [mend] @returns {Finding} */
export const unknown = (says, mend) => ({ state: 'unknown', says, mend });

/**
 * @template T
 * @param {() => T} read
 * @returns {T | undefined} nothing when it throws
 */
export function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
