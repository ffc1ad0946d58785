import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

/** Scopes of those who may see how a parcel was kept. */
export const TEMPERATURE_SCOPES = ['pharmacy:order', 'pharmacy:dispense', 'shipment:report'] as const;

export enum ColdChainVerdict {
  NOT_REQUIRED = 'NOT_REQUIRED',
  NO_READINGS = 'NO_READINGS',
  KEPT = 'KEPT',
  WITHIN_ALLOWANCE = 'WITHIN_ALLOWANCE',
  TOO_LONG_OUTSIDE = 'TOO_LONG_OUTSIDE',
  FROZEN = 'FROZEN',
}
registerEnumType(ColdChainVerdict, {
  name: 'ColdChainVerdict',
  description: 'How a parcel was kept, as far as its thermometer has said.',
  valuesConfig: {
    NOT_REQUIRED: { description: 'Nothing in it must be kept cold.' },
    NO_READINGS: { description: 'There are no readings yet.' },
    KEPT: { description: 'It stayed at 2 to 8 °C.' },
    WITHIN_ALLOWANCE: { description: 'It was outside of that, for no longer than its medicine bears.' },
    TOO_LONG_OUTSIDE: { description: 'It was outside of that for longer than its medicine bears.' },
    FROZEN: { description: 'It was at 0 °C or below, which spoils it at once.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'How cold a parcel was at a time.' })
@RequiresScopes(...TEMPERATURE_SCOPES)
@ForPartners()
export class TemperaturePoint {
  @Field(() => DateTime, { description: 'When it was measured.' })
  readonly at!: Date;

  @Field(() => Float, { description: 'Degrees Celsius, to a hundredth.' })
  readonly celsius!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'How cold a parcel was on its way, for a chart, and what follows from all readings.',
})
@RequiresScopes(...TEMPERATURE_SCOPES)
@ForPartners()
export class TemperatureCurve {
  @Field(() => [TemperaturePoint], {
    description:
      'Readings in order of time, at most `maxPoints`: where there are more, the coldest and the warmest of each stretch.',
  })
  readonly points!: readonly TemperaturePoint[];

  @Field(() => Int, { description: 'How many readings there are, up to the delivery.' })
  readonly count!: number;

  @Field(() => Float, { nullable: true, description: 'The coldest of all, in degrees Celsius; null without readings.' })
  readonly coldest!: number | null;

  @Field(() => Float, { nullable: true, description: 'The warmest of all, in degrees Celsius; null without readings.' })
  readonly warmest!: number | null;

  @Field(() => Int, {
    description:
      'Minutes outside of 2 to 8 °C over the whole way. A reading counts until the next one or the delivery, 30 minutes at most.',
  })
  readonly outsideMinutes!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Minutes outside that its medicine bears over the whole way; null when nothing in it must be kept cold.',
  })
  readonly allowanceMinutes!: number | null;

  @Field(() => ColdChainVerdict, { description: 'What follows from the readings.' })
  readonly verdict!: ColdChainVerdict;

  @Field(() => String, { description: 'Why, in one or two English sentences.' })
  readonly explanation!: string;
}
