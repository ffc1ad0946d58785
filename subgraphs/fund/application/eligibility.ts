import { Field, Int, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { AidTierName, Fund } from '../policy/policy.js';
import { EligibilityReason } from './application.enums.js';

@ObjectType({
  simpleResolvers: true,
  description: 'Whether aid could be had, before anybody applies. It promises nothing: reviewers decide.',
})
@Public()
export class AidEligibility {
  @Field(() => Boolean, { description: 'Whether nothing that was looked at speaks against it.' })
  readonly eligible!: boolean;

  @Field(() => [EligibilityReason], { description: 'What speaks against it, and so what to do about it.' })
  readonly reasons!: readonly EligibilityReason[];

  @Field(() => Boolean, {
    description:
      'Whether diagnosis, hospital, consent, open applications and what is left of the year were looked at: only with `patientId`.',
  })
  readonly patientChecked!: boolean;

  @Field(() => Fund, { nullable: true, description: 'The fund that would give it; null when none is for the disease.' })
  readonly fund!: Fund | null;

  @Field(() => AidTierName, { nullable: true, description: 'The tier that the yearly expense reaches.' })
  readonly tier!: AidTierName | null;

  @Field(() => Int, { nullable: true, description: 'How much of the self-paid expense that tier pays, in percent.' })
  readonly sharePercent!: number | null;

  @Field(() => Money, {
    nullable: true,
    description: 'What a grant could come to at most; null when none could be had.',
  })
  readonly upTo!: Money | null;
}
