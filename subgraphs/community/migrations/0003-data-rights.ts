import { dataRightsFunctions } from '../../common/data-rights.js';
import { sqlMigration } from '../../common/migrate.js';

/** What somebody wrote goes with them: under a pseudonym it still tells of their life. */
export const communityDataRights = sqlMigration(
  '0003-data-rights',
  dataRightsFunctions('community', {
    data: `jsonb_build_object(
      'pseudonyms', (select coalesce(jsonb_agg(pseudonym), '[]') from member where subject = of_subject),
      'stories', (select coalesce(jsonb_agg(jsonb_build_object('id', story.id, 'title', title, 'body', body, 'disease', jsonb_build_object('id', disease_id),
          'status', status, 'publishedAt', as_time(published_at), 'version', version) order by story.id), '[]')
        from story join member on member.id = member_id where subject = of_subject),
      'requests', (select coalesce(jsonb_agg(jsonb_build_object('operation', operation, 'at', as_time(created_at)) order by created_at), '[]')
        from idempotency_key where client = of_subject))`,
    obstacles: {},
    deletes: [
      'delete from story using member where member.id = member_id and subject = of_subject',
      'delete from member where subject = of_subject',
      'delete from idempotency_key where client = of_subject',
    ],
    pseudonymises: [],
    traces: [
      'select count(*) from member where subject = of_subject and created_at < erased_since',
      'select count(*) from idempotency_key where client = of_subject and created_at < erased_since',
    ],
  }),
);
