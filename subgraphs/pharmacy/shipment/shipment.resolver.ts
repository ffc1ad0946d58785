import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';
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
import { DateTime } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PharmacyContext } from '../context.js';
import { DrugOrderWrongState, OutOfStock } from '../order/order.errors.js';
import { DrugOrder, ORDER_SCOPES } from '../order/order.js';
import { type DecideQuarantine, QuarantineService } from './quarantine.service.js';
import { ShipmentReport } from './report.js';
import { ReportService } from './report.service.js';
import { ShipmentWrongState } from './shipment.errors.js';
import { Shipment, ShipmentAction, ShipmentEvent, ShipmentEventKind } from './shipment.js';
import type { ShipmentRow } from './shipment.loader.js';
import { TEMPERATURE_SCOPES, TemperatureCurve } from './temperature.js';

const MIN_POINTS = 2;
const MAX_POINTS = 2_000;

@ArgsType()
class TemperaturesArgs {
  @Field(() => Int, {
    defaultValue: 200,
    description: 'How many points at most, from 2 to 2,000: as many as the chart is wide.',
  })
  maxPoints!: number;
}

@InputType({ description: 'Something that happened to a parcel.' })
@ForPartners()
class ShipmentEventInput {
  @Field(() => ID, { description: 'The shipment; one that you carry.' })
  shipmentId!: string;

  @Field(() => ShipmentEventKind, { description: 'What happened.' })
  kind!: ShipmentEventKind;

  @Field(() => DateTime, { description: 'When it happened. The same kind at the same time is the same event.' })
  at!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'Where, in 1 to 100 characters: a city or one of your places. Never a person’s address.',
  })
  place?: string;
}

@InputType({ description: 'What happened to parcels, in any order.' })
@ForPartners()
class ReportShipmentEventsInput {
  @Field(() => [ShipmentEventInput], { description: 'What happened: 1 to 500 events.' })
  events!: ShipmentEventInput[];
}

@InputType({
  description:
    'Readings of one thermometer, as two lists of the same length: ten times as fast to read as a list of pairs.',
})
@ForPartners()
class TemperatureLogInput {
  @Field(() => ID, { description: 'The shipment; one that you carry.' })
  shipmentId!: string;

  @Field(() => DateTime, { description: 'The time that `seconds` are counted from.' })
  startedAt!: Date;

  @Field(() => [Int], { description: 'When each reading was made: seconds after `startedAt`, in any order.' })
  seconds!: number[];

  @Field(() => [Float], { description: 'What each reading was, in degrees Celsius: kept to a hundredth.' })
  celsius!: number[];
}

@InputType({ description: 'Temperatures of parcels, in any order.' })
@ForPartners()
class ReportTemperaturesInput {
  @Field(() => [TemperatureLogInput], { description: 'The readings, by parcel: 1 to 10,000 in all.' })
  logs!: TemperatureLogInput[];
}

@InputType({ description: 'What becomes of a parcel that is held back.' })
class DecideQuarantineInput implements DecideQuarantine {
  @Field(() => ID, { description: 'The shipment.' })
  shipmentId!: string;

  @Field(() => ShipmentAction, { description: 'What becomes of it; one of its `allowedActions`.' })
  decision!: ShipmentAction;

  @Field(() => String, { description: 'Why: 1 to 500 characters. The patient reads it.' })
  reason!: string;

  @Field(() => Int, { description: 'The `version` of the shipment that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again decides once.' })
  idempotencyKey!: string;
}

const ReportShipmentEventsResult = resultUnion(
  'ReportShipmentEventsResult',
  'What became of the events, or why none was looked at.',
  ShipmentReport,
  [InvalidInput],
);
const ReportTemperaturesResult = resultUnion(
  'ReportTemperaturesResult',
  'What became of the readings, or why none was looked at.',
  ShipmentReport,
  [InvalidInput],
);
const DecideQuarantineResult = resultUnion(
  'DecideQuarantineResult',
  'The shipment with the decision, or why it was not taken.',
  Shipment,
  [
    ...[NotFound, NotAllowed, InvalidInput, StaleVersion, ShipmentWrongState],
    ...[DrugOrderWrongState, OutOfStock, IdempotencyConflict],
  ],
);
const ShipmentConnection = connectionType(Shipment, 'shipments', ForPartners());

@Resolver(() => Shipment)
export class ShipmentResolver {
  @Query(() => Shipment, {
    nullable: true,
    description:
      'One shipment by id: for a carrier one that it carries, for others one of an order that they may see; null when there is none.',
  })
  @RequiresScopes('shipment:report', 'pharmacy:order', 'pharmacy:dispense')
  @ForPartners()
  shipment(
    @Arg('id', () => ID, { description: 'The id of the shipment.' }) id: string,
    @Ctx() { shipments }: PharmacyContext,
  ): Promise<Shipment | null> {
    return shipments.byId(checkedId(id));
  }

