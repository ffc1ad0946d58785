import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import {
  type ConnectionSource,
  connectionType,
  PageArgs,
  type PagedList,
  paged,
  pageOf,
} from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import { Answer } from '../answer/answer.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended, PostingLimitReached, PseudonymTaken } from '../member/member.errors.js';
import { NewPostInput } from '../post/new-post.input.js';
import { DiseasePostsArgs, pageOfDisease, postsOfDisease } from '../post/of-disease.js';
import { PostNotChangeable } from '../post/post.errors.js';
import { DraftKind, PostKind } from '../post/post.js';
import type { RowOf } from '../post/post.loader.js';
import { PostService } from '../post/post.service.js';
import { TextNotPublishable } from '../privacy/privacy.errors.js';
import { Disease } from '../stubs.js';
import { QuestionClosed } from './question.errors.js';
import { Question } from './question.js';
import { QuestionService } from './question.service.js';

@ArgsType()
class QuestionsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only those about this disease.' })
  diseaseId?: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Only those that still take answers and have none yet.',
  })
  unanswered!: boolean;
}

@InputType({ description: 'Something that others are to be asked.' })
class AskQuestionInput extends NewPostInput {}

@InputType({ description: 'Which answer to a question of yours has helped you.' })
class AcceptAnswerInput {
  @Field(() => ID, { description: 'The question, which you asked.' })
  questionId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The answer to it; another one takes the place of the one before. Null: none of them any more.',
  })
  answerId?: string | null;

  @Field(() => Int, { description: "The question's `version` that you looked at." })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again accepts once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'A question of yours that is to take no more answers.' })
class CloseQuestionInput {
  @Field(() => ID, { description: 'The question, which you asked.' })
  questionId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again closes once.' })
  idempotencyKey!: string;
}

const AskQuestionResult = resultUnion('AskQuestionResult', 'The question, or why it was not asked.', Question, [
  InvalidInput,
  TextNotPublishable,
  PseudonymTaken,
  MemberSuspended,
  PostingLimitReached,
  IdempotencyConflict,
]);
const AcceptAnswerResult = resultUnion('AcceptAnswerResult', 'The question, or why it was not done.', Question, [
  NotFound,
  PostNotChangeable,
  StaleVersion,
  MemberSuspended,
  InvalidInput,
  IdempotencyConflict,
]);
const CloseQuestionResult = resultUnion('CloseQuestionResult', 'The question, or why it was not done.', Question, [
  NotFound,
  QuestionClosed,
  PostNotChangeable,
  StaleVersion,
  MemberSuspended,
  InvalidInput,
  IdempotencyConflict,
]);
const QuestionConnection = connectionType(Question, 'questions');
const AnswerConnection = connectionType(Answer, 'answers');

/** Published ones, newest first. */
function listOf({ posts, questions }: CommunityContext, args: QuestionsArgs): PagedList<RowOf<Question>> {
  const page = pageOf(args);
  const diseaseId = args.diseaseId == null ? null : checkedId(args.diseaseId, 'diseaseId');
  if (args.unanswered) {
    return {
      rows: () => questions.unanswered(diseaseId, page),
      count: () => questions.countUnanswered(diseaseId),
    };
  }
  if (diseaseId !== null) return postsOfDisease(posts, PostKind.QUESTION, diseaseId, page);
  return { rows: () => posts.newest(PostKind.QUESTION, page), count: () => posts.count(PostKind.QUESTION) };
}

@Resolver(() => Question)
export class QuestionResolver {
  @Query(() => Question, {
    nullable: true,
    description: 'One question by id; null when there is none that you may read.',
  })
  @Public()
  question(
    @Arg('id', () => ID, { description: 'The id of the question.' }) id: string,
    @Ctx() { posts }: CommunityContext,
  ): Promise<Question | null> {
    return posts.ofKind<Question>(PostKind.QUESTION, checkedId(id));
  }

  @Query(() => QuestionConnection, { nullable: true, description: 'Published questions, newest first.' })
  @Public()
  questions(
    @Args(() => QuestionsArgs) args: QuestionsArgs,
    @Ctx() context: CommunityContext,
  ): Promise<ConnectionSource<RowOf<Question>>> {
    return paged(listOf(context, args), pageOf(args));
  }

