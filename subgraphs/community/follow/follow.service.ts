import type { CommunityContext } from '../context.js';
import { writerOf } from '../member/writer.step.js';
import { ensureDisease } from '../post/disease.port.js';

const FOLLOW = `
  insert into follow (member_id, disease_id, since) values (?, ?, date_trunc('minute', now())) on conflict do nothing`;
const UNFOLLOW = 'delete from follow where disease_id = ? returning disease_id';

/** Following diseases, and no longer. Both may be repeated and then change nothing. */
export class FollowService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * Whoever follows something is a member from then on, with a pseudonym.
   *
   * @throws {InvalidInput} when there is no such disease
   * @throws {MemberSuspended}
   */
  async follow(diseaseId: string): Promise<void> {
    const { session, ask, follows } = this.context;
    await ensureDisease(ask, diseaseId);
    await session.transaction(async (em) => {
      const member = await writerOf(em, this.context, null, 'OTHER');
      await em.execute(FOLLOW, [member.id, diseaseId]);
    });
    follows.changed(diseaseId);
  }

  /** @throws {InvalidInput} when there is no such disease */
  async unfollow(diseaseId: string): Promise<void> {
    const { session, ask, follows } = this.context;
    // row-level security: of the caller's own alone
    const ended = await session.decide((sql) => sql.execute<object[]>(UNFOLLOW, [diseaseId]));
    follows.changed(diseaseId);
    if (ended.length === 0) await ensureDisease(ask, diseaseId);
  }
}
