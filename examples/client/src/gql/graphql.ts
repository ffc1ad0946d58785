/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A step of aid, by how much treatment costs the patient in a year. */
export type AidTierName =
  /** The lowest. */
  | 'I'
  /** The middle one. */
  | 'II'
  /** The highest. */
  | 'III';

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

/** What has been verified of an author. */
export type AuthorBadge =
  /** Was a verified physician when publishing. */
  | 'PHYSICIAN';

/** Which order is called off. */
export type CancelDrugOrderInput = {
  /** The `version` of the order that you looked at. */
  expectedVersion: number;
  /** A key of your making: sending the same again cancels once. */
  idempotencyKey: string;
  /** The order. */
  orderId: string;
  /** Why, in at most 500 characters: a pharmacist must say it, the family if they want to. */
  reason?: string | null | undefined;
};

/** A currency by its ISO 4217 code. */
export type CurrencyCode =
  /** Renminbi yuan; its smallest unit is the fen, a hundredth. */
  | 'CNY';

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

/** Whether a grant can still be claimed from. */
export type GrantStatus =
  /** Expenses can be claimed. */
  | 'ACTIVE'
  /** All of it has been awarded. */
  | 'EXHAUSTED'
  /** The year and the time to look back are over; what was left went back to the fund. */
  | 'EXPIRED'
  /** What was left of it was taken back; the timeline of the application says why. */
  | 'REVOKED';

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

/** How a medicine must be kept. */
export type Storage =
  /** Cold, from 2 to 8 °C, on the way too. */
  | 'COLD_2_8'
  /** Frozen. */
  | 'FROZEN'
  /** At room temperature. */
  | 'ROOM';

/** What went wrong, for a program to act on. More codes may be added: treat an unknown one as a failure. */
export type UserErrorCode =
  /** This person is registered already. Go on with the record that there is. */
  | 'ALREADY_REGISTERED'
  /** You have reported this before, and it has been recorded. Nothing is left to do. */
  | 'ALREADY_REPORTED'
  /** Nothing is left of the aid of this year; `remaining` says how much is. Reject the application, or wait for the next year. */
  | 'ANNUAL_CAP_REACHED'
  /** The patient has not agreed to this, or no longer does; `purpose` says to what. Ask the patient, or a caregiver with the scope CARE, to agree by `giveConsent`; then try again. */
  | 'CONSENT_MISSING'
  /** Another text is to be agreed to by now; `current` is it. Show that text, and give the consent with its number. */
  | 'CONSENT_TEXT_OUTDATED'
  /** No more records can be opened in an emergency today; `nextAt` says when. Ask a colleague, or wait until then. */
  | 'EMERGENCY_LIMIT_REACHED'
  /** Something is under way that must end before the erasure; `reasons` says what. Do what each reason says, then ask again. */
  | 'ERASURE_BLOCKED'
  /** Some of the expenses cannot be claimed; `problems` says which and why. Put them right or leave them out, and send the claim again. */
  | 'EXPENSE_NOT_CLAIMABLE'
  /** This idempotency key was used before with another input. Make a new key for what is new; send an old key with the same input only. */
  | 'IDEMPOTENCY_CONFLICT'
  /** A value is outside what is allowed; `path` says which. Show the message beside that field, and send it again when it is put right. */
  | 'INVALID_INPUT'
  /** Moderators have suspended you from writing in the community; `until` says until when. Show `myModeration`, which says why and offers the appeal; reading goes on. */
  | 'MEMBER_SUSPENDED'
  /** No approved claim waits to be paid. Make a batch when claims have been approved. */
  | 'NOTHING_TO_PAY'
  /** You may see this record, but not do this with it. Show the message, which says why and who may. */
  | 'NOT_ALLOWED'
  /** The conditions for aid are not met; `reasons` says which. Show each reason; the schema says of each what to do. `aidEligibility` tells beforehand. */
  | 'NOT_ELIGIBLE'
  /** There is no such record, or it is not one you may see. Check the id, and for whom you act; trying again does not help. */
  | 'NOT_FOUND'
  /** This medicine may not be sold online. Order the rest; the hospital has the medicines in `medicineIds`. */
  | 'NOT_SOLD_ONLINE'
  /** There is not enough of some medicines at the moment; `medicineIds` names them. Take fewer packages, or try again later: `Medicine.availability` says whether there is some. */
  | 'OUT_OF_STOCK'
  /** Some lines have no prescription that they can go by; `problems` says which and why. Put those lines right or leave them out, and order again. */
  | 'PRESCRIPTION_NOT_USABLE'
  /** Somebody else writes under this pseudonym. Choose another, or leave it out and get one. */
  | 'PSEUDONYM_TAKEN'
  /** No free slot begins at that time; `next` offers others. Let the patient choose one of those. */
  | 'SLOT_NOT_FREE'
  /** Somebody changed the record since you read it. Read it again, then decide. */
  | 'STALE_VERSION'
  /** Less would be left of a lot than is promised to orders. Take off only what is free; for more, dispense or cancel orders of the lot first. */
  | 'STOCK_PROMISED'
  /** The text holds what must not be published; `findings` says what and where. Mark those passages, have them taken out, and send it again. */
  | 'TEXT_NOT_PUBLISHABLE'
  /** You have tried this too often; `retryAt` says when you can go on. Wait until then. */
  | 'TOO_MANY_ATTEMPTS'
  /** The record is not in a state that allows this; where there is `permitted`, it names what is. Read the record again, and offer what its `allowedActions` name. */
  | 'WRONG_STATE';

export type CancelOrderMutationVariables = Exact<{
  input: CancelDrugOrderInput;
}>;


