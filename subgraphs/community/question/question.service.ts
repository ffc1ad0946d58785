import type { EntityManager } from '@mikro-orm/postgresql';
import { NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import type { CommunityContext } from '../context.js';
import { writerOf } from '../member/writer.step.js';
import { PostNotChangeable } from '../post/post.errors.js';
import { PostKind, PostStatus } from '../post/post.js';
import { publicMinute } from '../post/post.rules.js';
import { ensureVersion, ownPost } from '../post/post.step.js';
import { readablePost } from '../post/readable.step.js';
import { QuestionClosed } from './question.errors.js';

/** Which question of the caller's, and as which they looked at it. */
export interface ChosenQuestion {
  readonly questionId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface AcceptAnswer extends ChosenQuestion {
  /** Left out or null: none of them any more. */
  readonly answerId?: string | null;
}

const TELL_ANSWERERS = `
  select tell_author(id, 'QUESTION_CLOSED', parent_id) from post
  where parent_id = ? and kind = 'ANSWER' and status = 'PUBLISHED' order by id`;

/** What who asked does with the answers. */
export class QuestionService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * Who asked says which answer has helped them, or none any more. Also when the question is closed. Its author is told.
   *
   * @returns the question's id
   * @throws {NotFound} of the question, or of an answer to it that everybody can read
   * @throws {PostNotChangeable} {StaleVersion} {MemberSuspended} {InvalidInput} {IdempotencyConflict}
   */
  accept(input: AcceptAnswer): Promise<string> {
    const answerId = input.answerId ?? null;
    return once(this.context, 'acceptAnswer', input, async (em) => {
      const question = await this.ownQuestion(em, input);
      if (answerId === question.acceptedId) return question.id;
      if (answerId !== null) {
        await readablePost(em, answerId, 'answer', 'answerId');
        const ofThis = `select from post where id = ? and parent_id = ? and kind = 'ANSWER'`;
        if ((await em.execute<object[]>(ofThis, [answerId, question.id])).length === 0) {
          throw new NotFound('answer', ['input', 'answerId']);
        }
      }
      question.acceptedId = answerId;
      await em.flush();
      if (answerId !== null) await em.execute("select tell_author(?, 'ANSWER_ACCEPTED', ?)", [answerId, answerId]);
      return question.id;
    });
  }

  /**
   * Nobody can answer it any more, for good. Those who have answered are told.
   *
   * @returns the question's id
   * @throws {NotFound} {QuestionClosed} {PostNotChangeable} {StaleVersion} {MemberSuspended} {InvalidInput} {IdempotencyConflict}
   */
  close(input: ChosenQuestion): Promise<string> {
    return once(this.context, 'closeQuestion', input, async (em) => {
      const question = await this.ownQuestion(em, input);
      if (question.closedAt) throw new QuestionClosed();
      question.closedAt = publicMinute(new Date());
      await em.flush();
      await em.execute(TELL_ANSWERERS, [question.id]);
      return question.id;
    });
  }

  /**
   * A published question of the caller's, held until the transaction ends.
   *
   * @throws {NotFound} {PostNotChangeable} {StaleVersion} {MemberSuspended}
   */
  private async ownQuestion(em: EntityManager, { questionId, expectedVersion }: ChosenQuestion) {
    const writer = await writerOf(em, this.context, null, 'OTHER');
    const question = await ownPost(em, questionId, writer.id, 'question', 'questionId');
    if (question.kind !== PostKind.QUESTION) throw new NotFound('question', ['input', 'questionId']);
    if (question.status !== PostStatus.PUBLISHED) throw new PostNotChangeable(question.status, 'questionId');
    ensureVersion(question, expectedVersion);
    return question;
  }
}
