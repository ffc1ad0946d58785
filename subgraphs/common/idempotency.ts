import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { SubgraphContext } from './context.js';
import type { Executes, Statements } from './database.js';
import { IdempotencyConflict, InvalidInput } from './errors.js';

/** Text that is the same for the same input, whatever the order of its fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return part.toString();
    if (part === null || typeof part !== 'object' || Array.isArray(part) || part instanceof Date) return part;
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** A key with what it was first sent with. */
interface Claim {
  readonly client: string;
  readonly operation: string;
  readonly key: string;
  readonly inputHash: string;
}

/** @throws {InvalidInput} for an empty key or one over 200 characters */
function claimOf({ identity }: SubgraphContext, operation: string, input: { idempotencyKey: string }): Claim {
  const key = input.idempotencyKey;
  if (key.length === 0 || key.length > 200) {
    throw new InvalidInput('An idempotency key has 1 to 200 characters; a new UUID is a good one.', [
      'input',
      'idempotencyKey',
    ]);
  }
  const inputHash = createHash('sha256').update(canonical(input)).digest('hex');
  return { client: identity.subject, operation, key, inputHash };
}

interface Kept {
  readonly input_hash: string;
  readonly result_id: string;
}

const KEPT = 'select input_hash, result_id from idempotency_key where client = ? and operation = ? and key = ?';

/** @throws {IdempotencyConflict} for what was kept with another input, or is not there */
function resultOf([found]: readonly Kept[], inputHash: string): string {
  if (!found || found.input_hash !== inputHash) throw new IdempotencyConflict();
  return found.result_id;
}

/** Takes the key, or waits for who has it. @returns what was kept with it, null when it is new @throws {IdempotencyConflict} */
async function take(sql: Executes, { client, operation, key, inputHash }: Claim): Promise<string | null> {
  const claimed = await sql.execute<{ key: string }[]>(
    'insert into idempotency_key (client, operation, key, input_hash) values (?, ?, ?, ?) on conflict do nothing returning key',
    [client, operation, key, inputHash],
  );
  if (claimed.length > 0) return null;
  return resultOf(await sql.execute<Kept[]>(KEPT, [client, operation, key]), inputHash);
}

/**
 * What a key was answered with, for a use case that cannot be looked at again once it is done. `once` then does it.
 *
 * @returns null for a key that is new
 * @throws {IdempotencyConflict} when the key was used with another input
 * @throws {InvalidInput} for an empty key or one over 200 characters
 */
export async function answeredBefore(
  context: SubgraphContext,
  operation: string,
  input: { idempotencyKey: string },
): Promise<string | null> {
  const { client, key, inputHash } = claimOf(context, operation, input);
  const found = await context.session.decide((sql) => sql.execute<Kept[]>(KEPT, [client, operation, key]));
  if (found.length === 0) return null;
  const answer = resultOf(found, inputHash);
  context.markReplayed();
  return answer;
}

const KEEP = 'update idempotency_key set result_id = ? where client = ? and operation = ? and key = ?';
const kept = (result: string, { client, operation, key }: Claim) => [result, client, operation, key];

/**
 * Does something once a key. The first time `work` runs in a transaction and its answer is kept with the key, in that
 * transaction; later the kept answer is given and nothing is done. Two at once: the second waits for the first. A use
 * case that failed leaves no trace, so that it may be tried again with the same key.
 *
 * @param operation the mutation's name: a key belongs to one client and one operation
 * @param input the whole input, the key included
 * @param work answers the id of what it made or changed
 * @throws {IdempotencyConflict} when the key was used with another input
 * @throws {InvalidInput} for an empty key or one over 200 characters
 */
export async function once(
  context: SubgraphContext,
  operation: string,
  input: { idempotencyKey: string },
  work: (em: EntityManager) => Promise<string>,
): Promise<string> {
  const claim = claimOf(context, operation, input);
  let known: string | null = null;
  const answer = await context.session.transaction(async (em) => {
    known = await take(em, claim);
    if (known !== null) return known;
    const result = await work(em);
    await em.flush();
    await em.execute(KEEP, kept(result, claim));
    return result;
  });
  if (known !== null) context.markReplayed();
  return answer;
}

/**
 * The same for a decision by hand-written statements (`Session.decide`).
 *
 * @param look what the decision rests on: read, and locked, in the packet that asks for the key
 */
export async function decideOnce<Held>(
  context: SubgraphContext,
  operation: string,
  input: { idempotencyKey: string },
  look: (sql: Executes) => Promise<Held>,
  decide: (sql: Statements, held: Held) => Promise<string> | string,
): Promise<string> {
  const claim = claimOf(context, operation, input);
  let known: string | null = null;
  const answer = await context.session.decide(async (sql) => {
    const [taken, held] = await Promise.all([take(sql, claim), look(sql)]);
    known = taken;
    if (known !== null) return known;
    const result = await decide(sql, held);
    sql.send(KEEP, kept(result, claim));
    return result;
  });
  if (known !== null) context.markReplayed();
  return answer;
}
