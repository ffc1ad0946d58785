import { resolve } from 'node:path';
import { z } from 'zod';
import { Refusal } from './refusal.js';

/** The five subgraphs, in the order in which they are started and migrated. */
export const SUBGRAPH_NAMES = ['catalog', 'patient', 'fund', 'pharmacy', 'community'] as const;
export type SubgraphName = (typeof SUBGRAPH_NAMES)[number];

const port = z.coerce.number().int().min(0).max(65535);
/** Where a subgraph answers when nothing else is said: the supergraph names it, `npm run start:subgraph` listens there. */
export const subgraphUrl = (name: SubgraphName): string =>
  `http://127.0.0.1:${4001 + SUBGRAPH_NAMES.indexOf(name)}/graphql`;

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ });
const milliseconds = z.coerce.number().int().min(1);
const count = z.coerce.number().int().min(1);
const json = <Value extends z.ZodType>(value: Value) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('not JSON');
        return z.NEVER;
      }
    })
    .pipe(value);

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: port.default(4000),
  WORKERS: z.coerce.number().int().min(1).max(256).default(1),
  DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: databaseUrl.optional(),
  CATALOG_DATABASE_URL: databaseUrl.optional(),
  PATIENT_DATABASE_URL: databaseUrl.optional(),
  FUND_DATABASE_URL: databaseUrl.optional(),
  PHARMACY_DATABASE_URL: databaseUrl.optional(),
  COMMUNITY_DATABASE_URL: databaseUrl.optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(10),
  KEYS_DIR: z.string().min(1).optional(),
  DOCUMENTS_DIR: z.string().min(1).optional(),
  DOCUMENTS_S3_URL: z.url({ protocol: /^https?$/ }).optional(),
  DOCUMENTS_S3_BUCKET: z.string().min(1).optional(),
  DOCUMENTS_S3_REGION: z.string().min(1).default('us-east-1'),
  DOCUMENTS_S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  DOCUMENTS_S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  ISSUER_URL: z.url().optional(),
  AUDIENCE: z.string().min(1).default('https://api.rare-disease-care.example'),
  SUBGRAPH_TIMEOUT_MS: milliseconds.default(5_000),
  SUBGRAPH_READ_TIMEOUT_MS: milliseconds.default(1_500),
  // with as many that wait, all that the door lets in at once
  SUBGRAPH_CONCURRENCY: count.default(100),
  COST_LIMIT: count.default(5_000),
  RATE_LIMIT_BURST: count.default(50_000),
  RATE_LIMIT_PER_SECOND: count.default(5_000),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  PARTNER_QUOTA_PER_DAY: count.default(1_000_000),
  PARTNER_QUOTAS: json(z.record(z.string(), count)).optional(),
  MAX_IN_FLIGHT: count.default(200),
  MAX_IN_FLIGHT_PER_CLIENT: count.default(50),
  BODY_TIMEOUT_MS: milliseconds.default(10_000),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  TRUSTED_DOCUMENTS: z.enum(['off', 'only']).default('off'),
  AUTOMATIC_PERSISTED_QUERIES: z.enum(['off', 'on']).default('off'),
  DRAIN_DELAY_MS: z.coerce.number().int().min(0).default(0),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  SQL_COMMENTS: z.enum(['off', 'on']).default('off'),
  REQUEST_LOG: z.enum(['off', 'on']).default('on'),
  SUBGRAPH_URLS: json(z.record(z.string(), z.url().or(z.array(z.url()).min(1)))).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** Every environment variable that is read: `docs/settings.md` tells of each. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

