/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What may be done with an application. */
export type ApplicationAction =
  /** `appealApplication`: ask other reviewers to look at it again; once, and within the time. */
  | 'APPEAL'
  /** `decideReview`: decide the review that you have taken. */
  | 'DECIDE_REVIEW'
  /** `enterClaim`: claim expenses from what was granted. */
  | 'ENTER_CLAIM'
  /** `submitApplication`: hand it in, or hand in what was asked for. */
  | 'SUBMIT'
  /** `takeReview`: take the open review out of the queue. */
  | 'TAKE_REVIEW'
  /** `withdrawApplication`: take it back. */
  | 'WITHDRAW';

/** Where an application stands. */
export type ApplicationStatus =
  /** Rejected and appealed against; other reviewers will look at it. */
  | 'APPEALED'
  /** Granted; see `grant`. */
  | 'APPROVED'
  /** Being written; nobody but the applicant sees it. */
  | 'DRAFT'
  /** A reviewer asks for more; the last review says what. Submit again when done. */
  | 'INFORMATION_REQUESTED'
  /** Reviewers are working on it. */
  | 'IN_REVIEW'
  /** Not granted; the last review says why. */
  | 'REJECTED'
  /** Handed in; waits for a reviewer. */
  | 'SUBMITTED'
  /** Approved, but the fund has no money now; it is granted in order as money comes in. */
  | 'WAITLISTED'
  /** Taken back by the applicant. */
  | 'WITHDRAWN';

/** How a parcel was kept, as far as its thermometer has said. */
export type ColdChainVerdict =
  /** It was at 0 °C or below, which spoils it at once. */
  | 'FROZEN'
  /** It stayed at 2 to 8 °C. */
  | 'KEPT'
  /** Nothing in it must be kept cold. */
  | 'NOT_REQUIRED'
  /** There are no readings yet. */
  | 'NO_READINGS'
  /** It was outside of that for longer than its medicine bears. */
  | 'TOO_LONG_OUTSIDE'
  /** It was outside of that, for no longer than its medicine bears. */
  | 'WITHIN_ALLOWANCE';

/** A currency by its ISO 4217 code. */
export type CurrencyCode =
  /** Renminbi yuan; its smallest unit is the fen, a hundredth. */
  | 'CNY';

/** What a paper proves. */
export type DocumentKind =
  /** The diagnosis, certified by a hospital. */
  | 'DIAGNOSIS_CERTIFICATE'
  /** Who the patient is, for example an identity card. */
  | 'IDENTITY'
  /** What the family earns. */
  | 'INCOME_PROOF'
  /** What treatment has cost. */
  | 'INVOICE'
  /** Findings and treatment, from the medical record. */
  | 'MEDICAL_RECORD'
  /** What was prescribed. */
  | 'PRESCRIPTION';

/** What may be done with an order. */
export type DrugOrderAction =
  /** `cancelDrugOrder`: call it off, as long as it is not packed; what was paid goes back. */
  | 'CANCEL'
  /** `dispenseDrugOrder`, for a pharmacist: pack it. */
  | 'DISPENSE'
  /** `linkDrugOrder`: say for which aid application it was bought. */
  | 'LINK_TO_APPLICATION'
  /** `payDrugOrder`: pay for it, until `payBy`. */
  | 'PAY'
  /** `returnDrugOrder`, for a pharmacist: the medicine came back or was lost; what was paid goes back. */
  | 'RETURN'
  /** `shipDrugOrder`, for a pharmacist: give the parcel to a carrier. */
  | 'SHIP';

/** How far an order has come. */
export type DrugOrderStatus =
  /** Called off before it was packed; what was paid goes back. It stays so. */
  | 'CANCELLED'
  /** At the door of the patient. */
  | 'DELIVERED'
  /** Packed by the pharmacist, waiting for the carrier. */
  | 'DISPENSED'
  /** Paid; the pharmacist has not packed it yet. It can still be cancelled, with a refund. */
  | 'PAID'
  /** Ordered, not paid yet: its medicine is kept until `payBy`. It can still be cancelled. */
  | 'PLACED'
  /** Come back, or held back and not replaced; what was paid goes back. It stays so. */
  | 'RETURNED'
  /** With the carrier; `shipment` says where. */
  | 'SHIPPED';

