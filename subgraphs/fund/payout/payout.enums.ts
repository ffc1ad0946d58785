import { registerEnumType } from 'type-graphql';

export enum PayoutBatchStatus {
  OPEN = 'OPEN',
  RELEASED = 'RELEASED',
  SENT = 'SENT',
  ANSWERED = 'ANSWERED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(PayoutBatchStatus, {
  name: 'PayoutBatchStatus',
  description: 'Where a payout batch stands.',
  valuesConfig: {
    OPEN: { description: 'Put together; nothing is paid before a second person releases it.' },
    RELEASED: { description: 'Released; its file goes to the bank by itself.' },
    SENT: { description: 'The bank has the file; it is asked for its answer until every payout has one.' },
    ANSWERED: { description: 'Every payout is paid or has come back.' },
    CANCELLED: { description: 'Given up before it was released; its claims can be put into another batch.' },
  },
});

export enum PayoutBatchAction {
  RELEASE = 'RELEASE',
  CANCEL = 'CANCEL',
}
registerEnumType(PayoutBatchAction, {
  name: 'PayoutBatchAction',
  description: 'What may be done with a payout batch.',
  valuesConfig: {
    RELEASE: { description: '`releasePayoutBatch`: send it to the bank. Not for who approved one of its claims.' },
    CANCEL: { description: '`cancelPayoutBatch`: give it up before it is released.' },
  },
});

export enum PayoutStatus {
  QUEUED = 'QUEUED',
  SENT = 'SENT',
  PAID = 'PAID',
  RETURNED = 'RETURNED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(PayoutStatus, {
  name: 'PayoutStatus',
  description: 'Where one attempt to pay a claim stands.',
  valuesConfig: {
    QUEUED: { description: 'In a batch that is not released yet.' },
    SENT: { description: 'On its way by the bank.' },
    PAID: { description: 'The bank has paid it.' },
    RETURNED: { description: 'Not paid, or sent back; `reason` says why. The claim is paid with a later batch.' },
    CANCELLED: { description: 'Taken out before it was sent.' },
  },
});
