/* eslint-disable */
import * as types from './graphql.js';
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
    "mutation CancelOrder($input: CancelDrugOrderInput!) {\n  cancelDrugOrder(input: $input) {\n    __typename\n    ... on DrugOrder {\n      number\n      status\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n    ... on StaleVersion {\n      currentVersion\n    }\n    ... on DrugOrderWrongState {\n      status\n      permitted\n    }\n  }\n}": typeof types.CancelOrderDocument,
    "query MyApplications {\n  applications(first: 50) {\n    nodes {\n      id\n      number\n      status\n      aidYear\n    }\n  }\n}": typeof types.MyApplicationsDocument,
    "query OrderVersion($applicationId: ID!) {\n  application(id: $applicationId) {\n    drugOrders {\n      id\n      number\n      version\n      allowedActions\n    }\n  }\n}": typeof types.OrderVersionDocument,
    "query ApplicationOverview($id: ID!, $year: Int) {\n  application(id: $id) {\n    id\n    number\n    status\n    aidYear\n    deadlineAt\n    allowedActions\n    version\n    expectedExpense {\n      amount\n      currency\n    }\n    timeline {\n      id\n      status\n      at\n      byRole\n      note\n    }\n    reviews {\n      id\n      stage\n      decision\n      reason\n      decidedAt\n    }\n    grant {\n      id\n      status\n      tier\n      maximum {\n        amount\n        currency\n      }\n      paid {\n        amount\n        currency\n      }\n    }\n    disease {\n      id\n      catalogNo\n      nameEn\n      nameZh\n      stories(first: 3) {\n        nodes {\n          id\n          title\n          author {\n            pseudonym\n            badge\n          }\n          publishedAt\n        }\n      }\n    }\n    patient {\n      id\n      displayName\n      annualAid(year: $year) {\n        year\n        cap {\n          amount\n          currency\n        }\n        granted {\n          amount\n          currency\n        }\n        paid {\n          amount\n          currency\n        }\n        remaining {\n          amount\n          currency\n        }\n      }\n    }\n    drugOrders {\n      id\n      number\n      status\n      placedAt\n      total {\n        amount\n        currency\n      }\n      lines {\n        id\n        quantity\n        unitPrice {\n          amount\n          currency\n        }\n        medicine {\n          id\n          genericNameEn\n          genericNameZh\n          storage\n        }\n      }\n      shipment {\n        id\n        status\n        trackingNumber\n        coldChain\n        shippedAt\n        deliveredAt\n      }\n    }\n  }\n}": typeof types.ApplicationOverviewDocument,
};
const documents: Documents = {
    "mutation CancelOrder($input: CancelDrugOrderInput!) {\n  cancelDrugOrder(input: $input) {\n    __typename\n    ... on DrugOrder {\n      number\n      status\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n    ... on StaleVersion {\n      currentVersion\n    }\n    ... on DrugOrderWrongState {\n      status\n      permitted\n    }\n  }\n}": types.CancelOrderDocument,
    "query MyApplications {\n  applications(first: 50) {\n    nodes {\n      id\n      number\n      status\n      aidYear\n    }\n  }\n}": types.MyApplicationsDocument,
    "query OrderVersion($applicationId: ID!) {\n  application(id: $applicationId) {\n    drugOrders {\n      id\n      number\n      version\n      allowedActions\n    }\n  }\n}": types.OrderVersionDocument,
    "query ApplicationOverview($id: ID!, $year: Int) {\n  application(id: $id) {\n    id\n    number\n    status\n    aidYear\n    deadlineAt\n    allowedActions\n    version\n    expectedExpense {\n      amount\n      currency\n    }\n    timeline {\n      id\n      status\n      at\n      byRole\n      note\n    }\n    reviews {\n      id\n      stage\n      decision\n      reason\n      decidedAt\n    }\n    grant {\n      id\n      status\n      tier\n      maximum {\n        amount\n        currency\n      }\n      paid {\n        amount\n        currency\n      }\n    }\n    disease {\n      id\n      catalogNo\n      nameEn\n      nameZh\n      stories(first: 3) {\n        nodes {\n          id\n          title\n          author {\n            pseudonym\n            badge\n          }\n          publishedAt\n        }\n      }\n    }\n    patient {\n      id\n      displayName\n      annualAid(year: $year) {\n        year\n        cap {\n          amount\n          currency\n        }\n        granted {\n          amount\n          currency\n        }\n        paid {\n          amount\n          currency\n        }\n        remaining {\n          amount\n          currency\n        }\n      }\n    }\n    drugOrders {\n      id\n      number\n      status\n      placedAt\n      total {\n        amount\n        currency\n      }\n      lines {\n        id\n        quantity\n        unitPrice {\n          amount\n          currency\n        }\n        medicine {\n          id\n          genericNameEn\n          genericNameZh\n          storage\n        }\n      }\n      shipment {\n        id\n        status\n        trackingNumber\n        coldChain\n        shippedAt\n        deliveredAt\n      }\n    }\n  }\n}": types.ApplicationOverviewDocument,
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
export function graphql(source: "mutation CancelOrder($input: CancelDrugOrderInput!) {\n  cancelDrugOrder(input: $input) {\n    __typename\n    ... on DrugOrder {\n      number\n      status\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n    ... on StaleVersion {\n      currentVersion\n    }\n    ... on DrugOrderWrongState {\n      status\n      permitted\n    }\n  }\n}"): (typeof documents)["mutation CancelOrder($input: CancelDrugOrderInput!) {\n  cancelDrugOrder(input: $input) {\n    __typename\n    ... on DrugOrder {\n      number\n      status\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n    ... on StaleVersion {\n      currentVersion\n    }\n    ... on DrugOrderWrongState {\n      status\n      permitted\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MyApplications {\n  applications(first: 50) {\n    nodes {\n      id\n      number\n      status\n      aidYear\n    }\n  }\n}"): (typeof documents)["query MyApplications {\n  applications(first: 50) {\n    nodes {\n      id\n      number\n      status\n      aidYear\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query OrderVersion($applicationId: ID!) {\n  application(id: $applicationId) {\n    drugOrders {\n      id\n      number\n      version\n      allowedActions\n    }\n  }\n}"): (typeof documents)["query OrderVersion($applicationId: ID!) {\n  application(id: $applicationId) {\n    drugOrders {\n      id\n      number\n      version\n      allowedActions\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ApplicationOverview($id: ID!, $year: Int) {\n  application(id: $id) {\n    id\n    number\n    status\n    aidYear\n    deadlineAt\n    allowedActions\n    version\n    expectedExpense {\n      amount\n      currency\n    }\n    timeline {\n      id\n      status\n      at\n      byRole\n      note\n    }\n    reviews {\n      id\n      stage\n      decision\n      reason\n      decidedAt\n    }\n    grant {\n      id\n      status\n      tier\n      maximum {\n        amount\n        currency\n      }\n      paid {\n        amount\n        currency\n      }\n    }\n    disease {\n      id\n      catalogNo\n      nameEn\n      nameZh\n      stories(first: 3) {\n        nodes {\n          id\n          title\n          author {\n            pseudonym\n            badge\n          }\n          publishedAt\n        }\n      }\n    }\n    patient {\n      id\n      displayName\n      annualAid(year: $year) {\n        year\n        cap {\n          amount\n          currency\n        }\n        granted {\n          amount\n          currency\n        }\n        paid {\n          amount\n          currency\n        }\n        remaining {\n          amount\n          currency\n        }\n      }\n    }\n    drugOrders {\n      id\n      number\n      status\n      placedAt\n      total {\n        amount\n        currency\n      }\n      lines {\n        id\n        quantity\n        unitPrice {\n          amount\n          currency\n        }\n        medicine {\n          id\n          genericNameEn\n          genericNameZh\n          storage\n        }\n      }\n      shipment {\n        id\n        status\n        trackingNumber\n        coldChain\n        shippedAt\n        deliveredAt\n      }\n    }\n  }\n}"): (typeof documents)["query ApplicationOverview($id: ID!, $year: Int) {\n  application(id: $id) {\n    id\n    number\n    status\n    aidYear\n    deadlineAt\n    allowedActions\n    version\n    expectedExpense {\n      amount\n      currency\n    }\n    timeline {\n      id\n      status\n      at\n      byRole\n      note\n    }\n    reviews {\n      id\n      stage\n      decision\n      reason\n      decidedAt\n    }\n    grant {\n      id\n      status\n      tier\n      maximum {\n        amount\n        currency\n      }\n      paid {\n        amount\n        currency\n      }\n    }\n    disease {\n      id\n      catalogNo\n      nameEn\n      nameZh\n      stories(first: 3) {\n        nodes {\n          id\n          title\n          author {\n            pseudonym\n            badge\n          }\n          publishedAt\n        }\n      }\n    }\n    patient {\n      id\n      displayName\n      annualAid(year: $year) {\n        year\n        cap {\n          amount\n          currency\n        }\n        granted {\n          amount\n          currency\n        }\n        paid {\n          amount\n          currency\n        }\n        remaining {\n          amount\n          currency\n        }\n      }\n    }\n    drugOrders {\n      id\n      number\n      status\n      placedAt\n      total {\n        amount\n        currency\n      }\n      lines {\n        id\n        quantity\n        unitPrice {\n          amount\n          currency\n        }\n        medicine {\n          id\n          genericNameEn\n          genericNameZh\n          storage\n        }\n      }\n      shipment {\n        id\n        status\n        trackingNumber\n        coldChain\n        shippedAt\n        deliveredAt\n      }\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;