import { useQuery } from '@apollo/client/react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { troubleOf } from '../api';
import { MyApplicationsDocument, type MyApplicationsQuery } from '../gql/graphql';
import { useLanguage } from '../language/language';
import { Failure } from '../notices';
import { ApplicationPage } from './application-page';

type Listed = NonNullable<MyApplicationsQuery['applications']>['nodes'][number];

const watchHash = (tell: () => void) => {
  addEventListener('hashchange', tell);
  return () => removeEventListener('hashchange', tell);
};

/** The number of the application that the address names: `#RC-2026-000001`. */
const useNamed = (): string => useSyncExternalStore(watchHash, () => decodeURIComponent(location.hash.slice(1)));

/** All applications of whoever has signed in, and one of them wholly. */
export function Applications() {
  const { words } = useLanguage();
  const { data, error, loading, refetch } = useQuery(MyApplicationsDocument, {
    errorPolicy: 'all',
    notifyOnNetworkStatusChange: true,
  });
  const named = useNamed();
  const listed = data?.applications?.nodes;
  if (!listed && loading) return <p role="status">{words.loading}</p>;
  if (!listed) return <Failure trouble={troubleOf(error) ?? 'OTHER'} retry={() => void refetch()} />;
  if (listed.length === 0)
    return (
      <section className="welcome">
        <h1>{words.noApplications}</h1>
        <p>{words.noApplicationsMore}</p>
      </section>
    );
  const shown = named === '' ? listed[0] : listed.find(({ number }) => number === named);
  return (
    <div className="applications">
      <nav aria-label={words.applications}>
        <h2>{words.applications}</h2>
        <ul>
          {listed.map((each) => (
            <li key={each.id}>
              <ListEntry application={each} isShown={each === shown} />
            </li>
          ))}
        </ul>
      </nav>
      {shown ? (
        <ApplicationPage key={shown.id} id={shown.id} year={shown.aidYear} />
      ) : (
        <p className="failure" role="alert">
          {words.noSuchApplication}
        </p>
      )}
    </div>
  );
}

function ListEntry({ application, isShown }: { readonly application: Listed; readonly isShown: boolean }) {
  const { words, nameOf } = useLanguage();
  const { number, status, disease, patient, aidYear } = application;
  const link = useRef<HTMLAnchorElement>(null);
  // on a phone the list goes on beyond the edge of the screen
  useEffect(() => {
    if (isShown) link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isShown]);
  return (
    <a ref={link} href={`#${number}`} aria-current={isShown ? 'page' : undefined}>
      <strong>{disease ? nameOf(disease) : words.diseaseUnknown}</strong>
      <span>
        {patient?.displayName ?? number} · {aidYear}
      </span>
      <span className="state">{words.status[status] ?? status}</span>
    </a>
  );
}
