import { sqlMigration } from '../../common/migrate.js';

/** One reaction a member and post; what is shown are the counts, which a trigger keeps. And how answers and comments stand in their lists. */
export const communityReactions = sqlMigration(
  '0006-reaction',
  `
create table reaction (
  post_id uuid not null constraint reaction_post_id_foreign references post (id) on delete cascade,
  member_id uuid not null constraint reaction_member_id_foreign references member (id) on delete cascade,
  kind text not null check (kind in ('HELPFUL', 'THANKS', 'WITH_YOU')),
  primary key (post_id, member_id)
);
create index reaction_of_member on reaction (member_id, post_id);
-- another kind takes the place of the one before
revoke update on reaction from care_community;
grant update (kind) on reaction to care_community;
alter table reaction enable row level security;
create policy reaction_own on reaction using (member_id = (select caller_member()));

create function guard_reaction() returns trigger language plpgsql security definer set search_path = community as $$
begin
  perform refuse_suspended(new.member_id);
  if not exists (select from post p where p.id = new.post_id and p.status = 'PUBLISHED' and p.reachable and p.member_id is distinct from new.member_id) then
    raise exception 'Nobody reacts to this, or to their own.' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger reaction_guarded before insert or update on reaction for each row execute function guard_reaction();

create function count_reaction() returns trigger language plpgsql security definer set search_path = community as $$
declare
  gone text := case when tg_op <> 'INSERT' then old.kind end;
  come text := case when tg_op <> 'DELETE' then new.kind end;
begin
  -- what is loaded beside the API comes with its counts
  if caller_subject() is null then
    return null;
  end if;
  update post set
    helpful = helpful + (come is not distinct from 'HELPFUL')::int - (gone is not distinct from 'HELPFUL')::int,
    thanks = thanks + (come is not distinct from 'THANKS')::int - (gone is not distinct from 'THANKS')::int,
    with_you = with_you + (come is not distinct from 'WITH_YOU')::int - (gone is not distinct from 'WITH_YOU')::int
  where id = coalesce(new.post_id, old.post_id) and come is distinct from gone;
  return null;
end $$;
create trigger reaction_counted after insert or update or delete on reaction for each row execute function count_reaction();

-- the order of the most helpful stands still between two of these; so many at once, as each is sorted in anew everywhere
create function rank_posts(most int default 1000) returns bigint language plpgsql security definer set search_path = community as $$
declare
  moved bigint;
begin
  if not caller_is_system() then
    raise exception 'Only the community by itself may do this.' using errcode = 'insufficient_privilege';
  end if;
  update post set helpful_rank = helpful where id in (select p.id from post p where p.helpful_rank <> p.helpful order by p.id limit most);
  get diagnostics moved = row_count;
  return moved;
end $$;
create index post_to_rank on post (id) where helpful_rank <> helpful;
create index post_helpful on post (kind, helpful_rank, id) where status = 'PUBLISHED' and depth = 0;
create index post_helpful_of_disease on post (disease_id, kind, helpful_rank, id) where status = 'PUBLISHED' and depth = 0;

create function guard_accepted() returns trigger language plpgsql security definer set search_path = community as $$
begin
  if not exists (select from post a where a.id = new.accepted_id and a.parent_id = new.id and a.kind = 'ANSWER' and a.status = 'PUBLISHED') then
    raise exception 'Only an answer to the question can be accepted.' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger post_accepts before insert or update of accepted_id on post for each row when (new.accepted_id is not null)
  execute function guard_accepted();

-- where a cursor stands among the answers, also when its answer has gone meanwhile; answers no client
create function answer_place(answer uuid, out plain boolean, out rank int) language sql stable security definer set search_path = community
  begin atomic
    select p.badge is null, p.helpful_rank from post p where p.id = answer and p.kind = 'ANSWER';
  end;

create index post_gone on post (parent_id, id) where kind = 'COMMENT' and status <> 'PUBLISHED';
-- whether a comment that is gone is still needed, for what can be read below it
create function holds_thread(comment uuid) returns boolean language sql stable set search_path = community
  return exists (select from post r where r.parent_id = comment and r.kind = 'COMMENT' and r.status = 'PUBLISHED')
    or exists (
      with recursive below as (
        select r.id, r.status from post r where r.parent_id = comment and r.kind = 'COMMENT'
        union all
        select r.id, r.status from below b join post r on r.parent_id = b.id and r.kind = 'COMMENT' where b.status <> 'PUBLISHED')
      select from below where status = 'PUBLISHED');
-- comments that are gone while others still stand under them, as empty places: where they stand and nothing else of them
create function gone_comments(under_post uuid, after uuid, most int) returns setof post
  language sql stable security definer set search_path = community as $$
  select place.* from (
    select c.id, c.kind, c.parent_id, c.top_id, c.disease_id, c.depth, c.status, c.reachable, c.published_at, 0 as helpful, 0 as thanks,
      0 as with_you, c.version
    from post c
    where c.parent_id = under_post and c.kind = 'COMMENT' and c.status <> 'PUBLISHED' and c.reachable and (after is null or c.id > after)
      and holds_thread(c.id)
    order by c.id limit most) gone
  cross join lateral jsonb_populate_record(null::post, to_jsonb(gone)) place
$$;
create function count_gone_comments(under_post uuid) returns int language sql stable security definer set search_path = community
  return (select count(*) from post c
    where c.parent_id = under_post and c.kind = 'COMMENT' and c.status <> 'PUBLISHED' and c.reachable and holds_thread(c.id));

-- how many comments can be read under each, however deep; those between may be gone
create function count_comments(posts uuid[], out id uuid, out count int) returns setof record
  language sql stable security definer set search_path = community
  begin atomic
    with recursive below as (
      select a.id as root, c.id, c.status, c.reachable from post a join post c on c.parent_id = a.id and c.kind = 'COMMENT'
        where a.id = any(posts) and a.depth > 0
      union all
      select b.root, c.id, c.status, c.reachable from below b join post c on c.parent_id = b.id and c.kind = 'COMMENT')
    select p.top_id, count(*)::int from post p
      where p.top_id = any(posts) and p.depth > 0 and p.kind = 'COMMENT' and p.status = 'PUBLISHED' and p.reachable group by p.top_id
    union all
    select b.root, count(*)::int from below b where b.status = 'PUBLISHED' and b.reachable group by b.root;
  end;
`,
);
