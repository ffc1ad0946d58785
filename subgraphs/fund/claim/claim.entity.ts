import { defineEntity } from '@mikro-orm/core';
import { ApplicationEntity } from '../application/application.entity.js';
import { GrantEntity } from '../grant/grant.entity.js';

/** Children of a claim are seen by whoever sees the claim. */
export const seenWithClaim = (table: string) => [
  { name: `${table}_concerned`, using: 'exists (select from claim where claim.id = claim_id offset 0)' },
];

/** The same, and by those who keep the fund's money. */
export const seenWithClaimOrByFinance = (table: string) => [
  {
    name: `${table}_concerned`,
    using: '(select caller_is_finance()) or exists (select from claim where claim.id = claim_id offset 0)',
  },
];

export const CLAIM_STATUSES = ['ENTERED', 'CHECKED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'PAID', 'REVERSED'] as const;
export type StoredClaimStatus = (typeof CLAIM_STATUSES)[number];

/** Expenses for which a patient asks the share that was granted. */
export const ClaimEntity = defineEntity({
  name: 'Claim',
  tableName: 'claim',
  properties: (p) => ({
    id: p.uuid().primary(),
    number: p.text().unique(),
    grant: () => p.manyToOne(GrantEntity).ref(),
    application: () => p.manyToOne(ApplicationEntity).ref(),
    fundId: p.uuid(),
    patientId: p.uuid(),
    patientSubject: p.text().nullable(),
    status: p.text().$type<StoredClaimStatus>(),
    askedFen: p.bigint(),
    selfPaidFen: p.bigint(),
    /** `storedAward`: how the award came about. */
    award: p.json<object>().nullable(),
    awardFen: p.bigint().nullable(),
    takenBackFen: p.bigint(),
    enteredBy: p.text(),
    enteredAt: p.datetime(),
    checkedBy: p.text().nullable(),
    checkedAt: p.datetime().nullable(),
    decidedBy: p.text().nullable(),
    decidedAt: p.datetime().nullable(),
    reason: p.text().nullable(),
    paidAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'claim_concerned',
      using: `(select caller_is_finance()) or (caller_has_role('REVIEWER') and (status = 'ENTERED' or checked_by = caller_subject()))
        or exists (select from application where application.id = application_id offset 0)`,
    },
  ],
});

/** One expense of a claim: a line of a medicine order, or an invoice. Only whether it counts is ever changed. */
export const ExpenseLineEntity = defineEntity({
  name: 'ExpenseLine',
  tableName: 'expense_line',
  properties: (p) => ({
    id: p.uuid().primary(),
    claim: () => p.manyToOne(ClaimEntity).ref(),
    place: p.integer(),
    orderLineId: p.uuid().nullable(),
    invoiceIssuer: p.text().nullable(),
    invoiceNumber: p.text().nullable(),
    incurredOn: p.date(),
    amountFen: p.bigint(),
    basicInsuranceFen: p.bigint(),
    seriousIllnessInsuranceFen: p.bigint(),
    medicalAssistanceFen: p.bigint(),
    commercialInsuranceFen: p.bigint(),
    otherCharityFen: p.bigint(),
    counts: p.boolean().default(true),
  }),
  policies: seenWithClaim('expense_line'),
});

/** Aid that has to come back, since what it was given for was refunded, or it was given by mistake. */
export const ClawBackEntity = defineEntity({
  name: 'ClawBack',
  tableName: 'claw_back',
  properties: (p) => ({
    id: p.uuid().primary(),
    claim: () => p.manyToOne(ClaimEntity).ref(),
    fundId: p.uuid(),
    /** WAITING: the payment is on its way to the bank. DUE: the patient has the money. SETTLED: taken back, or repaid. */
    status: p.text().$type<'WAITING' | 'DUE' | 'SETTLED'>(),
    /** 0: a refund that costs nothing of the award; a later one counts it in. */
    amountFen: p.bigint(),
    cause: p.text().$type<'ORDER_REFUNDED' | 'REVERSED'>(),
    orderLineId: p.uuid().nullable(),
    refundedFen: p.bigint().nullable(),
    reason: p.text(),
    bySubject: p.text(),
    createdAt: p.datetime(),
    settledAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: seenWithClaimOrByFinance('claw_back'),
});