/** How a review ended. */
export type ReviewDecision =
  /** This stage is passed. */
  | 'APPROVE'
  /** The reviewer may not decide here, or would rather not; somebody else will. */
  | 'RECUSE'
  /** The application is rejected. */
  | 'REJECT'
  /** The applicant is asked for more. */
  | 'REQUEST_INFORMATION';

/** What a review looks at. They follow each other in this order. */
export type ReviewStage =
  /** Are the papers complete and right? */
  | 'DOCUMENTS'
  /** How much is needed and may be given? Large grants are looked at twice. */
  | 'FINANCIAL'
  /** Is the diagnosis sound, and the treatment meant for it? */
  | 'MEDICAL';

/** Where a shipment is. */
export type ShipmentStatus =
  /** Handed over at the door. */
  | 'DELIVERED'
  /** With the carrier. */
  | 'IN_TRANSIT'
  /** Being packed; the carrier does not have it yet. */
  | 'PREPARING'
  /** Held back, because it was too long outside of 2 to 8 °C, froze, or has recalled medicine in it. It must not be delivered, and what was delivered not be used, until a pharmacist decides. */
  | 'QUARANTINED'
  /** Back at the pharmacy. */
  | 'RETURNED';

export type ApplicationPageQueryVariables = Exact<{
  id: string;
  year: number;
}>;


export type ApplicationPageQuery = { application: { id: string, number: string, status: ApplicationStatus, aidYear: number, deadlineAt: string | null, allowedActions: Array<ApplicationAction>, missingDocuments: Array<DocumentKind> | null, disease: { id: string, nameEn: string, nameZh: string } | null, patient: { id: string, displayName: string, annualAid: { cap: { amount: string, currency: CurrencyCode }, granted: { amount: string, currency: CurrencyCode }, paid: { amount: string, currency: CurrencyCode }, remaining: { amount: string, currency: CurrencyCode } } | null } | null, reviews: Array<{ id: string, stage: ReviewStage, decision: ReviewDecision | null, reason: string | null }>, timeline: Array<{ id: string, status: ApplicationStatus, at: string, note: string | null }>, grant: { id: string, left: { amount: string, currency: CurrencyCode } } | null, drugOrders: Array<{ id: string, number: string, status: DrugOrderStatus, placedAt: string, payBy: string | null, allowedActions: Array<DrugOrderAction>, total: { amount: string, currency: CurrencyCode }, lines: Array<{ id: string, quantity: number, medicine: { id: string, genericNameEn: string, genericNameZh: string } | null }>, shipment: { id: string, status: ShipmentStatus, trackingNumber: string | null, shippedAt: string | null, deliveredAt: string | null, temperatures: { coldest: number | null, warmest: number | null, outsideMinutes: number, allowanceMinutes: number | null, verdict: ColdChainVerdict, points: Array<{ at: string, celsius: number }> } | null } | null }> | null } | null };

export type OrderFragment = { id: string, number: string, status: DrugOrderStatus, placedAt: string, payBy: string | null, allowedActions: Array<DrugOrderAction>, total: { amount: string, currency: CurrencyCode }, lines: Array<{ id: string, quantity: number, medicine: { id: string, genericNameEn: string, genericNameZh: string } | null }>, shipment: { id: string, status: ShipmentStatus, trackingNumber: string | null, shippedAt: string | null, deliveredAt: string | null, temperatures: { coldest: number | null, warmest: number | null, outsideMinutes: number, allowanceMinutes: number | null, verdict: ColdChainVerdict, points: Array<{ at: string, celsius: number }> } | null } | null };

export type CurveFragment = { coldest: number | null, warmest: number | null, outsideMinutes: number, allowanceMinutes: number | null, verdict: ColdChainVerdict, points: Array<{ at: string, celsius: number }> };

export type MyApplicationsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyApplicationsQuery = { applications: { nodes: Array<{ id: string, number: string, status: ApplicationStatus, aidYear: number, disease: { id: string, nameEn: string, nameZh: string } | null, patient: { id: string, displayName: string } | null }> } | null };

