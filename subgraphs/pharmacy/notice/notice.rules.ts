import { type Texts, texts } from '../../common/localized.js';
import type { Locale } from '../../common/scalars.js';
import { type NoticeAudience, PharmacyNoticeKind } from './notice.js';

/** What happened and what to do next, by kind. */
const FOR_PATIENT: Readonly<Record<PharmacyNoticeKind, Texts>> = {
  PRESCRIPTION_ISSUED: texts(
    'A physician wrote you a prescription. A pharmacist checks it before you can order by it.',
    '医生已为您开具处方，药师审核后即可凭此购药。',
  ),
  PRESCRIPTION_APPROVED: texts(
    'Your prescription was approved. Order the medicine before it expires.',
    '您的处方已通过审核，请在有效期内购药。',
  ),
  PRESCRIPTION_REFUSED: texts(
    'A pharmacist refused your prescription. Read the reason, and ask your physician for another one.',
    '您的处方未通过审核。请查看原因，并联系医生重新开具。',
  ),
  PRESCRIPTION_WITHDRAWN: texts(
    'Your physician withdrew a prescription. Read the reason, and ask them what to take instead.',
    '医生已撤回您的处方。请查看原因，并咨询医生后续用药。',
  ),
  PAYMENT_RECEIVED: texts(
    'Your payment arrived. The pharmacy packs your order next; you need to do nothing.',
    '您的付款已到账，药房将开始配药，您无需操作。',
  ),
  PAYMENT_REFUSED: texts(
    'Your payment was not accepted; money that was taken goes back. If the order is still open, pay again in time.',
    '您的付款未被接受，已扣款项将退回。如订单仍有效，请按时重新支付。',
  ),
  REFUND_DONE: texts(
    'Money for an order was given back to you. If aid was paid for it, the fund takes that back.',
    '订单款项已退还给您。如该订单曾获得援助，基金将收回相应金额。',
  ),
  ORDER_CANCELLED_UNPAID: texts(
    'Your order was cancelled because it was not paid in time. You can order again.',
    '您的订单因未按时付款已取消，可重新下单。',
  ),
  ORDER_CANCELLED: texts(
    'Your order was cancelled. What you paid comes back to you.',
    '您的订单已取消，已付款项将退还给您。',
  ),
  ORDER_SHIPPED: texts(
    'Your parcel is on its way. Be at home when it comes: what is kept cold must go into the fridge at once.',
    '您的药品已寄出。请留意收货，需冷藏的药品收到后请立即放入冰箱。',
  ),
  ORDER_DELIVERED: texts(
    'Your parcel was delivered. If you did not get it, tell us at once.',
    '您的药品已送达。如未收到，请立即联系我们。',
  ),
  ORDER_RETURNED: texts(
    'Your order came back to the pharmacy. What you paid comes back to you; order again if you still need it.',
    '您的订单已退回药房，款项将退还给您。如仍需要，请重新下单。',
  ),
  PARCEL_QUARANTINED: texts(
    'Your parcel is held back because its medicine may have suffered. A pharmacist looks at it; should it reach you, do not use it.',
    '您的药品运输中出现异常，已暂停配送，药师正在核查。如已收到，请勿使用。',
  ),
  PARCEL_RELEASED: texts(
    'A pharmacist found the medicine in your parcel to be good. You can use it.',
    '药师确认您的药品质量合格，可以使用。',
  ),
  DO_NOT_USE: texts(
    'Do not use the medicine of the parcel that you received: it may have suffered. Keep it apart until we tell you more.',
    '请勿使用已收到的药品，其质量可能受损。请单独存放，等待进一步通知。',
  ),
  REPLACEMENT_COMING: texts(
    'You get a new parcel in place of the one that was held back, at no cost. You need to do nothing.',
    '我们将免费为您补寄药品，您无需操作。',
  ),
  DELIVERY_FAILED: texts(
    'The carrier could not deliver your parcel. Look at your address and phone number, and be at home next time.',
    '您的药品投递失败。请核对地址和电话，并留意下次派送。',
  ),
  MEDICINE_RECALLED: texts(
    'Medicine that was packed for you was recalled. Do not use it; a pharmacist tells you what to do.',
    '为您配发的药品已被召回，请勿使用，药师将告知后续处理。',
  ),
};

/** The same from the other side, where there is something for a pharmacist to do or to know. */
const FOR_PHARMACIST: Partial<Readonly<Record<PharmacyNoticeKind, Texts>>> = {
  PRESCRIPTION_ISSUED: texts('A new prescription waits to be checked.', '有新处方待审核。'),
  PRESCRIPTION_WITHDRAWN: texts(
    'A prescription was withdrawn. Do not dispense what was ordered by it.',
    '一张处方已被撤回，请勿按此配药。',
  ),
  PAYMENT_RECEIVED: texts('An order is paid. Pack it.', '有订单已付款，请配药。'),
  ORDER_CANCELLED: texts('A paid order was cancelled. Do not pack it.', '一个已付款订单已取消，请勿配药。'),
  ORDER_DELIVERED: texts('A parcel was delivered.', '一个包裹已送达。'),
  ORDER_RETURNED: texts(
    'A parcel came back. Do not put its medicine back on the shelf.',
    '一个包裹已退回，药品不得重新上架。',
  ),
  PARCEL_QUARANTINED: texts(
    'A parcel is held back. Look at its temperature curve and decide: release, replace or refund.',
    '一个包裹已被隔离。请查看温度曲线，并决定放行、补寄或退款。',
  ),
  DO_NOT_USE: texts(
    'Medicine that was delivered may have suffered. Talk to the patient, and decide about the parcel.',
    '已送达的药品质量可能受损。请联系患者，并对该包裹作出决定。',
  ),
  REPLACEMENT_COMING: texts('An order is to be packed anew. Pack it.', '一个订单需要重新配药，请配药。'),
  DELIVERY_FAILED: texts(
    'A parcel could not be delivered. Ask the carrier and the patient, and see that it stays cold.',
    '一个包裹投递失败。请联系承运商和患者，并确保冷藏。',
  ),
  MEDICINE_RECALLED: texts(
    'Medicine that was packed for an order was recalled. Talk to the patient.',
    '某订单已配发的药品被召回，请联系患者。',
  ),
};

/** What the reader of a notice should know and do next, in one or two sentences that name nobody and nothing. */
export const noticeText = (kind: PharmacyNoticeKind, reader: NoticeAudience, locale: Locale): string =>
  ((reader === 'PHARMACIST' && FOR_PHARMACIST[kind]) || FOR_PATIENT[kind])[locale];

/** Whose notices somebody wants who does not say it: a pharmacist those of all pharmacists. */
export const audienceOf = (roles: readonly string[]): NoticeAudience =>
  roles.includes('PHARMACIST') ? 'PHARMACIST' : 'PATIENT';
