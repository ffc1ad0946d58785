/** What the server has put into the page for its script. */
export function pageData<T>(): T {
  return JSON.parse(document.querySelector('#data')?.textContent ?? 'null') as T;
}

/** Why a request of ours came to nothing. */
export const GONE = 'The server does not answer. Is it still running?';

/** Tokens are asked for anew when they are good for less than this. */
const LAST_MS = 5 * 60_000;
const tokens = new Map<string, { readonly token: string; readonly until: number }>();

/**
 * A token of a demo person or partner, good for some minutes at least. Kept as long as the page is open, and nowhere else.
 *
 * @param refused one that the API does not take any more
 * @throws with a sentence for the reader
 */
export async function demoToken(name: string, refused?: string): Promise<string> {
  const kept = tokens.get(name);
  if (kept && kept.token !== refused && kept.until - LAST_MS > Date.now()) return kept.token;
  const answer = await fetch(`/demo/token?name=${encodeURIComponent(name)}`).catch(() => {
    throw new Error(GONE);
  });
  const token = await answer.text();
  if (!answer.ok) throw new Error(token);
  tokens.set(name, { token, until: tokenEnds(token).getTime() });
  return token;
}

/** When a token is no longer good. */
export const tokenEnds = (token: string): Date => new Date(Number(claimsOf(token).exp) * 1000);

/** What a token says of itself, nothing where it is none; it is the server that checks it. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims = token.split('.')[1] ?? '';
    return JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}
