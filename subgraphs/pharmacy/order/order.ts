import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import { Shipment } from '../shipment/shipment.js';
import { Application, Medicine, Patient } from '../stubs.js';

/** Scopes of those who may meet an order at all; which orders, row rules say. */
export const ORDER_SCOPES = ['pharmacy:order', 'pharmacy:dispense', 'fund:review', 'fund:finance'] as const;

export enum DrugOrderStatus {
  PLACED = 'PLACED',
  PAID = 'PAID',
  DISPENSED = 'DISPENSED',
  SHIPPED = 'SHIPPED',
  DELIVERED = 'DELIVERED',
  CANCELLED = 'CANCELLED',
  RETURNED = 'RETURNED',
}
registerEnumType(DrugOrderStatus, {
  name: 'DrugOrderStatus',
  description: 'How far an order has come.',
  valuesConfig: {
    PLACED: { description: 'Ordered, not paid yet: its medicine is kept until `payBy`. It can still be cancelled.' },
    PAID: { description: 'Paid; the pharmacist has not packed it yet. It can still be cancelled, with a refund.' },
    DISPENSED: { description: 'Packed by the pharmacist, waiting for the carrier.' },
    SHIPPED: { description: 'With the carrier; `shipment` says where.' },
    DELIVERED: { description: 'At the door of the patient.' },
    CANCELLED: { description: 'Called off before it was packed; what was paid goes back. It stays so.' },
    RETURNED: {
      description: 'Come back, or held back and not replaced; what was paid goes back. It stays so.',
    },
  },
});

export enum DrugOrderAction {
  PAY = 'PAY',
  LINK_TO_APPLICATION = 'LINK_TO_APPLICATION',
  CANCEL = 'CANCEL',
  DISPENSE = 'DISPENSE',
  SHIP = 'SHIP',
  RETURN = 'RETURN',
}
registerEnumType(DrugOrderAction, {
  name: 'DrugOrderAction',
  description: 'What may be done with an order.',
  valuesConfig: {
    LINK_TO_APPLICATION: { description: '`linkDrugOrder`: say for which aid application it was bought.' },
    PAY: { description: '`payDrugOrder`: pay for it, until `payBy`.' },
    CANCEL: { description: '`cancelDrugOrder`: call it off, as long as it is not packed; what was paid goes back.' },
    DISPENSE: { description: '`dispenseDrugOrder`, for a pharmacist: pack it.' },
    SHIP: { description: '`shipDrugOrder`, for a pharmacist: give the parcel to a carrier.' },
    RETURN: {
      description: '`returnDrugOrder`, for a pharmacist: the medicine came back or was lost; what was paid goes back.',
    },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Packages of one lot that were packed for a line of an order.' })
@RequiresScopes(...ORDER_SCOPES)
export class PackedLot {
  @Field(() => String, { description: "The maker's lot, as it is printed on the package." })
  readonly lot!: string;

  @Field(() => LocalDate, {
    nullable: true,
    description: 'Until when it can be used; null for what was packed before this was written down.',
  })
  readonly expiresOn!: string | null;

  @Field(() => Int, { description: 'How many packages of it.' })
  readonly quantity!: number;
}

@ObjectType({ simpleResolvers: true, description: 'To whom and where medicine is sent, in clear.' })
@RequiresScopes('pharmacy:dispense')
export class DeliveryAddress {
  @Field(() => String, { description: 'The name on the identity card.' })
  readonly name!: string;

  @Field(() => String, { description: 'The mobile number: 11 digits.' })
  readonly phone!: string;

  @Field(() => String, { nullable: true, description: 'The address; null when it was not told: ask by phone.' })
  readonly address!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'One medicine of an order, at the price at which it was sold.' })
@RequiresScopes(...ORDER_SCOPES)
export class DrugOrderLine {
  @Field(() => ID, { description: 'Identifies the line; says nothing about it.' })
  readonly id!: string;

  @Field(() => Medicine, { nullable: true, description: 'What was ordered.' })
  readonly medicine!: Medicine;

  @Field(() => Int, { description: 'How many packages, from 1 to 100.' })
  readonly quantity!: number;

  @Field(() => Money, { description: 'What a package cost when it was ordered; later prices do not change it.' })
  readonly unitPrice!: Money;

  @Field(() => Money, { description: 'Price of a package times quantity.' })
  readonly total!: Money;

  @Field(() => String, {
    nullable: true,
    deprecationReason: 'Packages of one line can come from several lots: use `lots`.',
    description: "The maker's lot that was packed, several with commas between them; null until it is dispensed.",
  })
  readonly lot!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'An order of medicine for a patient. Seen by the patient, their caregivers, pharmacists, and reviewers of the application it is linked to; the others get null.',
})
@Directive('@key(fields: "id")')
@RequiresScopes(...ORDER_SCOPES)
export class DrugOrder {
  @Field(() => ID, { description: 'Identifies the order; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'A number that people can read out, for example `RX-2026-000123`.' })
  readonly number!: string;

  @Field(() => DrugOrderStatus, { description: 'How far it has come.' })
  readonly status!: DrugOrderStatus;

  @Field(() => DateTime, { description: 'When it was placed.' })
  readonly placedAt!: string;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Until when it must be paid, 24 hours after it was placed (in the demo data ten years); then it is cancelled. Null for orders from before orders were paid here.',
  })
  readonly payBy!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was cancelled, where somebody said it.' })
  @RequiresScopes('pharmacy:order', 'pharmacy:dispense')
  readonly cancelReason!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it is RETURNED; null otherwise.' })
  @RequiresScopes('pharmacy:order', 'pharmacy:dispense')
  readonly returnReason!: string | null;

  @Field(() => Money, { description: 'What all lines cost together.' })
  readonly total!: Money;

  @Field(() => [DrugOrderLine], {
    description: 'What was ordered, in the order in which it was entered: 1 to 20 lines.',
  })
  readonly lines!: readonly DrugOrderLine[];

  @Field(() => Shipment, {
    nullable: true,
    description: 'How it travels; the newest one, null until it is being sent.',
  })
  readonly shipment!: Shipment | null;

  @Field(() => Application, { nullable: true, description: 'The application for aid it is linked to, if any.' })
  readonly application!: Application | null;

  @Field(() => Patient, { nullable: true, description: 'For whom it is.' })
  readonly patient!: Patient;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change the order.' })
  readonly version!: number;
}
