import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { Locale } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { ConsentTextOutdated, ConsentWithdrawn } from './consent.errors.js';
import { Consent, ConsentText } from './consent.js';
import { currentTexts } from './consent.rules.js';
import { ConsentService } from './consent.service.js';

@InputType({ description: 'What is agreed to, for whom.' })
class GiveConsentInput {
  @Field(() => ID, { description: 'The patient: you, or somebody whom you care for with the scope CARE.' })
  patientId!: string;

  @Field(() => ConsentPurpose, { description: 'What for.' })
  purpose!: ConsentPurpose;

  @Field(() => ID, {
    nullable: true,
    description:
      'Limits it to one recipient: a verified physician for TREATMENT, an organisation for RESEARCH_STATISTICS. Left out: whoever serves the purpose.',
  })
  recipientId?: string | null;

  @Field(() => Int, { description: 'The `number` of the text that was shown, from `consentTexts`.' })
  textNumber!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again gives one consent.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which consent no longer holds.' })
class WithdrawConsentInput {
  @Field(() => ID, { description: 'The consent.' })
  consentId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again withdraws it once.' })
  idempotencyKey!: string;
}

const GiveConsentResult = resultUnion(
  'GiveConsentResult',
  'The consent that holds now, or why none was given.',
  Consent,
  [NotFound, InvalidInput, ConsentTextOutdated, IdempotencyConflict],
);
const WithdrawConsentResult = resultUnion('WithdrawConsentResult', 'The withdrawn consent, or why not.', Consent, [
  NotFound,
  StaleVersion,
  ConsentWithdrawn,
  IdempotencyConflict,
]);
const ConsentConnection = connectionType(Consent, 'consents');

@Resolver(() => ConsentText)
export class ConsentTextResolver {
  @Query(() => [ConsentText], {
    nullable: true,
    description: 'What there is to agree to now: for each purpose the newest text that has come into effect.',
  })
  @Public()
  async consentTexts(@Ctx() { consents }: PatientContext): Promise<ConsentText[]> {
    return currentTexts(await consents.texts(), new Date());
  }

  @FieldResolver(() => String, { description: 'The text in the language asked for, or that of `Accept-Language`.' })
  text(
    @Root() { textEn, textZh }: ConsentText,
    @Arg('locale', () => Locale, {
      nullable: true,
      description: 'The language; that of `Accept-Language` if left out.',
    })
    wanted: Locale | undefined,
    @Ctx() { locale }: PatientContext,
  ): string {
    return (wanted ?? locale) === Locale.ZH ? textZh : textEn;
  }
}

@Resolver(() => Patient)
export class ConsentResolver {
  @FieldResolver(() => ConsentConnection, {
    nullable: true,
    description: 'What was agreed to, newest first, those withdrawn included.',
  })
  @RequiresScopes('patient:self', 'care:provide')
  async consents(
    @Root() { id }: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { consents }: PatientContext,
  ): Promise<ConnectionSource<Consent>> {
    const page = pageOf(args);
    return connection(await consents.ofPatient(id, page), page, () => consents.count(id));
  }

  @Mutation(() => GiveConsentResult, {
    nullable: true,
    description:
      'Agrees that the data of a patient is used for a purpose. One that holds already is answered as it is; one to an older text is replaced.',
  })
  @RequiresScopes('patient:self')
  giveConsent(
    @Arg('input', () => GiveConsentInput, { description: 'What is agreed to, for whom.' }) input: GiveConsentInput,
    @Ctx() context: PatientContext,
  ): Promise<Consent | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    if (input.recipientId != null) input.recipientId = checkedId(input.recipientId, 'recipientId');
    return orFailure(new ConsentService(context).give(input).then((id) => context.consents.byId(id)));
  }

  @Mutation(() => WithdrawConsentResult, {
    nullable: true,
    description:
      'Ends a consent. What rests on it stops with the next request; the consent is kept, with when it ended.',
  })
  @RequiresScopes('patient:self')
  withdrawConsent(
    @Arg('input', () => WithdrawConsentInput, { description: 'Which one.' }) input: WithdrawConsentInput,
    @Ctx() context: PatientContext,
  ): Promise<Consent | Failure | null> {
    input.consentId = checkedId(input.consentId, 'consentId');
    return orFailure(new ConsentService(context).withdraw(input).then((id) => context.consents.byId(id)));
  }
}
