import { registerEnumType } from 'type-graphql';

export enum ApplicationStatus {
  DRAFT = 'DRAFT',
  SUBMITTED = 'SUBMITTED',
  IN_REVIEW = 'IN_REVIEW',
  INFORMATION_REQUESTED = 'INFORMATION_REQUESTED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  WAITLISTED = 'WAITLISTED',
  APPEALED = 'APPEALED',
  WITHDRAWN = 'WITHDRAWN',
}
registerEnumType(ApplicationStatus, {
  name: 'ApplicationStatus',
  description: 'Where an application stands.',
  valuesConfig: {
    DRAFT: { description: 'Being written; nobody but the applicant sees it.' },
    SUBMITTED: { description: 'Handed in; waits for a reviewer.' },
    IN_REVIEW: { description: 'Reviewers are working on it.' },
    INFORMATION_REQUESTED: {
      description: 'A reviewer asks for more; the last review says what. Submit again when done.',
    },
    APPROVED: { description: 'Granted; see `grant`.' },
    REJECTED: { description: 'Not granted; the last review says why.' },
    WAITLISTED: { description: 'Approved, but the fund has no money now; it is granted in order as money comes in.' },
    APPEALED: { description: 'Rejected and appealed against; other reviewers will look at it.' },
    WITHDRAWN: { description: 'Taken back by the applicant.' },
  },
});

export enum ApplicationAction {
  SUBMIT = 'SUBMIT',
  WITHDRAW = 'WITHDRAW',
  APPEAL = 'APPEAL',
  ENTER_CLAIM = 'ENTER_CLAIM',
  TAKE_REVIEW = 'TAKE_REVIEW',
  DECIDE_REVIEW = 'DECIDE_REVIEW',
}
registerEnumType(ApplicationAction, {
  name: 'ApplicationAction',
  description: 'What may be done with an application.',
  valuesConfig: {
    SUBMIT: { description: '`submitApplication`: hand it in, or hand in what was asked for.' },
    WITHDRAW: { description: '`withdrawApplication`: take it back.' },
    APPEAL: { description: '`appealApplication`: ask other reviewers to look at it again; once, and within the time.' },
    ENTER_CLAIM: { description: '`enterClaim`: claim expenses from what was granted.' },
    TAKE_REVIEW: { description: '`takeReview`: take the open review out of the queue.' },
    DECIDE_REVIEW: { description: '`decideReview`: decide the review that you have taken.' },
  },
});

export enum EligibilityReason {
  DISEASE_NOT_COVERED = 'DISEASE_NOT_COVERED',
  DIAGNOSIS_NOT_VERIFIED = 'DIAGNOSIS_NOT_VERIFIED',
  HOSPITAL_NOT_RECOGNISED = 'HOSPITAL_NOT_RECOGNISED',
  CONSENT_MISSING = 'CONSENT_MISSING',
  APPLICATION_OPEN = 'APPLICATION_OPEN',
  EXPENSE_BELOW_LOWEST_TIER = 'EXPENSE_BELOW_LOWEST_TIER',
  NOTHING_LEFT_OF_YEAR = 'NOTHING_LEFT_OF_YEAR',
}
registerEnumType(EligibilityReason, {
  name: 'EligibilityReason',
  description: 'Why aid cannot be had.',
  valuesConfig: {
    DISEASE_NOT_COVERED: { description: 'No open fund is for this disease.' },
    DIAGNOSIS_NOT_VERIFIED: { description: 'The diagnosis is not verified. Report it and wait for the hospital.' },
    HOSPITAL_NOT_RECOGNISED: { description: 'The hospital that found it is not in the current national network.' },
    CONSENT_MISSING: {
      description:
        'The patient does not agree that reviewers look at diagnoses and papers. Agree by `giveConsent` with the purpose AID_REVIEW, and ask again.',
    },
    APPLICATION_OPEN: {
      description: 'There is an unfinished application for this disease and year already. Go on with that one.',
    },
    NOTHING_LEFT_OF_YEAR: {
      description: "All of the patient's aid of this year has been granted. Ask again for the next year.",
    },
    EXPENSE_BELOW_LOWEST_TIER: { description: 'The yearly self-paid expense is below what the lowest tier asks.' },
  },
});
