import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, person } from '../../../tests/subgraphs.js';
import { until } from '../../../tests/until.js';
import { ALL_SCOPES, ANONYMOUS, type Identity, ROLES } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { MODERATOR, ModerationUnderTest, SECOND_MODERATOR } from './moderation-under-test.js';

/**
 * Who sees cases and what they do with them. Run twice: as it is, and with the services' own checks switched off
 * (`tests/no-row-rules.ts`). Everybody here holds every scope, so that nothing but what is theirs can refuse them.
 */

const scoped = (identity: Identity): Identity => ({ ...identity, scopes: ALL_SCOPES });
const STRANGERS: readonly (readonly [string, Identity])[] = [
  ['nobody', ANONYMOUS],
  ...ROLES.filter((role) => role !== 'MODERATOR').map((role) => [role, person(`a-${role}`, role)] as const),
];
/** A moderator who is a patient too. */
const both = (subject: string): Identity => ({
  ...person(subject, 'MODERATOR'),
  roles: ['MODERATOR', 'PATIENT'],
  scopes: ALL_SCOPES,
});
const WRITER = both('writes-and-moderates');
const REPORTER = both('reports-and-moderates');

let under: ModerationUnderTest;
let author: Identity;
let open: Answer;
let decided: Answer;
let appealed: Answer;

beforeAll(async () => {
  under = await ModerationUnderTest.open(`moderation_access${'ROW_RULES' in globalThis ? '_alone' : ''}`);
  author = under.member();
  open = (await under.reported(author)).found;
  decided = (await under.decided('WARN', { author })).found;
  appealed = (await under.decided('REMOVE', { author })).found;
  await under.appeal(author, appealed.id);
  appealed = await under.case(appealed.id);
});
afterAll(() => under?.stop());

const withCase = ({ id, version }: Answer) => ({ caseId: id, reason: 'So', expectedVersion: version });
const decision = (found: Answer) => ({ ...withCase(found), action: 'REMOVE', rule: 'SPAM' });
const INPUTS: Readonly<Record<string, () => object>> = {
  decideCase: () => decision(open),
  escalateCase: () => withCase(open),
  decideAppeal: () => ({ ...withCase(appealed), outcome: 'OVERTURNED' }),
  appealDecision: () => ({ caseId: decided.id, text: 'No' }),
};

const everything = async (): Promise<string> => {
  const { rows } = await under.api.admin.query(
    `select md5(coalesce(string_agg(x, ';' order by x), '')) as sum from (select c::text from community.moderation_case c
       union all select d::text from community.moderation_decision d union all select r::text from community.report r
       union all select p::text from community.post p union all select warnings || m.subject from community.member m where warnings > 0) as all_of_it (x)`,
  );
  return rows[0].sum;
};

/** Nothing was done, whether the service said so or the database did. */
async function expectRefused(who: Identity, mutation: string, input: object): Promise<void> {
  const before = await everything();
  const { data, errors } = await under.api.execute(
    'community',
    scoped(who),
    `mutation ($input: ${mutation.replace(/^./, (first) => first.toUpperCase())}Input!) {
       ${mutation}(input: $input) { __typename ... on UserError { code } } }`,
    { input: { idempotencyKey: newId(), ...input } },
  );
  expect([mutation, data?.[mutation]?.code ?? errors?.[0].extensions.code]).toEqual([
    mutation,
    expect.stringMatching(/^(NOT_FOUND|NOT_ALLOWED|FORBIDDEN|WRONG_STATE)$/),
  ]);
  expect(JSON.stringify({ data, errors })).not.toMatch(/row-level|policy|relation|permission denied|constraint/);
  expect(await everything()).toBe(before);
}

/** The cases that somebody sees, by whatever way. */
async function seen(who: Identity): Promise<{ moderated: string[]; own: string[] }> {
  const { data } = await under.api.execute(
    'community',
    scoped(who),
    `query ($open: ID!, $decided: ID!, $appealed: ID!) {
       open: moderationCase(id: $open) { id reports { note } author { pseudonym } decisions { reason } }
       decided: moderationCase(id: $decided) { id } appealed: moderationCase(id: $appealed) { id }
       waiting: moderationQueue(first: 100) { nodes { id } } closed: moderationQueue(first: 100, filter: { state: DECIDED }) { nodes { id } }
       myModeration(first: 100) { nodes { id } } }`,
    { open: open.id, decided: decided.id, appealed: appealed.id },
  );
  const ids = (list: Answer[]) => list.flatMap((each) => each?.id ?? []);
  const known = [open, decided, appealed].map(({ id }) => id);
  const among = (list: string[]) => known.filter((id) => list.includes(id));
  const listed = among(ids([...data.waiting.nodes, ...data.closed.nodes]));
  const byId = ids([data.open, data.decided, data.appealed]);
  expect(listed).toEqual(byId);
  return { moderated: listed, own: among(ids(data.myModeration.nodes)) };
}