export type CancelOrderMutation = { cancelDrugOrder:
    | { __typename: 'DrugOrder', number: string, status: DrugOrderStatus }
    | { __typename: 'DrugOrderWrongState', code: UserErrorCode, message: string, path: Array<string> | null, status: DrugOrderStatus, permitted: Array<DrugOrderAction> }
    | { __typename: 'IdempotencyConflict', code: UserErrorCode, message: string, path: Array<string> | null }
    | { __typename: 'InvalidInput', code: UserErrorCode, message: string, path: Array<string> | null }
    | { __typename: 'NotAllowed', code: UserErrorCode, message: string, path: Array<string> | null }
    | { __typename: 'NotFound', code: UserErrorCode, message: string, path: Array<string> | null }
    | { __typename: 'StaleVersion', code: UserErrorCode, message: string, path: Array<string> | null, currentVersion: number }
   | null };

export type MyApplicationsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyApplicationsQuery = { applications: { nodes: Array<{ id: string, number: string, status: ApplicationStatus, aidYear: number }> } | null };

export type OrderVersionQueryVariables = Exact<{
  applicationId: string;
}>;


export type OrderVersionQuery = { application: { drugOrders: Array<{ id: string, number: string, version: number, allowedActions: Array<DrugOrderAction> }> | null } | null };

export type ApplicationOverviewQueryVariables = Exact<{
  id: string;
  year?: number | null | undefined;
}>;


export type ApplicationOverviewQuery = { application: { id: string, number: string, status: ApplicationStatus, aidYear: number, deadlineAt: string | null, allowedActions: Array<ApplicationAction>, version: number, expectedExpense: { amount: string, currency: CurrencyCode }, timeline: Array<{ id: string, status: ApplicationStatus, at: string, byRole: string, note: string | null }>, reviews: Array<{ id: string, stage: ReviewStage, decision: ReviewDecision | null, reason: string | null, decidedAt: string | null }>, grant: { id: string, status: GrantStatus, tier: AidTierName, maximum: { amount: string, currency: CurrencyCode }, paid: { amount: string, currency: CurrencyCode } } | null, disease: { id: string, catalogNo: number, nameEn: string, nameZh: string, stories: { nodes: Array<{ id: string, title: string, publishedAt: string | null, author: { pseudonym: string, badge: AuthorBadge | null } }> } | null } | null, patient: { id: string, displayName: string, annualAid: { year: number, cap: { amount: string, currency: CurrencyCode }, granted: { amount: string, currency: CurrencyCode }, paid: { amount: string, currency: CurrencyCode }, remaining: { amount: string, currency: CurrencyCode } } | null } | null, drugOrders: Array<{ id: string, number: string, status: DrugOrderStatus, placedAt: string, total: { amount: string, currency: CurrencyCode }, lines: Array<{ id: string, quantity: number, unitPrice: { amount: string, currency: CurrencyCode }, medicine: { id: string, genericNameEn: string, genericNameZh: string, storage: Storage } | null }>, shipment: { id: string, status: ShipmentStatus, trackingNumber: string | null, coldChain: boolean, shippedAt: string | null, deliveredAt: string | null } | null }> | null } | null };


export const CancelOrderDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelOrder"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelDrugOrderInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelDrugOrder"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DrugOrder"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StaleVersion"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currentVersion"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DrugOrderWrongState"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"permitted"}}]}}]}}]}}]} as unknown as DocumentNode<CancelOrderMutation, CancelOrderMutationVariables>;
export const MyApplicationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"MyApplications"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"applications"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"aidYear"}}]}}]}}]}}]} as unknown as DocumentNode<MyApplicationsQuery, MyApplicationsQueryVariables>;
export const OrderVersionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"OrderVersion"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"applicationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"application"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"applicationId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"drugOrders"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"allowedActions"}}]}}]}}]}}]} as unknown as DocumentNode<OrderVersionQuery, OrderVersionQueryVariables>;
export const ApplicationOverviewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ApplicationOverview"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"year"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"application"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"aidYear"}},{"kind":"Field","name":{"kind":"Name","value":"deadlineAt"}},{"kind":"Field","name":{"kind":"Name","value":"allowedActions"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"expectedExpense"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"timeline"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"byRole"}},{"kind":"Field","name":{"kind":"Name","value":"note"}}]}},{"kind":"Field","name":{"kind":"Name","value":"reviews"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"decision"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"decidedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"grant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"tier"}},{"kind":"Field","name":{"kind":"Name","value":"maximum"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paid"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"disease"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"catalogNo"}},{"kind":"Field","name":{"kind":"Name","value":"nameEn"}},{"kind":"Field","name":{"kind":"Name","value":"nameZh"}},{"kind":"Field","name":{"kind":"Name","value":"stories"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pseudonym"}},{"kind":"Field","name":{"kind":"Name","value":"badge"}}]}},{"kind":"Field","name":{"kind":"Name","value":"publishedAt"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"patient"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"annualAid"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"year"},"value":{"kind":"Variable","name":{"kind":"Name","value":"year"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"year"}},{"kind":"Field","name":{"kind":"Name","value":"cap"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"granted"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paid"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"remaining"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"drugOrders"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"placedAt"}},{"kind":"Field","name":{"kind":"Name","value":"total"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"lines"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"unitPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"medicine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"genericNameEn"}},{"kind":"Field","name":{"kind":"Name","value":"genericNameZh"}},{"kind":"Field","name":{"kind":"Name","value":"storage"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"shipment"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trackingNumber"}},{"kind":"Field","name":{"kind":"Name","value":"coldChain"}},{"kind":"Field","name":{"kind":"Name","value":"shippedAt"}},{"kind":"Field","name":{"kind":"Name","value":"deliveredAt"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ApplicationOverviewQuery, ApplicationOverviewQueryVariables>;