import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import type { Doing } from './limits.rules.js';

const OWN = statement(
  'member-of-caller',
  `select id, coalesce(suspended_until > now(), false) as suspended from member where subject = caller_subject()`,
);

const PROFILE = statement(
  'member-profile',
  `select pseudonym, to_char(created_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as since, created_at as "createdAt",
     case when suspended_until > now() then suspended_until end as "suspendedUntil", warnings,
     case when shown_disease_id is not null then json_build_object('id', shown_disease_id) end as "shownDisease"
   from member where subject = caller_subject()`,
);

const WROTE = (kinds: string): string =>
  `select published_at as at from post where member_id = (select caller_member()) and published_at > now() - interval '1 day'
   and kind in (${kinds}) order by at desc limit 200`;

/** When the caller did what is limited in the last day, newest first. What was deleted since counts too. */
export const DONE: Readonly<Record<Exclude<Doing, 'OTHER'>, string>> = {
  POST: WROTE(`'STORY', 'QUESTION'`),
  REPLY: WROTE(`'ANSWER', 'COMMENT'`),
  REPORT: `select at from report where member_id = (select caller_member()) and at > now() - interval '1 day' order by at desc limit 200`,
};
const DONE_BY_CALLER = statement(
  'done-by-caller',
  Object.entries(DONE)
    .map(([does, times]) => `select '${does}' as does, at from (${times}) done`)
    .join(' union all '),
);

/** What members may know of themselves. */
export interface MemberProfile {
  readonly pseudonym: string;
  /** YYYY-MM-DD, in Shanghai. */
  readonly since: string;
  /** In no field: the day is enough. */
  readonly createdAt: string;
  readonly suspendedUntil: string | null;
  readonly warnings: number;
  readonly shownDisease: { readonly id: string } | null;
}

/** The caller as a member. */
export interface OwnMember {
  /** Never leaves this subgraph. */
  readonly id: string;
  /** Reads only for the time being. */
  readonly suspended: boolean;
}

/** Reads who the caller is in the community. Of others nothing can be read. */
export class MemberLoader {
  private known?: Promise<OwnMember | null>;

  constructor(
    private readonly session: Session,
    private readonly identity: Identity,
  ) {}

  /** The caller as a member; null for somebody who has written nothing. */
  own(): Promise<OwnMember | null> {
    this.known ??= this.read();
    return this.known;
  }

  /** The caller's member id; null for somebody who has written nothing. Never leaves this subgraph. */
  async ownId(): Promise<string | null> {
    return (await this.own())?.id ?? null;
  }

  /** Whether the caller may write here, a first post too. */
  async mayWrite(): Promise<boolean> {
    return this.isWriter() && !(await this.own())?.suspended;
  }

  /** What the caller may know of themselves; null for somebody who has written nothing. */
  async profile(): Promise<MemberProfile | null> {
    const [row] = await this.session.rows<MemberProfile>(PROFILE);
    return row ?? null;
  }

  /** When the caller did what is limited in the last day, newest first. */
  async done(): Promise<ReadonlyMap<Doing, readonly Date[]>> {
    const rows = await this.session.rows<{ does: Doing; at: string }>(DONE_BY_CALLER);
    const found = new Map<Doing, Date[]>();
    for (const { does, at } of rows) found.set(does, [...(found.get(does) ?? []), new Date(at)]);
    return found;
  }

  /** To be said when the caller has become a member. */
  forget(): void {
    this.known = undefined;
  }

  private isWriter(): boolean {
    return this.identity.scopes.includes('community:write');
  }

  private async read(): Promise<OwnMember | null> {
    if (!this.isWriter()) return null;
    const [row] = await this.session.rows<OwnMember>(OWN);
    return row ?? null;
  }
}
