import type { Client } from 'pg';
import type { Identity, Role } from '../subgraphs/common/identity.js';
import { newId } from '../subgraphs/common/ids.js';
import { minuteId, publicMinute } from '../subgraphs/community/post/post.rules.js';
import { person } from './subgraphs.js';

/** Everybody who is something to one member's posts, or might take themselves to be. */
export const ACTORS = [
  'the author',
  'a member',
  'a suspended member',
  'who reported it',
  'a caregiver',
  'a physician',
  'an unverified physician',
  'a moderator',
  'another moderator',
  'a moderator who is the author',
  'a moderator who reported it',
  'a reviewer',
  'finance',
  'a pharmacist',
  'an administrator',
  'a sponsor',
  'a hospital',
  'a carrier',
  'a merchant',
  'nobody',
] as const;
export type Actor = (typeof ACTORS)[number];

/** Those who may write. */
export const WRITERS = [
  'the author',
  'a member',
  'who reported it',
  'a caregiver',
  'a physician',
  'an unverified physician',
  'a moderator who is the author',
  'a moderator who reported it',
] as const satisfies readonly Actor[];
/** Those who moderate, and have nothing to do with the posts of the case. */
export const MODERATORS = ['a moderator', 'another moderator'] as const satisfies readonly Actor[];
export const ALL_MODERATORS = [
  ...MODERATORS,
  'a moderator who is the author',
  'a moderator who reported it',
] as const satisfies readonly Actor[];
export const AUTHOR = ['the author', 'a moderator who is the author'] as const satisfies readonly Actor[];

const ROLE_OF: Partial<Record<Actor, readonly Role[]>> = {
  'a caregiver': ['CAREGIVER'],
  'a physician': ['PHYSICIAN'],
  'an unverified physician': ['PHYSICIAN'],
  'a moderator': ['MODERATOR'],
  'another moderator': ['MODERATOR'],
  'a moderator who is the author': ['PATIENT', 'MODERATOR'],
  'a moderator who reported it': ['PATIENT', 'MODERATOR'],
  'a reviewer': ['REVIEWER'],
  finance: ['FINANCE'],
  'a pharmacist': ['PHARMACIST'],
  'an administrator': ['ADMIN'],
  'a sponsor': ['SPONSOR'],
  'a hospital': ['HOSPITAL'],
  'a carrier': ['CARRIER'],
  'a merchant': ['MERCHANT'],
  nobody: [],
};

/** By what one would know somebody in an answer. */
export const subjectOf = (actor: Actor): string =>
  actor === 'nobody'
    ? ''
    : `case-${(actor === 'a moderator who is the author' ? 'the author' : actor).replaceAll(' ', '-')}`;

function identityOf(actor: Actor): Identity {
  const roles = ROLE_OF[actor] ?? ['PATIENT'];
  const each = roles.map((role) => person(subjectOf(actor), role));
  const partner = roles.some((role) => ['SPONSOR', 'HOSPITAL', 'CARRIER', 'MERCHANT'].includes(role));
  return {
    subject: subjectOf(actor),
    roles,
    scopes: [...new Set(each.flatMap(({ scopes }) => scopes))],
    ...(partner && { organisation: newId() }),
  };
}

export type Kind = 'STORY' | 'QUESTION' | 'ANSWER' | 'COMMENT';
export type Status = 'DRAFT' | 'PUBLISHED' | 'HIDDEN' | 'REMOVED' | 'DELETED';

/** A time that can be told. */
export const minutesAgo = (minutes: number): Date => publicMinute(new Date(Date.now() - minutes * 60_000));

const LONG_AGO = minutesAgo(3 * 24 * 60);

/** What a member wrote and what became of it, made past all rules: as an administrator of the database. */
export class CommunityCase {
  readonly identities = Object.fromEntries(ACTORS.map((actor) => [actor, identityOf(actor)])) as Readonly<
    Record<Actor, Identity>
  >;
  readonly members: Partial<Record<Actor, string>> = {};
  readonly patientId = newId();
  private written = 0;

  private constructor(
    private readonly admin: Client,
    readonly diseaseId: string,
    readonly otherDiseaseId: string,
  ) {}

  static async make(admin: Client): Promise<CommunityCase> {
    const { rows } = await admin.query(
      'select id from catalog.disease where catalog_no in (31, 27) order by catalog_no',
    );
    const made = new CommunityCase(admin, rows[1].id, rows[0].id);
    for (const [i, actor] of [...WRITERS, 'a suspended member' as const].entries()) {
      if (actor === 'a moderator who is the author') continue;
      await made.member(actor, i);
    }
    made.members['a moderator who is the author'] = made.members['the author'] as string;
    await admin.query(`update community.member set suspended_until = now() + interval '3 days' where subject = $1`, [
      subjectOf('a suspended member'),
    ]);
    await made.patient();
    for (const actor of ['a physician', 'an unverified physician'] as const) await made.physician(actor);
    return made;
  }

  private async member(actor: Actor, i: number): Promise<void> {
    const id = minuteId(minutesAgo(60 * 24 * 30 + i));
    this.members[actor] = id;
    await this.admin.query(
      `insert into community.member (id, subject, pseudonym, created_at) values ($1, $2, $3, now() - interval '30 days')`,
      [id, subjectOf(actor), `Case Heron ${i}`],
    );
  }

