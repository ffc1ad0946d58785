import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { Organisation } from '../stubs.js';

/** Scopes of those who may meet a parcel at all; which parcels, row rules say. */
export const SHIPMENT_SCOPES = [
  'pharmacy:order',
  'pharmacy:dispense',
  'fund:review',
  'fund:finance',
  'shipment:report',
] as const;

/** Of those who may know why a parcel was held back, and what was decided: a carrier is told that it must stop. */
const KNOWING_SCOPES = ['pharmacy:order', 'pharmacy:dispense'] as const;

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
      description:
        'Held back, because it was too long outside of 2 to 8 °C, froze, or has recalled medicine in it. It must not be delivered, and what was delivered not be used, until a pharmacist decides.',
    },
    RETURNED: { description: 'Back at the pharmacy.' },
  },
});

export enum ShipmentEventKind {
  PICKED_UP = 'PICKED_UP',
  AT_HUB = 'AT_HUB',
  OUT_FOR_DELIVERY = 'OUT_FOR_DELIVERY',
  DELIVERY_FAILED = 'DELIVERY_FAILED',
  DELIVERED = 'DELIVERED',
  RETURNED_TO_SENDER = 'RETURNED_TO_SENDER',
}
registerEnumType(ShipmentEventKind, {
  name: 'ShipmentEventKind',
  description: 'What happened to a parcel.',
  valuesConfig: {
    PICKED_UP: { description: 'The carrier took it from the pharmacy.' },
    AT_HUB: { description: 'It passed one of the carrier’s places.' },
    OUT_FOR_DELIVERY: { description: 'It is in the car that brings it to the door.' },
    DELIVERY_FAILED: { description: 'It could not be handed over; it is tried again, or goes back.' },
    DELIVERED: { description: 'It was handed over.' },
    RETURNED_TO_SENDER: { description: 'It is back at the pharmacy.' },
  },
});

export enum QuarantineCause {
  WARM = 'WARM',
  FROZEN = 'FROZEN',
  RECALL = 'RECALL',
}
registerEnumType(QuarantineCause, {
  name: 'QuarantineCause',
  description: 'Why a parcel was held back.',
  valuesConfig: {
    WARM: { description: 'It was outside of 2 to 8 °C for longer than its medicine bears.' },
    FROZEN: { description: 'It was at 0 °C or below.' },
    RECALL: { description: 'Medicine in it was recalled.' },
  },
});

export enum ShipmentAction {
  RELEASE = 'RELEASE',
  REPLACE = 'REPLACE',
  REFUND = 'REFUND',
}
registerEnumType(ShipmentAction, {
  name: 'ShipmentAction',
  description: 'What a pharmacist may do with a parcel that is held back, by `decideQuarantine`.',
  valuesConfig: {
    RELEASE: { description: 'It is good after all: it goes on, and what was delivered may be used.' },
    REPLACE: {
      description: 'A new one is packed in its place, if there is enough on the shelf; this one is not used.',
    },
    REFUND: { description: 'Nothing is sent in its place, and the money goes back; this one is not used.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something that the carrier says happened to a parcel.' })
@RequiresScopes(...SHIPMENT_SCOPES)
@ForPartners()
export class ShipmentEvent {
  @Field(() => ShipmentEventKind, { description: 'What happened.' })
  readonly kind!: ShipmentEventKind;

  @Field(() => DateTime, { description: 'When it happened, by the carrier’s clock.' })
  readonly at!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Where, in the words of the carrier; null where it does not say.',
  })
  readonly place!: string | null;
}

// a carrier reads it: nothing here may lead to the order, the patient or a medicine
@ObjectType({
  simpleResolvers: true,
  description: 'A parcel of medicine on its way. It does not say for whom or what is in it.',
})
@Directive('@key(fields: "id")')
@RequiresScopes(...SHIPMENT_SCOPES)
export class Shipment {
  @Field(() => ID, { description: 'Identifies the shipment; says nothing about it.' })
  @ForPartners()
  readonly id!: string;

  @Field(() => ShipmentStatus, { description: 'Where it is.' })
  @ForPartners()
  readonly status!: ShipmentStatus;

  @Field(() => String, {
    nullable: true,
    description: "The carrier's number for following it; null until there is one.",
  })
  @ForPartners()
  readonly trackingNumber!: string | null;

  @Field(() => Boolean, { description: 'Whether it must be kept at 2 to 8 °C all the way.' })
  @ForPartners()
  readonly coldChain!: boolean;

  @Field(() => DateTime, { description: 'When it was packed.' })
  @ForPartners()
  readonly createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the carrier took it; null before.' })
  @ForPartners()
  readonly shippedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was handed over; null before.' })
  @ForPartners()
  readonly deliveredAt!: string | null;

  @Field(() => Organisation, { nullable: true, description: 'Who carries it; null until that is settled.' })
  @ForPartners()
  readonly carrier!: Organisation | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was held back, the last time; null when it never had to be.',
  })
  @ForPartners()
  readonly quarantinedAt!: string | null;

  @Field(() => QuarantineCause, { nullable: true, description: 'Why it was held back, the last time.' })
  @RequiresScopes(...KNOWING_SCOPES)
  readonly quarantineCause!: QuarantineCause | null;

  @Field(() => ShipmentAction, {
    nullable: true,
    description: 'What a pharmacist decided about it, the last time; null as long as nobody has.',
  })
  @RequiresScopes(...KNOWING_SCOPES)
  readonly decision!: ShipmentAction | null;

  @Field(() => String, { nullable: true, description: 'Why, in the words of the pharmacist.' })
  @RequiresScopes(...KNOWING_SCOPES)
  readonly decisionReason!: string | null;

  @Field(() => Int, {
    description: 'Counts changes of where it is and what was decided: send it as `expectedVersion` when you decide.',
  })
  readonly version!: number;
}