/** A bucket of S3, or of a server that speaks as S3 does. */
export interface S3Settings {
  /** Where it answers; the bucket is named in the path. */
  readonly url: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Where the files of documents lie: in a folder, or in a bucket. */
export type DocumentStoreSettings =
  | { readonly kind: 'disk'; readonly folder: string }
  | ({ readonly kind: 's3' } & S3Settings);

/** What one client may ask for. Costs are points, about one an object that may come back. */
export interface LimitSettings {
  /** The most that one operation may cost. */
  readonly costOfOperation: number;
  /** What a client may spend at once. */
  readonly burst: number;
  /** What comes back to it each second. */
  readonly perSecond: number;
  /** Where processes share what is spent; without it each counts for itself. */
  readonly redisUrl?: string;
  /** What a partner may spend a day, unless `partnerQuotas` says otherwise of its organisation. */
  readonly partnerQuotaPerDay: number;
  readonly partnerQuotas: Readonly<Record<string, number>>;
  /** Requests of one client at once. */
  readonly inFlightPerClient: number;
  readonly bodyTimeoutMs: number;
  /** Proxies of ours in front, whose `x-forwarded-for` is believed; 0 believes nobody. */
  readonly trustedProxies: number;
}

/** Everything that can be set from outside, read from the environment once. */
export interface Settings {
  readonly environment: 'development' | 'test' | 'production';
  /** Port of the gateway; 0 takes any free one. */
  readonly port: number;
  /** Processes that serve at that port. */
  readonly workers: number;
  /** Folder of the embedded database and the keys, absolute. */
  readonly dataDir: string;
  /** Folder of the key files, absolute. */
  readonly keysDir: string;
  readonly documents: DocumentStoreSettings;
  /** Administrator's URL of a PostgreSQL you have; without it one is embedded. */
  readonly databaseUrl?: string;
  /** Connections a subgraph may hold. */
  readonly databasePool: number;
  /** An OpenID Connect issuer you have; without it one for development is embedded. */
  readonly issuerUrl?: string;
  /** The `aud` that access tokens must carry. */
  readonly audience: string;
  /** How long a subgraph may take over a change, or over another subgraph's question. */
  readonly subgraphTimeoutMs: number;
  /** How long a subgraph may take over a read. */
  readonly subgraphReadTimeoutMs: number;
  /** Fetches that the gateway has under way at one subgraph; as many again may wait, and for seconds several times as many. */
  readonly subgraphConcurrency: number;
  /** Where each subgraph answers, when not at the address that the supergraph names; several for replicas. */
  readonly subgraphUrls: Readonly<Record<string, readonly string[]>>;
  readonly limits: LimitSettings;
  /** Requests that the gateway works on at once; more are refused with 503. */
  readonly maxInFlight: number;
  /** `only`: operations are run by `documentId` alone. */
  readonly trustedDocuments: 'off' | 'only';
  readonly automaticPersistedQueries: boolean;
  /** After SIGTERM: how long new requests are still taken, while health says `draining` and balancers look elsewhere. */
  readonly drainDelayMs: number;
  /** Where traces are sent to, by OTLP over HTTP; none are made without it. */
  readonly otlpUrl?: string;
  /** Whether each SQL statement names its request in a comment; costs the plans that PostgreSQL keeps by name. */
  readonly sqlComments: boolean;
  /** Whether each request leaves a line in the log. */
  readonly requestLog: boolean;
  /** Database URLs with a subgraph's serving role (`FUND_DATABASE_URL`), for processes that must not know the administrator's. */
  readonly servingUrls: Readonly<Partial<Record<SubgraphName, string>>>;
  /** The address that a subgraph's own server listens on. */
  readonly host: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** A setting that cannot be used: its message names the variable and what it takes. */
export class SettingsError extends Refusal {}

/** @throws {SettingsError} naming every variable that is wrong */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = schema.safeParse(given);
  if (!read.success) {
    const wrong = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new SettingsError(`These environment variables cannot be used: ${wrong}`);
  }
  const value = read.data;
  const dataDir = resolve(value.DATA_DIR);
  return {
    environment: value.NODE_ENV,
    port: value.PORT,
    workers: value.WORKERS,
    dataDir,
    keysDir: value.KEYS_DIR ? resolve(value.KEYS_DIR) : resolve(dataDir, 'keys'),
    documents: documentStore(value, dataDir),
    databaseUrl: value.DATABASE_URL,
    databasePool: value.DATABASE_POOL,
    issuerUrl: value.ISSUER_URL,
    audience: value.AUDIENCE,
    subgraphTimeoutMs: value.SUBGRAPH_TIMEOUT_MS,
    subgraphReadTimeoutMs: Math.min(value.SUBGRAPH_READ_TIMEOUT_MS, value.SUBGRAPH_TIMEOUT_MS),
    subgraphConcurrency: value.SUBGRAPH_CONCURRENCY,
    subgraphUrls: Object.fromEntries(
      Object.entries(value.SUBGRAPH_URLS ?? {}).map(([name, urls]) => [name, [urls].flat()]),
    ),
    limits: {
      costOfOperation: value.COST_LIMIT,
      burst: value.RATE_LIMIT_BURST,
      perSecond: value.RATE_LIMIT_PER_SECOND,
      redisUrl: value.REDIS_URL,
      partnerQuotaPerDay: value.PARTNER_QUOTA_PER_DAY,
      partnerQuotas: value.PARTNER_QUOTAS ?? {},
      inFlightPerClient: value.MAX_IN_FLIGHT_PER_CLIENT,
      bodyTimeoutMs: value.BODY_TIMEOUT_MS,
      trustedProxies: value.TRUSTED_PROXIES,
    },
    maxInFlight: value.MAX_IN_FLIGHT,
    trustedDocuments: value.TRUSTED_DOCUMENTS,
    automaticPersistedQueries: value.AUTOMATIC_PERSISTED_QUERIES === 'on',
    drainDelayMs: value.DRAIN_DELAY_MS,
    otlpUrl: value.OTEL_EXPORTER_OTLP_ENDPOINT,
    sqlComments: value.SQL_COMMENTS === 'on',
    requestLog: value.REQUEST_LOG === 'on',
    servingUrls: {
      catalog: value.CATALOG_DATABASE_URL,
      patient: value.PATIENT_DATABASE_URL,
      fund: value.FUND_DATABASE_URL,
      pharmacy: value.PHARMACY_DATABASE_URL,
      community: value.COMMUNITY_DATABASE_URL,
    },
    host: value.HOST,
    logLevel: value.LOG_LEVEL,
  };
}

/** @throws {SettingsError} for a bucket of which something is not said */
function documentStore(value: z.infer<typeof schema>, dataDir: string): DocumentStoreSettings {
  const { DOCUMENTS_S3_URL: url, DOCUMENTS_S3_BUCKET: bucket, DOCUMENTS_S3_REGION: region } = value;
  const { DOCUMENTS_S3_ACCESS_KEY_ID: accessKeyId, DOCUMENTS_S3_SECRET_ACCESS_KEY: secretAccessKey } = value;
  if (!url) return { kind: 'disk', folder: resolve(value.DOCUMENTS_DIR ?? resolve(dataDir, 'documents')) };
  if (!bucket || !accessKeyId || !secretAccessKey) {
    throw new SettingsError(
      'With DOCUMENTS_S3_URL set DOCUMENTS_S3_BUCKET, DOCUMENTS_S3_ACCESS_KEY_ID and DOCUMENTS_S3_SECRET_ACCESS_KEY too.',
    );
  }
  return { kind: 's3', url, bucket, region, accessKeyId, secretAccessKey };
}
