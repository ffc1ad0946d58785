import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { Public } from '../../common/access.js';
import { type ConnectionSource, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import type { CommunityContext } from '../context.js';
import { ModerationLogEntry } from './log.js';
import type { LogRow } from './log.loader.js';

const ModerationLogEntryConnection = connectionType(ModerationLogEntry, 'decisions of the moderators');

@Resolver()
export class ModerationLogResolver {
  @Query(() => ModerationLogEntryConnection, {
    nullable: true,
    description:
      'What the moderators decided, for everybody to see how the rules are kept: the latest day first, within a day in no order. No names, no texts, and nothing that leads to a post.',
  })
  @Public()
  moderationLog(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { cases }: CommunityContext,
  ): Promise<ConnectionSource<LogRow>> {
    const page = pageOf(args);
    return paged(cases.log(page), page);
  }
}
