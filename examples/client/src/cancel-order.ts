import type { CancelOrderMutation } from './gql/graphql.js';

type Outcome = NonNullable<CancelOrderMutation['cancelDrugOrder']>;

/** What came of trying to cancel an order, in lines of text: what happened, and what to do next. */
export function outcomeLines(outcome: Outcome): string[] {
  switch (outcome.__typename) {
    case 'DrugOrder':
      return [`${outcome.number} is ${outcome.status}.`];
    case 'DrugOrderWrongState':
      return [
        ...failureLines(outcome),
        `It is ${outcome.status}. What can be done with it: ${outcome.permitted.join(', ') || 'nothing'}.`,
      ];
    case 'StaleVersion':
      return [
        ...failureLines(outcome),
        `Read the order again (its version is ${outcome.currentVersion}), then decide anew.`,
      ];
    // all other failures, and those that an API newer than this client may answer
    default:
      return failureLines(outcome);
  }
}

const failureLines = ({ __typename, code, message, path }: Extract<Outcome, { code: string }>): string[] => [
  `${code} (${__typename})${path ? ` at ${path.join('.')}` : ''}`,
  message,
];
