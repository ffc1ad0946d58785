import type { Client } from 'pg';
import { diseaseId } from '../catalog/import.js';
import { DESK_AT, type DeskKey, type DeskPatient, deskId } from '../common/demo-desk.js';
import { HOUR, MINUTE } from '../common/seed.js';
import { labelled } from './seed.js';

/** Who writes and who reports, with the pseudonyms that none of the seed's patients is given. */
const MEMBERS = [
  { key: 'queue', pseudonym: 'Early Orchard 90000002' },
  { key: 'papers', pseudonym: 'Patient Kite 90000003' },
  { key: 'medical', pseudonym: 'Plain Harbour 90000004' },
] as const satisfies readonly { readonly key: DeskKey; readonly pseudonym: string }[];

type Name = (typeof MEMBERS)[number]['key'];

/** One that is reported and waits, and one whose removal its author does not accept. */
const COMMENTS = [
  {
    ...{ key: 'to-decide', by: 'papers', reportedBy: 'queue', reason: 'MISINFORMATION' },
    text: 'You can leave out the check-ups if you drink enough water. I stopped going and feel fine.',
  },
  {
    ...{ key: 'to-hear', by: 'medical', reportedBy: 'queue', reason: 'HARASSMENT' },
    text: 'People who travel all the time have no right to complain.',
  },
] as const satisfies readonly { readonly by: Name; readonly reportedBy: Name; readonly [other: string]: string }[];

/**
 * Makes a question with two comments that moderators have to do with: a report to decide, and an appeal to hear.
 * Times are counted from when it is first done, in whole minutes; decisions lie more than a day from those of the demo
 * people, as the public log orders those of one day by chance.
 *
 * @param client a connection of an administrator, in a transaction
 * @param patients those who were just made: what is theirs was never here
 */
export async function importDeskCases(
  client: Client,
  patients: readonly DeskPatient[],
  now = new Date(),
): Promise<void> {
  const subjectOf = new Map(patients.map(({ key, subject }) => [key, subject]));
  if (!MEMBERS.every(({ key }) => subjectOf.has(key))) return;
  const before = (hours: number) => new Date(Math.floor((now.getTime() - hours * HOUR) / MINUTE) * MINUTE);
  for (const { key, pseudonym } of MEMBERS) {
    await client.query('insert into community.member (id, subject, pseudonym, created_at) values ($1, $2, $3, $4)', [
      ...[memberId(key), subjectOf.get(key), pseudonym, new Date(DESK_AT)],
    ]);
  }
  const question = deskId('post', 'question');
  await write(client, {
    ...{ id: question, kind: 'QUESTION', by: 'queue', parent: null, at: before(200) },
    ...{ title: 'How do you plan check-ups around a trip?', text: 'We would like to visit family for three weeks.' },
  });
  for (const { key, by, reportedBy, reason, text } of COMMENTS) {
    const id = deskId('post', key);
    await write(client, { id, kind: 'COMMENT', by, parent: question, title: null, text, at: before(190) });
    await report(client, key, { post: id, by: reportedBy, reason }, key === 'to-hear' ? before(160) : before(4));
  }
  await appeal(client, deskId('case', 'to-hear'), before);
}

const memberId = (key: Name): string => deskId('member', key);

interface DeskPost {
  readonly id: string;
  readonly kind: 'QUESTION' | 'COMMENT';
  readonly by: Name;
  readonly parent: string | null;
  readonly title: string | null;
  readonly text: string;
  readonly at: Date;
}

const write = (client: Client, { id, kind, by, parent, title, text, at }: DeskPost): Promise<unknown> =>
  client.query(
    `insert into community.post (id, kind, member_id, pseudonym, disease_id, parent_id, title, body, status, published_at)
     select $1, $2, id, pseudonym, $3, $4, $5, $6, 'PUBLISHED', $7 from community.member where id = $8`,
    [id, kind, parent ? null : diseaseId(175), parent, title, labelled(text), at, memberId(by)],
  );

/** A report, under a case whose id is known before: the report's own trigger would give it any. */
async function report(
  client: Client,
  key: string,
  { post, by, reason }: { readonly post: string; readonly by: Name; readonly reason: string },
  at: Date,
): Promise<void> {
  await client.query(
    `insert into community.moderation_case (id, post_id, member_id, origin, state, post_version, title, body, opened_at, due_at)
     select $1, id, member_id, 'REPORTED', 'OPEN', community.text_version(id), title, body, $3, community.report_due($4, $3)
     from community.post where id = $2`,
    [deskId('case', key), post, at, reason],
  );
  await client.query(
    `insert into community.report (id, post_id, member_id, reason, note, at) values ($1, $2, $3, $4, 'This is a demo report.', $5)`,
    [deskId('report', key), post, memberId(by), reason, at],
  );
}

async function appeal(client: Client, of: string, before: (hours: number) => Date): Promise<void> {
  await client.query(
    `insert into community.moderation_decision (id, case_id, step, action, rule, reason, decided_by, at)
     values ($1, $2, 'DECISION', 'REMOVE', 'HARASSMENT', 'It attacks those who ask.', 'demo-moderator', $3)`,
    [deskId('decision', 'to-hear'), of, before(140)],
  );
  await client.query(
    `update community.moderation_case set state = 'APPEALED', appeal_text = $2, appealed_at = $3::timestamptz,
       due_at = $3::timestamptz + interval '72 hours', version = version + 1, firm_version = version + 1 where id = $1`,
    [of, 'It was about myself, and I shall write it more kindly. (Demo.)', before(6)],
  );
}
