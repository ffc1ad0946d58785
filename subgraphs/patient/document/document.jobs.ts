import { statement } from '../../common/database.js';
import { isUuid } from '../../common/ids.js';
import type { PatientContext } from '../context.js';
import { LEFT_BEHIND_MINUTES, minutesAfter } from './document.rules.js';

/** Tidies up what uploads that broke off have left behind. */
export const COLLECT_ORPHANS = 'collect-orphans';
/** Removes the file of a document that was deleted. */
export const REMOVE_OBJECT = 'remove-document-object';

export interface RemoveObject {
  readonly objectKey: string;
}

/** Only the system sees all rows: for anybody else, nothing is an orphan. */
const ORPHANS = statement(
  'document-orphans',
  `select key::text from unnest($1::uuid[]) key
   where caller_is_system() and not exists (select from document where object_key = key)`,
);
const BATCH = 500;

/**
 * Writes down which uploads can begin no more, and removes from the store what belongs to no document: what was written to less
 * than an hour ago is left alone, for it may be an upload that is under way.
 */
export async function collectOrphans(_: unknown, { session, documentStore }: PatientContext): Promise<void> {
  const before = minutesAfter(new Date(), -LEFT_BEHIND_MINUTES);
  await session.decide(async (sql) => {
    sql.send(
      `update document set status = 'EXPIRED', version = version + 1 where status = 'AWAITING_UPLOAD' and expires_at < ?`,
      [before],
    );
  });
  let batch: string[] = [];
  for await (const { key, changedAt } of documentStore.list()) {
    if (changedAt >= before) continue;
    batch.push(key);
    if (batch.length < BATCH) continue;
    await removeOrphans(batch, { session, documentStore });
    batch = [];
  }
  await removeOrphans(batch, { session, documentStore });
}

export async function removeObject({ objectKey }: RemoveObject, context: PatientContext): Promise<void> {
  await removeOrphans([objectKey], context);
}

async function removeOrphans(
  keys: readonly string[],
  { session, documentStore }: Pick<PatientContext, 'session' | 'documentStore'>,
): Promise<void> {
  // what was never finished has a key that no row has
  const unfinished = keys.filter((key) => !isUuid(key));
  const orphans = await session.rows<{ key: string }>(ORPHANS, [keys.filter(isUuid)]);
  session.release();
  for (const key of [...unfinished, ...orphans.map(({ key }) => key)]) await documentStore.delete(key);
}
