import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { IdempotencyConflict, InvalidInput, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended, PostingLimitReached, PseudonymTaken } from '../member/member.errors.js';
import { WrittenInput } from '../post/new-post.input.js';
import { PostKind } from '../post/post.js';
import type { RowOf } from '../post/post.loader.js';
import { TextNotPublishable } from '../privacy/privacy.errors.js';
import { QuestionClosed } from '../question/question.errors.js';
import { Question } from '../question/question.js';
import { Answer } from './answer.js';
import { AnswerService } from './answer.service.js';

@InputType({ description: 'An answer to a question.' })
class AnswerQuestionInput extends WrittenInput {
  @Field(() => ID, { description: 'The question.' })
  questionId!: string;

  @Field(() => String, {
    description:
      'The answer in Markdown, 1 to 10,000 characters. Control characters but newline and tab, and marks that turn the direction of text, are taken out.',
  })
  body!: string;
}

const AnswerQuestionResult = resultUnion('AnswerQuestionResult', 'The answer, or why it was not written.', Answer, [
  NotFound,
  QuestionClosed,
  InvalidInput,
  TextNotPublishable,
  PseudonymTaken,
  MemberSuspended,
  PostingLimitReached,
  IdempotencyConflict,
]);

@Resolver(() => Answer)
export class AnswerResolver {
  @FieldResolver(() => Boolean, { description: 'Whether it is the one that has helped who asked.' })
  async accepted(@Root() { id, parentId }: RowOf<Answer>, @Ctx() { posts }: CommunityContext): Promise<boolean> {
    return (await posts.byId(parentId as string))?.acceptedId === id;
  }

  @FieldResolver(() => Question, {
    nullable: true,
    description: 'What it answers; null when that is gone, or cannot be read by you.',
  })
  question(@Root() { parentId }: RowOf<Answer>, @Ctx() { posts }: CommunityContext): Promise<Question | null> {
    return posts.ofKind<Question>(PostKind.QUESTION, parentId as string);
  }

  @Mutation(() => AnswerQuestionResult, {
    nullable: true,
    description:
      "Answers a question under your pseudonym; a physician's answer carries their badge. Who asked is told.",
  })
  @RequiresScopes('community:write')
  answerQuestion(
    @Arg('input', () => AnswerQuestionInput, { description: 'What is to be written, and to which question.' })
    input: AnswerQuestionInput,
    @Ctx() context: CommunityContext,
  ): Promise<Answer | Failure | null> {
    input.questionId = checkedId(input.questionId, 'questionId');
    return orFailure(new AnswerService(context).answer(input).then((id) => context.posts.changed<Answer>(id)));
  }
}
