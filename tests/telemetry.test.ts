import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { freePorts } from '../scripts/ports.js';
import { databaseSecret } from '../scripts/prepare.js';
import { Database, statement } from '../subgraphs/common/database.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { systemIdentity } from '../subgraphs/common/identity.js';
import { registry, watchStored } from '../subgraphs/common/metrics.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import { applicationId } from '../subgraphs/common/seed.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { withinTrace } from '../subgraphs/common/trace.js';
import { FundEntity } from '../subgraphs/fund/policy/policy.entity.js';
import { type ApiUnderTest, env, startApi } from './api.js';
import { Person } from './client.js';
import { copyDatabase } from './cluster.js';
import { Program } from './program.js';
import { until } from './until.js';

const READY = /is ready at /;
const PROGRAM = { 'graphql-client-name': 'web app/1', 'apollographql-client-version': '1.2.0' };
const SEEN = 'query Seen($id: ID!) { application(id: $id) { number patient { displayName } } }';

interface Span {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: { key: string; value: object }[];
}

type Sent = {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeSpans: { spans: Span[] }[];
  }[];
};

/** Takes traces as a collector does: OTLP over HTTP, as JSON. */
class Collector {
  readonly spans: Span[] = [];
  private readonly server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Sent;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service }))));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  of(traceId: string): Span[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** A `traceparent` of a client's own. */
const traceOf = (sampled: boolean) => {
  const [traceId, spanId] = [crypto.randomUUID().replaceAll('-', ''), crypto.randomUUID().slice(-12).padStart(16, '1')];
  return { traceId, spanId, header: `00-${traceId}-${spanId}-${sampled ? '01' : '00'}` };
};

/** The samples of a page of metrics, by name and labels. */
const metricsOf = async (origin: string) => {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return new Map([...text.matchAll(/^(\w+(?:\{[^}]*\})?) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
};

describe('a gateway and subgraphs in production', () => {
  const collector = new Collector();
  const programs = new Map<string, Program>();
  let issuer: ApiUnderTest;
  let admin: Client;
  let gateway: string;
  let fund: string;
  let reviewer: Person;
  const id = applicationId(0, 0);

  beforeAll(async () => {
    const [otlp, ports, databaseUrl] = await Promise.all([
      collector.listen(),
      freePorts(3),
      copyDatabase(env('TEST_ADMIN_URL'), `telemetry_${process.pid}`),
    ]);
    issuer = await startApi('one process', 'telemetry_issuer');
    const [fundPort, patientPort, gatewayPort] = ports;
    const environment = {
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      KEYS_DIR: issuer.keysDir,
      DOCUMENTS_DIR: env('DOCUMENTS_DIR'),
      ISSUER_URL: `${issuer.url}/oidc`,
      SUBGRAPH_URLS: JSON.stringify({
        fund: `http://127.0.0.1:${fundPort}/graphql`,
        patient: `http://127.0.0.1:${patientPort}/graphql`,
      }),
      PORT: String(gatewayPort),
      SQL_COMMENTS: 'on',
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
    programs.set('fund', new Program('subgraph.js', ['fund'], environment));
    programs.set('patient', new Program('subgraph.js', ['patient'], environment));
    programs.set('gateway', new Program('gateway.js', [], environment));
    admin = new Client({ connectionString: databaseUrl });
    await Promise.all([admin.connect(), ...[...programs.values()].map((program) => program.says(READY))]);
    gateway = `http://localhost:${gatewayPort}`;
    fund = `http://127.0.0.1:${fundPort}`;
    reviewer = new Person(gateway, (await issuer.person('reviewer')).token);
  });
  afterAll(async () => {
    await Promise.all([...programs.values()].map((program) => program.end('SIGTERM')));
    await Promise.all([issuer?.stop(), admin?.end()]);
    collector.close();
  });

  const linesOf = (name: string): Record<string, unknown>[] =>
    (programs.get(name)?.said ?? '')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  const lineOf = async (traceId: string) =>
    until(
      () => linesOf('gateway').filter((line) => line.traceId === traceId && line.msg === 'request'),
      ({ length }) => length > 0,
    );
  const ask = async (headers: Record<string, string> = PROGRAM, variables: object = { id }, query = SEEN) => {
    const answer = await reviewer.ask(query, variables as Record<string, unknown>, headers);
    return { ...answer, traceId: answer.headers.get('traceparent')?.split('-')[1] as string };
  };

  describe('the name of the program that asks', () => {
    test('is required, and who has none is told under which headers', async () => {
      const incomplete: Record<string, string>[] = [
        {},
        { 'graphql-client-name': 'web' },
        { 'apollographql-client-version': '1' },
      ];
      for (const headers of incomplete) {
        const { status, data, errors } = await ask(headers);
        expect({ status, data }).toEqual({ status: 400, data: undefined });
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
        for (const name of ['apollographql-client-name', 'apollographql-client-version', 'graphql-client-name'])
          expect(errors[0]?.message).toContain(name);
      }
    });

    test('can be sent under either kind of header, from a page too', async () => {
      for (const kind of ['graphql', 'apollographql']) {
        const headers = { [`${kind}-client-name`]: 'web', [`${kind}-client-version`]: '1' };
        const { status, errors } = await ask(headers);
        expect({ status, errors }).toEqual({ status: 200, errors: [] });
        const preflight = await fetch(`${gateway}/graphql`, { method: 'OPTIONS' });
        expect(preflight.status).toBe(204);
        expect(preflight.headers.get('access-control-allow-headers')?.split(', ')).toEqual(
          expect.arrayContaining(Object.keys(headers)),
        );
      }
    });
  });

  describe('the log', () => {
    test('has one line a request, with what it cost and nothing personal', async () => {
      const { traceId, data, status } = await ask();
      expect(status).toBe(200);
      expect(data.application.patient.displayName).toBeTruthy();
      const lines = await lineOf(traceId);
      expect(lines).toEqual([
        {
          level: 30,
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
          msg: 'request',
          endpoint: '/graphql',
          status: 200,
          ms: expect.any(Number),
          waitedMs: expect.any(Number),
          operation: 'Seen',
          client: 'web_app_1',
          version: '1.2.0',
          cost: expect.any(Number),
          traceId,
        },
      ]);
      const [line] = lines;
      expect(line?.ms).toBeGreaterThanOrEqual(line?.waitedMs as number);
      for (const { said, complained } of programs.values()) {
        for (const secret of [id, data.application.number, data.application.patient.displayName, 'demo-reviewer'])
          expect(said + complained).not.toContain(secret);
        expect(said + complained).not.toContain(reviewer.token);
      }
    });

    test('says by which code a request was refused, on one line whatever it is called', async () => {
      const name = `A\r\n{"level":60}${'x'.repeat(100)}`;
      const { status, text, headers } = await sent(
        { query: 'query A { __typename }', operationName: name },
        { ...PROGRAM, 'graphql-client-name': `${'n'.repeat(90)}"\\{` },
      );
      expect([status, text]).toEqual([400, expect.any(String)]);
      const [line] = await lineOf(headers.get('traceparent')?.split('-')[1] as string);
      expect(line).toMatchObject({ status: 400, codes: ['BAD_USER_INPUT'], client: 'n'.repeat(60) });
      expect(line).not.toHaveProperty('waitedMs');
      expect(linesOf('gateway').filter(({ level }) => level === 60)).toEqual([]);
    });

    test('says the codes of the errors in an answer', async () => {
      const { traceId, errors } = await ask(
        PROGRAM,
        {},
        '{ disease(catalogNo: 31) { nameEn } ledgerTransfers: __typename }',
      );
      // the catalog is not there
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['SUBGRAPH_UNAVAILABLE']);
      expect(await lineOf(traceId)).toMatchObject([{ status: 200, codes: ['SUBGRAPH_UNAVAILABLE'] }]);
    });

    const sent = async (body: object, headers: Record<string, string>) => {
      const response = await fetch(`${gateway}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${reviewer.token}`, ...headers },
        body: JSON.stringify(body),
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
  });

  describe('a trace', () => {
    test('goes from the client through the gateway to subgraphs, from one to another, and to the statements', async () => {
      const trace = traceOf(true);
      const { status, traceId } = await ask({ ...PROGRAM, traceparent: trace.header });
      expect({ status, traceId }).toEqual({ status: 200, traceId: trace.traceId });
      const isRoot = ({ parentSpanId }: Span) => parentSpanId === trace.spanId;
      const spans = await until(
        () => collector.of(traceId),
        (found) => {
          const ids = new Set(found.map(({ spanId }) => spanId));
          const services = new Set(found.filter(({ name }) => name.startsWith('sql ')).map(({ service }) => service));
          const whole = found.every((span) => isRoot(span) || ids.has(span.parentSpanId ?? ''));
          return whole && found.some(isRoot) && services.size === 2;
        },
      );
      expect(spans.filter(isRoot)).toMatchObject([{ service: 'gateway', name: '/graphql Seen' }]);
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      const wayOf = (span: Span | undefined): string[] =>
        span ? [...wayOf(byId.get(span.parentSpanId ?? '')), `${span.service}: ${span.name}`] : [];
      const ways = spans.map((span) => wayOf(span).join(' > '));
      expect(ways).toContainEqual(
        expect.stringMatching(
          /^gateway: \/graphql Seen > gateway: subgraph > fund: answer > fund: sql applications-by-id/,
        ),
      );
      // before the patient subgraph shows a patient to a reviewer, it asks the fund
      expect(ways).toContainEqual(
        expect.stringMatching(/> gateway: subgraph > patient: answer > patient: question > fund: answer > fund: sql /),
      );
    });

    test('tells names and no values', async () => {
      const said = JSON.stringify(collector.spans);
      expect(collector.spans.length).toBeGreaterThan(10);
      for (const secret of [id, 'demo-reviewer', 'select', 'displayName']) expect(said).not.toContain(`${secret} `);
      for (const secret of [id, 'demo-reviewer', '$id', 'applicationId']) expect(said).not.toContain(secret);
    });

    test('is not sent when whoever began it does not want it kept', async () => {
      const [unwanted, wanted] = [traceOf(false), traceOf(true)];
      expect((await ask({ ...PROGRAM, traceparent: unwanted.header })).traceId).toBe(unwanted.traceId);
      await ask({ ...PROGRAM, traceparent: wanted.header });
      // batches are sent in the order in which spans end
      for (const service of ['gateway', 'fund', 'patient'])
        await until(() => collector.of(wanted.traceId).some((span) => span.service === service));
      expect(collector.of(unwanted.traceId)).toEqual([]);
    });

    test('stands in what PostgreSQL is asked', async () => {
      const { traceId } = await ask();
      const { rows } = await admin.query<{ query: string }>(
        `select query from pg_stat_activity where datname = current_database() and application_name = 'care-fund' and query like $1`,
        [`%${traceId}%`],
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const { query } of rows)
        expect(query).toMatch(new RegExp(`\\S /\\*traceparent='00-${traceId}-[0-9a-f]{16}-01'\\*/$`));
    });
  });

  describe('metrics', () => {
    test('of the gateway count requests by endpoint and status, its own part of the time, and how plans are kept', async () => {
      const text = `query Counted { application(id: "${id}") { number } }`;
      const before = await metricsOf(gateway);
      await ask(PROGRAM, {}, text);
      await ask(PROGRAM, {}, text);
      await ask({});
      const name = 'graphql_request_seconds_count{endpoint="/graphql",status=';
      const after = await until(
        () => metricsOf(gateway),
        (now) => now.get(`${name}"400"}`) === (before.get(`${name}"400"}`) ?? 0) + 1,
      );
      const grown = (sample: string) => (after.get(sample) ?? 0) - (before.get(sample) ?? 0);
      expect(grown(`${name}"200"}`)).toBe(2);
      expect(grown('graphql_gateway_seconds_count{endpoint="/graphql"}')).toBe(2);
      const whole = grown('graphql_request_seconds_sum{endpoint="/graphql",status="200"}');
      expect(grown('graphql_gateway_seconds_sum{endpoint="/graphql"}')).toBeGreaterThan(0);
      expect(grown('graphql_gateway_seconds_sum{endpoint="/graphql"}')).toBeLessThan(whole);
      expect(grown('plan_cache_lookups_total{result="miss"}')).toBe(1);
      expect(grown('plan_cache_lookups_total{result="hit"}')).toBe(1);
      expect(grown('plan_cache_plans')).toBe(1);
      expect(grown('requests_refused_total{endpoint="/graphql",code="BAD_USER_INPUT",limit=""}')).toBe(1);
    });

    test('of a subgraph tell which jobs wait and which have failed', async () => {
      await admin.query(`
        select fund_jobs.add_job('nobody-does-this', run_at => now() - interval '1 hour');
        select fund_jobs.add_job('later', run_at => '2099-01-01T00:00:00Z');
        select fund_jobs.add_job('failed', max_attempts => 1);
        update fund_jobs._private_jobs set attempts = 1 where task_id = (select id from fund_jobs._private_tasks where identifier = 'failed')`);
      const now = await until(
        () => metricsOf(fund),
        (found) => found.get('jobs_failed{subgraph="fund"}') === 1,
      );
      expect(now.get('jobs_waiting{subgraph="fund"}')).toBe(1);
      expect(now.get('jobs_oldest_seconds{subgraph="fund"}')).toBeGreaterThanOrEqual(3_600);
    });

    test('of the fund tell whether its books add up, since a check that is done every night', async () => {
      const okay = 'ledger_check_ok{subgraph="fund"}';
      const at = 'ledger_checked_timestamp_seconds{subgraph="fund"}';
      const first = await metricsOf(fund);
      expect(first.get(okay)).toBe(1);
      const checked = async (isSo: number) => {
        const { rows } = await admin.query(
          `select extract(epoch from now())::float8 as now from fund_jobs.add_job('check-ledger')`,
        );
        return until(
          () => metricsOf(fund),
          (found) => (found.get(at) ?? 0) >= rows[0].now && found.get(okay) === isSo,
        );
      };
      await checked(1);
      await admin.query(`
        begin; set local session_replication_role = replica; alter table fund.fund_balance disable row level security;
        update fund.fund_balance set outside_fen = outside_fen - 7, available_fen = available_fen + 7;
        alter table fund.fund_balance enable row level security; commit`);
      await checked(0);
      const told = linesOf('fund').find(({ level, problems }) => level === 50 && problems !== undefined);
      expect(told?.problems).toContain('balance-is-sum-of-transfers');
      expect(Object.keys(told ?? {}).sort()).toEqual([
        'checks',
        'level',
        'msg',
        'problems',
        'time',
        'traceId',
        'transfers',
      ]);
    });
  });
});

describe('SQL', () => {
  let database: Database;
  const trace = traceOf(false).header;
  const comment = `/*traceparent='${trace}'*/`;
  beforeAll(async () => {
    const adminUrl = await copyDatabase(env('TEST_ADMIN_URL'), `telemetry_sql_${process.pid}`);
    const url = servingUrl(adminUrl, 'fund', databaseSecret(readSettings({ KEYS_DIR: env('TEST_KEYS_DIR') })));
    database = await Database.open({ name: 'fund', url, entities: [FundEntity], maxConnections: 2, sqlComments: true });
  });
  afterAll(() => database?.close());

  /** What PostgreSQL was asked, in its own words, by each way there is to ask. */
  const OWN = 'select query from pg_stat_activity where pid = pg_backend_pid()';
  const asked = async (): Promise<string[]> => {
    const session = database.session(systemIdentity('fund'), async () => []);
    session.enter();
    const own = statement('own', OWN);
    type Row = { readonly query: string };
    const ways = [
      () => database.publicRows<Row>(own),
      () => session.rows<Row>(own),
      () => session.decide((sql) => sql.execute<Row[]>(OWN)),
      () => session.decide((sql) => sql.atLength<Row[]>(OWN, 60)),
      () => session.transaction((em) => em.execute<Row[]>(OWN)),
    ];
    const texts: string[] = [];
    for (const way of ways) texts.push(...(await way()).map(({ query }) => query));
    session.leave();
    return texts;
  };

  test('ends with the trace it belongs to, whichever way it is asked', async () => {
    expect(await withinTrace(trace, asked)).toEqual(Array(5).fill(`${OWN} ${comment}`));
  });

  test('is as it was where nobody asked for it, or a trace is none', async () => {
    expect(await asked()).toEqual(Array(5).fill(OWN));
    const forged = `00-*/ drop table fund; /*-${'1'.repeat(16)}-01`;
    expect(await withinTrace(forged, asked)).toEqual(Array(5).fill(OWN));
  });
});

test('what must never be logged is left out even where somebody logs it', async () => {
  const module = JSON.stringify(join(PROJECT_ROOT, 'dist/subgraphs/common/log.js'));
  const secret = { variables: { name: 'Lin Yue' }, token: 'Lin Yue', detail: 'Lin Yue' };
  const program = `import { log } from ${module}; log.info({ ...${JSON.stringify(secret)}, err: new Error('Lin Yue'), kept: 1 }, 'x')`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(JSON.parse(stdout)).toEqual({ level: 30, time: expect.any(String), kept: 1, msg: 'x' });
});

test('metrics are shown without what a database does not say, and it is not asked again until it has', async () => {
  let asked = 0;
  const end = watchStored('catalog', {
    gauges: { never_told: 'Nothing' },
    ask: () => {
      asked++;
      return new Promise(() => undefined);
    },
  });
  const pages = [await registry.metrics(), await registry.metrics(), await registry.metrics()];
  for (const page of pages) {
    expect(page).toContain('# TYPE never_told gauge');
    expect(page).not.toMatch(/^never_told/m);
  }
  expect(asked).toBe(1);
  end();
});
