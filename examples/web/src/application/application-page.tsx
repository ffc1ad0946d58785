import { useQuery } from '@apollo/client/react';
import { troubleOf } from '../api';
import { ApplicationPageDocument, type ApplicationPageQuery } from '../gql/graphql';
import { useLanguage } from '../language/language';
import { Failure, Missing } from '../notices';
import { Orders } from '../order/orders';
import { AidBar } from './aid-bar';
import { NextSteps } from './next-steps';
import { Timeline } from './timeline';

/** What the page shows of an application. */
export type ShownApplication = NonNullable<ApplicationPageQuery['application']>;

/** One application: what to do next, what is left of the year's aid, how far it has come, and its medicine. */
export function ApplicationPage({ id, year }: { readonly id: string; readonly year: number }) {
  const { words, nameOf } = useLanguage();
  const { data, error, loading, refetch } = useQuery(ApplicationPageDocument, {
    variables: { id, year },
    errorPolicy: 'all',
    notifyOnNetworkStatusChange: true,
  });
  const application = data?.application;
  if (!application && loading) return <p role="status">{words.loading}</p>;
  if (!application) return <Failure trouble={troubleOf(error) ?? 'OTHER'} retry={() => void refetch()} />;
  const { number, status, aidYear, disease, patient, drugOrders } = application;
  const aid = patient?.annualAid;
  return (
    <article aria-busy={loading}>
      <div className="title">
        <p className="number">
          {number} <span className="state">{words.status[status] ?? status}</span>
        </p>
        <h1>{disease ? nameOf(disease) : words.diseaseUnknown}</h1>
        {patient && <p>{words.forPatient(patient.displayName, aidYear)}</p>}
      </div>
      {error && (
        <div className="partly" role="alert">
          <p>{words.partly}</p>
          <button type="button" disabled={loading} onClick={() => void refetch()}>
            {words.retry}
          </button>
        </div>
      )}
      <NextSteps application={application} />
      <section aria-labelledby="aid">
        <h2 id="aid">{words.aid(aidYear)}</h2>
        {aid ? <AidBar aid={aid} /> : <Missing error={error} field={patient ? 'annualAid' : 'patient'} />}
      </section>
      <section aria-labelledby="timeline">
        <h2 id="timeline">{words.timeline}</h2>
        <Timeline events={application.timeline} />
      </section>
      <section aria-labelledby="orders" className="wide">
        <h2 id="orders">{words.orders}</h2>
        {drugOrders ? <Orders orders={drugOrders} /> : <Missing error={error} field="drugOrders" />}
      </section>
    </article>
  );
}
