import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { PayoutAccount } from './payout-account.js';
import { PayoutAccountService } from './payout-account.service.js';

@InputType({ description: "Where a patient's aid is to be paid to." })
class SetPayoutAccountInput {
  @Field(() => ID, { description: 'The patient: you, or somebody whom you care for and may apply for.' })
  patientId!: string;

  @Field(() => String, { description: "The account holder's name as the bank knows it. 1 to 140 characters." })
  holderName!: string;

  @Field(() => String, { description: 'The account number: 8 to 32 digits; spaces do not matter.' })
  accountNumber!: string;

  @Field(() => String, { description: "The 12 digits of the bank's branch in China's payment system (CNAPS)." })
  bankCode!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The `version` that you looked at; null the first time, when there is no account yet.',
  })
  expectedVersion?: number | null;

  @Field(() => ID, { description: 'A key of your making: sending the same again changes the account once.' })
  idempotencyKey!: string;
}

const SetPayoutAccountResult = resultUnion(
  'SetPayoutAccountResult',
  'The account as it is now, or why it was not set.',
  PayoutAccount,
  [NotFound, InvalidInput, StaleVersion, IdempotencyConflict],
);

@Resolver(() => Patient)
export class PayoutAccountResolver {
  @FieldResolver(() => PayoutAccount, {
    nullable: true,
    description:
      'Where aid is paid to; null while there is no account, and for all but the patient and their caregivers.',
  })
  @RequiresScopes('patient:self')
  payoutAccount(@Root() patient: Patient, @Ctx() { payoutAccounts }: PatientContext): Promise<PayoutAccount | null> {
    return payoutAccounts.ofPatient(patient.id);
  }

  @Mutation(() => SetPayoutAccountResult, {
    nullable: true,
    description:
      'Says where the aid of a patient is paid to. It is kept sealed, and only its last four digits are shown.',
  })
  @RequiresScopes('patient:self')
  setPayoutAccount(
    @Arg('input', () => SetPayoutAccountInput, { description: 'Whose account, and which.' })
    input: SetPayoutAccountInput,
    @Ctx() context: PatientContext,
  ): Promise<PayoutAccount | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(new PayoutAccountService(context).set(input).then((id) => context.payoutAccounts.changed(id)));
  }
}
