import { sqlMigration } from '../../common/migrate.js';

/**
 * Reports, the cases that they open, and what is decided. A report is seen by nobody but who made it, who decided by nobody at
 * all: moderators read reports, and whether something was their own doing, through functions. A decision is a row that is only
 * ever added, and does what it says by its triggers.
 */
export const communityModeration = sqlMigration(
  '0008-moderation',
  `
create table moderation_case (
  id uuid primary key,
  post_id uuid not null constraint moderation_case_post_id_foreign references post (id),
  -- who wrote it; null: nobody who is a member, or they have been erased
  member_id uuid constraint moderation_case_member_id_foreign references member (id) on delete set null,
  origin text not null check (origin in ('REPORTED', 'EDITED')),
  state text not null check (state in ('OPEN', 'ESCALATED', 'DECIDED', 'APPEALED', 'CLOSED')),
  reports int not null default 0 check (reports >= 0),
  -- as it was when the case was opened: evidence, whatever its author does with it since. Emptied when they are erased
  post_version int not null,
  title text,
  body text,
  opened_at timestamptz not null check (extract(second from opened_at) = 0),
  due_at timestamptz not null check (extract(second from due_at) = 0),
  -- its author knows of it, and so sees it
  told boolean not null default false,
  -- the post was a draft when it was taken out
  withdrawn boolean not null default false,
  escalated_by text,
  escalation_reason text check (length(escalation_reason) between 1 and 500),
  appeal_text text check (length(appeal_text) between 1 and 2000),
  appealed_at timestamptz check (extract(second from appealed_at) = 0),
  version int not null default 1,
  -- the version at the last change that was not the author's editing: who edits again and again evades nothing
  firm_version int not null default 1,
  check ((escalated_by is null) = (escalation_reason is null)),
  check (state <> 'ESCALATED' or escalated_by is not null),
  check (state <> 'APPEALED' or appealed_at is not null)
);
-- one post, one case at a time
create unique index moderation_case_live on moderation_case (post_id) where state in ('OPEN', 'ESCALATED', 'APPEALED');
create index moderation_case_of_post on moderation_case (post_id, id);
create index moderation_case_of_member on moderation_case (member_id, id);
create index moderation_case_due on moderation_case (state, due_at, id);
revoke select, insert, update, delete on moderation_case from care_community;
grant select (id, post_id, member_id, origin, state, reports, post_version, title, body, opened_at, due_at, told, escalation_reason, appeal_text, appealed_at,
  version, firm_version) on moderation_case to care_community;
alter table moderation_case enable row level security;
-- nobody moderates what is their own
create policy moderation_case_moderators on moderation_case for select
  using ((select caller_has_role('MODERATOR')) and (member_id = (select caller_member())) is not true);
create policy moderation_case_author on moderation_case for select using (member_id = (select caller_member()) and told);

create table report (
  id uuid primary key,
  post_id uuid not null constraint report_post_id_foreign references post (id),
  member_id uuid not null constraint report_member_id_foreign references member (id) on delete cascade,
  -- the version with which its text became what was reported
  post_version int not null,
  reason text not null
    check (reason in ('PERSONAL_DATA', 'MEDICINE_SALE', 'MISINFORMATION', 'HARASSMENT', 'HATE', 'SPAM', 'SELF_HARM', 'OTHER')),
  note text check (length(note) between 1 and 500),
  case_id uuid not null constraint report_case_id_foreign references moderation_case (id),
  at timestamptz not null check (extract(second from at) = 0),
  constraint report_once unique (post_id, member_id, post_version)
);
create index report_of_member on report (member_id, at);
create index report_of_case on report (case_id);
revoke insert, update, delete on report from care_community;
grant insert (id, post_id, member_id, reason, note) on report to care_community;
alter table report enable row level security;
create policy report_own on report using (member_id = (select caller_member()));

create table moderation_decision (
  id uuid primary key,
  case_id uuid not null constraint moderation_decision_case_id_foreign references moderation_case (id),
  step text not null check (step in ('DECISION', 'APPEAL')),
  action text not null check (action in ('KEEP', 'HIDE', 'REMOVE', 'WARN', 'SUSPEND', 'UPHELD', 'OVERTURNED')),
  rule text check (rule in ('PERSONAL_DATA', 'MEDICINE_SALE', 'MISINFORMATION', 'HARASSMENT', 'HATE', 'SPAM', 'SELF_HARM', 'OTHER', 'NOTHING_WRONG')),
  reason text not null check (length(reason) between 1 and 500),
  days int check (days between 1 and 365),
  until timestamptz check (extract(second from until) = 0),
  decided_by text not null,
  at timestamptz not null check (extract(second from at) = 0),
  -- names it in the public log, which tells days only: its time is that of the day
  log_id uuid not null,
  constraint moderation_decision_once unique (case_id, step),
  check ((step = 'APPEAL') = (action in ('UPHELD', 'OVERTURNED')) and (step = 'APPEAL') = (rule is null)),
  check ((action = 'KEEP') = (rule is not distinct from 'NOTHING_WRONG')),
  check ((action = 'SUSPEND') = (days is not null) and (days is null) = (until is null))
);
create index moderation_decision_log on moderation_decision (log_id) where step = 'DECISION';
revoke select, insert, update, delete on moderation_decision from care_community;
grant select (id, case_id, step, action, rule, reason, days, until, at) on moderation_decision to care_community;
grant insert (id, case_id, step, action, rule, reason, days, decided_by) on moderation_decision to care_community;
alter table moderation_decision enable row level security;
-- whoever sees the case
create policy moderation_decision_seen on moderation_decision for select using (exists (select from moderation_case c where c.id = case_id offset 0));
create policy moderation_decision_made on moderation_decision for insert
  with check (decided_by = (select caller_subject()) and (select caller_has_role('MODERATOR')));

-- the version with which the text of a post became what it is
create function text_version(of_post uuid) returns int language sql stable security definer set search_path = community
  return (select coalesce(max(r.version), 0) + 1 from post_revision r where r.post_id = of_post);
-- how soon somebody has to look at what was reported for this reason
create function report_due(reason text, at timestamptz) returns timestamptz language sql immutable parallel safe
  return at + case when reason = 'SELF_HARM' then interval '4 hours' when reason in ('PERSONAL_DATA', 'MEDICINE_SALE') then interval '8 hours'
    else interval '24 hours' end;

-- a report, and with it the case that it belongs to. The post is held: a decision about it comes before or after, and then the
-- report is of another case
create function take_report() returns trigger language plpgsql security definer set search_path = community as $$
declare
  about post;
  reporters int;
  hides boolean;
begin
  new.at := coalesce(new.at, date_trunc('minute', now()));
  perform refuse_suspended(new.member_id);
  select * into about from post p where p.id = new.post_id for no key update;
  if about.status is distinct from 'PUBLISHED' or not about.reachable or about.member_id is not distinct from new.member_id then
    raise exception 'This cannot be reported by them.' using errcode = 'insufficient_privilege';
  end if;
  new.post_version := text_version(new.post_id);
  if exists (select from report r where r.post_id = new.post_id and r.member_id = new.member_id and r.post_version = new.post_version) then
    raise exception 'They have reported it.' using errcode = 'unique_violation', constraint = 'report_once';
  end if;
  select c.id into new.case_id from moderation_case c where c.post_id = new.post_id and c.state in ('OPEN', 'ESCALATED', 'APPEALED') for no key update;
  if not found then
    new.case_id := id_at(new.at);
    insert into moderation_case (id, post_id, member_id, origin, state, post_version, title, body, opened_at, due_at)
      values (new.case_id, about.id, about.member_id, 'REPORTED', 'OPEN', new.post_version, about.title, about.body, new.at, report_due(new.reason, new.at));
  end if;
  select 1 + count(distinct r.member_id) into reporters from report r where r.case_id = new.case_id and r.member_id <> new.member_id;
  hides := reporters >= 3;
  update moderation_case c set reports = c.reports + 1, due_at = least(c.due_at, report_due(new.reason, new.at)), told = c.told or hides,
    version = c.version + 1, firm_version = c.version + 1 where c.id = new.case_id;
  -- nobody is to read on what several took for wrong until a moderator has looked
  if hides then
    update post p set status = 'HIDDEN', version = p.version + 1 where p.id = new.post_id;
    perform tell(about.member_id, 'POST_HIDDEN_FOR_NOW', new.post_id);
  end if;
  return new;
end $$;
create trigger report_taken before insert on report for each row execute function take_report();

-- what a moderator found right may not be what it has become since
create function note_edit() returns trigger language plpgsql security definer set search_path = community as $$
begin
  update moderation_case c set version = c.version + 1 where c.post_id = new.id and c.state in ('OPEN', 'ESCALATED', 'APPEALED');
  return null;
end $$;
create trigger post_edited_under_case after update of title, body on post for each row
  when ((new.title, new.body) is distinct from (old.title, old.body)) execute function note_edit();

-- for the author of a post that a decision has hidden, when they have changed it: it waits to be decided anew. Whoever does this
-- takes the decision as it is, so it cannot be appealed any more
create function reopen_after_edit(of_post uuid) returns void language plpgsql security definer set search_path = community as $$
declare
  about post;
  minute timestamptz := date_trunc('minute', now());
begin
  select * into about from post p where p.id = of_post and p.status = 'HIDDEN'
    -- an article has another text when a moderator has approved it
    and (p.member_id = caller_member() or (p.kind = 'ARTICLE' and caller_has_role('MODERATOR'))) for no key update;
  if not found or exists (select from moderation_case c where c.post_id = of_post and c.state in ('OPEN', 'ESCALATED')) then
    return;
  end if;
  update moderation_case c set state = 'CLOSED', version = c.version + 1, firm_version = c.version + 1
    where c.post_id = of_post and c.state in ('DECIDED', 'APPEALED');
  insert into moderation_case (id, post_id, member_id, origin, state, post_version, title, body, opened_at, due_at, told, withdrawn)
    values (minute_id(), of_post, about.member_id, 'EDITED', 'OPEN', text_version(of_post), about.title, about.body, minute, minute + interval '24 hours', true,
      coalesce((select c.withdrawn from moderation_case c where c.post_id = of_post order by c.opened_at desc, c.id desc limit 1), false));
end $$;

-- who wrote a post, by their sign-in
create function wrote(of_post uuid, who text) returns boolean language sql stable security definer set search_path = community
  return exists (select from post p join member m on m.id = p.member_id where p.id = of_post and m.subject = who);
create function reported_in(of_case uuid, who text) returns boolean language sql stable security definer set search_path = community
  return exists (select from report r join member m on m.id = r.member_id where r.case_id = of_case and m.subject = who);
create function decided_in(of_case uuid, which_step text, who text) returns boolean language sql stable security definer set search_path = community
  return exists (select from moderation_decision d where d.case_id = of_case and d.step = which_step and d.decided_by = who);
revoke execute on function wrote(uuid, text), reported_in(uuid, text), decided_in(uuid, text, text) from public;

-- a case with whom and what it is about, held in the order in which all is locked here
create function hold_case(of_case uuid) returns void language plpgsql security definer set search_path = community as $$
declare
  held moderation_case;
begin
  select * into held from moderation_case c where c.id = of_case;
  perform from member m where m.id = held.member_id for no key update;
  perform from post p where p.id = held.post_id for no key update;
  perform from moderation_case c where c.id = of_case for no key update;
end $$;
revoke execute on function hold_case(uuid) from public;

-- a case that a moderator is about to decide, or its author to appeal, held until the transaction ends; and what it was to the caller
create function locked_case(of_case uuid, out state text, out version int, out firm_version int, out mine boolean, out has_author boolean,
    out wrote boolean, out reported boolean, out escalated boolean, out decided boolean, out action text, out decided_at timestamptz)
  language plpgsql security definer set search_path = community as $$
begin
  if not exists (select from moderation_case c where c.id = of_case
      and case when (c.member_id = caller_member()) is true then c.told else caller_has_role('MODERATOR') end) then
    return;
  end if;
  perform hold_case(of_case);
  select c.state, c.version, c.firm_version, coalesce(c.member_id = caller_member(), false), c.member_id is not null,
      community.wrote(c.post_id, caller_subject()), reported_in(c.id, caller_subject()), coalesce(c.escalated_by = caller_subject(), false),
      decided_in(c.id, 'DECISION', caller_subject()), d.action, d.at
    into state, version, firm_version, mine, has_author, wrote, reported, escalated, decided, action, decided_at
    from moderation_case c left join moderation_decision d on d.case_id = c.id and d.step = 'DECISION' where c.id = of_case;
end $$;

-- what a moderator cannot decide alone, or may not, goes to another
create function escalate_case(of_case uuid, because text) returns void language plpgsql security definer set search_path = community as $$
begin
  perform hold_case(of_case);
  update moderation_case c set state = 'ESCALATED', escalated_by = caller_subject(), escalation_reason = because,
      version = c.version + 1, firm_version = c.version + 1
    where c.id = of_case and c.state = 'OPEN' and caller_has_role('MODERATOR') and not wrote(c.post_id, caller_subject())
      and not reported_in(c.id, caller_subject());
  if not found then
    raise exception 'This is escalated by a moderator who has nothing to do with it.' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- its author does not agree: once, within 30 days
create function appeal_case(of_case uuid, because text) returns void language plpgsql security definer set search_path = community as $$
declare
  minute timestamptz := date_trunc('minute', now());
begin
  perform hold_case(of_case);
  update moderation_case c set state = 'APPEALED', appeal_text = because, appealed_at = minute, due_at = minute + interval '72 hours',
      version = c.version + 1, firm_version = c.version + 1
    where c.id = of_case and c.state = 'DECIDED' and c.member_id = caller_member()
      and exists (select from moderation_decision d where d.case_id = of_case and d.step = 'DECISION' and d.at > now() - interval '30 days');
  if not found then
    raise exception 'This is appealed by its author, once and in time.' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- who decides has nothing to do with it, and an appeal is heard by another
create function judge() returns trigger language plpgsql security definer set search_path = community as $$
declare
  judged moderation_case;
begin
  perform hold_case(new.case_id);
  select * into judged from moderation_case c where c.id = new.case_id;
  new.at := coalesce(new.at, date_trunc('minute', now()));
  new.until := new.at + make_interval(days => new.days);
  new.log_id := id_at(date_trunc('day', new.at, 'UTC'));
  if wrote(judged.post_id, new.decided_by) or reported_in(judged.id, new.decided_by)
      or (new.step = 'DECISION' and judged.escalated_by is not distinct from new.decided_by)
      or (new.step = 'APPEAL' and decided_in(judged.id, 'DECISION', new.decided_by)) then
    raise exception 'This is decided by another moderator.' using errcode = 'insufficient_privilege';
  end if;
  if judged.state is null or (new.step = 'DECISION' and judged.state not in ('OPEN', 'ESCALATED')) or (new.step = 'APPEAL' and judged.state <> 'APPEALED')
      or (new.action in ('WARN', 'SUSPEND') and judged.member_id is null) or (new.days > 30 and judged.state <> 'ESCALATED') then
    raise exception 'This cannot be decided so.' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger moderation_decision_judged before insert on moderation_decision for each row execute function judge();

-- does what was decided, and tells those whom it concerns
create function carry_out() returns trigger language plpgsql security definer set search_path = community as $$
declare
  judged moderation_case;
  about post;
begin
  select * into judged from moderation_case c where c.id = new.case_id;
  select * into about from post p where p.id = judged.post_id;
  -- what its author has deleted stays so, and what they have withdrawn is not published for them
  update post p set version = p.version + 1, status = case
      when new.action = 'HIDE' then 'HIDDEN'
      when new.action in ('REMOVE', 'WARN', 'SUSPEND') then 'REMOVED'
      when judged.withdrawn then 'DRAFT'
      else 'PUBLISHED' end
    where p.id = judged.post_id and case when new.action in ('KEEP', 'OVERTURNED') then p.status in ('HIDDEN', 'REMOVED')
      else new.action <> 'UPHELD' and p.status in ('PUBLISHED', 'DRAFT', 'HIDDEN') end;
  update moderation_case c set state = case when new.step = 'APPEAL' or new.action = 'KEEP' then 'CLOSED' else 'DECIDED' end,
      told = c.told or new.action <> 'KEEP', withdrawn = c.withdrawn or (new.step = 'DECISION' and about.status = 'DRAFT'),
      version = c.version + 1, firm_version = c.version + 1
    where c.id = new.case_id
    returning * into judged;
  if new.action in ('WARN', 'SUSPEND', 'OVERTURNED') then
    update member m set (warnings, suspended_until) = (
        select count(*) filter (where d.action = 'WARN'), max(d.until)
        from moderation_case c join moderation_decision d on d.case_id = c.id and d.step = 'DECISION'
          left join moderation_decision a on a.case_id = c.id and a.step = 'APPEAL'
        where c.member_id = m.id and a.action is distinct from 'OVERTURNED')
      where m.id = judged.member_id;
  end if;
  if new.step = 'APPEAL' then
    perform tell(judged.member_id, 'APPEAL_DECIDED', judged.post_id);
  else
    if judged.told then
      perform tell(judged.member_id, 'POST_DECIDED', judged.post_id);
    end if;
    perform tell(r.member_id, 'REPORT_DECIDED', judged.post_id) from (select distinct r.member_id from report r where r.case_id = new.case_id order by 1) r;
  end if;
  return null;
end $$;
create trigger moderation_decision_carried_out after insert on moderation_decision for each row execute function carry_out();

-- where a cursor stands in the queue; answers no client
create function case_due_at(of_case uuid) returns timestamptz language sql stable security definer set search_path = community
  return (select c.due_at from moderation_case c where c.id = of_case and caller_has_role('MODERATOR'));
-- what was reported in these cases, for those who decide about them: by whom is told to nobody
create function reports_of(cases uuid[], out case_id uuid, out reason text, out note text, out at timestamptz) returns setof record
  language sql stable security definer set search_path = community
  begin atomic
    select r.case_id, r.reason, r.note, r.at from report r join moderation_case c on c.id = r.case_id
    where r.case_id = any(cases) and caller_has_role('MODERATOR') and (c.member_id = caller_member()) is not true
    order by r.case_id, r.at, r.id;
  end;
-- what these cases are to the caller, a moderator
create function part_in(cases uuid[], out case_id uuid, out wrote boolean, out reported boolean, out escalated boolean, out decided boolean, out heard boolean)
  returns setof record language sql stable security definer set search_path = community
  begin atomic
    select c.id, community.wrote(c.post_id, caller_subject()), reported_in(c.id, caller_subject()), coalesce(c.escalated_by = caller_subject(), false),
      decided_in(c.id, 'DECISION', caller_subject()), decided_in(c.id, 'APPEAL', caller_subject())
    from moderation_case c where c.id = any(cases) and caller_has_role('MODERATOR');
  end;
-- how those stand who wrote what these cases are about, under their pseudonym
create function authors_in(cases uuid[], out case_id uuid, out pseudonym text, out warnings int, out suspended_until timestamptz, out removed_before int)
  returns setof record language sql stable security definer set search_path = community
  begin atomic
    select c.id, m.pseudonym, m.warnings, m.suspended_until,
      (select count(*)::int from moderation_case o join moderation_decision d on d.case_id = o.id and d.step = 'DECISION'
         left join moderation_decision a on a.case_id = o.id and a.step = 'APPEAL'
       where o.member_id = m.id and o.id <> c.id and d.action in ('REMOVE', 'WARN', 'SUSPEND') and a.action is distinct from 'OVERTURNED')
    from moderation_case c join member m on m.id = c.member_id
    where c.id = any(cases) and caller_has_role('MODERATOR') and (c.member_id = caller_member()) is not true;
  end;
-- those of the caller's posts of which something was decided that they can still appeal
create function appealable_posts(posts uuid[]) returns setof uuid language sql stable security definer set search_path = community
  begin atomic
    select c.post_id from moderation_case c join moderation_decision d on d.case_id = c.id and d.step = 'DECISION'
    where c.post_id = any(posts) and c.member_id = caller_member() and c.state = 'DECIDED' and d.at > now() - interval '30 days';
  end;
-- what was decided, for everybody: no names, no times but days, nothing that leads to a post
create function moderation_log(before uuid, most int, out id uuid, out day date, out kind text, out action text, out rule text, out outcome text)
  returns setof record language sql stable security definer set search_path = community
  begin atomic
    select d.log_id, (d.at at time zone 'UTC')::date, p.kind, d.action, d.rule, a.action
    from moderation_decision d join moderation_case c on c.id = d.case_id join post p on p.id = c.post_id
      left join moderation_decision a on a.case_id = d.case_id and a.step = 'APPEAL'
    where d.step = 'DECISION' and d.log_id < coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    order by d.log_id desc limit most;
  end;
create function count_moderation_log() returns int language sql stable security definer set search_path = community
  return (select count(*)::int from moderation_decision d where d.step = 'DECISION');
`,
);
