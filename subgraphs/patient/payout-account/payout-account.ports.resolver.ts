import { Arg, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from '../../common/access.js';
import { badUserInput } from '../../common/errors.js';
import type { PatientContext } from '../context.js';
import type { PayoutAccountToPay } from './payout-account.loader.js';

const MAX_ACCOUNTS = 500;

@ObjectType('PayoutAccountToPay', {
  simpleResolvers: true,
  description: 'An account in clear, for paying to it. For subgraphs.',
})
@Directive('@inaccessible')
@Public()
class PayoutAccountToPayType {
  @Field(() => ID, { description: 'Whose aid is paid to it.' })
  readonly patientId!: string;

  @Field(() => String, { description: "The account holder's name." })
  readonly holderName!: string;

  @Field(() => String, { description: 'The whole account number.' })
  readonly accountNumber!: string;

  @Field(() => String, { description: "The bank's branch in China's payment system (CNAPS)." })
  readonly bankCode!: string;
}

/** What the fund may ask to pay claims. Row-level security answers it for its finance and for itself, and for nobody else. */
@Resolver()
export class PayoutAccountPortsResolver {
  @Query(() => [PayoutAccountToPayType], {
    nullable: true,
    description: `The accounts of up to ${MAX_ACCOUNTS} patients; those without one are left out. For subgraphs.`,
  })
  @ForSubgraphs('fund')
  payoutAccounts(
    @Arg('patientIds', () => [ID], { description: 'Patients who are to be paid.' }) patientIds: string[],
    @Ctx() { payoutAccounts }: PatientContext,
  ): Promise<PayoutAccountToPay[]> {
    if (patientIds.length > MAX_ACCOUNTS)
      throw badUserInput(`The accounts of at most ${MAX_ACCOUNTS} patients can be asked for at once.`);
    return payoutAccounts.toPay(patientIds);
  }
}
