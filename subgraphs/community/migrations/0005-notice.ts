import { sqlMigration } from '../../common/migrate.js';

/** What a member is told, and the diseases of which they want to know what is new. */
export const communityNotices = sqlMigration(
  '0005-notice',
  `
create table follow (
  member_id uuid not null constraint follow_member_id_foreign references member (id) on delete cascade,
  disease_id uuid not null,
  since timestamptz not null check (extract(second from since) = 0),
  primary key (member_id, disease_id)
);
create index follow_of_disease on follow (disease_id, member_id);
revoke update on follow from care_community;
alter table follow enable row level security;
create policy follow_own on follow using (member_id = (select caller_member()));

create table notice (
  id uuid primary key,
  member_id uuid not null constraint notice_member_id_foreign references member (id) on delete cascade,
  kind text not null check (kind in ('ANSWERED', 'COMMENTED', 'REACTED', 'ANSWER_ACCEPTED', 'QUESTION_CLOSED', 'NEW_OF_DISEASE',
    'POST_HIDDEN_FOR_NOW', 'POST_DECIDED', 'APPEAL_DECIDED', 'REPORT_DECIDED', 'ARTICLE_REVIEWED')),
  -- what happened: the answer, the comment, the post that was decided about
  post_id uuid constraint notice_post_id_foreign references post (id) on delete cascade,
  occasion text not null default '',
  at timestamptz not null check (extract(second from at) = 0),
  read_at timestamptz,
  constraint notice_told_once unique nulls not distinct (member_id, kind, post_id, occasion)
);
create index notice_of_member on notice (member_id, id);
revoke insert, update, delete on notice from care_community;
grant update (read_at) on notice to care_community;
alter table notice enable row level security;
create policy notice_own on notice using (member_id = (select caller_member()));

-- told again, it is new again
create function tell(member uuid, kind text, post uuid, occasion text default '') returns void
  language sql security definer set search_path = community
  begin atomic
    insert into notice (id, member_id, kind, post_id, occasion, at)
      select minute_id(), member, kind, post, occasion, date_trunc('minute', now()) where member is not null
      on conflict on constraint notice_told_once do update set id = excluded.id, at = excluded.at, read_at = null;
  end;
revoke execute on function tell(uuid, text, uuid, text) from public;

-- tells the author of what somebody wrote under, reacted to, or did with it; not when it is their own doing
create function tell_author(of_post uuid, kind text, about uuid) returns void language plpgsql security definer set search_path = community as $$
begin
  if tell_author.kind not in ('ANSWERED', 'COMMENTED', 'REACTED', 'ANSWER_ACCEPTED', 'QUESTION_CLOSED') then
    raise exception 'This is told by what decides it.' using errcode = 'insufficient_privilege';
  end if;
  perform tell(p.member_id, tell_author.kind, about) from post p where p.id = of_post and p.member_id is distinct from caller_member();
end $$;

-- tells those who follow its disease, so many at once; answers the last of them, null when all have been told
create function tell_followers(of_post uuid, after uuid, most int) returns uuid language plpgsql security definer set search_path = community as $$
declare
  told post;
  member uuid;
  last uuid;
  told_count int := 0;
begin
  if not caller_is_system() then
    raise exception 'Only the community by itself may do this.' using errcode = 'insufficient_privilege';
  end if;
  select * into told from post p where p.id = of_post and p.status = 'PUBLISHED' and p.depth = 0;
  for member in
    select f.member_id from follow f
    where f.disease_id = told.disease_id and f.member_id > coalesce(after, '00000000-0000-0000-0000-000000000000') order by f.member_id limit most
  loop
    if member is distinct from told.member_id then
      insert into notice (id, member_id, kind, post_id, at) values (minute_id(), member, 'NEW_OF_DISEASE', of_post, date_trunc('minute', now()))
        on conflict on constraint notice_told_once do nothing;
    end if;
    last := member;
    told_count := told_count + 1;
  end loop;
  return case when told_count = most then last end;
end $$;
`,
);
