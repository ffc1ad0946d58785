import { sqlMigration } from '../../common/migrate.js';

/**
 * What is published, as lists show it: newest or most helpful first, of some kinds, of some diseases, with some words. One function
 * finds ids alone; the posts are then read by who asks.
 */
export const communitySearch = sqlMigration(
  '0007-search',
  `
-- what is searched stands beside the row and not in another table: it is read for every post that could be one
alter table post set (toast_tuple_target = 8160);

-- where a post stands in an order, so coarse that the index of words can hold it: in weeks; by how many it helped, and by weeks where
-- it helped nobody yet
create function newness(published_at timestamptz) returns int language sql immutable parallel safe
  return floor(extract(epoch from published_at) / 604800)::int;
create function helpfulness(helpful_rank int, id uuid) returns int language sql immutable parallel safe
  return case when helpful_rank > 0 then 1000000 + helpful_rank else newness(uuid_extract_timestamp(id)) end;
-- what is still to be sorted in stays short, in kilobytes: every search reads all of that
create index post_search on post using gin (search extensions.gin_trgm_ops, newness(published_at), helpfulness(helpful_rank, id), kind, disease_id)
  with (gin_pending_list_limit = 256) where status = 'PUBLISHED' and depth = 0;

-- where a cursor stands in the order of the most helpful, also when its post has been withdrawn meanwhile; answers no client
create function post_helpful_rank(post uuid) returns int language sql stable security definer set search_path = community
  return (select p.helpful_rank from post p where p.id = post);

-- words as patterns over what is searched: those of letters from their beginning, Chinese ones anywhere. There is no sign in them that
-- means something in a pattern
create function search_patterns(words text[]) returns text[] language sql immutable
  return (select array_agg(case when word ~ '^[\\u3400-\\u4dbf\\u4e00-\\u9fff]' then '%' else '% ' end || word || '%')
    from regexp_split_to_table(btrim(search_form(array_to_string(words, ' '))), ' ') word where word <> '');

-- a statement that reads what is listed in a part of the order: each kind and disease by an index. Null for a disease: whatever it is
create function listed_in_order(kinds text[], diseases uuid[], key text, part text) returns text language sql immutable
  return (select string_agg(format(
      '(select id, disease_id, search, %1$I as key from post where status = ''PUBLISHED'' and depth = 0 and kind = %2$L %3$s and %4$s
        order by %1$I desc, id desc)',
      key, kind, 'and disease_id = ' || quote_literal(disease), part), ' union all ')
    from unnest(kinds) kind cross join unnest(diseases) disease);

-- the same for what matches, by the index of trigrams and in no order; $1 is all kinds
create function listed_by_words(kinds text[], diseases uuid[], key text, part text, matching text, most int) returns text language sql immutable
  return (select string_agg(format(
      '(select id, %I as key from post where status = ''PUBLISHED'' and depth = 0 and %s %s and %s and %s limit %s)',
      key, case when cardinality(kinds) = 1 then format('kind = %L', kinds[1]) else 'kind || '''' = any($1)' end,
      'and disease_id = ' || quote_literal(disease), part, matching, most), ' union all ')
    from unnest(diseases) disease);

/*
 * Ids of published stories, questions and articles behind a cursor, in order, at most so many. Null for words, diseases or the cursor:
 * whatever they say, of all diseases, from the beginning.
 *
 * Words are looked for in steps. What is common is found among the first thousand, read in order. Of the next 32,000 and then of all
 * the rest only those are read which the index of trigrams names: what is rare or nowhere costs little too. When these are too many
 * after all, because something was much written about once and is no more, the step is made smaller.
 *
 * Each statement is planned with its values, and told by what to read: PostgreSQL cannot know how often a word comes. What limits a step
 * stands in the index of words itself, and is kept from other indexes by adding nothing to it: which of them to read, or to lay over
 * each other, would be decided by what cannot be known.
 */
create function find_posts(words text[], kinds text[], diseases uuid[], most_helpful boolean, after uuid, most int) returns uuid[]
  language plpgsql security definer
  set search_path = community set enable_seqscan = off set enable_indexscan = on set enable_bitmapscan = on set enable_sort = on
as $$
declare
  in_order_at_most constant int := 1000;
  matches_at_most constant int := 4000;
  patterns text[] := search_patterns(words);
  matching text;
  key text := case when most_helpful then 'helpful_rank' else 'published_at' end;
  -- a few diseases are read each by itself; many are picked out of all
  apart uuid[] := case when cardinality(diseases) <= 16 then diseases else array[null::uuid] end;
  coarse text := case when most_helpful then 'helpfulness(helpful_rank, id) >= helpfulness(%L, %L)' else 'newness(published_at) >= newness(%L)' end;
  -- behind which place a step begins, and where it ends: null at the end of all
  from_key text := case when after is null then case when most_helpful then '2147483647' else 'infinity' end
    when most_helpful then post_helpful_rank(after)::text else post_published_at(after)::text end;
  from_id uuid := coalesce(after, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  to_key text;
  to_id uuid;
  part text;
  -- how many posts a step goes over; null: all
  step int := in_order_at_most;
  growth int := 32;
  matches uuid[];
  found uuid[] := '{}';
begin
  -- an unknown cursor is followed by nothing
  if from_key is null or (words is not null and patterns is null) or 0 in (cardinality(kinds), cardinality(diseases)) then
    return found;
  end if;

  if words is null then
    execute format(
      'select array_agg(id order by key desc, id desc) from (
         select id, key from unnest($2) k %1$s cross join lateral (
           select id, %3$I as key from post where status = ''PUBLISHED'' and depth = 0 and kind = k %2$s and (%3$I, id) < (%4$L, $3)
           order by %3$I desc, id desc limit $4) each
         order by key desc, id desc limit $4) page',
      case when diseases is not null then 'cross join unnest($1) d' end, case when diseases is not null then 'and disease_id = d' end, key, from_key)
      into found using diseases, kinds, from_id, most;
    return coalesce(found, '{}');
  end if;

  select string_agg(format('search like %L', pattern), ' and ') into matching from unnest(patterns) pattern;
  if cardinality(diseases) > cardinality(apart) then
    matching := matching || ' and disease_id = any($2)';
  end if;
  loop
    part := format('(%I, id) < (%L, %L)', key, from_key, from_id);
    to_key := null;
    perform set_config('enable_indexscan', 'on', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true);
    if step is not null then
      execute format('select key, id from (%s) listed order by key desc, id desc offset %s limit 1',
        listed_in_order(kinds, apart, key, part), step - 1) into to_key, to_id;
    end if;
    if to_key is not null then
      part := part || format(' and (%I, id) >= (%L, %L)', key, to_key, to_id);
    end if;

    if step <= in_order_at_most then
      execute format(
        'select array_agg(id order by key desc, id desc) from (
           select id, key from (%s) listed where %s order by key desc, id desc limit %s) page',
        listed_in_order(kinds, apart, key, part), matching, most - cardinality(found))
        into matches using kinds, diseases;
    else
      perform set_config('enable_indexscan', 'off', true), set_config('enable_bitmapscan', 'on', true), set_config('enable_sort', 'on', true);
      part := replace(part, key, key || ' + ''0''');
      if to_key is not null then
        part := part || ' and ' || format(coarse, to_key, to_id);
      end if;
      execute format(
        'select array_agg(id order by key desc, id desc) from (select id, key from (%s) listed limit %s) page',
        listed_by_words(kinds, apart, key, part, matching, matches_at_most + 1), matches_at_most + 1)
        into matches using kinds, diseases;
      if cardinality(matches) > matches_at_most then
        step := coalesce(step, 1000 * in_order_at_most) / 8;
        growth := 2;
        continue;
      end if;
    end if;
    found := found || matches[1 : most - cardinality(found)];
    exit when to_key is null or cardinality(found) = most;
    from_key := to_key;
    from_id := to_id;
    step := case when growth = 2 or step * growth <= 100 * in_order_at_most then step * growth end;
  end loop;
  return found;
end $$;

-- how many there are without words
create function count_posts(kinds text[], diseases uuid[]) returns int language plpgsql stable security definer set search_path = community as $$
begin
  if diseases is null then
    return (select count(*) from post p where p.status = 'PUBLISHED' and p.depth = 0 and p.kind = any(kinds));
  end if;
  return (select count(*) from post p where p.status = 'PUBLISHED' and p.depth = 0 and p.kind = any(kinds) and p.disease_id = any(diseases));
end $$;
`,
);