export const CurveFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Curve"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TemperatureCurve"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"points"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"celsius"}}]}},{"kind":"Field","name":{"kind":"Name","value":"coldest"}},{"kind":"Field","name":{"kind":"Name","value":"warmest"}},{"kind":"Field","name":{"kind":"Name","value":"outsideMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"allowanceMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"verdict"}}]}}]} as unknown as DocumentNode<CurveFragment, unknown>;
export const OrderFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Order"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DrugOrder"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"placedAt"}},{"kind":"Field","name":{"kind":"Name","value":"payBy"}},{"kind":"Field","name":{"kind":"Name","value":"total"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"allowedActions"}},{"kind":"Field","name":{"kind":"Name","value":"lines"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"medicine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"genericNameEn"}},{"kind":"Field","name":{"kind":"Name","value":"genericNameZh"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"shipment"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trackingNumber"}},{"kind":"Field","name":{"kind":"Name","value":"shippedAt"}},{"kind":"Field","name":{"kind":"Name","value":"deliveredAt"}},{"kind":"Field","name":{"kind":"Name","value":"temperatures"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"maxPoints"},"value":{"kind":"IntValue","value":"400"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Curve"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Curve"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TemperatureCurve"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"points"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"celsius"}}]}},{"kind":"Field","name":{"kind":"Name","value":"coldest"}},{"kind":"Field","name":{"kind":"Name","value":"warmest"}},{"kind":"Field","name":{"kind":"Name","value":"outsideMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"allowanceMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"verdict"}}]}}]} as unknown as DocumentNode<OrderFragment, unknown>;
export const ApplicationPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ApplicationPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"year"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"application"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"aidYear"}},{"kind":"Field","name":{"kind":"Name","value":"deadlineAt"}},{"kind":"Field","name":{"kind":"Name","value":"allowedActions"}},{"kind":"Field","name":{"kind":"Name","value":"missingDocuments"}},{"kind":"Field","name":{"kind":"Name","value":"disease"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"nameEn"}},{"kind":"Field","name":{"kind":"Name","value":"nameZh"}}]}},{"kind":"Field","name":{"kind":"Name","value":"patient"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"annualAid"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"year"},"value":{"kind":"Variable","name":{"kind":"Name","value":"year"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cap"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"granted"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paid"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"remaining"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"reviews"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"decision"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"timeline"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"note"}}]}},{"kind":"Field","name":{"kind":"Name","value":"grant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"left"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"drugOrders"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Order"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Curve"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TemperatureCurve"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"points"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"celsius"}}]}},{"kind":"Field","name":{"kind":"Name","value":"coldest"}},{"kind":"Field","name":{"kind":"Name","value":"warmest"}},{"kind":"Field","name":{"kind":"Name","value":"outsideMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"allowanceMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"verdict"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Order"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DrugOrder"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"placedAt"}},{"kind":"Field","name":{"kind":"Name","value":"payBy"}},{"kind":"Field","name":{"kind":"Name","value":"total"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"allowedActions"}},{"kind":"Field","name":{"kind":"Name","value":"lines"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"medicine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"genericNameEn"}},{"kind":"Field","name":{"kind":"Name","value":"genericNameZh"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"shipment"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trackingNumber"}},{"kind":"Field","name":{"kind":"Name","value":"shippedAt"}},{"kind":"Field","name":{"kind":"Name","value":"deliveredAt"}},{"kind":"Field","name":{"kind":"Name","value":"temperatures"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"maxPoints"},"value":{"kind":"IntValue","value":"400"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Curve"}}]}}]}}]}}]} as unknown as DocumentNode<ApplicationPageQuery, ApplicationPageQueryVariables>;
export const MyApplicationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"MyApplications"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"applications"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"aidYear"}},{"kind":"Field","name":{"kind":"Name","value":"disease"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"nameEn"}},{"kind":"Field","name":{"kind":"Name","value":"nameZh"}}]}},{"kind":"Field","name":{"kind":"Name","value":"patient"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MyApplicationsQuery, MyApplicationsQueryVariables>;