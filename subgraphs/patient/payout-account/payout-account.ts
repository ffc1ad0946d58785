import { Field, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

@ObjectType({
  simpleResolvers: true,
  description:
    "Where a patient's aid is paid to. Seen by the patient and their caregivers; nobody is ever shown the whole number or the holder.",
})
@RequiresScopes('patient:self')
export class PayoutAccount {
  @Field(() => String, { description: 'The last four digits of the account number, as `**** 1234`.' })
  readonly maskedNumber!: string;

  @Field(() => String, { description: "The 12 digits of the bank's branch in China's payment system (CNAPS)." })
  readonly bankCode!: string;

  @Field(() => DateTime, { description: 'When it was set or changed.' })
  readonly changedAt!: string;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change the account.' })
  readonly version!: number;
}
