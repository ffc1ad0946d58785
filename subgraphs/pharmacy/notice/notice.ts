import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { Patient } from '../stubs.js';

export enum PharmacyNoticeKind {
  PRESCRIPTION_ISSUED = 'PRESCRIPTION_ISSUED',
  PRESCRIPTION_APPROVED = 'PRESCRIPTION_APPROVED',
  PRESCRIPTION_REFUSED = 'PRESCRIPTION_REFUSED',
  PRESCRIPTION_WITHDRAWN = 'PRESCRIPTION_WITHDRAWN',
  PAYMENT_RECEIVED = 'PAYMENT_RECEIVED',
  PAYMENT_REFUSED = 'PAYMENT_REFUSED',
  REFUND_DONE = 'REFUND_DONE',
  ORDER_CANCELLED_UNPAID = 'ORDER_CANCELLED_UNPAID',
  ORDER_CANCELLED = 'ORDER_CANCELLED',
  ORDER_SHIPPED = 'ORDER_SHIPPED',
  ORDER_DELIVERED = 'ORDER_DELIVERED',
  ORDER_RETURNED = 'ORDER_RETURNED',
  PARCEL_QUARANTINED = 'PARCEL_QUARANTINED',
  PARCEL_RELEASED = 'PARCEL_RELEASED',
  DO_NOT_USE = 'DO_NOT_USE',
  REPLACEMENT_COMING = 'REPLACEMENT_COMING',
  DELIVERY_FAILED = 'DELIVERY_FAILED',
  MEDICINE_RECALLED = 'MEDICINE_RECALLED',
}
registerEnumType(PharmacyNoticeKind, {
  name: 'PharmacyNoticeKind',
  description: 'What a notice is about. More kinds may be added: show `text` for one that you do not know.',
  valuesConfig: {
    PRESCRIPTION_ISSUED: { description: 'A physician wrote a prescription; a pharmacist checks it next.' },
    PRESCRIPTION_APPROVED: { description: 'A pharmacist approved a prescription: it can be ordered by.' },
    PRESCRIPTION_REFUSED: { description: 'A pharmacist refused a prescription; it says why.' },
    PRESCRIPTION_WITHDRAWN: { description: 'The physician withdrew a prescription; it says why.' },
    PAYMENT_RECEIVED: { description: 'The money for an order arrived.' },
    PAYMENT_REFUSED: { description: 'A payment was refused, or its money cannot be taken and goes back.' },
    REFUND_DONE: { description: 'Money for an order was given back.' },
    ORDER_CANCELLED_UNPAID: { description: 'An order was not paid in time and has been cancelled.' },
    ORDER_CANCELLED: { description: 'An order was cancelled.' },
    ORDER_SHIPPED: { description: 'A parcel is on its way.' },
    ORDER_DELIVERED: { description: 'A parcel was delivered.' },
    ORDER_RETURNED: { description: 'An order came back to the pharmacy.' },
    PARCEL_QUARANTINED: {
      description: 'A parcel got too warm or froze, or its medicine was recalled: it is held back.',
    },
    PARCEL_RELEASED: { description: 'A parcel that was held back is good and goes on.' },
    DO_NOT_USE: { description: 'Medicine that was delivered already must not be used.' },
    REPLACEMENT_COMING: { description: 'A new parcel is packed in place of one that was held back.' },
    DELIVERY_FAILED: { description: 'The carrier could not deliver a parcel.' },
    MEDICINE_RECALLED: { description: 'Medicine that was packed for an order was recalled.' },
  },
});

export enum PharmacyNoticeAudience {
  PATIENT = 'PATIENT',
  PHARMACIST = 'PHARMACIST',
}
registerEnumType(PharmacyNoticeAudience, {
  name: 'PharmacyNoticeAudience',
  description: 'Whom a notice of the pharmacy is for.',
  valuesConfig: {
    PATIENT: { description: 'The patient and whoever cares for them.' },
    PHARMACIST: { description: 'All pharmacists.' },
  },
});

/** Whom a notice is for, in a word. */
export type NoticeAudience = `${PharmacyNoticeAudience}`;

@ObjectType({
  simpleResolvers: true,
  description:
    'Something that a patient and whoever cares for them, or the pharmacists, should know of prescriptions, orders and parcels. Nothing is sent from here: an app shows it, or a program that sends messages reads it.',
})
@RequiresScopes('pharmacy:order', 'pharmacy:dispense')
export class PharmacyNotice {
  @Field(() => ID, { description: 'Identifies the notice.' })
  readonly id!: string;

  @Field(() => PharmacyNoticeKind, { description: 'What it is about.' })
  readonly kind!: PharmacyNoticeKind;

  @Field(() => ID, { description: 'The id of what it is about: a prescription, an order, a parcel.' })
  readonly aboutId!: string;

  @Field(() => PharmacyNoticeAudience, { description: 'Whom it is for; `text` speaks to them.' })
  readonly audience!: NoticeAudience;

  @Field(() => Patient, { nullable: true, description: 'The patient whom it concerns.' })
  readonly patient!: Patient;

  @Field(() => DateTime, { description: 'When it was told.' })
  readonly at!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was marked as read; null while it is new.' })
  readonly readAt!: string | null;
}
