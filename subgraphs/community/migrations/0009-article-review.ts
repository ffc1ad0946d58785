import { sqlMigration } from '../../common/migrate.js';

/** Articles are written here, as revisions that somebody else reviews before anybody reads them. */
export const communityArticleReview = sqlMigration(
  '0009-article-review',
  `
alter table article
  -- the physician who wrote it; null: the foundation, an import, or they have been erased
  add column member_id uuid constraint article_member_id_foreign references member (id),
  add column pseudonym text,
  add column badge text check (badge in ('PHYSICIAN')),
  -- who has paid for it, of the catalog's organisations
  add column sponsor_organisation_id uuid,
  add check (demo or (author_class = 'SPONSORED') = (sponsor_organisation_id is not null)),
  add check (author_class = 'PHYSICIAN' or member_id is null);
create index article_of_member on article (member_id) where member_id is not null;
drop policy article_published on article;
-- what moderators have hidden or removed is nobody's any more
create policy article_published on article for select
  using (published_at <= now() and exists (select from post p where p.id = article.id and p.status = 'PUBLISHED' offset 0));
create policy article_of_author on article for select using (member_id = (select caller_member()));
create policy article_of_staff on article for select using ((select caller_has_role('MODERATOR')));

create table article_revision (
  id uuid primary key,
  -- what it becomes the text of: there is such an article as soon as the first of its revisions has been approved
  article_id uuid not null,
  -- the sign-in of who wrote it, which nobody reads: only functions here compare it
  written_by text not null,
  member_id uuid constraint article_revision_member_id_foreign references member (id),
  pseudonym text,
  badge text check (badge in ('PHYSICIAN')),
  title_en text not null check (length(title_en) between 1 and 120),
  title_zh text not null check (length(title_zh) between 1 and 120),
  body_en text not null check (length(body_en) between 1 and 20000),
  body_zh text not null check (length(body_zh) between 1 and 20000),
  disease_id uuid,
  stages text[] not null check (cardinality(stages) > 0 and stages <@ array['NEWLY_DIAGNOSED', 'ACTIVE', 'REMISSION', 'LONG_TERM']),
  author_class text not null check (author_class in ('PHYSICIAN', 'FOUNDATION', 'SPONSORED')),
  sponsor_organisation_id uuid,
  sources text[] not null check (cardinality(sources) between 1 and 20),
  state text not null check (state in ('DRAFT', 'IN_REVIEW', 'RETURNED', 'APPROVED', 'SUPERSEDED', 'WITHDRAWN')),
  saved_at timestamptz not null check (extract(second from saved_at) = 0),
  submitted_at timestamptz check (extract(second from submitted_at) = 0),
  reviewed_at timestamptz check (extract(second from reviewed_at) = 0),
  reviewed_by text,
  review_reason text check (length(review_reason) between 1 and 500),
  version int not null default 1,
  -- nobody approves what they have written
  constraint article_revision_reviewed_by_another check (reviewed_by <> written_by),
  check (state in ('DRAFT', 'IN_REVIEW') or (reviewed_by is not null and reviewed_at is not null and review_reason is not null)),
  check (state <> 'IN_REVIEW' or submitted_at is not null),
  check ((author_class = 'SPONSORED') = (sponsor_organisation_id is not null)),
  check ((author_class = 'PHYSICIAN') = (pseudonym is not null)),
  check (author_class <> 'PHYSICIAN' or state in ('DRAFT', 'RETURNED') or badge is not null)
);
create unique index article_revision_open on article_revision (article_id) where state in ('DRAFT', 'IN_REVIEW', 'RETURNED');
create unique index article_revision_current on article_revision (article_id) where state = 'APPROVED';
create index article_revision_of_writer on article_revision (written_by, id);
create index article_revision_by_state on article_revision (state, id);
revoke select, insert, update, delete on article_revision from care_community;
grant select (id, article_id, pseudonym, badge, title_en, title_zh, body_en, body_zh, disease_id, stages, author_class, sponsor_organisation_id,
  sources, state, saved_at, submitted_at, reviewed_at, review_reason, version) on article_revision to care_community;
grant insert (id, article_id, written_by, member_id, pseudonym, badge, title_en, title_zh, body_en, body_zh, disease_id, stages, author_class,
  sponsor_organisation_id, sources, state, saved_at, version) on article_revision to care_community;
grant update (badge, title_en, title_zh, body_en, body_zh, disease_id, stages, author_class, sponsor_organisation_id, sources, state, saved_at,
  submitted_at, version) on article_revision to care_community;
alter table article_revision enable row level security;
create policy article_revision_writer on article_revision using (written_by = (select caller_subject()));
create policy article_revision_staff on article_revision for select using (state <> 'DRAFT' and (select caller_has_role('MODERATOR')));

create function wrote_revision(revision uuid) returns boolean language sql stable security definer set search_path = community
  return exists (select from article_revision r where r.id = revision and r.written_by = caller_subject());
create function is_being_revised(article uuid) returns boolean language sql stable security definer set search_path = community
  return exists (select from article_revision r where r.article_id = article and r.state in ('DRAFT', 'IN_REVIEW', 'RETURNED'));

-- a physician's article is theirs alone; those of the foundation are its staff's together. What moderators have removed stays as it is
create function may_revise(article uuid, class text, member uuid) returns boolean language sql stable security definer set search_path = community
  return not exists (
      select from (
        select author_class, member_id from article a where a.id = article
        union all select author_class, member_id from article_revision r where r.article_id = article) had
      where (had.author_class = 'PHYSICIAN') <> (class = 'PHYSICIAN') or (class = 'PHYSICIAN' and had.member_id is distinct from member))
    and not exists (select from post p where p.id = article and p.status in ('REMOVED', 'DELETED'));

-- what somebody may do with what they write; what a review does, functions here do as the tables' owner
create function guard_revision() returns trigger language plpgsql as $$
declare
  same_text boolean;
begin
  if current_user <> 'care_community' then
    return new;
  end if;
  if tg_op = 'INSERT' then
    if new.state <> 'DRAFT' or not may_revise(new.article_id, new.author_class, new.member_id)
        or (new.author_class = 'PHYSICIAN' and new.member_id is distinct from caller_member())
        or (new.author_class <> 'PHYSICIAN' and new.member_id is not null) then
      raise exception 'An article begins as a draft of one''s own.' using errcode = 'insufficient_privilege';
    end if;
    perform refuse_suspended(new.member_id);
  else
    same_text := (new.title_en, new.title_zh, new.body_en, new.body_zh, new.disease_id, new.stages, new.author_class, new.sponsor_organisation_id, new.sources)
      is not distinct from (old.title_en, old.title_zh, old.body_en, old.body_zh, old.disease_id, old.stages, old.author_class, old.sponsor_organisation_id, old.sources);
    if (old.state, new.state) not in (('DRAFT', 'DRAFT'), ('RETURNED', 'DRAFT'), ('DRAFT', 'IN_REVIEW'), ('RETURNED', 'IN_REVIEW'), ('IN_REVIEW', 'DRAFT'))
        or (not same_text and 'IN_REVIEW' in (old.state, new.state)) or (old.author_class = 'PHYSICIAN') <> (new.author_class = 'PHYSICIAN') then
      raise exception 'Who wrote an article may not do this with it.' using errcode = 'insufficient_privilege';
    end if;
    perform refuse_suspended((select m.id from member m where m.subject = caller_subject()));
  end if;
  if caller_has_role(case when new.author_class = 'PHYSICIAN' then 'PHYSICIAN' else 'MODERATOR' end) is not true then
    raise exception 'Articles are written by physicians and by the foundation.' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger article_revision_guarded before insert or update on article_revision for each row execute function guard_revision();

-- a revision that somebody is about to do something with, of those that they may see: held, whoever wrote it. Nothing of its text
create function locked_revision(revision uuid, out article_id uuid, out author_class text, out state text, out version int, out mine boolean)
  language sql security definer set search_path = community
  begin atomic
    select r.article_id, r.author_class, r.state, r.version, coalesce(r.written_by = caller_subject(), false) from article_revision r
    where r.id = revision and (r.written_by = caller_subject() or (r.state <> 'DRAFT' and caller_has_role('MODERATOR'))) for update;
  end;
-- an article that is about to be revised or withdrawn, likewise: its post is held; its version is that of its post
create function locked_article(article uuid, out author_class text, out status text, out version int, out mine boolean)
  language sql security definer set search_path = community
  begin atomic
    select a.author_class, p.status, p.version,
      coalesce(case when a.author_class = 'PHYSICIAN' then a.member_id = caller_member() else caller_has_role('MODERATOR') end, false)
    from article a join post p on p.id = a.id
    where a.id = article and (p.status = 'PUBLISHED' or a.member_id = caller_member() or caller_has_role('MODERATOR')) for no key update of p;
  end;

-- approves a revision, which then is the article's text, or returns it; answers whether the article is published by that and was not before
create function review_revision(revision uuid, approved boolean, reason text, new_slug text) returns boolean
  language plpgsql security definer set search_path = community as $$
declare
  r article_revision;
  minute timestamptz := date_trunc('minute', now());
  was text;
begin
  select * into r from article_revision where id = revision for update;
  select p.status into was from post p where p.id = r.article_id for no key update;
  if caller_has_role('MODERATOR') is not true or r.state is distinct from 'IN_REVIEW' or r.written_by = caller_subject() or was in ('REMOVED', 'DELETED') then
    raise exception 'Another moderator reviews what has been submitted.' using errcode = 'insufficient_privilege';
  end if;
  if approved then
    update article_revision set state = 'SUPERSEDED', version = version + 1 where article_id = r.article_id and state = 'APPROVED';
    insert into article as a (id, slug, title_en, title_zh, body_en, body_zh, disease_id, stages, author_class, sources, demo, published_at,
        member_id, pseudonym, badge, sponsor_organisation_id)
      values (r.article_id, new_slug, r.title_en, r.title_zh, r.body_en, r.body_zh, r.disease_id, r.stages, r.author_class, r.sources, false, minute,
        r.member_id, r.pseudonym, r.badge, r.sponsor_organisation_id)
      on conflict (id) do update set title_en = excluded.title_en, title_zh = excluded.title_zh, body_en = excluded.body_en, body_zh = excluded.body_zh,
        disease_id = excluded.disease_id, stages = excluded.stages, author_class = excluded.author_class, sources = excluded.sources, demo = false,
        published_at = coalesce(a.published_at, excluded.published_at), member_id = excluded.member_id, pseudonym = excluded.pseudonym,
        badge = excluded.badge, sponsor_organisation_id = excluded.sponsor_organisation_id, version = a.version + 1;
  end if;
  update article_revision set state = case when approved then 'APPROVED' else 'RETURNED' end, reviewed_by = caller_subject(), reviewed_at = minute,
    review_reason = reason, version = version + 1 where id = revision;
  -- what moderators have hidden they look at again, now that it says something else
  if approved and was = 'HIDDEN' then
    perform reopen_after_edit(r.article_id);
  end if;
  -- of what was never published there is nothing yet to point to
  perform tell(r.member_id, 'ARTICLE_REVIEWED', (select p.id from post p where p.id = r.article_id), revision::text);
  return approved and was is distinct from 'PUBLISHED' and was is distinct from 'HIDDEN';
end $$;

create function withdraw_article(article uuid) returns void language plpgsql security definer set search_path = community as $$
begin
  update article a set published_at = null, version = version + 1 where a.id = article
    and exists (select from post p where p.id = a.id and p.status = 'PUBLISHED')
    and case when a.author_class = 'PHYSICIAN' then a.member_id = caller_member() and caller_has_role('PHYSICIAN') else caller_has_role('MODERATOR') end;
  if not found then
    raise exception 'Who wrote an article withdraws it.' using errcode = 'insufficient_privilege';
  end if;
  update article_revision set state = 'WITHDRAWN', version = version + 1 where article_id = article and state = 'APPROVED';
end $$;

-- what the foundation writes is nobody's post; all the same nobody decides about what they have written themselves
create or replace function wrote(of_post uuid, who text) returns boolean language sql stable security definer set search_path = community
  return exists (select from post p join member m on m.id = p.member_id where p.id = of_post and m.subject = who)
    or exists (select from article_revision r where r.article_id = of_post and r.written_by = who);

-- an article's row follows it; what moderators have hidden or removed stays so, whatever its text becomes
create or replace function post_of_article() returns trigger language plpgsql security definer set search_path = community as $$
begin
  insert into post as p (id, kind, member_id, pseudonym, badge, disease_id, top_id, depth, title, body, status, published_at)
    values (new.id, 'ARTICLE', new.member_id, new.pseudonym, new.badge, new.disease_id, new.id, 0, new.title_en || ' · ' || new.title_zh,
      new.body_en || E'\\n\\n' || new.body_zh, case when new.published_at <= now() then 'PUBLISHED' else 'DRAFT' end,
      date_trunc('minute', new.published_at))
    on conflict (id) do update set member_id = excluded.member_id, pseudonym = excluded.pseudonym, badge = excluded.badge,
      disease_id = excluded.disease_id, title = excluded.title, body = excluded.body,
      status = case when p.status in ('HIDDEN', 'REMOVED') then p.status else excluded.status end,
      published_at = coalesce(excluded.published_at, p.published_at),
      edited_at = case when p.published_at is not null and (p.title, p.body) is distinct from (excluded.title, excluded.body)
        then date_trunc('minute', now()) else p.edited_at end,
      version = p.version + 1
    where p.status <> 'DELETED';
  return null;
end $$;
`,
);
