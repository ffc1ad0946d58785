/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query ApplicationPage($id: ID!, $year: Int!) {\n  application(id: $id) {\n    id\n    number\n    status\n    aidYear\n    deadlineAt\n    allowedActions\n    missingDocuments\n    disease {\n      id\n      nameEn\n      nameZh\n    }\n    patient {\n      id\n      displayName\n      annualAid(year: $year) {\n        cap {\n          amount\n          currency\n        }\n        granted {\n          amount\n          currency\n        }\n        paid {\n          amount\n          currency\n        }\n        remaining {\n          amount\n          currency\n        }\n      }\n    }\n    reviews {\n      id\n      stage\n      decision\n      reason\n    }\n    timeline {\n      id\n      status\n      at\n      note\n    }\n    grant {\n      id\n      left {\n        amount\n        currency\n      }\n    }\n    drugOrders {\n      ...Order\n    }\n  }\n}\n\nfragment Order on DrugOrder {\n  id\n  number\n  status\n  placedAt\n  payBy\n  total {\n    amount\n    currency\n  }\n  allowedActions\n  lines {\n    id\n    quantity\n    medicine {\n      id\n      genericNameEn\n      genericNameZh\n    }\n  }\n  shipment {\n    id\n    status\n    trackingNumber\n    shippedAt\n    deliveredAt\n    temperatures(maxPoints: 400) {\n      ...Curve\n    }\n  }\n}\n\nfragment Curve on TemperatureCurve {\n  points {\n    at\n    celsius\n  }\n  coldest\n  warmest\n  outsideMinutes\n  allowanceMinutes\n  verdict\n}": typeof types.ApplicationPageDocument,
    "query MyApplications {\n  applications(first: 50) {\n    nodes {\n      id\n      number\n      status\n      aidYear\n      disease {\n        id\n        nameEn\n        nameZh\n      }\n      patient {\n        id\n        displayName\n      }\n    }\n  }\n}": typeof types.MyApplicationsDocument,
};
const documents: Documents = {
    "query ApplicationPage($id: ID!, $year: Int!) {\n  application(id: $id) {\n    id\n    number\n    status\n    aidYear\n    deadlineAt\n    allowedActions\n    missingDocuments\n    disease {\n      id\n      nameEn\n      nameZh\n    }\n    patient {\n      id\n      displayName\n      annualAid(year: $year) {\n        cap {\n          amount\n          currency\n        }\n        granted {\n          amount\n          currency\n        }\n        paid {\n          amount\n          currency\n        }\n        remaining {\n          amount\n          currency\n        }\n      }\n    }\n    reviews {\n      id\n      stage\n      decision\n      reason\n    }\n    timeline {\n      id\n      status\n      at\n      note\n    }\n    grant {\n      id\n      left {\n        amount\n        currency\n      }\n    }\n    drugOrders {\n      ...Order\n    }\n  }\n}\n\nfragment Order on DrugOrder {\n  id\n  number\n  status\n  placedAt\n  payBy\n  total {\n    amount\n    currency\n  }\n  allowedActions\n  lines {\n    id\n    quantity\n    medicine {\n      id\n      genericNameEn\n      genericNameZh\n    }\n  }\n  shipment {\n    id\n    status\n    trackingNumber\n    shippedAt\n    deliveredAt\n    temperatures(maxPoints: 400) {\n      ...Curve\n    }\n  }\n}\n\nfragment Curve on TemperatureCurve {\n  points {\n    at\n    celsius\n  }\n  coldest\n  warmest\n  outsideMinutes\n  allowanceMinutes\n  verdict\n}": types.ApplicationPageDocument,
    "query MyApplications {\n  applications(first: 50) {\n    nodes {\n      id\n      number\n      status\n      aidYear\n      disease {\n        id\n        nameEn\n        nameZh\n      }\n      patient {\n        id\n        displayName\n      }\n    }\n  }\n}": types.MyApplicationsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ApplicationPage($id: ID!, $year: Int!) {\n  application(id: $id) {\n    id\n    number\n    status\n    aidYear\n    deadlineAt\n    allowedActions\n    missingDocuments\n    disease {\n      id\n      nameEn\n      nameZh\n    }\n    patient {\n      id\n      displayName\n      annualAid(year: $year) {\n        cap {\n          amount\n          currency\n        }\n        granted {\n          amount\n          currency\n        }\n        paid {\n          amount\n          currency\n        }\n        remaining {\n          amount\n          currency\n        }\n      }\n    }\n    reviews {\n      id\n      stage\n      decision\n      reason\n    }\n    timeline {\n      id\n      status\n      at\n      note\n    }\n    grant {\n      id\n      left {\n        amount\n        currency\n      }\n    }\n    drugOrders {\n      ...Order\n    }\n  }\n}\n\nfragment Order on DrugOrder {\n  id\n  number\n  status\n  placedAt\n  payBy\n  total {\n    amount\n    currency\n  }\n  allowedActions\n  lines {\n    id\n    quantity\n    medicine {\n      id\n      genericNameEn\n      genericNameZh\n    }\n  }\n  shipment {\n    id\n    status\n    trackingNumber\n    shippedAt\n    deliveredAt\n    temperatures(maxPoints: 400) {\n      ...Curve\n    }\n  }\n}\n\nfragment Curve on TemperatureCurve {\n  points {\n    at\n    celsius\n  }\n  coldest\n  warmest\n  outsideMinutes\n  allowanceMinutes\n  verdict\n}"): (typeof documents)["query ApplicationPage($id: ID!, $year: Int!) {\n  application(id: $id) {\n    id\n    number\n    status\n    aidYear\n    deadlineAt\n    allowedActions\n    missingDocuments\n    disease {\n      id\n      nameEn\n      nameZh\n    }\n    patient {\n      id\n      displayName\n      annualAid(year: $year) {\n        cap {\n          amount\n          currency\n        }\n        granted {\n          amount\n          currency\n        }\n        paid {\n          amount\n          currency\n        }\n        remaining {\n          amount\n          currency\n        }\n      }\n    }\n    reviews {\n      id\n      stage\n      decision\n      reason\n    }\n    timeline {\n      id\n      status\n      at\n      note\n    }\n    grant {\n      id\n      left {\n        amount\n        currency\n      }\n    }\n    drugOrders {\n      ...Order\n    }\n  }\n}\n\nfragment Order on DrugOrder {\n  id\n  number\n  status\n  placedAt\n  payBy\n  total {\n    amount\n    currency\n  }\n  allowedActions\n  lines {\n    id\n    quantity\n    medicine {\n      id\n      genericNameEn\n      genericNameZh\n    }\n  }\n  shipment {\n    id\n    status\n    trackingNumber\n    shippedAt\n    deliveredAt\n    temperatures(maxPoints: 400) {\n      ...Curve\n    }\n  }\n}\n\nfragment Curve on TemperatureCurve {\n  points {\n    at\n    celsius\n  }\n  coldest\n  warmest\n  outsideMinutes\n  allowanceMinutes\n  verdict\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MyApplications {\n  applications(first: 50) {\n    nodes {\n      id\n      number\n      status\n      aidYear\n      disease {\n        id\n        nameEn\n        nameZh\n      }\n      patient {\n        id\n        displayName\n      }\n    }\n  }\n}"): (typeof documents)["query MyApplications {\n  applications(first: 50) {\n    nodes {\n      id\n      number\n      status\n      aidYear\n      disease {\n        id\n        nameEn\n        nameZh\n      }\n      patient {\n        id\n        displayName\n      }\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;