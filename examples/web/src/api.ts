import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { currentToken, leave } from './session';

const withToken = new SetContextLink(({ headers }) => ({
  headers: { ...headers, authorization: `Bearer ${currentToken()}` },
}));

const codesOf = (error: unknown): readonly string[] =>
  CombinedGraphQLErrors.is(error) ? error.errors.map(({ extensions }) => String(extensions?.code)) : [];

/** A token that the API no longer takes ends the session, whatever the browser's clock says. */
const endWithToken = new ErrorLink(({ error }) => {
  if (codesOf(error).includes('UNAUTHENTICATED')) void leave('ENDED');
});

/** The API. Queries use `errorPolicy: 'all'`: a part that is down costs its own fields, and the others are shown. */
export const api = new ApolloClient({
  link: ApolloLink.from([endWithToken, withToken, new HttpLink({ uri: `${API_URL}/graphql` })]),
  cache: new InMemoryCache(),
  clientAwareness: { name: 'rare-disease-care-web', version: '0.1.0' },
});

/** Why something could not be told. */
export type Trouble =
  /** Nothing came back: no network, or the API is not running. */
  | 'UNREACHABLE'
  /** A part of the API does not answer; trying again in a moment helps. */
  | 'PART_DOWN'
  /** Whoever has signed in may not see this. */
  | 'NOT_FOR_YOU'
  | 'TOO_MUCH'
  | 'OTHER';

const TROUBLES: Readonly<Record<string, Trouble>> = {
  SUBGRAPH_UNAVAILABLE: 'PART_DOWN',
  FORBIDDEN: 'NOT_FOR_YOU',
  RATE_LIMITED: 'TOO_MUCH',
};

/**
 * @param error what Apollo Client says of a query
 * @param field only what concerns this field, wherever in the answer it stands; all if left out
 */
export function troubleOf(error: unknown, field?: string): Trouble | undefined {
  if (!error) return undefined;
  if (!CombinedGraphQLErrors.is(error)) return 'UNREACHABLE';
  const concerned = error.errors.filter(({ path }) => field === undefined || path?.includes(field));
  const [first] = concerned;
  return first && (TROUBLES[String(first.extensions?.code)] ?? 'OTHER');
}
