import { Arg, Args, Ctx, FieldResolver, InputType, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, pageOf } from '../../common/connection.js';
import { NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { markRead, NoticeReadInput, NoticesArgs } from '../../common/notices.js';
import { Locale } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { CareNotice } from './notice.js';
import type { NoticeRow } from './notice.loader.js';
import { noticeText } from './notice.rules.js';

@InputType({ description: 'Which notice was read.' })
class MarkNoticeReadInput extends NoticeReadInput {}

const CareNoticeConnection = connectionType(CareNotice, 'notices');
const MarkNoticeReadResult = resultUnion(
  'MarkNoticeReadResult',
  'The notice as it is now, or why it was not marked.',
  CareNotice,
  [NotFound],
);

@Resolver(() => CareNotice)
export class NoticeResolver {
  @Query(() => CareNoticeConnection, {
    nullable: true,
    description: 'For a verified physician: what you should know of your appointments and patients, newest first.',
  })
  @RequiresScopes('care:provide')
  async physicianNotices(
    @Args(() => NoticesArgs) args: NoticesArgs,
    @Ctx() { notices }: PatientContext,
  ): Promise<ConnectionSource<CareNotice>> {
    const page = pageOf(args);
    const { onlyUnread } = args;
    return connection(await notices.ofPhysician(onlyUnread, page), page, () => notices.countOfPhysician(onlyUnread));
  }

  @FieldResolver(() => String, { description: 'What happened and what to do next, in one or two sentences.' })
  text(
    @Root() { kind, forPhysician }: NoticeRow,
    @Arg('locale', () => Locale, { nullable: true, description: 'The language; that of the request if left out.' })
    locale: Locale | undefined,
    @Ctx() context: PatientContext,
  ): string {
    return noticeText(kind, forPhysician ? 'PHYSICIAN' : 'PATIENT', locale ?? context.locale);
  }

  @Mutation(() => MarkNoticeReadResult, {
    nullable: true,
    description: 'Marks a notice as read, for everybody who is told it. Marking it again changes nothing.',
  })
  @RequiresScopes('patient:self', 'care:provide')
  markNoticeRead(
    @Arg('input', () => MarkNoticeReadInput, { description: 'Which notice.' }) input: MarkNoticeReadInput,
    @Ctx() context: PatientContext,
  ): Promise<CareNotice | Failure | null> {
    const id = checkedId(input.noticeId, 'noticeId');
    return orFailure(markRead(context, id).then(() => context.notices.byId(id)));
  }
}

@Resolver(() => Patient)
export class PatientNoticesResolver {
  @FieldResolver(() => CareNoticeConnection, {
    nullable: true,
    description: 'What the patient and their caregivers should know, newest first.',
  })
  @RequiresScopes('patient:self')
  async notices(
    @Root() { id }: Patient,
    @Args(() => NoticesArgs) args: NoticesArgs,
    @Ctx() { notices }: PatientContext,
  ): Promise<ConnectionSource<CareNotice>> {
    const page = pageOf(args);
    const { onlyUnread } = args;
    return connection(await notices.ofPatient(id, onlyUnread, page), page, () =>
      notices.countOfPatient(id, onlyUnread),
    );
  }
}
