import { parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { RequestContext } from '../../gateway/context.js';
import { createGateway } from '../../gateway/gateway.js';
import { InProcessSource } from '../../gateway/sources/in-process.source.js';
import { ANONYMOUS } from '../../subgraphs/common/identity.js';
import { Locale } from '../../subgraphs/common/scalars.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import type { Cleanup } from './cleanup.js';
import type { Figure } from './figure.js';
import { askProgram } from './programs.js';
import { median } from './ratio.js';
import { SHOP_OPERATIONS, shopMonolith, shopSubgraph, shopSupergraph } from './shop/shop.js';

/** How long and how often a part is measured. */
export interface PartOptions {
  readonly rounds: number;
  readonly seconds: number;
}

type Size = keyof typeof SHOP_OPERATIONS;

/** µs of processor time an operation, of each round. */
interface Costs {
  readonly size: Size;
  readonly bytes: number;
  readonly monolith: readonly number[];
  readonly gateway: readonly number[];
}

const GOALS: Readonly<Record<Size, number>> = { small: 3, big: 1.5 };
/** Until what is run often is compiled; it does not count. */
const WARM_UP_SECONDS = 1.5;

/** Our gateway and its subgraphs in one process, against the same as one schema: from the operation to the text of the answer, no HTTP. */
export async function benchInProcess(
  options: PartOptions,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Figure[]> {
  // in a process of its own, with nothing else in its memory
  const costs = (await askProgram({ script: 'bench/gateway.js', environment: {} }, options, cleanup)) as Costs[];
  return costs.map(({ size, bytes, monolith, gateway }) => {
    const [ours, theirs] = [median(gateway), median(monolith)];
    say(`${size}: ${ours.toFixed(1)} and ${theirs.toFixed(1)} µs`);
    return {
      key: `gateway-${size}`,
      name: `No database, ${(bytes / 1_000).toFixed(0)} kB: gateway in process / monolith`,
      goal: { most: GOALS[size] },
      ratios: gateway.map((each, round) => each / (monolith[round] as number)),
      measured: `${ours.toFixed(1)} and ${theirs.toFixed(1)} µs of processor time an operation`,
    };
  });
}

/** The shop's operation by the monolith and by our gateway in this process, each from the operation to the text of its answer. */
export async function shopInProcess(size: Size) {
  const query = SHOP_OPERATIONS[size];
  const document = parse(query);
  const compiled = compileQuery(shopMonolith(), document);
  if (!isCompiledQuery(compiled)) throw new Error('The operation cannot be compiled');
  const settings = readSettings({});
  const api = await createGateway({
    supergraphSdl: shopSupergraph((name) => `http://localhost/${name}`),
    sourceOf: ({ name }) => new InProcessSource(shopSubgraph(name), settings),
    production: true,
    introspection: false,
  });
  // somebody who has signed in: what nobody asks, several may share
  const caller = { identity: { ...ANONYMOUS, subject: 'somebody' }, locale: Locale.EN, trace: '' };
  const monolith = async () => JSON.stringify(await compiled.query(undefined, {}, {}));
  const gateway = async () =>
    JSON.stringify((await api.operations.run({ query, document, variables: {} }, new RequestContext(caller))).result);
  return { monolith, gateway, stop: () => api.apollo.stop() };
}

async function costsOf(size: Size, { rounds, seconds }: PartOptions): Promise<Costs> {
  const { monolith, gateway, stop } = await shopInProcess(size);
  const answer = await monolith();
  if ((await gateway()) !== answer) throw new Error('The gateway does not answer as the monolith does');
  const costs = { size, bytes: Buffer.byteLength(answer), monolith: [] as number[], gateway: [] as number[] };
  // turns of some milliseconds, so that what disturbs hits both
  const turn = async (work: () => Promise<string>, times: number) => {
    const before = process.cpuUsage();
    for (let time = 0; time < times; time++) await work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const times = Math.ceil(20_000 / Math.max(1, (await turn(gateway, 20)) / 20));
  const round = async (length: number) => {
    const sums = { monolith: 0, gateway: 0, turns: 0 };
    for (const end = performance.now() + length * 1_000; performance.now() < end; sums.turns++) {
      sums.monolith += await turn(monolith, times);
      sums.gateway += await turn(gateway, times);
    }
    return [sums.monolith / sums.turns / times, sums.gateway / sums.turns / times] as const;
  };
  await round(Math.min(WARM_UP_SECONDS, seconds));
  for (let each = 0; each < rounds; each++) {
    const [one, joined] = await round(seconds);
    costs.monolith.push(one);
    costs.gateway.push(joined);
  }
  await stop();
  return costs;
}

if (import.meta.main) {
  process.on('message', async (options: PartOptions) => {
    process.send?.([await costsOf('small', options), await costsOf('big', options)]);
  });
  console.log('ready');
}
