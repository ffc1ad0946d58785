import { Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import type { FundContext } from '../context.js';
import { Fund } from '../policy/policy.js';
import { FundBalance, LedgerTransfer } from './balance.js';

const LedgerTransferConnection = connectionType(LedgerTransfer, 'transfers');

/** What finance sees of a fund. */
@Resolver(() => Fund)
export class LedgerResolver {
  @FieldResolver(() => FundBalance, { nullable: true, description: 'Where all its money is now. For finance.' })
  @RequiresScopes('fund:finance')
  balance(@Root() fund: Fund, @Ctx() { ledger }: FundContext): Promise<FundBalance | null> {
    return ledger.balance(fund.id);
  }

  @FieldResolver(() => LedgerTransferConnection, {
    nullable: true,
    description: 'Every movement of its money, newest first. For finance.',
  })
  @RequiresScopes('fund:finance')
  async transfers(
    @Root() fund: Fund,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { ledger }: FundContext,
  ): Promise<ConnectionSource<LedgerTransfer>> {
    const page = pageOf(args);
    return connection(await ledger.transfers(fund.id, page), page, () => ledger.countTransfers(fund.id));
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many applications are approved and wait until the fund has money for them. For finance.',
  })
  @RequiresScopes('fund:finance')
  waiting(@Root() fund: Fund, @Ctx() { ledger }: FundContext): Promise<number> {
    return ledger.waiting(fund.id);
  }
}
