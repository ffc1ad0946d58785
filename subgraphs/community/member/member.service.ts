import { randomInt } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { InvalidInput } from '../../common/errors.js';
import { newId } from '../../common/ids.js';
import { MemberEntity } from './member.entity.js';
import { PseudonymTaken } from './member.errors.js';
import { inventPseudonym } from './pseudonym.rules.js';

/** Somebody who writes, as the stories know them. */
export interface Author {
  readonly id: string;
  readonly pseudonym: string;
}

const MAX_ATTEMPTS = 6;
const INSERT =
  'insert into member (id, subject, pseudonym, created_at) values (?, ?, ?, now()) on conflict do nothing returning id';

/**
 * Who the caller is in the community: made a member when they write for the first time, then always the same.
 *
 * @param chosen the pseudonym they ask for, checked; null leaves it to us
 * @throws {PseudonymTaken} when another member has it
 * @throws {InvalidInput} when the caller has another one already
 */
export async function authorOf(em: EntityManager, subject: string, chosen: string | null): Promise<Author> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    // read before and after each try: their first two stories may come at once
    const known = await em.findOne(MemberEntity, { subject });
    if (known) return unchanged(known, chosen);
    const author = { id: newId(), pseudonym: chosen ?? inventPseudonym(attempt, randomInt) };
    const made = await em.execute<{ id: string }[]>(INSERT, [author.id, subject, author.pseudonym]);
    if (made.length > 0) return author;
    if (chosen !== null && !(await em.findOne(MemberEntity, { subject }))) throw new PseudonymTaken();
  }
  throw new Error('No free pseudonym was found');
}

function unchanged({ id, pseudonym }: Author, chosen: string | null): Author {
  if (chosen !== null && chosen !== pseudonym) {
    throw new InvalidInput(`You write as “${pseudonym}” and keep that pseudonym. Leave the field out.`, [
      'input',
      'pseudonym',
    ]);
  }
  return { id, pseudonym };
}
