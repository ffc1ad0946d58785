import { CALLER_FUNCTIONS, sqlMigration } from '../../common/migrate.js';

/** Members know their sign-in and are seen by nobody else; stories carry the pseudonym, so that reading needs no member. */
export const communityTables = sqlMigration(
  '0001-community',
  `${CALLER_FUNCTIONS}
create table member (
  id uuid primary key,
  subject text not null constraint member_subject_unique unique,
  pseudonym text not null check (length(pseudonym) between 2 and 30),
  created_at timestamptz not null
);
-- "River" and "river" would be taken for one another
create unique index member_pseudonym_unique on member (lower(pseudonym));
alter table member enable row level security;
create policy member_own on member using (subject = caller_subject());

create table story (
  id uuid primary key,
  member_id uuid not null constraint story_member_id_foreign references member (id),
  pseudonym text not null,
  badge text check (badge in ('PHYSICIAN')),
  disease_id uuid not null,
  title text not null check (length(title) between 1 and 120),
  body text not null check (length(body) between 1 and 20000),
  status text not null check (status in ('DRAFT', 'PUBLISHED', 'HIDDEN', 'REMOVED')),
  -- a whole minute: an exact time could be laid beside another record's
  published_at timestamptz check (extract(second from published_at) = 0),
  version int not null default 1,
  check (status <> 'PUBLISHED' or published_at is not null)
);
create index story_newest on story (published_at, id) where status = 'PUBLISHED';
create index story_newest_of_disease on story (disease_id, published_at, id) where status = 'PUBLISHED';
create index story_of_member on story (member_id, id);
alter table story enable row level security;
create policy story_readable on story for select using (status = 'PUBLISHED' or caller_has_role('MODERATOR'));
create policy story_author on story using (member_id = (select m.id from member m where m.subject = caller_subject()));

-- where a cursor stands, also when its story has been withdrawn meanwhile; answers no client
create function story_published_at(story uuid) returns timestamptz language sql stable security definer set search_path = community
  return (select published_at from story s where s.id = story);
`,
);
