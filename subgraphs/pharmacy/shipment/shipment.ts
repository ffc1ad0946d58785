import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { Organisation } from '../stubs.js';

export enum ShipmentStatus {
  PREPARING = 'PREPARING',
  IN_TRANSIT = 'IN_TRANSIT',
  DELIVERED = 'DELIVERED',
  QUARANTINED = 'QUARANTINED',
  RETURNED = 'RETURNED',
}
registerEnumType(ShipmentStatus, {
  name: 'ShipmentStatus',
  description: 'Where a shipment is.',
  valuesConfig: {
    PREPARING: { description: 'Being packed; the carrier does not have it yet.' },
    IN_TRANSIT: { description: 'With the carrier.' },
    DELIVERED: { description: 'Handed over at the door.' },
    QUARANTINED: {
      description: 'Held back because it may have got too warm; a pharmacist decides what becomes of it.',
    },
    RETURNED: { description: 'Back at the pharmacy.' },
  },
});

// a carrier reads it: nothing here may lead to the order, the patient or a medicine
@ObjectType({
  simpleResolvers: true,
  description: 'A parcel of medicine on its way. It does not say for whom or what is in it.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('pharmacy:order', 'pharmacy:dispense', 'fund:review', 'fund:finance', 'shipment:report')
export class Shipment {
  @Field(() => ID, { description: 'Identifies the shipment; says nothing about it.' })
  readonly id!: string;

  @Field(() => ShipmentStatus, { description: 'Where it is.' })
  readonly status!: ShipmentStatus;

  @Field(() => String, {
    nullable: true,
    description: "The carrier's number for following it; null until there is one.",
  })
  readonly trackingNumber!: string | null;

  @Field(() => Boolean, { description: 'Whether it must be kept at 2 to 8 °C all the way.' })
  readonly coldChain!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When the carrier took it; null before.' })
  readonly shippedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was handed over; null before.' })
  readonly deliveredAt!: string | null;

  @Field(() => Organisation, { nullable: true, description: 'Who carries it; null until that is settled.' })
  readonly carrier!: Organisation | null;
}
