import { defineEntity } from '@mikro-orm/core';
import { ClaimEntity, seenWithClaimOrByFinance } from '../claim/claim.entity.js';
import { FundEntity } from '../policy/policy.entity.js';

/** Approved claims that go to the bank together. */
export const PayoutBatchEntity = defineEntity({
  name: 'PayoutBatch',
  tableName: 'payout_batch',
  properties: (p) => ({
    id: p.uuid().primary(),
    number: p.text().unique(),
    fund: () => p.manyToOne(FundEntity).ref(),
    status: p.text().$type<'OPEN' | 'RELEASED' | 'SENT' | 'ANSWERED' | 'CANCELLED'>(),
    createdBy: p.text(),
    createdAt: p.datetime(),
    releasedBy: p.text().nullable(),
    releasedAt: p.datetime().nullable(),
    sentAt: p.datetime().nullable(),
    answeredAt: p.datetime().nullable(),
    /** The pain.001 message, sealed: it holds names and accounts, and goes when the bank has answered. */
    fileSealed: p.text().nullable().lazy(),
    version: p.integer().version(),
  }),
  policies: [{ name: 'payout_batch_finance', using: '(select caller_is_finance())' }],
});

/** One attempt to pay a claim. */
export const PayoutEntity = defineEntity({
  name: 'Payout',
  tableName: 'payout',
  properties: (p) => ({
    id: p.uuid().primary(),
    batch: () => p.manyToOne(PayoutBatchEntity).ref(),
    claim: () => p.manyToOne(ClaimEntity).ref(),
    fundId: p.uuid(),
    amountFen: p.bigint(),
    status: p.text().$type<'QUEUED' | 'SENT' | 'PAID' | 'RETURNED' | 'CANCELLED'>(),
    endToEndId: p.text().unique(),
    /** Who approved the claim, and who released the batch: two people, by constraint. */
    approvedBy: p.text(),
    releasedBy: p.text().nullable(),
    reasonCode: p.text().nullable(),
    createdAt: p.datetime(),
    answeredAt: p.datetime().nullable(),
  }),
  policies: seenWithClaimOrByFinance('payout'),
});
