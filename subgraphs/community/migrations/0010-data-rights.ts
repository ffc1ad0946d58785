import { dataRightsAnew } from '../../common/data-rights.js';
import { sqlMigration } from '../../common/migrate.js';

/** Rows of a kind, as an array. */
const list = (row: string, rest: string, order = 'id'): string =>
  `(select coalesce(jsonb_agg(jsonb_build_object(${row}) order by ${order}), '[]') from ${rest})`;

/** The member behind the sign-in; a row `m` where there is one. */
const OWN = 'member m where m.subject = of_subject';
const OF_MEMBER = `member_id = (select m.id from ${OWN})`;

/** Stands for free text that may name somebody, where a text there must be. */
const NO_TEXT = `'*'`;

const isRead = (article: string): string =>
  `exists (select from post p where p.id = ${article} and p.status = 'PUBLISHED')`;

const DISEASE = `'disease', case when disease_id is not null then jsonb_build_object('id', disease_id) end`;
const postsOf = (kind: string, more = ''): string =>
  list(
    `'id', id, ${more}'body', body, ${DISEASE}, 'status', status, 'publishedAt', as_time(published_at), 'editedAt', as_time(edited_at), 'version', version,
      'history', ${list(`'version', r.version, 'title', r.title, 'body', r.body, 'writtenAt', as_time(r.written_at)`, 'post_revision r where r.post_id = post.id', 'r.version')}`,
    `post where kind = '${kind}' and ${OF_MEMBER}`,
  );

/**
 * What somebody wrote becomes an empty place, so that what others wrote under it still stands; what they read, followed, reacted to
 * and reported goes, and the member with it. An article that was published stays, as it informs and tells of nobody, without its
 * author. What moderators decided stays as a number in the public log, without texts.
 */
