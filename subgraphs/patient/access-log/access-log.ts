import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { Organisation } from '../stubs.js';

export enum AccessPurpose {
  CARE = 'CARE',
  TREATMENT = 'TREATMENT',
  EMERGENCY = 'EMERGENCY',
  DIAGNOSIS = 'DIAGNOSIS',
  AID_REVIEW = 'AID_REVIEW',
  AID_PAYMENT = 'AID_PAYMENT',
  PHARMACY = 'PHARMACY',
}
registerEnumType(AccessPurpose, {
  name: 'AccessPurpose',
  description: 'Why somebody read a record of a patient.',
  valuesConfig: {
    CARE: { description: 'A caregiver who acts for the patient.' },
    TREATMENT: { description: 'A physician who treats the patient, with their consent.' },
    EMERGENCY: { description: 'A physician who opened the record in an emergency; see `emergencyAccesses`.' },
    DIAGNOSIS: { description: 'The hospital that a diagnosis names, or a physician of it, to answer for it.' },
    AID_REVIEW: { description: 'A reviewer of the foundation who works on an application.' },
    AID_PAYMENT: { description: 'Somebody of the foundation who pays claims.' },
    PHARMACY: { description: 'A pharmacist who prepares an order.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Somebody other than the patient read one of their records. Nobody can change or take out an entry.',
})
@RequiresScopes('patient:self')
export class AccessLogEntry {
  @Field(() => ID, { description: 'Identifies the entry.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'When it was read.' })
  readonly at!: string;

  @Field(() => String, { description: 'In which role it was read, for example PHYSICIAN or CAREGIVER.' })
  readonly role!: string;

  @Field(() => AccessPurpose, { description: 'Why it was read.' })
  readonly purpose!: AccessPurpose;

  @Field(() => String, { description: 'What was read: a type of this API, for example `Diagnosis`.' })
  readonly record!: string;

  @Field(() => [String], { description: 'Which fields of it were shown to them, or could have been.' })
  readonly fields!: readonly string[];

  @Field(() => String, {
    description: 'The part of this API that showed it: `patient`, `fund` or `pharmacy`.',
  })
  readonly subgraph!: string;

  @Field(() => Organisation, {
    nullable: true,
    description: 'The organisation in whose name it was read, for example that of a hospital; null for persons.',
  })
  readonly organisation!: Organisation | null;
}
