import type { ApplicationAction } from '../gql/graphql';
import type { ShownApplication } from './application-page';

export type StepKind =
  | 'SUBMIT'
  | 'ANSWER'
  | 'APPEAL'
  | 'CLAIM'
  | 'WAIT_FOR_REVIEW'
  | 'WAIT_FOR_MONEY'
  | 'NOTHING'
  | 'PAY_ORDER'
  | 'DO_NOT_USE';

export interface Step {
  readonly kind: StepKind;
  /** Who has to do it by then. */
  readonly whose: 'YOURS' | 'THEIRS' | 'NOBODYS';
  readonly by?: Date;
  /** The number of the order that it is about. */
  readonly order?: string;
}

/** The action that is the step itself; others are offered besides. */
const ACTIONS: Partial<Record<StepKind, ApplicationAction>> = {
  SUBMIT: 'SUBMIT',
  ANSWER: 'SUBMIT',
  APPEAL: 'APPEAL',
  CLAIM: 'ENTER_CLAIM',
};

const WAITING: Partial<Record<ShownApplication['status'], StepKind>> = {
  SUBMITTED: 'WAIT_FOR_REVIEW',
  IN_REVIEW: 'WAIT_FOR_REVIEW',
  APPEALED: 'WAIT_FOR_REVIEW',
  WAITLISTED: 'WAIT_FOR_MONEY',
};

type Facts = Pick<ShownApplication, 'status' | 'deadlineAt' | 'allowedActions' | 'drugOrders'>;

/** What to do next, most urgent first. It follows from what the API allows: none of its rules is copied here. */
export function nextSteps({ status, deadlineAt, allowedActions, drugOrders }: Facts): Step[] {
  const orders = drugOrders ?? [];
  const held = orders.filter(({ shipment }) => shipment?.status === 'QUARANTINED');
  const unpaid = orders.filter((order) => order.allowedActions.includes('PAY'));
  const kind = stepOf(status, allowedActions);
  const whose = kind in ACTIONS ? 'YOURS' : kind === 'WAIT_FOR_REVIEW' ? 'THEIRS' : 'NOBODYS';
  return [
    ...held.map(({ number }): Step => ({ kind: 'DO_NOT_USE', whose: 'NOBODYS', order: number })),
    ...unpaid.map(({ number, payBy }): Step => ({ kind: 'PAY_ORDER', whose: 'YOURS', ...due(payBy), order: number })),
    { kind, whose, ...due(deadlineAt) },
  ];
}

/** What may be done besides the steps. */
export function otherActions({ allowedActions }: Pick<Facts, 'allowedActions'>, steps: readonly Step[]) {
  const taken = steps.map(({ kind }) => ACTIONS[kind]);
  return allowedActions.filter((action) => !taken.includes(action));
}

function stepOf(status: Facts['status'], actions: Facts['allowedActions']): StepKind {
  if (actions.includes('SUBMIT')) return status === 'INFORMATION_REQUESTED' ? 'ANSWER' : 'SUBMIT';
  if (actions.includes('APPEAL')) return 'APPEAL';
  if (actions.includes('ENTER_CLAIM')) return 'CLAIM';
  return WAITING[status] ?? 'NOTHING';
}

const due = (at: string | null): Pick<Step, 'by'> => (at === null ? {} : { by: new Date(at) });
