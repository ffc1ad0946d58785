import type { Client } from 'pg';
import { v7 } from 'uuid';
import { diseaseId } from '../../catalog/import.js';

/** A post as a test wants it; a story of long ago without anybody who wrote it where nothing is said. */
export interface PostToInsert {
  readonly body: string;
  readonly title?: string;
  readonly kind?: 'STORY' | 'QUESTION' | 'ARTICLE';
  readonly status?: string;
  readonly diseaseId?: string;
  readonly memberId?: string;
  /** Minutes after the first day of 2025. */
  readonly minute?: number;
  readonly rank?: number;
}

const BEGINNING = Date.UTC(2025, 0, 1);

/** Many at once, past all rules. @returns their ids */
export async function insertPosts(admin: Client, posts: readonly PostToInsert[]): Promise<string[]> {
  const rows = posts.map(({ minute = 0, rank = 0, ...post }) => {
    const at = BEGINNING + minute * 60_000;
    return {
      title: 'Untitled',
      kind: 'STORY',
      status: 'PUBLISHED',
      disease_id: post.diseaseId ?? diseaseId(31),
      member_id: post.memberId ?? null,
      ...post,
      id: v7({ msecs: at }),
      published_at: new Date(at).toISOString(),
      helpful: rank,
      helpful_rank: rank,
    };
  });
  // no trigger: only place_post has something to do, and its work is simple for these
  await admin.query(`set session_replication_role = replica`);
  await admin.query(
    `insert into community.post (id, kind, member_id, pseudonym, disease_id, top_id, depth, title, body, status, published_at, helpful, helpful_rank)
     select id, kind, member_id, 'Somebody', disease_id, id, 0, title, body, status, published_at, helpful, helpful_rank
     from json_to_recordset($1) as row (id uuid, kind text, member_id uuid, disease_id uuid, title text, body text, status text,
       published_at timestamptz, helpful int, helpful_rank int)`,
    [JSON.stringify(rows)],
  );
  await admin.query(`set session_replication_role = origin`);
  return rows.map(({ id }) => id);
}
