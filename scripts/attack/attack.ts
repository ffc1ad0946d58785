/** What an attack is, and what every answer to one must be like. */
import { isDeepStrictEqual } from 'node:util';
import type { Reply, Target } from './target.js';

export interface Attack {
  /** What is tried, in a few words. */
  readonly name: string;
  /** Milliseconds within which each answer must come; 100 unless waiting is what is tried. */
  readonly withinMs?: number;
  /** Tries it, and throws Unexpected when an answer is not the one that was expected. */
  readonly run: (target: Target) => Promise<void>;
}

export interface AttackClass {
  readonly name: string;
  readonly attacks: readonly Attack[];
}

/** An answer was not as it must be; the message says how. */
export class Unexpected extends Error {}

/** How we are built: code, hosts, the database and its tables. */
const INSIDES =
  /\n\s+at |node_modules|file:|\.[jt]s:\d|127\.0\.0\.1|localhost|postgres|\bselect\b.+\bfrom\b|insert into|violates|relation "|idempotency_key|care_relationship|application_event|drug_order\b/i;

const USUAL_MS = 100;
/** A machine that does other things may be slow once; what is slow by itself is so each time. */
const TRIES = 3;

/**
 * Tries an attack and looks at all that is promised of every one.
 *
 * @returns the slowest answer in milliseconds
 * @throws {Unexpected}
 */
export async function attempt(attack: Attack, target: Target, ordinary: unknown): Promise<number> {
  const { withinMs = USUAL_MS } = attack;
  let slowest = Number.POSITIVE_INFINITY;
  for (let tries = 1; tries <= TRIES && slowest > withinMs; tries++) {
    const replies = await target.repliesTo(() => attack.run(target));
    for (const reply of replies) lookAt(reply);
    slowest = Math.min(slowest, Math.max(0, ...replies.map(({ ms }) => ms)));
  }
  await afterwards(target, ordinary);
  if (slowest > withinMs) throw new Unexpected(`answered after ${Math.round(slowest)} ms, ${TRIES} times`);
  return slowest;
}

function lookAt({ status, text, isOverload }: Reply): void {
  if (status >= 500 && !isOverload) throw new Unexpected(`status ${status}: ${text.slice(0, 200)}`);
  const inside = INSIDES.exec(text)?.[0];
  if (inside) throw new Unexpected(`tells how it is built: ${JSON.stringify(inside)}`);
}

/** The process lives, as the same, and the next ordinary request is as ever. */
async function afterwards(target: Target, ordinary: unknown): Promise<void> {
  if (!(await target.lives())) throw new Unexpected('the process has not survived it');
  const now = await target.ordinary();
  if (!isDeepStrictEqual(now, ordinary))
    throw new Unexpected(`the next ordinary request: ${JSON.stringify(now).slice(0, 200)}`);
}

interface Expected {
  readonly status: number | readonly number[];
  /** `extensions.code` of every error. */
  readonly code?: string;
  /** How many errors. */
  readonly errors?: number;
}

/** An answer that executes nothing. @throws {Unexpected} */
export function refused(reply: Reply, { status, code, errors }: Expected): void {
  const statuses = [status].flat();
  if (!statuses.includes(reply.status))
    throw new Unexpected(`status ${reply.status} instead of ${statuses.join(' or ')}: ${reply.text.slice(0, 200)}`);
  if (reply.body.data !== undefined && reply.body.data !== null) throw new Unexpected('something was executed');
  if (!reply.type.includes('json')) throw new Unexpected(`not JSON but ${reply.type}`);
  const codes = reply.body.errors?.map(({ extensions }) => String(extensions?.code)) ?? [];
  if (codes.length === 0) throw new Unexpected('no error');
  if (errors !== undefined && codes.length !== errors) throw new Unexpected(`${codes.length} errors`);
  if (code && codes.some((each) => each !== code)) throw new Unexpected(`code ${codes.join()} instead of ${code}`);
}

/** @throws {Unexpected} */
export function same(one: unknown, other: unknown, what: string): void {
  if (!isDeepStrictEqual(one, other))
    throw new Unexpected(
      `${what}: ${JSON.stringify(one)?.slice(0, 160)} beside ${JSON.stringify(other)?.slice(0, 160)}`,
    );
}

/** @throws {Unexpected} */
export function holds(is: boolean, otherwise: string): void {
  if (!is) throw new Unexpected(otherwise);
}
