import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import {
  ConsentMissing,
  IdempotencyConflict,
  InvalidInput,
  NotAllowed,
  NotFound,
  StaleVersion,
} from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PharmacyContext } from '../context.js';
import { PrescriptionNotUsable } from '../prescription/prescription.errors.js';
import { Prescription } from '../prescription/prescription.js';
import { Shipment } from '../shipment/shipment.js';
import { Application, Patient } from '../stubs.js';
import { DispensingService } from './dispensing.service.js';
import { DrugOrderWrongState, NotSoldOnline, OutOfStock } from './order.errors.js';
import {
  DeliveryAddress,
  DrugOrder,
  DrugOrderAction,
  DrugOrderLine,
  DrugOrderStatus,
  ORDER_SCOPES,
  PackedLot,
} from './order.js';
import { type DrugOrderLineRow, type DrugOrderRow, factsShown } from './order.loader.js';
import { allowedActions } from './order.rules.js';
import { OrderService } from './order.service.js';

@InputType({ description: 'Which orders to list. What you leave out does not matter.' })
class DrugOrderFilter {
  @Field(() => DrugOrderStatus, { nullable: true, description: 'Only those that have come exactly so far.' })
  status?: DrugOrderStatus;

  @Field(() => ID, {
    nullable: true,
    description: 'Only those for this patient; for a pharmacist, the finished ones too.',
  })
  patientId?: string;
}

@ArgsType()
class DrugOrdersArgs extends PageArgs {
  @Field(() => DrugOrderFilter, { nullable: true, description: 'Which of them; all if left out.' })
  filter?: DrugOrderFilter;
}

@InputType({ description: 'One medicine to order.' })
class DrugOrderLineInput {
  @Field(() => ID, { description: 'The medicine, from `medicines`; one that is sold online and has a price.' })
  medicineId!: string;

  @Field(() => Int, { description: 'How many packages, from 1 to 100.' })
  quantity!: number;

  @Field(() => ID, {
    nullable: true,
    description:
      'The prescription that it goes by, from `Patient.prescriptions`: APPROVED, for this medicine, with enough left. Without one the order is refused with `PrescriptionNotUsable`.',
  })
  prescriptionId?: string;
}

@InputType({ description: 'What is ordered, and for whom.' })
class PlaceDrugOrderInput {
  @Field(() => ID, { description: 'The patient: you, or somebody you care for with the scopes VIEW and ORDER.' })
  patientId!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The application for aid that it is for, of the same patient. It can be linked later with `linkDrugOrder`.',
  })
  applicationId?: string;

  @Field(() => [DrugOrderLineInput], { description: 'What is ordered: 1 to 20 lines, no medicine twice.' })
  lines!: DrugOrderLineInput[];

  @Field(() => ID, { description: 'A key of your making, for example a new UUID: sending the same again orders once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which order was bought for which application.' })
class LinkDrugOrderInput {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;

  @Field(() => ID, { description: 'The application for aid, of the same patient.' })
  applicationId!: string;

  @Field(() => Int, { description: 'The `version` of the order that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again links once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which order is called off.' })
class CancelDrugOrderInput {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Why, in at most 500 characters: a pharmacist must say it, the family if they want to.',
  })
  reason?: string;

  @Field(() => Int, { description: 'The `version` of the order that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again cancels once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which order is packed.' })
class DispenseDrugOrderInput {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;

  @Field(() => Int, { description: 'The `version` of the order that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again packs once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Who carries the parcel of an order.' })
class ShipDrugOrderInput {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;

  @Field(() => ID, { description: 'Who carries it: an organisation of the kind CARRIER.' })
  carrierOrganisationId!: string;

  @Field(() => String, { description: "The carrier's number for following the parcel: 1 to 50 characters." })
  trackingNumber!: string;

  @Field(() => Int, { description: 'The `version` of the order that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again ships once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which order came back, and why.' })
class ReturnDrugOrderInput {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;

  @Field(() => String, { description: 'Why, in 1 to 500 characters. The patient reads it.' })
  reason!: string;

