import { sqlMigration } from '../../common/migrate.js';

/**
 * All that is written stands in one table, so that it is commented, reported, found and erased in one way: stories, questions,
 * answers and comments, and for each article a row that follows it.
 */
export const communityPosts = sqlMigration(
  '0004-post',
  `
-- false, and not unknown, for a connection without an identity: functions ask whether it is not so
create function caller_is_system() returns boolean language sql stable parallel safe return coalesce(caller_has_role('SYSTEM'), false);
-- who the caller is among those who write; nobody learns of others who they are
create function caller_member() returns uuid language sql stable security definer set search_path = community
  return (select m.id from member m where m.subject = caller_subject());

alter table member
  add column suspended_until timestamptz,
  add column warnings int not null default 0 check (warnings >= 0),
  -- shown beside the pseudonym, as long as the patient agrees
  add column shown_disease_id uuid;
revoke update, delete on member from care_community;

-- the caller as somebody who writes, held until the transaction ends: what limits them is counted one after the other. All null for others
create function locked_member(out id uuid, out pseudonym text, out created_at timestamptz, out suspended_until timestamptz)
  language sql security definer set search_path = community
  begin atomic
    select m.id, m.pseudonym, m.created_at, m.suspended_until from member m where m.subject = caller_subject() for no key update;
  end;
create function show_disease(disease uuid) returns void language sql security definer set search_path = community
  begin atomic
    update member set shown_disease_id = disease where subject = caller_subject();
  end;
-- for the patient subgraph, when somebody no longer agrees
create function hide_disease_of(of_subject text) returns void language plpgsql security definer set search_path = community as $$
begin
  if caller_via() is distinct from 'patient' or caller_subject() is distinct from 'system:patient' then
    raise exception 'Only the patient subgraph may do this.' using errcode = 'insufficient_privilege';
  end if;
  update member set shown_disease_id = null where subject = of_subject;
end $$;

-- as words are searched: lower case and full-width signs as plain ones; each Chinese character is followed by a letter, so that two of
-- them make a trigram; Chinese stands apart from words of letters; a space at both ends
create function search_form(text text) returns text language sql immutable parallel safe
  return ' ' || btrim(regexp_replace(regexp_replace(regexp_replace(lower(normalize(text, NFKC)),
    '[\\u3400-\\u4dbf\\u4e00-\\u9fff]+', ' \\& ', 'g'), '[\\u3400-\\u4dbf\\u4e00-\\u9fff]', '\\&q', 'g'), '[^[:alnum:]]+', ' ', 'g')) || ' ';

-- a new id (UUIDv7) of exactly this time, and otherwise random: \`uuidv7\` would add how long it took to make it
create function id_at(moment timestamptz) returns uuid language sql volatile
  return (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;
-- a new id whose time is a whole minute, as in all that is told here
create function minute_id() returns uuid language sql volatile return id_at(date_trunc('minute', now()));

create table post (
  id uuid primary key,
  kind text not null check (kind in ('STORY', 'QUESTION', 'ANSWER', 'COMMENT', 'ARTICLE')),
  -- null: nobody signed in wrote it, or they have been erased
  member_id uuid constraint post_member_id_foreign references member (id),
  pseudonym text,
  badge text check (badge in ('PHYSICIAN')),
  -- of an answer or a comment: that of what it stands under. Null: an article for all
  disease_id uuid,
  -- what an answer answers, and a comment is about
  parent_id uuid constraint post_parent_id_foreign references post (id),
  -- the story, question or article that all of it stands under; of these themselves
  top_id uuid not null constraint post_top_id_foreign references post (id),
  depth smallint not null check (depth between 0 and 6),
  title text check (length(title) between 1 and 250),
  body text check (length(body) between 1 and 40020),
  status text not null check (status in ('DRAFT', 'PUBLISHED', 'HIDDEN', 'REMOVED', 'DELETED')),
  -- false while what it stands under cannot be read
  reachable boolean not null default true,
  -- whole minutes: an exact time could be laid beside another record's
  published_at timestamptz check (extract(second from published_at) = 0),
  edited_at timestamptz check (extract(second from edited_at) = 0),
  -- of a question
  accepted_id uuid constraint post_accepted_id_foreign references post (id),
  closed_at timestamptz check (extract(second from closed_at) = 0),
  -- reactions, kept by a trigger; the rank follows now and then, so that a list stands still meanwhile
  helpful int not null default 0 check (helpful >= 0),
  thanks int not null default 0 check (thanks >= 0),
  with_you int not null default 0 check (with_you >= 0),
  helpful_rank int not null default 0,
  version int not null default 1,
  search text generated always as (
    case when kind in ('STORY', 'QUESTION', 'ARTICLE') then search_form(coalesce(title, '') || ' ' || coalesce(body, '')) end) stored,
  check ((kind in ('ANSWER', 'COMMENT')) = (parent_id is not null)),
  check ((kind in ('ANSWER', 'COMMENT')) = (depth > 0)),
  check (status = 'DELETED' or (kind in ('STORY', 'QUESTION', 'ARTICLE')) = (title is not null)),
  check (kind = 'ARTICLE' or disease_id is not null or depth > 0),
  check (status <> 'PUBLISHED' or published_at is not null),
  -- what its author deleted is gone; the row stays, for what stands under it
  check ((status = 'DELETED') = (body is null) and (status <> 'DELETED' or title is null)),
  check (kind = 'QUESTION' or (accepted_id is null and closed_at is null))
);
create index post_of_member on post (member_id, id);
create index post_published_of_member on post (member_id, published_at);
create index post_under on post (parent_id, kind, id) where parent_id is not null;
create index post_of_top on post (top_id) where depth > 0;
create index post_newest on post (kind, published_at, id) where status = 'PUBLISHED' and depth = 0;
create index post_newest_of_disease on post (disease_id, kind, published_at, id) where status = 'PUBLISHED' and depth = 0;
alter table post enable row level security;
-- what was never published is its author's alone
create policy post_readable on post for select
  using (status = 'PUBLISHED' and reachable or published_at is not null and (select caller_has_role('MODERATOR')));
create policy post_author on post using (member_id = (select caller_member()));
-- all the rest of a row is decided when it is made, or by functions here
revoke update, delete on post from care_community;
grant update (title, body, badge, disease_id, status, published_at, edited_at, accepted_id, closed_at, version) on post to care_community;

-- what the text was before, as long as it stands, the latest 50; for its author and for moderators
create table post_revision (
  post_id uuid not null constraint post_revision_post_id_foreign references post (id) on delete cascade,
  version int not null,
  title text,
  body text not null,
  written_at timestamptz not null check (extract(second from written_at) = 0),
  primary key (post_id, version)
);
revoke insert, update, delete on post_revision from care_community;
alter table post_revision enable row level security;
create policy post_revision_read on post_revision for select
  using ((select caller_has_role('MODERATOR')) or exists (select from post p where p.id = post_id and p.member_id = (select caller_member()) offset 0));

-- where it stands, and that something may stand there; what it stands under is held meanwhile, so that it is not closed or hidden
create function place_post() returns trigger language plpgsql security definer set search_path = community as $$
declare
  top post;
  above post;
begin
  if new.parent_id is null then
    new.top_id := new.id;
    new.depth := 0;
    return new;
  end if;
  select * into above from post p where p.id = new.parent_id;
  select * into top from post p where p.id = above.top_id for share;
  if above.id <> top.id then
    select * into above from post p where p.id = new.parent_id for share;
  end if;
  if above.status is distinct from 'PUBLISHED' or top.status is distinct from 'PUBLISHED'
      or (new.kind = 'ANSWER' and (above.kind <> 'QUESTION' or above.closed_at is not null)) then
    raise exception 'Nothing can be written there.' using errcode = 'insufficient_privilege';
  end if;
  new.top_id := above.top_id;
  new.depth := above.depth + 1;
  new.disease_id := above.disease_id;
  return new;
end $$;
create trigger post_placed before insert on post for each row execute function place_post();

create function refuse_suspended(member uuid) returns void language plpgsql stable security definer set search_path = community as $$
begin
  if exists (select from member m where m.id = member and m.suspended_until > now()) then
    raise exception 'A suspended member reads only.' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- what an author may do with what is theirs; other changes are made by functions, as the tables' owner
create function guard_post() returns trigger language plpgsql as $$
begin
  if current_user <> 'care_community' then
    return new;
  end if;
  if new.kind = 'ARTICLE' then
    raise exception 'An article follows its own row.' using errcode = 'insufficient_privilege';
  end if;
  if tg_op = 'INSERT' then
    perform refuse_suspended(new.member_id);
    if new.status not in ('DRAFT', 'PUBLISHED') or new.pseudonym is distinct from (select m.pseudonym from member m where m.id = new.member_id) or (new.helpful, new.thanks, new.with_you, new.helpful_rank) <> (0, 0, 0, 0) then
      raise exception 'A post begins as a draft or published.' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end if;
  if new.status = 'DELETED' and old.status <> 'DELETED' then
    return new;
  end if;
  perform refuse_suspended(new.member_id);
  if new.status <> old.status and (old.status, new.status) <> ('DRAFT', 'PUBLISHED') and ((old.status, new.status) <> ('PUBLISHED', 'DRAFT') or new.kind <> 'STORY')
      or old.status in ('REMOVED', 'DELETED') or (old.closed_at is not null and new.closed_at is distinct from old.closed_at) then
    raise exception 'An author may not do this with a post.' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger post_guarded before insert or update on post for each row execute function guard_post();

create function keep_revision() returns trigger language plpgsql security definer set search_path = community as $$
begin
  if new.status = 'DELETED' then
    delete from post_revision where post_id = new.id;
  elsif old.published_at is not null and (new.title, new.body) is distinct from (old.title, old.body) then
    insert into post_revision (post_id, version, title, body, written_at)
      values (old.id, old.version, old.title, old.body, coalesce(old.edited_at, old.published_at));
    delete from post_revision where post_id = old.id
      and version < (select r.version from post_revision r where r.post_id = old.id order by r.version desc offset 49 limit 1);
  end if;
  if new.depth = 0 and (new.status = 'PUBLISHED') <> (old.status = 'PUBLISHED') then
    update post set reachable = (new.status = 'PUBLISHED') where top_id = new.id and depth > 0;
  end if;
  if new.depth = 0 and new.disease_id is distinct from old.disease_id then
    update post set disease_id = new.disease_id where top_id = new.id and depth > 0;
  end if;
  return null;
end $$;
create trigger post_changed after update of title, body, status, disease_id on post for each row execute function keep_revision();

-- a post that somebody is about to write under, or to do something with: held, whoever wrote it. Nothing of its text
create function locked_post(post uuid, out kind text, out status text, out reachable boolean, out depth smallint, out closed boolean,
    out mine boolean, out accepted_id uuid, out disease_id uuid, out version int)
  language sql security definer set search_path = community
  begin atomic
    select p.kind, p.status, p.reachable, p.depth, p.closed_at is not null, p.member_id is not distinct from caller_member(),
      p.accepted_id, p.disease_id, p.version
    from post p where p.id = post for no key update;
  end;

-- where a cursor stands, also when its post has been withdrawn meanwhile; answers no client
create function post_published_at(post uuid) returns timestamptz language sql stable security definer set search_path = community
  return (select p.published_at from post p where p.id = post);
-- the disease that an author shows, by post
create function shown_diseases(posts uuid[], out id uuid, out disease_id uuid) returns setof record
  language sql stable security definer set search_path = community
  begin atomic
    select p.id, m.shown_disease_id from post p join member m on m.id = p.member_id
    where p.id = any(posts) and m.shown_disease_id is not null;
  end;

insert into post (id, kind, member_id, pseudonym, badge, disease_id, top_id, depth, title, body, status, published_at, version)
  select id, 'STORY', member_id, pseudonym, badge, disease_id, id, 0, title, body, status, published_at, version from story;
drop function story_published_at(uuid);
drop table story;

-- an article's row follows it
create function post_of_article() returns trigger language plpgsql security definer set search_path = community as $$
begin
  insert into post as p (id, kind, disease_id, top_id, depth, title, body, status, published_at)
    values (new.id, 'ARTICLE', new.disease_id, new.id, 0, new.title_en || ' · ' || new.title_zh, new.body_en || E'\\n\\n' || new.body_zh,
      case when new.published_at is null then 'DRAFT' else 'PUBLISHED' end, date_trunc('minute', new.published_at))
    on conflict (id) do update set disease_id = excluded.disease_id, title = excluded.title, body = excluded.body, status = excluded.status,
      published_at = coalesce(excluded.published_at, p.published_at), version = p.version + 1;
  return null;
end $$;
create trigger article_followed after insert or update on article for each row execute function post_of_article();
insert into post (id, kind, disease_id, top_id, depth, title, body, status, published_at)
  select id, 'ARTICLE', disease_id, id, 0, title_en || ' · ' || title_zh, body_en || E'\\n\\n' || body_zh,
    case when published_at is null then 'DRAFT' else 'PUBLISHED' end, date_trunc('minute', published_at) from article;
`,
);
