import type { AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** So that many sign-ins (a load test) cannot fill the memory; the oldest go first. */
const MOST_ENTRIES = 20_000;

type Soon<T> = T | Promise<T>;

/** What the development issuer remembers between requests: sessions, sign-ins under way, codes, by what they are and their id. */
export interface SignIns {
  /** @param seconds how long; left out or null for ever */
  keep(model: string, id: string, payload: AdapterPayload, seconds?: number | null): Soon<void>;
  /** Remembers that a client's assertion was used. Between looking and writing another may have come: only here is it used once. */
  spendAssertion(
    id: string,
    payload: AdapterPayload,
    seconds?: number | null,
  ): Soon<'spent' | 'used before' | 'too many'>;
  find(model: string, id: string): Soon<AdapterPayload | undefined>;
  findByUid(model: string, uid: string): Soon<AdapterPayload | undefined>;
  consume(model: string, id: string): Soon<void>;
  destroy(model: string, id: string): Soon<void>;
  revoke(grantId: string): Soon<void>;
}

/** The model that remembers which clients' assertions were used. */
export const USED_ASSERTION = 'ReplayDetection';

const byId = (model: string, id: string) => `${model}:${id}`;
const byUid = (model: string, uid: string) => `${model}.uid:${uid}`;

const entryOf = (payload: AdapterPayload, seconds: number | null | undefined): Entry => ({
  payload,
  expiresAt: seconds == null ? Infinity : Date.now() + seconds * 1000,
});

/** In this process; a restart forgets them. */
export class MemorySignIns implements SignIns {
  private readonly entries = new Map<string, Entry>();
  // apart from what anybody can fill: whoever began many sign-ins could otherwise push out an assertion and use it again
  private readonly assertions = new Map<string, Entry>();

  keep(model: string, id: string, payload: AdapterPayload, seconds?: number | null): void {
    const entry = entryOf(payload, seconds);
    this.put(byId(model, id), entry);
    if (model === 'Session' && payload.uid) this.put(byUid(model, payload.uid), entry);
  }

  spendAssertion(id: string, payload: AdapterPayload, seconds?: number | null): 'spent' | 'used before' | 'too many' {
    const now = Date.now();
    for (const [key, { expiresAt }] of this.assertions) {
      if (expiresAt > now) break;
      this.assertions.delete(key);
    }
    if (this.assertions.has(id)) return 'used before';
    if (this.assertions.size >= MOST_ENTRIES) return 'too many';
    this.assertions.set(id, entryOf(payload, seconds));
    return 'spent';
  }

  find(model: string, id: string): AdapterPayload | undefined {
    return model === USED_ASSERTION ? this.assertions.get(id)?.payload : this.recall(byId(model, id));
  }

  findByUid(model: string, uid: string): AdapterPayload | undefined {
    return this.recall(byUid(model, uid));
  }

  consume(model: string, id: string): void {
    const payload = this.recall(byId(model, id));
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  destroy(model: string, id: string): void {
    const uid = this.recall(byId(model, id))?.uid;
    this.entries.delete(byId(model, id));
    if (uid) this.entries.delete(byUid(model, uid));
  }

  revoke(grantId: string): void {
    for (const [key, { payload }] of this.entries) if (payload.grantId === grantId) this.entries.delete(key);
  }

  private put(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    const oldest = this.entries.keys().next().value;
    if (this.entries.size > MOST_ENTRIES && oldest !== undefined) this.entries.delete(oldest);
  }

  private recall(key: string): AdapterPayload | undefined {
    const entry = this.entries.get(key);
    if (entry && entry.expiresAt > Date.now()) return entry.payload;
    this.entries.delete(key);
    return undefined;
  }
}
