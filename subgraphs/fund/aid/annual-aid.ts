import { Field, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';

@ObjectType({
  simpleResolvers: true,
  description: "A patient's aid of one calendar year (in Shanghai), over all funds: granted is never above the cap.",
})
@RequiresScopes('fund:apply', 'fund:review', 'fund:finance')
export class AnnualAid {
  @Field(() => Int, { description: 'The year.' })
  readonly year!: number;

  @Field(() => Money, { description: 'The most that the patient can get in the year.' })
  readonly cap!: Money;

  @Field(() => Money, { description: 'What has been granted, paid or not.' })
  readonly granted!: Money;

  @Field(() => Money, { description: 'What has been paid.' })
  readonly paid!: Money;

  @Field(() => Money, { description: 'What can still be granted: cap less granted.' })
  readonly remaining!: Money;
}
