import assert from 'node:assert/strict';
import { type Apart, startApart, startDatabase } from './attack/servers.js';
import { Cleanup } from './bench/cleanup.js';
import { Example } from './examples/example.js';
import { startNewerApi } from './examples/newer-api.js';
import { type Fact, tryEach } from './facts.js';
import { freePorts } from './ports.js';

/**
 * `npm run test:examples`: installs each of `examples/` as a newcomer does, asks whether its types are those of the schema
 * and whether it can be built, and runs the client against an API of many processes. Ends with a line `N passed, N failed`.
 */
const CLIENT = new Example('client');
const WEB = new Example('web');

const builds = (example: Example): Fact<Apart>[] => [
  {
    fact: `examples/${example.name} can be installed from its lock file`,
    run: async () => {
      await example.mustNpm(['ci']);
    },
  },
  {
    fact: `examples/${example.name} has the types of the schema (else: npm run codegen there)`,
    run: async () => {
      await example.mustNpm(['run', 'codegen', '--', '--check']);
    },
  },
  {
    fact: `examples/${example.name} can be built`,
    run: async () => {
      await example.mustNpm(['run', 'build']);
    },
  },
];

const APPLICATION = 'RC-2026-000001';
const start = (url: string, ...more: string[]) =>
  CLIENT.npm(['start', '--', '--as', 'patient', '--application', APPLICATION, '--url', url, ...more]);

const RUNS: readonly Fact<Apart>[] = [
  {
    fact: 'examples/client tells of an application, what is left, and the orders',
    run: async ({ url }) => {
      const { code, said } = await start(url);
      assert.match(said, /RC-2026-000001 {2}APPROVED/);
      assert.match(said, /aid 2026 +\d+\.\d\d of 50000\.00 CNY left/);
      assert.match(said, /RX-2026-000004 {2}SHIPPED/);
      assert.doesNotMatch(said, /missing/);
      assert.equal(code, 0);
    },
  },
  {
    fact: 'examples/client says why a change was refused, and what can be done instead',
    run: async ({ url }) => {
      const { said } = await start(url);
      assert.match(said, /WRONG_STATE \(DrugOrderWrongState\)/);
      assert.match(said, /Only an order that is not packed yet can be cancelled\./);
      assert.match(said, /It is [A-Z]+\. What can be done with it: /);
    },
  },
  {
    fact: 'examples/client shows a failure that is newer than itself',
    run: async ({ url }) => {
      const cleanup = new Cleanup();
      try {
        const { code, said } = await start(await startNewerApi(url, cleanup), '--issuer', `${url}/oidc`);
        assert.match(said, /ORDER_SEALED \(OrderIsSealed\)/);
        assert.match(said, /Only an order that is not packed yet can be cancelled\./);
        assert.equal(code, 0);
      } finally {
        await cleanup.run();
      }
    },
  },
  {
    fact: 'examples/client shows what there is while the pharmacy is down, and says what is missing',
    run: async (api) => {
      await api.stop('pharmacy');
      const { code, said } = await start(api.url);
      assert.match(said, /aid 2026 +\d+\.\d\d of 50000\.00 CNY left/);
      assert.match(said, /medicine\s+not known just now/);
      assert.match(said, /missing: application\.drugOrders {2}SUBGRAPH_UNAVAILABLE/);
      assert.equal(code, 0);
    },
  },
  {
    fact: 'examples/client says what to do where nobody answers',
    run: async () => {
      const [port] = await freePorts(1);
      const { code, said } = await start(`http://localhost:${port}`);
      assert.match(said, /Start the API first/);
      assert.equal(code, 1);
    },
  },
];

const order = (number: string, more: object) => ({ number, payBy: null, allowedActions: [], shipment: null, ...more });

/** Rules of the page that the demo has no case for. They run as they are: Node leaves their types out. */
const RULES: readonly Fact<Apart>[] = [
  {
    fact: 'examples/web says what to do next by what the API allows, and first what must not wait',
    run: async () => {
      const { nextSteps, otherActions } = await WEB.module('src/application/next-steps.rules.ts');
      const kinds = (status: string, allowedActions: string[], drugOrders: object[] | null = null) =>
        nextSteps({ status, allowedActions, deadlineAt: null, drugOrders }).map(({ kind }: { kind: string }) => kind);
      assert.deepEqual(kinds('DRAFT', ['SUBMIT', 'WITHDRAW']), ['SUBMIT']);
      assert.deepEqual(kinds('INFORMATION_REQUESTED', ['SUBMIT', 'WITHDRAW']), ['ANSWER']);
      assert.deepEqual(kinds('REJECTED', ['APPEAL']), ['APPEAL']);
      assert.deepEqual(kinds('REJECTED', []), ['NOTHING']);
      assert.deepEqual(kinds('WAITLISTED', ['WITHDRAW']), ['WAIT_FOR_MONEY']);
      assert.deepEqual(kinds('A_STATUS_OF_TOMORROW', []), ['NOTHING']);
      const unpaid = order('1', { allowedActions: ['PAY', 'CANCEL'] });
      const held = order('2', { shipment: { status: 'QUARANTINED' } });
      assert.deepEqual(kinds('APPROVED', ['ENTER_CLAIM'], [unpaid, held]), ['DO_NOT_USE', 'PAY_ORDER', 'CLAIM']);
      const submit = { allowedActions: ['SUBMIT', 'WITHDRAW'] };
      assert.deepEqual(otherActions(submit, [{ kind: 'SUBMIT' }]), ['WITHDRAW']);
    },
  },
  {
    fact: 'examples/web marks the reading that is furthest outside, and draws a curve of one moment too',
    run: async () => {
      const { drawCurve } = await WEB.module('src/order/curve.rules.ts');
      const size = { width: 300, height: 100 };
      const reading = (celsius: number, minute = 0) => ({ at: new Date(60_000 * minute).toISOString(), celsius });
      assert.equal(drawCurve([reading(5), reading(-1, 30), reading(9, 60)], size).worst.celsius, -1);
      assert.equal(drawCurve([reading(2), reading(8, 30)], size).worst, undefined);
      assert.doesNotMatch(drawCurve([reading(5), reading(6)], size).path, /NaN|Infinity/);
    },
  },
];

const cleanup = new Cleanup();
try {
  const { environment } = await startDatabase(cleanup);
  const api = await startApart(environment, cleanup);
  const { passed, failed } = await tryEach('examples', [...builds(CLIENT), ...builds(WEB), ...RULES, ...RUNS], api);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await cleanup.run();
}
