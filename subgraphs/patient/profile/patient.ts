import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Authenticated, RequiresScopes } from '../../common/access.js';
import { LocalDate } from '../../common/scalars.js';

export enum Sex {
  FEMALE = 'FEMALE',
  MALE = 'MALE',
  OTHER = 'OTHER',
}
registerEnumType(Sex, {
  name: 'Sex',
  description: 'Sex as registered.',
  valuesConfig: {
    FEMALE: { description: 'Female.' },
    MALE: { description: 'Male.' },
    OTHER: { description: 'Neither, or not told.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Somebody with a rare disease. Seen by the patient, their caregivers, and those who work on something of theirs; the others get null.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('patient:self', 'fund:review', 'fund:finance', 'pharmacy:dispense', 'care:provide', 'diagnosis:verify')
export class Patient {
  @Field(() => ID, { description: 'Identifies the patient; says nothing about them.' })
  readonly id!: string;

  @Field(() => String, { description: 'The name that others see, chosen by the patient. 1 to 50 characters.' })
  readonly displayName!: string;

  @Field(() => LocalDate, {
    nullable: true,
    description: 'Birthday. Null for all but the patient and their caregivers.',
  })
  readonly birthDate!: string | null;

  @Field(() => Sex, { nullable: true, description: 'Sex. Null for all but the patient and their caregivers.' })
  readonly sex!: Sex | null;

  @Field(() => String, {
    nullable: true,
    description: 'Province or city. Null for all but the patient and their caregivers.',
  })
  readonly region!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change the record.' })
  readonly version!: number;
}

@ObjectType({ simpleResolvers: true, description: 'The caller: who you are to this API.' })
@Authenticated()
export class Me {
  @Field(() => [String], { description: 'Your roles, for example PATIENT or REVIEWER.' })
  readonly roles!: readonly string[];

  @Field(() => [String], { description: 'The scopes of your token: what it lets you touch at all.' })
  readonly scopes!: readonly string[];
}
