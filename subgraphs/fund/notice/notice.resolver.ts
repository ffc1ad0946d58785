import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Locale } from '../../common/scalars.js';
import { Application } from '../application/application.js';
import type { LoadedApplication } from '../application/application.loader.js';
import type { FundContext } from '../context.js';
import { Notice } from './notice.js';
import { type NoticeFacts, whatToDo } from './notice.rules.js';

/** A notice with what its text depends on. */
type LoadedNotice = Notice & { readonly facts: NoticeFacts };

@Resolver(() => Application)
export class ApplicationNoticesResolver {
  @FieldResolver(() => [Notice], { description: 'What you should know of it, for example of deadlines; newest first.' })
  async notices(
    @Root() application: LoadedApplication,
    @Ctx() { notices, identity }: FundContext,
  ): Promise<LoadedNotice[]> {
    const { id, status, own } = application;
    const due = application.deadlineAt === null ? null : Date.parse(application.deadlineAt);
    const reader = identity.roles.includes('REVIEWER') && !own ? 'REVIEWER' : 'APPLICANT';
    return (await notices.of(id)).map((notice) => ({
      ...notice,
      facts: { kind: notice.kind, status, current: Date.parse(notice.deadlineAt) === due, reader },
    }));
  }
}

@Resolver(() => Notice)
export class NoticeResolver {
  @FieldResolver(() => String, { description: 'What to do next, in one or two sentences.' })
  text(
    @Root() { facts }: LoadedNotice,
    @Arg('locale', () => Locale, { nullable: true, description: 'The language; that of the request if left out.' })
    locale: Locale | undefined,
    @Ctx() context: FundContext,
  ): string {
    return whatToDo(facts, locale ?? context.locale);
  }
}
