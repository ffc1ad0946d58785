import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, Resolver, Root } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PharmacyContext } from '../context.js';
import { Medicine } from '../stubs.js';
import { MedicineAvailability, MedicineTerms, STOCK_SCOPES } from './stock.js';
import { TermsService } from './terms.service.js';

@InputType({ description: 'What is known of supplying a medicine.' })
class SetMedicineTermsInput {
  @Field(() => ID, { description: 'The medicine.' })
  medicineId!: string;

  @Field(() => Int, { description: 'Days from the payment to the door, from 1 to 60.' })
  deliveryDays!: number;

  @Field(() => Int, {
    description:
      'Minutes, over the whole way, that it bears outside of 2 to 8 °C, from 0 to 1440. It counts for parcels that are packed from now on.',
  })
  allowanceMinutes!: number;

  @Field(() => Int, { description: 'The `version` of the terms that you looked at; 0 where they never were set.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again sets them once.' })
  idempotencyKey!: string;
}

const SetMedicineTermsResult = resultUnion(
  'SetMedicineTermsResult',
  'The terms as they are now, or why they were not set.',
  MedicineTerms,
  [NotFound, InvalidInput, StaleVersion, IdempotencyConflict],
);

/** What the pharmacy says of the catalog's medicines. */
@Resolver(() => Medicine)
export class MedicineSupplyResolver {
  @FieldResolver(() => MedicineAvailability, {
    nullable: true,
    description: 'Whether it can be had here now, and how long it takes.',
  })
  @Public()
  availability(@Root() { id }: Medicine, @Ctx() { terms }: PharmacyContext): Promise<MedicineAvailability> {
    return terms.availability(id);
  }

  @FieldResolver(() => MedicineTerms, {
    nullable: true,
    description: 'For pharmacists: what is known of supplying it.',
  })
  @RequiresScopes(...STOCK_SCOPES)
  terms(@Root() { id }: Medicine, @Ctx() { terms }: PharmacyContext): Promise<MedicineTerms> {
    return terms.of(id);
  }

  @Mutation(() => SetMedicineTermsResult, {
    nullable: true,
    description: 'Says how long a medicine takes to arrive, and what it bears on the way.',
  })
  @RequiresScopes(...STOCK_SCOPES)
  setMedicineTerms(
    @Arg('input', () => SetMedicineTermsInput, { description: 'Which medicine, and what.' })
    input: SetMedicineTermsInput,
    @Ctx() context: PharmacyContext,
  ): Promise<MedicineTerms | Failure> {
    input.medicineId = checkedId(input.medicineId, 'medicineId');
    return orFailure(new TermsService(context).set(input).then((id) => context.terms.afterChange(id)));
  }
}
