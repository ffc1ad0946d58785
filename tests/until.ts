import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until it is so.
 *
 * @param isSo left out: until the answer is true
 * @param within how long at most, a little less than a test may take, and how often
 * @returns the answer that it was so with
 * @throws when it does not come to be so, with the last answer
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  isSo: (found: T) => boolean = Boolean,
  { seconds = 50, everyMs = 20 }: { readonly seconds?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const found = await ask();
    if (isSo(found)) return found;
    if (Date.now() > deadline) throw new Error(`It did not come to be so in ${seconds} s: ${JSON.stringify(found)}`);
    await sleep(everyMs);
  }
}
