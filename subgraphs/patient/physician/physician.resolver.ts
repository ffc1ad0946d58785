import {
  Arg,
  Args,
  ArgsType,
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
  registerEnumType,
} from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import {
  badUserInput,
  IdempotencyConflict,
  InvalidInput,
  NotAllowed,
  NotFound,
  StaleVersion,
} from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { localized, texts } from '../../common/localized.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Me } from '../profile/patient.js';
import { PhysicianAlreadyRegistered, PhysicianDecided } from './physician.errors.js';
import { Physician, PhysicianAction } from './physician.js';
import type { PhysicianFilter } from './physician.loader.js';
import { allowedActions } from './physician.rules.js';
import { PhysicianService } from './physician.service.js';

enum PhysicianDecision {
  VERIFY = 'VERIFY',
  REFUSE = 'REFUSE',
}
registerEnumType(PhysicianDecision, {
  name: 'PhysicianDecision',
  description: 'What an administrator decides about a physician.',
  valuesConfig: {
    VERIFY: { description: 'The licence is in order.' },
    REFUSE: { description: 'It is not, or no longer; the physician is told why, and can no longer be booked.' },
  },
});

@ArgsType()
class PhysiciansArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only those who treat this disease.' })
  diseaseId?: string;

  @Field(() => ID, { nullable: true, description: 'Only those of this hospital.' })
  hospitalId?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Only those who speak this language: an ISO 639-1 code like `en`.',
  })
  language?: string;
}

@InputType({ description: 'Who you are as a physician.' })
class RegisterPhysicianInput {
  @Field(() => String, { description: 'Your name in Chinese. 1 to 100 characters.' })
  nameZh!: string;

  @Field(() => String, { nullable: true, description: 'Your name in English or pinyin. 1 to 100 characters.' })
  nameEn?: string | null;

  @Field(() => String, { description: 'Your title at the hospital. 1 to 100 characters.' })
  title!: string;

  @Field(() => String, {
    description: 'The number of your licence: 6 to 30 letters and digits. It is kept sealed and shown to you alone.',
  })
  licenceNumber!: string;

  @Field(() => ID, { description: 'Where you work, from `hospitals`.' })
  hospitalId!: string;

  @Field(() => [ID], { description: 'What you treat, from `diseases`: 1 to 20.' })
  diseaseIds!: string[];

  @Field(() => [String], { description: 'What you speak, as ISO 639-1 codes like `zh`: 1 to 10.' })
  languages!: string[];

  @Field(() => ID, { description: 'A key of your making: sending the same again registers once.' })
  idempotencyKey!: string;
}

@InputType({
  description: 'What is to be changed of your entry. What you leave out stays.',
})
class ChangePhysicianInput {
  @Field(() => String, { nullable: true, description: 'Your name in Chinese. It is looked at again.' })
  nameZh?: string | null;

  @Field(() => String, { nullable: true, description: 'Your name in English or pinyin. It is looked at again.' })
  nameEn?: string | null;

  @Field(() => String, { nullable: true, description: 'Your title. 1 to 100 characters.' })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'The number of your licence. It is looked at again.' })
  licenceNumber?: string | null;

  @Field(() => ID, { nullable: true, description: 'Where you work now. It is looked at again.' })
  hospitalId?: string | null;

  @Field(() => [ID], { nullable: true, description: 'What you treat: 1 to 20.' })
  diseaseIds?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'What you speak, as ISO 639-1 codes: 1 to 10.' })
  languages?: string[] | null;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again changes it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'What is decided about a physician.' })
class DecidePhysicianInput {
  @Field(() => ID, { description: 'The physician.' })
  physicianId!: string;

  @Field(() => PhysicianDecision, { description: 'Whether the licence is in order.' })
  decision!: PhysicianDecision;

  @Field(() => String, {
    nullable: true,
    description: 'Why; needed for a refusal. The physician reads it. At most 1,000 characters.',
  })
  reason?: string | null;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again decides once.' })
  idempotencyKey!: string;
}

const RegisterPhysicianResult = resultUnion(
  'RegisterPhysicianResult',
  'Your entry, which an administrator will look at, or why there is none.',
  Physician,
  [NotAllowed, InvalidInput, PhysicianAlreadyRegistered, IdempotencyConflict],
);
const ChangePhysicianResult = resultUnion(
  'ChangePhysicianResult',
  'Your entry as it is now, or why it was not changed.',
  Physician,
  [NotFound, InvalidInput, StaleVersion, PhysicianAlreadyRegistered, IdempotencyConflict],
);
const DecidePhysicianResult = resultUnion(
  'DecidePhysicianResult',
  'The physician as decided, or why it was not done.',
  Physician,
  [NotFound, NotAllowed, InvalidInput, StaleVersion, PhysicianDecided, IdempotencyConflict],
);
const PhysicianConnection = connectionType(Physician, 'physicians');

const LANGUAGE = /^[a-z]{2}$/;

function filterOf({ diseaseId, hospitalId, language }: PhysiciansArgs): PhysicianFilter {
  const code = language?.trim().toLowerCase() ?? null;
  if (code !== null && !LANGUAGE.test(code))
    throw badUserInput('`language` is an ISO 639-1 code of two letters, like `zh`.');
  return {
    diseaseId: diseaseId ? checkedId(diseaseId, 'diseaseId') : null,
    hospitalId: hospitalId ? checkedId(hospitalId, 'hospitalId') : null,
    language: code,
  };
}

