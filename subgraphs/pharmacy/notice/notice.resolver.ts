import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  InputType,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, pageOf } from '../../common/connection.js';
import { NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { markRead, NoticeReadInput, NoticesArgs } from '../../common/notices.js';
import { Locale } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PharmacyContext } from '../context.js';
import { DrugOrder } from '../order/order.js';
import { PharmacyNotice, PharmacyNoticeAudience } from './notice.js';
import type { NoticeRow } from './notice.loader.js';
import { audienceOf, noticeText } from './notice.rules.js';

@ArgsType()
class PharmacyNoticesArgs extends NoticesArgs {
  @Field(() => PharmacyNoticeAudience, {
    nullable: true,
    description:
      'Whose. Left out: those of all pharmacists for a pharmacist, else yours and those of whom you care for.',
  })
  audience?: PharmacyNoticeAudience;
}

@InputType({ description: 'Which notice was read.' })
class MarkPharmacyNoticeReadInput extends NoticeReadInput {}

const PharmacyNoticeConnection = connectionType(PharmacyNotice, 'notices');
const MarkPharmacyNoticeReadResult = resultUnion(
  'MarkPharmacyNoticeReadResult',
  'The notice as it is now, or why it was not marked.',
  PharmacyNotice,
  [NotFound],
);

@Resolver(() => PharmacyNotice)
export class NoticeResolver {
  @Query(() => PharmacyNoticeConnection, {
    nullable: true,
    description: 'What you should know of prescriptions, orders of medicine and parcels, newest first.',
  })
  @RequiresScopes('pharmacy:order', 'pharmacy:dispense')
  async pharmacyNotices(
    @Args(() => PharmacyNoticesArgs) { onlyUnread, audience, ...pageArgs }: PharmacyNoticesArgs,
    @Ctx() { identity, notices }: PharmacyContext,
  ): Promise<ConnectionSource<PharmacyNotice>> {
    const page = pageOf(pageArgs);
    const whose = audience ?? audienceOf(identity.roles);
    return connection(await notices.list(whose, onlyUnread, page), page, () => notices.count(whose, onlyUnread));
  }

  @FieldResolver(() => DrugOrder, {
    nullable: true,
    description: 'The order that it concerns; null where it is about a prescription alone, or the order is gone.',
  })
  order(@Root() { orderId }: NoticeRow, @Ctx() { orders }: PharmacyContext): Promise<DrugOrder | null> | null {
    return orderId === null ? null : orders.byId(orderId);
  }

  @FieldResolver(() => String, { description: 'What happened and what to do next, in one or two sentences.' })
  text(
    @Root() { kind, audience }: NoticeRow,
    @Arg('locale', () => Locale, { nullable: true, description: 'The language; that of the request if left out.' })
    locale: Locale | undefined,
    @Ctx() context: PharmacyContext,
  ): string {
    return noticeText(kind, audience, locale ?? context.locale);
  }

  @Mutation(() => MarkPharmacyNoticeReadResult, {
    nullable: true,
    description: 'Marks a notice as read, for everybody who is told it. Marking it again changes nothing.',
  })
  @RequiresScopes('pharmacy:order', 'pharmacy:dispense')
  markPharmacyNoticeRead(
    @Arg('input', () => MarkPharmacyNoticeReadInput, { description: 'Which notice.' })
    input: MarkPharmacyNoticeReadInput,
    @Ctx() context: PharmacyContext,
  ): Promise<PharmacyNotice | Failure | null> {
    const id = checkedId(input.noticeId, 'noticeId');
    return orFailure(markRead(context, id).then(() => context.notices.byId(id)));
  }
}
