import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export enum InsuranceCover {
  URBAN_EMPLOYEE = 'URBAN_EMPLOYEE',
  RESIDENT = 'RESIDENT',
  COMMERCIAL = 'COMMERCIAL',
  OTHER = 'OTHER',
  NONE = 'NONE',
}
registerEnumType(InsuranceCover, {
  name: 'InsuranceCover',
  description: "The insurance that pays most of a patient's treatment, before any aid.",
  valuesConfig: {
    URBAN_EMPLOYEE: { description: 'Basic medical insurance for urban employees.' },
    RESIDENT: { description: 'Basic medical insurance for urban and rural residents.' },
    COMMERCIAL: { description: 'A commercial insurance only.' },
    OTHER: { description: 'Another; the note says which.' },
    NONE: { description: 'None.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Who a patient is, masked: enough to know it again, not to find out. Seen by the patient and their caregivers. All of it in clear, of one patient: `patientIdentity`.',
})
@RequiresScopes('patient:self')
export class PatientIdentity {
  @Field(() => String, { description: 'The name on the identity card, as `张*` or `L** Y**`.' })
  readonly legalName!: string;

  @Field(() => String, { description: 'The national id, as `110***********123X`.' })
  readonly nationalId!: string;

  @Field(() => String, { description: 'The mobile number, as `138****1234`.' })
  readonly phone!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Where medicine is sent to, as `浙江省****`; null when it was not told.',
  })
  readonly address!: string | null;

  @Field(() => InsuranceCover, { description: 'The insurance that pays most of the treatment.' })
  readonly insurance!: InsuranceCover;

  @Field(() => DateTime, { description: 'When it was set or changed.' })
  readonly changedAt!: string;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change something.' })
  readonly version!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Who a patient is, in clear. For the patient and their caregivers alone.',
})
@RequiresScopes('patient:self')
export class PatientIdentityInClear {
  @Field(() => ID, { description: 'Whose identity it is.' })
  readonly patientId!: string;

  @Field(() => String, { description: 'The name on the identity card.' })
  readonly legalName!: string;

  @Field(() => String, { description: 'The national id: 18 characters.' })
  readonly nationalId!: string;

  @Field(() => String, { description: 'The mobile number: 11 digits.' })
  readonly phone!: string;

  @Field(() => String, { nullable: true, description: 'Where medicine is sent to; null when it was not told.' })
  readonly address!: string | null;

  @Field(() => InsuranceCover, { description: 'The insurance that pays most of the treatment.' })
  readonly insurance!: InsuranceCover;

  @Field(() => String, { nullable: true, description: 'What there is to say of the insurance; null when nothing.' })
  readonly insuranceNote!: string | null;

  @Field(() => DateTime, { description: 'When it was set or changed.' })
  readonly changedAt!: string;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change something.' })
  readonly version!: number;
}