  @FieldResolver(() => AnswerConnection, {
    nullable: true,
    description:
      'Published answers: the accepted one first, then those of physicians, then the more helpful, then the older ones. How helpful they are counts as of the last quarter of an hour, so that the order stands still while you read.',
  })
  answers(
    @Root() question: RowOf<Question>,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { answers }: CommunityContext,
  ): Promise<ConnectionSource<RowOf<Answer>>> {
    const page = pageOf(args);
    return paged({ rows: () => answers.page(question, page), count: () => answers.count(question.id) }, page);
  }

  @FieldResolver(() => Int, { description: 'How many published answers it has.' })
  answerCount(@Root() { id }: RowOf<Question>, @Ctx() { answers }: CommunityContext): Promise<number> {
    return answers.count(id);
  }

  @FieldResolver(() => Answer, {
    nullable: true,
    description: 'The answer that has helped who asked; null while none has, or when it is gone.',
  })
  async acceptedAnswer(
    @Root() { acceptedId }: RowOf<Question>,
    @Ctx() { posts }: CommunityContext,
  ): Promise<Answer | null> {
    return acceptedId === null ? null : posts.ofKind<Answer>(PostKind.ANSWER, acceptedId);
  }

  @Mutation(() => AskQuestionResult, {
    nullable: true,
    description:
      'Asks others something, under your pseudonym. To write it first and publish it later, use `saveDraft`.',
  })
  @RequiresScopes('community:write')
  askQuestion(
    @Arg('input', () => AskQuestionInput, { description: 'What is to be asked.' }) input: AskQuestionInput,
    @Ctx() context: CommunityContext,
  ): Promise<Question | Failure | null> {
    input.diseaseId = checkedId(input.diseaseId, 'diseaseId');
    return orFailure(
      new PostService(context).publish(DraftKind.QUESTION, input).then((id) => context.posts.changed<Question>(id)),
    );
  }

  @Mutation(() => AcceptAnswerResult, {
    nullable: true,
    description:
      'Says which answer to your question has helped you: it is shown first, and its author is told. Can be changed, also when the question is closed.',
  })
  @RequiresScopes('community:write')
  acceptAnswer(
    @Arg('input', () => AcceptAnswerInput, { description: 'Which answer.' }) input: AcceptAnswerInput,
    @Ctx() context: CommunityContext,
  ): Promise<Question | Failure | null> {
    input.questionId = checkedId(input.questionId, 'questionId');
    input.answerId = input.answerId == null ? null : checkedId(input.answerId, 'answerId');
    return orFailure(new QuestionService(context).accept(input).then((id) => context.posts.changed<Question>(id)));
  }

  @Mutation(() => CloseQuestionResult, {
    nullable: true,
    description:
      'Lets nobody answer your question any more, for good; it is still read and commented on. Those who have answered are told.',
  })
  @RequiresScopes('community:write')
  closeQuestion(
    @Arg('input', () => CloseQuestionInput, { description: 'Which question.' }) input: CloseQuestionInput,
    @Ctx() context: CommunityContext,
  ): Promise<Question | Failure | null> {
    input.questionId = checkedId(input.questionId, 'questionId');
    return orFailure(new QuestionService(context).close(input).then((id) => context.posts.changed<Question>(id)));
  }
}

@Resolver(() => Disease)
export class DiseaseQuestionsResolver {
  @FieldResolver(() => QuestionConnection, {
    nullable: true,
    description: 'Published questions about this disease, newest first.',
  })
  @Public()
  questions(
    @Root() disease: Disease,
    @Args(() => DiseasePostsArgs) args: DiseasePostsArgs,
    @Ctx() { posts }: CommunityContext,
  ): Promise<ConnectionSource<RowOf<Question>>> {
    const page = pageOfDisease(args);
    return paged(postsOfDisease<Question>(posts, PostKind.QUESTION, disease.id, page), page);
  }
}
