import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Browser } from 'playwright-core';
import { Example } from '../../scripts/examples/example.js';
import type { Fact } from '../../scripts/facts.js';
import { until } from '../until.js';
import { served } from './served.js';
import { visit } from './visit.js';

const CLIENT = new Example('client');

/** What of `examples/client` only a browser can tell; the rest is in `scripts/test-examples.ts`. */
export const FACTS: readonly Fact<Browser>[] = [
  {
    fact: 'prints an address to sign in at, and goes on as whoever is chosen there',
    run: async (browser) => {
      const { url } = await served();
      if (!CLIENT.isInstalled) await CLIENT.mustNpm(['ci']);
      await CLIENT.mustNpm(['run', 'build']);
      const client = CLIENT.start(process.execPath, ['dist/main.js', '--url', url]);
      const ended = once(client, 'close');
      try {
        let said = '';
        client.stdout?.on('data', (chunk: Buffer) => {
          said += chunk;
        });
        const page = await until(() => /http\S+\/oidc\/auth\S+/.exec(said)?.[0]);
        const back = new URL(new URL(page as string).searchParams.get('redirect_uri') ?? '').origin;
        await visit(browser, page as string, { mayAsk: [back] }, async (tab) => {
          await tab.locator('button[value="patient"]').click();
          await tab.getByText('You can close this page').waitFor();
        });
        assert.deepEqual(await ended, [0, null]);
        assert.match(said, /RC-2026-000001/);
      } finally {
        client.kill();
      }
    },
  },
];
