import { Field, ID, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

@ObjectType({
  simpleResolvers: true,
  description:
    'A physician who does not treat a patient opened the record in an emergency, for 24 hours. Seen by the patient, their caregivers and that physician; nobody can change it.',
})
@RequiresScopes('patient:self', 'care:provide')
export class EmergencyAccess {
  @Field(() => ID, { description: 'Identifies it; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'Why, in the words of the physician. 20 to 1,000 characters.' })
  readonly reason!: string;

  @Field(() => DateTime, { description: 'When the record was opened.' })
  readonly at!: string;

  @Field(() => DateTime, { description: 'Until when the physician may see it: 24 hours later.' })
  readonly until!: string;
}
