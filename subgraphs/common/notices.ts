import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from './connection.js';
import type { SubgraphContext } from './context.js';
import { NotFound } from './errors.js';

/** How a subgraph's notices are listed. */
@ArgsType()
export class NoticesArgs extends PageArgs {
  @Field(() => Boolean, { defaultValue: false, description: 'Whether to leave out what was marked as read.' })
  onlyUnread!: boolean;
}

/** Of which each subgraph makes an input of its own: inputs of one name would be one to the gateway. */
@InputType()
export abstract class NoticeReadInput {
  @Field(() => ID, { description: 'The notice.' })
  noticeId!: string;
}

/** Marks a notice of a subgraph's `notice` as read; one that was read keeps its time. @throws {NotFound} when it is not for the caller */
export async function markRead({ session }: SubgraphContext, id: string): Promise<void> {
  await session.transaction(async (em) => {
    const seen = await em.execute<object[]>(
      'update notice set read_at = coalesce(read_at, now()) where id = ? returning id',
      [id],
    );
    if (seen.length === 0) throw new NotFound('notice', ['input', 'noticeId']);
  });
}
