import { NotAllowed } from '../../common/errors.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { CommunityContext } from '../context.js';
import { lockedMember, writerOf } from '../member/writer.step.js';
import { readablePost } from '../post/readable.step.js';
import type { ReactionKind } from './reaction.js';

const REACT = `
  insert into reaction (post_id, member_id, kind) values (?, ?, ?)
  on conflict (post_id, member_id) do update set kind = excluded.kind where reaction.kind <> excluded.kind
  returning old.kind is null as first`;

/** Reacting to what others wrote, and taking it back. Both may be repeated and then change nothing. */
export class ReactionService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * One reaction a member and post: another kind takes the place of the one before. The author is told of the first.
   *
   * @throws {NotFound} {NotAllowed} {MemberSuspended}
   */
  async react(postId: string, kind: ReactionKind): Promise<void> {
    const { session, reactions } = this.context;
    await session.transaction(async (em) => {
      const member = await writerOf(em, this.context, null, 'OTHER');
      const post = await readablePost(em, postId, 'post', 'postId');
      ensureAllowed(
        !post.mine,
        () => new NotAllowed('You wrote this yourself. Reactions are for what others wrote.', ['input', 'postId']),
      );
      const [reaction] = await em.execute<{ first: boolean }[]>(REACT, [postId, member.id, kind]);
      if (reaction?.first) await em.execute("select tell_author(?, 'REACTED', ?)", [postId, postId]);
    });
    reactions.changed(postId);
  }

  /**
   * Who is suspended may do this too.
   *
   * @throws {NotFound}
   */
  async takeBack(postId: string): Promise<void> {
    const { session, reactions } = this.context;
    await session.transaction(async (em) => {
      await lockedMember(em);
      await readablePost(em, postId, 'post', 'postId');
      // row-level security: of the caller's own alone
      await em.execute('delete from reaction where post_id = ?', [postId]);
    });
    reactions.changed(postId);
  }
}
