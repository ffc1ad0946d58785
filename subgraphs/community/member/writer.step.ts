import { randomInt } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { SubgraphContext } from '../../common/context.js';
import type { Executes } from '../../common/database.js';
import { InvalidInput } from '../../common/errors.js';
import type { CommunityContext } from '../context.js';
import { AuthorBadge } from '../post/post.js';
import { minuteId, publicMinute } from '../post/post.rules.js';
import { type Doing, limitsOf, retryAt } from './limits.rules.js';
import { MemberSuspended, PostingLimitReached, PseudonymTaken } from './member.errors.js';
import { DONE } from './member.loader.js';
import { inventPseudonym } from './pseudonym.rules.js';
import { communityStanding } from './standing.port.js';

/** Somebody who writes, as the posts know them. */
export interface Writer {
  readonly id: string;
  readonly pseudonym: string;
}

interface LockedMember extends Writer {
  readonly created_at: string;
  readonly suspended_until: string | null;
}

/**
 * The caller as a member, held until the transaction ends: the first lock of all that a member does. Null for somebody who has
 * written nothing.
 */
export async function lockedMember(sql: Executes): Promise<LockedMember | null> {
  const [row] = await sql.execute<(LockedMember | { id: null })[]>('select * from locked_member()');
  return row && row.id !== null ? row : null;
}

/**
 * Who the caller is in the community, held until the transaction ends: made a member when they do something for the first
 * time, then always the same.
 *
 * @param chosen the pseudonym they ask for, checked; null leaves it to us
 * @param does what they are about to do, which may be limited
 * @throws {PseudonymTaken} when another member has it
 * @throws {InvalidInput} when the caller has another one already
 * @throws {MemberSuspended} {PostingLimitReached}
 */
export async function writerOf(
  em: EntityManager,
  { identity, members }: CommunityContext,
  chosen: string | null,
  does: Doing,
): Promise<Writer> {
  const member = await knownOrMade(em, identity.subject, chosen);
  // they may have just become one
  members.forget();
  const now = new Date();
  if (member.suspended_until !== null && new Date(member.suspended_until) > now) {
    throw new MemberSuspended(new Date(member.suspended_until));
  }
  const limits = limitsOf(does, new Date(member.created_at), now);
  const wait = retryAt(limits, await doneBefore(em, does), now);
  if (wait !== null) throw new PostingLimitReached(wait);
  return { id: member.id, pseudonym: member.pseudonym };
}

const MAX_ATTEMPTS = 6;
const INSERT =
  'insert into member (id, subject, pseudonym, created_at) values (?, ?, ?, now()) on conflict do nothing returning id';

async function knownOrMade(sql: Executes, subject: string, chosen: string | null): Promise<LockedMember> {
  const known = await lockedMember(sql);
  if (known) return unchanged(known, chosen);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const pseudonym = chosen ?? inventPseudonym(attempt, randomInt);
    const made = await sql.execute<{ id: string }[]>(INSERT, [minuteId(publicMinute(new Date())), subject, pseudonym]);
    // looked up after each try, made or not: their first two posts may come at once
    const member = await lockedMember(sql);
    if (member) return made.length > 0 ? member : unchanged(member, chosen);
    if (chosen !== null) throw new PseudonymTaken();
  }
  throw new Error('No free pseudonym was found');
}

function unchanged(member: LockedMember, chosen: string | null): LockedMember {
  if (chosen !== null && chosen !== member.pseudonym) {
    throw new InvalidInput(`You write as “${member.pseudonym}” and keep that pseudonym. Leave the field out.`, [
      'input',
      'pseudonym',
    ]);
  }
  return member;
}

async function doneBefore(sql: Executes, does: Doing): Promise<Date[]> {
  if (does === 'OTHER') return [];
  return (await sql.execute<{ at: string }[]>(DONE[does])).map(({ at }) => new Date(at));
}

/**
 * What is shown beside the pseudonym of what the caller writes now. Physicians carry a badge once they have been verified, which
 * the patient subgraph knows: to be asked before the transaction begins.
 *
 * @throws {SubgraphUnavailable}
 */
export async function badgeOf({ identity, ask }: SubgraphContext): Promise<AuthorBadge | null> {
  if (!identity.roles.includes('PHYSICIAN')) return null;
  return (await communityStanding(ask)).verifiedPhysician ? AuthorBadge.PHYSICIAN : null;
}
