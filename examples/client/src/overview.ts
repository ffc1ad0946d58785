import type { Answer } from './api.js';
import type { ApplicationOverviewQuery } from './gql/graphql.js';

type Application = NonNullable<ApplicationOverviewQuery['application']>;
type Order = NonNullable<Application['drugOrders']>[number];

/**
 * An application in lines of text. What is null because a part of the API is down is said to be missing, not empty.
 *
 * @param application every field of it may be there or not by itself: the types say which
 */
export function overviewLines(application: Application, { missing }: Pick<Answer<unknown>, 'missing'>): string[] {
  const { number, status, aidYear, reviews, patient, disease, drugOrders } = application;
  const aid = patient?.annualAid;
  return [
    `${number}  ${status}  ${disease?.nameEn ?? 'disease not known just now'}`,
    `  reviews      ${reviews.map(({ stage, decision }) => `${stage} ${decision ?? 'open'}`).join(', ') || 'none yet'}`,
    `  aid ${aidYear}     ${aid ? `${aid.remaining.amount} of ${aid.cap.amount} ${aid.cap.currency} left` : 'not known just now'}`,
    '  medicine',
    ...(drugOrders?.map((order) => `    ${orderLine(order)}`) ?? ['    not known just now']),
    ...missing.map(({ place, code, message }) => `  missing: ${place}  ${code}  ${message}`),
  ];
}

const orderLine = ({ number, status, total, shipment }: Order): string =>
  `${number}  ${status.padEnd(10)}${total.amount.padStart(10)} ${total.currency}  ${shipment?.status ?? 'not sent yet'}`;