export const communityDataRightsOfMore = sqlMigration(
  '0010-data-rights',
  dataRightsAnew('community', {
    data: `jsonb_build_object(
      'pseudonyms', (select coalesce(jsonb_agg(pseudonym), '[]') from ${OWN}),
      'member', ${list(
        `'since', as_time(date_trunc('minute', created_at)), 'suspendedUntil', as_time(suspended_until), 'warnings', warnings,
          'shownDisease', case when shown_disease_id is not null then jsonb_build_object('id', shown_disease_id) end`,
        OWN,
      )},
      'stories', ${postsOf('STORY', `'title', title, `)},
      'questions', ${postsOf('QUESTION', `'title', title, 'closedAt', as_time(closed_at), `)},
      'answers', ${postsOf('ANSWER', `'question', jsonb_build_object('id', parent_id), `)},
      'comments', ${postsOf('COMMENT', `'parent', jsonb_build_object('id', parent_id), `)},
      'articles', ${list(
        `'id', id, 'article', jsonb_build_object('id', article_id), 'titleEn', title_en, 'titleZh', title_zh, 'bodyEn', body_en, 'bodyZh', body_zh, ${DISEASE},
          'stages', stages, 'authorClass', author_class, 'sources', sources, 'state', state, 'savedAt', as_time(saved_at), 'submittedAt', as_time(submitted_at),
          'reviewedAt', as_time(reviewed_at), 'reviewReason', review_reason, 'version', version`,
        `article_revision where written_by = of_subject or ${OF_MEMBER}`,
      )},
      'reactions', ${list(`'post', jsonb_build_object('id', post_id), 'kind', kind`, `reaction where ${OF_MEMBER}`, 'post_id')},
      'followedDiseases', ${list(`${DISEASE}, 'since', as_time(since)`, `follow where ${OF_MEMBER}`, 'disease_id')},
      'notices', ${list(
        `'id', id, 'kind', kind, 'post', case when post_id is not null then jsonb_build_object('id', post_id) end, 'at', as_time(at), 'readAt', as_time(read_at)`,
        `notice where ${OF_MEMBER}`,
      )},
      'reports', ${list(
        `'id', id, 'post', jsonb_build_object('id', post_id), 'reason', reason, 'note', note, 'at', as_time(at)`,
        `report where ${OF_MEMBER}`,
      )},
      'moderation', ${list(
        `'id', id, 'post', jsonb_build_object('id', post_id), 'state', state, 'title', title, 'body', body, 'openedAt', as_time(opened_at),
          'appealText', appeal_text, 'appealedAt', as_time(appealed_at), 'decisions', ${list(
            `'step', step, 'action', action, 'rule', rule, 'reason', d.reason, 'days', days, 'until', as_time(until), 'at', as_time(d.at)`,
            'moderation_decision d where d.case_id = moderation_case.id',
            'd.at, d.id',
          )}`,
        `moderation_case where told and ${OF_MEMBER}`,
      )},
      'requests', ${list(`'operation', operation, 'at', as_time(created_at)`, 'idempotency_key where client = of_subject', 'created_at')})`,
    obstacles: {},
    // whoever writes something in their name waits, and then finds no such member
    before: `perform from ${OWN} for update;`,
    deletes: [
      'delete from idempotency_key where client = of_subject',
      `delete from follow where ${OF_MEMBER}`,
      `delete from notice where ${OF_MEMBER}`,
      `delete from reaction where ${OF_MEMBER}`,
      `delete from report where ${OF_MEMBER}`,
      `delete from post_revision r using post p where p.id = r.post_id and p.${OF_MEMBER}`,
      `delete from article_revision r where (written_by = of_subject or ${OF_MEMBER}) and (state in ('DRAFT', 'IN_REVIEW', 'RETURNED') or not ${isRead('article_id')})`,
      `delete from article where ${OF_MEMBER} and not ${isRead('article.id')}`,
    ],
    pseudonymises: [
      `update report r set note = null from post p where p.id = r.post_id and p.${OF_MEMBER} and note is not null`,
      `update moderation_decision d set reason = ${NO_TEXT} from moderation_case c where c.id = d.case_id and c.${OF_MEMBER} and d.reason <> ${NO_TEXT}`,
      'update moderation_decision set decided_by = erased_subject where decided_by = of_subject',
      'update moderation_case set escalated_by = erased_subject where escalated_by = of_subject',
      `update moderation_case set member_id = null, title = null, body = null, appeal_text = null, state = 'CLOSED',
        escalation_reason = case when escalation_reason is not null then ${NO_TEXT} end, version = version + 1, firm_version = version + 1 where ${OF_MEMBER}`,
      `update article_revision set member_id = case when written_by = of_subject then null else member_id end,
        pseudonym = case when written_by = of_subject and pseudonym is not null then ${NO_TEXT} else pseudonym end,
        reviewed_by = case when reviewed_by = of_subject then erased_subject else reviewed_by end,
        written_by = case when written_by = of_subject then erased_subject else written_by end
        where written_by = of_subject or reviewed_by = of_subject`,
      `update article set member_id = null, pseudonym = null, version = version + 1 where ${OF_MEMBER}`,
      `update post set member_id = null, pseudonym = null, badge = null, title = null, body = null, status = 'DELETED', version = version + 1
        where ${OF_MEMBER} and not exists (select from article a where a.id = post.id)`,
    ],
    deletesAtLast: ['delete from member where subject = of_subject'],
    traces: [
      // all that they wrote hangs on that row
      'select count(*) from member where subject = of_subject and created_at < erased_since',
      'select count(*) from moderation_decision where decided_by = of_subject and at < erased_since',
      'select count(*) from moderation_case where escalated_by = of_subject and opened_at < erased_since',
      `select count(*) from article_revision where (written_by = of_subject and saved_at < erased_since)
        or (reviewed_by = of_subject and reviewed_at < erased_since)`,
      'select count(*) from idempotency_key where client = of_subject and created_at < erased_since',
    ],
  }),
);