describe('cases', () => {
  test('are seen by moderators, and by the author those that they know of', async () => {
    const all = [open, decided, appealed].map(({ id }) => id);
    for (const who of [MODERATOR, SECOND_MODERATOR, WRITER]) {
      expect(await seen(who)).toEqual({ moderated: all, own: [] });
    }
    expect(await seen(author)).toEqual({ moderated: [], own: [decided.id, appealed.id] });
  });

  test.each(STRANGERS)('are not seen by %s, and nothing is done with them', async (_, who) => {
    expect(await seen(who)).toEqual({ moderated: [], own: [] });
    for (const [mutation, input] of Object.entries(INPUTS)) await expectRefused(who, mutation, input());
  });

  test('are not appealed by moderators, nor decided by the author', async () => {
    await expectRefused(MODERATOR, 'appealDecision', INPUTS.appealDecision!());
    await expectRefused(WRITER, 'appealDecision', INPUTS.appealDecision!());
    for (const mutation of ['decideCase', 'escalateCase', 'decideAppeal']) {
      await expectRefused(author, mutation, INPUTS[mutation]!());
    }
  });

  test('about one’s own post are not there for a moderator, and nothing is done with them', async () => {
    const { found } = await under.reported(WRITER);
    expect(found.state).toBe('OPEN');
    expect(await under.case(found.id, WRITER)).toBeNull();
    await expectRefused(WRITER, 'decideCase', decision(found));
    await expectRefused(WRITER, 'escalateCase', withCase(found));
    const other = await under.decided('WARN', { author: WRITER });
    await under.appeal(WRITER, other.found.id);
    const again = await under.case(other.found.id);
    expect(await under.case(other.found.id, WRITER)).toBeNull();
    await expectRefused(WRITER, 'decideAppeal', { ...withCase(again), outcome: 'OVERTURNED' });
  });

  test('that one has reported are decided by others', async () => {
    const story = await under.story(under.member());
    await under.report(REPORTER, story.id);
    const found = await under.caseOf(story.id, REPORTER);
    expect(found.allowedActions).toEqual([]);
    await expectRefused(REPORTER, 'decideCase', decision(found));
    await expectRefused(REPORTER, 'escalateCase', withCase(found));
  });

  test('that one has escalated or decided are decided by others', async () => {
    const { found } = await under.reported();
    const escalated = await under.done(MODERATOR, 'escalateCase', withCase(found));
    await expectRefused(MODERATOR, 'decideCase', decision(escalated));
    await expectRefused(MODERATOR, 'decideAppeal', INPUTS.decideAppeal!());
  });

  test('are decided anew by nobody, and suspended for long by nobody alone', async () => {
    await expectRefused(SECOND_MODERATOR, 'decideCase', decision(decided));
    await expectRefused(SECOND_MODERATOR, 'decideAppeal', { ...withCase(decided), outcome: 'UPHELD' });
  });
});

test('one’s own is not reported, nor what cannot be read', async () => {
  const story = await under.story(under.member());
  await expectRefused(person('member-x', 'PATIENT'), 'reportPost', { postId: newId(), reason: 'SPAM' });
  const owner = under.member();
  const own = await under.story(owner);
  await expectRefused(owner, 'reportPost', { postId: own.id, reason: 'SPAM' });
  await under.done(owner, 'withdrawStory', { storyId: own.id, expectedVersion: own.version });
  for (const who of [MODERATOR, person('member-y', 'PATIENT')]) {
    await expectRefused(who, 'reportPost', { postId: own.id, reason: 'SPAM' });
  }
  expect(await under.report(person('member-y', 'PATIENT'), story.id)).toMatchObject({ __typename: 'PostReport' });
});

