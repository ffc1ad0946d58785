/**
 * `npm run same-answers [-- --queries N --seed S]`: generated valid queries, each asked of the API and of one merged schema over the
 * same data. Every difference is printed with the simplest query that shows it. `--many`: the API in many processes.
 * `--stock`: so many operations over our own schema and over each of the tests' own, executed by our gateway and by the stock one.
 */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from '../subgraphs/common/refusal.js';
import { startApi, type Way } from '../tests/api.js';
import { startCluster } from '../tests/cluster.js';
import { archive } from '../tests/execution/archive.supergraph.js';
import { AskedApi } from '../tests/execution/asked-api.js';
import { AskedWorld } from '../tests/execution/asked-world.js';
import { bazaar } from '../tests/execution/bazaar.supergraph.js';
import {
  type Asking,
  type Difference as Deviation,
  MOST_DIFFERENCES as ENOUGH,
  ExecutionProof,
} from '../tests/execution/execution-proof.js';
import { network } from '../tests/execution/network.supergraph.js';
import { type Difference, SameAnswers } from '../tests/merged/same-answers.js';
import { fail } from './process.js';
import { seedPatients } from './seed.js';

/** Between two lines of progress. */
const AT_ONCE = 200;
/** So many show what is wrong. */
const MOST_DIFFERENCES = 10;
/** Of a hundred queries the door may find so many too large. */
const MOST_REFUSED_PERCENT = 10;
const PATIENTS = 40;
const LONGEST_SHOWN = 2_000;

function readArguments(): { queries: number; seed: number; way: Way; stock: boolean } {
  const { values } = parseArgs({
    options: {
      queries: { type: 'string' },
      seed: { type: 'string' },
      many: { type: 'boolean' },
      stock: { type: 'boolean' },
    },
  });
  const number = (given: string | undefined, usual: number) => (given === undefined ? usual : Number(given));
  const queries = number(values.queries, 10_000);
  const seed = number(values.seed, Math.floor(Math.random() * 2 ** 31));
  if (!Number.isSafeInteger(queries) || queries < 1 || !Number.isSafeInteger(seed)) {
    throw new Refusal(
      'Usage: npm run same-answers -- [--queries N] [--seed S] [--many | --stock], both whole numbers.',
    );
  }
  return { queries, seed, way: values.many ? 'many processes' : 'one process', stock: values.stock ?? false };
}

function show({ asker, locale, query, variables, federated, merged }: Difference): void {
  const told = (what: unknown) => JSON.stringify(what).slice(0, LONGEST_SHOWN);
  console.log(`${asker} (${locale}), with ${told(variables)}:\n${query}\nthe API:           ${told(federated)}`);
  console.log(`one merged schema: ${told(merged)}\n`);
}

function showDeviation({ what, outage, query, variables, answers }: Deviation): void {
  const told = (found: unknown) => JSON.stringify(found)?.slice(0, LONGEST_SHOWN);
  console.log(`Another ${what}, with ${told(variables)}${outage ? `, while ${told(outage)}` : ''}:\n${query}`);
  for (const [who, { text, errors }] of Object.entries(answers)) {
    console.log(`${who.padEnd(8)} ${text.slice(0, LONGEST_SHOWN)} ${told(errors)}`);
  }
}

/** @returns whether our execution answers as it has to */
async function prove(
  name: string,
  asking: Asking,
  { queries, seed }: ReturnType<typeof readArguments>,
): Promise<boolean> {
  const proof = new ExecutionProof(asking);
  const { progress } = proof;
  try {
    while (progress.asked < queries && progress.differences.length < ENOUGH) {
      await proof.ask(Math.min(AT_ONCE, queries - progress.asked));
      process.stderr.write(
        `${name}: ${progress.asked} of ${queries} operations, ${progress.differences.length} differences\n`,
      );
    }
  } finally {
    await proof.close();
  }
  const { asked, outages, characters, errors, unplannable, stockWrong, planWrong, differences } = progress;
  differences.forEach(showDeviation);
  console.log(
    `${name}: ${asked} operations of seed ${seed}, and ${outages} of them while a subgraph was down: ${differences.length} answered differently. Compared: ${characters} characters and ${errors} errors. The planner failed at ${unplannable} and planned ${planWrong} wrongly; ${stockWrong} times the stock gateway was wrong alone.`,
  );
  return differences.length === 0;
}

/** @returns whether our execution answers as it has to, over each supergraph */
async function compareExecutors(what: ReturnType<typeof readArguments>): Promise<boolean> {
  let isSame = true;
  for (const whole of [archive, bazaar, network]) {
    isSame = (await prove(whole.name, await AskedWorld.open(whole, what.seed), what)) && isSame;
  }
  const api = await startApi('one process', 'same_answers');
  try {
    await seedPatients(api.adminUrl, PATIENTS);
    const asked = await AskedApi.open(api.adminUrl, api.keysDir, what.seed);
    return (await prove('the API', asked, what)) && isSame;
  } finally {
    await api.stop();
  }
}

/** @returns whether all answers were the same */
async function compare({ queries, seed, way }: ReturnType<typeof readArguments>): Promise<boolean> {
  const api = await startApi(way, 'same_answers');
  try {
    await seedPatients(api.adminUrl, PATIENTS);
    const both = await SameAnswers.open(api, seed);
    const { progress } = both;
    try {
      const began = performance.now();
      while (progress.asked < queries && progress.differences.length < MOST_DIFFERENCES) {
        await both.ask(Math.min(AT_ONCE, queries - progress.asked));
        const seconds = (performance.now() - began) / 1000;
        const part = Math.floor((progress.asked / queries) * 100);
        process.stderr.write(
          `${part} %  ${progress.asked} queries, ${Math.round(progress.asked / seconds)}/s, ${progress.differences.length} differences\n`,
        );
      }
    } finally {
      await both.close();
    }
    progress.differences.forEach(show);
    const { asked, refused, values, errors, reordered, differences } = progress;
    const { reached, fields } = both.coverage;
    console.log(
      `${asked} queries of seed ${seed}: ${differences.length} answered differently, ${refused} too large for the door. Compared: ${values} values and ${errors} errors in ${reached} of ${fields} fields; ${reordered} times the keys stood in another order.`,
    );
    return differences.length === 0 && refused <= (asked * MOST_REFUSED_PERCENT) / 100;
  } finally {
    await api.stop();
  }
}

async function main(): Promise<void> {
  const what = readArguments();
  const cluster = await startCluster();
  try {
    process.env.TEST_ADMIN_URL = cluster.adminUrl;
    process.env.TEST_KEYS_DIR = cluster.keysDir;
    process.env.DOCUMENTS_DIR = join(dirname(cluster.keysDir), 'documents');
    if (!(await (what.stock ? compareExecutors : compare)(what))) process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
}

await main().catch(fail);
