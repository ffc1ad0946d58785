import type { Browser } from 'playwright-core';

/** Something that is true in a real browser. */
export interface BrowserFact {
  readonly fact: string;
  /** @throws when it is not so */
  readonly run: (browser: Browser) => Promise<void>;
}
