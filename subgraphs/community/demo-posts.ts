import type { Client } from 'pg';
import { fixedId } from '../common/ids.js';
import { HOUR, MINUTE, type SeedDisease } from '../common/seed.js';
import { labelled, memberId, storyId } from './seed.js';

/** When the demo's physician first wrote something, and the members whom the seed has made already. */
const PHYSICIAN_AT = Date.parse('2026-10-05T13:05:00Z');
const PHYSICIAN = {
  id: fixedId('member', 'demo-physician', PHYSICIAN_AT),
  subject: 'demo-physician',
  // of the seed's patients nobody has a number as high
  pseudonym: 'Calm Lantern 90000001',
} as const;
const MEMBERS = {
  patient: memberId(0),
  other: memberId(1),
  caregiver: memberId(2),
  physician: PHYSICIAN.id,
} as const;
type Name = keyof typeof MEMBERS;
const SEEDED = [MEMBERS.patient, MEMBERS.other, MEMBERS.caregiver];

const GAUCHER = 31;
const FABRY = 27;
const SMA = 110;

interface DemoPost {
  readonly key: string;
  readonly kind: 'QUESTION' | 'ANSWER' | 'COMMENT';
  readonly by: Name;
  /** The key of another, or the story of somebody. */
  readonly under?: string | { readonly storyOf: number };
  /** Of a question, by the national list's number. */
  readonly about?: number;
  readonly title?: string;
  readonly text: string;
  /** UTC, a whole minute. */
  readonly at: string;
  readonly reactions?: Partial<Readonly<Record<Name, 'HELPFUL' | 'THANKS' | 'WITH_YOU'>>>;
}

/** Each stands behind what it is written under. */
const POSTS: readonly DemoPost[] = [
  {
    ...{ key: 'travel', kind: 'QUESTION', by: 'patient', about: GAUCHER, at: '2026-10-05T09:20:00Z' },
    title: '出差期间的输注怎么安排？',
    text: '下个月要去外地开会两周，正好赶上一次输注。大家是提前还是推后？需要和当地医院怎么沟通？',
    reactions: { other: 'WITH_YOU' },
  },
  {
    ...{ key: 'travel-physician', kind: 'ANSWER', by: 'physician', under: 'travel', at: '2026-10-05T13:05:00Z' },
    text: '请提前两周联系您的主诊医生，不要自行推迟。多数情况下可以在出发前几天完成输注，或由主诊医生联系当地的协作医院。出行时随身携带病情摘要。',
    reactions: { patient: 'HELPFUL', other: 'HELPFUL', caregiver: 'THANKS' },
  },
  {
    ...{ key: 'travel-other', kind: 'ANSWER', by: 'other', under: 'travel', at: '2026-10-06T02:41:00Z' },
    text: 'We moved ours three days forward, after a call. It was much easier than I had thought.',
    reactions: { patient: 'THANKS' },
  },
  {
    ...{ key: 'travel-thanks', kind: 'COMMENT', by: 'patient', under: 'travel-physician', at: '2026-10-06T08:12:00Z' },
    text: '谢谢医生，已经打电话约好了。',
  },
  {
    ...{ key: 'swimming', kind: 'QUESTION', by: 'other', about: FABRY, at: '2026-10-12T10:02:00Z' },
    title: 'Swimming in a cold pool with Fabry disease?',
    text: 'Heat is hard for me, so I would like to try a cooler pool. Has anybody found a temperature that works?',
    reactions: { caregiver: 'HELPFUL' },
  },
  {
    ...{ key: 'school', kind: 'QUESTION', by: 'caregiver', about: SMA, at: '2026-09-15T11:30:00Z' },
    title: '开学前要和老师说明哪些事？',
    text: '孩子今年上小学，想把注意事项写成一页纸交给老师，大家都写了什么？',
    reactions: { patient: 'WITH_YOU' },
  },
  {
    ...{ key: 'school-answer', kind: 'ANSWER', by: 'patient', under: 'school', at: '2026-09-15T14:08:00Z' },
    text: '紧急联系人、可以平躺休息的地方、咳嗽时怎么办，还有孩子希望自己做的事。写这四样就够了。',
    reactions: { caregiver: 'THANKS', physician: 'HELPFUL' },
  },
  {
    ...{ key: 'story-comment', kind: 'COMMENT', by: 'other', under: { storyOf: 0 }, at: '2026-10-08T03:15:00Z' },
    text: 'Thank you for telling this. It could be our story.',
    reactions: { patient: 'THANKS' },
  },
  {
    ...{ key: 'story-reply', kind: 'COMMENT', by: 'patient', under: 'story-comment', at: '2026-10-08T06:40:00Z' },
    text: 'I am glad that it helps. Ask whatever you like.',
  },
  {
    ...{ key: 'rumour', kind: 'COMMENT', by: 'other', under: 'school', at: '2026-10-20T04:22:00Z' },
    text: 'I have read that all of this goes away by itself with the right tea.',
  },
  {
    ...{ key: 'advertisement', kind: 'COMMENT', by: 'other', under: 'swimming', at: '2026-10-21T05:55:00Z' },
    text: 'The best pool of the town is ours! Come and see, first week free.',
  },
  {
    ...{ key: 'too-much', kind: 'COMMENT', by: 'caregiver', under: 'travel-other', at: '2026-10-22T09:31:00Z' },
    text: 'I know who you are, we sat beside each other in the waiting room on the third floor.',
  },
];

