/** The public keys of an issuer elsewhere, fetched rarely and kept while that issuer cannot be reached. */
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';

/** After a failed fetch; short, since the issuer may only be starting. */
const RETRY_SECONDS = 5;
/** Keys that the issuer has withdrawn are forgotten after this time at the latest, if the issuer answers. */
const REFRESH_SECONDS = 600;
const TIMEOUT_SECONDS = 5;

/** Finds a token's key at `url`. An unknown key id leads to at most one fetch in `coolDownSeconds`, however many ask. */
export function remoteKeys(url: URL, { coolDownSeconds }: { coolDownSeconds: number }): JWTVerifyGetKey {
  let nextFetchAt = 0;
  let nextRefreshAt = Date.now() + REFRESH_SECONDS * 1000;

  const remote = createRemoteJWKSet(url, {
    cooldownDuration: coolDownSeconds * 1000,
    timeoutDuration: TIMEOUT_SECONDS * 1000,
    // With an age limit jose would refuse every token while the issuer is down; the refresh below replaces it.
    cacheMaxAge: Infinity,
    // jose's cool-down follows successful fetches only: this one keeps a flood off an issuer that is failing.
    async [customFetch](address, options) {
      if (Date.now() < nextFetchAt) throw new Error('The last fetch of the keys failed a moment ago.');
      nextFetchAt = Date.now() + RETRY_SECONDS * 1000;
      const answer = await fetch(address, options);
      if (answer.ok) nextFetchAt = 0;
      return answer;
    },
  });

  return async (header, token) => {
    if (Date.now() >= nextRefreshAt) {
      nextRefreshAt = Date.now() + REFRESH_SECONDS * 1000;
      // Behind the request's back; when it fails, the keys at hand stay in use.
      remote.reload().catch(() => undefined);
    }
    return remote(header, token);
  };
}