  @Field(() => Int, { description: 'The `version` of the order that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again returns once.' })
  idempotencyKey!: string;
}

const PlaceDrugOrderResult = resultUnion(
  'PlaceDrugOrderResult',
  'The placed order, or why it was not done.',
  DrugOrder,
  [
    NotFound,
    NotAllowed,
    ConsentMissing,
    InvalidInput,
    NotSoldOnline,
    PrescriptionNotUsable,
    OutOfStock,
    IdempotencyConflict,
  ],
);
const LinkDrugOrderResult = resultUnion('LinkDrugOrderResult', 'The linked order, or why it was not done.', DrugOrder, [
  NotFound,
  NotAllowed,
  InvalidInput,
  StaleVersion,
  DrugOrderWrongState,
  IdempotencyConflict,
]);
const CancelDrugOrderResult = resultUnion(
  'CancelDrugOrderResult',
  'The cancelled order, or why it was not done.',
  DrugOrder,
  [NotFound, NotAllowed, InvalidInput, StaleVersion, DrugOrderWrongState, IdempotencyConflict],
);
export const DispenseDrugOrderResult = resultUnion(
  'DispenseDrugOrderResult',
  'The packed order, or why it was not done.',
  DrugOrder,
  [
    NotFound,
    NotAllowed,
    ConsentMissing,
    InvalidInput,
    StaleVersion,
    DrugOrderWrongState,
    PrescriptionNotUsable,
    OutOfStock,
    IdempotencyConflict,
  ],
);
const ShipDrugOrderResult = resultUnion('ShipDrugOrderResult', 'The sent order, or why it was not done.', DrugOrder, [
  NotFound,
  NotAllowed,
  InvalidInput,
  StaleVersion,
  DrugOrderWrongState,
  IdempotencyConflict,
]);
const ReturnDrugOrderResult = resultUnion(
  'ReturnDrugOrderResult',
  'The returned order, or why it was not done.',
  DrugOrder,
  [NotFound, NotAllowed, InvalidInput, StaleVersion, DrugOrderWrongState, IdempotencyConflict],
);
export const DrugOrderConnection = connectionType(DrugOrder, 'orders of medicine');

@Resolver(() => DrugOrder)
export class OrderResolver {
  @Query(() => DrugOrder, { nullable: true, description: 'One order by id; null when there is none that you may see.' })
  @RequiresScopes(...ORDER_SCOPES)
  drugOrder(
    @Arg('id', () => ID, { description: 'The id of the order.' }) id: string,
    @Ctx() { orders }: PharmacyContext,
  ): Promise<DrugOrder | null> {
    return orders.byId(checkedId(id));
  }

  @Query(() => DrugOrderConnection, {
    nullable: true,
    description:
      'Your orders and those of whom you care for, newest first. For a pharmacist the working queue: orders not delivered, cancelled or returned, oldest first.',
  })
  @RequiresScopes('pharmacy:order', 'pharmacy:dispense')
  drugOrders(
    @Args(() => DrugOrdersArgs) { filter, ...pageArgs }: DrugOrdersArgs,
    @Ctx() { identity, orders }: PharmacyContext,
  ): Promise<ConnectionSource<DrugOrder>> {
    const page = pageOf(pageArgs);
    const wanted = { status: filter?.status ?? null };
    if (filter?.patientId != null) {
      return paged(orders.ofPatient(checkedId(filter.patientId, 'patientId'), wanted, page), page);
    }
    return paged(
      identity.roles.includes('PHARMACIST') ? orders.queue(wanted, page) : orders.ofCaller(wanted, page),
      page,
    );
  }

  @FieldResolver(() => [DrugOrderAction], { description: 'What you may do with it now.' })
  async allowedActions(@Root() order: DrugOrderRow, @Ctx() { standings }: PharmacyContext): Promise<DrugOrderAction[]> {
    return allowedActions({ ...factsShown(order), standing: await standings.ofOrder(order) }, new Date());
  }

  @FieldResolver(() => DeliveryAddress, {
    nullable: true,
    description:
      'To whom and where it is sent, for a pharmacist and while it is PAID, DISPENSED or SHIPPED. Null otherwise, and when the patient does not share it with the pharmacy.',
  })
  @RequiresScopes('pharmacy:dispense')
  delivery(@Root() order: DrugOrderRow, @Ctx() { deliveries }: PharmacyContext): Promise<DeliveryAddress | null> {
    return deliveries.ofOrder(order);
  }

  @FieldResolver(() => [Shipment], {
    nullable: true,
    description:
      'All its parcels, newest first: one, and one more for each that was replaced; at most the newest 20. `shipment` is the first.',
  })
  shipments(@Root() order: DrugOrderRow, @Ctx() { orders }: PharmacyContext): Promise<readonly Shipment[]> {
    return orders.shipmentsOf(order.id);
  }

  @Mutation(() => PlaceDrugOrderResult, {
    nullable: true,
    description:
      'Orders medicine by prescriptions, at the prices of now. It is kept for you until `payBy`; nothing is paid yet.',
  })
  @RequiresScopes('pharmacy:order')
  placeDrugOrder(
    @Arg('input', () => PlaceDrugOrderInput, { description: 'What is ordered, and for whom.' })
    input: PlaceDrugOrderInput,
    @Ctx() context: PharmacyContext,
  ): Promise<DrugOrder | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    if (input.applicationId != null) input.applicationId = checkedId(input.applicationId, 'applicationId');
    for (const line of input.lines) {
      line.medicineId = checkedId(line.medicineId, 'medicineId');
      if (line.prescriptionId != null) line.prescriptionId = checkedId(line.prescriptionId, 'prescriptionId');
    }
    return orFailure(new OrderService(context).place(input).then((id) => context.orders.afterChange(id)));
  }

  @Mutation(() => LinkDrugOrderResult, {
    nullable: true,
    description:
      'Says for which application an order was bought, so that aid can be claimed for it. It cannot be linked anew.',
  })
  @RequiresScopes('pharmacy:order')
  linkDrugOrder(
    @Arg('input', () => LinkDrugOrderInput, { description: 'Which order, and which application.' })
    input: LinkDrugOrderInput,
    @Ctx() context: PharmacyContext,
  ): Promise<DrugOrder | Failure | null> {
    input.orderId = checkedId(input.orderId, 'orderId');
    input.applicationId = checkedId(input.applicationId, 'applicationId');
    return orFailure(new OrderService(context).link(input).then((id) => context.orders.afterChange(id)));
  }

