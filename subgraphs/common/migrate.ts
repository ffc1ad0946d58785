import { createHmac } from 'node:crypto';
import { Migration, Migrator } from '@mikro-orm/migrations';
import { type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { migrateJobs } from './jobs.js';
import { Refusal } from './refusal.js';
import { SUBGRAPH_NAMES, type SubgraphName } from './settings.js';
import type { SubgraphDefinition } from './subgraph.js';

/** The database cannot be used as it is; the message says why and what to do. */
export class DatabaseUnusable extends Refusal {}

/** The role with which a subgraph serves: it owns nothing. */
export const servingRole = (name: SubgraphName): string => `care_${name}`;
/** The role that owns a subgraph's schema: for migrations, and for what goes over all rows. */
export const owningRole = (name: SubgraphName): string => `care_${name}_owner`;
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A role's password, made from the installation's secret, so that no process has to be told more than that. */
const passwordOf = (role: string, secret: string): string => createHmac('sha256', secret).update(role).digest('hex');

function urlFor(adminUrl: string, role: string, secret: string): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = passwordOf(role, secret);
  return url.href;
}

/** URL with which a subgraph serves: a role that owns nothing and has rights in its own schema only. */
export const servingUrl = (adminUrl: string, name: SubgraphName, secret: string): string =>
  urlFor(adminUrl, servingRole(name), secret);

/**
 * Makes what the subgraphs need of a server, where it is not there yet: two roles and a schema each, and the extensions.
 * Safe to run again and at the same time.
 *
 * @param adminUrl a user that may create roles and, in this database, schemas and extensions
 * @param secret from which the roles' passwords are made
 */
export async function prepareServer(adminUrl: string, secret: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query('begin');
    await client.query("select pg_advisory_xact_lock(hashtext('care-prepare'))");
    await client.query('create schema if not exists extensions');
    await client.query('create extension if not exists pg_trgm with schema extensions');
    await client.query('create extension if not exists btree_gist with schema extensions');
    await client.query('create extension if not exists btree_gin with schema extensions');
    await client.query('grant usage on schema extensions to public');
    for (const name of SUBGRAPH_NAMES) {
      for (const role of [servingRole(name), owningRole(name)]) {
        const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
        if (rowCount === 0) await client.query(`create role ${role} nosuperuser nocreatedb nocreaterole nobypassrls`);
        await client.query(`alter role ${role} login password ${quoted(passwordOf(role, secret))}`);
        await client.query(`alter role ${role} set search_path = ${name}, extensions`);
      }
      await client.query(`grant ${owningRole(name)} to current_user`);
      await client.query(`create schema if not exists ${name} authorization ${owningRole(name)}`);
      await client.query(`grant usage on schema ${name} to ${servingRole(name)}`);
      await client.query(`create schema if not exists ${name}_jobs authorization ${owningRole(name)}`);
      const defaults = `alter default privileges for role ${owningRole(name)} in schema ${name} grant`;
      await client.query(`${defaults} select, insert, update, delete on tables to ${servingRole(name)}`);
      await client.query(`${defaults} usage on sequences to ${servingRole(name)}`);
    }
    await client.query('commit');
  });
}

/**
 * Brings one subgraph's schema to the version of this code.
 *
 * @throws {DatabaseUnusable} when the data was written by a newer version
 */
export async function migrate(definition: SubgraphDefinition, adminUrl: string, secret: string): Promise<void> {
  await withMigrator(definition, urlFor(adminUrl, owningRole(definition.name), secret), async (orm) => {
    await refuseNewer(definition, orm);
    await orm.migrator.up();
  });
  if (definition.jobs) {
    await migrateJobs(
      definition.name,
      urlFor(adminUrl, owningRole(definition.name), secret),
      servingRole(definition.name),
    );
  }
}

async function refuseNewer(definition: SubgraphDefinition, orm: MikroORM): Promise<void> {
  const known = new Set(definition.migrations.map(({ name }) => name));
  const executed = await orm.migrator.getExecuted();
  const newer = executed.find(({ name }) => !known.has(name));
  if (newer) {
    throw new DatabaseUnusable(
      `The data of the ${definition.name} subgraph was written by a newer version of this program (migration ${newer.name}). Start that version, or use another data folder.`,
    );
  }
}

/** Whether what entities say is what the migrations made: the statements that would be needed, none when all is well. */
export async function drift(definition: SubgraphDefinition, adminUrl: string, secret: string): Promise<string> {
  let statements = '';
  await withMigrator(definition, urlFor(adminUrl, owningRole(definition.name), secret), async (orm) => {
    statements = await orm.schema.getUpdateSchemaSQL({ wrap: false });
  });
  return statements.trim();
}

/** @throws {DatabaseUnusable} when migrations are missing or newer ones were run */
export async function requireMigrated(definition: SubgraphDefinition, url: string): Promise<void> {
  await withMigrator(definition, url, async (orm) => {
    await refuseNewer(definition, orm);
    const pending = await orm.migrator.getPending();
    if (pending.length > 0) {
      throw new DatabaseUnusable(
        `The schema of the ${definition.name} subgraph is not up to date. Run \`npm run migrate\` first.`,
      );
    }
  });
}

async function withMigrator(
  definition: SubgraphDefinition,
  clientUrl: string,
  work: (orm: MikroORM) => Promise<void>,
): Promise<void> {
  const orm = await MikroORM.init({
    clientUrl,
    entities: definition.entities as EntitySchema[],
    schema: definition.name,
    extensions: [Migrator],
    discovery: { warnWhenNoEntities: false },
    schemaGenerator: { skipTables: ['migration', 'idempotency_key'] },
    migrations: {
      tableName: 'migration',
      schema: definition.name,
      snapshot: false,
      silent: true,
      migrationsList: definition.migrations.map(({ name, class: of }) => ({ name, class: of as never })),
    },
  });
  try {
    await work(orm);
  } finally {
    await orm.close(true);
  }
}

/** Runs `work` on a connection of its own, closed afterwards. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A migration that is one piece of SQL. */
export function sqlMigration(name: string, sql: string): { name: string; class: new (...args: never[]) => Migration } {
  const Made = class extends Migration {
    override up(): void {
      this.addSql(sql);
    }
  };
  return { name, class: Made as unknown as new (...args: never[]) => Migration };
}

/**
 * What every subgraph's first migration begins with: functions that read the caller from the connection, and the table
 * of idempotency keys. Policies write `any((select caller_patients())::uuid[])`: so it is evaluated once and an index can be
 * used. An unset setting reads as nobody, so a connection without an identity sees no protected row.
 */
export const CALLER_FUNCTIONS = `
create function caller_subject() returns text language sql stable parallel safe
  return nullif(current_setting('app.subject', true), '');
create function caller_has_role(role text) returns boolean language sql stable parallel safe
  return role = any(string_to_array(current_setting('app.roles', true), ','));
create function caller_organisation() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.organisation', true), '')::uuid;
create function caller_via() returns text language sql stable parallel safe
  return nullif(current_setting('app.via', true), '');
create function caller_patients() returns uuid[] language sql stable parallel safe
  return string_to_array(nullif(current_setting('app.patients', true), ''), ',')::uuid[];
create function caller_applications() returns uuid[] language sql stable parallel safe
  return string_to_array(nullif(current_setting('app.applications', true), ''), ',')::uuid[];

create table idempotency_key (
  client text not null,
  operation text not null,
  key text not null,
  input_hash text not null,
  result_id uuid,
  created_at timestamptz not null default now(),
  primary key (client, operation, key)
);
alter table idempotency_key enable row level security;
create policy own on idempotency_key using (client = caller_subject());
`;
