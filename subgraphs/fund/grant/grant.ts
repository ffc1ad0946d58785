import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { AidTierName } from '../policy/policy.js';

export enum GrantStatus {
  ACTIVE = 'ACTIVE',
  EXHAUSTED = 'EXHAUSTED',
  EXPIRED = 'EXPIRED',
  REVOKED = 'REVOKED',
}
registerEnumType(GrantStatus, {
  name: 'GrantStatus',
  description: 'Whether a grant can still be claimed from.',
  valuesConfig: {
    ACTIVE: { description: 'Expenses can be claimed.' },
    EXHAUSTED: { description: 'All of it has been awarded.' },
    EXPIRED: { description: 'The year and the time to look back are over; what was left went back to the fund.' },
    REVOKED: { description: 'What was left of it was taken back; the timeline of the application says why.' },
  },
});

export enum GrantAction {
  REVOKE = 'REVOKE',
}
registerEnumType(GrantAction, {
  name: 'GrantAction',
  description: 'What may be done with a grant.',
  valuesConfig: { REVOKE: { description: '`revokeGrant`: take back what is left of it.' } },
});

@ObjectType({
  simpleResolvers: true,
  description: 'What an approval gives: at most so much for one patient, disease and year.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('fund:apply', 'fund:review', 'fund:finance')
export class Grant {
  @Field(() => ID, { description: 'Identifies the grant; says nothing about it.' })
  readonly id!: string;

  @Field(() => GrantStatus, { description: 'Whether it can still be claimed from.' })
  readonly status!: GrantStatus;

  @Field(() => AidTierName, { description: 'The tier that it was given by.' })
  readonly tier!: AidTierName;

  @Field(() => Int, { description: 'The calendar year (in Shanghai) whose expenses it pays.' })
  readonly aidYear!: number;

  @Field(() => Money, { description: 'The most that it pays.' })
  readonly maximum!: Money;

  @Field(() => Money, {
    description: 'What was awarded for claims, paid or not, with what is still to come back of it.',
  })
  readonly awarded!: Money;

  @Field(() => Money, { description: 'What it has paid so far.' })
  readonly paid!: Money;

  @Field(() => Money, { description: 'What went back to the fund when it ended.' })
  readonly released!: Money;

  @Field(() => Money, { description: 'What can still be awarded: maximum less awarded and released.' })
  readonly left!: Money;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` with what you do next.' })
  readonly version!: number;
}