  @Mutation(() => CancelDrugOrderResult, {
    nullable: true,
    description: 'Calls an order off that is not packed yet. What was paid goes back.',
  })
  @RequiresScopes('pharmacy:order', 'pharmacy:dispense')
  cancelDrugOrder(
    @Arg('input', () => CancelDrugOrderInput, { description: 'Which order, and why.' }) input: CancelDrugOrderInput,
    @Ctx() context: PharmacyContext,
  ): Promise<DrugOrder | Failure | null> {
    input.orderId = checkedId(input.orderId, 'orderId');
    return orFailure(new OrderService(context).cancel(input).then((id) => context.orders.afterChange(id)));
  }

  @Mutation(() => DispenseDrugOrderResult, {
    nullable: true,
    description:
      'For a pharmacist: packs a paid order. The lots that expire first are taken, and a parcel waits for the carrier; its `coldChain` says how to pack it.',
  })
  @RequiresScopes('pharmacy:dispense')
  dispenseDrugOrder(
    @Arg('input', () => DispenseDrugOrderInput, { description: 'Which order.' }) input: DispenseDrugOrderInput,
    @Ctx() context: PharmacyContext,
  ): Promise<DrugOrder | Failure | null> {
    input.orderId = checkedId(input.orderId, 'orderId');
    return orFailure(new DispensingService(context).dispense(input).then((id) => context.orders.afterChange(id)));
  }

  @Mutation(() => ShipDrugOrderResult, {
    nullable: true,
    description: 'For a pharmacist: gives the parcel of a packed order to a carrier.',
  })
  @RequiresScopes('pharmacy:dispense')
  shipDrugOrder(
    @Arg('input', () => ShipDrugOrderInput, { description: 'Which order, and who carries it.' })
    input: ShipDrugOrderInput,
    @Ctx() context: PharmacyContext,
  ): Promise<DrugOrder | Failure | null> {
    input.orderId = checkedId(input.orderId, 'orderId');
    input.carrierOrganisationId = checkedId(input.carrierOrganisationId, 'carrierOrganisationId');
    return orFailure(new DispensingService(context).ship(input).then((id) => context.orders.afterChange(id)));
  }

  @Mutation(() => ReturnDrugOrderResult, {
    nullable: true,
    description:
      'For a pharmacist: the medicine of an order came back, or was lost. What was paid goes back, and can be ordered again; the medicine is never sold again.',
  })
  @RequiresScopes('pharmacy:dispense')
  returnDrugOrder(
    @Arg('input', () => ReturnDrugOrderInput, { description: 'Which order, and why.' }) input: ReturnDrugOrderInput,
    @Ctx() context: PharmacyContext,
  ): Promise<DrugOrder | Failure | null> {
    input.orderId = checkedId(input.orderId, 'orderId');
    return orFailure(new DispensingService(context).takeBack(input).then((id) => context.orders.afterChange(id)));
  }
}

@Resolver(() => DrugOrderLine)
export class DrugOrderLineResolver {
  @FieldResolver(() => Prescription, {
    nullable: true,
    description: 'By which prescription it was ordered; null for orders from before prescriptions were kept here.',
  })
  @RequiresScopes('pharmacy:order', 'pharmacy:dispense')
  prescription(
    @Root() { prescriptionId }: DrugOrderLineRow,
    @Ctx() { prescriptions }: PharmacyContext,
  ): Promise<Prescription | null> | null {
    return prescriptionId === null ? null : prescriptions.byId(prescriptionId);
  }

  @FieldResolver(() => [PackedLot], {
    nullable: true,
    description:
      'What was packed of it, first to expire first: at most one for each package. Where a parcel was replaced, that of the newest. Empty until it is dispensed.',
  })
  lots(@Root() line: DrugOrderLine, @Ctx() { orders }: PharmacyContext): Promise<readonly PackedLot[]> {
    return orders.lotsOf(line.id);
  }
}

@Resolver(() => Application)
export class ApplicationOrdersResolver {
  @FieldResolver(() => [DrugOrder], {
    nullable: true,
    description: 'The orders of medicine linked to it, newest first.',
  })
  @RequiresScopes(...ORDER_SCOPES)
  drugOrders(@Root() application: Application, @Ctx() { orders }: PharmacyContext): Promise<DrugOrder[]> {
    return orders.ofApplication(application.id);
  }
}

@Resolver(() => Patient)
export class PatientOrdersResolver {
  @FieldResolver(() => DrugOrderConnection, {
    nullable: true,
    description: "The patient's orders of medicine that you may see, newest first.",
  })
  @RequiresScopes(...ORDER_SCOPES)
  drugOrders(
    @Root() patient: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { orders }: PharmacyContext,
  ): Promise<ConnectionSource<DrugOrder>> {
    const page = pageOf(args);
    return paged(orders.ofPatient(patient.id, { status: null }, page), page);
  }
}
