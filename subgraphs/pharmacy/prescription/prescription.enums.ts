import { registerEnumType } from 'type-graphql';

/** How a prescription is kept. */
export const STORED_STATUSES = ['ISSUED', 'APPROVED', 'REFUSED', 'WITHDRAWN'] as const;
export type StoredPrescriptionStatus = (typeof STORED_STATUSES)[number];

/** How it is shown: time and orders add two more. */
export enum PrescriptionStatus {
  ISSUED = 'ISSUED',
  APPROVED = 'APPROVED',
  REFUSED = 'REFUSED',
  WITHDRAWN = 'WITHDRAWN',
  EXPIRED = 'EXPIRED',
  USED_UP = 'USED_UP',
}
registerEnumType(PrescriptionStatus, {
  name: 'PrescriptionStatus',
  description: 'How a prescription stands.',
  valuesConfig: {
    ISSUED: { description: 'Written by a physician; a pharmacist has still to look at it.' },
    APPROVED: { description: 'A pharmacist found it in order: medicine can be ordered by it.' },
    REFUSED: { description: 'A pharmacist found it not in order; `checkReason` says why. It stays so.' },
    WITHDRAWN: { description: 'The physician took it back; `withdrawReason` says why. It stays so.' },
    EXPIRED: { description: '`validUntil` has passed. Ask the physician for a new one.' },
    USED_UP: { description: 'All of it is in orders. What an order gives back can be ordered again.' },
  },
});

export enum PrescriptionAction {
  APPROVE = 'APPROVE',
  REFUSE = 'REFUSE',
  WITHDRAW = 'WITHDRAW',
  ORDER = 'ORDER',
}
registerEnumType(PrescriptionAction, {
  name: 'PrescriptionAction',
  description: 'What may be done with a prescription.',
  valuesConfig: {
    APPROVE: { description: '`checkPrescription` with APPROVE, for a pharmacist.' },
    REFUSE: { description: '`checkPrescription` with REFUSE, for a pharmacist.' },
    WITHDRAW: { description: '`withdrawPrescription`, for the physician who wrote it.' },
    ORDER: { description: '`placeDrugOrder` with a line by this prescription, for at most `left` packages.' },
  },
});

export enum PrescriptionDecision {
  APPROVE = 'APPROVE',
  REFUSE = 'REFUSE',
}
registerEnumType(PrescriptionDecision, {
  name: 'PrescriptionDecision',
  description: 'What a pharmacist finds of a prescription.',
  valuesConfig: {
    APPROVE: { description: 'It is in order: medicine can be ordered by it from now on.' },
    REFUSE: { description: 'It is not: nothing can be ordered by it, ever.' },
  },
});

export enum PrescriptionProblem {
  MISSING = 'MISSING',
  UNKNOWN = 'UNKNOWN',
  OTHER_MEDICINE = 'OTHER_MEDICINE',
  NOT_CHECKED = 'NOT_CHECKED',
  REFUSED = 'REFUSED',
  WITHDRAWN = 'WITHDRAWN',
  EXPIRED = 'EXPIRED',
  NOT_ENOUGH_LEFT = 'NOT_ENOUGH_LEFT',
}
registerEnumType(PrescriptionProblem, {
  name: 'PrescriptionProblem',
  description: 'Why a line cannot be ordered by its prescription.',
  valuesConfig: {
    MISSING: { description: 'The line names none. Choose one of `Patient.prescriptions` with the action ORDER.' },
    UNKNOWN: { description: 'The patient has no such prescription. Check its id, and for whom you order.' },
    OTHER_MEDICINE: { description: 'It is for another medicine. Choose the one for this medicine.' },
    NOT_CHECKED: { description: 'No pharmacist has looked at it yet. Wait until it is APPROVED.' },
    REFUSED: { description: 'A pharmacist refused it. Ask the physician for a new one.' },
    WITHDRAWN: { description: 'The physician took it back. Ask them for a new one.' },
    EXPIRED: { description: 'It is not valid any more. Ask the physician for a new one.' },
    NOT_ENOUGH_LEFT: { description: 'Fewer packages are left than you want; `left` says how many. Order those.' },
  },
});