  @Query(() => ShipmentConnection, {
    nullable: true,
    description: 'For a carrier: the shipments it carries, newest first.',
  })
  @RequiresScopes('shipment:report')
  @ForPartners()
  async shipments(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { shipments }: PharmacyContext,
  ): Promise<ConnectionSource<Shipment>> {
    const page = pageOf(args);
    return connection(await shipments.ofCarrier(page.after, page.first), page, () => shipments.countOfCarrier());
  }

  @Query(() => ShipmentConnection, {
    nullable: true,
    description: 'For a pharmacist: the shipments that are held back and wait for a decision, oldest first.',
  })
  @RequiresScopes('pharmacy:dispense')
  async quarantinedShipments(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { shipments }: PharmacyContext,
  ): Promise<ConnectionSource<Shipment>> {
    const page = pageOf(args);
    return connection(await shipments.waiting(page), page, () => shipments.countWaiting());
  }

  @FieldResolver(() => [ShipmentEvent], {
    description: 'What the carrier said of it, newest first: the last 100.',
  })
  @ForPartners()
  events(@Root() { id }: ShipmentRow, @Ctx() { shipments }: PharmacyContext): Promise<readonly ShipmentEvent[]> {
    return shipments.eventsOf(id);
  }

  @FieldResolver(() => TemperatureCurve, {
    nullable: true,
    description: 'How cold it was on its way, as points for a chart, and what follows from that.',
  })
  @RequiresScopes(...TEMPERATURE_SCOPES)
  @ForPartners()
  temperatures(
    @Root() { id }: ShipmentRow,
    @Args(() => TemperaturesArgs) { maxPoints }: TemperaturesArgs,
    @Ctx() { shipments }: PharmacyContext,
  ): Promise<TemperatureCurve | null> {
    return shipments.curveOf(id, checkedPoints(maxPoints));
  }

  @FieldResolver(() => DrugOrder, {
    nullable: true,
    description: 'The order that is in it; null where you may not see that. A carrier never does.',
  })
  @RequiresScopes(...ORDER_SCOPES)
  order(@Root() { orderId }: ShipmentRow, @Ctx() { orders }: PharmacyContext): Promise<DrugOrder | null> {
    return orders.byId(orderId);
  }

  @FieldResolver(() => [ShipmentAction], { description: 'What you may do with it now.' })
  allowedActions(
    @Root() shipment: ShipmentRow,
    @Ctx() { identity, shipments }: PharmacyContext,
  ): Promise<readonly ShipmentAction[]> {
    return shipments.decisionsOn(shipment, identity);
  }

  @Mutation(() => ReportShipmentEventsResult, {
    nullable: true,
    description:
      'For a carrier: says what happened to its parcels. Events may come late, in any order and more than once; saying it again changes nothing.',
  })
  @RequiresScopes('shipment:report')
  @ForPartners()
  reportShipmentEvents(
    @Arg('input', () => ReportShipmentEventsInput, { description: 'What happened.' })
    { events }: ReportShipmentEventsInput,
    @Ctx() context: PharmacyContext,
  ): Promise<ShipmentReport | Failure> {
    for (const event of events) event.shipmentId = event.shipmentId.toLowerCase();
    return orFailure(new ReportService(context).events(events));
  }

  @Mutation(() => ReportTemperaturesResult, {
    nullable: true,
    description:
      'For a carrier: hands in what the thermometers in its parcels said. Readings may come late, in any order and more than once; saying it again changes nothing.',
  })
  @RequiresScopes('shipment:report')
  @ForPartners()
  reportTemperatures(
    @Arg('input', () => ReportTemperaturesInput, { description: 'What the thermometers said.' })
    { logs }: ReportTemperaturesInput,
    @Ctx() context: PharmacyContext,
  ): Promise<ShipmentReport | Failure> {
    for (const log of logs) log.shipmentId = log.shipmentId.toLowerCase();
    return orFailure(new ReportService(context).temperatures(logs));
  }

  @Mutation(() => DecideQuarantineResult, {
    nullable: true,
    description:
      'For a pharmacist: decides what becomes of a parcel that is held back. What a release covers is what was known then: if more comes to light, it is held back again.',
  })
  @RequiresScopes('pharmacy:dispense')
  decideQuarantine(
    @Arg('input', () => DecideQuarantineInput, { description: 'Which parcel, and what becomes of it.' })
    input: DecideQuarantineInput,
    @Ctx() context: PharmacyContext,
  ): Promise<Shipment | Failure | null> {
    input.shipmentId = checkedId(input.shipmentId, 'shipmentId');
    return orFailure(new QuarantineService(context).decide(input).then((id) => context.shipments.afterChange(id)));
  }
}

/** @throws a `BAD_USER_INPUT` error for less than 2 or more than 2,000 */
function checkedPoints(maxPoints: number): number {
  if (maxPoints >= MIN_POINTS && maxPoints <= MAX_POINTS) return maxPoints;
  throw badUserInput(`\`maxPoints\` is from ${MIN_POINTS} to ${MAX_POINTS.toLocaleString('en')}, but is ${maxPoints}.`);
}
