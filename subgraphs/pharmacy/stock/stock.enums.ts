import { registerEnumType } from 'type-graphql';

export enum StockLotState {
  SELLABLE = 'SELLABLE',
  EXPIRING_SOON = 'EXPIRING_SOON',
  EXPIRED = 'EXPIRED',
  RECALLED = 'RECALLED',
}
registerEnumType(StockLotState, {
  name: 'StockLotState',
  description: 'Whether a lot may be sold.',
  valuesConfig: {
    SELLABLE: { description: 'May be sold, and for more than 90 days to come.' },
    EXPIRING_SOON: { description: 'May be sold, but only for 90 days more at most.' },
    EXPIRED: { description: 'Expires within a week, or has expired: it is not sold any more. Take it off the shelf.' },
    RECALLED: { description: 'Recalled: it is never sold again. Take it off the shelf.' },
  },
});

export enum StockLotAction {
  ADJUST = 'ADJUST',
  RECALL = 'RECALL',
}
registerEnumType(StockLotAction, {
  name: 'StockLotAction',
  description: 'What may be done with a lot.',
  valuesConfig: {
    ADJUST: { description: '`adjustStock`: bring the books to what is on the shelf.' },
    RECALL: { description: '`recallLot`: sell no more of it, and find everybody who got some.' },
  },
});

export enum StockMovementKind {
  RECEIPT = 'RECEIPT',
  ADJUSTMENT = 'ADJUSTMENT',
  RESERVATION = 'RESERVATION',
  RELEASE = 'RELEASE',
  DISPENSING = 'DISPENSING',
}
registerEnumType(StockMovementKind, {
  name: 'StockMovementKind',
  description: 'What moved the stock of a lot.',
  valuesConfig: {
    RECEIPT: { description: 'Packages arrived.' },
    ADJUSTMENT: { description: 'A pharmacist counted, or took something off the shelf; the reason says why.' },
    RESERVATION: { description: 'Packages were promised to an order.' },
    RELEASE: { description: 'What was promised to an order is free again.' },
    DISPENSING: { description: 'Packages left the shelf in a parcel.' },
  },
});