  /** The author's own record, who agrees that a disease is shown. */
  private async patient(): Promise<void> {
    await this.admin.query(
      `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
       values ($1, $2, 'Case Author', '1990-01-01', 'OTHER', 'Nowhere', now() - interval '1 year')`,
      [this.patientId, subjectOf('the author')],
    );
    await this.admin.query(
      `insert into patient.diagnosis (id, patient_id, disease_id, hospital_id, diagnosed_on, status, created_at)
       values ($1, $2, $3, $4, '2026-01-05', 'REPORTED', now())`,
      [newId(), this.patientId, this.diseaseId, newId()],
    );
    await this.admin.query(
      `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
       values ($1, $2, 'COMMUNITY_PROFILE', 1, now() - interval '1 day', $3)`,
      [newId(), this.patientId, subjectOf('the author')],
    );
  }

  private async physician(actor: 'a physician' | 'an unverified physician'): Promise<void> {
    await this.admin.query(
      `insert into patient.physician (id, subject, name_zh, title, licence_sealed, licence_index, hospital_id, languages, status, decided_at, created_at)
       values ($1::uuid, $2, '测试', 'Dr.', 'v1.x', $1::text, $3, '{zh}', $4, case when $4 = 'VERIFIED' then now() end, now())`,
      [newId(), subjectOf(actor), newId(), actor === 'a physician' ? 'VERIFIED' : 'PENDING'],
    );
  }

  /**
   * Something that was written, so long ago that it does not count against what one may write in a day.
   *
   * @param marked said in its text
   * @param under what an answer answers or a comment is about
   * @returns its id
   */
  async post(
    kind: Kind,
    status: Status = 'PUBLISHED',
    {
      by = 'the author',
      under,
      marked = '',
    }: { readonly by?: Actor; readonly under?: string; readonly marked?: string } = {},
  ): Promise<string> {
    const id = minuteId(LONG_AGO);
    const gone = status === 'DELETED';
    const titled = kind === 'STORY' || kind === 'QUESTION';
    const words = `${status} ${kind} ${++this.written} ${marked}`.trim();
    await this.admin.query(
      `insert into community.post (id, kind, member_id, pseudonym, disease_id, parent_id, top_id, depth, title, body, status, published_at)
       select $1, $2, m.id, m.pseudonym, $4, $5, $1, 0, $6, $7, $8, $9 from community.member m where m.id = $3`,
      [
        ...[id, kind, this.members[by], under ? null : this.diseaseId, under ?? null],
        ...[titled && !gone ? `Case title ${words}` : null, gone ? null : `Case text ${words}`],
        ...[status, status === 'DRAFT' ? null : LONG_AGO],
      ],
    );
    return id;
  }

  /** A member's comment under what was published then, and is hidden now. */
  async orphan(): Promise<string> {
    const top = await this.post('STORY');
    const id = await this.post('COMMENT', 'PUBLISHED', { by: 'a member', under: top });
    await this.admin.query(`update community.post set status = 'HIDDEN' where id = $1`, [top]);
    return id;
  }

  /** A published story that was once something else. */
  async edited(): Promise<string> {
    const id = await this.post('STORY', 'PUBLISHED', { marked: 'only before the edit' });
    await this.admin.query(
      `update community.post set title = 'Case title', body = 'Case text as edited', edited_at = $2, version = version + 1 where id = $1`,
      [id, minutesAgo(30)],
    );
    return id;
  }

  /** A question of the author's with an answer of another member's. */
  async answered(): Promise<{ question: string; answer: string }> {
    const question = await this.post('QUESTION');
    return { question, answer: await this.post('ANSWER', 'PUBLISHED', { by: 'a member', under: question }) };
  }

  /** A story of the author's that two have reported, and its case. */
  async reported(status: Status = 'PUBLISHED'): Promise<{ post: string; case: string }> {
    const post = await this.post('STORY');
    for (const by of ['who reported it', 'a moderator who reported it'] as const) {
      await this.admin.query(
        `insert into community.report (id, post_id, member_id, post_version, reason, note, at) values ($1, $2, $3, 1, 'SPAM', $4, $5)`,
        [minuteId(minutesAgo(20)), post, this.members[by], `Case note of ${post}`, minutesAgo(20)],
      );
    }
    if (status !== 'PUBLISHED')
      await this.admin.query('update community.post set status = $2 where id = $1', [post, status]);
    const { rows } = await this.admin.query('select id from community.moderation_case where post_id = $1', [post]);
    return { post, case: rows[0].id };
  }

  /** A reported story that a moderator has removed. */
  async decided(action: 'KEEP' | 'HIDE' | 'REMOVE' = 'REMOVE'): Promise<{ post: string; case: string }> {
    const made = await this.reported();
    await this.admin.query(
      `insert into community.moderation_decision (id, case_id, step, action, rule, reason, decided_by, at)
       values ($1, $2, 'DECISION', $3, 'SPAM', $4, $5, $6)`,
      [
        ...[minuteId(minutesAgo(10)), made.case, action, `Case reason of ${made.post}`],
        ...[subjectOf('a moderator'), minutesAgo(10)],
      ],
    );
    return made;
  }

  /** A decision that its author has appealed against. */
  async appealed(): Promise<{ post: string; case: string }> {
    const made = await this.decided();
    await this.admin.query(
      `update community.moderation_case set state = 'APPEALED', appeal_text = $2, appealed_at = $3, version = version + 1 where id = $1`,
      [made.case, `Case appeal of ${made.post}`, minutesAgo(5)],
    );
    return made;
  }

  /** Something that the author is told of. */
  async notice(post: string): Promise<string> {
    const id = minuteId(minutesAgo(3));
    await this.admin.query(
      `insert into community.notice (id, member_id, kind, post_id, occasion, at) values ($1, $2, 'COMMENTED', $3, $4, $5)`,
      [id, this.members['the author'], post, id, minutesAgo(3)],
    );
    return id;
  }
}
