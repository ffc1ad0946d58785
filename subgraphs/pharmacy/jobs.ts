import type { Jobs } from '../common/jobs.js';
import type { PharmacyContext } from './context.js';
import { CANCEL_UNPAID_ORDERS, cancelUnpaidOrders } from './order/order.jobs.js';
import { askProvider, chargePayment, RESUME_PAYMENTS, resumePayments } from './payment/payment.jobs.js';
import { ASK_PROVIDER, CHARGE_PAYMENT } from './payment/payment.step.js';
import { sendRefund, tellFund } from './payment/refund.jobs.js';
import { SEND_REFUND, TELL_FUND_OF_REFUND } from './payment/refund.step.js';

/** What the pharmacy does later, or at certain times. Times are UTC; Shanghai is eight hours ahead. */
export const pharmacyJobs: Jobs<PharmacyContext> = {
  tasks: {
    [CANCEL_UNPAID_ORDERS]: cancelUnpaidOrders,
    [CHARGE_PAYMENT]: chargePayment,
    [ASK_PROVIDER]: askProvider,
    [SEND_REFUND]: sendRefund,
    [TELL_FUND_OF_REFUND]: tellFund,
    [RESUME_PAYMENTS]: (_payload, context) => resumePayments(context),
  },
  schedule: [
    { task: CANCEL_UNPAID_ORDERS, cron: '*/5 * * * *' },
    { task: RESUME_PAYMENTS, cron: '37 * * * *' },
  ],
};
