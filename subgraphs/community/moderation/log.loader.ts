import type { Page, PagedList } from '../../common/connection.js';
import { type Database, statement } from '../../common/database.js';
import type { ModerationLogEntry } from './log.js';

/** The id is for cursors: it tells the day and no more, and is nothing else's. */
export type LogRow = ModerationLogEntry & { readonly id: string };

const LOG = statement(
  'moderation-log',
  `select id, day::text, kind as "postKind", action, rule, outcome as "appealOutcome" from moderation_log($1, $2)`,
);
const COUNT = statement('count-moderation-log', 'select count_moderation_log() as count');

/** What moderators decided, as anybody may read it; the latest day first. */
export const moderationLog = (database: Database, { after, first }: Page): PagedList<LogRow> => ({
  rows: () => database.publicRows<LogRow>(LOG, [after, first + 1]),
  count: () => database.publicCount(COUNT),
});
