import { UserManager } from 'oidc-client-ts';
import { useSyncExternalStore } from 'react';

/** Who uses the page. */
export type Session =
  | { readonly state: 'ARRIVING' }
  | { readonly state: 'SIGNED_OUT'; readonly why?: 'ENDED' | 'FAILED' }
  | { readonly state: 'SIGNED_IN'; readonly name: string; readonly token: string };

/** Authorization code flow with PKCE, at the issuer of the API. The token stays in this tab and ends with it. */
const manager = new UserManager({
  authority: `${API_URL}/oidc`,
  client_id: 'demo-app',
  redirect_uri: `${location.origin}/callback`,
  scope: 'openid profile patient:self fund:apply pharmacy:order',
  // needs a frame or a refresh token; whoever is longer here than the hour of a token signs in again
  automaticSilentRenew: false,
});

let session: Session = { state: 'ARRIVING' };
const watchers = new Set<() => void>();

function become(next: Session): void {
  session = next;
  for (const tell of watchers) tell();
}

const watch = (tell: () => void) => {
  watchers.add(tell);
  return () => watchers.delete(tell);
};

/** The session, for components. */
export const useSession = (): Session => useSyncExternalStore(watch, () => session);

/** The token to send, if there is one. */
export const currentToken = (): string | undefined => (session.state === 'SIGNED_IN' ? session.token : undefined);

/** Finds out who is here: somebody who comes back from the issuer, who was here before, or nobody yet. */
export async function arrive(): Promise<void> {
  try {
    if (location.pathname === '/callback') {
      const user = await manager.signinCallback();
      // the code is spent, and the address should not be kept with it; `state` is where the user was
      history.replaceState(null, '', typeof user?.state === 'string' ? user.state : '/');
    }
  } catch {
    history.replaceState(null, '', '/');
    return become({ state: 'SIGNED_OUT', why: 'FAILED' });
  }
  const user = await manager.getUser();
  if (!user) return become({ state: 'SIGNED_OUT' });
  if (user.expired) return leave('ENDED');
  become({ state: 'SIGNED_IN', name: user.profile.name ?? '', token: user.access_token });
}

/** Goes to the issuer, and comes back to the same place. */
export async function signIn(): Promise<void> {
  try {
    await manager.signinRedirect({ state: `/${location.hash}` });
  } catch {
    become({ state: 'SIGNED_OUT', why: 'FAILED' });
  }
}

/** Forgets the token. @param why given where the user did not ask for it */
export async function leave(why?: 'ENDED'): Promise<void> {
  await manager.removeUser();
  become({ state: 'SIGNED_OUT', why });
}

manager.events.addAccessTokenExpired(() => void leave('ENDED'));