const timeOf = ({ at }: DemoPost): number => Date.parse(at);
const idOf = (key: string): string => {
  const post = POSTS.find((each) => each.key === key);
  if (!post) throw new Error(`The demo has no post ${key}`);
  return fixedId('demo-post', key, timeOf(post));
};

/** A post, if what it stands under can be read. */
async function write(client: Client, post: DemoPost, diseases: ReadonlyMap<number, string>): Promise<void> {
  const { key, kind, by, under, about, title, text, at, reactions = {} } = post;
  const parent = typeof under === 'object' ? storyId(under.storyOf) : under && idOf(under);
  const given = (wanted: string): number => Object.values(reactions).filter((each) => each === wanted).length;
  const { rowCount } = await client.query(
    `insert into community.post (id, kind, member_id, pseudonym, badge, disease_id, parent_id, title, body, status, published_at,
       helpful, thanks, with_you, helpful_rank)
     select $1, $2, m.id, m.pseudonym, $3, $4, $5, $6, $7, 'PUBLISHED', $8, $9, $10, $11, $9 from community.member m
     where m.id = $12 and ($5::uuid is null or exists (select from community.post above join community.post top on top.id = above.top_id
       where above.id = $5 and above.status = 'PUBLISHED' and top.status = 'PUBLISHED'))`,
    [
      ...[idOf(key), kind, by === 'physician' ? 'PHYSICIAN' : null, about ? diseases.get(about) : null, parent, title],
      ...[labelled(text), at, given('HELPFUL'), given('THANKS'), given('WITH_YOU'), MEMBERS[by]],
    ],
  );
  if (rowCount === 0) return;
  for (const [who, reaction] of Object.entries(reactions)) {
    await client.query(
      `insert into community.reaction (post_id, member_id, kind) select $1, id, $2 from community.member where id = $3`,
      [idOf(key), reaction, MEMBERS[who as Name]],
    );
  }
}

const accept = (client: Client, question: string, answer: string): Promise<unknown> =>
  client.query(
    `update community.post q set accepted_id = a.id from community.post a where a.id = $2 and q.id = $1 and a.parent_id = q.id`,
    [idOf(question), idOf(answer)],
  );

async function follow(client: Client, who: Name, diseaseId: string | undefined, since: string): Promise<void> {
  await client.query(
    'insert into community.follow (member_id, disease_id, since) select id, $2, $3 from community.member where id = $1 on conflict do nothing',
    [MEMBERS[who], diseaseId, since],
  );
}

async function tell(client: Client, who: Name, kind: string, key: string): Promise<void> {
  const at = POSTS.find((each) => each.key === key)?.at as string;
  await client.query(
    `insert into community.notice (id, member_id, kind, post_id, at)
     select $1, m.id, $3, p.id, $5 from community.member m, community.post p where m.id = $2 and p.id = $4 on conflict do nothing`,
    [fixedId('demo-notice', `${who}:${kind}:${key}`, Date.parse(at)), MEMBERS[who], kind, idOf(key), at],
  );
}

/** Somebody reports a post. @returns the case that it opens; undefined where there is no such post or member */
async function report(client: Client, by: Name, key: string, reason: string, at: Date): Promise<string | undefined> {
  const { rows } = await client.query<{ case: string }>(
    `insert into community.report (id, post_id, member_id, reason, note, at)
     select community.id_at($4), p.id, m.id, $3, $5, $4 from community.post p, community.member m where p.id = $1 and m.id = $2
     returning case_id as "case"`,
    [idOf(key), MEMBERS[by], reason, at, 'This is a demo report.'],
  );
  return rows[0]?.case;
}

/** What the demo's moderator decides about a case. */
const decide = (client: Client, of: string, action: string, rule: string, reason: string, at: Date): Promise<unknown> =>
  client.query(
    `insert into community.moderation_decision (id, case_id, step, action, rule, reason, decided_by, at)
     values (community.id_at($5), $1, 'DECISION', $2, $3, $4, 'demo-moderator', $5)`,
    [of, action, rule, reason, at],
  );

