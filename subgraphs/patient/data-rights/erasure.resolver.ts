import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { Locale } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Me } from '../profile/patient.js';
import { ErasureBlocked } from './erasure.errors.js';
import { Erasure, ErasureCertificate } from './erasure.js';
import { certificateText } from './erasure.rules.js';
import { requestErasure } from './erasure.service.js';

@InputType({ description: 'Who is to be erased.' })
class RequestErasureInput {
  @Field(() => ID, {
    description: 'Yourself, or a patient without a sign-in for whom you have all scopes of care.',
  })
  patientId!: string;

  @Field(() => String, { description: 'The display name of the patient, exactly: that you are sure.' })
  confirmation!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again asks once.' })
  idempotencyKey!: string;
}

const RequestErasureResult = resultUnion('RequestErasureResult', 'The erasure, or why there is none.', Erasure, [
  ErasureBlocked,
  NotFound,
  NotAllowed,
  InvalidInput,
  IdempotencyConflict,
]);

@Resolver(() => Erasure)
export class ErasureResolver {
  @Query(() => Erasure, {
    nullable: true,
    description: 'An erasure that you asked for, by id; null when there is none. It stays when all else is gone.',
  })
  @RequiresScopes('patient:self')
  erasure(
    @Arg('id', () => ID, { description: 'The id of the erasure.' }) id: string,
    @Ctx() { erasures }: PatientContext,
  ): Promise<Erasure | null> {
    return erasures.byId(checkedId(id));
  }

  @Mutation(() => RequestErasureResult, {
    nullable: true,
    description:
      'Erases everything about a patient, in all parts of this API, for ever: it begins within seconds and cannot be called off. Booked appointments are cancelled by it. What the law of bookkeeping keeps stays without the person. Export the data first if you want to keep it. Whoever was erased can register anew.',
  })
  @RequiresScopes('patient:self')
  requestErasure(
    @Arg('input', () => RequestErasureInput, { description: 'Who, and that you are sure.' }) input: RequestErasureInput,
    @Ctx() context: PatientContext,
  ): Promise<Erasure | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(requestErasure(context, input).then((id) => context.erasures.byId(id)));
  }
}

@Resolver(() => ErasureCertificate)
export class ErasureCertificateResolver {
  @FieldResolver(() => String, { description: 'The same for people to read, in some lines.' })
  text(
    @Root() { content, sha256 }: ErasureCertificate,
    @Arg('locale', () => Locale, { nullable: true, description: 'The language; that of the request if left out.' })
    locale: Locale | undefined,
    @Ctx() context: PatientContext,
  ): string {
    return certificateText(content, sha256, locale ?? context.locale);
  }
}

@Resolver(() => Me)
export class MyErasuresResolver {
  @FieldResolver(() => [Erasure], {
    nullable: true,
    description: 'Erasures that you asked for, newest first: the last 20.',
  })
  @RequiresScopes('patient:self')
  erasures(@Root() _: Me, @Ctx() { erasures }: PatientContext): Promise<Erasure[]> {
    return erasures.own();
  }
}
