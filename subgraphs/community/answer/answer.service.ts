import { NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import type { CommunityContext } from '../context.js';
import { badgeOf, writerOf } from '../member/writer.step.js';
import { PostKind } from '../post/post.js';
import { checkBody, MAX_BODY } from '../post/post.rules.js';
import { postToWriteUnder } from '../post/readable.step.js';
import { addReply } from '../post/reply.step.js';
import { checkWritten } from '../post/written.rules.js';
import { QuestionClosed } from '../question/question.errors.js';

export interface AnswerQuestion {
  readonly questionId: string;
  readonly body: string;
  readonly pseudonym?: string | null;
  readonly idempotencyKey: string;
}

/** Answering questions. */
export class AnswerService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * Who asked is told.
   *
   * @returns the answer's id
   * @throws {NotFound} {QuestionClosed} {InvalidInput} {TextNotPublishable} {PseudonymTaken} {MemberSuspended} {PostingLimitReached}
   *   {IdempotencyConflict}
   */
  async answer(input: AnswerQuestion): Promise<string> {
    const { questionId } = input;
    const body = checkBody(input.body, MAX_BODY.ANSWER);
    const chosen = checkWritten(input.pseudonym, { body: input.body });
    const badge = await badgeOf(this.context);
    const id = await once(this.context, 'answerQuestion', input, async (em) => {
      const writer = await writerOf(em, this.context, chosen, 'REPLY');
      const question = await postToWriteUnder(em, questionId, 'question', 'questionId');
      if (question.kind !== PostKind.QUESTION) throw new NotFound('question', ['input', 'questionId']);
      if (question.closed) throw new QuestionClosed();
      return addReply(em, { kind: PostKind.ANSWER, writer, badge, body, parentId: questionId }, 'ANSWERED');
    });
    this.context.answers.changed();
    return id;
  }
}