/** Null and left out are the same: nothing of it is to be changed. */
const said = <Input extends object>(input: Input) =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined)) as {
    [Key in keyof Input]: Exclude<Input[Key], null>;
  };

@Resolver(() => Physician)
export class PhysicianResolver {
  @Query(() => Physician, {
    nullable: true,
    description: 'One physician by id; null when there is none that you may see.',
  })
  @Public()
  physician(
    @Arg('id', () => ID, { description: 'The id of the physician.' }) id: string,
    @Ctx() { physicians }: PatientContext,
  ): Promise<Physician | null> {
    return physicians.byId(checkedId(id));
  }

  @Query(() => PhysicianConnection, { nullable: true, description: 'Verified physicians, those who came first first.' })
  @Public()
  async physicians(
    @Args(() => PhysiciansArgs) args: PhysiciansArgs,
    @Ctx() { physicians }: PatientContext,
  ): Promise<ConnectionSource<Physician>> {
    const [page, filter] = [pageOf(args), filterOf(args)];
    return connection(await physicians.page(filter, page), page, () => physicians.count(filter));
  }

  @Query(() => PhysicianConnection, {
    nullable: true,
    description: 'For administrators: physicians whose licence is to be looked at, oldest first.',
  })
  @RequiresScopes('directory:write')
  async physiciansToDecide(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { physicians }: PatientContext,
  ): Promise<ConnectionSource<Physician>> {
    const page = pageOf(args);
    return connection(await physicians.toDecide(page), page, () => physicians.countToDecide());
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The number of the licence: whole for the physician, its last four characters for administrators, null for all others.',
  })
  @RequiresScopes('care:provide', 'directory:write')
  licenceNumber(@Root() { id }: Physician, @Ctx() { physicians }: PatientContext): Promise<string | null> {
    return physicians.licenceNumber(id);
  }

  @FieldResolver(() => [PhysicianAction], { description: 'What you may do with the entry now.' })
  async allowedActions(
    @Root() { id }: Physician,
    @Ctx() { identity, physicians }: PatientContext,
  ): Promise<PhysicianAction[]> {
    // a list that anybody may read does not know who asks
    const seen = await physicians.byId(id);
    return allowedActions(seen?.status, { own: seen?.own === true, administrator: identity.roles.includes('ADMIN') });
  }

  @Mutation(() => RegisterPhysicianResult, {
    nullable: true,
    description: 'Registers you as a physician. An administrator looks at your licence before patients find you.',
  })
  @RequiresScopes('care:provide')
  registerPhysician(
    @Arg('input', () => RegisterPhysicianInput, { description: 'Who you are.' }) input: RegisterPhysicianInput,
    @Ctx() context: PatientContext,
  ): Promise<Physician | Failure | null> {
    const entry = {
      ...input,
      nameEn: input.nameEn ?? null,
      hospitalId: checkedId(input.hospitalId, 'hospitalId'),
      diseaseIds: input.diseaseIds.map((id) => checkedId(id, 'diseaseIds')),
    };
    return orFailure(new PhysicianService(context).register(entry).then((id) => context.physicians.changed(id)));
  }

  @Mutation(() => ChangePhysicianResult, {
    nullable: true,
    description:
      'Changes your entry as a physician. With another name, licence or hospital it is looked at again, and nobody can book you until then.',
  })
  @RequiresScopes('care:provide')
  changePhysician(
    @Arg('input', () => ChangePhysicianInput, { description: 'What is to be changed.' }) input: ChangePhysicianInput,
    @Ctx() context: PatientContext,
  ): Promise<Physician | Failure | null> {
    const { hospitalId, diseaseIds, ...rest } = said(input);
    const entry = {
      ...rest,
      ...(hospitalId && { hospitalId: checkedId(hospitalId, 'hospitalId') }),
      ...(diseaseIds && { diseaseIds: diseaseIds.map((id) => checkedId(id, 'diseaseIds')) }),
    };
    return orFailure(new PhysicianService(context).change(entry).then((id) => context.physicians.changed(id)));
  }

  @Mutation(() => DecidePhysicianResult, {
    nullable: true,
    description: 'For administrators: verifies or refuses a physician.',
  })
  @RequiresScopes('directory:write')
  decidePhysician(
    @Arg('input', () => DecidePhysicianInput, { description: 'What is decided.' }) input: DecidePhysicianInput,
    @Ctx() context: PatientContext,
  ): Promise<Physician | Failure | null> {
    const decision = PhysicianAction[input.decision];
    const physicianId = checkedId(input.physicianId, 'physicianId');
    const made = new PhysicianService(context).decide({ ...input, physicianId, decision });
    return orFailure(made.then((id) => context.physicians.changed(id)));
  }
}

export const PhysicianNameResolver = localized(
  Physician,
  'name',
  'Name in the language asked for, or that of `Accept-Language`; in Chinese where there is no other.',
  ({ nameEn, nameZh }: Physician) => texts(nameEn ?? nameZh, nameZh),
);

@Resolver(() => Me)
export class MePhysicianResolver {
  @FieldResolver(() => Physician, {
    nullable: true,
    description: 'Your entry as a physician; null until you register as one.',
  })
  @RequiresScopes('care:provide')
  physician(@Root() _: Me, @Ctx() { physicians }: PatientContext): Promise<Physician | null> {
    return physicians.own();
  }
}
