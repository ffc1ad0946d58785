import type { Asker } from '../explorer-data.js';
import { claimsOf } from './data.js';

/** The headers of a request, by name. */
export type Headers = Readonly<Record<string, unknown>>;

/** As whom somebody asks, as the headers say. */
export type Asking =
  | { readonly kind: 'nobody' }
  /** @property token absent until one was fetched */
  | { readonly kind: 'demo'; readonly asker: Asker; readonly token?: string }
  /** Somebody whose token was put in by hand. */
  | { readonly kind: 'other'; readonly partner: boolean };

export type Endpoint = '/graphql' | '/partner/graphql';

/** Stands where the token of a demo person will be: this may be kept, a token may not. */
const TO_COME = 'Bearer demo:';

const AUTHORIZATION = 'authorization';

/** What the pane says; nothing when it is not yet JSON. */
export function headersIn(pane: string): Headers {
  try {
    const read: unknown = JSON.parse(pane);
    return typeof read === 'object' && read !== null ? (read as Headers) : {};
  } catch {
    return {};
  }
}

const authorizationOf = (headers: Headers): string => {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === AUTHORIZATION);
  return name === undefined ? '' : String(headers[name]).trim();
};

export function askingOf(headers: Headers, askers: readonly Asker[]): Asking {
  const authorization = authorizationOf(headers);
  if (authorization === '') return { kind: 'nobody' };
  if (authorization.startsWith(TO_COME)) {
    const asker = askers.find(({ name }) => name === authorization.slice(TO_COME.length));
    return asker ? { kind: 'demo', asker } : { kind: 'nobody' };
  }
  const token = authorization.replace(/^Bearer\s+/i, '');
  const { sub, organisation } = claimsOf(token);
  const asker = askers.find(({ subject }) => subject === sub);
  return asker ? { kind: 'demo', asker, token } : { kind: 'other', partner: organisation !== undefined };
}

/** Partners have an endpoint, and a schema, of their own. */
export const endpointOf = (asking: Asking): Endpoint =>
  (asking.kind === 'demo' && asking.asker.partner) || (asking.kind === 'other' && asking.partner)
    ? '/partner/graphql'
    : '/graphql';

function withAuthorization(headers: Headers, authorization?: string): Headers {
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== AUTHORIZATION);
  return { ...Object.fromEntries(others), ...(authorization !== undefined && { [AUTHORIZATION]: authorization }) };
}

/** The same headers, to ask as this demo person, whose token is to come, or as nobody. */
export const askAs = (headers: Headers, name: string | undefined): Headers =>
  withAuthorization(headers, name && `${TO_COME}${name}`);

export const withToken = (headers: Headers, token: string): Headers => withAuthorization(headers, `Bearer ${token}`);

/** Headers as the pane shows them. */
export const paneOf = (headers: Headers): string =>
  Object.keys(headers).length === 0 ? '' : JSON.stringify(headers, null, 2);
