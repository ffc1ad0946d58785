import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';

const OWN = statement('member-of-caller', 'select id from member where subject = caller_subject()');

/** Reads who the caller is in the community. Of others nothing can be read. */
export class MemberLoader {
  private own?: Promise<string | null>;

  constructor(
    private readonly session: Session,
    private readonly identity: Identity,
  ) {}

  /** The caller's member id; null for somebody who has written nothing. Never leaves this subgraph. */
  ownId(): Promise<string | null> {
    this.own ??= this.read();
    return this.own;
  }

  /** To be said when the caller has become a member. */
  forget(): void {
    this.own = undefined;
  }

  private async read(): Promise<string | null> {
    if (!this.identity.scopes.includes('community:write')) return null;
    const [row] = await this.session.rows<{ id: string }>(OWN);
    return row?.id ?? null;
  }
}