/** One case that waits, one that is decided and can be appealed, and one whose appeal the second moderator has to hear. */
async function importCases(client: Client, now: Date): Promise<void> {
  const before = (hours: number) => new Date(Math.floor((now.getTime() - hours * HOUR) / MINUTE) * MINUTE);
  await report(client, 'caregiver', 'rumour', 'MISINFORMATION', before(2));
  const advertised = await report(client, 'patient', 'advertisement', 'SPAM', before(96));
  if (advertised) await decide(client, advertised, 'REMOVE', 'SPAM', 'This is no place to advertise.', before(90));
  const known = await report(client, 'other', 'too-much', 'PERSONAL_DATA', before(48));
  if (!known) return;
  await decide(
    client,
    known,
    'HIDE',
    'PERSONAL_DATA',
    'It lets others guess who somebody is. Take that out.',
    before(40),
  );
  await client.query(
    `update community.moderation_case set state = 'APPEALED', appeal_text = $2, appealed_at = $3::timestamptz, due_at = $3::timestamptz + interval '72 hours',
       version = version + 1, firm_version = version + 1 where id = $1`,
    [known, 'I named nobody, and meant it kindly. (Demo.)', before(3)],
  );
}

const SUBMITTED_AT = '2026-10-23T07:45:00Z';

/** What the physician wants to publish, and a moderator has to look at. */
const importRevision = (client: Client, diseaseId: string | undefined): Promise<unknown> =>
  client.query(
    `insert into community.article_revision (id, article_id, written_by, member_id, pseudonym, badge, title_en, title_zh, body_en, body_zh,
       disease_id, stages, author_class, sources, state, saved_at, submitted_at)
     select $1, $2, subject, id, pseudonym, 'PHYSICIAN', $4, $5, $6, $7, $8, '{ACTIVE,REMISSION,LONG_TERM}', 'PHYSICIAN', $9, 'IN_REVIEW', $10, $10
     from community.member where id = $3 on conflict do nothing`,
    [
      ...[
        fixedId('demo-revision', 'travel', Date.parse(SUBMITTED_AT)),
        fixedId('demo-article', 'travel', Date.parse(SUBMITTED_AT)),
      ],
      ...[PHYSICIAN.id, 'Gaucher disease: travelling between two infusions', '戈谢病：两次输注之间的出行'],
      labelled('Tell your team two weeks before. Take a summary of your record with you, and know whom to call there.'),
      labelled('请提前两周告诉您的医生，随身携带病情摘要，并了解当地可以联系谁。'),
      ...[diseaseId, ['International Gaucher Alliance'], SUBMITTED_AT],
    ],
  );

/**
 * Makes what the demo people have asked, answered, said, followed and reported, once and when all of them are there: whatever
 * somebody does with it since stays so.
 *
 * @param client a connection of an administrator, in a transaction, with the demo patients loaded
 * @param diseases of the catalog
 */
export async function importDemoPosts(
  client: Client,
  diseases: readonly SeedDisease[],
  now = new Date(),
): Promise<void> {
  const { rows } = await client.query<{ ready: boolean }>(
    `select (select count(*) from community.member where id = any($1)) = $2 and not exists (select from community.post where id = any($3)) as ready`,
    [SEEDED, SEEDED.length, POSTS.map(({ key }) => idOf(key))],
  );
  if (!rows[0]?.ready) return;
  const byNumber = new Map(diseases.map(({ id, catalogNo }) => [catalogNo, id]));
  await client.query(
    'insert into community.member (id, subject, pseudonym, created_at) values ($1, $2, $3, $4) on conflict do nothing',
    [PHYSICIAN.id, PHYSICIAN.subject, PHYSICIAN.pseudonym, new Date(PHYSICIAN_AT)],
  );
  for (const post of POSTS) await write(client, post, byNumber);
  await accept(client, 'travel', 'travel-physician');
  await accept(client, 'school', 'school-answer');
  await client.query('update community.post set closed_at = $2 where id = $1', [
    idOf('school'),
    '2026-09-20T08:00:00Z',
  ]);
  await follow(client, 'patient', byNumber.get(GAUCHER), '2026-10-05T09:20:00Z');
  await follow(client, 'caregiver', byNumber.get(SMA), '2026-09-15T11:30:00Z');
  await tell(client, 'patient', 'ANSWERED', 'travel-physician');
  await tell(client, 'patient', 'ANSWERED', 'travel-other');
  await tell(client, 'patient', 'COMMENTED', 'story-comment');
  await tell(client, 'physician', 'ANSWER_ACCEPTED', 'travel-physician');
  await importCases(client, now);
  await importRevision(client, byNumber.get(GAUCHER));
}
