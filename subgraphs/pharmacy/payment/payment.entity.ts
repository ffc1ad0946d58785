import { defineEntity } from '@mikro-orm/core';
import { DrugOrderEntity } from '../order/order.entity.js';
import { DrugOrderLineEntity } from '../order/order-line.entity.js';
import type { PaymentRefusal, PaymentStatus, RefundCause, RefundStatus } from './payment.js';

const BY_FAMILY = 'o.patient_subject = caller_subject() or o.patient_id = any((select caller_patients())::uuid[])';
const SYSTEM = '(select caller_is_system())';

/** One try to pay for an order. What goes back of it counts the table of refunds. */
export const PaymentEntity = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: (p) => ({
    id: p.uuid().primary(),
    order: () => p.manyToOne(DrugOrderEntity).ref(),
    status: p.text().$type<PaymentStatus>(),
    amountFen: p.bigint(),
    /** Kept until the provider has it. */
    token: p.text().nullable(),
    requestedAt: p.datetime(),
    answeredAt: p.datetime().nullable(),
    /** What the provider took, whether the order could take it or not. */
    chargedFen: p.bigint().nullable(),
    refusedBecause: p.text().$type<PaymentRefusal>().nullable(),
    refundedFen: p.bigint().defaultRaw('0'),
  }),
  policies: [
    {
      name: 'payment_of_order',
      command: 'select',
      using: `exists (select from drug_order o where o.id = order_id
        and (${BY_FAMILY} or caller_has_role('PHARMACIST') or ${SYSTEM}) offset 0)`,
    },
    {
      name: 'payment_begun',
      command: 'insert',
      check: `status = 'PENDING' and exists (select from drug_order o where o.id = order_id and (${BY_FAMILY}) offset 0)`,
    },
    { name: 'payment_answered', command: 'update', using: SYSTEM, check: SYSTEM },
  ],
});

/** Money that goes back: for a line of an order, or a whole payment that was not accepted. */
export const RefundEntity = defineEntity({
  name: 'Refund',
  tableName: 'refund',
  properties: (p) => ({
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    payment: () => p.manyToOne(PaymentEntity).ref(),
    orderLine: () => p.manyToOne(DrugOrderLineEntity).ref().nullable().updateRule('no action').deleteRule('no action'),
    amountFen: p.bigint(),
    cause: p.text().$type<RefundCause>(),
    status: p.text().$type<RefundStatus>(),
    requestedAt: p.datetime().defaultRaw('now()'),
    doneAt: p.datetime().nullable(),
    /** When the fund knew, which takes its aid back. */
    fundToldAt: p.datetime().nullable(),
  }),
  policies: [
    {
      name: 'refund_of_payment',
      command: 'select',
      using: 'exists (select from payment where payment.id = payment_id offset 0)',
    },
    {
      name: 'refund_requested',
      command: 'insert',
      check: `status = 'REQUESTED' and exists (select from payment where payment.id = payment_id offset 0)`,
    },
    { name: 'refund_done', command: 'update', using: SYSTEM, check: SYSTEM },
  ],
});
