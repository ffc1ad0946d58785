import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';

export enum ReportProblem {
  UNKNOWN_SHIPMENT = 'UNKNOWN_SHIPMENT',
  NOT_HANDED_OVER = 'NOT_HANDED_OVER',
  FROM_THE_FUTURE = 'FROM_THE_FUTURE',
  BEFORE_PACKING = 'BEFORE_PACKING',
  AFTER_DELIVERY = 'AFTER_DELIVERY',
  IMPOSSIBLE_TEMPERATURE = 'IMPOSSIBLE_TEMPERATURE',
  DIFFERENT_LENGTHS = 'DIFFERENT_LENGTHS',
  PLACE_NOT_READABLE = 'PLACE_NOT_READABLE',
}
registerEnumType(ReportProblem, {
  name: 'ReportProblem',
  description: 'Why something that a carrier reported was not kept.',
  valuesConfig: {
    UNKNOWN_SHIPMENT: { description: 'There is no shipment with this id that you carry.' },
    NOT_HANDED_OVER: { description: 'The pharmacy has not handed this parcel over yet: report it again afterwards.' },
    FROM_THE_FUTURE: { description: 'The time is more than five minutes ahead of ours: check your clock.' },
    BEFORE_PACKING: { description: 'The time is before the parcel was packed: check the clock, and the shipment.' },
    AFTER_DELIVERY: {
      description: 'The parcel had been delivered by then: what the thermometer says is not about it.',
    },
    IMPOSSIBLE_TEMPERATURE: { description: 'A temperature outside of −80 to 70 °C: check the thermometer.' },
    DIFFERENT_LENGTHS: { description: '`seconds` and `celsius` must be as long as each other.' },
    PLACE_NOT_READABLE: { description: 'A place is 1 to 100 printable characters on one line.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something in a report that was not kept.' })
@RequiresScopes('shipment:report')
@ForPartners()
export class RefusedReport {
  @Field(() => Int, { description: 'Which event or log of those that you sent, counted from 0.' })
  readonly index!: number;

  @Field(() => ID, { description: 'The shipment that you gave with it.' })
  readonly shipmentId!: string;

  @Field(() => ReportProblem, { description: 'What is wrong with it.' })
  readonly problem!: ReportProblem;

  @Field(() => Int, {
    nullable: true,
    description:
      'For temperatures: the first reading of the log with this problem, counted from 0; null where it is the whole log or an event.',
  })
  readonly firstReading!: number | null;

  @Field(() => Int, { description: 'How many readings or events this is about.' })
  readonly count!: number;

  @Field(() => String, { description: 'What is wrong and what to do next, in English.' })
  readonly explanation!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What became of what a carrier reported. What is good was kept, whatever else was wrong.',
})
@RequiresScopes('shipment:report')
@ForPartners()
export class ShipmentReport {
  @Field(() => Int, { description: 'How many events or readings were new and have been kept.' })
  readonly accepted!: number;

  @Field(() => Int, { description: 'How many were known already: nothing changed by them.' })
  readonly repeated!: number;

  @Field(() => [RefusedReport], {
    description: 'What was not kept, and why: at most one entry for each event, and for each log and problem.',
  })
  readonly refused!: readonly RefusedReport[];
}
