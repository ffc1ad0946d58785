import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ClientError } from 'graphql-request';
import { Api } from './api.js';
import { outcomeLines } from './cancel-order.js';
import {
  ApplicationOverviewDocument,
  CancelOrderDocument,
  MyApplicationsDocument,
  OrderVersionDocument,
} from './gql/graphql.js';
import { overviewLines } from './overview.js';
import { signIn } from './sign-in.js';

const USAGE = 'npm start [-- --as patient] [--application RC-2026-000001] [--url http://localhost:4000] [--issuer URL]';

function say(title: string, lines: readonly string[]): void {
  console.log(`\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

interface Options {
  readonly url: string;
  /** The development issuer of the API, if left out. */
  readonly issuer?: string;
  /** A demo person, who is signed in without a browser. */
  readonly as?: string;
  /** The number of one; the newest that was approved, if left out. */
  readonly application?: string;
}

async function main({ url, issuer, as, application }: Options): Promise<void> {
  const token = await signIn(new URL(issuer ?? '/oidc', url), as);
  const api = new Api(new URL(url), token);

  const mine = await api.ask(MyApplicationsDocument, {});
  const chosen = mine.data.applications?.nodes.find(({ number, status }) =>
    application === undefined ? status === 'APPROVED' : number === application,
  );
  if (!chosen) {
    const why = mine.missing.map(({ code, message }) => `${code}  ${message}`);
    return say('No application', why.length > 0 ? why : [`None of yours is ${application ?? 'approved'}.`]);
  }

  const { id, aidYear } = chosen;
  const overview = await api.ask(ApplicationOverviewDocument, { id, year: aidYear });
  if (overview.data.application) say('The main query', overviewLines(overview.data.application, overview));

  const { data, missing } = await api.ask(OrderVersionDocument, { applicationId: id });
  // an order that may be cancelled has CANCEL among its actions; we try one that has not, to be refused
  const order = data.application?.drugOrders?.find(({ allowedActions }) => !allowedActions.includes('CANCEL'));
  if (!order)
    return say('A change that is refused', [
      missing.length > 0 ? 'Orders cannot be told just now.' : 'No order is past cancelling.',
    ]);
  // made once for what the user wants, and sent again with it after a broken connection: it is then done once
  const idempotencyKey = randomUUID();
  const input = { orderId: order.id, expectedVersion: order.version, idempotencyKey };
  const cancelled = await api.ask(CancelOrderDocument, { input });
  const outcome = cancelled.data.cancelDrugOrder;
  say(
    `A change that is refused: cancelling ${order.number}`,
    outcome ? outcomeLines(outcome) : cancelled.missing.map(({ code, message }) => `${code}  ${message}`),
  );
}

/** What to tell somebody whose request could not even be executed. */
function explained(error: unknown, url: string): string {
  if (error instanceof ClientError) {
    const [first] = error.response.errors ?? [];
    return `The API refuses (${error.response.status}): ${first?.message ?? 'it does not say why.'}`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if ((cause as NodeJS.ErrnoException).code === 'ECONNREFUSED')
    return `Nothing answers at ${url}. Start the API first: npm start in the folder above, twice up.`;
  return error instanceof Error ? error.message : String(error);
}

let url = process.env.API_URL ?? 'http://localhost:4000';
try {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      issuer: { type: 'string' },
      as: { type: 'string' },
      application: { type: 'string' },
    },
  });
  url = values.url ?? url;
  await main({ ...values, url });
} catch (error) {
  const isUsage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? USAGE : explained(error, url));
  process.exitCode = 1;
}
