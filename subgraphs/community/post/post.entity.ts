import { defineEntity } from '@mikro-orm/core';
import { MemberEntity } from '../member/member.entity.js';
import type { AuthorBadge, PostKind, PostStatus } from './post.js';

/** As PostgreSQL writes the expression down. */
const SEARCHED = `(CASE WHEN (kind = ANY (ARRAY['STORY'::text, 'QUESTION'::text, 'ARTICLE'::text])) THEN community.search_form(((COALESCE(title, ''::text) || ' '::text) || COALESCE(body, ''::text))) ELSE NULL::text END)`;

/** Whatever somebody wrote. */
export const PostEntity = defineEntity({
  name: 'Post',
  tableName: 'post',
  properties: (p) => ({
    id: p.uuid().primary(),
    kind: p.text().$type<PostKind>(),
    /** Null: nobody signed in wrote it, or they have been erased. */
    member: () => p.manyToOne(MemberEntity).ref().nullable().deleteRule('no action'),
    /** The member's, so that everybody can read a post without being able to read members. */
    pseudonym: p.text().nullable(),
    /** What was verified of the author when it was published. */
    badge: p.text().$type<AuthorBadge>().nullable(),
    diseaseId: p.uuid().nullable(),
    parentId: p.uuid().nullable(),
    /** Of a story, question or article its own id; a trigger sets it. */
    topId: p.uuid(),
    depth: p.smallint(),
    title: p.text().nullable(),
    /** Null when it was deleted. */
    body: p.text().nullable(),
    status: p.text().$type<PostStatus>(),
    reachable: p.boolean().default(true),
    publishedAt: p.datetime().nullable(),
    editedAt: p.datetime().nullable(),
    acceptedId: p.uuid().nullable(),
    closedAt: p.datetime().nullable(),
    helpful: p.integer().default(0),
    thanks: p.integer().default(0),
    withYou: p.integer().default(0),
    helpfulRank: p.integer().default(0),
    version: p.integer().version(),
    /** Its words as they are searched; made by PostgreSQL, and nothing that anybody reads. */
    search: p.text().nullable().lazy().generated(`${SEARCHED} stored`),
  }),
  policies: [
    {
      name: 'post_readable',
      command: 'select',
      using: `status = 'PUBLISHED' and reachable or published_at is not null and (select caller_has_role('MODERATOR'))`,
    },
    { name: 'post_author', using: 'member_id = (select caller_member())' },
  ],
});

/** What a post's text was before it was changed. Written by a trigger. */
export const PostRevisionEntity = defineEntity({
  name: 'PostRevision',
  tableName: 'post_revision',
  properties: (p) => ({
    postId: p.uuid().primary(),
    version: p.integer().primary(),
    title: p.text().nullable(),
    body: p.text(),
    writtenAt: p.datetime(),
  }),
  policies: [
    {
      name: 'post_revision_read',
      command: 'select',
      using: `(select caller_has_role('MODERATOR')) or exists (select from post p where p.id = post_id and p.member_id = (select caller_member()) offset 0)`,
    },
  ],
});