describe('the database alone', () => {
  const as = async (identity: Identity) => {
    const client = await under.api.serving('community');
    await client.query("select set_config('app.subject', $1, false), set_config('app.roles', $2, false)", [
      identity.subject,
      identity.roles.join(','),
    ]);
    return client;
  };

  test('shows who reported, escalated or decided to nobody', async () => {
    for (const who of [MODERATOR, author, ANONYMOUS]) {
      const client = await as(who);
      expect((await client.query('select * from report')).rowCount).toBe(0);
      for (const column of [
        'decided_by from moderation_decision',
        'log_id from moderation_decision',
        'escalated_by from moderation_case',
      ]) {
        await expect(client.query(`select ${column}`)).rejects.toThrow('permission denied');
      }
      for (const call of [
        `wrote('${newId()}', 'x')`,
        `reported_in('${newId()}', 'x')`,
        `decided_in('${newId()}', 'DECISION', 'x')`,
      ]) {
        await expect(client.query(`select ${call}`)).rejects.toThrow('permission denied');
      }
    }
    const reporter = await as(REPORTER);
    expect((await reporter.query('select * from report')).rowCount).toBe(1);
  });

  test('tells of reports and authors to moderators alone, and never of what they wrote themselves', async () => {
    const { rows } = await under.api.admin.query('select array_agg(id) as ids from community.moderation_case');
    const counts = async (who: Identity) => {
      const client = await as(who);
      const counted = async (of: string) => (await client.query(`select * from ${of}($1)`, [rows[0].ids])).rowCount;
      return [await counted('reports_of'), await counted('authors_in'), await counted('part_in')];
    };
    const all = await counts(MODERATOR);
    expect(Math.min(...(all as number[]))).toBeGreaterThan(2);
    const { rows: own } = await under.api.admin.query(
      `select count(*)::int as count from community.moderation_case c join community.member m on m.id = c.member_id where m.subject = $1`,
      [WRITER.subject],
    );
    expect((await counts(WRITER))[1]).toBe((all[1] as number) - own[0].count);
    for (const who of [author, ANONYMOUS, person('a-PATIENT', 'PATIENT')]) expect(await counts(who)).toEqual([0, 0, 0]);
  });

  test('shows a moderator every case but those about what they wrote, and these as to any author', async () => {
    const writer = both('writes-and-moderates-too');
    const { found } = await under.reported(writer);
    const told = (await under.decided('HIDE', { author: writer })).found;
    const shown = async (who: Identity) => {
      const client = await as(who);
      return (await client.query('select id from moderation_case')).rows.map(({ id }) => id);
    };
    expect(await shown(MODERATOR)).toEqual(expect.arrayContaining([open.id, found.id, told.id]));
    expect(await shown(writer)).toEqual(expect.arrayContaining([open.id, told.id]));
    expect(await shown(writer)).not.toContain(found.id);
    expect((await shown(author)).sort()).toEqual([decided.id, appealed.id].sort());
  });

  test('makes one case of two reports at once', async () => {
    const story = await under.story(under.member());
    const reporters = [under.member(), under.member()];
    for (const reporter of reporters) await under.story(reporter);
    const [first, second] = [await as(reporters[0]!), await as(reporters[1]!)];
    const insert = `insert into report (id, post_id, member_id, reason) values (gen_random_uuid(), $1, caller_member(), 'SPAM')`;
    await first.query('begin');
    await first.query(insert, [story.id]);
    const waits = second.query(insert, [story.id]);
    await until(async () => {
      const { rows } = await under.api.admin.query(
        "select from pg_stat_activity where wait_event_type = 'Lock' and query = $1",
        [insert],
      );
      return rows.length > 0;
    });
    await first.query('commit');
    await waits;
    expect(await under.caseOf(story.id)).toMatchObject({ reportCount: 2 });
  });

  test('holds what a decision may be', async () => {
    const client = await as(MODERATOR);
    const insert = `insert into moderation_decision (id, case_id, step, action, rule, reason, days, decided_by)
      values (gen_random_uuid(), $1, $2, $3, $4, 'x', $5, caller_subject())`;
    for (const [found, step, action, rule, days] of [
      [open, 'DECISION', 'SUSPEND', 'SPAM', 31],
      [open, 'DECISION', 'SUSPEND', 'SPAM', null],
      [open, 'DECISION', 'KEEP', 'SPAM', null],
      [open, 'DECISION', 'WARN', 'NOTHING_WRONG', null],
      [open, 'APPEAL', 'UPHELD', null, null],
      [decided, 'DECISION', 'REMOVE', 'SPAM', null],
      [appealed, 'APPEAL', 'REMOVE', null, null],
    ]) {
      await expect(client.query(insert, [found.id, step, action, rule, days])).rejects.toThrow(
        /decided (so|by another)|check constraint/,
      );
    }
  });

  test('lets nobody write a case, change a report or a decision, or decide in another’s name', async () => {
    for (const who of [MODERATOR, author, REPORTER]) {
      const client = await as(who);
      for (const statement of [
        "update moderation_case set state = 'CLOSED'",
        'delete from moderation_case',
        'insert into moderation_case (id) values (gen_random_uuid())',
        "update report set reason = 'OTHER'",
        'delete from report',
        "update moderation_decision set reason = 'x'",
        'delete from moderation_decision',
        `select hold_case('${open.id}')`,
        `select tell('${newId()}', 'POST_DECIDED', '${newId()}')`,
      ]) {
        await expect(client.query(statement)).rejects.toThrow('permission denied');
      }
      const forged = `insert into moderation_decision (id, case_id, step, action, rule, reason, decided_by)
        values (gen_random_uuid(), $1, 'DECISION', 'REMOVE', 'SPAM', 'x', $2)`;
      await expect(client.query(forged, [open.id, SECOND_MODERATOR.subject])).rejects.toThrow('row-level security');
      const report = `insert into report (id, post_id, member_id, reason) select gen_random_uuid(), $1, id, 'SPAM' from
        (select $2::uuid as id) other`;
      const { id } = await under.memberOf(who === author ? REPORTER : author);
      await expect(client.query(report, [(await under.story(under.member())).id, id])).rejects.toThrow(
        'row-level security',
      );
    }
  });
});
